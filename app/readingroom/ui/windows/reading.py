"""The reading window: whose case it is, the images, every series, what was measured, the report beside them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.display.presets import Preset, for_modality, presets
from readingroom.display.stack import Stack
from readingroom.render.engine import Engine
from readingroom.session.case import Case
from readingroom.session.commands.registry import READING
from readingroom.session.commands.views import apply_preset
from readingroom.session.desk import Desk
from readingroom.session.fusing import STEPS
from readingroom.session.opening import close_case
from readingroom.settings.places import resources
from readingroom.ui.cine import Cine
from readingroom.ui.commanded import commanded
from readingroom.ui.grid import ViewportGrid
from readingroom.ui.keys import Does
from readingroom.ui.notices import NoticeBar
from readingroom.ui.panels.banner import PatientBanner
from readingroom.ui.panels.line import LinePanel
from readingroom.ui.panels.measurements import MeasurementsPanel
from readingroom.ui.panels.monitor_strip import MonitorStrip
from readingroom.ui.panels.report import ReportPanel
from readingroom.ui.panels.timeline import TimelineStrip
from readingroom.ui.panels.tray import SeriesTray
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme
from readingroom.ui.toolbar import ReadingToolbar
from readingroom.ui.windows.capture import CaptureWindow
from readingroom.ui.windows.document import DocumentWindow
from readingroom.ui.windows.mpr import MprWindow
from readingroom.ui.windows.patterns import show_patterns
from readingroom.ui.windows.photometer import show_photometer
from readingroom.ui.windows.tags import TagWindow
from readingroom.ui.windows.why import WhyWindow


class ReadingWindow(QMainWindow):
    """One case on the glass. Closing it goes back to the worklist; the case can be opened again as it is."""

    def __init__(
        self, theme: Theme, desk: Desk, engine: Engine, pulse: Pulse, to_worklist: Callable[[], None],
        show_outbox: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__()
        self._desk, self._theme, self._to_worklist, self._leaving = desk, theme, to_worklist, False
        self._engine, self._pulse = engine, pulse
        self.tags: TagWindow | None = None
        self.trouble: ReaderError | None = None
        self.setWindowTitle("Reading Room")
        self.resize(1720, 1000)
        self.grid = ViewportGrid(desk, engine, theme, pulse)
        self.monitor = MonitorStrip(desk, self.grid.calibrate, self._show_patterns, self._measure_monitor)
        self.tray = SeriesTray(desk, theme, pulse)
        self.tray.document_wanted.connect(self._open_document)
        self.banner = PatientBanner(desk, pulse)
        self.timeline = TimelineStrip(desk, theme, pulse)
        self.report = ReportPanel(desk)
        self.measurements = MeasurementsPanel(desk, theme)
        self.notices = NoticeBar()
        self.line = LinePanel(desk, pulse)
        self.cine = Cine(desk, self)
        self.presets = self._read_presets()
        self.actions_ = commanded(self, desk, READING, self._own(to_worklist, show_outbox))
        self.toolbar = ReadingToolbar(desk, self.actions_, self.presets, self.cine)
        self._compose()
        desk.case_changed.listen(self._case_changed)
        self._case_changed(desk.case)

    def _read_presets(self) -> tuple[Preset, ...]:
        try:
            return presets(resources() / "presets.toml")
        except ReaderError as error:
            self.trouble = error
            return ()

    def _own(self, to_worklist: Callable[[], None], show_outbox: Callable[[], None]) -> dict[str, Does]:
        """What this window does itself, by the ids of the command table."""
        return {
            "window.worklist": to_worklist,
            "window.outbox": show_outbox,
            "window.cine": self.cine.toggle,
            "window.walk": partial(self.grid.walk, 1),
            "window.walk-back": partial(self.grid.walk, -1),
            "window.report": self.report.take_focus,
            "window.images": self._to_images,
            "window.sign": self.report.sign_or_check,
            "window.tags": self._show_tags,
            "window.mpr": self._show_mpr,
            **{name: partial(self.grid.seeing.change, name) for name in STEPS},
            "window.patterns": self._show_patterns,
            "window.measure-monitor": self._measure_monitor,
            "window.timeline": self.timeline.take_focus,
            "window.why": self._explain_layout,
            "window.capture": self._capture_layout,
            "window.report-panel": self._toggle_report,
            **{f"preset.{number}": partial(self._put_preset, str(number)) for number in range(1, 10)},
        }

    def _put_preset(self, key: str) -> None:
        case = self._desk.case
        stack = case.stack_at(case.active) if case is not None else None
        for preset in for_modality(self.presets, stack.modality if stack is not None else ""):
            if preset.key == key:
                apply_preset(preset)(self._desk)

    def _compose(self) -> None:
        ground = QWidget()
        ground.setObjectName("Ground")
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.toolbar)
        column.addWidget(self.timeline)
        column.addWidget(self.monitor)
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.side.addWidget(self.measurements)
        self.side.addWidget(self.report)
        self.side.setSizes([230, 720])
        self.side.setMinimumWidth(380)
        self.side.setMaximumWidth(620)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.tray, self.grid, self.side):
            self.split.addWidget(widget)
        self.split.setStretchFactor(1, 1)
        self.split.setCollapsible(1, False)
        self.split.setSizes([262, 1060, 400])
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.split)
        column.addLayout(row, 1)
        column.addWidget(self.notices)
        column.addWidget(self.line)
        self.setCentralWidget(ground)

    def _case_changed(self, case: Case | None) -> None:
        who = case.study.patient.display_name if case is not None else ""
        title = f"{who} – Reading Room" if who else "Reading Room"
        if self.windowTitle() != title:
            self.setWindowTitle(title)

    def paint_images(self) -> None:
        """Whose images these are, and the images, painted at once; everything else follows at the next beat."""
        self.banner.refresh()
        self.banner.repaint()
        self.grid.paint_now()

    def _to_images(self) -> None:
        if (viewport := self.grid.active()) is not None:
            viewport.hand.cancel()
            viewport.setFocus()

    def _show_mpr(self) -> None:
        case = self._desk.case
        stack = case.stack_at(case.active) if case is not None else None
        study = case.study_of(stack.study_uid) if case is not None and stack is not None else None
        if case is None or stack is None or study is None:
            return
        voi = case.tiles[case.active].voi
        MprWindow(self._desk, study, stack, voi, self._engine, self._theme, self._pulse, self.presets,
            self.grid.seeing.fusing, self).show()  # fmt: skip

    def _explain_layout(self) -> None:
        WhyWindow(self._desk, self._pulse, self).show()

    def _capture_layout(self) -> None:
        CaptureWindow(self._desk, self.grid.glass, self).show()

    def _open_document(self, stack: Stack) -> None:
        DocumentWindow(self._desk, self._theme, stack, self).show()

    def _show_tags(self) -> None:
        if self.tags is None or self.tags.closed:
            self.tags = TagWindow(self._desk, self._theme, self)
        self.tags.come_forward()

    def _show_patterns(self) -> None:
        show_patterns(self._desk, self)

    def _measure_monitor(self) -> None:
        show_photometer(self._desk, self, self.monitor.judge)

    def showEvent(self, event: QShowEvent) -> None:
        """The window is on a monitor now: what that one can show is looked up."""
        super().showEvent(event)
        self.monitor.follow(self.windowHandle())

    def _toggle_report(self) -> None:
        self.side.setVisible(not self.side.isVisible())

    def show_waiting(self, count: int, failed: int) -> None:
        """How many signed objects wait in the outbox."""
        self.toolbar.show_waiting(count, failed)

    def leave(self) -> None:
        """Close for good: the desk is being left."""
        self._leaving = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing puts the case away, kept as it is, and goes back to the worklist."""
        if not self._leaving:
            close_case(self._desk)
            self._to_worklist()
        super().closeEvent(event)
