"""Cine: the active viewport moves by itself, at the speed that the header asks for or the reader chooses."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from readingroom.session.arranging import scroll_to
from readingroom.session.case import Case
from readingroom.session.desk import Desk

DEFAULT_PER_S = 15.0
FASTEST_PER_S, SLOWEST_PER_S = 60.0, 1.0


class Cine(QObject):
    """Plays one viewport; waits for images that are not here yet, never skips over them unsaid. `changed`: it began or stopped."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.tile: int | None = None
        self.per_s = DEFAULT_PER_S
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        desk.case_opened.listen(self._opened)

    @property
    def playing(self) -> bool:
        """Whether a viewport moves."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Play the active viewport, or stop."""
        case = self._desk.case
        if self.playing or case is None:
            self.stop()
            return
        stack = case.stack_at(case.active)
        if stack is None or len(stack.frames) < 2:
            return
        self.tile = case.active
        self.set_speed(1000.0 / stack.frame_time_ms if stack.frame_time_ms else DEFAULT_PER_S)
        self._timer.start()
        self.changed.emit()

    def set_speed(self, per_s: float) -> None:
        """Images per second, 1 to 60."""
        self.per_s = max(SLOWEST_PER_S, min(FASTEST_PER_S, per_s))
        self._timer.setInterval(round(1000 / self.per_s))

    def stop(self) -> None:
        """Stand still."""
        self._timer.stop()
        self.tile = None
        self.changed.emit()

    def _opened(self, case: Case | None) -> None:
        self.stop()

    def _step(self) -> None:
        case = self._desk.case
        stack = case.stack_at(self.tile) if case is not None and self.tile is not None else None
        if case is None or stack is None or self.tile is None:
            self.stop()
            return
        following = (case.tiles[self.tile].index + 1) % len(stack.frames)
        ref = stack.frames[following]
        if self._desk.book.has(ref) or not self._desk.loader.is_here(ref):
            scroll_to(self._desk, self.tile, following)
