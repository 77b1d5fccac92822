"""One pane of a volume: draws its plane, and hands the pointer to the view that all panes share."""

from math import atan2, degrees, hypot
from time import perf_counter
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from readingroom.display.mpr import PANES, MprView, meeting_point, pane_plane
from readingroom.display.picture import HandleGraphic, Message, Picture
from readingroom.geometry.plane import Plane
from readingroom.record.study import Vector
from readingroom.render.engine import Engine
from readingroom.session.volumes import Volume
from readingroom.ui.painter import PicturePainter
from readingroom.ui.plane_hand import PlaneHand
from readingroom.ui.qimage import as_image
from readingroom.ui.theme import Theme

GRIP_PX = 10.0
SLOW_S = 0.016
"""A plane that took longer is drawn at half size while the hand moves."""


class Panes(Protocol):
    """What a pane needs of the window that it is in."""

    view: MprView
    volume: Volume | None

    @property
    def message(self) -> Message:
        """What stands where the planes will be."""
        ...

    def composed(self, name: str, size: tuple[int, int], ratio: float, cursor: Vector | None) -> Picture:
        """The picture of a pane."""
        ...

    def reading(self, at: Vector | None) -> str:
        """What the voxel at a point of the patient says."""
        ...

    def meet_at(self, name: str, plane: Plane, at: tuple[float, float]) -> None:
        """The planes meet elsewhere."""
        ...

    def turn(self, name: str, by_degrees: float) -> None:
        """The other planes turn about this one's normal."""
        ...

    def step(self, name: str, steps: int) -> None:
        """This plane goes along its normal."""
        ...

    def window_by(self, right: float, down: float) -> None:
        """The window is dragged."""
        ...

    def slab_by(self, down: float) -> None:
        """The slab becomes thicker, in pixels of the hand."""
        ...

    def over_by(self, right: float, down: float) -> None:
        """What is laid over is dragged: its share, and its window."""
        ...

    def pan_by(self, plane: Plane, dx: float, dy: float) -> None:
        """What is in the middle of the panes moves."""
        ...

    def zoom_by(self, times: float, size: tuple[int, int]) -> None:
        """Everything is magnified."""
        ...

    @property
    def hand(self) -> PlaneHand:
        """What draws on the planes."""
        ...

    def at_rest(self) -> None:
        """The hand lets go: what was drawn in haste is drawn well."""
        ...


class MprPane(QWidget):
    """The plane `name` of the panes. draft: the hand moves, so thick slabs may be drawn coarsely."""

    def __init__(self, name: str, panes: Panes, engine: Engine, theme: Theme) -> None:
        super().__init__()
        self.name, self._panes, self._engine = name, panes, engine
        self._painter = PicturePainter(theme, self.font())
        self.picture = Picture(message=panes.message)
        self._image: QImage | None = None
        self._drag, self._from, self._notches = "", QPointF(), 0.0
        self._cursor: Vector | None = None
        self.is_slow = self.is_coarse = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def ratio(self) -> float:
        """Device pixels per layout pixel."""
        return float(self.devicePixelRatioF())

    def device_size(self) -> tuple[int, int]:
        """(width, height) in device pixels."""
        return max(1, round(self.width() * self.ratio)), max(1, round(self.height() * self.ratio))

    @property
    def dragging(self) -> bool:
        """Whether the hand holds something."""
        return self._drag not in ("", "mark")

    def plane(self) -> Plane | None:
        """The plane that fills this pane, or None without a volume."""
        volume = self._panes.volume
        if volume is None:
            return None
        return pane_plane(self._panes.view, self.name, volume.voxels.lattice, *self.device_size())

    def refresh(self, draft: bool = False) -> None:
        """Compose and draw anew."""
        width, height = self.device_size()
        if self._panes.volume is None:
            self.picture, self._image = Picture(message=self._panes.message), None
        else:
            self.picture = self._panes.composed(self.name, (width, height), self.ratio, self._cursor)
            self.is_coarse = draft and self.is_slow
            self._image = self._half(width, height) if self.is_coarse else self._whole(width, height)
        self.update()

    def _whole(self, width: int, height: int) -> QImage:
        began = perf_counter()
        image = as_image(self._engine.render(self.picture.layers, width, height))
        self.is_slow = perf_counter() - began > SLOW_S
        return image

    def _half(self, width: int, height: int) -> QImage:
        """Every second pixel each way, drawn twice as large."""
        from dataclasses import replace

        wider = np.diag([2.0, 2.0, 1.0, 1.0])
        wider[0, 3] = wider[1, 3] = 0.5
        layers = tuple(
            replace(layer, matrix=layer.matrix @ wider, hidden=None if layer.hidden is None else layer.hidden[::2, ::2])
            for layer in self.picture.layers
        )
        image = as_image(self._engine.render(layers, (width + 1) // 2, (height + 1) // 2))
        return image.scaled(image.width() * 2, image.height() * 2).copy(0, 0, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The engine's pixels, then lines and words."""
        with QPainter(self) as painter:
            self._painter.paint(painter, self.picture, self._image, self.width(), self.height(), self.ratio)
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setPen(self.palette().highlight().color())
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(0, 0, self.width() - 1, self.height() - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, another picture: never a stretched one."""
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a grip, or of the planes, the window, or the whole."""
        self.setFocus()
        plane = self.plane()
        if plane is None:
            return
        self._from = event.position()
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._panes.hand.press(plane, self._device(event.position()), _shift(event), self.ratio):
            self._drag = "mark"
            return
        self._drag = {Qt.MouseButton.RightButton: "window", Qt.MouseButton.MiddleButton: "pan"}.get(
            event.button(), "meet"
        )
        if self._drag == "window":
            self._drag = "slab" if _shift(event) else "over" if _ctrl(event) else "window"
        if self._drag == "meet" and self._on_grip(event.position()):
            self._drag = "turn"
        elif self._drag == "meet":
            self._panes.meet_at(self.name, plane, self._device(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with what was begun; the value under the pointer is read."""
        plane, at = self.plane(), self._device(event.position())
        if plane is None:
            return
        self._cursor = plane.to_patient(*at)
        moved = event.position() - self._from
        if self._drag in ("", "mark") and self._panes.hand.move(plane, at, _shift(event)):
            return
        if self._drag == "meet":
            self._panes.meet_at(self.name, plane, at)
        elif self._drag == "turn":
            self._panes.turn(self.name, self._angle(event.position(), plane) - self._angle(self._from, plane))
        elif self._drag == "window":
            self._panes.window_by(moved.x(), moved.y())
        elif self._drag == "slab":
            self._panes.slab_by(moved.y())
        elif self._drag == "over":
            self._panes.over_by(moved.x(), moved.y())
        elif self._drag == "pan":
            self._panes.pan_by(plane, moved.x() * self.ratio, moved.y() * self.ratio)
        else:
            self._show_reading()
            return
        self._from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        plane = self.plane()
        if self._drag == "mark" and plane is not None:
            self._panes.hand.release(plane, self._device(event.position()), _shift(event))
        self._drag = ""
        self._panes.at_rest()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """What is drawn by clicks ends; else the press is one like any other."""
        if self._panes.hand.is_busy:
            self._panes.hand.end()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls; with Ctrl it zooms."""
        notches = event.angleDelta().y() / 120.0
        event.accept()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._panes.zoom_by(1.15**notches, self.device_size())
            return
        self._notches -= notches
        whole = int(self._notches)
        if whole:
            self._notches -= whole
            self._panes.step(self.name, whole)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button windows: no menu."""
        event.accept()

    def leaveEvent(self, event: object) -> None:
        """The pointer leaves: nothing is read any more."""
        self._cursor = None
        self._show_reading()

    def _show_reading(self) -> None:
        from dataclasses import replace

        if self._panes.volume is None or not self.picture.layers:
            return
        words = replace(self.picture.words, readout=self._panes.reading(self._cursor))
        self.picture = Picture(self.picture.layers, self.picture.graphics, words)
        self.update()

    def _device(self, at: QPointF) -> tuple[float, float]:
        return at.x() * self.ratio, at.y() * self.ratio

    def _on_grip(self, at: QPointF) -> bool:
        x, y = self._device(at)
        found = (graphic for graphic in self.picture.graphics if isinstance(graphic, HandleGraphic))
        grips = (graphic.at for graphic in found if graphic.owner in PANES)
        return any(hypot(x - gx, y - gy) <= GRIP_PX * self.ratio for gx, gy in grips)

    def _angle(self, at: QPointF, plane: Plane) -> float:
        """Degrees, clockwise from the row, of a point of the pane as it is seen from where the planes meet."""
        x, y = self._device(at)
        cx, cy = meeting_point(self._panes.view, plane)
        return degrees(atan2(y - cy, x - cx))


def _ctrl(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def _shift(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
