"""What the reader must know, as strips at the foot of a window: calm ones leave by themselves, red ones stay."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from readingroom.session.desk import Notice
from readingroom.ui.polish import label, name_widget

LEAVES_AFTER_MS = {"calm": 5000, "amber": 15000}
MOST = 3


class NoticeBar(QWidget):
    """At most three strips; the same words are shown once with how often they came."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._strips: list[tuple[Notice, QFrame, int]] = []

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is said now."""
        return tuple(notice for notice, _, _ in self._strips)

    def say(self, notice: Notice) -> None:
        """Show a notice."""
        again = next((n for n, (old, _, _) in enumerate(self._strips) if old == notice), None)
        times = 1
        if again is not None:
            times = self._strips[again][2] + 1
            self._remove(self._strips[again][1])
        while len(self._strips) >= MOST:
            calm = next((strip for old, strip, _ in self._strips if old.tone != "red"), self._strips[0][1])
            self._remove(calm)
        strip = self._strip(notice, times)
        self._strips.append((notice, strip, times))
        self._column.addWidget(strip)
        if notice.tone in LEAVES_AFTER_MS:
            timer = QTimer(strip)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._remove(strip))
            timer.start(LEAVES_AFTER_MS[notice.tone])

    def clear(self) -> None:
        """Say nothing any more: another case is opened, and what was said of the last one is not true of it."""
        for _, strip, _ in tuple(self._strips):
            self._remove(strip)

    def _strip(self, notice: Notice, times: int) -> QFrame:
        strip = QFrame()
        name_widget(strip, f"Notice-{notice.tone}")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(strip)
        row.setContentsMargins(16, 7, 8, 7)
        row.setSpacing(14)
        words = notice.problem + (f"  (×{times})" if times > 1 else "")
        row.addWidget(label(words, "Bright", wrap=True), 3)
        row.addWidget(label(notice.remedy, "", wrap=True), 2)
        close = QToolButton()
        close.setText("✕")
        close.setToolTip("Dismiss")
        close.clicked.connect(lambda: self._remove(strip))
        row.addWidget(close)
        return strip

    def _remove(self, strip: QFrame) -> None:
        self._strips = [entry for entry in self._strips if entry[1] is not strip]
        self._column.removeWidget(strip)
        strip.hide()
        strip.deleteLater()
