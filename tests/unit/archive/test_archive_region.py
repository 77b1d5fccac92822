"""The region answers as one: who is silent is named, who is slow holds nobody up, and no two patients become one."""

import time
from dataclasses import replace
from pathlib import Path

from tests.fakes.archives import MemoryArchive
from tests.fakes.objects import STUDY, ct_series, ct_slice

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.folder import FolderArchive
from readingroom.archive.nearness import Nearness
from readingroom.archive.open import open_archives
from readingroom.archive.region import Region, fold
from readingroom.record.patient import Patient
from readingroom.record.search import Query, RegionAnswer, StudyRow
from readingroom.settings.sections import ArchiveSettings

REED = Patient("9990000018", "NHS", "Reed^Anna", None, "F")


def _row(archive: str, patient: Patient = REED, **changes: object) -> StudyRow:
    row = StudyRow("1.2", patient, None, None, "", ("CT",), "", "", 480, (archive,))
    return replace(row, **changes)  # type: ignore[arg-type]


def test_all_archives_are_asked_and_all_that_answered_are_named() -> None:
    region = Region([MemoryArchive("A", ct_series(2)), MemoryArchive("B", ct_series(1, study="1.9", series="1.9.1"))])
    answer = region.search(Query())
    assert (answer.asked, answer.answered, answer.silent) == (("A", "B"), ("A", "B"), ())
    assert {row.study_uid for row in answer.rows} == {STUDY, "1.9"}


def test_an_archive_that_is_down_is_named_with_problem_and_remedy() -> None:
    down = MemoryArchive("B")
    down.down = True
    answer = Region([MemoryArchive("A", ct_series(2)), down]).search(Query())
    assert [row.study_uid for row in answer.rows] == [STUDY]
    assert [(s.name, s.problem, s.remedy) for s in answer.silent] == [
        ("B", "B is down: nothing answers.", "Check that it runs.")
    ]


def test_a_slow_archive_is_silent_after_its_own_limit_and_holds_nobody_up() -> None:
    slow = MemoryArchive("B", ct_series(2))
    slow.holds_back_s = 30
    region = Region([MemoryArchive("A", ct_series(2)), slow], {"A": 20.0, "B": 0.2})
    began = time.monotonic()
    answer = region.search(Query())
    assert time.monotonic() - began < 10
    assert answer.answered == ("A",)
    assert answer.silent[0].problem == "B did not answer within 0.2 s."
    region.close()


def test_a_defect_in_one_door_is_said_as_its_silence() -> None:
    class Broken(MemoryArchive):
        def search(self, query: Query) -> tuple[StudyRow, ...]:
            raise ZeroDivisionError

    answer = Region([Broken("B"), MemoryArchive("A", ct_series(1))]).search(Query())
    assert answer.answered == ("A",)
    assert "ZeroDivisionError" in answer.silent[0].problem


def test_a_region_without_archives_answers_at_once_with_nothing_asked() -> None:
    answer = Region([]).search(Query())
    assert (answer.rows, answer.asked, answer.silent) == ((), (), ())


def test_one_study_in_two_archives_is_one_row_held_by_both_nearest_first() -> None:
    rows, warnings = fold([[_row("A", description="")], [_row("B", description="CT chest", modalities=("CT", "SR"))]])
    assert [row.held_by for row in rows] == [("A", "B")]
    assert (rows[0].description, rows[0].modalities, warnings) == ("CT chest", ("CT", "SR"), ())


def test_an_archive_that_holds_a_part_comes_after_the_one_that_holds_all_and_is_said() -> None:
    rows, warnings = fold([[_row("A", instances=300)], [_row("B", instances=480)]])
    assert (rows[0].held_by, rows[0].instances) == (("B", "A"), 480)
    assert warnings == ("A holds 300 of the 480 objects of a study that B holds.",)


def test_two_patients_under_one_study_are_kept_apart_with_the_conflict_in_words() -> None:
    cole = Patient("9990000026", "NHS", "Cole^Ben", None, "M")
    rows, warnings = fold([[_row("A")], [_row("B", cole)]])
    assert [row.held_by for row in rows] == [("A",), ("B",)]
    assert "COLE, Ben" in rows[0].conflict and "B has another patient" in rows[0].conflict
    assert "REED, Anna" in rows[1].conflict
    assert "stands for 2 patients" in warnings[0]


def test_a_stray_object_of_another_patient_is_a_row_in_conflict_beside_the_study_it_strayed_into() -> None:
    mixed = MemoryArchive("A", [*ct_series(2), ct_slice(9, patient="9990000026", name="Cole^Ben")])
    answer = Region([mixed]).search(Query())
    assert {row.patient.id: bool(row.conflict) for row in answer.rows} == {"9990000018": False, "9990000026": True}


def test_one_study_of_two_patients_in_one_archive_is_nobodys_where_neither_has_most_of_it() -> None:
    halves = MemoryArchive("A", [ct_slice(1), ct_slice(9, patient="9990000026", name="Cole^Ben")])
    answer = Region([halves]).search(Query())
    assert len(answer.rows) == 2 and all(row.conflict for row in answer.rows)


def test_what_the_fast_archives_answered_is_told_before_the_slow_one_has_answered() -> None:
    slow, told = MemoryArchive("B", ct_series(1, study="1.8", series="1.8.1")), []
    slow.holds_back_s = 30.0

    def early(answer: RegionAnswer) -> None:
        told.append(answer)
        slow.released.set()

    answer = Region([MemoryArchive("A", ct_series(1)), slow]).search(Query(), early)
    assert ([row.study_uid for row in told[0].rows], told[0].answered, told[0].awaited) == ([STUDY], ("A",), ("B",))
    assert (answer.answered, answer.awaited, len(answer.rows)) == (("A", "B"), (), 2)


def test_one_person_under_two_local_numbers_is_still_one_study() -> None:
    rows, _ = fold(
        [[_row("A", replace(REED, id="77", issuer="RM3"))], [_row("B", replace(REED, id="A5", issuer="RJE"))]]
    )
    assert len(rows) == 1 and rows[0].conflict == ""


def test_a_study_whose_second_holder_says_nothing_of_the_patient_is_not_merged_silently() -> None:
    rows, warnings = fold([[_row("A")], [_row("B", Patient("", "", "", None, ""))]])
    assert [row.held_by for row in rows] == [("A",), ("B",)]
    assert all("nothing says that it is the same patient" in row.conflict for row in rows) and warnings


def test_the_same_local_number_of_two_trusts_is_no_evidence_and_the_same_nhs_number_is() -> None:
    nameless = replace(REED, name="")
    rows, _ = fold([[_row("A", replace(nameless, id="77", issuer="RM3"))], [_row("B", replace(nameless, id="77"))]])
    assert len(rows) == 2
    spaced = replace(nameless, id="999 000 0018", issuer="2.16.840.1.113883.2.1.4.1")
    rows, _ = fold([[_row("A", nameless)], [_row("B", spaced)]])
    assert [row.held_by for row in rows] == [("A", "B")]


def test_an_nhs_number_with_a_wrong_check_digit_is_said() -> None:
    _, warnings = fold([[_row("A", replace(REED, id="9990000019"))], []])
    assert warnings == ("A: 999 000 0019 is no NHS number: its check digit is wrong.",)
    assert fold([[_row("A", replace(REED, id="9990000019", issuer="RM3"))]])[1] == ()


def test_the_archive_that_answers_faster_is_the_nearer_holder_and_alike_ones_keep_their_order() -> None:
    near = Nearness(("A", "B", "C"))
    for name, seconds in (("A", 0.9), ("B", 0.05), ("C", 0.12), ("A", 1.1)):
        near.saw(name, seconds)
    assert near.sorted(("A", "B", "C")) == ["B", "C", "A"]
    assert near.sorted(("A", "C")) == ["C", "A"]


def test_the_newest_study_comes_first_and_the_limit_counts_folded_rows() -> None:
    old = ct_series(1, study="1.8", series="1.8.1", date="20100101")
    region = Region([MemoryArchive("A", [*old, *ct_series(1)]), MemoryArchive("B", ct_series(1))])
    assert [row.study_uid for row in region.search(Query()).rows] == [STUDY, "1.8"]
    assert [row.study_uid for row in region.search(Query(limit=1)).rows] == [STUDY]


def test_settings_become_doors_in_their_order_and_secrets_are_looked_up_by_archive(tmp_path: Path) -> None:
    class Secrets:
        asked: list[str] = []  # noqa: RUF012  (one instance)

        def get(self, name: str) -> str | None:
            self.asked.append(name)
            return "hunter2"

    settings = (
        ArchiveSettings("CD", "folder", path=str(tmp_path)),
        ArchiveSettings("RM3", "dicomweb", url="http://127.0.0.1:1/dicom-web", auth="basic", user="ada"),
        ArchiveSettings("RJE", "dicomweb", url="not an address"),
    )
    region = open_archives(settings, Secrets())
    assert region.names == ("CD", "RM3", "RJE")
    assert isinstance(region.archive("CD"), FolderArchive) and isinstance(region.archive("RM3"), DicomWeb)
    assert Secrets.asked == ["archive/RM3"]
    answer = region.search(Query())
    assert answer.answered == ("CD",) and [s.name for s in answer.silent] == ["RM3", "RJE"]
    region.close()
