"""One point of the patient is met in every viewport that knows where it is, and in no other."""

import pytest
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import PIXEL_MM, SECOND_SERIES, SLICE_MM, prior_slices, slices

from readingroom.session.arranging import hang_stack, set_layout
from readingroom.session.case import Case
from readingroom.session.commands.cases import choose_tool
from readingroom.session.crosshair import mark_on, meet
from readingroom.session.opening import open_case, open_prior


def case_of(hand: HandDesk) -> Case:
    assert hand.desk.case is not None
    return hand.desk.case


def pair(hand: HandDesk) -> HandDesk:
    """Two series side by side, the crosshair in the hand."""
    set_layout(hand.desk, 1, 2)
    hand.crank()
    case = case_of(hand)
    other = next(stack for stack in case.stacks if stack.id != case.tiles[0].stack_id)
    hang_stack(hand.desk, 1, other.id)
    choose_tool("crosshair")(hand.desk)
    return hand.crank()


def one_space() -> HandDesk:
    """A second series of the same space that begins four slices further on."""
    second = slices(16, series=SECOND_SERIES, description="Second", first_z_mm=5 * SLICE_MM)
    hand = HandDesk(archive_of("North", slices(20), second))
    open_case(hand.desk, STUDY)
    return pair(hand.crank())


def test_a_point_is_met_at_the_same_millimetres_in_the_other_series() -> None:
    hand = one_space()
    case = case_of(hand)
    here, there = case.stack_at(0), case.stack_at(1)
    assert here is not None and there is not None
    meet(hand.desk, 0, (20.5, 30.5))
    case = case_of(hand)
    source, target = here.plane(case.tiles[0].index), there.plane(case.tiles[1].index)
    assert source is not None and target is not None
    assert target.position_mm[2] == pytest.approx(source.position_mm[2])
    for tile in (0, 1):
        mark = mark_on(case, tile)
        assert mark is not None and mark.at == pytest.approx((20.5, 30.5), abs=1e-3) and not mark.beside
    assert case.crosshair is not None
    assert case.crosshair.at_mm[:2] == pytest.approx((20 * PIXEL_MM, 30 * PIXEL_MM))


def test_after_scrolling_away_the_cross_says_that_it_lies_beside() -> None:
    hand = one_space()
    meet(hand.desk, 0, (20.5, 30.5))
    case = case_of(hand)
    hand.desk.view(1, case.tiles[1].at(case.tiles[1].index + 3, 16))
    mark = mark_on(case_of(hand), 1)
    assert mark is not None and mark.beside


def test_another_space_is_not_met_without_knowing_where_it_is() -> None:
    hand = HandDesk(archive_of("North", slices(20), prior_slices(20)))
    open_case(hand.desk, STUDY)
    hand.crank()
    for row in case_of(hand).prior_rows:
        open_prior(hand.desk, row)
    pair(hand.crank())
    before = case_of(hand).tiles[1].index
    meet(hand.desk, 0, (20.5, 30.5))
    case = case_of(hand)
    assert case.stack_at(1) is not None and case.tiles[1].index == before
    assert mark_on(case, 1) is None and mark_on(case, 0) is not None


def test_with_another_tool_in_the_hand_no_cross_is_drawn() -> None:
    hand = one_space()
    meet(hand.desk, 0, (20.5, 30.5))
    choose_tool("scroll")(hand.desk)
    assert mark_on(case_of(hand), 0) is None
