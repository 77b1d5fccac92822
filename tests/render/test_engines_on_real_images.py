"""Real images drawn by both engines are those of the plain formulas, at any size and in any window."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.render.screen import display

pytestmark = pytest.mark.realdata
SHARE = 0.999


@pytest.mark.parametrize("engine", ["cpu", "gpu"])
def test_real_images_are_drawn_as_the_formulas_say(engine: str, real_files: Path, repo: Path) -> None:
    with display() as environment:
        environment = {**environment, "PYTHONPATH": os.pathsep.join((str(repo / "app"), str(repo)))}
        environment.pop("QT_QPA_PLATFORM", None)
        ended = subprocess.run(
            [sys.executable, "-m", "tests.render.real_equality", str(real_files), engine],
            env=environment, cwd=repo, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    if found["engine"] != engine:
        pytest.skip(found["reason"])
    assert found["count"] > 400
    assert not [one for one in found["worst"] if one[0] < SHARE]
