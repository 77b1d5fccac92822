"""Measuring with the mouse: what is drawn is what is measured, by handle too, and every step can be taken back."""

from math import pi

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from tests.fakes.phantom import PIXEL_MM, stored
from tests.fakes.pointer import LEFT, PLAIN, at, drag, hover, press
from tests.fakes.windows import Windows

from readingroom.record.finding import Measurement
from readingroom.ui.viewport import Viewport

CTRL = Qt.KeyboardModifier.ControlModifier


def _viewport(glass: Windows) -> Viewport:
    return glass.station.reading.grid.viewports[0]


def _measured(glass: Windows) -> tuple[Measurement, ...]:
    assert glass.desk.case is not None
    return glass.desk.case.measurements


def _tool(glass: Windows, key: Qt.Key) -> Viewport:
    viewport = _viewport(glass)
    press(viewport, key)
    glass.turn()
    return viewport


def _drawn_length(glass: Windows) -> Measurement:
    viewport = _tool(glass, Qt.Key.Key_M)
    drag(viewport, at(viewport, 20.5, 32.5), at(viewport, 40.5, 32.5))
    return _measured(glass)[-1]


def _mm(measurement: Measurement) -> float:
    found = measurement.value("Length")
    assert found is not None
    return found.value


def _pixel_mm(viewport: Viewport) -> float:
    """How much of the patient one pixel of the glass covers: nobody can draw finer than that."""
    camera = viewport.camera()
    assert camera is not None
    return PIXEL_MM / camera.zoom


def test_a_length_is_drawn_by_press_drag_and_release(reading: Windows) -> None:
    made = _drawn_length(reading)
    assert _mm(made) == pytest.approx(20 * PIXEL_MM, abs=2 * _pixel_mm(_viewport(reading)))
    assert made.basis.unit == "mm" and made.frame == reading.desk.case.frame_at(0)  # type: ignore[union-attr]
    assert made.author == "Okafor^Ada^^Dr" and made.label == "Length 1"


def test_a_length_is_drawn_by_two_clicks(reading: Windows) -> None:
    viewport = _tool(reading, Qt.Key.Key_M)
    first, second = at(viewport, 20.5, 32.5), at(viewport, 40.5, 32.5)
    QTest.mouseClick(viewport, LEFT, PLAIN, first)
    assert _measured(reading) == ()
    hover(viewport, second)
    assert viewport.hand.drawing is not None and viewport.hand.drawing.value("Length") is not None
    QTest.mouseClick(viewport, LEFT, PLAIN, second)
    (made,) = _measured(reading)
    assert _mm(made) == pytest.approx(20 * PIXEL_MM, abs=2 * _pixel_mm(viewport))


def test_escape_drops_what_is_under_the_hand(reading: Windows) -> None:
    viewport = _tool(reading, Qt.Key.Key_M)
    QTest.mouseClick(viewport, LEFT, PLAIN, at(viewport, 20.5, 32.5))
    hover(viewport, at(viewport, 40.5, 32.5))
    press(viewport, Qt.Key.Key_Escape)
    assert viewport.hand.drawing is None
    QTest.mouseClick(viewport, LEFT, PLAIN, at(viewport, 40.5, 32.5))
    assert _measured(reading) == ()


def test_a_click_alone_measures_nothing(reading: Windows) -> None:
    viewport = _tool(reading, Qt.Key.Key_M)
    spot = at(viewport, 20.5, 32.5)
    drag(viewport, spot, spot + QPoint(1, 0))
    assert _measured(reading) == ()


def test_scrolling_while_drawing_never_ends_the_line_on_another_image(reading: Windows) -> None:
    viewport = _tool(reading, Qt.Key.Key_M)
    QTest.mouseClick(viewport, LEFT, PLAIN, at(viewport, 20.5, 32.5))
    press(viewport, Qt.Key.Key_Down)
    QTest.mouseClick(viewport, LEFT, PLAIN, at(viewport, 40.5, 32.5))
    assert _measured(reading) == ()


def test_an_ellipse_measures_area_and_mean_of_the_stored_values(reading: Windows) -> None:
    viewport = _tool(reading, Qt.Key.Key_E)
    drag(viewport, at(viewport, 22.0, 24.0), at(viewport, 42.0, 40.0))
    (made,) = _measured(reading)
    area, mean = made.value("Area"), made.value("Mean")
    assert area is not None and mean is not None and mean.unit
    assert area.value == pytest.approx(pi * 10 * 8 * PIXEL_MM**2, rel=0.02)
    number = reading.desk.case.tiles[0].index + 1  # type: ignore[union-attr]
    # The values rise evenly, so that the mean is the value at the centre.
    centre = float(stored(number)[31:33, 31:33].mean()) - 1024
    assert mean.value == pytest.approx(centre, abs=1.0)


def test_dragging_a_handle_measures_anew_in_one_step(reading: Windows) -> None:
    made = _drawn_length(reading)
    viewport = _tool(reading, Qt.Key.Key_S)
    reading.rest(0.1)
    drag(viewport, at(viewport, 40.5, 32.5), at(viewport, 50.5, 32.5))
    (moved,) = _measured(reading)
    assert moved.tracking_uid == made.tracking_uid
    assert _mm(moved) == pytest.approx(30 * PIXEL_MM, abs=2 * _pixel_mm(viewport))
    press(viewport, Qt.Key.Key_Z, CTRL)
    assert _mm(_measured(reading)[0]) == _mm(made)
    press(viewport, Qt.Key.Key_Y, CTRL)
    assert _mm(_measured(reading)[0]) == _mm(moved)


def test_dragging_the_line_moves_it_without_changing_its_length(reading: Windows) -> None:
    made = _drawn_length(reading)
    viewport = _tool(reading, Qt.Key.Key_S)
    reading.rest(0.1)
    drag(viewport, at(viewport, 30.5, 32.5), at(viewport, 30.5, 42.5))
    (moved,) = _measured(reading)
    assert _mm(moved) == pytest.approx(_mm(made), abs=1e-6)
    assert moved.points[0][1] - made.points[0][1] == pytest.approx(10.0, abs=0.2)


def test_del_deletes_the_selected_measurement_and_undo_brings_it_back(reading: Windows) -> None:
    made = _drawn_length(reading)
    viewport = _viewport(reading)
    press(viewport, Qt.Key.Key_Delete)
    assert _measured(reading) == ()
    press(viewport, Qt.Key.Key_Z, CTRL)
    assert [m.tracking_uid for m in _measured(reading)] == [made.tracking_uid]
    press(viewport, Qt.Key.Key_Z, CTRL)
    assert _measured(reading) == ()


def test_the_panel_lists_what_was_measured_and_a_click_goes_back_to_its_image(reading: Windows) -> None:
    made = _drawn_length(reading)
    viewport, panel = _viewport(reading), reading.station.reading.measurements
    there = reading.desk.case.tiles[0].index  # type: ignore[union-attr]
    assert panel.list.count() == 1 and "Length 1" in panel.list.item(0).text()
    assert f"{_mm(made):.1f} mm" in panel.list.item(0).text()
    press(viewport, Qt.Key.Key_Home)
    panel.list.itemClicked.emit(panel.list.item(0))
    assert reading.desk.case.tiles[0].index == there  # type: ignore[union-attr]
    panel.list.editItem(panel.list.item(0))
    (editor,) = panel.list.findChildren(QLineEdit)
    QTest.keyClicks(editor, "Nodule")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    reading.turn()
    assert _measured(reading)[0].label == "Nodule"


def test_a_measurement_is_drawn_on_its_own_image_only(reading: Windows) -> None:
    _drawn_length(reading)
    viewport = _viewport(reading)
    reading.rest(0.1)
    assert viewport.picture.graphics
    press(viewport, Qt.Key.Key_Down)
    viewport.refresh()
    assert not viewport.picture.graphics


def test_the_mouse_in_a_mirrored_and_turned_image_measures_the_same(reading: Windows) -> None:
    viewport = _viewport(reading)
    press(viewport, Qt.Key.Key_H)
    press(viewport, Qt.Key.Key_R)
    made = _drawn_length(reading)
    assert _mm(made) == pytest.approx(20 * PIXEL_MM, abs=2 * _pixel_mm(viewport))
    assert made.points[0] == pytest.approx((20.5, 32.5), abs=0.2)
