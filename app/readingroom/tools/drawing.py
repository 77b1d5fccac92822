"""Drawing a measurement: press, drag, release, or click, move, click; some take a second such gesture. Escape drops it.

An angle takes its vertex by the first gesture and its other end by the second; Cobb and two diameters take two lines.
Polygons take a click for each point and end at a double click, at Enter, or at their first point; freehand follows. A
live wire is put like a polygon, and what lies between two clicks follows the edge that the hand has found (along).
"""

from dataclasses import dataclass, replace
from math import hypot

from readingroom.record.finding import ImagePoint
from readingroom.tools.pointer import Pointer, moved_px
from readingroom.tools.shapes import across, ellipse, kept_straight, rectangle, shifted, with_handle

CLICK_PX = 4.0
"""A press and release nearer than this is a click, and the second click ends the gesture."""
CLOSE_PX = 8.0
"""A click this near to the first point of a polygon closes it."""
TRACE_PX = 2.0
"""A freehand line takes a point at least this far from the last."""
TWO_LINES = frozenset({"cobb", "bidirectional", "open_angle", "ellipsoid"})
TWO_GESTURES = TWO_LINES | {"angle"}
BY_CLICKS = frozenset({"polygon", "polyline", "livewire"})
AT_ONCE = frozenset({"probe", "text", "spine", "velocity"})
"""One click is the whole of them."""
LEAST = {"polygon": 3, "polyline": 2, "freehand": 3, "livewire": 3}
DRAWN = (
    "length",
    "bidirectional",
    "angle",
    "cobb",
    "ellipse",
    "circle",
    "rectangle",
    "polygon",
    "freehand",
    "livewire",
    "polyline",
    "open_angle",
    "ellipsoid",
    "probe",
    "velocity",
    "time",
    "arrow",
    "text",
    "spine",
    "calibrate",
    "calibrate_ball",
)
"""Every tool that draws."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A measurement under the hand: its tool, where the gesture began, where the pointer is; done once it may be measured.

    placed: points that are settled. clicked: the gesture goes on without a button held. resting: the first of two
    gestures is over and the second has not begun. along: what a live wire runs along from its last point to the pointer.
    """

    tool: str
    start: Pointer
    now: Pointer
    clicked: bool = False
    done: bool = False
    placed: tuple[ImagePoint, ...] = ()
    resting: bool = False
    along: tuple[ImagePoint, ...] = ()

    @property
    def points(self) -> tuple[ImagePoint, ...]:
        """The points of the measurement in image coordinates, in the order that DICOM wants for its graphic."""
        now, shift = self.now, self.now.shift
        match self.tool:
            case "ellipse":
                return ellipse(self.start.image, now.image, shift, now.aspect)
            case "rectangle":
                return rectangle(self.start.image, now.image, shift, now.aspect)
            case "probe" | "text" | "spine" | "velocity":
                return (now.image,)
            case "polygon" | "polyline" | "freehand" | "livewire":
                return self.placed if self.done or self.tool == "freehand" else (*self.placed, *self.along, now.image)
            case _:
                return self._lines()

    def _lines(self) -> tuple[ImagePoint, ...]:
        if len(self.placed) < 2:
            return self.start.image, kept_straight(self.start.image, self.now)
        if self.tool == "angle":
            return (*self.placed, self.now.image)
        if self.resting:
            return self.placed
        start = self.start.image
        if self.tool in ("bidirectional", "ellipsoid"):
            return (*self.placed, start, across((self.placed[0], self.placed[1]), start, self.now))
        return (*self.placed, start, kept_straight(start, self.now))

    @property
    def has_size(self) -> bool:
        """Whether there is anything to measure."""
        if self.tool in LEAST:
            return len(self.placed) >= LEAST[self.tool]
        away = moved_px(self.start, self.now)
        return self.tool in AT_ONCE or self.is_second or hypot(*away) >= CLICK_PX

    @property
    def is_second(self) -> bool:
        """Whether the second of two gestures is under way or awaited."""
        return self.tool in TWO_GESTURES and len(self.placed) == 2

    @property
    def is_whole(self) -> bool:
        """Whether the points so far could be measured."""
        if self.tool in TWO_LINES:
            return self.is_second and not self.resting
        return self.is_second if self.tool == "angle" else self.has_size


def pressed(drawing: Drawing | None, tool: str, pointer: Pointer) -> Drawing:
    """A press begins a drawing or its second gesture, puts a point, or ends what was begun by a click."""
    if drawing is None:
        placed = (pointer.image,) if tool in LEAST else ()
        return Drawing(tool, pointer, pointer, done=tool in AT_ONCE, placed=placed)
    if tool in BY_CLICKS:
        return _point_put(drawing, pointer)
    if drawing.resting:
        return replace(drawing, start=pointer, now=pointer, resting=False, clicked=False)
    if drawing.clicked:
        return _gesture_over(replace(drawing, now=pointer))
    return Drawing(tool, pointer, pointer)


def moved(drawing: Drawing, pointer: Pointer) -> Drawing:
    """The drawing follows the pointer."""
    if drawing.done:
        return drawing
    if drawing.tool == "freehand" and hypot(*moved_px(drawing.now, pointer)) >= TRACE_PX:
        return replace(drawing, now=pointer, placed=(*drawing.placed, pointer.image))
    return drawing if drawing.tool == "freehand" else replace(drawing, now=pointer)


def released(drawing: Drawing, pointer: Pointer) -> Drawing:
    """A release after a drag ends the gesture; after a click it waits for the second."""
    if drawing.done or drawing.clicked or drawing.resting or drawing.tool in BY_CLICKS:
        return drawing
    ended = replace(drawing, now=pointer)
    if drawing.tool == "freehand" or (drawing.tool == "angle" and drawing.is_second):
        return replace(ended, done=True)
    if hypot(*moved_px(ended.start, ended.now)) < CLICK_PX:
        return replace(ended, clicked=True)
    return _gesture_over(ended)


def led_along(drawing: Drawing, path: tuple[ImagePoint, ...]) -> Drawing:
    """The live wire with the edge found between its last point and the pointer (tools.livewire.edge_between)."""
    return replace(drawing, along=path) if drawing.tool == "livewire" and not drawing.done else drawing


def finished(drawing: Drawing) -> Drawing:
    """Enter or a double click: what is drawn by clicks ends with the points that were put."""
    enough = drawing.tool in BY_CLICKS and len(drawing.placed) >= LEAST[drawing.tool]
    return replace(drawing, done=True, along=()) if enough else drawing


def _gesture_over(drawing: Drawing) -> Drawing:
    if drawing.tool not in TWO_GESTURES or drawing.is_second:
        return replace(drawing, done=True)
    end = kept_straight(drawing.start.image, drawing.now)
    return replace(drawing, placed=(drawing.start.image, end), resting=True, clicked=False)


def _point_put(drawing: Drawing, pointer: Pointer) -> Drawing:
    reach = 1.0 / max(pointer.zoom, 1e-6)
    if _near(drawing.placed[-1], pointer, CLICK_PX * reach):
        return finished(replace(drawing, now=pointer))
    closes = drawing.tool in ("polygon", "livewire") and len(drawing.placed) >= 3
    if closes and _near(drawing.placed[0], pointer, CLOSE_PX * reach):
        return replace(drawing, now=pointer, placed=(*drawing.placed, *drawing.along), along=(), done=True)
    return replace(drawing, now=pointer, placed=(*drawing.placed, *drawing.along, pointer.image), along=())


def _near(point: ImagePoint, pointer: Pointer, reach: float) -> bool:
    return hypot(point[0] - pointer.image[0], (point[1] - pointer.image[1]) * pointer.aspect) <= reach


__all__ = ["DRAWN", "Drawing", "finished", "led_along", "moved", "pressed", "released", "shifted", "with_handle"]
