"""Words, vertebrae, edges and scales drawn by hand: what is typed is kept, what is dropped was never there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.fakes.phantom import PIXEL_MM
from tests.fakes.pointer import at, drag, press
from tests.fakes.windows import Windows
from tests.ui.test_ui_more_tools import click, hold, made, value

from readingroom.session.marks import copy_along
from readingroom.ui.ask_box import AskBox
from readingroom.ui.viewport import Viewport

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def box(viewport: Viewport) -> AskBox:
    found = [one for one in viewport.findChildren(AskBox) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def typed(glass: Windows, viewport: Viewport, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    line = box(viewport)
    # Beyond ASCII nothing can be typed by a test: it is put in.
    QTest.keyClicks(line, text) if text.isascii() else line.insert(text)
    # The box is gone before the key comes up again.
    QTest.keyPress(line, end)
    glass.turn()


def test_an_arrow_points_where_it_was_drawn_to_and_says_what_was_typed(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_W, SHIFT)
    drag(viewport, at(viewport, 10.5, 20.5), at(viewport, 40.5, 30.5))
    typed(reading, viewport, "Nodule ≥ 8 mm")
    found = made(reading, "arrow")
    assert found.label == "Nodule ≥ 8 mm" and found.values == ()
    assert found.points[1] == pytest.approx((40.5, 30.5), abs=0.2)


@pytest.mark.parametrize(("text", "end"), [("", Qt.Key.Key_Return), ("gone", Qt.Key.Key_Escape)])
def test_words_that_are_dropped_leave_nothing(reading: Windows, text: str, end: Qt.Key) -> None:
    viewport = hold(reading, Qt.Key.Key_W, SHIFT)
    drag(viewport, at(viewport, 10.5, 20.5), at(viewport, 40.5, 30.5))
    typed(reading, viewport, text, end)
    assert reading.desk.case is not None and reading.desk.case.measurements == ()


def test_letters_typed_into_the_box_choose_no_tool(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_T, CONTROL | SHIFT)
    click(viewport, at(viewport, 30.5, 30.5))
    typed(reading, viewport, "mea")
    assert made(reading, "text").label == "mea"
    assert reading.desk.case is not None and reading.desk.case.tool == "text"


def test_a_second_vertebra_on_the_same_image_is_asked_for_where_it_is_at_one_height(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_S, SHIFT)
    click(viewport, at(viewport, 30.5, 30.5))
    typed(reading, viewport, "l5")
    assert made(reading, "spine").label == "L5"
    click(viewport, at(viewport, 50.5, 30.5))
    assert box(viewport).text() == ""
    typed(reading, viewport, "", Qt.Key.Key_Escape)


def test_an_edge_is_followed_between_clicks(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_K, SHIFT)
    for corner in ((10, 10), (40, 10), (40, 40), (10, 40), (10, 10)):
        click(viewport, at(viewport, *corner))
    found = made(reading, "livewire")
    assert value(found, "Area") == pytest.approx(900 * PIXEL_MM**2, rel=0.25)


def test_a_slice_that_knows_its_millimetres_is_not_calibrated(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_J, SHIFT)
    drag(viewport, at(viewport, 10.5, 20.5), at(viewport, 50.5, 20.5))
    typed(reading, viewport, "25 mm")
    assert reading.desk.case is not None and reading.desk.case.calibrations == ()
    assert "knows its own millimetres" in reading.words


def test_arrow_keys_with_control_nudge_what_is_selected_and_undo_takes_it_back(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_M)
    drag(viewport, at(viewport, 10.5, 20.5), at(viewport, 30.5, 20.5))
    before = made(reading, "length").points
    press(viewport, Qt.Key.Key_Right, CONTROL)
    press(viewport, Qt.Key.Key_Down, CONTROL)
    after = made(reading, "length").points
    assert after == tuple((x + 0.5, y + 0.5) for x, y in before)
    press(viewport, Qt.Key.Key_Z, CONTROL)
    assert made(reading, "length").points == before


def test_a_copy_lies_on_the_next_image_with_numbers_of_its_own(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_K)
    drag(viewport, at(viewport, 10, 20), at(viewport, 30, 50))
    first = made(reading, "rectangle")
    copy_along(1)(reading.desk)
    reading.turn()
    case = reading.desk.case
    assert case is not None
    one, other = case.measurements
    assert one == first and other.points == first.points
    assert other.frame != first.frame and other.tracking_uid != first.tracking_uid
    assert case.frame_at(case.active) == other.frame and case.selected == other.tracking_uid


def test_hidden_measurements_are_said_to_be_hidden(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_M)
    drag(viewport, at(viewport, 10.5, 20.5), at(viewport, 30.5, 20.5))
    press(viewport, Qt.Key.Key_M, CONTROL)
    reading.turn()
    assert any("Measurements hidden" in words for words in reading.badges())
