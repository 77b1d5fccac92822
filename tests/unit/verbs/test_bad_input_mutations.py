"""Objects of the real world damaged by the hundred: info answers or refuses, in seconds and within bounds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.verbs.mutations import failed

pytestmark = pytest.mark.realdata
COUNT = int(os.environ.get("READINGROOM_MUTATIONS", "150"))
SEED = 20261124


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the memory of a child is only known where processes fork")
def test_no_damage_ends_in_a_traceback_a_hang_or_a_flood_of_memory(
    real_files: Path, repo: Path, tmp_path: Path
) -> None:
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join((str(repo / "app"), str(repo))), "READINGROOM_PROFILE": str(tmp_path)
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-m", "tests.unit.verbs.mutations", str(real_files), str(COUNT), str(SEED)],
        env=environment, cwd=repo, capture_output=True, text=True, timeout=60 + COUNT, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    results = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(results) == COUNT
    assert not [result for result in results if failed(result)]
    assert {result["code"] for result in results} == {0, 1, 2}
