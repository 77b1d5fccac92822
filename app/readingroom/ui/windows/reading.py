"""The reading window: whose case it is, the images, every series, what was measured, the report beside them."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.display.presets import Preset, for_modality, presets
from readingroom.display.stack import Stack
from readingroom.render.engine import Engine
from readingroom.session.case import Case
from readingroom.session.commands.cases import CASE_COMMANDS
from readingroom.session.commands.registry import Command, with_readers_keys
from readingroom.session.commands.views import VIEW_COMMANDS, apply_preset
from readingroom.session.desk import Desk
from readingroom.session.opening import close_case
from readingroom.settings.places import resources
from readingroom.ui.cine import Cine
from readingroom.ui.grid import ViewportGrid
from readingroom.ui.keys import CommandActions, is_writing
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
        self.actions_ = CommandActions(self, desk, self._commands())
        self._own_actions(to_worklist)
        self.toolbar = ReadingToolbar(desk, self.actions_, self.presets, self.cine, to_worklist, show_outbox)
        self._compose()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)
        desk.case_changed.listen(self._case_changed)
        self._case_changed(desk.case)

    def _read_presets(self) -> tuple[Preset, ...]:
        try:
            return presets(resources() / "presets.toml")
        except ReaderError as error:
            self.trouble = error
            return ()

    def _commands(self) -> tuple[Command, ...]:
        return with_readers_keys((*VIEW_COMMANDS, *CASE_COMMANDS), self._desk.settings.keys)

    def _own_actions(self, to_worklist: Callable[[], None]) -> None:
        def nothing(desk: Desk) -> None:
            """The window does it, not the desk."""

        own = (
            (Command("window.worklist", "Worklist", nothing, ("Ctrl+L",), "Case", False), to_worklist),
            (Command("window.cine", "Play", nothing, ("Space",), "View"), self.cine.toggle),
            (Command("window.report", "Write the report", nothing, ("F4",), "Report"), self.report.take_focus),
            (Command("window.images", "Back to the images", nothing, ("Escape",), "View", False), self._to_images),
            (Command("window.sign", "Sign", nothing, ("Ctrl+Return",), "Report"), self.report.sign_or_check),
            (Command("window.tags", "Tags of the image", nothing, ("Ctrl+T",), "View"), self._show_tags),
            (Command("window.mpr", "Planes through the volume (MPR)", nothing, ("D",), "View"), self._show_mpr),
            (
                Command("window.patterns", "Test patterns", nothing, ("Ctrl+Shift+P",), "View", False),
                self._show_patterns,
            ),
            (
                Command("window.measure-monitor", "Measure this monitor", nothing, (), "View", False),
                self._measure_monitor,
            ),
            (Command("window.timeline", "The patient's timeline", nothing, ("F6",), "View"), self.timeline.take_focus),
            (Command("window.why", "Why this layout?", nothing, ("F7",), "Layout"), self._explain_layout),
            (Command("window.report-panel", "Report panel", nothing, ("F3",), "Report", False), self._toggle_report),
        )
        for command, run in own:
            self.actions_.add(with_readers_keys((command,), self._desk.settings.keys)[0], run)
        for number in range(1, 10):
            command = Command(
                f"preset.{number}", f"Window preset {number}", self._preset(str(number)), (str(number),), "Presets"
            )
            self.actions_.add(command)

    def _preset(self, key: str) -> Callable[[Desk], None]:
        def run(desk: Desk) -> None:
            stack = desk.case.stack_at(desk.case.active) if desk.case is not None else None
            for preset in for_modality(self.presets, stack.modality if stack is not None else ""):
                if preset.key == key:
                    apply_preset(preset)(desk)

        return run

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
        self.actions_.judge(is_writing())

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        self.actions_.judge(is_writing())

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
        MprWindow(self._desk, study, stack, voi, self._engine, self._theme, self._pulse, self.presets, self).show()

    def _explain_layout(self) -> None:
        WhyWindow(self._desk, self._pulse, self).show()

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
