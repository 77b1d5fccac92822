"""Scrolling together: at the same place in the patient, by a captured offset where there is no common frame."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import PRIOR_SERIES, SECOND_SERIES, prior_slices, slices
from tests.fakes.studies import ct

from readingroom.session.arranging import hang_stack, scroll_to, set_layout
from readingroom.session.case import Case, Link
from readingroom.session.commands.views import VIEW_COMMANDS
from readingroom.session.opening import open_case
from readingroom.session.shown import notes, standing
from readingroom.session.sync import captured, offset_between

FRAME = "1.2.826.0.1.3680043.10.1.1.9"


def _case(hand: HandDesk) -> Case:
    assert hand.desk.case is not None
    return hand.desk.case


def _two_series(thin_first_z: float, thin_count: int, frame_of_reference: str = FRAME) -> HandDesk:
    thick = slices(20, frame_of_reference=FRAME)
    thin = slices(
        thin_count, series=SECOND_SERIES, first_z_mm=thin_first_z, step_mm=1.0, frame_of_reference=frame_of_reference
    )
    hand = HandDesk(archive_of("North", thick, thin))
    open_case(hand.desk, STUDY)
    hand.crank()
    set_layout(hand.desk, 1, 2)
    first, second = sorted(_case(hand).stacks, key=lambda stack: stack.series_uid == SECOND_SERIES)
    hang_stack(hand.desk, 0, first.id)
    hang_stack(hand.desk, 1, second.id)
    return hand


def _depths(hand: HandDesk) -> tuple[float, float]:
    case = _case(hand)
    planes = [stack.plane(case.tiles[n].index) for n in (0, 1) if (stack := case.stack_at(n)) is not None]
    return tuple(plane.depth_mm for plane in planes if plane is not None)  # type: ignore[return-value]


def test_scrolling_together_goes_by_patient_position() -> None:
    hand = _two_series(thin_first_z=0.0, thin_count=60)
    for index in (0, 5, 19):
        scroll_to(hand.desk, 0, index)
        thick, thin = _depths(hand)
        assert thick == 2.5 * (index + 1) and abs(thick - thin) <= 0.5


def test_the_thin_series_takes_the_thick_one_along() -> None:
    hand = _two_series(thin_first_z=0.0, thin_count=60)
    scroll_to(hand.desk, 1, 30)
    assert _depths(hand) == (30.0, 30.0)


def test_beyond_the_end_of_the_other_series_it_stays_at_its_last_image() -> None:
    hand = _two_series(thin_first_z=0.0, thin_count=11)
    scroll_to(hand.desk, 0, 19)
    assert _depths(hand) == (50.0, 10.0)


def test_two_frames_of_reference_scroll_by_the_captured_offset() -> None:
    hand = HandDesk(archive_of("North", slices(20)), archive_of("South", prior_slices(30, first_z_mm=102.5)))
    open_case(hand.desk, STUDY)
    hand.crank()
    case = _case(hand)
    assert case.layout == (1, 2) and len(case.links) == 1
    offset = offset_between(case.links, case.tiles[0].stack_id, case.tiles[1].stack_id)
    before = _depths(hand)
    assert offset == before[1] - before[0]
    scroll_to(hand.desk, 0, 2)
    now = _depths(hand)
    assert now[1] - now[0] == offset
    assert f"linked, offset {offset:+.1f} mm" in [badge.text for badge in notes(*_notes_of(hand, 1))]
    scroll_to(hand.desk, 1, 12)
    assert _depths(hand)[1] - _depths(hand)[0] == offset


def _notes_of(hand: HandDesk, tile: int):  # type: ignore[no-untyped-def]
    case = _case(hand)
    stack = case.stack_at(tile)
    assert stack is not None
    study = case.study_of(stack.study_uid)
    assert study is not None
    return case, tile, stack, study


def test_unlinking_leaves_the_other_viewport_where_it_is_and_linking_captures_anew() -> None:
    hand = HandDesk(archive_of("North", slices(20)), archive_of("South", prior_slices(30, first_z_mm=102.5)))
    open_case(hand.desk, STUDY)
    hand.crank()
    link = next(command.run for command in VIEW_COMMANDS if command.id == "view.link")
    link(hand.desk)
    before = _case(hand).tiles[1].index
    scroll_to(hand.desk, 0, 1)
    assert _case(hand).tiles[1].index == before
    link(hand.desk)
    scroll_to(hand.desk, 0, 4)
    assert _case(hand).tiles[1].index == before + 3


def test_the_same_frame_of_reference_needs_no_offset() -> None:
    hand = _two_series(thin_first_z=0.0, thin_count=60)
    assert captured(_case(hand)) == ()


def test_an_offset_reads_the_same_from_either_side() -> None:
    links = (Link("a", "b", 12.5),)
    assert offset_between(links, "a", "b") == 12.5 and offset_between(links, "b", "a") == -12.5
    assert offset_between(links, "a", "c") is None


def test_the_prior_is_named_with_its_distance_in_time() -> None:
    hand = HandDesk(archive_of("North", slices(20)), archive_of("South", prior_slices(20)))
    open_case(hand.desk, STUDY)
    hand.crank()
    case = _case(hand)
    assert case.stack_at(1) is not None and case.stack_at(1).series_uid == PRIOR_SERIES
    assert notes(*_notes_of(hand, 1))[0].text == "PRIOR 2 y 0 m"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (date(2025, 11, 3), "SAME DAY"),
        (date(2025, 11, 1), "PRIOR 2 d"),
        (date(2025, 10, 1), "PRIOR 1 m"),
        (date(2023, 10, 3), "PRIOR 2 y 1 m"),
        (date(2025, 11, 10), "LATER 7 d"),
        (date(2027, 1, 2), "LATER 1 y 1 m"),
        (None, "PRIOR"),
    ],
)
def test_a_later_examination_is_not_called_a_prior(other: date | None, words: str) -> None:
    study = replace(ct(), date=date(2025, 11, 3))
    assert standing(study, replace(study, uid="2", date=other)) == words
