"""Viewports that span several cells keep their area, and a viewport goes back to how its protocol had it."""

from dataclasses import replace
from pathlib import Path

from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import SECOND_SERIES, slices

from readingroom.hanging.library import protocols
from readingroom.hanging.placing import Area, Board
from readingroom.session.arranging import hang_stack, scroll_to, set_layout
from readingroom.session.case import Case, is_whole
from readingroom.session.commands.views import VIEW_COMMANDS
from readingroom.session.memory import arrangement_from_json, case_as_json
from readingroom.session.opening import open_case
from readingroom.session.staging import next_stage

SPANNING = """
schema: hanging-protocol/1
id: large-beside-two
name: Large beside two
applies_to: {require: [{attr: modalities, any_of: [CT]}]}
display_sets:
  first: {require: [{attr: Modality, is: CT}], pick: 1, sort: ["+SeriesNumber"]}
  second: {require: [{attr: Modality, is: CT}], pick: 2, sort: ["+SeriesNumber"]}
viewports:
  large: {show: first, window: Lung, invert: true}
  upper: {show: second, window: Mediastinum}
  lower: {show: second, window: Bone, repeat: true}
stages:
  - {id: all, layouts: [{screens: [{areas: ["large large upper", "large large lower"]}]}]}
"""
LARGE_BESIDE_TWO = ((0, 0, 2, 2), (0, 2, 1, 1), (1, 2, 1, 1))


def opened(folder: Path) -> HandDesk:
    """A desk with a study of two series that hangs by the protocol with a spanning viewport."""
    (folder / "own.yaml").write_text(SPANNING, encoding="utf-8")
    hand = HandDesk(archive_of("North", slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0")))
    hand.desk.protocols = lambda: protocols([(folder, "user")])
    open_case(hand.desk, STUDY)
    return hand.crank()


def case_of(hand: HandDesk) -> Case:
    """The open case."""
    assert hand.desk.case is not None
    return hand.desk.case


def press(hand: HandDesk, command: str) -> None:
    """Do one command."""
    next(one for one in VIEW_COMMANDS if one.id == command).run(hand.desk)


def test_a_viewport_that_spans_four_cells_keeps_its_area(tmp_path: Path) -> None:
    case = case_of(opened(tmp_path))
    assert (case.layout, case.places, len(case.tiles)) == ((2, 3), LARGE_BESIDE_TWO, 3)


def test_a_grid_of_the_readers_own_spans_no_more_and_undo_brings_the_areas_back(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    set_layout(hand.desk, 2, 2)
    assert case_of(hand).areas == () and len(case_of(hand).tiles) == 4
    hand.desk.undo()
    assert (case_of(hand).places, len(case_of(hand).tiles)) == (LARGE_BESIDE_TWO, 3)


def test_areas_are_found_again_in_the_journal(tmp_path: Path) -> None:
    case = case_of(opened(tmp_path))
    assert replace(case, **arrangement_from_json(case_as_json(case))).places == LARGE_BESIDE_TWO


def covers(layout: tuple[int, int], areas: tuple[Area, ...], tiles: int) -> bool:
    """Whether so many tiles cover the grid of one monitor."""
    return is_whole((Board(layout, areas),), tiles)


def test_areas_that_leave_a_gap_or_lie_on_each_other_are_no_arrangement() -> None:
    assert covers((2, 3), LARGE_BESIDE_TWO, 3) and covers((2, 2), (), 4)
    assert not covers((2, 3), LARGE_BESIDE_TWO[:2], 2)
    assert not covers((2, 3), ((0, 0, 2, 2), (0, 1, 1, 1), (1, 2, 1, 1)), 3)
    assert not covers((5, 1), (), 5) and not covers((2, 2), (), 3)


def test_backspace_brings_back_the_window_and_the_inversion_of_the_protocol(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    was = case_of(hand).tiles[0]
    scroll_to(hand.desk, 0, 3)
    hand.desk.view(0, replace(case_of(hand).tiles[0].windowed(1, 2).zoomed(3).turned(90), inverted=False), "Mine")
    press(hand, "view.reset")
    assert case_of(hand).tiles[0] == replace(was, index=3) and was.voi_name == "Lung" and was.inverted


def test_each_of_two_viewports_of_one_series_goes_back_to_its_own_window(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    for tile, name in ((1, "Mediastinum"), (2, "Bone")):
        hand.desk.activate(tile)
        hand.desk.view(tile, case_of(hand).tiles[tile].windowed(1, 2), "Mine")
        press(hand, "view.reset")
        assert case_of(hand).tiles[tile].voi_name == name


def test_what_no_protocol_hung_goes_back_to_its_own_window(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    topogram = slices(5, series=SECOND_SERIES + ".7", description="Topogram")
    hand = HandDesk(archive_of("North", slices(20), topogram))
    open_case(hand.desk, STUDY)
    hand.crank()
    hang_stack(hand.desk, 0, next(one.id for one in case_of(hand).stacks if one.description == "Topogram"))
    hand.desk.view(0, case_of(hand).tiles[0].windowed(1, 2), "Mine")
    press(hand, "view.reset")
    assert case_of(hand).tiles[0].voi is None
    next_stage(hand.desk)
    assert len(case_of(hand).stages) >= 1
