"""Whether the monitor that the images are on may be read on: a quiet line that stays for as long as it may not."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent, QWindow
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton

from readingroom.display.monitors import judged
from readingroom.session.desk import Desk
from readingroom.ui.polish import label
from readingroom.ui.screens import Screens


class MonitorStrip(QFrame):
    """Follows the window from monitor to monitor: judges each, gives its table to the images, says what is not so."""

    def __init__(
        self, desk: Desk, calibrate: Callable[[NDArray[np.uint8] | None], None], show_patterns: Callable[[], None],
        measure: Callable[[], None], screens: Screens, seat: int | None = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self._desk, self._calibrate, self._screens = desk, calibrate, screens
        self.seat = seat
        self._window: QWindow | None = None
        self._texts = ("", "")
        self.setObjectName("MonitorStrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.problem, self.remedy = label("", "Amber"), label("", "Faint")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 10, 2)
        row.setSpacing(18)
        for words, share in ((self.problem, 3), (self.remedy, 4)):
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row.addWidget(words, share)
        for title, run in (("Measure…", measure), ("Test patterns", show_patterns)):
            button = QToolButton()
            button.setText(title)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(partial(_run, run))
            row.addWidget(button)
        # A check that was valid yesterday may not be so today.
        self._stop = desk.case_opened.listen(lambda _: self.judge())

    def follow(self, window: QWindow | None) -> None:
        """Watch the monitor that a window is on, from now on."""
        if window is not None and window is not self._window:
            self._window = window
            window.screenChanged.connect(lambda _: self.judge())
        self.judge()

    def sit(self, seat: int | None) -> None:
        """The images of the window are those of another monitor from now on; None: it has none."""
        self.seat = seat
        self.judge()

    def leave(self) -> None:
        """Listen no more: the window goes."""
        self._stop()

    def judge(self) -> None:
        """Look up the monitor anew: its table for the images, its pitch for true size, and what is to be said of it."""
        told = self._screens.under(self.window())
        if told is None or self.seat is None:
            self.hide()
            return
        present = tuple(place.screen for place in self._screens.present())
        seen = judged(told, present, self._desk.settings.monitors, self._desk.now().date())
        self._desk.judged[self.seat] = seen
        self._calibrate(seen.table)
        self._texts = (
            (f"Not a diagnostic display: {'; '.join(seen.reasons)}", seen.remedy) if seen.reasons else ("", "")
        )
        for words, text in zip((self.problem, self.remedy), self._texts, strict=True):
            words.setToolTip(text)
        self.setVisible(not seen.is_diagnostic)
        self._fit()

    def _fit(self) -> None:
        for words, text in zip((self.problem, self.remedy), self._texts, strict=True):
            fitting = QFontMetrics(words.font()).elidedText(text, Qt.TextElideMode.ElideRight, max(60, words.width()))
            words.setText(fitting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words that do not fit end in …; the tool tip has them whole."""
        super().resizeEvent(event)
        if (row := self.layout()) is not None:
            row.activate()
        self._fit()


def _run(run: Callable[[], None], checked: bool) -> None:
    run()
