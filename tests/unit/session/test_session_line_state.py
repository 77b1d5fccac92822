"""What the line at the foot of the window says."""

import pytest
from tests.fakes.archives import MemoryArchive
from tests.fakes.desk import HandDesk
from tests.fakes.lines import FarArchive
from tests.fakes.objects import STUDY
from tests.fakes.phantom import SECOND_SERIES, slices

from readingroom.session.line_state import LineState, line_states
from readingroom.session.opening import open_case

SERIES_BYTES = 20 * 64 * 64 * 2


def opened(*archives: MemoryArchive) -> HandDesk:
    hand = HandDesk(*archives)
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    return hand


def words(hand: HandDesk) -> list[str]:
    assert hand.desk.case is not None
    return [state.words for state in line_states(hand.desk.case, hand.desk.loader)]


def test_a_case_on_its_way_says_when_it_can_be_read_and_when_it_is_complete() -> None:
    part10s = slices(20) + slices(20, series=SECOND_SERIES)
    hand = opened(FarArchive("RM3", part10s, bytes_per_s=SERIES_BYTES / 14))
    said = words(hand)[0]
    assert "readable in 14 s" in said and "complete in 28 s" in said
    hand.crank()
    assert words(hand)[0].endswith("· complete")


def test_an_archive_without_a_line_is_not_spoken_of() -> None:
    assert words(opened(MemoryArchive("RM3", slices(3)))) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (LineState("RM3", 18.94, 14.2, 183.0, False, False), "RM3  18.9 Mbit/s · readable in 14 s · complete in 3 min"),
        (LineState("RM3", 240.0, 0.0, 42.0, True, False), "RM3  240 Mbit/s · readable now · complete in 42 s"),
        (LineState("RM3", 9000.0, 0.0, 0.0, True, True), "RM3  over 1 Gbit/s · complete"),
        (
            LineState("RM3", 18.94, 0.0, 42.0, True, False, 3_240_000_000),
            "RM3  18.9 Mbit/s · readable now · complete in 42 s · 3.2 GB left this month",
        ),
        (
            LineState("RM3", 18.94, 0.0, 0.0, True, True, -20),
            "RM3  18.9 Mbit/s · complete · this month's bytes are spent: nothing is fetched ahead, no previews",
        ),
        (LineState("RM3", None, 0.0, 0.0, False, False), "RM3 · readable later · complete later"),
    ],
)
def test_the_line_is_said_in_words(state: LineState, said: str) -> None:
    assert state.words == said
