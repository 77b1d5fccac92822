"""The worklist in the order in which it should be read, and found again while typing."""

from dataclasses import replace
from datetime import date, time

from readingroom.record.patient import Patient
from readingroom.record.search import StudyRow
from readingroom.worklist.entry import DRAFT, SIGNED, Entry, reading_order
from readingroom.worklist.filter import matching

ROW = StudyRow(
    study_uid="1.2.3", patient=Patient("9990100006", "NHS", "Müller^Søren^^Dr", date(1950, 5, 1), "M"),
    date=date(2026, 11, 24), time=time(2, 10), description="CT Thorax with contrast", modalities=("CT",),
    accession="A-17", body_part="CHEST", instances=300, held_by=("Northgate",), institution="Northgate General",
)  # fmt: skip


def entry(uid: str, state: str = "unread", priority: str = "", day: int = 24) -> Entry:
    return Entry(replace(ROW, study_uid=uid, priority=priority, date=date(2026, 11, day)), state)


def uids(entries: tuple[Entry, ...]) -> list[str]:
    return [one.row.study_uid for one in entries]


def test_what_is_urgent_is_read_before_what_is_routine() -> None:
    assert uids(reading_order((entry("routine"), entry("stat", priority="STAT")))) == ["stat", "routine"]


def test_the_newest_of_equal_urgency_comes_first() -> None:
    assert uids(reading_order((entry("old", day=20), entry("new", day=24)))) == ["new", "old"]


def test_what_is_signed_comes_last_even_when_it_was_urgent() -> None:
    order = reading_order((entry("signed", SIGNED, "STAT"), entry("draft", DRAFT), entry("unread")))
    assert uids(order)[-1] == "signed"


def test_a_study_without_a_date_is_listed() -> None:
    undated = Entry(replace(ROW, study_uid="undated", date=None))
    assert "undated" in uids(reading_order((entry("dated"), undated)))


def test_accents_and_case_do_not_hide_a_patient() -> None:
    assert matching([Entry(ROW)], "muller soren") == (Entry(ROW),)


def test_every_word_typed_must_be_found() -> None:
    assert matching([Entry(ROW)], "muller liver") == ()


def test_an_nhs_number_is_found_with_and_without_spaces() -> None:
    assert matching([Entry(ROW)], "9990100006") and matching([Entry(ROW)], "999 010 0006")


def test_state_trust_and_date_can_be_typed() -> None:
    for text in ("draft northgate", "24 nov 2026", "2026-11-24", "a-17"):
        assert matching([Entry(ROW, DRAFT)], text), text
