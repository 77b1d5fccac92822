"""The way home for results: from any thread to the reader's, one queued signal per burst."""

from PySide6.QtCore import QObject, Qt, Signal

from readingroom.base.jobs import Homecoming


class HomecomingBell(QObject):
    """Rings on the reader's thread when results wait; `home` is what the pools bring them to."""

    _rung = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.home = Homecoming(self._rung.emit)
        self._rung.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def _drain(self) -> None:
        self.home.drain()
