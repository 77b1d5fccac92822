"""What one viewport shows is the stored pixels through the formula, and the hand moves it as it moves."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.fakes.phantom import SECOND_SERIES, stored
from tests.fakes.pointer import MIDDLE, PLAIN, RIGHT, at, drag, hover, press, turn_wheel
from tests.fakes.windows import Windows

from readingroom.display.view import ViewState
from readingroom.pixels.frame import Frame, LookupTable, Voi
from readingroom.session.arranging import hang_stack, scroll_by, scroll_to, set_layout, toggle_maximised
from readingroom.session.case import Case
from readingroom.ui.panels.tray import STACK_MIME
from readingroom.ui.viewport import Viewport

CTRL = Qt.KeyboardModifier.ControlModifier


def _case(glass: Windows) -> Case:
    assert glass.desk.case is not None
    return glass.desk.case


def _view(glass: Windows, tile: int = 0) -> ViewState:
    return _case(glass).tiles[tile]


def _viewport(glass: Windows, tile: int = 0) -> Viewport:
    return glass.station.reading.grid.viewports[tile]


def _magnified(glass: Windows, **changes: object) -> Viewport:
    from dataclasses import replace

    glass.desk.view(0, replace(_view(glass), zoom=6.0, smooth=False, **changes))  # type: ignore[arg-type]
    glass.rest(0.1)
    return _viewport(glass)


def _grey(viewport: Viewport, column: int, row: int) -> int:
    viewport.refresh()
    spot = at(viewport, column + 0.5, row + 0.5)
    return _colour(viewport, spot)


def _colour(viewport: Viewport, spot: QPoint) -> int:
    """The grey of one screen pixel of the viewport; a grab has as many pixels as the screen."""
    image = viewport.grab().toImage()
    return image.pixelColor(spot * image.devicePixelRatio()).red()


def _formula(hu: float, centre: float, width: float) -> float:
    """PS3.3 C.11.2.1.2.1."""
    if hu <= centre - 0.5 - (width - 1) / 2:
        return 0.0
    if hu > centre - 0.5 + (width - 1) / 2:
        return 255.0
    return ((hu - (centre - 0.5)) / (width - 1) + 0.5) * 255


@pytest.mark.parametrize(("column", "row"), [(20, 20), (31, 33), (40, 25), (28, 45)])
def test_a_pixel_on_the_glass_is_the_stored_value_through_the_window(reading: Windows, column: int, row: int) -> None:
    viewport = _magnified(reading)
    number = _view(reading).index + 1
    hu = float(stored(number)[row, column]) - 1024
    assert abs(_grey(viewport, column, row) - _formula(hu, 40, 400)) <= 0.51
    reading.desk.view(0, _view(reading).windowed(-60.0, 180.0))
    assert abs(_grey(viewport, column, row) - _formula(hu, -60, 180)) <= 0.51


def test_invert_turns_the_grey_around(reading: Windows) -> None:
    viewport = _magnified(reading)
    before = _grey(viewport, 31, 33)
    press(viewport, Qt.Key.Key_I)
    assert _view(reading).inverted and _grey(viewport, 31, 33) == 255 - before


def test_a_mirrored_image_is_mirrored_and_says_so(reading: Windows) -> None:
    viewport = _magnified(reading)
    left, right = _grey(viewport, 25, 32), _grey(viewport, 38, 32)
    assert left != right
    middle = viewport.rect().center().x()
    press(viewport, Qt.Key.Key_H)
    viewport.refresh()
    assert _grey(viewport, 25, 32) == left
    assert at(viewport, 25.5, 32.5).x() > middle > at(viewport, 38.5, 32.5).x()
    assert any("FLIP" in badge.upper() or "MIRROR" in badge.upper() for badge in reading.badges())


def test_the_window_names_the_patient_whose_pixels_it_shows(reading: Windows) -> None:
    from tests.fakes.phantom import OTHER

    for study_uid, name in ((None, "REED, Anna"), (OTHER, "COLE, Ben")):
        if study_uid is not None:
            reading.open_whole(study_uid)
        viewport, window = _viewport(reading), reading.station.reading
        viewport.refresh()
        window.banner.refresh()
        frame = viewport.frame()
        assert frame is not None and frame.facts.ref.study_uid == _case(reading).study.uid
        assert name in window.banner.name.text() and name in window.windowTitle()
        assert any(name in line for line in viewport.picture.words.top_left + viewport.picture.words.top_right)


def test_while_the_next_patient_opens_nothing_of_the_last_one_stands_on_the_glass(
    reading: Windows, region: object
) -> None:
    from tests.fakes.phantom import OTHER

    archive = region.archives[0]  # type: ignore[attr-defined]
    archive.holds_back_s = 30.0
    reading.open(OTHER)
    reading.rest(0.1)
    viewport, window = _viewport(reading), reading.station.reading
    viewport.refresh()
    assert reading.desk.case is None and viewport.picture.layers == () and "Opening" in reading.message()
    assert window.banner.name.text() == "Opening…" and "REED" not in window.windowTitle()
    assert window.tray.cards == [] and window.measurements.list.count() == 0
    archive.holds_back_s = 0.0
    archive.released.set()
    reading.wait(lambda: reading.settled)


def test_the_wheel_scrolls_one_image_a_notch(reading: Windows) -> None:
    before = _view(reading).index
    turn_wheel(_viewport(reading), 1)
    reading.wait(lambda: _view(reading).index == before + 1)
    turn_wheel(_viewport(reading), -1)
    reading.wait(lambda: _view(reading).index <= before)


def test_keys_scroll(reading: Windows) -> None:
    viewport = _viewport(reading)
    before = _view(reading).index
    press(viewport, Qt.Key.Key_Down)
    assert _view(reading).index == before + 1
    press(viewport, Qt.Key.Key_Up)
    assert _view(reading).index == before
    press(viewport, Qt.Key.Key_End)
    assert _view(reading).index == 19
    press(viewport, Qt.Key.Key_PageUp)
    assert _view(reading).index == 9
    press(viewport, Qt.Key.Key_Home)
    assert _view(reading).index == 0


def test_a_drag_scrolls_and_comes_back(reading: Windows) -> None:
    viewport, middle = _viewport(reading), _viewport(reading).rect().center()
    press(viewport, Qt.Key.Key_S)
    before = _view(reading).index
    drag(viewport, middle, middle + QPoint(0, 30))
    after = _view(reading).index
    assert after > before
    drag(viewport, middle, middle - QPoint(0, 30))
    assert _view(reading).index == before


def test_the_right_button_windows_and_undo_gives_the_window_back(reading: Windows) -> None:
    viewport, middle = _viewport(reading), _viewport(reading).rect().center()
    press(viewport, Qt.Key.Key_4)
    start = _view(reading).voi
    assert start is not None and (start.centre, start.width) == (-600.0, 1500.0)
    drag(viewport, middle, middle + QPoint(40, 25), RIGHT)
    first = _view(reading).voi
    assert first is not None and first.width > 1500 and first.centre > -600
    drag(viewport, middle, middle + QPoint(-20, 0), RIGHT)
    second = _view(reading).voi
    assert second is not None and second.width < first.width
    for wanted in (first, start):
        press(viewport, Qt.Key.Key_Z, CTRL)
        now = _view(reading).voi
        assert now is not None and (now.centre, now.width) == (wanted.centre, wanted.width)
    press(viewport, Qt.Key.Key_Y, CTRL)
    assert _view(reading).voi.width == first.width  # type: ignore[union-attr]


def test_a_window_is_dragged_from_the_values_of_the_pixels_that_are_picture(reading: Windows) -> None:
    viewport = _viewport(reading)
    frame = viewport.frame()
    assert frame is not None
    bone = replace(frame.facts, slope=2.0, intercept=-1000.0, padding=(9000, 9000))
    mammogram = Frame(np.array([[9000, 100], [200, 600]], np.uint16), bone)
    curve = Voi(table=LookupTable(0, 8, np.arange(256, dtype=np.uint16)))
    own, span = viewport.window_to_drag(mammogram, Voi(40, 400))
    assert (own, span) == (Voi(40, 400), 1000.0)
    ranged, span = viewport.window_to_drag(mammogram, curve)
    assert (ranged, span) == (Voi(-300.0, 1000.0), 1000.0)


@pytest.mark.parametrize(
    ("key", "centre", "width"),
    [(Qt.Key.Key_1, 40, 80), (Qt.Key.Key_3, 500, 2000), (Qt.Key.Key_4, -600, 1500), (Qt.Key.Key_5, 40, 400)],
)
def test_preset_keys_set_the_window(reading: Windows, key: Qt.Key, centre: float, width: float) -> None:
    press(_viewport(reading), key)
    voi = _view(reading).voi
    assert voi is not None and (voi.centre, voi.width) == (centre, width)
    press(_viewport(reading), Qt.Key.Key_0)
    assert _view(reading).voi is None


def test_the_middle_button_pans_and_the_point_under_it_stays_under_it(reading: Windows) -> None:
    viewport = _viewport(reading)
    spot = at(viewport, 20.0, 20.0)
    drag(viewport, spot, spot + QPoint(50, 30), MIDDLE)
    moved = at(viewport, 20.0, 20.0)
    assert (moved - (spot + QPoint(50, 30))).manhattanLength() <= 1
    press(viewport, Qt.Key.Key_F)
    assert (at(viewport, 20.0, 20.0) - spot).manhattanLength() <= 1


def test_the_wheel_with_ctrl_zooms_about_the_pointer(reading: Windows) -> None:
    viewport = _viewport(reading)
    camera = viewport.camera()
    assert camera is not None
    middle = viewport.rect().center()
    under = viewport.image_point(QPointF(middle))
    turn_wheel(viewport, -3, CTRL)
    now = viewport.camera()
    assert now is not None and now.zoom > camera.zoom * 1.3
    there = viewport.image_point(QPointF(middle))
    assert under is not None and there == pytest.approx(under, abs=0.05)


def test_one_to_one_shows_each_image_pixel_once(reading: Windows) -> None:
    press(_viewport(reading), Qt.Key.Key_O)
    camera = _viewport(reading).camera()
    assert camera is not None and camera.zoom == 1.0


LAYOUTS = [
    ("1", False, (1, 1)), ("2", False, (1, 2)), ("2", True, (2, 1)), ("3", False, (1, 3)), ("4", False, (2, 2)),
    ("6", False, (2, 3)), ("9", False, (3, 3)), ("0", False, (4, 4)),
]  # fmt: skip


def test_every_layout_shows_as_many_viewports_as_it_says(reading: Windows) -> None:
    window = reading.station.reading
    for _, _, layout in LAYOUTS:
        window.actions_.actions[f"layout.{layout[0]}x{layout[1]}"].trigger()
        reading.rest(0.05)
        shown = [v for v in window.grid.viewports if v.isVisible()]
        assert _case(reading).layout == layout and len(shown) == layout[0] * layout[1]
        columns = {v.x() for v in shown}
        rows = {v.y() for v in shown}
        assert (len(rows), len(columns)) == layout
    window.actions_.actions["layout.1x1"].trigger()
    assert len([v for v in window.grid.viewports if v.isVisible()]) == 1


@pytest.mark.parametrize(("key", "shift", "layout"), [entry for entry in LAYOUTS if not entry[1]])
def test_keys_choose_the_layout(reading: Windows, key: str, shift: bool, layout: tuple[int, int]) -> None:
    press(_viewport(reading), getattr(Qt.Key, f"Key_{key}"), CTRL)
    assert _case(reading).layout == layout


def test_tab_goes_from_image_to_image_and_leaves_the_reports_fields_alone(reading: Windows) -> None:
    press(_viewport(reading), Qt.Key.Key_2, CTRL)
    hang_stack(reading.desk, 1, _case(reading).stacks[0].id)
    reading.rest(0.05)
    reading.desk.activate(0)
    press(_viewport(reading), Qt.Key.Key_Tab)
    assert _case(reading).active == 1
    press(_viewport(reading), Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert _case(reading).active == 0


def test_a_double_click_fills_the_glass_and_gives_it_back(reading: Windows) -> None:
    from PySide6.QtTest import QTest

    press(_viewport(reading), Qt.Key.Key_2, CTRL)
    reading.rest(0.05)
    second = _viewport(reading, 1)
    QTest.mouseDClick(second, Qt.MouseButton.LeftButton)
    assert _case(reading).maximised == 1
    assert [v.tile for v in reading.station.reading.grid.viewports if v.isVisible()] == [1]
    QTest.mouseDClick(second, Qt.MouseButton.LeftButton)
    assert _case(reading).maximised is None
    assert len([v for v in reading.station.reading.grid.viewports if v.isVisible()]) == 2


def test_a_hand_on_a_viewport_that_a_layout_has_just_taken_away_does_nothing(reading: Windows) -> None:
    press(_viewport(reading), Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    gone = _viewport(reading, 3)
    QTest.mousePress(gone, MIDDLE, pos=QPoint(20, 20))
    set_layout(reading.desk, 1, 1)
    before = _case(reading)
    held = QMouseEvent(QEvent.Type.MouseMove, QPointF(60, 60), QPointF(60, 60), MIDDLE, MIDDLE, PLAIN)
    QApplication.sendEvent(gone, held)
    QTest.mouseRelease(gone, MIDDLE, pos=QPoint(60, 60))
    QTest.mouseDClick(gone, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    turn_wheel(gone, 2)
    assert _case(reading) is before
    toggle_maximised(reading.desk, 3)
    scroll_by(reading.desk, 3, 1)
    scroll_to(reading.desk, 3, 1)
    assert _case(reading) is before


def test_a_window_that_is_dragged_is_not_given_to_the_series_that_comes_meanwhile(reading: Windows) -> None:
    viewport = _viewport(reading)
    other = next(stack for stack in _case(reading).stacks if stack.id != _view(reading).stack_id)
    QTest.mousePress(viewport, RIGHT, pos=QPoint(100, 100))
    hang_stack(reading.desk, 0, other.id)
    hung = _view(reading)
    for x in (120, 160):
        moved = QMouseEvent(QEvent.Type.MouseMove, QPointF(x, 100), QPointF(x, 100), RIGHT, RIGHT, PLAIN)
        QApplication.sendEvent(viewport, moved)
    QTest.mouseRelease(viewport, RIGHT, pos=QPoint(160, 100))
    assert hung.stack_id == other.id and _view(reading) == hung


def test_a_series_card_dropped_on_a_viewport_hangs_there(reading: Windows) -> None:
    press(_viewport(reading), Qt.Key.Key_2, CTRL)
    reading.rest(0.05)
    card = next(c for c in reading.station.reading.tray.cards if c.stack.series_uid == SECOND_SERIES)
    carried = QMimeData()
    carried.setData(STACK_MIME, QByteArray(card.stack.id.encode()))
    target = _viewport(reading, 0)
    spot, left, plain = target.rect().center(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        # Qt gives no other way to begin a drag without a hand.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(spot, Qt.DropAction.CopyAction, carried, left, plain)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(spot), Qt.DropAction.CopyAction, carried, left, plain))
    case = _case(reading)
    assert case.tiles[0].stack_id == card.stack.id and case.tiles[0].index == 4 and case.active == 0


def test_every_series_has_a_card_that_counts_its_images(reading: Windows) -> None:
    cards = {card.stack.series_uid: card for card in reading.station.reading.tray.cards}
    reading.wait(lambda: all(card.has_picture for card in cards.values()))
    assert sorted(len(card.stack.frames) for card in cards.values()) == [9, 20]


def test_cine_plays_wraps_around_and_stops(reading: Windows) -> None:
    viewport, cine = _viewport(reading), reading.station.reading.cine
    press(viewport, Qt.Key.Key_End)
    press(viewport, Qt.Key.Key_Space)
    assert cine.playing and reading.station.reading.toolbar.play.isChecked()
    cine.set_speed(60.0)
    reading.wait(lambda: 0 < _view(reading).index < 10)
    press(viewport, Qt.Key.Key_Space)
    stood = _view(reading).index
    reading.rest(0.2)
    assert not cine.playing and _view(reading).index == stood
    assert not reading.station.reading.toolbar.play.isChecked()


def test_cine_stops_when_the_next_patient_opens(reading: Windows) -> None:
    from tests.fakes.phantom import OTHER

    press(_viewport(reading), Qt.Key.Key_Space)
    reading.open(OTHER)
    assert not reading.station.reading.cine.playing
    reading.wait(lambda: reading.settled)


def test_the_magnifier_magnifies_what_is_under_it_and_goes(reading: Windows) -> None:
    from PySide6.QtTest import QTest

    viewport = _magnified(reading)
    press(viewport, Qt.Key.Key_G)
    spot = at(viewport, 30.5, 30.5)
    column = at(viewport, 33.5, 30.5)
    away = spot + (column - spot) * 2
    middle, beside, outside = (_colour(viewport, where) for where in (spot, column, away))
    assert beside != outside
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    reading.rest(0.1)
    assert abs(_colour(viewport, spot) - middle) <= 1
    # Twice as far from the middle of the lens lies what lay beside it.
    assert abs(_colour(viewport, away) - beside) <= 1
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    reading.rest(0.1)
    assert viewport.lens_at is None and _colour(viewport, away) == outside


def test_the_readout_says_the_value_under_the_pointer(reading: Windows) -> None:
    viewport = _magnified(reading)
    hover(viewport, at(viewport, 30.5, 34.5))
    viewport.refresh()
    hu = int(stored(_view(reading).index + 1)[34, 30]) - 1024
    assert str(hu).replace("-", "−") in viewport.picture.words.readout.replace("-", "−")
