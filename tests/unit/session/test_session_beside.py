"""One series over all viewports by the page; current and prior side by side, or flickering and always captioned."""

from dataclasses import replace

import pytest
from tests.fakes.breasts import BEFORE, NOW, examination
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import PRIOR, prior_slices, slices

from readingroom.hanging.placing import Board, Monitor
from readingroom.session.arranging import hang_stack, scroll_by, scroll_to, set_layout
from readingroom.session.beside import compare, flicker
from readingroom.session.case import Case
from readingroom.session.opening import open_case
from readingroom.session.shown import shown_on
from readingroom.session.tiling import toggle_tiles


def case_of(hand: HandDesk) -> Case:
    assert hand.desk.case is not None
    return hand.desk.case


def opened(study: str, *objects: list[bytes]) -> HandDesk:
    hand = HandDesk(archive_of("North", *objects))
    open_case(hand.desk, study)
    return hand.crank()


def indexes(hand: HandDesk) -> list[int | None]:
    return [view.index if view.stack_id else None for view in case_of(hand).tiles]


def badges(hand: HandDesk, tile: int) -> str:
    return " | ".join(badge.text for badge in shown_on(hand.desk, case_of(hand), tile, None, None, 800, 800).notes)


def test_a_series_is_spread_over_nine_viewports_and_scrolled_by_the_page() -> None:
    hand = opened(STUDY, slices(20))
    scroll_to(hand.desk, 0, 4)
    toggle_tiles(hand.desk)
    assert case_of(hand).layout == (3, 3) and indexes(hand) == list(range(9))
    assert case_of(hand).active == 4, "the image that was shown stays the active one"
    scroll_by(hand.desk, 0, 1)
    assert indexes(hand) == list(range(9, 18))
    scroll_by(hand.desk, 8, 1)
    assert indexes(hand) == [18, 19, *[None] * 7], "behind the last image there is nothing"
    scroll_by(hand.desk, 1, -2)
    assert indexes(hand) == list(range(9))


def test_every_image_of_a_series_is_on_one_page() -> None:
    hand = opened(STUDY, slices(20))
    toggle_tiles(hand.desk)
    scroll_to(hand.desk, 0, 0)
    seen: list[int | None] = []
    for _ in range(3):
        seen += [index for index in indexes(hand) if index is not None]
        scroll_by(hand.desk, case_of(hand).active, 1)
    assert seen == list(range(20))


def test_a_window_a_zoom_and_a_pan_in_one_place_are_those_of_the_page() -> None:
    hand = opened(STUDY, slices(20))
    toggle_tiles(hand.desk)
    view = case_of(hand).tiles[2]
    hand.desk.view(2, replace(view.windowed(-600, 1500, "LINEAR", "Lung").zoomed(2.0), pan=(3.0, 4.0)))
    assert {(v.voi_name, v.zoom, v.pan) for v in case_of(hand).tiles} == {("Lung", 2.0, (3.0, 4.0))}
    scroll_by(hand.desk, 0, -1)
    assert {(v.voi_name, v.zoom) for v in case_of(hand).tiles} == {("Lung", 2.0)}


def test_the_layout_keys_change_the_page_and_the_same_key_puts_everything_back() -> None:
    hand = opened(STUDY, slices(20), slices(20, series=f"{STUDY}.8", description="Lung 1.0"))
    before = case_of(hand)
    toggle_tiles(hand.desk)
    set_layout(hand.desk, 4, 4)
    assert case_of(hand).is_tiled and len(indexes(hand)) == 16
    scroll_to(hand.desk, 0, 17)
    toggle_tiles(hand.desk)
    after = case_of(hand)
    assert (after.layout, [v.stack_id for v in after.tiles]) == (before.layout, [v.stack_id for v in before.tiles])
    assert after.tiles[after.active].index == 17


def test_another_grid_asked_for_from_a_place_behind_the_last_image_shows_the_last_page() -> None:
    hand = opened(STUDY, slices(20))
    toggle_tiles(hand.desk)
    scroll_to(hand.desk, 0, 19)
    hand.desk.activate(7)
    set_layout(hand.desk, 2, 2)
    assert indexes(hand) == [16, 17, 18, 19]


def test_the_spread_series_hung_again_keeps_the_order_of_its_page() -> None:
    hand = opened(STUDY, slices(20))
    toggle_tiles(hand.desk)
    scroll_to(hand.desk, 0, 0)
    hang_stack(hand.desk, 3, case_of(hand).tiled)
    assert indexes(hand) == list(range(9, 18)) and case_of(hand).active == 1, "the page of its middle image"


def test_a_single_image_is_not_spread_and_that_is_said() -> None:
    hand = opened(STUDY, slices(1))
    toggle_tiles(hand.desk)
    assert not case_of(hand).is_tiled and "nothing to spread" in hand.words


def with_prior() -> HandDesk:
    """A CT with its prior, whose table stood 7.5 mm further."""
    hand = opened(STUDY, slices(20), prior_slices(20, 10.0))
    assert [one.uid for one in case_of(hand).priors] == [PRIOR]
    set_layout(hand.desk, 1, 1)
    return hand


def test_one_key_hangs_the_current_series_left_and_the_same_of_the_prior_right() -> None:
    hand = with_prior()
    compare(hand.desk)
    case = case_of(hand)
    assert case.layout == (1, 2)
    assert [case.stack_at(n).study_uid for n in (0, 1)] == [STUDY, PRIOR]  # type: ignore[union-attr]
    hand.desk.view(0, case.tiles[0].windowed(-600, 1500, "LINEAR", "Lung").zoomed(3.0))
    assert [(v.voi_name, v.zoom) for v in case_of(hand).tiles] == [("Lung", 3.0)] * 2
    first = [view.index for view in case_of(hand).tiles]
    scroll_by(hand.desk, 0, 3)
    assert [view.index - index for view, index in zip(case_of(hand).tiles, first, strict=True)] == [3, 3]


def test_a_flickering_viewport_always_says_which_of_the_two_it_shows() -> None:
    hand = with_prior()
    hand.desk.view(0, replace(case_of(hand).tiles[0].zoomed(3.0), pan=(9.0, 2.0)))
    for turn in range(4):
        flicker(hand.desk)
        study = case_of(hand).stack_at(0).study_uid  # type: ignore[union-attr]
        assert study == (PRIOR if turn % 2 == 0 else STUDY)
        assert ("B  PRIOR  3 Nov 2023" if study == PRIOR else "A  CURRENT  3 Nov 2025") in badges(hand, 0)
        view = case_of(hand).tiles[0]
        assert (view.zoom, view.pan) == (3.0, (9.0, 2.0))


def test_a_flicker_comes_back_to_the_image_it_left() -> None:
    hand = with_prior()
    for index in (0, 5, 12, 19):
        scroll_to(hand.desk, 0, index)
        flicker(hand.desk)
        flicker(hand.desk)
        assert case_of(hand).tiles[0].index == index


def test_breasts_of_two_detectors_flicker_on_one_scale_and_on_the_same_edge() -> None:
    hand = opened(NOW, examination(), examination(BEFORE, "20231103", 0.05, mirrored=True))
    set_layout(hand.desk, 1, 1)
    hand.desk.view(0, replace(case_of(hand).tiles[0].zoomed(2.0), pan=(30.0, 0.0)))
    flicker(hand.desk)
    view, stack = case_of(hand).tiles[0], case_of(hand).stack_at(0)
    assert stack is not None and (stack.study_uid, stack.series_uid) == (BEFORE, f"{BEFORE}.1")
    assert (view.anchor, view.flipped, view.pan) == ("right", True, (30.0, 0.0))
    assert view.zoom == pytest.approx(1.0), "half the pitch, half the magnification"


def test_a_right_breast_is_never_compared_with_a_left_one() -> None:
    left_only = [examination(BEFORE, "20231103")[1]]
    hand = opened(NOW, examination(), left_only)
    before = case_of(hand)
    compare(hand.desk)
    assert case_of(hand).layout == before.layout and "same kind" in hand.words


def test_without_a_prior_that_is_said() -> None:
    hand = opened(STUDY, slices(3))
    flicker(hand.desk)
    compare(hand.desk)
    assert "No open examination has a series of the same kind" in hand.words


def test_a_series_hung_by_hand_over_a_page_ends_tile_mode() -> None:
    hand = opened(STUDY, slices(20), slices(20, series=f"{STUDY}.8", description="Lung 1.0"))
    toggle_tiles(hand.desk)
    other = next(s for s in case_of(hand).stacks if s.id != case_of(hand).tiled)
    hang_stack(hand.desk, 3, other.id)
    assert not case_of(hand).is_tiled


def test_on_two_monitors_the_pair_hangs_on_the_active_one_and_the_other_keeps_what_it_shows() -> None:
    hand = with_prior()
    view = case_of(hand).tiles[0]
    hand.desk.seats.glass = (Monitor(), Monitor())
    hand.desk.change(replace(case_of(hand).with_boards((Board(), Board()), (view, view)), active=1))
    compare(hand.desk)
    case = case_of(hand)
    assert [board.layout for board in case.boards] == [(1, 1), (1, 2)]
    assert [case.stack_at(n).study_uid for n in range(3)] == [STUDY, STUDY, PRIOR]  # type: ignore[union-attr]
    assert case.tiles[0] == view and case.active == 1
