"""A reader's own protocols: saved, renamed, put out of use, deleted, each put back; edited rule by rule; tried before saving."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.hanging.cases_to_hang import ct, every_stack
from tests.unit.hanging.test_hanging_capturing import CASES, CHEST

from readingroom.base.errors import ReaderError
from readingroom.hanging.capturing import captured
from readingroom.hanging.drafting import Draft, RuleRef, replaced_in, rules_of, tried
from readingroom.hanging.library import Protocols, usual_protocols
from readingroom.hanging.own import OwnProtocols, duplicate, fresh_id, put_back
from readingroom.hanging.placing import Monitor
from readingroom.hanging.simulating import latest, priors_among, simulated
from readingroom.record.search import StudyRow

MINE = captured(CASES["kernels the other way round"], "mine", "Mine", usual_protocols()).protocol


def named(found: Protocols, protocol_id: str) -> list[str]:
    """The levels of what can be used under an id."""
    return [one.level for one in found.usable if one.id == protocol_id]


def test_a_saved_protocol_is_there_at_once_and_gone_when_put_back(tmp_path: Path) -> None:
    own = OwnProtocols(tmp_path / "hanging")
    before = own.save(MINE, "user")
    assert named(own.read(), "mine") == ["user"]
    put_back(before)
    assert named(own.read(), "mine") == []


def test_a_rename_keeps_the_file_and_comes_back_with_undo(tmp_path: Path) -> None:
    own = OwnProtocols(tmp_path)
    own.save(MINE, "user")
    kept = own.read().named("mine")
    before = own.save(replace(kept, name="Renamed"), "user")
    assert own.read().named("mine").name == "Renamed" and len(list(tmp_path.iterdir())) == 1
    put_back(before)
    assert own.read().named("mine").name == "Mine"


def test_a_deleted_protocol_comes_back_with_undo(tmp_path: Path) -> None:
    own = OwnProtocols(tmp_path)
    own.save(MINE, "user")
    before = own.remove(own.read().named("mine"))
    assert named(own.read(), "mine") == []
    put_back(before)
    assert named(own.read(), "mine") == ["user"]


def test_what_travels_with_the_program_is_put_out_of_use_and_never_deleted(tmp_path: Path) -> None:
    own = OwnProtocols(tmp_path)
    shipped = own.read().named("ct-chest")
    with pytest.raises(ReaderError, match="cannot be deleted"):
        own.remove(shipped)
    before = own.save(replace(shipped, enabled=False), "user")
    assert named(own.read(), "ct-chest") == []
    put_back(before)
    assert named(own.read(), "ct-chest") == ["shipped"]


def test_a_site_that_has_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="No folder for the site") as told:
        OwnProtocols(tmp_path).save(MINE, "site")
    assert "settings.toml" in told.value.remedy
    own = OwnProtocols(tmp_path / "user", str(tmp_path / "site"))
    own.save(MINE, "site")
    assert named(own.read(), "mine") == ["site"]


def test_a_folder_that_cannot_be_written_is_said_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "hanging").write_text("a file where the folder should be")
    with pytest.raises(ReaderError, match="could not be written") as told:
        OwnProtocols(tmp_path / "hanging").save(MINE, "user")
    assert told.value.remedy


def test_a_protocol_that_would_not_be_read_again_is_not_saved_over_the_good_one(tmp_path: Path) -> None:
    own = OwnProtocols(tmp_path)
    own.save(MINE, "user")
    with pytest.raises(ReaderError):
        own.save(replace(own.read().named("mine"), name=""), "user")
    assert own.read().named("mine").name == "Mine" and [p.name for p in tmp_path.iterdir()] == ["mine.yaml"]


def test_ids_are_plain_and_never_taken() -> None:
    assert fresh_id("MRT Schädel + KM", []) == "mrt-schadel-km"
    assert fresh_id("CT chest", ["ct-chest"]) == "ct-chest-2" and fresh_id("Ö", []) == "layout-o"
    copy = duplicate(usual_protocols().named("ct-chest"), usual_protocols())
    assert (copy.id, copy.level, copy.source) == ("ct-chest-copy", "user", "")


def test_each_proposed_rule_can_be_taken_away_and_put_back() -> None:
    draft = Draft(MINE)
    refs = [ref for ref, _ in rules_of(MINE)]
    assert len(refs) > 6
    bare = draft
    for ref in refs:
        bare = bare.switched(ref, on=False)
    assert not list(rules_of(bare.result))
    for ref in refs:
        bare = bare.switched(ref, on=True)
    assert bare.result == MINE


def test_a_draft_says_whether_the_open_case_would_hang_by_it() -> None:
    stacks, monitors = every_stack(CHEST), (Monitor(),)
    trial = tried(MINE, usual_protocols(), CHEST, stacks, (), monitors)
    assert trial.is_chosen and trial.shows == (("axial_lung", "Lung 1.0"), ("axial_soft", "Chest 3.0"))
    weak = Draft(MINE).switched(RuleRef("applies_to", "score", 0), on=False)
    weak = weak.switched(RuleRef("applies_to", "score", 1), on=False)
    other = tried(weak.result, usual_protocols(), CHEST, stacks, (), monitors)
    assert not other.is_chosen and "“CT chest” comes first" in other.words


def test_words_of_a_draft_are_the_readers() -> None:
    draft = (
        Draft(MINE)
        .named("  Nodules  ")
        .ranked(5000)
        .staged("captured", "Look", "Apices?")
        .labelled("axial_lung", "Lungs")
    )
    result = draft.result
    assert (result.name, result.priority) == ("Nodules", 1000)
    assert (result.stages[0].name, result.stages[0].text, result.port("axial_lung").label) == (
        "Look",
        "Apices?",
        "Lungs",
    )
    assert Draft(MINE).named(" ").result == MINE


def test_the_simulator_names_the_studies_that_would_hang_otherwise_and_why() -> None:
    after = replaced_in(usual_protocols(), MINE)
    changed = simulated(CHEST, (), usual_protocols(), after)
    assert changed is not None and "“Mine” (user" in changed.why and "instead of “CT chest”" in changed.why
    assert changed.viewports == (
        "monitor 1, row 1, column 1: Chest 3.0 (Mediastinum) becomes Lung 1.0 (Lung)",
        "monitor 1, row 1, column 2: Lung 1.0 (Lung) becomes Chest 3.0 (C 50 W 350)",
    )
    assert simulated(ct("8", "CT head", ("Brain", "Hr40")), (), usual_protocols(), after) is None
    assert simulated(CHEST, (), usual_protocols(), usual_protocols()) is None


def test_the_simulator_takes_the_newest_studies_and_their_own_patients_priors() -> None:
    def row(uid: str, day: date | None, name: str = "Byron^Ada", number: str = "9990100006") -> StudyRow:
        patient = replace(CHEST.patient, name=name, id=number)
        return StudyRow(uid, patient, day, None, "CT", ("CT",), "", "", None, ())

    rows = [
        row("a", date(2020, 1, 1)),
        row("b", None),
        row("c", date(2026, 1, 1)),
        row("d", date(2025, 1, 1), "Cole^Ben", "9990000026"),
    ]
    assert [one.study_uid for one in latest(rows, 3)] == ["c", "d", "a"]
    assert priors_among(CHEST, rows) == ("a", "b", "c")
