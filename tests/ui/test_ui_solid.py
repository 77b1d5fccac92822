"""A volume in three dimensions, turned by key and hand; a click goes where the tissue is; nothing is left behind."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.fakes import petct
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.pointer import LEFT, PLAIN, press
from tests.fakes.windows import Windows

from readingroom.bench.memory import resident_mb
from readingroom.session.opening import close_case
from readingroom.ui.windows.solid import SolidWindow

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def ball(tmp_path: Path) -> Iterator[Windows]:
    """A ball of 900 HU in air, open in the reading window."""
    series = petct.ct_grid().objects(petct.ball(900.0, -900.0))
    with Windows(tmp_path / "profile", region=MemoryRegion(archive_of("North", series))).show() as glass:
        glass.open_whole(petct.STUDY)
        viewport = glass.station.reading.grid.viewports[0]
        viewport.setFocus()
        glass.wait(lambda: viewport.hasFocus())
        yield glass
        assert not glass.raised, glass.raised


def opened(glass: Windows) -> SolidWindow:
    press(glass.station.reading.grid.viewports[0], Qt.Key.Key_V, ALT)
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, SolidWindow) and w.isVisible())
    window.resize(500, 500)
    glass.wait(lambda: at_rest(window))
    return window


def at_rest(window: SolidWindow) -> bool:
    shown = window._shown
    size = window.pane.device_size()
    return bool(
        shown is not None and not shown.wanted.hasty and shown.wanted.view == window.view
        and (shown.wanted.plane.columns, shown.wanted.plane.rows) == size
        and window._work is not None and not window._work.is_busy
    )  # fmt: skip


def said(window: SolidWindow) -> str:
    words = window.pane.picture.words
    return " | ".join((*words.bottom_left, *words.top_right, *(badge.text for badge in words.badges)))


def test_a_volume_is_turned_by_keys_and_says_from_where_it_is_seen(ball: Windows) -> None:
    window = opened(ball)
    assert "Bone" in said(window) and "seen from the front" in said(window) and "not for measuring" in said(window)
    assert window.pane.picture.words.letters.left == "R"
    press(window.pane, Qt.Key.Key_L)
    ball.wait(lambda: at_rest(window))
    assert "seen from the left" in said(window) and window.pane.picture.words.letters.left == "A"
    press(window.pane, Qt.Key.Key_5)
    ball.wait(lambda: at_rest(window))
    assert "MIP" in said(window)
    press(window.pane, Qt.Key.Key_C)
    ball.wait(lambda: at_rest(window))
    assert "CLIPPED" in said(window)
    window.close()


def test_a_click_on_the_ball_takes_the_images_there(ball: Windows) -> None:
    window = opened(ball)
    plane = window._plane()
    assert plane is not None
    x, y = plane.to_image(petct.CENTRE)
    ratio = window.pane.ratio
    QTest.mouseClick(window.pane, LEFT, PLAIN, QPoint(round(x / ratio), round(y / ratio)))
    assert window.hit is not None
    away = np.array(window.hit) - np.array(petct.CENTRE)
    assert abs(away[0]) < 3 and abs(away[2]) < 3 and away[1] < 0
    case = ball.desk.case
    assert case is not None
    stack = case.stack_at(0)
    assert stack is not None and case.tiles[0].index == stack.nearest(window.hit)
    window.close()


def test_the_hand_turns_what_is_in_front_of_it(ball: Windows) -> None:
    window = opened(ball)
    before = window.view
    QTest.mousePress(window.pane, LEFT, PLAIN, QPoint(200, 200))
    QTest.mouseMove(window.pane, QPoint(260, 200))
    QTest.mouseRelease(window.pane, LEFT, PLAIN, QPoint(260, 200))
    assert window.view is not None and before is not None and window.view.row != before.row
    ball.wait(lambda: at_rest(window))
    press(window.pane, Qt.Key.Key_Backspace)
    ball.wait(lambda: at_rest(window))
    assert window.view == before
    window.close()


def test_the_curve_is_changed_by_keyboard(ball: Windows) -> None:
    window = opened(ball)
    assert window.view is not None
    first = window.view.transfer.opacity
    window.curve.setFocus()
    QTest.keyClick(window.curve, Qt.Key.Key_Tab)
    QTest.keyClick(window.curve, Qt.Key.Key_Up)
    ball.wait(lambda: at_rest(window))
    assert window.view.transfer.opacity[1][1] == pytest.approx(first[1][1] + 0.02)
    assert "(edited)" in said(window)
    QTest.keyClick(window.curve, Qt.Key.Key_Delete)
    assert len(window.view.transfer.opacity) == len(first) - 1
    window.close()


def test_the_rendering_closes_with_its_case(ball: Windows) -> None:
    window = opened(ball)
    close_case(ball.desk)
    ball.wait(lambda: not any(isinstance(w, SolidWindow) and w.isVisible() for w in QApplication.topLevelWidgets()))
    assert window.volume is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library of Linux keeps memory for each thread")
def test_renderings_that_are_closed_keep_no_memory_on_the_threads_that_drew_them(ball: Windows) -> None:
    def session() -> None:
        opened(ball).close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        ball.rest(0.05)
        ball.station.reading.activateWindow()
        ball.station.reading.grid.viewports[0].setFocus()
        ball.turn()

    for _ in range(2):
        session()
    held = resident_mb()
    for _ in range(5):
        session()
    assert resident_mb() - held < 60, "without it some 35 MB for each"
