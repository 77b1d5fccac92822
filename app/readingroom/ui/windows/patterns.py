"""Test patterns on a whole monitor, one pixel of the pattern on one of the monitor."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QWidget

from readingroom.base.errors import ReaderError
from readingroom.display.monitors import Monitor, judged
from readingroom.display.patterns import PATTERNS, explanation, pattern
from readingroom.session.commands.registry import PATTERNS as PATTERNS_ROOM
from readingroom.session.desk import Desk
from readingroom.ui.caption import draw_caption
from readingroom.ui.commanded import commanded
from readingroom.ui.keys import Does
from readingroom.ui.qimage import as_image
from readingroom.ui.screens import screen_told, screens_present

_HINTS = {
    "patterns.next": "next", "patterns.previous": "before", "patterns.calibrated": "through the monitor's table or not",
    "patterns.monitor": "next monitor", "patterns.words": "these words", "patterns.close": "closes",
}  # fmt: skip


class PatternWindow(QWidget):
    """Full screen on one monitor; goes to the next with M."""

    def __init__(self, desk: Desk, screen: QScreen, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setWindowTitle("Test patterns")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._desk, self._at = desk, 0
        self.calibrated, self.words_shown = True, True
        self._image: QImage | None = None
        self._trouble = ""
        self.actions_ = commanded(self, desk, PATTERNS_ROOM, self._own())
        self._on(screen)

    @property
    def name(self) -> str:
        """The name of the pattern that is shown."""
        return PATTERNS[self._at]

    def _on(self, screen: QScreen) -> None:
        self._screen = screen
        self.monitor: Monitor = judged(
            screen_told(screen), screens_present(), self._desk.settings.monitors, self._desk.now().date()
        )
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self._draw()

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        self._image, self._trouble = None, ""
        try:
            drawn = pattern(self.name, width, height)
        except ReaderError as error:
            self._trouble = f"{error.problem} {error.remedy}"
        else:
            through = self.calibrated and self.monitor.table is not None
            table = self.monitor.table if through and self.monitor.table is not None else np.arange(256, dtype=np.uint8)
            self._image = as_image(table[drawn])
        self.update()

    def _caption(self) -> str:
        if self.monitor.table is None:
            through = "no table: P-values as they are"
        else:
            through = "through the monitor's table" if self.calibrated else "without the monitor's table"
        seen = f"{self.name}  {self._at + 1} of {len(PATTERNS)}   ·   {self.monitor.name}: {through}"
        return f"{seen}\n{explanation(self.name)}\n{self.actions_.hint(_HINTS)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pattern pixel by pixel, then a few words in a corner."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(0, 0, 0))
            if self._image is not None:
                painter.save()
                painter.scale(1 / self.devicePixelRatioF(), 1 / self.devicePixelRatioF())
                painter.drawImage(0, 0, self._image)
                painter.restore()
            if self.words_shown or self._trouble:
                draw_caption(painter, self.rect(), self._trouble or self._caption())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another monitor, other pixels: drawn anew, never stretched."""
        super().resizeEvent(event)
        self._draw()

    def _own(self) -> dict[str, Does]:
        return {
            "patterns.next": lambda: self.step(1),
            "patterns.previous": lambda: self.step(-1),
            "patterns.calibrated": self._toggle_table,
            "patterns.words": self._toggle_words,
            "patterns.monitor": self._next_monitor,
            "patterns.close": self.close,
        }

    def _toggle_table(self) -> None:
        self.calibrated = not self.calibrated
        self._draw()

    def _toggle_words(self) -> None:
        self.words_shown = not self.words_shown
        self.update()

    def step(self, by: int) -> None:
        """Some patterns on or back."""
        self._at = (self._at + by) % len(PATTERNS)
        self._draw()

    def _next_monitor(self) -> None:
        screens = QGuiApplication.screens()
        at = screens.index(self._screen) if self._screen in screens else -1
        self.showNormal()
        self._on(screens[(at + 1) % len(screens)])
        self.showFullScreen()


def show_patterns(desk: Desk, window: QWidget) -> PatternWindow:
    """Test patterns on the monitor that a window is on."""
    patterns = PatternWindow(desk, window.screen(), window)
    patterns.showFullScreen()
    patterns.activateWindow()
    patterns.setFocus()
    return patterns
