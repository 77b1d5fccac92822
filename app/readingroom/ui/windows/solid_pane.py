"""The pane of a rendering: shows the newest picture, and hands the pointer to the window."""

from math import hypot
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from readingroom.display.picture import HandleGraphic, Message, Picture
from readingroom.ui.painter import PicturePainter
from readingroom.ui.theme import Theme
from readingroom.ui.windows.solid_work import Made

CLICK_PX = 4.0
GRIP_PX = 12.0


class Scene(Protocol):
    """What the pane needs of its window."""

    def resized(self) -> None:
        """Another size: another picture."""
        ...

    def turn_by(self, right: float, down: float) -> None:
        """The hand turns the volume, in layout pixels."""
        ...

    def pan_by(self, right: float, down: float) -> None:
        """The hand moves the volume, in device pixels."""
        ...

    def shift_by(self, right: float, down: float) -> None:
        """The hand moves the values that are seen."""
        ...

    def zoom_by(self, times: float) -> None:
        """The volume is magnified."""
        ...

    def drag_face(self, index: int, right: float, down: float) -> None:
        """A face of the clip box follows the hand, in device pixels."""
        ...

    def point_at(self, x: float, y: float) -> None:
        """A click at a device pixel."""
        ...

    def rest(self) -> None:
        """The hand lets go."""
        ...


class SolidPane(QWidget):
    """Draws what it was given, words and lines over it; a picture of another size is never stretched."""

    def __init__(self, scene: Scene, theme: Theme) -> None:
        super().__init__()
        self._scene, self._painter = scene, PicturePainter(theme, self.font())
        self.picture, self._image = Picture(message=Message("Making the volume…", "Esc closes.")), QImage()
        self._drag, self._from, self._pressed = "", QPointF(), QPointF()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def ratio(self) -> float:
        """Device pixels per layout pixel."""
        return float(self.devicePixelRatioF())

    @property
    def dragging(self) -> bool:
        """Whether the hand holds the volume."""
        return bool(self._drag)

    def device_size(self) -> tuple[int, int]:
        """(width, height) in device pixels."""
        return max(1, round(self.width() * self.ratio)), max(1, round(self.height() * self.ratio))

    def show_made(self, made: Made) -> None:
        """Another picture."""
        rows, columns = made.picture.shape[:2]
        pixels = np.ascontiguousarray(made.picture)
        self._image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()

    def show_picture(self, picture: Picture) -> None:
        """Other words and lines."""
        self.picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rendering, then lines and words."""
        fits = (self._image.width(), self._image.height()) == self.device_size() and self.picture.message is None
        with QPainter(self) as painter:
            image = self._image if fits else None
            self._painter.paint(painter, self.picture, image, self.width(), self.height(), self.ratio)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, another picture."""
        self._scene.resized()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left turns, or takes a face of the clip box; middle moves; right moves the values."""
        self.setFocus()
        names = {Qt.MouseButton.MiddleButton: "pan", Qt.MouseButton.RightButton: "shift"}
        grip = self._grip(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        self._drag = names.get(event.button(), "turn" if grip is None else f"face {grip}")
        self._from = self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The volume follows the hand."""
        by = event.position() - self._from
        self._from = event.position()
        if self._drag == "turn":
            self._scene.turn_by(by.x(), by.y())
        elif self._drag == "pan":
            self._scene.pan_by(by.x() * self.ratio, by.y() * self.ratio)
        elif self._drag == "shift":
            self._scene.shift_by(by.x(), by.y())
        elif self._drag:
            self._scene.drag_face(int(self._drag.split()[1]), by.x() * self.ratio, by.y() * self.ratio)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The hand lets go; where it never moved, it pointed."""
        was, self._drag = self._drag, ""
        away = event.position() - self._pressed
        if was == "turn" and hypot(away.x(), away.y()) < CLICK_PX:
            self._scene.point_at(event.position().x() * self.ratio, event.position().y() * self.ratio)
        self._scene.rest()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel magnifies."""
        self._scene.zoom_by(1.1 ** (event.angleDelta().y() / 120.0))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button moves the values: no menu."""
        event.accept()

    def _grip(self, at: QPointF) -> int | None:
        x, y = at.x() * self.ratio, at.y() * self.ratio
        grips = [g for g in self.picture.graphics if isinstance(g, HandleGraphic) and g.owner == "clip"]
        near = min(grips, key=lambda g: hypot(g.at[0] - x, g.at[1] - y), default=None)
        return near.index if near and hypot(near.at[0] - x, near.at[1] - y) <= GRIP_PX * self.ratio else None
