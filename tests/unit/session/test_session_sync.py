"""Scrolling together: at the same place in the patient, by a captured offset where there is no common frame."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import PRIOR_SERIES, SECOND_SERIES, prior_slices, slices
from tests.fakes.studies import ct

from readingroom.display.view import ViewState
from readingroom.geometry.joined import Registration
from readingroom.session.arranging import hang_stack, scroll_to, set_layout
from readingroom.session.case import Case, Link
from readingroom.session.commands.table import command_named
from readingroom.session.opening import open_case
from readingroom.session.shown import linked_notes, notes, standing
from readingroom.session.sync import captured, offset_between, scrolled

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


def _two_spaces() -> HandDesk:
    hand = HandDesk(archive_of("North", slices(20)), archive_of("South", prior_slices(30, first_z_mm=102.5)))
    open_case(hand.desk, STUDY)
    hand.crank()
    return hand


def _run(hand: HandDesk, command: str) -> None:
    found = command_named(command)
    assert found is not None and found.run is not None
    found.run(hand.desk)


def _said(hand: HandDesk, tile: int) -> list[str]:
    return [badge.text for badge in notes(*_notes_of(hand, tile))]


def test_two_spaces_do_not_scroll_together_until_the_reader_links_them_and_both_say_so() -> None:
    hand = _two_spaces()
    before = _case(hand).tiles[1].index
    scroll_to(hand.desk, 0, 2)
    assert _case(hand).tiles[1].index == before and _case(hand).links == ()
    assert all("not linked: another space (Ctrl+J links here)" in _said(hand, tile) for tile in (0, 1))


def test_two_frames_of_reference_scroll_by_the_offset_that_the_reader_captured() -> None:
    hand = _two_spaces()
    _run(hand, "view.link-here")
    case = _case(hand)
    assert case.layout == (1, 2) and len(case.links) == 1
    offset = offset_between(case.links, case.tiles[0].stack_id, case.tiles[1].stack_id)
    before = _depths(hand)
    assert offset == before[1] - before[0]
    scroll_to(hand.desk, 0, 2)
    now = _depths(hand)
    assert now[1] - now[0] == offset
    assert all(f"linked, offset {offset:+.1f} mm" in _said(hand, tile) for tile in (0, 1))
    scroll_to(hand.desk, 1, 12)
    assert _depths(hand)[1] - _depths(hand)[0] == offset


def test_an_offset_is_taken_back_by_its_key_and_by_undo() -> None:
    hand = _two_spaces()
    _run(hand, "view.link-here")
    links = _case(hand).links
    hand.desk.undo()
    assert _case(hand).links == ()
    hand.desk.redo()
    assert _case(hand).links == links
    _run(hand, "view.unlink")
    assert _case(hand).links == ()


def test_linking_what_one_space_joins_makes_no_offset_and_says_so() -> None:
    hand = _two_series(thin_first_z=0.0, thin_count=60)
    _run(hand, "view.link-here")
    assert _case(hand).links == () and "joined" in hand.words


def _notes_of(hand: HandDesk, tile: int):  # type: ignore[no-untyped-def]
    case = _case(hand)
    stack = case.stack_at(tile)
    assert stack is not None
    study = case.study_of(stack.study_uid)
    assert study is not None
    return case, tile, stack, study


def test_unlinking_leaves_the_other_viewport_where_it_is_and_the_offset_is_kept() -> None:
    hand = _two_spaces()
    _run(hand, "view.link-here")
    _run(hand, "view.link")
    before = _case(hand).tiles[1].index
    scroll_to(hand.desk, 0, 1)
    assert _case(hand).tiles[1].index == before and not any("offset" in words for words in _said(hand, 1))
    _run(hand, "view.link")
    offset = _case(hand).links[0].offset_mm
    scroll_to(hand.desk, 0, 4)
    assert _depths(hand)[1] - _depths(hand)[0] == offset


def _turned(frame: str, other: str) -> Registration:
    """The other space lies 40 mm further to the head and 5 mm to the left."""
    matrix = np.eye(4)
    matrix[:3, 3] = (5.0, 0.0, 40.0)
    return Registration("1.2.3", None, ((frame, matrix), (other, np.eye(4))), "Auto")


def test_a_registration_joins_two_spaces_without_an_offset() -> None:
    hand = _two_series(thin_first_z=40.0, thin_count=60, frame_of_reference="1.2.9")
    found = (_turned(FRAME, "1.2.9"),)
    for index in (0, 7, 15):
        moved = scrolled(_case(hand), 0, index, found)
        near, far = (moved.stack_at(n).plane(moved.tiles[n].index) for n in (0, 1))  # type: ignore[union-attr]
        assert near is not None and far is not None and abs(far.depth_mm - (near.depth_mm + 40.0)) <= 0.5
    assert [badge.text for badge in linked_notes(_case(hand), 1, found)] == ["linked by a registration by Auto"]
    assert captured(_case(hand), found) == ()


def test_viewports_that_a_protocol_names_apart_scroll_apart() -> None:
    hand = _two_series(thin_first_z=0.0, thin_count=60)
    case = _case(hand)
    tiles = (replace(case.tiles[0], together=("scroll:a",)), replace(case.tiles[1], together=("scroll:b",)))
    apart = scrolled(replace(case, tiles=tiles), 0, 19)
    assert apart.tiles[1].index == case.tiles[1].index


@cache
def _series() -> Case:
    hand = HandDesk(archive_of("North", slices(20)))
    open_case(hand.desk, STUDY)
    hand.crank()
    return _case(hand)


SPACES = st.sampled_from(["", "1.1", "1.2", "1.3"])


@settings(deadline=None)
@given(
    spaces=st.lists(SPACES, min_size=2, max_size=4),
    indices=st.lists(st.integers(0, 19), min_size=4, max_size=4),
    linked=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(-50, 50)), max_size=3),
    registered=st.lists(st.tuples(SPACES, SPACES), max_size=2),
    tile=st.integers(0, 3), to=st.integers(-5, 30),
)  # fmt: skip
def test_nothing_scrolls_across_spaces_without_a_stated_offset_or_a_registration(
    spaces: list[str], indices: list[int], linked: list[tuple[int, int, float]], registered: list[tuple[str, str]],
    tile: int, to: int,
) -> None:  # fmt: skip
    series = _series()
    base = series.stacks[0]
    shown = tuple(replace(base, id=f"s{n}", frame_of_reference_uid=space) for n, space in enumerate(spaces))
    tiles = tuple(ViewState(f"s{n}", indices[n]) for n in range(len(shown)))
    links = tuple(Link(f"s{a}", f"s{b}", mm) for a, b, mm in linked if a != b)
    joins = tuple(_turned(a, b) for a, b in registered if a and b and a != b)
    case = replace(series, stacks=shown, layout=(1, len(tiles)), tiles=tiles, links=links, linked=True)
    mine = tile % len(tiles)
    after = scrolled(case, mine, to, joins)
    active = replace(case, active=mine)
    for n, (was, now) in enumerate(zip(case.tiles, after.tiles, strict=True)):
        said = " ".join(badge.text for badge in linked_notes(active, n, joins))
        one_space = spaces[n] == spaces[mine] != ""
        if n != mine and was.index != now.index:
            assert one_space or "offset" in said or "registration" in said
        if n != mine and not one_space and said == "not linked: another space (Ctrl+J links here)":
            assert was.index == now.index


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
