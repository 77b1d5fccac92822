"""What the reader did is on the disk within a quarter of a second, or the reader is told that it is not."""

from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices

from readingroom.session.arranging import scroll_to
from readingroom.session.opening import open_case
from readingroom.session.reporting_desk import begin, write


def _reading() -> HandDesk:
    hand = HandDesk(archive_of("North", slices(20)))
    open_case(hand.desk, STUDY)
    return hand.crank().later(1.0)


def _kept_text(hand: HandDesk) -> str:
    kept = hand.journal.newest("draft", STUDY)
    return dict(kept["fields"]).get("impression", "") if kept is not None else ""


def test_half_a_sentence_is_in_the_journal_a_quarter_of_a_second_after_it_was_typed() -> None:
    hand = _reading()
    begin(hand.desk)
    write(hand.desk, "impression", "A nodule of")
    assert not hand.desk.keeper.is_safe
    hand.later(0.5)
    assert _kept_text(hand) == "A nodule of" and hand.desk.keeper.is_safe


def test_typing_without_a_pause_is_written_all_the_same() -> None:
    hand = _reading()
    begin(hand.desk)
    text = ""
    for letter in "No consolidation and no effusion.":
        text += letter
        write(hand.desk, "impression", text)
        hand.clock_s += 0.09
        hand.desk.tick(hand.clock_s)
        hand.crank()
        assert len(text) - len(_kept_text(hand)) <= 6


def test_scrolling_writes_once_for_many_images() -> None:
    hand = _reading()
    before = len(hand.journal.entries)
    for index in range(20):
        scroll_to(hand.desk, 0, index)
    hand.later(0.5)
    assert len(hand.journal.entries) == before + 1
    kept = hand.journal.newest("case", STUDY)
    assert kept is not None and kept["tiles"][0]["index"] == 19


def test_a_failed_journal_write_is_said_and_tried_again() -> None:
    hand = _reading()
    begin(hand.desk)
    hand.journal.full = True
    write(hand.desk, "impression", "A nodule.")
    hand.later(0.5)
    assert "the disk is full" in hand.words and hand.said[-1].tone == "red"
    assert not hand.desk.keeper.is_safe and _kept_text(hand) == ""
    hand.journal.full = False
    hand.later(5.0)
    assert _kept_text(hand) == "A nodule." and hand.desk.keeper.is_safe


def test_what_was_typed_while_a_write_failed_is_not_put_back_by_the_retry() -> None:
    hand = _reading()
    begin(hand.desk)
    hand.journal.full = True
    write(hand.desk, "impression", "first")
    hand.later(0.5)
    write(hand.desk, "impression", "first and second")
    hand.journal.full = False
    hand.later(6.0)
    assert _kept_text(hand) == "first and second"


def test_leaving_the_desk_writes_what_was_still_waiting() -> None:
    hand = _reading()
    begin(hand.desk)
    write(hand.desk, "impression", "unwritten")
    hand.desk.close()
    assert _kept_text(hand) == "unwritten"


def test_going_to_the_next_patient_writes_the_last_one_first() -> None:
    hand = _reading()
    begin(hand.desk)
    write(hand.desk, "impression", "unwritten")
    open_case(hand.desk, "1.2.3")
    hand.crank()
    assert _kept_text(hand) == "unwritten"
