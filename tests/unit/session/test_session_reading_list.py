"""The list of the region: its rows from the archives, its states from this desk, whichever comes first."""

from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER, other_slices, slices

from readingroom.session.reading_list import ReadingList
from readingroom.worklist.entry import DRAFT, UNREAD


def _states(reading_list: ReadingList) -> dict[str, str]:
    return {entry.row.study_uid: entry.state for entry in reading_list.entries}


def test_the_list_holds_every_row_of_the_region_with_its_state() -> None:
    hand = HandDesk(archive_of("North", slices(3)), archive_of("South", other_slices(3)))
    hand.journal.write("draft", OTHER, {"state": "draft"})
    reading_list = ReadingList(hand.desk)
    reading_list.refresh()
    hand.crank()
    assert _states(reading_list) == {STUDY: UNREAD, OTHER: DRAFT}
    assert reading_list.answer is not None and reading_list.answer.answered == ("North", "South")


def test_a_report_begun_while_the_archives_are_asked_shows_as_begun() -> None:
    hand = HandDesk(archive_of("North", slices(3)))
    reading_list = ReadingList(hand.desk)
    reading_list.refresh()
    hand.io.turn()
    hand.journal.write("draft", STUDY, {"state": "draft"})
    hand.desk.outbox_changed.tell(0)
    hand.crank()
    assert _states(reading_list) == {STUDY: DRAFT}


def test_rows_of_an_archive_that_fell_silent_stay_and_it_is_named() -> None:
    south = archive_of("South", other_slices(3))
    hand = HandDesk(archive_of("North", slices(3)), south)
    reading_list = ReadingList(hand.desk)
    reading_list.refresh()
    hand.crank()
    south.down = True
    reading_list.refresh()
    hand.crank()
    assert set(_states(reading_list)) == {STUDY, OTHER}
    assert reading_list.answer is not None and [one.name for one in reading_list.answer.silent] == ["South"]


def test_what_lists_no_images_is_not_offered_for_reading() -> None:
    from io import BytesIO

    from pydicom import dcmread
    from tests.fakes.objects import as_part10

    report = dcmread(BytesIO(other_slices(1)[0]))
    report.Modality = "SR"
    hand = HandDesk(archive_of("North", slices(3), [as_part10(report)]))
    reading_list = ReadingList(hand.desk)
    reading_list.refresh()
    hand.crank()
    assert set(_states(reading_list)) == {STUDY}
