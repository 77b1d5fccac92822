"""What follows a signed report from the command line: a chain that is complete, and an original that nobody touches."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from tests.fakes.objects import STUDY
from tests.unit.verbs.test_verbs_report import READER, Desk, begun

from readingroom.settings.load import write_default
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import main

Out = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, capsys: Out) -> Desk:
    """A desk whose report is signed and stored."""
    made = Desk(tmp_path, capsys)
    begun(made)
    made.ask("sign", *READER)
    return made


def elsewhere(desk: Desk, folder: Path) -> Desk:
    desk.profile = Profile(folder)
    write_default(desk.profile, (ArchiveSettings("Northern", "folder", path=str(desk.archive), issuer="NHS"),))
    return desk


def file_of(desk: Desk, answer: dict[str, Any]) -> Path:
    return desk.archive / "stored" / STUDY / f"{answer['stored'][0]['sop_uid']}.dcm"


def chain(path: Path) -> list[str]:
    return [
        one.ReferencedSOPInstanceUID
        for study in dcmread(path).PredecessorDocumentsSequence
        for series in study.ReferencedSeriesSequence
        for one in series.ReferencedSOPSequence
    ]


def test_an_amendment_changes_one_field_says_so_and_leaves_the_first_report_as_it_was(desk: Desk) -> None:
    (first,) = desk.stored()
    before = first.read_bytes()
    why = ("--reason", "Side corrected.")
    amended = desk.ask("amend", "--set", "impression=Cancer, left upper lobe.", *why, *READER)
    assert (amended["state"], amended["stored"][0]["verified"]) == ("stored", True)
    assert amended["changes"] == [
        {"field": "impression", "label": "Impression", "before": "No cancer.", "after": "Cancer, left upper lobe."}
    ]
    shown = desk.ask("show")
    sections = {one["title"]: one["text"] for one in shown["sections"]}
    assert shown["signed"] == "amended"
    assert sections["Impressions"] == "Cancer, left upper lobe."
    assert sections["Findings"] == "Lungs: Clear, ≥ 12 mm – Ł 漢 é."
    assert sections["Amendment"] == "Reason: Side corrected.\nChanged: Impression"
    assert first.read_bytes() == before
    assert chain(file_of(desk, amended)) == [dcmread(first).SOPInstanceUID] == [amended["predecessor"]]


def test_every_report_of_the_chain_is_named_to_the_last(desk: Desk, tmp_path: Path) -> None:
    first = desk.stored()[0]
    added = desk.ask("addendum", "--text", "The node is benign.", *READER)
    elsewhere(desk, tmp_path / "other")
    amended = desk.ask("amend", "--set", "lungs=Nodule.", "--reason", "Overlooked.", *READER)
    withdrawn = desk.ask("withdraw", "--reason", "Another patient's images.", *READER)
    uids = [dcmread(first).SOPInstanceUID, added["stored"][0]["sop_uid"], amended["stored"][0]["sop_uid"]]
    assert sorted(chain(file_of(desk, withdrawn))) == sorted(uids)
    assert {"title": "Addendum", "text": "The node is benign."} in [
        {"title": one.get("title"), "text": one.get("text")} for one in sections_of(file_of(desk, amended))
    ]
    assert [one["kind"] for one in withdrawn["stored"]] == ["report", "rejection note"]
    assert all(one["verified"] for one in withdrawn["stored"])
    assert len(desk.stored()) == 5


def sections_of(path: Path) -> list[dict[str, str]]:
    from readingroom.reporting.sr_read import read_report

    return [{"title": title, "text": text} for title, text in read_report(path.read_bytes()).sections]


def test_a_withdrawn_report_is_said_to_be_withdrawn_at_every_desk_and_may_be_written_anew(
    desk: Desk, tmp_path: Path
) -> None:
    desk.ask("withdraw", "--reason", "Wrong patient.", *READER)
    shown = desk.ask("show")
    assert shown["signed"] == "withdrawn"
    assert "Do not rely on it. Reason: Wrong patient." in shown["sections"][0]["text"]
    assert "withdrawn" in desk.ask("amend", "--set", "lungs=x", "--reason", "y", *READER, code=2)["problem"]
    assert desk.ask("new", "--set", "impression=Clear.", "--set", "technique=CT.")["state"] == "draft"
    assert desk.ask("sign", *READER)["state"] == "stored"
    assert desk.ask("show")["signed"] == "signed"
    elsewhere(desk, tmp_path / "other")
    assert desk.ask("show")["signed"] == "signed"


def test_the_audit_trail_says_what_was_done_to_which_report(desk: Desk, capsys: Out) -> None:
    first = dcmread(desk.stored()[0]).SOPInstanceUID
    amended = desk.ask("amend", "--set", "lungs=Nodule.", "--reason", "Overlooked.", *READER)["stored"][0]["sop_uid"]
    desk.ask("withdraw", "--reason", "Wrong patient.", *READER)
    assert main(["audit", "show", "--json", "--profile", str(desk.profile.folder)]) == 0
    trail = capsys.readouterr().out
    assert f"amends {first}" in trail and f"withdraws {amended}" in trail


def test_a_withdrawal_waits_in_the_outbox_where_the_archive_is_down(desk: Desk) -> None:
    stored = desk.archive / "stored"
    stored.rename(desk.archive / "aside")
    stored.write_text("a file where the folder should be")
    assert desk.ask("withdraw", "--reason", "Wrong patient.", *READER, code=1)["state"] == "failed"
    assert "outbox" in desk.ask("amend", "--set", "lungs=x", "--reason", "y", *READER, code=2)["remedy"]
    stored.unlink()
    (desk.archive / "aside").rename(stored)
    assert desk.ask("sign", *READER)["state"] == "stored"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("amend", "--reason", "x", *READER), "Nothing is changed"),
        (("amend", "--set", "impression=No cancer.", "--reason", "x", *READER), "Nothing is changed"),
        (("amend", "--set", "lungs=x", *READER), "gives no reason"),
        (("amend", "--set", "toe=x", "--reason", "x", *READER), "toe"),
        (("withdraw", *READER), "reason"),
        (("withdraw", "--reason", "  ", *READER), "reason"),
        (("withdraw", "--reason", "x"), "Nobody"),
        (("show", "--reason", "x"), "--reason"),
        (("export",), "a form and a file"),
        (("show", "--as", "pdf"), "--as"),
    ],
)
def test_what_cannot_follow_is_said(desk: Desk, words: tuple[str, ...], problem: str) -> None:
    answer = desk.ask(*words, code=2)
    assert problem in answer["problem"]
    assert answer["remedy"]
    assert len(desk.stored()) == 1


def test_measured_numbers_keep_their_coordinates_through_an_amendment_at_another_desk(
    tmp_path: Path, capsys: Out
) -> None:
    desk = Desk(tmp_path, capsys)
    drawn = {"tool": "length", "points": "2.5,3.5 12.5,3.5", "sop_uid": f"{STUDY}.1.2"}
    (tmp_path / "M.json").write_text(json.dumps([drawn]))
    begun(desk, "--measurements", str(tmp_path / "M.json"))
    desk.ask("sign", *READER)
    before = desk.ask("show")["numbers"]
    elsewhere(desk, tmp_path / "other")
    amended = desk.ask("amend", "--set", "pleura=Effusion.", "--reason", "Overlooked.", *READER)
    assert desk.ask("show")["numbers"] == before != []
    text = str(dcmread(file_of(desk, amended)))
    assert "SCOORD" in text
    again = desk.ask("amend", "--set", "nodule_diameter=9 mm", "--reason", "Measured anew.", *READER)
    assert again["changes"][0]["before"] == "7.0 mm"
    assert desk.ask("show")["numbers"] == []


@pytest.mark.parametrize("form", ["sr", "fhir", "hl7", "text", "pdf"])
def test_a_report_is_exported_in_every_form(desk: Desk, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"report.{form}"
    answer = desk.ask("export", "--as", form, "--out", str(out))
    assert (answer["out"], answer["state"], answer["as"]) == (str(out), "signed", form)
    assert out.stat().st_size > 300
    if form == "sr":
        assert out.read_bytes() == desk.stored()[0].read_bytes()


def test_a_draft_is_not_exported(tmp_path: Path, capsys: Out) -> None:
    desk = Desk(tmp_path, capsys)
    begun(desk)
    answer = desk.ask("export", "--as", "text", "--out", str(tmp_path / "x.txt"), code=2)
    assert "no signed report" in answer["problem"]
    assert not (tmp_path / "x.txt").exists()
