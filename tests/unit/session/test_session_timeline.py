"""The patient's timeline: order, kinds, gaps in time, trusts, and what may be missing."""

from dataclasses import replace
from datetime import date

from tests.fakes.archives import MemoryArchive
from tests.fakes.desk import HandDesk
from tests.fakes.objects import STUDY, ct_series

from readingroom.session.opening import open_case
from readingroom.session.timeline import timeline

NEAR, FAR = "1.2.826.0.1.3680043.10.1.2", "1.2.826.0.1.3680043.10.1.3"


def older(name: str, study: str, day: str, **changes: str) -> MemoryArchive:
    return MemoryArchive(name, ct_series(1, **{"study": study, "series": f"{study}.1", "date": day} | changes))


def opened(*archives: MemoryArchive) -> HandDesk:
    hand = HandDesk(MemoryArchive("north-pacs", ct_series(2)), *archives)
    open_case(hand.desk, STUDY)
    return hand.crank()


def test_marks_stand_in_the_order_of_time_with_what_lies_between() -> None:
    hand = opened(older("east", NEAR, "20251003"), older("west", FAR, "20201103"))
    assert hand.desk.case is not None
    line = timeline(hand.desk.case, {"west": "Westmarch"})
    assert [(mark.study_uid, mark.kind, mark.place) for mark in line.marks] == [
        (FAR, "opened", "Westmarch"), (NEAR, "opened", "east"), (STUDY, "current", "north-pacs"),
    ]  # fmt: skip
    assert [mark.apart for mark in line.marks] == ["", "4 y 11 m", "31 d"]
    assert "same region: chest" in line.marks[0].words


def test_a_silent_archive_stands_beside_the_marks() -> None:
    gone = older("east", NEAR, "20251003")
    gone.down = True
    hand = opened(gone)
    assert hand.desk.case is not None
    line = timeline(hand.desk.case, {})
    assert [silence.name for silence in line.silent] == ["east"]
    assert "1 of 2 archives answered" in line.line


def test_a_doubtful_examination_says_why() -> None:
    hand = opened(older("east", NEAR, "20251003", patient="E4711"))
    assert hand.desk.case is not None
    mark = timeline(hand.desk.case, {}).marks[0]
    assert (mark.study_uid, mark.kind) == (NEAR, "doubtful") and "is not E4711" in mark.words


def test_before_the_archives_answered_that_is_what_it_says() -> None:
    hand = opened()
    assert hand.desk.case is not None
    waiting = replace(hand.desk.case, found=None)
    assert "Asking" in timeline(waiting, {}).line
    assert "No other examination" in timeline(hand.desk.case, {}).line
    assert timeline(hand.desk.case, {}).marks[0].on == date(2025, 11, 3)
