"""readingroom report: from an empty desk to a report that an archive gave back equal, and every refusal on the way."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from tests.fakes.objects import SERIES, STUDY, ct_series

from readingroom.display.completeness import SeenSet
from readingroom.main import build, leave
from readingroom.session.reads import sets_as_json
from readingroom.settings.load import write_default
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import main

READER = ("--reader", "Okafor^Ada^^Dr", "--registration", "1234567")
PRIOR = "1.2.826.0.1.3680043.10.1.7"
Out = pytest.CaptureFixture[str]


class Desk:
    """A profile with one folder archive, asked through the command line."""

    def __init__(self, folder: Path, capsys: Out) -> None:
        self.archive = folder / "archive"
        self.profile = Profile(folder / "profile")
        self._capsys = capsys
        self.put(ct_series(3))
        write_default(self.profile, (ArchiveSettings("Northern", "folder", path=str(self.archive), issuer="NHS"),))

    def put(self, objects: list[bytes]) -> None:
        self.archive.mkdir(exist_ok=True)
        for part10 in objects:
            (self.archive / f"{len(list(self.archive.iterdir())):04}.dcm").write_bytes(part10)

    def ask(self, *words: str, study: str = STUDY, code: int = 0) -> dict[str, Any]:
        action, *rest = words
        found = main(["report", action, study, *rest, "--json", "--profile", str(self.profile.folder)])
        out = self._capsys.readouterr()
        assert found == code, out
        answer: dict[str, Any] = json.loads(out.out)
        return answer

    def stored(self) -> list[Path]:
        return sorted((self.archive / "stored").rglob("*.dcm"))


@pytest.fixture
def desk(tmp_path: Path, capsys: Out) -> Desk:
    return Desk(tmp_path, capsys)


def begun(desk: Desk, *more: str) -> dict[str, Any]:
    texts = {
        "history": "Cough.", "technique": "Unenhanced CT chest.", "lungs": "Clear, ≥ 12 mm – Ł 漢 é.",
        "impression": "No cancer.",
    }  # fmt: skip
    written = [word for name, text in texts.items() for word in ("--set", f"{name}={text}")]
    return desk.ask("new", *written, *more)


def test_a_report_goes_from_the_draft_to_the_archive_and_is_read_back(desk: Desk) -> None:
    new = begun(desk)
    assert (new["template"], new["state"]) == ("ct-chest", "draft")
    assert new["fields"]["impression"] == "No cancer."
    assert new["fields"]["comparison"] == "No prior examination was found."
    assert [c["rule"] for c in desk.ask("check")["concerns"]] == []
    signed = desk.ask("sign", *READER)
    assert signed["state"] == "stored"
    (one,) = signed["stored"]
    assert (one["kind"], one["verified"]) == ("report", True)
    (path,) = desk.stored()
    document = dcmread(path)
    assert (document.SOPInstanceUID, document.VerificationFlag) == (one["sop_uid"], "VERIFIED")
    shown = desk.ask("show")
    assert shown["state"] == "stored"
    assert {"title": "Findings", "text": "Lungs: Clear, ≥ 12 mm – Ł 漢 é."} in shown["sections"]
    assert shown["stored"] == [{"sop_uid": one["sop_uid"], "kind": "report"}]
    assert shown["author"] == "OKAFOR, Ada (Dr)"


def test_what_was_written_stays_when_the_report_is_begun_again(desk: Desk) -> None:
    begun(desk)
    again = desk.ask("new", "--set", "pleura=No effusion.")
    assert again["fields"]["lungs"].startswith("Clear")
    assert again["fields"]["pleura"] == "No effusion."
    assert "ct-chest" in desk.ask("new", "--template", "general", code=2)["problem"]
    assert desk.ask("show")["state"] == "draft"


def test_an_open_placeholder_stops_the_signature_whatever_is_waived(desk: Desk) -> None:
    desk.ask("new", "--set", "impression=Clear.", "--set", "history=Cough.")
    (concern,) = desk.ask("check")["concerns"]
    assert (concern["rule"], concern["where"], concern["waivable"]) == ("placeholder", "technique", False)
    refused = desk.ask("sign", *READER, "--waive", "placeholder=never mind", code=2)
    assert "contrast" in refused["problem"]
    assert desk.stored() == []


def test_a_waived_concern_lets_the_report_pass(desk: Desk) -> None:
    desk.ask("new", "--template", "general", "--set", "impression=No cancer.", "--set", "technique=CT chest.")
    assert "empty" in desk.ask("sign", *READER, code=2)["problem"]
    assert desk.ask("sign", *READER, "--waive", "required=said in the impression")["state"] == "stored"


def test_nobody_does_not_sign(desk: Desk) -> None:
    begun(desk)
    assert "Nobody" in desk.ask("sign", code=2)["problem"]


def test_an_archive_that_is_down_leaves_the_report_in_the_outbox_and_a_second_try_stores_it(desk: Desk) -> None:
    begun(desk)
    blocked = desk.archive / "stored"
    blocked.write_text("a file where the folder should be")
    signed = desk.ask("sign", *READER, code=1)
    assert signed["state"] == "failed"
    assert signed["stored"][0]["verified"] is False
    assert signed["problems"][0]["problem"]
    assert desk.ask("show")["state"] == "failed"
    blocked.unlink()
    again = desk.ask("sign", *READER)
    assert (again["state"], again["stored"][0]["sop_uid"]) == ("stored", signed["stored"][0]["sop_uid"])


def test_an_addendum_stands_in_the_place_of_the_report_and_leaves_it(desk: Desk) -> None:
    begun(desk)
    first = desk.ask("sign", *READER)["stored"][0]["sop_uid"]
    added = desk.ask("addendum", "--text", "The node is benign.", *READER)
    assert added["state"] == "stored"
    shown = desk.ask("show")
    assert shown["sections"][-1] == {"title": "Addendum", "text": "The node is benign."}
    assert shown["signed"] == "addendum"
    document = dcmread(desk.archive / "stored" / STUDY / f"{added['stored'][0]['sop_uid']}.dcm")
    series = document.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first
    assert len(desk.stored()) == 2
    assert "stored" in desk.ask("sign", *READER, code=2)["problem"]


def test_another_desk_sees_the_report_and_adds_to_it(desk: Desk, tmp_path: Path) -> None:
    begun(desk)
    first = desk.ask("sign", *READER)["stored"][0]["sop_uid"]
    desk.profile = Profile(tmp_path / "other")
    write_default(desk.profile, (ArchiveSettings("Northern", "folder", path=str(desk.archive), issuer="NHS"),))
    shown = desk.ask("show")
    assert (shown["state"], shown["sop_uid"]) == ("signed", first)
    added = desk.ask("addendum", "--text", "Seen again.", "--reader", "Weaver^Tom")
    assert added["stored"][0]["verified"]
    assert desk.ask("show")["author"] == "WEAVER, Tom"


def test_a_report_signed_elsewhere_meanwhile_stops_the_signature(desk: Desk, tmp_path: Path) -> None:
    begun(desk)
    here = desk.profile
    desk.profile = Profile(tmp_path / "other")
    write_default(desk.profile, (ArchiveSettings("Northern", "folder", path=str(desk.archive), issuer="NHS"),))
    begun(desk)
    desk.ask("sign", "--reader", "Weaver^Tom")
    desk.profile = here
    (concern,) = desk.ask("check")["concerns"]
    assert concern["rule"] == "newer"
    assert "WEAVER, Tom" in concern["text"]
    assert "newer report" in desk.ask("sign", *READER, code=2)["problem"]


def test_measurements_are_computed_anew_linked_and_stored_beside_the_report(desk: Desk, tmp_path: Path) -> None:
    drawn = {"tool": "length", "points": "2.5,3.5 12.5,3.5", "sop_uid": f"{STUDY}.1.2", "values": [{"value": 99}]}
    (tmp_path / "M.json").write_text(json.dumps([drawn]))
    new = begun(desk, "--measurements", str(tmp_path / "M.json"))
    assert new["fields"]["nodule_diameter"] == "7.0 mm"
    signed = desk.ask("sign", *READER)
    assert sorted(one["kind"] for one in signed["stored"]) == ["measurements", "report"]
    assert all(one["verified"] for one in signed["stored"])
    (number,) = desk.ask("show")["numbers"]
    assert (number["concept"], number["unit"]) == ("Length", "mm")
    assert number["value"] == pytest.approx(7.0)


def test_a_prior_that_was_not_looked_at_is_not_claimed(desk: Desk) -> None:
    desk.put(ct_series(2, study=PRIOR, series=f"{PRIOR}.1", date="20240305"))
    assert begun(desk)["fields"]["comparison"] == "Not compared with the prior CT chest of 5 Mar 2024."
    assert desk.ask("sign", *READER)["state"] == "stored"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("show",), "no report"),
        (("check",), "no draft"),
        (("sign",), "no draft"),
        (("addendum", "--text", "x"), "no signed report"),
        (("new", "--template", "ct-toe"), "ct-toe"),
        (("new", "--set", "toe=Broken."), "no field"),
        (("new", "--set", "impression"), "FIELD=VALUE"),
        (("new", "--measurements", "/nowhere/M.json"), "cannot be read"),
        (("show", "--waive", "side=x"), "--waive"),
        (("dance",), "dance"),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, words: tuple[str, ...], problem: str) -> None:
    answer = desk.ask(*words, code=2)
    assert problem in answer["problem"]
    assert answer["remedy"]


@pytest.mark.parametrize(
    "written",
    ["", "{", "5", "[5]", "[{}]", '[{"tool": "length"}]', '[{"tool": "length", "points": "1,2 3"}]',
     '[{"tool": "length", "points": [[1, 2], [3, 4]]}]', '[{"tool": "length", "points": [[1,2],[3,4]], "sop_uid": "1.2"}]',
     '[{"tool": "lasso", "points": [[1, 2], [3, 4]], "sop_uid": "1.2.826.0.1.3680043.10.1.1.1.2"}]',
     '[{"tool": "length", "points": [[1, 2], [3, 400]], "sop_uid": "1.2.826.0.1.3680043.10.1.1.1.2"}]'],
)  # fmt: skip
def test_a_broken_file_of_measurements_is_refused_and_nothing_is_kept(desk: Desk, tmp_path: Path, written: str) -> None:
    (tmp_path / "M.json").write_text(written)
    desk.ask("new", "--measurements", str(tmp_path / "M.json"), code=2)
    assert "no report" in desk.ask("show", code=2)["problem"]


def test_what_was_not_looked_at_is_said_without_a_window_and_stops_no_signature(desk: Desk) -> None:
    begun(desk)
    assert desk.ask("check", *READER)["read"] == []
    seen = {f"{SERIES}/{SERIES}.1/1": SeenSet(3, (("soft tissue", ((0, 1),)),), ((2, 2),))}
    house = build(desk.profile)
    house.doors.journal.write("read", STUDY, {"readers": {READER[1]: sets_as_json(seen)}})
    leave(house)
    told = desk.ask("check", *READER)
    assert [one["text"] for one in told["concerns"] if one["rule"] == "slices"] == [
        "1 image of 3 of Axial not seen, 1 of them as previews only: 3."
    ]
    (read,) = desk.ask("show", *READER)["read"]
    assert (read["display_set"], read["seen"], read["of"]) == (f"{SERIES}/{SERIES}.1/1", 2, 3)
    assert read["windows"] == [{"window": "soft tissue", "images": 2}]
    assert desk.ask("check", "--reader", "Cole^Ben^^Dr")["read"] == [], "what another reader saw is not this one's"
    assert {one["severity"] for one in told["concerns"] if one["rule"] in ("slices", "window")} == {"note"}
    signed = desk.ask("sign", *READER, "--waive", "window=image 3 is the table")
    assert signed["state"] == "stored", "without a window nobody knows how the rest was looked at"
    assert [one["text"] for one in signed["noted"]] == [
        "1 image of 3 of Axial not seen, 1 of them as previews only: 3."
    ]
