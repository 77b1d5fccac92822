"""A window of images on a further monitor: whose case it is, whether the monitor may be read on, and the images."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from readingroom.render.engine import Engine
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.seeing import Seeing
from readingroom.ui.grid import ViewportGrid
from readingroom.ui.panels.banner import PatientBanner
from readingroom.ui.panels.monitor_strip import MonitorStrip
from readingroom.ui.pulse import Pulse
from readingroom.ui.screens import Screens
from readingroom.ui.theme import Theme
from readingroom.ui.windows.patterns import show_patterns
from readingroom.ui.windows.photometer import show_photometer


class ImageWindow(QMainWindow):
    """The images of one monitor of the case that the reading window shows; closing it closes the case in all of them."""

    def __init__(
        self, theme: Theme, desk: Desk, engine: Engine, pulse: Pulse, screens: Screens, close_case: Callable[[], object],
        seeing: Seeing, seat: int,
    ) -> None:  # fmt: skip
        super().__init__()
        self._desk, self._close_case, self._leaving = desk, close_case, False
        self.setWindowTitle("Images – Reading Room")
        self.grid = ViewportGrid(desk, engine, theme, pulse, seat, seeing)
        self.banner = PatientBanner(desk, pulse)
        self.monitor = MonitorStrip(desk, self.grid.calibrate, self._show_patterns, self._measure, screens, seat)
        ground = QWidget()
        ground.setObjectName("Ground")
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.banner, self.monitor):
            column.addWidget(widget)
        column.addWidget(self.grid, 1)
        self.setCentralWidget(ground)
        # What listens must not outlive a window that the system takes away without closing it.
        leavers = (desk.case_changed.listen(self._case_changed), self.grid.leave, self.banner.leave, self.monitor.leave)
        self.destroyed.connect(lambda: [leave() for leave in leavers])
        self._case_changed(desk.case)

    def sit(self, seat: int) -> None:
        """Show the images of this monitor of the case, counted from 0."""
        self.grid.sit(seat)
        self.monitor.sit(seat)

    def _case_changed(self, case: Case | None) -> None:
        who = case.study.patient.display_name if case is not None else ""
        title = f"{who} – Images – Reading Room" if who else "Images – Reading Room"
        if self.windowTitle() != title:
            self.setWindowTitle(title)

    def _show_patterns(self) -> None:
        show_patterns(self._desk, self)

    def _measure(self) -> None:
        show_photometer(self._desk, self, self.monitor.judge)

    def showEvent(self, event: QShowEvent) -> None:
        """The window is on a monitor now: what that one can show is looked up."""
        super().showEvent(event)
        self.monitor.follow(self.windowHandle())

    def leave(self) -> None:
        """Close for good."""
        self._leaving = True
        self.close()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing one window of the case closes the case in all."""
        if self._leaving:
            super().closeEvent(event)
            return
        event.ignore()
        self._close_case()
