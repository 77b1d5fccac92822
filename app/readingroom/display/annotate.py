"""A measurement becomes lines, ellipses, labels and handles on the glass, and a pointer finds them again."""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, pi, sin

from readingroom.display import words
from readingroom.display.camera import Camera, ScreenPoint
from readingroom.display.picture import EllipseGraphic, Graphic, HandleGraphic, LabelGraphic, PolylineGraphic, Role
from readingroom.record.finding import Measurement

REACH_PX = 7.0
"""How near a pointer must come to a graphic, in device pixels at a pixel ratio of 1."""
_TICK_PX = 5.0
_LABEL_GAP_PX = 12.0
_HEAD_PX, _HEAD_SPREAD = 12.0, 0.4
_ONE, _TWO, _THREE = ((0, 1),), ((0, 1), (2, 3)), ((0, 1), (2, 3), (4, 5))
_SEGMENTS = {
    "length": (_ONE,), "time": (_ONE,), "bidirectional": (_TWO,), "cobb": (_TWO,), "open_angle": (_TWO,),
    "ellipsoid": (_TWO, _THREE),
}  # fmt: skip
_CLOSED = frozenset({"rectangle", "polygon", "freehand", "livewire"})
_TICKED = frozenset({"length", "bidirectional", "ellipsoid", "time"})
_POINTS = frozenset({"points", "text", "spine", "velocity"})


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under the pointer: a measurement, and which of its points, None for its line."""

    uid: str
    handle: int | None


def graphics(
    measurement: Measurement, camera: Camera, selected: bool = False, role: Role = Role.MEASUREMENT, ratio: float = 1.0
) -> tuple[Graphic, ...]:
    """The graphics of one measurement in screen pixels; dashed where its basis is not certain.

    ratio: device pixels per layout pixel, for ticks and gaps. Points and words have no line; an arrow points at its
    second point; one that is not known here is drawn as its points in order.
    """
    return drawn_at(measurement, tuple(camera.to_screen(x, y) for x, y in measurement.points), selected, role, ratio)


def drawn_at(
    measurement: Measurement, at: tuple[ScreenPoint, ...], selected: bool, role: Role = Role.MEASUREMENT,
    ratio: float = 1.0,
) -> tuple[Graphic, ...]:  # fmt: skip
    """The graphics of a measurement whose points lie at screen points."""
    if not at:
        return ()
    drawn = _shape(measurement, at, role, selected, ratio)
    owner = measurement.tracking_uid
    handles = tuple(HandleGraphic(point, n, role, owner, selected) for n, point in enumerate(at))
    label = _label(measurement, at, role, selected, ratio)
    return (*drawn, *handles, *label)


def hit(drawn: tuple[Graphic, ...], px: float, py: float, reach: float = REACH_PX) -> Hit | None:
    """What of some graphics lies within reach of a screen point: a handle before a line, the nearest of each.

    Selected handles win over others; graphics without an owner are not found.
    """
    found = [
        (not g.selected, hypot(g.at[0] - px, g.at[1] - py), g)
        for g in drawn
        if isinstance(g, HandleGraphic) and g.owner and hypot(g.at[0] - px, g.at[1] - py) <= reach
    ]
    if found:
        nearest = min(found, key=lambda entry: entry[:2])[2]
        return Hit(nearest.owner, nearest.index)
    lines = [
        (_distance(g, px, py), g.owner) for g in drawn if isinstance(g, PolylineGraphic | EllipseGraphic) and g.owner
    ]
    near = min(lines, default=(reach + 1.0, ""))
    return Hit(near[1], None) if near[0] <= reach else None


def text_lines(measurement: Measurement) -> tuple[str, ...]:
    """What a label says: name, then each value with unit and error bar, then the basis where it is not plainly mm."""
    named = (measurement.label,) if measurement.label else ()
    several = len(measurement.values) > 1
    values = tuple(f"{v.concept} {words.amount(v)}" if several else words.amount(v) for v in measurement.values)
    basis = words.basis_words(measurement.basis)
    return (*named, *values, *((basis,) if basis else ()))


def _shape(
    measurement: Measurement, at: tuple[ScreenPoint, ...], role: Role, selected: bool, ratio: float
) -> tuple[Graphic, ...]:
    owner, dashed = measurement.tracking_uid, not measurement.basis.certain
    if measurement.tool in _POINTS:
        return ()
    if measurement.tool == "arrow" and len(at) == 2:
        return (
            PolylineGraphic(at, role, owner, False, selected),
            PolylineGraphic(_head(at[0], at[1], ratio), role, owner, False, selected),
        )
    if measurement.tool == "ellipse" and len(at) == 4:
        return (_ellipse(at, role, owner, dashed, selected),)
    if measurement.tool == "circle" and len(at) == 2:
        # The glass shows pixels true to their spacing, so a circle in millimetres is one in screen pixels.
        radius = hypot(at[1][0] - at[0][0], at[1][1] - at[0][1])
        return (EllipseGraphic(at[0], (radius, 0.0), (0.0, radius), role, owner, dashed, selected),)
    pairs = next((pairs for pairs in _SEGMENTS.get(measurement.tool, ()) if len(at) == 2 * len(pairs)), None)
    if pairs is not None:
        lines: list[Graphic] = [PolylineGraphic((at[a], at[b]), role, owner, dashed, selected) for a, b in pairs]
        if measurement.tool in _TICKED:
            ticks = [_tick(at[a], at[b], ratio) for a, b in pairs] + [_tick(at[b], at[a], ratio) for a, b in pairs]
            lines += [PolylineGraphic(tick, role, owner, False, selected) for tick in ticks]
        return tuple(lines)
    return (PolylineGraphic(at, role, owner, dashed, selected, closed=measurement.tool in _CLOSED),)


def _ellipse(at: tuple[ScreenPoint, ...], role: Role, owner: str, dashed: bool, selected: bool) -> EllipseGraphic:
    """Major axis ends, then minor axis ends (PS3.3 C.18.6.1.2)."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = at
    centre = ((ax + bx) / 2, (ay + by) / 2)
    return EllipseGraphic(
        centre, ((bx - ax) / 2, (by - ay) / 2), ((dx - cx) / 2, (dy - cy) / 2), role, owner, dashed, selected
    )


def _tick(end: ScreenPoint, other: ScreenPoint, ratio: float) -> tuple[ScreenPoint, ScreenPoint]:
    """A short stroke across the end of a line; none to speak of where the line has no length."""
    length = hypot(other[0] - end[0], other[1] - end[1]) or 1.0
    across = -(other[1] - end[1]) / length * _TICK_PX * ratio, (other[0] - end[0]) / length * _TICK_PX * ratio
    return (end[0] - across[0], end[1] - across[1]), (end[0] + across[0], end[1] + across[1])


def _head(tail: ScreenPoint, tip: ScreenPoint, ratio: float) -> tuple[ScreenPoint, ...]:
    """The two strokes of an arrow's head, as one path through its tip."""
    length = hypot(tip[0] - tail[0], tip[1] - tail[1]) or 1.0
    back = (tail[0] - tip[0]) / length * _HEAD_PX * ratio, (tail[1] - tip[1]) / length * _HEAD_PX * ratio
    across = -back[1] * _HEAD_SPREAD, back[0] * _HEAD_SPREAD
    left, right = (
        (tip[0] + back[0] + across[0], tip[1] + back[1] + across[1]),
        (tip[0] + back[0] - across[0], tip[1] + back[1] - across[1]),
    )
    return left, tip, right


def _label(
    measurement: Measurement,
    at: tuple[ScreenPoint, ...],
    role: Role,
    selected: bool,
    ratio: float,
) -> tuple[LabelGraphic, ...]:
    lines = text_lines(measurement)
    if not lines:
        return ()
    foot = max(at, key=lambda point: point[0])
    anchor = foot[0] + _LABEL_GAP_PX * ratio, foot[1]
    return (LabelGraphic(anchor, lines, role, measurement.tracking_uid, selected, foot),)


def _rim(ellipse: EllipseGraphic, turn: float) -> ScreenPoint:
    c, s = cos(turn), sin(turn)
    return (
        ellipse.centre[0] + c * ellipse.first[0] + s * ellipse.second[0],
        ellipse.centre[1] + c * ellipse.first[1] + s * ellipse.second[1],
    )


def _distance(graphic: PolylineGraphic | EllipseGraphic, px: float, py: float) -> float:
    if isinstance(graphic, EllipseGraphic):
        points = tuple(_rim(graphic, 2 * pi * n / 72) for n in range(73))
    else:
        points = (*graphic.points, graphic.points[0]) if graphic.closed else graphic.points
    if len(points) == 1:
        return hypot(points[0][0] - px, points[0][1] - py)
    return min(_to_segment(a, b, px, py) for a, b in pairwise(points))


def _to_segment(a: ScreenPoint, b: ScreenPoint, px: float, py: float) -> float:
    along = b[0] - a[0], b[1] - a[1]
    square = along[0] ** 2 + along[1] ** 2
    share = 0.0 if square == 0 else max(0.0, min(1.0, ((px - a[0]) * along[0] + (py - a[1]) * along[1]) / square))
    return hypot(a[0] + share * along[0] - px, a[1] + share * along[1] - py)
