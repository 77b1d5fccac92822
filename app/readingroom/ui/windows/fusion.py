"""PET-CT in six panes that are at one place of the patient, in a window of their own."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.base.log import unforeseen
from readingroom.display import corners
from readingroom.display.fusion import Overlaid, reading
from readingroom.display.mpr import MprView, Said, first_view, moved_to, pane_plane, reading_at, scrolled
from readingroom.display.picture import Badge, Message, Picture, Tone
from readingroom.display.six_up import SIX, TURN_DEG, six_picture
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.words import patient_banner
from readingroom.geometry.plane import Plane
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.voxels import pattern_of
from readingroom.record.study import Study, Vector
from readingroom.render.engine import Engine
from readingroom.session.case import Case
from readingroom.session.commands.registry import FUSION
from readingroom.session.desk import Desk
from readingroom.session.fusing import STEPS, Fusing
from readingroom.session.volumes import Volume, volume_of
from readingroom.ui.calibrated import calibrated
from readingroom.ui.commanded import commanded
from readingroom.ui.painter import PicturePainter
from readingroom.ui.polish import label
from readingroom.ui.pulse import Pulse
from readingroom.ui.qimage import as_image
from readingroom.ui.theme import Theme

TURN_MS = 120
CT_WINDOW = Voi(40.0, 400.0)


class FusionWindow(QWidget):
    """The CT `base` and the PET `over` of the open case; closes with the case."""

    def __init__(
        self, desk: Desk, study: Study, base: Stack, over: Stack, engine: Engine, theme: Theme, pulse: Pulse,
        fusing: Fusing, parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1600, 1000)
        self.setWindowTitle(f"PET-CT – {study.patient.display_name}")
        self._desk, self._study, self.base, self.over, self._pulse = desk, study, base, over, pulse
        self._fusing, self.tables, self._ticket = fusing, Tables(), Ticket()
        self.volume: Volume | None = None
        self._warning: tuple[Badge, ...] = ()
        self._patterns: tuple[Frame, Frame] | None = None
        self._pattern_of: Overlaid | None = None
        self.view = MprView((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
        self.turned_deg = 0.0
        self.message = Message("Making the volumes…", "Esc closes.")
        self._turning = QTimer(self)
        self._turning.setInterval(TURN_MS)
        self._turning.timeout.connect(lambda: self.turn(TURN_DEG))
        self.panes = {name: SixPane(name, self, engine, theme) for name, _ in SIX}
        self.actions_ = commanded(self, desk, FUSION, {
            "six.next": lambda: self.step(1), "six.previous": lambda: self.step(-1),
            "six.ten-on": lambda: self.step(10), "six.ten-back": lambda: self.step(-10),
            "six.turn": lambda: self.turn(TURN_DEG), "six.turn-back": lambda: self.turn(-TURN_DEG),
            "six.play": self._play, "six.close": self.close,
            **{f"six.{name}": partial(self._fusing.step, over.id, name) for name in STEPS},
        })  # fmt: skip
        self._compose()
        self._stops: tuple[Callable[[], None], ...] = (
            desk.case_opened.listen(self._other_case), desk.case_changed.listen(self._case_changed),
            fusing.changed.listen(lambda _: self.dirty()),
        )  # fmt: skip
        volume_of(desk, base, self._ticket, lambda _: None, self._made, self._not_made)

    def _compose(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(2)
        for n, pane in enumerate(self.panes.values()):
            grid.addWidget(pane, n // 3, n % 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        banner = label(patient_banner(self._study.patient, self._study.date), "Bright")
        banner.setContentsMargins(12, 8, 12, 8)
        hint = label(self.actions_.hint({
            "six.next": "scroll", "six.turn": "turn", "six.play": "rotate", "six.fusion.stronger": "more colour",
            "six.fusion.palette": "palette", "six.fusion.threshold": "threshold", "window.help": "all keys", "six.close": "closes",
        }), "Faint", wrap=True)  # fmt: skip
        hint.setContentsMargins(12, 6, 12, 6)
        column.addWidget(banner)
        column.addLayout(grid, 1)
        column.addWidget(hint)

    @property
    def ready(self) -> bool:
        """Whether all six panes show something."""
        return all(pane.picture.layers for pane in self.panes.values())

    def _made(self, volume: Volume) -> None:
        self.volume = volume
        self.view = first_view(volume.voxels.lattice)
        self.dirty()

    def _not_made(self, error: Exception) -> None:
        said = error if isinstance(error, ReaderError) else unforeseen(error, "making a volume")
        self.message = Message(said.problem, said.remedy, Tone.RED)
        self.dirty()

    def _other_case(self, case: Case | None) -> None:
        self.close()

    def showEvent(self, event: QShowEvent) -> None:
        """Greys are made for the monitor that the window is on."""
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(lambda _: self._judge())
            self._judge()

    def _judge(self) -> None:
        self._warning = calibrated(self, self._desk, self.tables)
        self.dirty()

    def _case_changed(self, case: Case | None) -> None:
        if case is None or not {self.base.id, self.over.id} <= {stack.id for stack in case.stacks}:
            self.close()

    def dirty(self) -> None:
        """Draw anew at the next refresh of the display."""
        self._pulse.dirty(self, self._draw)

    def _draw(self) -> None:
        for pane in self.panes.values():
            pane.refresh()

    def composed(self, name: str, size: tuple[int, int], ratio: float, at: Vector | None) -> Picture:
        """The picture of a pane, or what stands in its place."""
        if self.volume is None:
            return Picture(message=self.message)
        laid_over, waits = self._fusing.laid(self.base, self.over.id)
        if laid_over is None:
            red = any(badge.tone == Tone.RED for badge in waits)
            return Picture(message=Message(" ".join(b.text for b in waits), "", Tone.RED if red else Tone.CALM))
        base, patterns = self.volume.voxels, self._with_patterns(laid_over)
        absent = self.volume.absent
        notes: tuple[Badge, ...] = (Badge(f"CT: {absent} images are not here", Tone.RED),) if absent else ()
        notes += self._warning
        both = tuple(
            Said(
                corners.whose(self._study, False, True),
                corners.which(self._study, stack, True),
                unit,
                self.reading(at),
                notes,
            )
            for stack, unit in ((self.base, base.facts.unit), (self.over, laid_over.over.unit))
        )
        return six_picture(
            name, self.view if self.view.voi else self._windowed(base.facts.modality), self.turned_deg, (base, patterns[0]),
            laid_over, patterns[1], size, self.tables, (both[0], both[1]), self._turning.isActive(), ratio,
        )  # fmt: skip

    def _windowed(self, modality: str) -> MprView:
        return replace(self.view, voi=CT_WINDOW) if modality == "CT" else self.view

    def _with_patterns(self, laid_over: Overlaid) -> tuple[Frame, Frame]:
        assert self.volume is not None
        if self._patterns is None or self._pattern_of is None or self._pattern_of.over is not laid_over.over:
            self._patterns = pattern_of(self.volume.voxels), pattern_of(laid_over.over.voxels)
            self._pattern_of = laid_over
        return self._patterns

    def reading(self, at: Vector | None) -> str:
        """What both say at a point of the patient."""
        laid_over = self._fusing.laid(self.base, self.over.id)[0] if self.volume is not None else None
        if at is None or self.volume is None or laid_over is None:
            return ""
        return "  ·  ".join(part for part in (reading_at(self.volume.voxels, at), reading(laid_over.over, at)) if part)

    def step(self, planes: int) -> None:
        """Across the patient, in the pane under the pointer, else along his axis; all panes follow."""
        if self.volume is not None:
            pane = next((dict(SIX)[name] for name, one in self.panes.items() if one.underMouse()), "axial")
            self.show_view(scrolled(self.view, pane, self.volume.voxels.lattice, planes))

    def show_view(self, view: MprView) -> None:
        """All panes at another place."""
        self.view = view
        self.dirty()

    def turn(self, degrees: float) -> None:
        """The projection turned about the long axis."""
        self.turned_deg = (self.turned_deg + degrees) % 360
        self.dirty()

    def _play(self) -> None:
        if self._turning.isActive():
            self._turning.stop()
        else:
            self._turning.start()
        self.dirty()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing more is told to a window that is gone."""
        self._ticket.cancel()
        self._turning.stop()
        self._pulse.forget(self)
        for stop in self._stops:
            stop()
        self._stops = ()
        self.volume = None
        super().closeEvent(event)


class SixPane(QWidget):
    """One of the six: draws, and hands the pointer's place to all."""

    def __init__(self, name: str, window: FusionWindow, engine: Engine, theme: Theme) -> None:
        super().__init__()
        self.name, self._window, self._engine = name, window, engine
        self._painter = PicturePainter(theme, self.font())
        self.picture, self._image = Picture(message=window.message), QImage()
        self._at: Vector | None = None
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)

    def _size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def refresh(self) -> None:
        """Compose and draw anew."""
        size = self._size()
        self.picture = self._window.composed(self.name, size, self.devicePixelRatioF(), self._at)
        self._image = as_image(self._engine.render(self.picture.layers, *size)) if self.picture.layers else QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The engine's pixels, then lines and words."""
        image = None if self._image.isNull() else self._image
        with QPainter(self) as painter:
            self._painter.paint(painter, self.picture, image, self.width(), self.height(), self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, another picture."""
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls; on the projection it turns."""
        notches = event.angleDelta().y() / 120.0
        if self.name == "pet-mip":
            self._window.turn(-notches * TURN_DEG)
        elif notches:
            self._window.step(-1 if notches > 0 else 1)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """All panes go to the place under the pointer; a projection has no depth to go to."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the place, or read both values under the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())
        elif (plane := self._plane()) is not None:
            self._at = plane.to_patient(*self._device(event.position()))
            self.refresh()

    def leaveEvent(self, event: object) -> None:
        """Nothing is read any more."""
        self._at = None
        self.refresh()

    def _go(self, at: QPointF) -> None:
        plane = self._plane()
        if plane is not None:
            self._window.show_view(moved_to(self._window.view, plane, self._device(at)))

    def _device(self, at: QPointF) -> tuple[float, float]:
        return at.x() * self.devicePixelRatioF(), at.y() * self.devicePixelRatioF()

    def _plane(self) -> Plane | None:
        volume = self._window.volume
        if volume is None or self.name == "pet-mip":
            return None
        return pane_plane(self._window.view, dict(SIX)[self.name], volume.voxels.lattice, *self._size())
