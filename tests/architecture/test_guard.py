"""The guard over every test sees what a test leaves behind and hears what Qt says."""

import threading

import pytest
from PySide6.QtCore import QThread, QTimer, qWarning
from pytestqt.qtbot import QtBot

from tests import guard
from tests.guard import Guard


def test_a_thread_left_running_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PATIENCE_S", 0.05)
    release = threading.Event()
    with Guard(watch_timers=False) as watch:
        left = threading.Thread(target=release.wait, name="left over")
        left.start()
        assert watch.faults() == ["a thread was left running: left over"]
        release.set()
        left.join()
        assert watch.faults() == []


def test_a_timer_left_ticking_is_a_fault(qtbot: QtBot) -> None:
    with Guard(watch_timers=True) as watch:
        timer = QTimer()
        timer.start(60_000)
        assert [fault.split(":")[0] for fault in watch.faults()] == ["left running"]
        timer.stop()
        assert watch.faults() == []


def test_a_qt_thread_left_running_is_a_fault(qtbot: QtBot) -> None:
    with Guard(watch_timers=True) as watch:
        thread = QThread()
        thread.start()
        assert [fault.split(":")[0] for fault in watch.faults()] == ["left running"]
        thread.quit()
        thread.wait()
        assert watch.faults() == []


def test_what_was_already_running_is_no_fault_of_this_test(qtbot: QtBot) -> None:
    timer = QTimer()
    timer.start(60_000)
    with Guard(watch_timers=True) as watch:
        assert watch.faults() == []
    timer.stop()


def test_a_warning_of_qt_is_a_fault_and_an_allowed_one_is_not() -> None:
    with Guard(watch_timers=False) as watch:
        qWarning("QPainter::begin: Paint device returned engine == 0, type: 3")
        qWarning("This plugin does not support propagateSizeHints()")
        assert watch.faults() == ["Qt said: QPainter::begin: Paint device returned engine == 0, type: 3"]


def test_an_inner_guard_gives_the_ear_back_to_the_outer_one() -> None:
    with Guard(watch_timers=False) as outer:
        with Guard(watch_timers=False):
            pass
        qWarning("heard outside")
        assert outer.faults() == ["Qt said: heard outside"]
