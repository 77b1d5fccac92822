"""One beat for the whole glass: what changed since the last display refresh is drawn once, and time passes."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer
from shiboken6 import isValid

FRAME_MS = 16
TICK_MS = 100


class Pulse(QObject):
    """Calls each dirty view once per display refresh, and every listener of time ten times a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dirty: dict[int, tuple[object, Callable[[], None]]] = {}
        self._soon: dict[int, tuple[object, Callable[[], None]]] = {}
        self._beat = QTimer(self)
        self._beat.setSingleShot(True)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(FRAME_MS)
        self._beat.timeout.connect(self._draw)
        self._last = 0.0
        self._tickers: list[Callable[[float], None]] = []
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    def dirty(self, owner: object, draw: Callable[[], None]) -> None:
        """Have draw called at the next refresh, unless the owner is deleted before; asking again changes nothing."""
        self._dirty[id(owner)] = owner, draw
        if not self._beat.isActive():
            waited_ms = int((monotonic() - self._last) * 1000)
            self._beat.start(max(0, FRAME_MS - waited_ms))

    def soon(self, owner: object, draw: Callable[[], None]) -> None:
        """Have draw called within a tenth of a second: for what changes with every object that comes, such as counts."""
        self._soon[id(owner)] = owner, draw

    def forget(self, owner: object) -> None:
        """The owner leaves: it is not drawn any more."""
        self._dirty.pop(id(owner), None)
        self._soon.pop(id(owner), None)

    def every_tick(self, ticker: Callable[[float], None]) -> None:
        """Have ticker called with monotonic seconds, ten times a second."""
        self._tickers.append(ticker)

    def draw_now(self) -> None:
        """Draw what is dirty without waiting for the beat (for tests and screenshots)."""
        self._dirty = self._soon | self._dirty
        self._soon = {}
        self._draw()
        if self._dirty:  # what those made dirty in their turn
            self._draw()

    def stop(self) -> None:
        """No more beats."""
        self._beat.stop()
        self._clock.stop()
        self._dirty.clear()
        self._soon.clear()

    def _draw(self) -> None:
        self._last = monotonic()
        waiting, self._dirty = self._dirty, {}
        failure: Exception | None = None
        for owner, draw in waiting.values():
            # A window that closed may be told once more by a hand that lets go over it, and is deleted before the beat.
            if isinstance(owner, QObject) and not isValid(owner):
                continue
            try:
                draw()
            except Exception as error:  # noqa: BLE001  (raised below, after the others were drawn)
                failure = failure or error
        if failure is not None:
            raise failure

    def _tick(self) -> None:
        now = monotonic()
        soon, self._soon = self._soon, {}
        for owner, draw in soon.values():
            self.dirty(owner, draw)
        for ticker in self._tickers:
            ticker(now)
