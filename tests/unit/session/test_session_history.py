"""Undo on a desk whose monitors came and went since: the grids always hold what hangs, and views find their series."""

from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import SECOND_SERIES, slices

from readingroom.hanging.placing import Monitor
from readingroom.session.arranging import hang_stack, set_layout
from readingroom.session.case import Case, is_whole
from readingroom.session.opening import open_case
from readingroom.session.staging import sit_at

ONE, TWO = (Monitor(),), (Monitor(), Monitor())


def opened(monitors: tuple[Monitor, ...]) -> HandDesk:
    """A desk with two series open on these monitors."""
    hand = HandDesk(archive_of("North", slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0")))
    sit_at(hand.desk, monitors)
    open_case(hand.desk, STUDY)
    return hand.crank()


def case_of(hand: HandDesk) -> Case:
    """The open case."""
    assert hand.desk.case is not None
    return hand.desk.case


def test_undoing_what_was_hung_before_a_monitor_went_never_leaves_a_viewport_without_a_place() -> None:
    hand = opened(TWO)
    set_layout(hand.desk, 1, 2)
    hang_stack(hand.desk, 0, case_of(hand).stacks[1].id)
    sit_at(hand.desk, ONE)
    hand.desk.undo()
    now = case_of(hand)
    assert is_whole(now.boards, len(now.tiles)) and len(now.boards) == 1
    hand.desk.redo()
    now = case_of(hand)
    assert is_whole(now.boards, len(now.tiles)) and len(now.boards) == 1
    sit_at(hand.desk, TWO)
    hand.desk.undo()
    hand.desk.undo()
    now = case_of(hand)
    assert is_whole(now.boards, len(now.tiles)) and len(now.boards) == 2


def test_undoing_a_window_finds_the_series_where_it_hangs_by_now() -> None:
    hand = opened(TWO)
    first, second = (view.stack_id for view in case_of(hand).tiles)
    before = case_of(hand).tiles[1].voi
    hand.desk.view(1, case_of(hand).tiles[1].windowed(111, 333), "Window")
    hand.desk.history.end_step()
    held = case_of(hand)
    # The two changed their places without a step of their own, as they do when monitors go.
    hand.desk.change(held.with_boards(held.boards, (held.tiles[1], held.tiles[0])))
    hand.desk.undo()
    assert [view.stack_id for view in case_of(hand).tiles] == [second, first]
    assert case_of(hand).tiles[0].voi == before
