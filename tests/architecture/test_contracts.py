"""The import contracts hold, and they catch what they are there to catch."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.mutants import CIRCLES, FLOORS, MUTANTS, Mutant

Report = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def reports(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    """What the contracts say of the package: as it is, with wrong imports, with an undeclared room, with a circle."""
    folder = tmp_path_factory.mktemp("mutants")
    command = [sys.executable, "-m", "tests.architecture.mutants", str(folder)]
    answer = subprocess.run(command, cwd=repo, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
    found: list[Report] = json.loads((folder / "reports.json").read_text(encoding="utf-8"))
    return found


def test_every_contract_holds(reports: list[Report]) -> None:
    assert [f"{name}: {check['said']}" for name, check in reports[0].items() if not check["kept"]] == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.sentence for mutant in MUTANTS])
def test_a_wrong_import_is_caught(reports: list[Report], mutant: Mutant) -> None:
    check = reports[1][mutant.contract]
    assert not check["kept"]
    module = f"readingroom.{mutant.room}.{mutant.name}"
    assert f"{{'importer': '{module}', 'imported': '{mutant.imported}', 'line_numbers'" in check["said"]


def test_a_room_that_is_on_no_floor_is_caught(reports: list[Report]) -> None:
    check = reports[2][FLOORS]
    assert not check["kept"]
    assert "readingroom.utils" in check["said"]


def test_a_circle_inside_a_room_is_caught(reports: list[Report]) -> None:
    check = reports[3][CIRCLES]
    assert not check["kept"]
    assert "readingroom.measure" in check["said"]
    assert [name for name, other in reports[3].items() if not other["kept"]] == [CIRCLES]
