"""Run by test_ui_monitors on two monitors that are scaled by one and a half: LEFT has a valid check, RIGHT has none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices
from tests.fakes.windows import Windows

from readingroom.display.desk_plan import Place
from readingroom.display.patterns import pattern, ruler_px
from readingroom.display.photometry import MEASURED
from readingroom.settings.load import load, save
from readingroom.settings.places import Profile
from readingroom.settings.sections import DiskSettings, Luminance, MonitorSettings, Settings, WorklistSettings
from readingroom.ui.screens import ConnectedScreens
from readingroom.ui.windows.patterns import PatternWindow
from readingroom.ui.windows.photometer import PhotometerWindow

GAMMA = Luminance((level, 0.9 + 419.0 * (level / 255) ** 2.2) for level in range(0, 256, 5))
FILED = MonitorSettings("Left", screen="LEFT", luminance=GAMMA, checked="2026-01-01", valid_days=100_000, pitch_mm=0.2)


class LeftIsPlanned(ConnectedScreens):
    """Both monitors, of which only LEFT is given windows: the test moves them itself."""

    def present(self) -> tuple[Place, ...]:
        return super().present()[:1]


@pytest.fixture
def glass(tmp_path: Path) -> Windows:
    profile = Profile(tmp_path / "profile")
    settings = Settings(
        disk=DiskSettings(keep_free_gb=0), worklist=WorklistSettings(days=0, refresh_s=0), monitors=(FILED,)
    )
    save(profile, settings)
    return Windows(profile.folder, region=MemoryRegion(archive_of("North", slices(4))), screens=LeftIsPlanned())


def greys(windows: Windows) -> np.ndarray:
    """The middle of the image as it is on the glass."""
    viewport = windows.station.reading.grid.viewports[0]
    shown = viewport.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), shown.bytesPerLine())
    middle = rows[
        shown.height() // 2 - 20 : shown.height() // 2 + 20, shown.width() // 2 - 20 : shown.width() // 2 + 20
    ]
    return middle.astype(int)


def test_each_monitor_is_judged_and_drawn_for_by_what_is_on_file(glass: Windows) -> None:
    with glass as windows:
        windows.show().open_whole(STUDY)
        the_window_follows(windows)
        a_pattern_is_on_the_glass_pixel_by_pixel(windows)
        a_monitor_is_measured_by_hand(windows)


def the_window_follows(windows: Windows) -> None:
    reading = windows.station.reading
    reading.showNormal()
    reading.setGeometry(0, 0, 600, 480)
    assert windows.desk.case is not None
    windows.desk.view(0, replace(windows.desk.case.tiles[0], smooth=False))
    windows.rest(0.1)
    assert reading.screen().name() == "LEFT"
    assert not reading.monitor.isVisible()
    assert windows.desk.judged[0] is not None and windows.desk.judged[0].table is not None
    left, steps = greys(windows), windows.desk.judged[0].table
    QTest.keyClick(reading.grid.viewports[0], Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    windows.rest(0.1)
    assert "TRUE SIZE (pitch measured)" in windows.badges()
    windows.desk.undo()
    reading.setGeometry(QGuiApplication.screens()[1].geometry().x() + 10, 10, 600, 480)
    windows.wait(lambda: reading.screen().name() == "RIGHT")
    windows.rest(0.1)
    assert reading.monitor.isVisible()
    assert reading.monitor.problem.toolTip() == "Not a diagnostic display: no check on file for RIGHT"
    assert windows.desk.judged[0].table is None
    reading.setGeometry(0, 0, 600, 480)
    windows.rest(0.1)
    assert np.array_equal(greys(windows), left)
    reading.grid.calibrate(None)
    windows.rest(0.1)
    assert np.array_equal(steps[greys(windows)], left)
    assert not windows.raised


def a_pattern_is_on_the_glass_pixel_by_pixel(windows: Windows) -> None:
    reading = windows.station.reading
    reading.actions_.actions["window.patterns"].trigger()
    windows.rest(0.1)
    (shown,) = reading.findChildren(PatternWindow)
    ratio = shown.devicePixelRatioF()
    assert ratio == 1.5
    QTest.keyClick(shown, Qt.Key.Key_T)
    for name in ("tg18-qc", "tg270-sqc"):
        assert shown.name == name
        for calibrated in (True, False):
            assert shown.calibrated == calibrated
            drawn = pattern(name, round(shown.width() * ratio), round(shown.height() * ratio))
            steps = shown.monitor.table if calibrated else np.arange(256, dtype=np.uint8)
            assert steps is not None
            seen = shown.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
            rows = np.frombuffer(seen.constBits(), np.uint8).reshape(seen.height(), seen.bytesPerLine())
            tall, wide = min(drawn.shape[0], seen.height()), min(drawn.shape[1], seen.width())
            assert (abs(tall - drawn.shape[0]), abs(wide - drawn.shape[1])) <= (1, 1)
            assert np.array_equal(rows[:tall, :wide], steps[drawn][:tall, :wide])
            QTest.keyClick(shown, Qt.Key.Key_C)
        QTest.keyClick(shown, Qt.Key.Key_Right)
    QTest.keyClick(shown, Qt.Key.Key_M)
    windows.rest(0.1)
    assert shown.screen().name() == "RIGHT"
    assert shown.monitor.table is None
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    windows.rest(0.1)
    assert not reading.findChildren(PatternWindow)
    assert not windows.raised


def a_monitor_is_measured_by_hand(windows: Windows) -> None:
    reading = windows.station.reading
    reading.setGeometry(QGuiApplication.screens()[1].geometry().x() + 10, 10, 600, 480)
    windows.wait(lambda: reading.screen().name() == "RIGHT")
    reading.actions_.actions["window.measure-monitor"].trigger()
    windows.rest(0.1)
    (shown,) = reading.findChildren(PhotometerWindow)
    answers = ["0.1", *(f"{0.9 + 419.0 * (level / 255) ** 2.2:.3f}" for level in MEASURED), "180"]
    for answer in (*answers[:4], "", *answers[4:6]):
        QTest.keyClicks(shown, answer)
        QTest.keyClick(shown, Qt.Key.Key_Return)
    assert shown.measuring.level == 25
    QTest.keyClick(shown, Qt.Key.Key_Backspace)
    assert shown.measuring.level == 20
    for answer in answers[5:-2]:
        shown.measuring = shown.measuring.answered(answer)
    for answer in answers[-2:]:
        QTest.keyClicks(shown, answer)
        QTest.keyClick(shown, Qt.Key.Key_Return)
    assert shown.measuring.is_done
    QTest.keyClick(shown, Qt.Key.Key_Return)
    windows.wait(lambda: not reading.monitor.isVisible())
    assert windows.desk.judged[0] is not None and windows.desk.judged[0].is_diagnostic
    assert windows.desk.judged[0].pitch_mm == 180 / shown_ruler(windows)
    assert [filed.name for filed in load(windows.profile).monitors] == ["Left", "RIGHT"]
    assert not windows.raised


def shown_ruler(windows: Windows) -> int:
    """Pixels of the ruler on the monitor that the window is on."""
    screen = windows.station.reading.screen()
    return ruler_px(round(screen.geometry().width() * screen.devicePixelRatio()))
