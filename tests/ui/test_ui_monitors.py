"""What a window says of the monitor it is on, and what it shows on it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.fakes.windows import Windows

from readingroom.display.monitors import Monitor

REPO = Path(__file__).resolve().parents[2]
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_monitor_that_nobody_checked_is_said_to_be_none_and_how_to_mend_it(reading: Windows) -> None:
    strip = reading.station.reading.monitor
    assert strip.isVisible()
    assert strip.problem.text().startswith("Not a diagnostic display: no check on file for")
    assert "readingroom monitors --calibrate" in strip.remedy.toolTip()
    assert strip.height() < 40
    reading.station.reading.resize(900, 700)
    reading.desk.activate(0)
    reading.rest(0.1)
    assert strip.isVisible()


def test_true_size_is_said_until_the_next_zoom(reading: Windows) -> None:
    viewport = reading.station.reading.grid.viewports[0]
    reading.desk.judged[0] = Monitor("Left", pitch_mm=0.2, pitch_measured=True)
    QTest.keyClick(viewport, Qt.Key.Key_O, SHIFT)
    frame, camera = viewport.frame(), viewport.camera()
    assert frame is not None and camera is not None and frame.facts.spacing.pixel_spacing is not None
    assert camera.zoom * 0.2 == frame.facts.spacing.pixel_spacing[0]
    assert "TRUE SIZE (pitch measured)" in reading.badges()
    reading.desk.judged[0] = replace(reading.desk.judged[0], pitch_mm=0.25)
    assert not [badge for badge in reading.badges() if "TRUE SIZE" in badge]
    QTest.keyClick(viewport, Qt.Key.Key_O, SHIFT)
    assert "TRUE SIZE (pitch measured)" in reading.badges()
    QTest.keyClick(viewport, Qt.Key.Key_F)
    assert not [badge for badge in reading.badges() if "TRUE SIZE" in badge]


def test_true_size_is_refused_where_the_pitch_is_not_known(reading: Windows) -> None:
    viewport = reading.station.reading.grid.viewports[0]
    reading.desk.judged[0] = Monitor("Left")
    QTest.keyClick(viewport, Qt.Key.Key_O, SHIFT)
    assert reading.said[-1].problem.startswith("True size is not known here")
    assert not [badge for badge in reading.badges() if "TRUE SIZE" in badge]


def test_two_monitors_scaled_by_one_and_a_half_are_judged_apart(tmp_path: Path) -> None:
    screens = [
        {"name": name, "x": x, "y": 0, "width": 960, "height": 780, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        for name, x in (("LEFT", 0), ("RIGHT", 960))
    ]
    plan = tmp_path / "screens.json"
    plan.write_text(json.dumps({"windowFrameMargins": False, "screens": screens}))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "tests/ui/two_monitors.py"], cwd=REPO, timeout=120, capture_output=True,
        env={**os.environ, "QT_SCALE_FACTOR": "1.5", "QT_QPA_PLATFORM": f"offscreen:configfile={plan}"},
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert "1 passed" in done.stdout
