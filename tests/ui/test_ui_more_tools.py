"""Every tool drawn by hand on a slice whose numbers are known: angles, diameters, regions of four shapes."""

from math import pi

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from tests.fakes.phantom import PIXEL_MM
from tests.fakes.pointer import LEFT, PLAIN, at, drag, hover, press
from tests.fakes.windows import Windows

from readingroom.record.finding import Measurement
from readingroom.ui.viewport import Viewport

SHIFT = Qt.KeyboardModifier.ShiftModifier
MM2 = PIXEL_MM**2


def hold(glass: Windows, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> Viewport:
    """Take a tool into the hand."""
    viewport = glass.station.reading.grid.viewports[0]
    press(viewport, key, held)
    glass.turn()
    return viewport


def made(glass: Windows, tool: str) -> Measurement:
    """The one measurement there is."""
    case = glass.desk.case
    assert case is not None
    (found,) = case.measurements
    assert found.tool == tool and found.author == "Okafor^Ada^^Dr"
    return found


def click(viewport: Viewport, spot: QPoint) -> None:
    hover(viewport, spot)
    QTest.mouseClick(viewport, LEFT, PLAIN, spot)


def value(measurement: Measurement, concept: str) -> float:
    found = measurement.value(concept)
    assert found is not None, [v.concept for v in measurement.values]
    return found.value


def test_an_angle_is_a_drag_and_a_click(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_A)
    drag(viewport, at(viewport, 20.5, 40.5), at(viewport, 40.5, 40.5))
    assert not reading.desk.case.measurements  # type: ignore[union-attr]
    click(viewport, at(viewport, 40.5, 20.5))
    assert made(reading, "angle").values[0].value == pytest.approx(90, abs=1)


def test_a_cobb_angle_is_two_drags(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_C)
    drag(viewport, at(viewport, 10.5, 20.5), at(viewport, 50.5, 20.5))
    drag(viewport, at(viewport, 10.5, 50.5), at(viewport, 50.5, 30.5))
    assert made(reading, "cobb").values[0].value == pytest.approx(26.57, abs=1)


def test_two_diameters_stand_at_right_angles(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_D, SHIFT)
    drag(viewport, at(viewport, 10.5, 30.5), at(viewport, 50.5, 30.5))
    drag(viewport, at(viewport, 30.5, 20.5), at(viewport, 34.5, 40.5))
    found = made(reading, "bidirectional")
    assert value(found, "Long Axis") == pytest.approx(40 * PIXEL_MM, abs=0.4)
    assert value(found, "Short Axis") == pytest.approx(20 * PIXEL_MM, abs=0.4)


def test_a_rectangle_reads_the_mean_of_what_is_in_it(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_K)
    drag(viewport, at(viewport, 10, 20), at(viewport, 30, 50))
    found = made(reading, "rectangle")
    assert value(found, "Area") == pytest.approx(600 * MM2, rel=0.03)
    case = reading.desk.case
    assert case is not None
    frame = reading.desk.frame(found.frame)
    assert frame is not None
    truth = float(frame.stored[20:50, 10:30].mean()) - 1024
    assert value(found, "Mean") == pytest.approx(truth, abs=3)


def test_a_circle_is_drawn_from_its_centre(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_E, SHIFT)
    drag(viewport, at(viewport, 30.5, 30.5), at(viewport, 40.5, 30.5))
    assert value(made(reading, "circle"), "Area") == pytest.approx(pi * 100 * MM2, rel=0.04)


@pytest.mark.parametrize("end", ["at the first point", "by Enter", "by a double click"])
def test_a_polygon_is_clicked_and_closed(reading: Windows, end: str) -> None:
    viewport = hold(reading, Qt.Key.Key_U, SHIFT)
    corners = [(10, 10), (40, 10), (40, 30), (10, 30)]
    for corner in corners:
        click(viewport, at(viewport, *corner))
    if end == "by Enter":
        press(viewport, Qt.Key.Key_Return)
    elif end == "by a double click":
        QTest.mouseDClick(viewport, LEFT, PLAIN, at(viewport, 10, 30))
    else:
        click(viewport, at(viewport, 10, 10))
    assert value(made(reading, "polygon"), "Area") == pytest.approx(600 * MM2, rel=0.03)
    assert reading.desk.case.maximised is None  # type: ignore[union-attr]


def test_freehand_is_an_outline_drawn_in_one_go(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_U)
    way = [at(viewport, *p) for p in ((10, 10), (25, 10), (40, 10), (40, 25), (40, 40), (25, 40), (10, 40), (10, 25))]
    QTest.mousePress(viewport, LEFT, PLAIN, way[0])
    for spot in way[1:]:
        QTest.mouseMove(viewport, spot)
        reading.turn()
    QTest.mouseRelease(viewport, LEFT, PLAIN, way[-1])
    assert value(made(reading, "freehand"), "Area") == pytest.approx(900 * MM2, rel=0.05)


def test_escape_drops_a_drawing_between_its_gestures(reading: Windows) -> None:
    viewport = hold(reading, Qt.Key.Key_A)
    drag(viewport, at(viewport, 20.5, 40.5), at(viewport, 40.5, 40.5))
    press(viewport, Qt.Key.Key_Escape)
    click(viewport, at(viewport, 40.5, 20.5))
    reading.turn()
    assert not reading.desk.case.measurements  # type: ignore[union-attr]


def test_the_tool_in_the_hand_is_named_on_the_menu_that_holds_it(reading: Windows) -> None:
    hold(reading, Qt.Key.Key_C)
    more = reading.station.reading.toolbar.more
    assert more.text().startswith("Cobb angle") and more.isChecked()
    hold(reading, Qt.Key.Key_M)
    assert more.text().startswith("More") and not more.isChecked()
