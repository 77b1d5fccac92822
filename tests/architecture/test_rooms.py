"""Every room has its sign, keeps to its list, and opens without what is not its own."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, imported_modules, read, sources

BASE = {"__init__", "errors", "events", "jobs", "log", "uid"}
MAY_OPEN_QT = ("ui", "verbs", "bench", "main", "__main__", "render.gpu")
OPEN_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(set(json.loads(sys.argv[2])) & set(sys.modules))))
"""
SLOW_TO_OPEN = ("vtkmodules", "highdicom", "pynetdicom", "pyqtgraph", "skimage", "requests", "rich")


def rooms() -> list[Path]:
    """The packages directly under the house's roof."""
    return sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def modules() -> list[str]:
    """The dotted name of every module of the package."""
    parts = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in sorted(PACKAGE.rglob("*.py"))]
    return [".".join(part[:-1] if part[-1] == "__init__" else part) for part in parts]


def opened(names: list[str], unwanted: list[str]) -> list[str]:
    """Which of the unwanted modules a fresh Python has loaded once it has opened the named ones."""
    command = [sys.executable, "-c", OPEN_ALL, json.dumps(names), json.dumps(unwanted)]
    answer = subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-3000:]
    found: list[str] = json.loads(answer.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_has_a_sign(room: Path) -> None:
    sign = ast.get_docstring(read(room / "__init__.py").tree)
    assert sign and len(sign.split()) >= 5


def test_a_room_of_one_file_has_a_sign() -> None:
    assert [path.name for path in PACKAGE.glob("*.py") if not ast.get_docstring(read(path).tree)] == []


def test_base_is_a_closed_list() -> None:
    assert {path.stem for path in (PACKAGE / "base").iterdir() if path.name != "__pycache__"} == BASE


def test_every_room_but_the_glass_opens_without_qt() -> None:
    away = tuple(f"readingroom.{name}" for name in MAY_OPEN_QT)
    names = [name for name in modules() if not any(name == room or name.startswith(room + ".") for room in away)]
    assert "readingroom.base.jobs" in names
    assert opened(names, ["PySide6", "shiboken6", "pyqtgraph"]) == []


def test_the_command_starts_without_what_is_slow_to_open() -> None:
    assert opened(["readingroom.__main__"], ["PySide6", "numpy", *SLOW_TO_OPEN]) == []


def test_a_plugin_sees_only_the_front_door() -> None:
    wrong = [
        f"{source.name}: {name}"
        for source in sources("plugins")
        for name in imported_modules(source)
        if name.split(".")[0] == "readingroom" and name != "readingroom.plugin.api"
    ]
    assert wrong == []
