"""The reading window: whose case it is, the images, every series, what was measured, the report beside them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.display.presets import Preset, for_modality, presets
from readingroom.display.stack import Stack
from readingroom.display.transfer import volume_presets
from readingroom.record.study import Vector
from readingroom.render.engine import Engine
from readingroom.session.arranging import scroll_to
from readingroom.session.case import Case
from readingroom.session.commands.registry import READING
from readingroom.session.commands.views import apply_preset
from readingroom.session.desk import Desk
from readingroom.session.fusing import STEPS, six_of
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
from readingroom.ui.screens import Screens
from readingroom.ui.theme import Theme
from readingroom.ui.toolbar import ReadingToolbar
from readingroom.ui.viewport import Viewport
from readingroom.ui.windows.capture import CaptureWindow
from readingroom.ui.windows.document import DocumentWindow
from readingroom.ui.windows.fusion import FusionWindow
from readingroom.ui.windows.images import ImageWindow
from readingroom.ui.windows.measurement_commands import MeasurementCommands
from readingroom.ui.windows.mpr import MprWindow
from readingroom.ui.windows.patterns import show_patterns
from readingroom.ui.windows.photometer import show_photometer
from readingroom.ui.windows.solid import SolidWindow
from readingroom.ui.windows.tags import TagWindow
from readingroom.ui.windows.why import WhyWindow

UPRIGHT = 1.15
NARROW = 1000
SIDE_WIDTH, MOST_SIDE_WIDTH, WIDEST = 380, 620, 16_777_215


class ReadingWindow(QMainWindow):
    """One case on the glass. Closing it goes back to the worklist; the case can be opened again as it is.

    further: the windows of images on the other monitors. `shown` tells that it appears, or that it is gone.
    """

    shown = Signal(bool)

    def __init__(
        self, theme: Theme, desk: Desk, engine: Engine, pulse: Pulse, to_worklist: Callable[[], None],
        show_outbox: Callable[[], None], screens: Screens,
    ) -> None:  # fmt: skip
        super().__init__()
        self.further: tuple[ImageWindow, ...] = ()
        self._folded: tuple[bool, bool] | None = None
        self._desk, self._theme, self._to_worklist, self._leaving = desk, theme, to_worklist, False
        self._engine, self._pulse = engine, pulse
        self.tags: TagWindow | None = None
        self.trouble: ReaderError | None = None
        self.setWindowTitle("Reading Room")
        self.resize(1720, 1000)
        self.grid = ViewportGrid(desk, engine, theme, pulse)
        self.monitor = MonitorStrip(desk, self.grid.calibrate, self._show_patterns, self._measure_monitor, screens)
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
        self.measuring = MeasurementCommands(desk, theme, engine, pulse, self, self.measurements, self._active_viewport)
        self.actions_ = commanded(self, desk, READING, {**self._own(to_worklist, show_outbox), **self.measuring.own})
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
            "window.walk": partial(self._walk, 1),
            "window.walk-back": partial(self._walk, -1),
            "window.report": self._write,
            "window.images": self._to_images,
            "window.sign": self.sign_or_check,
            "window.tags": self._show_tags,
            "window.mpr": self._show_mpr,
            "window.solid": self._show_solid,
            "window.six": self._show_six,
            **{name: partial(self.grid.seeing.change, name) for name in STEPS},
            "window.patterns": self._show_patterns,
            "window.measure-monitor": self._measure_monitor,
            "window.timeline": self.timeline.take_focus,
            "window.why": self._explain_layout,
            "window.capture": self._capture_layout,
            "window.report-panel": self._toggle_report,
            "window.tray": self._toggle_tray,
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
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.outer = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.tray, self.grid):
            self.split.addWidget(widget)
        self.outer.addWidget(self.split)
        self.outer.addWidget(self.side)
        for splitter, at in ((self.split, 1), (self.outer, 0)):
            splitter.setStretchFactor(at, 1)
            splitter.setCollapsible(at, False)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.outer)
        column.addLayout(row, 1)
        column.addWidget(self.notices)
        column.addWidget(self.line)
        self.setCentralWidget(ground)
        self._fold()

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

    @property
    def grids(self) -> tuple[ViewportGrid, ...]:
        """The viewports of every monitor."""
        return (self.grid, *(window.grid for window in self.further))

    def _active_viewport(self) -> Viewport | None:
        return next((active for grid in self.grids if (active := grid.active()) is not None), None)

    def _to_images(self) -> None:
        viewport = self._active_viewport()
        if viewport is not None:
            viewport.hand.cancel()
            viewport.window().activateWindow()
            viewport.setFocus()

    def _write(self) -> None:
        self.side.show()
        if not self.isActiveWindow():
            self.activateWindow()
        self.report.take_focus()

    def sit(self, seat: int | None) -> None:
        """Show the images of this monitor of the case from now on; None: the images are on others, here are the panels."""
        self.grid.setVisible(seat is not None)
        self.monitor.sit(seat)
        if seat is not None:
            self.grid.sit(seat)
        self._folded = None
        self._fold()

    def _fold(self) -> None:
        """Panels beside the images; below them on an upright monitor; away, till they are asked for, in a narrow window."""
        upright, narrow = self.height() > UPRIGHT * self.width(), self.width() < NARROW
        alone = self.grid.isHidden()
        if self._folded == (upright, narrow):
            return
        self._folded = (upright, narrow)
        below = upright and not alone
        self.outer.setOrientation(Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal)
        self.side.setOrientation(Qt.Orientation.Horizontal if below else Qt.Orientation.Vertical)
        self.side.setMinimumWidth(0 if below else SIDE_WIDTH)
        self.side.setMaximumWidth(MOST_SIDE_WIDTH if not (below or alone) else WIDEST)
        self.side.setVisible(below or not narrow)
        self.tray.setVisible(alone or not (narrow or below))
        self.side.setSizes([420, 660] if below else [300, 650])
        self.split.setSizes([262, max(300, self.width() - 262)])
        images, panels = (self.height() - 440, 440) if below else (self.width() - 400, 400)
        self.outer.setSizes([max(300, images), panels])

    def _glass(self) -> tuple[tuple[tuple[int, int], ...], tuple[float, ...]]:
        """Device pixels and pixel aspect of every tile, monitor by monitor."""
        told = [grid.glass() for grid in sorted(self.grids, key=lambda grid: grid.seat) if grid.isVisible()]
        return tuple(size for sizes, _ in told for size in sizes), tuple(one for _, aspects in told for one in aspects)

    def _walk(self, step: int) -> None:
        for grid in self.grids:
            grid.walk(step)

    def sign_or_check(self) -> None:
        """Sign, or show what stands against it: the panel comes forward, wherever it was folded away."""
        if self._desk.case is not None:
            self.side.show()
        self.report.sign_or_check()

    def _toggle_tray(self) -> None:
        self.tray.setVisible(not self.tray.isVisible())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Panels make room where the window becomes narrow or upright."""
        super().resizeEvent(event)
        self._fold()

    def _show_mpr(self) -> None:
        case = self._desk.case
        stack = case.stack_at(case.active) if case is not None else None
        study = case.study_of(stack.study_uid) if case is not None and stack is not None else None
        if case is None or stack is None or study is None:
            return
        voi = case.tiles[case.active].voi
        MprWindow(self._desk, study, stack, voi, self._engine, self._theme, self._pulse, self.presets,
            self.grid.seeing.fusing, self).show()  # fmt: skip

    def _show_solid(self) -> None:
        case = self._desk.case
        stack = case.stack_at(case.active) if case is not None else None
        study = case.study_of(stack.study_uid) if case is not None and stack is not None else None
        if case is None or stack is None or study is None:
            return
        try:
            known = volume_presets(resources() / "volume-presets.toml")
        except ReaderError as error:
            self._desk.notice(error)
            return
        SolidWindow(self._desk, study, stack, known, self._theme, self._pulse, self._go_to, self).show()

    def _go_to(self, stack: Stack, point: Vector) -> None:
        """What shows the stack goes to a point of the patient: the planes through it, and the images."""
        case = self._desk.case
        for window in self.findChildren(MprWindow):
            if window.stack.id == stack.id and window.volume is not None:
                window.show_view(replace(window.view, point_mm=point))
        tile = next((n for n, view in enumerate(case.tiles) if view.stack_id == stack.id), None) if case else None
        if tile is not None:
            scroll_to(self._desk, tile, stack.nearest(point))

    def _show_six(self) -> None:
        case = self._desk.case
        pair = six_of(case) if case is not None else None
        if case is None or pair is None:
            problem = ReaderError("This examination has no CT and PET to be read together.", "Open a PET-CT.")
            self._desk.notice(problem)
            return
        FusionWindow(
            self._desk, case.study, *pair, self._engine, self._theme, self._pulse, self.grid.seeing.fusing, self
        ).show()

    def _explain_layout(self) -> None:
        WhyWindow(self._desk, self._pulse, self).show()

    def _capture_layout(self) -> None:
        CaptureWindow(self._desk, self._glass, self).show()

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
        if not event.spontaneous():
            self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """The windows of images go with this one; one that is only made small leaves them."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.shown.emit(False)

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
