"""Three planes through the stack that is looked at, turned and thickened together, in a window of their own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.base.log import unforeseen
from readingroom.display import corners
from readingroom.display.fusion import over_pane, reading
from readingroom.display.mpr import (
    PANES,
    MprView,
    Said,
    first_view,
    fitted_zoom,
    moved_to,
    pane_picture,
    pane_plane,
    panned,
    reading_at,
    rotated,
    scrolled,
    thickened,
    windowed,
)
from readingroom.display.picture import Badge, Message, Picture, Tone
from readingroom.display.plane_marks import is_near
from readingroom.display.presets import Preset, for_modality
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.words import patient_banner
from readingroom.geometry.plane import Plane
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.voxels import pattern_of
from readingroom.record.study import Study, Vector
from readingroom.render.engine import Engine
from readingroom.session.case import Case
from readingroom.session.commands.registry import MPR
from readingroom.session.desk import Desk
from readingroom.session.fusing import STEPS, Fusing, dragged, next_over
from readingroom.session.measuring_planes import in_volume, middle_of
from readingroom.session.segments_in_space import SegmentsInSpace
from readingroom.session.volumes import GrowingVolume, Volume, growing
from readingroom.ui.calibrated import calibrated
from readingroom.ui.commanded import commanded
from readingroom.ui.keys import Does
from readingroom.ui.mpr_pane import MprPane
from readingroom.ui.plane_hand import TOOLS, PlaneHand
from readingroom.ui.polish import label
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme

SLABS_MM = (0.0, 3.0, 5.0, 10.0, 20.0, 40.0)
MODES = (("max", "MIP"), ("min", "MinIP"), ("mean", "Mean"))
REST_MS = 150
CALM_MS = 400
"""What came meanwhile is put into the volume this often."""
HINT = (
    "Drag: move the planes   ·   grips: turn   ·   right drag: window (Shift: slab, Ctrl: what is laid over)   ·   middle drag: pan   ·   wheel: scroll   ·   "
    "Ctrl+wheel: zoom"
)
_HINTS = {
    "mpr.thicker": "thicker", "mpr.mode": "projection", "mpr.reset": "as at first", "window.help": "all keys",
    "mpr.close": "closes",
}  # fmt: skip


class MprWindow(QWidget):
    """The planes of one stack of the open case; closes with the case."""

    def __init__(
        self, desk: Desk, study: Study, stack: Stack, voi: Voi | None, engine: Engine, theme: Theme, pulse: Pulse,
        presets: Sequence[Preset], fusing: Fusing, parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1500, 900)
        self.setWindowTitle(f"MPR – {study.patient.display_name}")
        self._desk, self._study, self.stack, self._pulse = desk, study, stack, pulse
        self._fusing, self.over = fusing, ""
        self._presets = for_modality(tuple(presets), stack.modality)
        self.segments = SegmentsInSpace(desk, stack, desk.case is not None and desk.case.segments_shown)
        self.tables = Tables()
        self.volume: Volume | None = None
        self._pattern: Frame | None = None
        self._first_voi = voi
        self.view = MprView((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), voi=voi)
        self._message = Message("Making the volume…", "Esc stops it.")
        self._leave: Callable[[], None] = lambda: None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.at_rest)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MS)
        self.hand = PlaneHand(desk, lambda: self.volume, lambda: self.view, self._dirty)
        self.panes = {name: MprPane(name, self, engine, theme) for name in PANES}
        self._warning: tuple[Badge, ...] = ()
        self._selected = desk.case.selected if desk.case is not None else ""
        self.slab, self.mode, self.tools = QComboBox(), QComboBox(), QComboBox()
        self.actions_ = commanded(self, desk, MPR, self._own())
        self._compose()
        self._stops: tuple[Callable[[], None], ...] = (
            desk.case_opened.listen(self._other_case), desk.case_changed.listen(self._case_changed),
            desk.counts_changed.listen(self._more_came), fusing.changed.listen(lambda _: self._dirty()),
            self.segments.changed.listen(lambda _: self._dirty()), self.segments.close,
        )  # fmt: skip
        self._make()

    def _compose(self) -> None:
        self.slab.addItems(["Thin" if not mm else f"{mm:g} mm" for mm in SLABS_MM])
        self.mode.addItems([name for _, name in MODES])
        self.tools.addItems([name for _, name in TOOLS])
        self.tools.activated.connect(lambda n: self._take(TOOLS[n][0]))
        self.slab.activated.connect(lambda _: self._thickness_chosen())
        self.mode.activated.connect(lambda _: self._thickness_chosen())
        again = QPushButton("As at first")
        again.clicked.connect(self.reset)
        for control in (self.tools, self.slab, self.mode, again):
            control.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(label(patient_banner(self._study.patient, self._study.date), "Bright"), 1)
        for widget in (label("Left button", "Faint"), self.tools, label("Slab", "Faint"), self.slab, self.mode, again):
            row.addWidget(widget)
        grid = QGridLayout()
        grid.setSpacing(2)
        grid.addWidget(self.panes["axial"], 0, 0, 2, 1)
        grid.addWidget(self.panes["coronal"], 0, 1)
        grid.addWidget(self.panes["sagittal"], 1, 1)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(grid, 1)
        hint = label(f"{HINT}   ·   {self.actions_.hint(_HINTS)}", "Faint", wrap=True)
        hint.setContentsMargins(12, 6, 12, 6)
        column.addWidget(hint)

    def showEvent(self, event: QShowEvent) -> None:
        """Greys are made for the monitor that the window is on."""
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(lambda _: self._judge())
            self._judge()

    def _judge(self) -> None:
        self._warning = calibrated(self, self._desk, self.tables)
        self._dirty()

    @property
    def message(self) -> Message:
        """What stands where the planes will be."""
        return self._message

    def _make(self) -> None:
        shared, self._leave = growing(self._desk, self.stack, self._grown)
        self._calm.timeout.connect(shared.look)

    def _grown(self, shared: GrowingVolume) -> None:
        """There is more to see: planes that were missing are in, or it is known why there is none."""
        if shared.failure is not None:
            self._not_made(shared.failure)
        elif shared.volume is not None:
            self._made(shared.volume, shared.at_rest)
        elif shared.at_rest:
            self._message = Message("Waiting for the first images…", "The planes appear as soon as one is here.")
            self._dirty()

    def _made(self, volume: Volume, rests: bool) -> None:
        before = self.volume
        self.volume = volume
        coded = before is None or before.voxels.slope != volume.voxels.slope
        if self._pattern is None or coded or rests:
            # Its greys follow the pattern, which is not changed more often than must be.
            self._pattern = pattern_of(volume.voxels)
        if before is None:
            self.view = replace(first_view(volume.voxels.lattice), voi=self._first_voi)
            self.panes["axial"].setFocus()
        self._dirty()

    def _not_made(self, error: Exception) -> None:
        said = error if isinstance(error, ReaderError) else unforeseen(error, "making a volume")
        self.volume, self._message = None, Message(said.problem, said.remedy, Tone.RED)
        self._dirty()

    def _more_came(self, series_uid: str) -> None:
        """Planes that were missing are put in while the series comes, at a calm rate."""
        if series_uid == self.stack.series_uid and not self._calm.isActive():
            self._calm.start()

    def _other_case(self, case: Case | None) -> None:
        self.close()

    def _case_changed(self, case: Case | None) -> None:
        # One patient at a time: planes of an examination that was put away are not left on the glass.
        if case is None or all(stack.id != self.stack.id for stack in case.stacks):
            self.close()
            return
        chosen = next((m for m in in_volume(case, self.stack) if m.tracking_uid == case.selected), None)
        if case.selected != self._selected and chosen is not None and chosen.space is not None:
            # Planes that lie beside it go to it; where one is near already, nothing moves.
            planes = [plane for pane in self.panes.values() if (plane := pane.plane()) is not None]
            lattice = self.volume.voxels.lattice if self.volume is not None else None
            if lattice is not None and not any(is_near(chosen.space, plane, lattice) for plane in planes):
                self.show_view(replace(self.view, point_mm=middle_of(chosen.space)))
        self._selected = case.selected
        self._dirty()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what is on its way; nothing more is told to a window that is gone."""
        self._leave()
        self._rest.stop()
        self._calm.stop()
        self._pulse.forget(self)
        for stop in self._stops:
            stop()
        self._stops, self.volume = (), None
        super().closeEvent(event)

    def composed(self, name: str, size: tuple[int, int], ratio: float, cursor: Vector | None) -> Picture:
        """The picture of a pane."""
        assert self.volume is not None and self._pattern is not None
        voxels = self.volume.voxels
        absent = (Badge(f"{self.volume.absent} images are not here", Tone.RED),) if self.volume.absent else ()
        laid_over, waits = self._fusing.laid(self.stack, self.over) if self.over else (None, ())
        said = Said(
            corners.whose(self._study, False, False), corners.which(self._study, self.stack, True), voxels.facts.unit,
            self.reading(cursor), (*absent, *self._warning, *waits),
        )  # fmt: skip
        picture = pane_picture(self.view, name, voxels, self._pattern, size, self.tables, said, self.hurried, ratio)
        if laid_over is not None:
            picture = over_pane(picture, laid_over, self.view, name, voxels.lattice, size, self.hurried)
        plane = pane_plane(self.view, name, voxels.lattice, *size)
        picture = self.segments.laid(picture, plane, ratio, self.hurried, self.view.slab_mm > 0)
        return replace(picture, graphics=(*picture.graphics, *self.hand.graphics(plane, ratio)))

    def reading(self, at: Vector | None) -> str:
        """What the voxel at a point of the patient says; "" for no point."""
        if self.volume is None or at is None:
            return ""
        laid_over = self._fusing.laid(self.stack, self.over)[0] if self.over else None
        here = reading_at(self.volume.voxels, at)
        return here if laid_over is None else "  ·  ".join(part for part in (here, reading(laid_over.over, at)) if part)

    @property
    def hurried(self) -> bool:
        """Whether the hand moves, so that a thick slab may be drawn coarsely."""
        return self._rest.isActive() or any(pane.dragging for pane in self.panes.values())

    def show_view(self, view: MprView) -> None:
        """Change the planes; what cannot be drawn well in time is drawn well once the hand rests."""
        if self.volume is None:
            return
        self.view = view
        if view.slab_mm or self._has_holes or any(pane.is_slow for pane in self.panes.values()):
            self._rest.start()
        self._dirty()

    def at_rest(self) -> None:
        """Draw well what was drawn in haste."""
        if self.view.slab_mm or self._has_holes or any(pane.is_coarse for pane in self.panes.values()):
            self._dirty()

    @property
    def _has_holes(self) -> bool:
        return self.volume is not None and None in self.volume.voxels.lattice.planes

    def _dirty(self) -> None:
        self._pulse.dirty(self, self._draw)

    def _draw(self) -> None:
        for pane in self.panes.values():
            pane.refresh(draft=self.hurried)

    def meet_at(self, name: str, plane: Plane, at: tuple[float, float]) -> None:
        """The planes meet elsewhere."""
        self.show_view(moved_to(self.view, plane, at))

    def turn(self, name: str, by_degrees: float) -> None:
        """The other planes turn about this one's normal."""
        self.show_view(rotated(self.view, name, by_degrees))

    def step(self, name: str, steps: int, by_slab: bool = False) -> None:
        """This plane goes along its normal."""
        if self.volume is not None:
            self.show_view(scrolled(self.view, name, self.volume.voxels.lattice, steps, by_slab))

    def window_by(self, right: float, down: float) -> None:
        """The window is dragged: right wider, down darker."""
        if self._pattern is None:
            return
        voi = self.view.voi or self.tables.own_window(self._pattern)
        if voi.table is not None:
            return
        self.show_view(windowed(self.view, voi, right, down))

    def slab_by(self, down: float) -> None:
        """The slab is dragged: half a millimetre for a pixel, down is thicker."""
        view = thickened(self.view, down / 2)
        self.slab.setPlaceholderText(f"{view.slab_mm:g} mm")
        self.slab.setCurrentIndex(SLABS_MM.index(view.slab_mm) if view.slab_mm in SLABS_MM else -1)
        self.show_view(view)

    def over_by(self, right: float, down: float) -> None:
        """What is laid over is dragged: right more of it, down darker."""
        how = self._fusing.how(self.over)
        if how is not None:
            self._fusing.change(self.over, dragged(how, right, down))

    def pan_by(self, plane: Plane, dx: float, dy: float) -> None:
        """What is in the middle of the panes moves with the hand."""
        self.show_view(panned(self.view, plane, dx, dy))

    def zoom_by(self, times: float, size: tuple[int, int]) -> None:
        """Everything is magnified alike."""
        if self.volume is not None:
            zoom = self.view.zoom or fitted_zoom(self.volume.voxels.lattice, *size)
            self.show_view(replace(self.view, zoom=min(200.0, max(0.05, zoom * times))))

    def reset(self) -> None:
        """The planes as they were at first."""
        if self.volume is not None:
            self.slab.setCurrentIndex(0)
            self.show_view(replace(first_view(self.volume.voxels.lattice), voi=self._first_voi))

    def _thickness_chosen(self) -> None:
        (mode, _), chosen = MODES[self.mode.currentIndex()], self.slab.currentIndex()
        self.show_view(replace(self.view, slab_mm=SLABS_MM[chosen] if chosen >= 0 else self.view.slab_mm, mode=mode))

    def _own(self) -> dict[str, Does]:
        """What the command table has this window do; planes go along in the pane that has the focus."""
        return {
            "mpr.next": partial(self._step_focused, 1), "mpr.previous": partial(self._step_focused, -1),
            "mpr.ten-on": partial(self._step_focused, 10), "mpr.ten-back": partial(self._step_focused, -10),
            "mpr.slab-on": partial(self._step_focused, 1, by_slab=True),
            "mpr.slab-back": partial(self._step_focused, -1, by_slab=True),
            "mpr.invert": lambda: self.show_view(replace(self.view, inverted=not self.view.inverted)),
            "mpr.thicker": partial(self._turn_box, self.slab, 1), "mpr.thinner": partial(self._turn_box, self.slab, -1),
            "mpr.mode": partial(self._turn_box, self.mode, 1), "mpr.mode-back": partial(self._turn_box, self.mode, -1),
            "mpr.own-window": partial(self._preset, "0"),
            **{f"mpr.preset.{number}": partial(self._preset, str(number)) for number in range(1, 10)},
            "mpr.fuse": self._fuse, "mpr.segments": self.segments.toggle, "mpr.reset": self.reset,
            **{f"mpr.{name}": partial(lambda step: self._fusing.step(self.over, step), name) for name in STEPS},
            **{f"mpr.tool.{tool or 'planes'}": partial(self._take, tool) for tool, _ in TOOLS},
            "mpr.undo": self._desk.undo, "mpr.redo": self._desk.redo, "mpr.delete": self.hand.delete,
            "mpr.end": self.hand.end, "mpr.close": self._leave_off,
        }  # fmt: skip

    def _take(self, tool: str) -> None:
        """The left button does something else; what was begun is dropped."""
        self.hand.drop()
        self.hand.tool = tool
        self.tools.setCurrentIndex([name for name, _ in TOOLS].index(tool))
        for pane in self.panes.values():
            pane.setCursor(Qt.CursorShape.CrossCursor if tool else Qt.CursorShape.ArrowCursor)

    def _leave_off(self) -> None:
        """What is being drawn is dropped, then the tool is put away, then the window closes."""
        if self.hand.drop():
            return
        if self.hand.tool:
            self._take("")
        else:
            self.close()

    def _fuse(self) -> None:
        """The next series that may be laid over, and after the last none."""
        case = self._desk.case
        self.over = next_over(self.stack, case.stacks, self.over) if case is not None else ""
        self._dirty()

    def _step_focused(self, steps: int, by_slab: bool = False) -> None:
        self.step(next((name for name, pane in self.panes.items() if pane.hasFocus()), "axial"), steps, by_slab)

    def _turn_box(self, box: QComboBox, by: int) -> None:
        box.setCurrentIndex((max(0, box.currentIndex()) + by) % box.count())
        self._thickness_chosen()

    def _preset(self, digit: str) -> None:
        if digit == "0":
            self.show_view(replace(self.view, voi=None, voi_name=""))
        for preset in self._presets:
            if preset.key == digit:
                voi = Voi(preset.centre, preset.width, preset.function)
                self.show_view(replace(self.view, voi=voi, voi_name=preset.name))
