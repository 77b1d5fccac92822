"""Wrong imports put into a copy of the package, and what import-linter says of each.

Run as `python -m tests.architecture.mutants FOLDER`: copies the package there, injects, and prints a JSON list of
reports, one for each injection: {contract name: {"kept": bool, "said": text}}.
"""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parent.parent.parent
FLOORS = "The floors: a room sees only the floors below it"
QT = "Qt lives in ui, and in the one GPU engine that needs its off-screen context"
VTK = "VTK lives in render"
NETWORK = "The network lives in archive"
DATABASE = "The database lives in cache"
CODECS = "The codecs live in pixels"
KEYRING = "The keyring and the places on disk live in settings"
GLASS = "The glass never opens a door"
CIRCLES = "No circles inside a room"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong import: the room that it is in, what it imports, how, and the contract that must catch it."""

    room: str
    imported: str
    contract: str
    form: str = "import {}\n"

    @property
    def name(self) -> str:
        """A module name of its own, so that the report names this mutant and no other."""
        return f"mutant_{self.room}_{self.imported.replace('.', '_')}"

    @property
    def sentence(self) -> str:
        """How the test names it."""
        return f"{self.room} imports {self.imported.removeprefix('readingroom.')}"


def upward(room: str, other: str, form: str = "import {}\n") -> Mutant:
    """An import of a room that is above, or beside without being below."""
    return Mutant(room, f"readingroom.{other}", FLOORS, form)


ONLY_FOR_TYPES = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {}\n"
INSIDE_A_FUNCTION = "def late() -> None:\n    import {}\n"

MUTANTS = (
    upward("base", "record"),
    upward("settings", "record"),
    upward("record", "geometry"),
    upward("geometry", "pixels"),
    upward("geometry", "display", ONLY_FOR_TYPES),
    upward("pixels", "measure"),
    upward("pixels", "session", INSIDE_A_FUNCTION),
    upward("measure", "display"),
    upward("display", "tools"),
    upward("worklist", "hanging"),
    upward("hanging", "session"),
    upward("reporting", "tools"),
    upward("tools", "worklist"),
    upward("session", "archive"),
    upward("session", "ui", ONLY_FOR_TYPES),
    upward("archive", "cache"),
    upward("cache", "session"),
    upward("render", "session"),
    upward("demo", "archive"),
    upward("plugin", "ui"),
    upward("ui", "main"),
    upward("bench", "verbs"),
    Mutant("session", "PySide6", QT),
    Mutant("render", "PySide6", QT, INSIDE_A_FUNCTION),
    Mutant("tools", "pyqtgraph", QT),
    Mutant("ui", "vtkmodules", VTK),
    Mutant("measure", "vtkmodules", VTK, INSIDE_A_FUNCTION),
    Mutant("session", "requests", NETWORK),
    Mutant("cache", "requests", NETWORK),
    Mutant("ui", "pynetdicom", NETWORK, INSIDE_A_FUNCTION),
    Mutant("session", "sqlite3", DATABASE),
    Mutant("archive", "sqlite3", DATABASE),
    Mutant("archive", "imagecodecs", CODECS),
    Mutant("display", "openjpeg", CODECS, INSIDE_A_FUNCTION),
    Mutant("ui", "keyring", KEYRING),
    Mutant("ui", "readingroom.archive", GLASS),
    Mutant("ui", "readingroom.cache", GLASS, INSIDE_A_FUNCTION),
)
UNDECLARED_ROOM = {"utils.py": '"""Odds and ends."""\n'}
CIRCLE = {
    "measure/round.py": "import readingroom.measure.about\n",
    "measure/about.py": "import readingroom.measure.round\n",
}


def wrong_imports() -> dict[str, str]:
    """Every mutant as a file: {path in the package: source}."""
    return {f"{mutant.room}/{mutant.name}.py": mutant.form.format(mutant.imported) for mutant in MUTANTS}


def report(package: Path, files: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What each contract says while the files are in the package."""
    from importlinter import configuration
    from importlinter.application import use_cases

    configuration.configure()
    for name, source in files.items():
        (package / name).write_text(source, encoding="utf-8")
    try:
        options = use_cases.read_user_options(str(REPO / "pyproject.toml"))
        # Its public door is the command line alone, which cannot be asked for the details of a report.
        use_cases._register_contract_types(options)
        answer = use_cases.create_report(options, cache_dir=str(package.parent / "graph"))
    finally:
        for name in files:
            (package / name).unlink()
    return {
        contract.name: {"kept": check.kept, "said": str(check.metadata)}
        for contract, check in answer.get_contracts_and_checks()
    }


def main(folder: Path) -> None:
    """Reports of the package as it is, with every wrong import, with an undeclared room, and with a circle."""
    package = folder / "readingroom"
    shutil.copytree(REPO / "app" / "readingroom", package, ignore=shutil.ignore_patterns("__pycache__"))
    sys.path.insert(0, str(folder))
    injections: tuple[dict[str, str], ...] = ({}, wrong_imports(), UNDECLARED_ROOM, CIRCLE)
    reports = [report(package, files) for files in injections]
    (folder / "reports.json").write_text(json.dumps(reports), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
