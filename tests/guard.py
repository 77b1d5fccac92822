"""What a test may not leave behind, and what Qt may not say while it runs."""

import gc
import re
import sys
import threading
import time
from types import TracebackType
from typing import Any, Self

# (what Qt says, why it is no fault of ours)
ALLOWED_QT_WORDS = (
    (r"^This plugin does not support propagateSizeHints\(\)", "the offscreen platform has no window manager"),
    (r"^This plugin does not support raise\(\)", "the offscreen platform has no window manager"),
    (r"^This plugin does not support grabbing the (keyboard|mouse)", "the offscreen platform has no devices"),
)
PATIENCE_S = 2.0


def threads_in_the_way() -> set[threading.Thread]:
    """Threads that would keep the program from ending."""
    return {thread for thread in threading.enumerate() if not thread.daemon and thread.is_alive()}


def is_running(thing: Any) -> bool:
    """Whether a QTimer ticks or a QThread runs; an object that Qt has already deleted does neither."""
    from PySide6.QtCore import QTimer
    from shiboken6 import isValid

    if not isValid(thing):
        return False
    return bool(thing.isActive() if isinstance(thing, QTimer) else thing.isRunning())


def kinds_of(*bases: type) -> set[type]:
    """These classes and everything made of them."""
    found: set[type] = set()
    waiting = list(bases)
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting += kind.__subclasses__()
    return found


def qt_in_motion() -> dict[int, Any]:
    """Every QTimer that ticks and every QThread that runs, by identity."""
    if "PySide6.QtWidgets" not in sys.modules:
        return {}
    from PySide6.QtCore import QThread, QTimer

    # By exact class: to ask each of some million objects whether it is an instance took ten seconds a test.
    kinds = kinds_of(QTimer, QThread)
    moving = [thing for thing in gc.get_objects() if type(thing) in kinds]
    return {id(thing): thing for thing in moving if is_running(thing)}


class Guard:
    """Watches one test: Qt's warnings from first to last, threads and timers that outlive it."""

    def __init__(self, watch_timers: bool) -> None:
        self._watch_timers = watch_timers
        self._words: list[str] = []
        self._threads: set[threading.Thread] = set()
        self._moving: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._threads = threads_in_the_way()
        self._moving = qt_in_motion() if self._watch_timers else {}
        if "PySide6.QtCore" in sys.modules:
            from PySide6.QtCore import qInstallMessageHandler

            self._before = qInstallMessageHandler(self._hear)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if "PySide6.QtCore" in sys.modules:
            from PySide6.QtCore import qInstallMessageHandler

            qInstallMessageHandler(getattr(self, "_before", None))

    def _hear(self, kind: Any, context: Any, words: str) -> None:
        from PySide6.QtCore import QtMsgType

        harmless = kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)
        if not harmless and not any(re.search(pattern, words) for pattern, _ in ALLOWED_QT_WORDS):
            self._words.append(words)

    def faults(self) -> list[str]:
        """What the test did wrong, in sentences; threads have a moment to end."""
        if self._watch_timers:
            # What windows leave behind goes on this thread: the next test's threads may collect again.
            gc.collect()
            gc.enable()
        end = time.monotonic() + PATIENCE_S
        while (left := threads_in_the_way() - self._threads) and time.monotonic() < end:
            time.sleep(0.01)
        said = [f"Qt said: {words}" for words in self._words]
        threads = [f"a thread was left running: {thread.name}" for thread in left]
        moving = qt_in_motion() if self._watch_timers else {}
        timers = [f"left running: {thing!r}" for key, thing in moving.items() if key not in self._moving]
        return said + threads + timers
