"""A volume in three dimensions, in a window of its own: to find the way in, never to measure on."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.base.log import unforeseen
from readingroom.display import corners
from readingroom.display.mpr import Said, fitted_zoom, reading_at
from readingroom.display.picture import Badge, Graphic, HandleGraphic, Message, Picture, Role, Tone
from readingroom.display.solid import (
    SolidView,
    around_by,
    clip_graphics,
    cube,
    face_dragged,
    first_solid,
    seen_from,
    solid_plane,
    solid_words,
    turned_by,
    whole_box,
)
from readingroom.display.stack import Stack
from readingroom.display.transfer import OPAQUE_AT, Transfer, VolumePreset
from readingroom.display.words import patient_banner
from readingroom.geometry.plane import Plane
from readingroom.geometry.reformat import sum_of
from readingroom.pixels.ray import brightest, first_hit
from readingroom.record.study import Study, Vector
from readingroom.session.case import Case
from readingroom.session.commands.registry import SOLID
from readingroom.session.desk import Desk
from readingroom.session.volumes import Volume, volume_of
from readingroom.ui.commanded import commanded
from readingroom.ui.keys import Does
from readingroom.ui.panels.transfer import TransferCurve
from readingroom.ui.polish import label
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme
from readingroom.ui.windows.solid_pane import SolidPane
from readingroom.ui.windows.solid_work import Made, SolidWork, Wanted

REST_MS, PLAY_MS, PLAY_DEG, KEY_DEG = 200, 80, 4.0, 10.0
DEG_PER_PX = 0.4
LETTERS = "APLRHF"
_HINTS = {
    "solid.from.A": "from the front", "solid.bed": "bed", "solid.clip": "box", "solid.play": "rotate",
    "solid.reset": "as at first", "window.help": "all keys", "solid.close": "closes",
}  # fmt: skip
HINT = "Drag: turn   ·   click: the planes go there   ·   right drag: values   ·   middle drag: pan   ·   wheel: zoom"


class SolidWindow(QWidget):
    """The rendering of one stack of the open case; closes with the case. pointed: where in the patient a click met tissue."""

    def __init__(
        self, desk: Desk, study: Study, stack: Stack, presets: tuple[VolumePreset, ...], theme: Theme, pulse: Pulse,
        pointed: Callable[[Stack, Vector], None], parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1100, 900)
        self.setWindowTitle(f"3D – {study.patient.display_name}")
        self._desk, self._study, self.stack, self._presets, self._pulse = desk, study, stack, presets, pulse
        self._pointed, self._ticket, self._theme = pointed, Ticket(), theme
        self.volume: Volume | None = None
        self.view: SolidView | None = None
        self.hit: Vector | None = None
        self._work: SolidWork | None = None
        self._shown: Made | None = None
        self._trouble: Message | None = None
        self._rest, self._turning = QTimer(self), QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.rest)
        self._turning.setInterval(PLAY_MS)
        self._turning.timeout.connect(lambda: self._change(lambda view: around_by(view, PLAY_DEG)))
        self.pane, self.curve = SolidPane(self, theme), TransferCurve(theme, self._curve_changed)
        self.actions_ = commanded(self, desk, SOLID, self._own())
        self._compose()
        self._stops: tuple[Callable[[], None], ...] = (
            desk.case_opened.listen(self._other_case), desk.case_changed.listen(self._case_changed),
        )  # fmt: skip
        volume_of(desk, stack, self._ticket, lambda _: None, self._made, self._not_made)

    def _own(self) -> dict[str, Does]:
        views: dict[str, Does] = {f"solid.from.{letter}": partial(self.look_from, letter) for letter in LETTERS}
        presets: dict[str, Does] = {f"solid.preset.{n}": partial(self.take_preset, n - 1) for n in range(1, 6)}
        return {
            **views, **presets,
            "solid.left": partial(self._turn_key, -KEY_DEG, 0.0), "solid.right": partial(self._turn_key, KEY_DEG, 0.0),
            "solid.up": partial(self._turn_key, 0.0, -KEY_DEG), "solid.down": partial(self._turn_key, 0.0, KEY_DEG),
            "solid.larger": partial(self.zoom_by, 1.2), "solid.smaller": partial(self.zoom_by, 1 / 1.2),
            "solid.bed": self.toggle_bed, "solid.clip": self.toggle_clip, "solid.play": self.play,
            "solid.curve": self.curve.setFocus, "solid.reset": self.reset, "solid.close": self.close,
        }  # fmt: skip

    def _compose(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(label(patient_banner(self._study.patient, self._study.date), "Bright"), 1)
        for n, preset in enumerate(self._presets[:5]):
            button = QPushButton(preset.in_hu.title)
            button.setToolTip(self.actions_.tip(f"solid.preset.{n + 1}"))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(partial(self.take_preset, n))
            row.addWidget(button)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 6)
        foot.addWidget(self.curve)
        foot.addWidget(label(f"{HINT}   ·   {self.actions_.hint(_HINTS)}", "Faint", wrap=True), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.pane, 1)
        column.addLayout(foot)

    def _made(self, volume: Volume) -> None:
        self.volume = volume
        voxels = volume.voxels
        self._work = SolidWork(voxels, self._desk.pools.home, self._arrived, self._not_made)
        self.view = first_solid(voxels.lattice, self._presets[0].for_volume(voxels))
        self.curve.show_transfer(self.view.transfer)
        self.pane.setFocus()
        self.ask(hasty=False)

    def _not_made(self, error: Exception) -> None:
        said = error if isinstance(error, ReaderError) else unforeseen(error, "drawing a volume")
        self._trouble = Message(said.problem, said.remedy, Tone.RED)
        self.pane.show_picture(Picture(message=self._trouble))

    def _other_case(self, case: Case | None) -> None:
        self.close()

    def _case_changed(self, case: Case | None) -> None:
        if case is None or all(stack.id != self.stack.id for stack in case.stacks):
            self.close()

    def ask(self, hasty: bool) -> None:
        """Have the view drawn, in haste while the hand moves."""
        if self._work is None or self.view is None or self.volume is None:
            return
        plane = solid_plane(self.view, self.volume.voxels.lattice, *self.pane.device_size())
        self._work.ask(Wanted(self.view, plane, hasty))
        if hasty:
            self._rest.start()
        if self._shown is None and self._trouble is None:
            self.pane.show_picture(Picture(message=Message("Making light and shade…", "Esc closes.")))

    def _arrived(self, made: Made) -> None:
        if self.volume is None:
            return
        self._shown, self._trouble = made, None
        self.pane.show_made(made)
        self._say(made)

    def _say(self, made: Made) -> None:
        """Words and lines that go with the picture that is shown, never with the one that is awaited."""
        assert self.volume is not None
        wanted, lattice = made.wanted, self.volume.voxels.lattice
        absent = self.volume.absent
        notes: tuple[Badge, ...] = (Badge(f"{absent} images are not here", Tone.RED),) if absent else ()
        said = Said(
            corners.whose(self._study, False, False), corners.which(self._study, self.stack, True),
            self.volume.voxels.facts.unit, reading_at(self.volume.voxels, self.hit) if self.hit else "", notes,
        )  # fmt: skip
        more = tuple(note for note in (made.note,) if note)
        words = solid_words(wanted.view, lattice, wanted.plane, said, more, wanted.hasty)
        self.pane.show_picture(Picture(graphics=self._lines(wanted), words=words))

    def _lines(self, wanted: Wanted) -> tuple[Graphic, ...]:
        size = (wanted.plane.columns, wanted.plane.rows)
        hit: tuple[Graphic, ...] = ()
        if self.hit is not None:
            hit = (HandleGraphic(wanted.plane.to_image(self.hit), 0, Role.MEASUREMENT, "hit", True),)
        return (*clip_graphics(wanted.view, wanted.plane), *cube(wanted.view, *size, self.pane.ratio), *hit)

    def _change(self, change: Callable[[SolidView], SolidView]) -> None:
        if self.view is not None:
            self.view = change(self.view)
            self.ask(hasty=True)

    def rest(self) -> None:
        """Draw well what was drawn in haste."""
        if self._turning.isActive() or self.pane.dragging:
            return
        self.ask(hasty=False)

    def resized(self) -> None:
        """Another size: another picture."""
        self.ask(hasty=True)

    def look_from(self, letter: str) -> None:
        """A standard view."""
        self._change(lambda view: seen_from(view, letter))

    def take_preset(self, number: int) -> None:
        """Another preset, as it is at first."""
        if self.volume is not None and number < len(self._presets):
            self._lit(self._presets[number].for_volume(self.volume.voxels))
            self.pane.setFocus()

    def _curve_changed(self, transfer: Transfer) -> None:
        self._change(lambda view: replace(view, transfer=transfer))

    def _lit(self, transfer: Transfer) -> None:
        self.curve.show_transfer(transfer)
        self._curve_changed(transfer)

    def turn_by(self, right: float, down: float) -> None:
        """The hand turns the volume."""
        self._change(lambda view: turned_by(view, right * DEG_PER_PX, down * DEG_PER_PX))

    def _turn_key(self, right_deg: float, down_deg: float) -> None:
        self._change(lambda view: turned_by(view, right_deg, down_deg))

    def shift_by(self, right: float, down: float) -> None:
        """The values that are seen, a hundredth of their width for a pixel."""
        if self.view is not None:
            points = self.view.transfer.opacity
            self._lit(self.view.transfer.shifted((right - down) * max(1.0, points[-1][0] - points[0][0]) / 200))

    def _mm(self) -> float:
        plane = self._plane()
        return plane.spacing_mm[0] if plane is not None else 1.0

    def _plane(self) -> Plane | None:
        if self.view is None or self.volume is None:
            return None
        return solid_plane(self.view, self.volume.voxels.lattice, *self.pane.device_size())

    def pan_by(self, right: float, down: float) -> None:
        """What is in the middle moves with the hand."""
        mm = self._mm()
        self._change(
            lambda view: replace(
                view,
                centre_mm=sum_of((view.centre_mm, 1.0), (view.row, -right * mm), (view.column, -down * mm)),
            )
        )

    def zoom_by(self, times: float) -> None:
        """Magnify."""
        if self.volume is None:
            return
        fit = fitted_zoom(self.volume.voxels.lattice, *self.pane.device_size())
        self._change(lambda view: replace(view, zoom=min(100.0, max(0.05, (view.zoom or fit) * times))))

    def drag_face(self, index: int, right: float, down: float) -> None:
        """A face of the clip box follows the hand."""
        mm = self._mm()
        self._change(lambda view: face_dragged(view, index, right * mm, down * mm))

    def toggle_clip(self) -> None:
        """A box to cut with, or none."""
        if self.volume is not None:
            box = whole_box(self.volume.voxels.lattice)
            self._change(lambda view: replace(view, clip=None if view.clip is not None else box))

    def toggle_bed(self) -> None:
        """With or without what is not joined to the patient."""
        self._change(lambda view: replace(view, without_bed=not view.without_bed))

    def play(self) -> None:
        """Rotate, or stop."""
        if self._turning.isActive():
            self._turning.stop()
            self._rest.start()
        else:
            self._turning.start()

    def reset(self) -> None:
        """The whole volume from the front, the preset as it is at first."""
        if self.volume is not None and self.view is not None:
            named = next((p for p in self._presets if p.name == self.view.transfer.name), self._presets[0])
            view = first_solid(self.volume.voxels.lattice, named.for_volume(self.volume.voxels))
            self.hit = None
            self.curve.show_transfer(view.transfer)
            self._change(lambda _: view)

    def point_at(self, x: float, y: float) -> None:
        """Go to the tissue under a click: the first that stops the light, of a MIP the brightest."""
        plane = self._plane()
        if self.view is None or self.volume is None or plane is None:
            return
        start, kept = plane.to_patient(x, y), self.view.clip.holds if self.view.clip is not None else None
        if self.view.transfer.blend == "max":
            hit = brightest(self.volume.voxels, start, self.view.look, kept)
        else:
            opacity = self.view.transfer.opacity_of
            hit = first_hit(self.volume.voxels, start, self.view.look, opacity, kept, OPAQUE_AT)
        if hit is None:
            return
        self.hit = hit
        if self._shown is not None:
            self._say(self._shown)
        self._pointed(self.stack, hit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing more is told to a window that is gone."""
        self._ticket.cancel()
        self._rest.stop()
        self._turning.stop()
        for stop in self._stops:
            stop()
        self._stops = ()
        if self._work is not None:
            self._work.close()
        self._work, self.volume = None, None
        super().closeEvent(event)
