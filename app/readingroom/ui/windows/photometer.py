"""A monitor measured by hand: each level full screen, the photometer's number typed, Enter."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QWidget

from readingroom.base.errors import ReaderError
from readingroom.display.monitors import as_filed, table_for
from readingroom.display.patterns import geometry, luminance_field, ruler_px
from readingroom.display.photometry import Measuring
from readingroom.session.commands.registry import PHOTOMETER
from readingroom.session.desk import Desk
from readingroom.session.measured_monitors import keep_monitor
from readingroom.ui.caption import draw_caption
from readingroom.ui.commanded import commanded
from readingroom.ui.qimage import as_image
from readingroom.ui.screens import screen_told

_HINTS = {
    "photometer.keep": "keeps the number",
    "photometer.back": "goes back",
    "photometer.stop": "stops without keeping anything",
}
_LAST_HINTS = {**_HINTS, "photometer.keep": "keeps this check", "photometer.stop": "drops it"}


class PhotometerWindow(QWidget):
    """Full screen on the monitor that is measured. What is shown are driving levels: no table is in between."""

    def __init__(self, desk: Desk, screen: QScreen, parent: QWidget, kept: Callable[[], None]) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setWindowTitle("Measure the monitor")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._desk, self._kept = desk, kept
        self._screen = screen_told(screen)
        self._before = table_for(self._screen, desk.settings.monitors)
        self.measuring = Measuring(ruler_px(self._screen.width_px))
        self.typed, self._trouble = "", ""
        self._image: QImage | None = None
        own = {"photometer.keep": self._enter, "photometer.back": self._back, "photometer.stop": self.close}
        self.actions_ = commanded(self, desk, PHOTOMETER, own)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        width, height = max(240, round(self.width() * ratio)), max(240, round(self.height() * ratio))
        if self.measuring.level is not None:
            drawn = luminance_field(self.measuring.level)(width, height)
        elif self.measuring.is_about_size:
            drawn = geometry(width, height)
            self.measuring = Measuring(ruler_px(width), self.measuring.answers)
        else:
            drawn = np.zeros((height, width), np.uint8)
        self._image = as_image(drawn)
        self.update()

    def _words(self) -> str:
        if not self.measuring.is_done:
            said = (self._trouble, f"{self.measuring.question}:   {self.typed}▏", self.actions_.hint(_HINTS))
            return "\n".join(line for line in said if line)
        seen = as_filed(self.measuring.filed(self._before, self._desk.now().date()), self._desk.now().date())
        figures = seen.figures
        lines = [f"{seen.name}: {seen.verdict}"]
        if figures is not None:
            lines.append(
                f"{figures.lmin_cd_m2:.2f} to {figures.lmax_cd_m2:.0f} cd/m², ratio {figures.ratio:.0f}, "
                f"contrast within {figures.max_deviation:.1%} of the standard (by itself {figures.own_deviation:.1%})"
            )
        return "\n".join((*lines, self.actions_.hint(_LAST_HINTS)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field pixel by pixel, then the question."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(0, 0, 0))
            if self._image is not None:
                painter.save()
                painter.scale(1 / self.devicePixelRatioF(), 1 / self.devicePixelRatioF())
                painter.drawImage(0, 0, self._image)
                painter.restore()
            draw_caption(painter, self.rect(), self._words())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drawn for the pixels that there are."""
        super().resizeEvent(event)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number as it is typed; everything else is a command."""
        if event.text() and event.text() in "0123456789.," and not self.measuring.is_done:
            self.typed = (self.typed + event.text())[:12]
            self.update()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if self.measuring.is_done:
            keep_monitor(self._desk, self.measuring.filed(self._before, self._desk.now().date()), self._kept)
            self.close()
            return
        try:
            self.measuring, self._trouble = self.measuring.answered(self.typed), ""
        except ReaderError as error:
            self._trouble = f"{error.problem} {error.remedy}"
        self.typed = ""
        self._draw()

    def _back(self) -> None:
        self._trouble = ""
        if self.typed:
            self.typed = self.typed[:-1]
        else:
            self.measuring = self.measuring.back()
        self._draw()


def show_photometer(desk: Desk, window: QWidget, kept: Callable[[], None]) -> PhotometerWindow:
    """Measure the monitor that a window is on; kept, when what was measured is in force."""
    measuring = PhotometerWindow(desk, window.screen(), window, kept)
    measuring.showFullScreen()
    measuring.activateWindow()
    measuring.setFocus()
    return measuring
