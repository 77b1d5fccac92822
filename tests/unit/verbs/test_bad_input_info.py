"""Objects that were cut short or strayed are said by every verb that meets them."""

import json
from pathlib import Path

import pytest
from tests.fakes.archives import MemoryArchive, MemoryShelf
from tests.fakes.objects import STUDY, ct_series, ct_slice

from readingroom.archive.region import Region
from readingroom.base.jobs import Ticket
from readingroom.session.fetch_study import fetch_study
from readingroom.verbs.front import main


def test_an_object_that_ends_in_its_header_is_a_problem_and_not_an_image_without_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut.dcm").write_bytes(ct_slice(1)[:500])
    assert main(["info", "--json", str(tmp_path / "cut.dcm")]) == 1
    (found,) = json.loads(capsys.readouterr().out)["objects"]
    assert "does not say which study" in found["problem"] and found["remedy"]


def test_a_stray_object_is_one_failure_of_a_fetch_and_the_study_it_strayed_into_is_fetched() -> None:
    stray = ct_slice(9, patient="9990000026", name="Stone^Bert")
    archive, shelf = MemoryArchive("North", [*ct_series(4), stray]), MemoryShelf()
    outcome = fetch_study(Region([archive]), shelf, STUDY, ticket=Ticket())
    assert (outcome.received, outcome.study.patient.name, len(outcome.failed)) == (4, "Reed^Anna", 1)
    assert "another patient" in outcome.failed[0].problem
    assert all(b"Stone" not in part10 for part10 in shelf.objects.values())
