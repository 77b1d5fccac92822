"""One key stars the image on the glass, another keeps the view; both ask on the image what they must know."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.fakes.pointer import press
from tests.fakes.windows import Windows

from readingroom.ui.ask_box import AskBox
from readingroom.ui.star_form import StarForm

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_key_asks_why_and_stars_the_image(reading: Windows) -> None:
    viewport = reading.station.reading.grid.viewports[0]
    press(viewport, Qt.Key.Key_I, SHIFT)
    (form,) = viewport.findChildren(StarForm)
    QTest.keyClicks(form.note, "Halo sign")
    QTest.keyClick(form.note, Qt.Key.Key_Down)
    QTest.keyClick(form.note, Qt.Key.Key_Return)
    reading.turn()
    case = reading.desk.case
    assert case is not None and case.layout == (1, 1) and case.maximised is None
    (star,) = case.stars
    assert (star.frame, star.words) == (case.frame_at(0), "For Referring Provider: Halo sign")
    assert "★ KEY IMAGE  For Referring Provider: Halo sign (yours)" in reading.badges()
    assert viewport.hasFocus()
    press(viewport, Qt.Key.Key_I, SHIFT)
    assert reading.desk.case.stars == ()  # type: ignore[union-attr]


def test_escape_stars_nothing(reading: Windows) -> None:
    viewport = reading.station.reading.grid.viewports[0]
    press(viewport, Qt.Key.Key_I, SHIFT)
    (form,) = viewport.findChildren(StarForm)
    QTest.keyClick(form.note, Qt.Key.Key_Escape)
    reading.turn()
    assert reading.desk.case is not None and reading.desk.case.stars == ()


def test_a_key_keeps_the_view_with_what_the_glass_shows(reading: Windows) -> None:
    viewport = reading.station.reading.grid.viewports[0]
    case = reading.desk.case
    assert case is not None
    width, height = viewport.device_size()
    reading.desk.view(0, case.tiles[0].zoomed(32.0), "Zoom")
    reading.turn()
    press(viewport, Qt.Key.Key_Y, SHIFT)
    (box,) = viewport.findChildren(AskBox)
    QTest.keyClicks(box, "Nodule")
    QTest.keyClick(box, Qt.Key.Key_Return)
    reading.wait(lambda: reading.desk.case is not None and reading.desk.case.views)
    (kept,) = reading.desk.case.views  # type: ignore[union-attr]
    assert kept.name == "Nodule" and kept.area is not None
    left, top, right, bottom = kept.area
    assert abs((right - left) - width / 32) < 0.01 and abs((bottom - top) - height / 32) < 0.01
    assert abs((left + right) / 2 - 32) < 1 and abs((top + bottom) / 2 - 32) < 1
