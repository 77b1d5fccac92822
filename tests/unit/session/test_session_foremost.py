"""The image that is likely looked at first comes before the study is described, and is shown only where it belongs."""

from dataclasses import replace

import pytest
from tests.fakes.archives import MemoryArchive
from tests.fakes.desk import HandDesk
from tests.fakes.lines import SaidSpeed
from tests.fakes.objects import SERIES, STUDY
from tests.fakes.phantom import slices

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.patient import Patient
from readingroom.record.search import Received
from readingroom.record.study import FrameRef
from readingroom.session.opening import open_case

N = 20
MIDDLE = FrameRef(STUDY, SERIES, f"{SERIES}.{N // 2 + 1}")


class ForeseeingArchive(MemoryArchive):
    """An archive that tells the middle image; as another object where `instead` says so."""

    def __init__(self, name: str = "RM3") -> None:
        super().__init__(name, slices(N))
        self.instead: dict[str, object] = {}
        self.link = SaidSpeed(None, "")
        self.silent_middle = False

    def middle(self, study_uid: str, ticket: Ticket) -> Received | None:
        self.calls.append("middle")
        if self.silent_middle:
            raise ReaderError("RM3 is busy.", "Try again.")
        found = super().object(study_uid, SERIES, MIDDLE.sop_uid, ticket)
        self.calls.pop()
        return replace(found, **self.instead)


def opened(archive: MemoryArchive) -> HandDesk:
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY, ("RM3",))
    while hand.desk.case is None:
        assert hand.turn()
    return hand


def test_the_middle_image_is_ready_as_soon_as_the_case_is_and_is_asked_for_once() -> None:
    archive = ForeseeingArchive()
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY, ("RM3",))
    # The image comes while the metadata are on their way.
    hand.io.jobs.reverse()
    while hand.desk.case is None:
        assert hand.turn()
    assert hand.desk.case.frame_at(0) == MIDDLE and hand.desk.frame(MIDDLE) is not None
    hand.crank()
    assert hand.shelf.sop_uids(STUDY) == {f"{SERIES}.{n}" for n in range(1, N + 1)}
    assert f"object {MIDDLE.sop_uid}" not in archive.calls
    assert archive.calls.count("middle") == archive.calls.count("study") == archive.calls.count("series") == 1


def test_an_image_that_comes_after_the_case_is_taken_all_the_same() -> None:
    archive = ForeseeingArchive()
    hand = opened(archive)
    hand.crank()
    assert hand.desk.frame(MIDDLE) is not None
    assert len(hand.shelf.sop_uids(STUDY)) == N


@pytest.mark.parametrize(
    "instead",
    [
        {"patient": Patient("9990000026", "", "Other^Person", None, "")},
        {"study_uid": "1.2.3"},
        {"series_uid": "1.2.3.4"},
        {"sop_uid": "1.2.3.4.5"},
    ],
)
def test_an_image_of_another_patient_study_or_series_is_never_on_the_glass(instead: dict[str, object]) -> None:
    archive = ForeseeingArchive()
    archive.instead = instead
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY, ("RM3",))
    hand.io.jobs.reverse()
    while hand.desk.case is None:
        assert hand.turn()
    assert hand.desk.frame(MIDDLE) is None and not hand.shelf.objects
    hand.crank()
    assert hand.desk.frame(MIDDLE) is not None and len(hand.shelf.sop_uids(STUDY)) == N


def test_an_archive_that_cannot_tell_it_holds_nobody_up_and_nothing_is_said() -> None:
    archive = ForeseeingArchive()
    archive.silent_middle = True
    hand = opened(archive).crank()
    assert len(hand.shelf.sop_uids(STUDY)) == N and not hand.said


def test_over_a_line_that_is_known_to_be_slow_nothing_is_asked_for_on_a_guess() -> None:
    archive = ForeseeingArchive()
    archive.link = SaidSpeed(2.5e6, "slow")
    opened(archive)
    assert "middle" not in archive.calls


def test_what_came_for_a_case_that_was_left_is_forgotten() -> None:
    archive = ForeseeingArchive()
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY, ("RM3",))
    hand.io.jobs.reverse()
    hand.io.turn()
    open_case(hand.desk, "2.25.7", ("RM3",))
    hand.home.drain(10.0)
    assert hand.desk.loader.foremost is None
    hand.crank()
    assert hand.desk.case is None and hand.desk.frame(MIDDLE) is None
