"""Compound graphics of a presentation state (PS3.3 C.10.5.1.3): lines that reach the edge, rulers, boxes, crosshairs.

Those whose points the standard leaves to a figure are left to the simple graphics that it has every author send along.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import cos, hypot, radians, sin

from pydicom.dataset import Dataset

from readingroom.display.camera import ScreenPoint
from readingroom.display.colours import Rgb
from readingroom.display.glass_area import GlassArea
from readingroom.display.graphic_style import GraphicStyle, style_of
from readingroom.display.picture import EllipseGraphic, Graphic, LabelGraphic, PolylineGraphic, Role
from readingroom.display.targets import Target
from readingroom.pixels.attributes import items, number, numbers, text, whole

POINTS = {"ELLIPSE": 2, "RECTANGLE": 2, "INFINITELINE": 2, "CUTLINE": 2, "RULER": 2, "AXIS": 2, "CROSSHAIR": 1}
"""How many points each kind that is drawn here has."""
_TICK_PX = 7.0
_ARROW_PX, _HEAD_PX = 26.0, 7.0
_LABEL_PX = 12.0

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A major tick: where along its line (0 at the first point, 1 at the second), and its label."""

    position: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Compound:
    """One compound graphic. number: its Compound Graphic Instance ID.

    rotation_deg: counterclockwise about pivot. gap, visibility: diameters, in parts of the displayed area's width, of
    the circle that is left out and of the one that is shown; 0 for none. tick_side, label_side: TOP, CENTER or BOTTOM.
    """

    kind: str
    points: tuple[Pair, ...]
    units: str
    layer: str
    number: int = 0
    filled: bool = False
    rotation_deg: float = 0.0
    pivot: Pair | None = None
    gap: float = 0.0
    visibility: float = 0.0
    ticks: tuple[Tick, ...] = ()
    tick_side: str = "CENTER"
    label_side: str = "BOTTOM"
    style: GraphicStyle = field(default_factory=GraphicStyle)
    targets: tuple[Target, ...] = ()


def compounds_of(annotation: Dataset, layer: str, targets: tuple[Target, ...], unread: list[str]) -> list[Compound]:
    """The compound graphics of an annotation that are drawn; those of it that are not, nor by simpler ones, into unread."""
    simple = {
        whole(one, "CompoundGraphicInstanceID", -1)
        for keyword in ("GraphicObjectSequence", "TextObjectSequence")
        for one in items(annotation, keyword)
    }
    found = []
    for item in items(annotation, "CompoundGraphicSequence"):
        made = _compound(item, layer, targets)
        if made is not None:
            found.append(made)
        elif whole(item, "CompoundGraphicInstanceID", -2) not in simple:
            unread.append(f"compound graphic {text(item, 'CompoundGraphicType') or 'of no type'}")
    return found


def _compound(item: Dataset, layer: str, targets: tuple[Target, ...]) -> Compound | None:
    kind, flat = text(item, "CompoundGraphicType").upper(), numbers(item, "GraphicData")
    points = tuple(zip(flat[::2], flat[1::2], strict=False))
    units = text(item, "CompoundGraphicUnits").upper() or "PIXEL"
    turned, pivot = number(item, "RotationAngle") or 0.0, numbers(item, "RotationPoint")
    if POINTS.get(kind) != len(points) or units not in ("PIXEL", "DISPLAY") or (turned and len(pivot) != 2):
        return None
    shown = text(item, "ShowTickLabel").upper() == "Y"
    return Compound(
        kind, points, units, layer, whole(item, "CompoundGraphicInstanceID"), text(item, "GraphicFilled").upper() == "Y",
        turned, (pivot[0], pivot[1]) if len(pivot) == 2 else None,
        max(0.0, number(item, "GapLength") or 0.0), max(0.0, number(item, "DiameterOfVisibility") or 0.0),
        tuple(
            Tick(at, text(one, "TickLabel") if shown else "")
            for one in items(item, "MajorTicksSequence")
            if (at := number(one, "TickPosition")) is not None
        ),
        text(item, "TickAlignment").upper() or "CENTER", text(item, "TickLabelAlignment").upper() or "BOTTOM",
        style_of(item), targets,
    )  # fmt: skip


def drawn(one: Compound, glass: GlassArea, colour: Rgb, ratio: float) -> Iterator[Graphic]:
    """A compound graphic on the glass; colour: of its layer, where it has none of its own; ratio: device per layout px."""
    brush = _Brush(one.style.colour or colour, one.style.dashed, ratio)
    at = tuple(glass.place(_turned(point, one), one.units) for point in one.points)
    if one.kind in ("RECTANGLE", "ELLIPSE"):
        yield from _box(one, glass, brush)
    elif one.kind in ("INFINITELINE", "CUTLINE"):
        yield from _endless(one, at, glass, brush)
    elif one.kind == "CROSSHAIR":
        yield from _crosshair(one, at[0], glass, brush)
    else:
        yield brush.line(*at)
        yield from _ticks(one, at, brush)


@dataclass(frozen=True, slots=True)
class _Brush:
    colour: Rgb
    dashed: bool
    ratio: float

    def line(self, *points: ScreenPoint, closed: bool = False, filled: bool = False) -> PolylineGraphic:
        return PolylineGraphic(
            points, Role.PRESENTATION, dashed=self.dashed, closed=closed, colour=self.colour, filled=filled
        )


def _turned(point: Pair, one: Compound) -> Pair:
    """A point turned counterclockwise, as it is seen with y growing downwards."""
    if not one.rotation_deg or one.pivot is None:
        return point
    (x, y), turn = one.pivot, radians(one.rotation_deg)
    right, down = point[0] - x, point[1] - y
    return x + right * cos(turn) + down * sin(turn), y - right * sin(turn) + down * cos(turn)


def _box(one: Compound, glass: GlassArea, brush: _Brush) -> Iterator[Graphic]:
    (left, top), (right, bottom) = one.points
    if one.kind == "RECTANGLE":
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        at = (glass.place(_turned(corner, one), one.units) for corner in corners)
        yield brush.line(*at, closed=True, filled=one.filled)
        return
    x, y = (left + right) / 2, (top + bottom) / 2
    centre, first, second = (glass.place(_turned(p, one), one.units) for p in ((x, y), (right, y), (x, bottom)))
    yield EllipseGraphic(
        centre, (first[0] - centre[0], first[1] - centre[1]), (second[0] - centre[0], second[1] - centre[1]),
        Role.PRESENTATION, dashed=brush.dashed, colour=brush.colour, filled=one.filled,
    )  # fmt: skip


def _endless(one: Compound, at: Sequence[ScreenPoint], glass: GlassArea, brush: _Brush) -> Iterator[Graphic]:
    """A line to both edges of the glass, with a gap about its pivot; a cut line with the direction it is looked along."""
    ends = glass.to_edges(at[0], at[1])
    if ends is None:
        return
    middle = (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2
    if one.pivot is not None:
        middle = glass.place(one.pivot, one.units)
    for part in _without_gap(ends[0], ends[1], middle, one.gap * glass.wide / 2):
        yield brush.line(*part)
    if one.kind == "CUTLINE":
        length = hypot(at[1][0] - at[0][0], at[1][1] - at[0][1])
        right = -(at[1][1] - at[0][1]) / length, (at[1][0] - at[0][0]) / length
        if glass.mirrored and one.units == "PIXEL":
            right = -right[0], -right[1]
        for end in ends:
            tip = (middle[0] + end[0]) / 2, (middle[1] + end[1]) / 2
            reach = _ARROW_PX * brush.ratio
            yield from _arrow((tip[0] + right[0] * reach, tip[1] + right[1] * reach), tip, brush)


def _arrow(tail: ScreenPoint, tip: ScreenPoint, brush: _Brush) -> Iterator[Graphic]:
    length = hypot(tip[0] - tail[0], tip[1] - tail[1]) or 1.0
    along, head = ((tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length), _HEAD_PX * brush.ratio
    back = tip[0] - along[0] * head, tip[1] - along[1] * head
    side = -along[1] * head / 2, along[0] * head / 2
    yield brush.line(tail, tip)
    yield brush.line((back[0] + side[0], back[1] + side[1]), tip, (back[0] - side[0], back[1] - side[1]))


def _without_gap(
    start: ScreenPoint, end: ScreenPoint, centre: ScreenPoint, radius: float
) -> Iterator[tuple[ScreenPoint, ScreenPoint]]:
    """The parts of a line outside a circle about a point of it."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    if radius <= 0 or length == 0:
        yield start, end
        return
    along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    foot = (centre[0] - start[0]) * along[0] + (centre[1] - start[1]) * along[1]
    away = hypot(centre[0] - start[0] - along[0] * foot, centre[1] - start[1] - along[1] * foot)
    half = max(0.0, radius * radius - away * away) ** 0.5
    places = [0.0, max(0.0, min(length, foot - half)), max(0.0, min(length, foot + half)), length]
    for first, last in (places[:2], places[2:]):
        if last > first:
            yield tuple((start[0] + along[0] * s, start[1] + along[1] * s) for s in (first, last))  # type: ignore[misc]


def _crosshair(one: Compound, at: ScreenPoint, glass: GlassArea, brush: _Brush) -> Iterator[Graphic]:
    """Two lines through a point to the edges, or as far as they are to be seen, with a gap in the middle."""
    far = one.visibility * glass.wide / 2
    for direction in ((1.0, 0.0), (0.0, 1.0)):
        turned = _turned((at[0] + direction[0], at[1] + direction[1]), _about(one, at))
        step = turned[0] - at[0], turned[1] - at[1]
        ends = glass.to_edges(at, turned)
        if far > 0:
            ends = (at[0] - step[0] * far, at[1] - step[1] * far), (at[0] + step[0] * far, at[1] + step[1] * far)
        if ends is not None:
            for part in _without_gap(*ends, at, one.gap * glass.wide / 2):
                yield brush.line(*part)


def _about(one: Compound, at: ScreenPoint) -> Compound:
    return replace(one, pivot=at)


def _ticks(one: Compound, at: Sequence[ScreenPoint], brush: _Brush) -> Iterator[Graphic]:
    (x0, y0), (x1, y1) = at
    length = hypot(x1 - x0, y1 - y0)
    if length == 0:
        return
    # Above a line that runs from left to right.
    up = (y1 - y0) / length, -(x1 - x0) / length
    high, low = {"TOP": (1.0, 0.0), "BOTTOM": (0.0, -1.0)}.get(one.tick_side, (0.5, -0.5))
    for tick in one.ticks:
        x, y = x0 + (x1 - x0) * tick.position, y0 + (y1 - y0) * tick.position
        ends = tuple(
            (x + up[0] * s * _TICK_PX * brush.ratio, y + up[1] * s * _TICK_PX * brush.ratio) for s in (low, high)
        )
        yield brush.line(*ends)
        if tick.label:
            side = (1.0 if one.label_side == "TOP" else -1.0) * (_TICK_PX + _LABEL_PX) * brush.ratio
            yield LabelGraphic(
                (x + up[0] * side, y + up[1] * side), (tick.label,), Role.PRESENTATION, colour=brush.colour
            )
