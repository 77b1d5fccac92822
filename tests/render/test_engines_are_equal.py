"""The GPU engine shows what the CPU engine shows, to one grey level, on every view a reader can make."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.render.cases import CASES
from tests.render.screen import display

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    """What the comparing program found; it runs by itself, since Qt allows one platform for each process."""
    with display() as environment:
        environment["PYTHONPATH"] = os.pathsep.join((str(ROOT / "app"), str(ROOT)))
        environment.pop("QT_QPA_PLATFORM", None)
        ended = subprocess.run(
            [sys.executable, "-m", "tests.render.equality"],
            env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    if "absent" in found:
        pytest.skip(f"no OpenGL here: {found['absent']}")
    assert "destroy() called without" not in ended.stderr
    return found


@pytest.mark.parametrize("name", list(CASES))
def test_both_engines_show_the_same_pixels(answer: dict[str, Any], name: str) -> None:
    assert max(answer["cases"][name].values()) <= 1


def test_what_does_not_fit_on_the_card_is_drawn_all_the_same(answer: dict[str, Any]) -> None:
    assert answer["beyond_its_limits"] == 0


def test_software_opengl_is_used_only_when_it_is_asked_for(answer: dict[str, Any]) -> None:
    software = "llvmpipe" in answer["renderer"]
    assert answer["self_check"] <= 1
    assert answer["chosen"]["cpu"] == "cpu"
    assert answer["chosen"]["gpu"] == "gpu"
    assert answer["chosen"]["auto"] == ("cpu" if software else "gpu")


def test_without_a_display_the_cpu_draws_and_says_why() -> None:
    """A verb with a stale DISPLAY must not be killed by Qt."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only X servers can be absent")
    code = "from readingroom.render.choose import choose; c = choose('gpu'); print(c.engine.name, c.reason)"
    environment = {**os.environ, "DISPLAY": ":5999", "PYTHONPATH": str(ROOT / "app")}
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stdout.strip() == "cpu This machine offers no OpenGL 3.3.", ended.stderr
