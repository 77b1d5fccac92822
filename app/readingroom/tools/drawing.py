"""Drawing a measurement in at most two gestures: press, drag, release; or click, move, click. Escape drops it."""

from dataclasses import dataclass, replace
from math import atan2, cos, hypot, pi, sin

from readingroom.record.finding import ImagePoint
from readingroom.tools.pointer import Pointer, moved_px

CLICK_PX = 4.0
"""A press and release nearer than this is a click, and the second click ends the drawing."""
STEP = pi / 4
"""With Shift a length keeps to multiples of 45 degrees."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A measurement under the hand: its tool, where it began, where the pointer is; done once it may be measured."""

    tool: str
    start: Pointer
    now: Pointer
    clicked: bool = False
    done: bool = False

    @property
    def points(self) -> tuple[ImagePoint, ...]:
        """The points of the measurement in image coordinates, in the order that DICOM wants for its graphic."""
        if self.tool == "ellipse":
            return _ellipse(self.start.image, self.now.image, self.now.shift, self.now.aspect)
        if self.tool == "probe":
            return (self.now.image,)
        return (self.start.image, _kept_straight(self.start.image, self.now))

    @property
    def has_size(self) -> bool:
        """Whether there is anything to measure."""
        away = moved_px(self.start, self.now)
        return self.tool == "probe" or hypot(*away) >= CLICK_PX


def pressed(drawing: Drawing | None, tool: str, pointer: Pointer) -> Drawing:
    """A press begins a drawing, or ends one that was begun by a click; a probe is done at once."""
    if drawing is not None and drawing.clicked:
        return replace(drawing, now=pointer, done=True)
    return Drawing(tool, pointer, pointer, done=tool == "probe")


def moved(drawing: Drawing, pointer: Pointer) -> Drawing:
    """The drawing follows the pointer."""
    return drawing if drawing.done else replace(drawing, now=pointer)


def released(drawing: Drawing, pointer: Pointer) -> Drawing:
    """A release after a drag ends the drawing; after a click it waits for the second."""
    if drawing.done or drawing.clicked:
        return drawing
    ended = replace(drawing, now=pointer)
    return replace(ended, done=True) if ended.has_size else replace(ended, clicked=True)


def with_handle(tool: str, points: tuple[ImagePoint, ...], handle: int, to: ImagePoint) -> tuple[ImagePoint, ...]:
    """The points with one taken elsewhere; an ellipse keeps its centre and its right angle."""
    if tool == "ellipse" and len(points) == 4:
        return _ellipse_handle(points, handle, to)
    return tuple(to if n == handle else point for n, point in enumerate(points))


def shifted(points: tuple[ImagePoint, ...], by: tuple[float, float]) -> tuple[ImagePoint, ...]:
    """All points moved by (columns, rows)."""
    return tuple((x + by[0], y + by[1]) for x, y in points)


def _kept_straight(start: ImagePoint, now: Pointer) -> ImagePoint:
    if not now.shift:
        return now.image
    dx, dy = now.image[0] - start[0], (now.image[1] - start[1]) * now.aspect
    angle = round(atan2(dy, dx) / STEP) * STEP
    length = dx * cos(angle) + dy * sin(angle)
    return start[0] + length * cos(angle), start[1] + length * sin(angle) / now.aspect


def _ellipse(corner: ImagePoint, opposite: ImagePoint, circle: bool, aspect: float) -> tuple[ImagePoint, ...]:
    """The ellipse in the box of two corners, longer axis first (PS3.3 C.18.6.1.2); with circle a circle in millimetres."""
    cx, cy = (corner[0] + opposite[0]) / 2, (corner[1] + opposite[1]) / 2
    rx, ry = abs(opposite[0] - corner[0]) / 2, abs(opposite[1] - corner[1]) / 2
    if circle:
        rx = max(rx, ry * aspect)
        ry = rx / aspect
        cx = corner[0] + (rx if opposite[0] >= corner[0] else -rx)
        cy = corner[1] + (ry if opposite[1] >= corner[1] else -ry)
    across = ((cx - rx, cy), (cx + rx, cy))
    down = ((cx, cy - ry), (cx, cy + ry))
    return (*across, *down) if rx >= ry else (*down, *across)


def _ellipse_handle(points: tuple[ImagePoint, ...], handle: int, to: ImagePoint) -> tuple[ImagePoint, ...]:
    cx = (points[0][0] + points[1][0]) / 2
    cy = (points[0][1] + points[1][1]) / 2
    away = to[0] - cx, to[1] - cy
    length = max(hypot(*away), 0.5)
    along = away[0] / length, away[1] / length
    other = (points[2], points[3]) if handle < 2 else (points[0], points[1])
    half = hypot(other[0][0] - other[1][0], other[0][1] - other[1][1]) / 2
    sign = 1.0 if handle % 2 else -1.0
    first = (cx - sign * away[0], cy - sign * away[1])
    second = (cx + sign * away[0], cy + sign * away[1])
    mine = (first, second)
    across = ((cx + along[1] * half, cy - along[0] * half), (cx - along[1] * half, cy + along[0] * half))
    return (*mine, *across) if handle < 2 else (*across, *mine)
