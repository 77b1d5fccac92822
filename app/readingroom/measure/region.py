"""Regions of an image: their area, and the pixels whose centres lie inside or on the outline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, hypot, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from readingroom.measure.calibration import Spacing
from readingroom.measure.length import Scale
from readingroom.measure.outline import crosses_itself, polygon_area, polygon_area_error, polygon_inside
from readingroom.measure.refused import Refused
from readingroom.measure.uncertainty import spread, with_scale
from readingroom.record.finding import ImagePoint, Value

_EDGE = 1 + 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A rectangle of pixels and which of them belong: first row and column from 0, inside of shape (rows, columns)."""

    top: int
    left: int
    inside: NDArray[np.bool_]


def ellipse_patch(points: Sequence[ImagePoint], rows: int, columns: int) -> Patch:
    """The pixels of an ellipse given by the ends of its two axes (PS3.3 C.18.6.1.2)."""
    centre, a, b = _axes(points)
    reach = hypot(a[0], b[0]), hypot(a[1], b[1])
    box = _box(
        [(centre[0] - reach[0], centre[1] - reach[1]), (centre[0] + reach[0], centre[1] + reach[1])], rows, columns
    )
    x, y = _centres(box)
    x, y = x - centre[0], y - centre[1]
    turn = a[0] * b[1] - a[1] * b[0]
    u, v = (x * b[1] - y * b[0]) / turn, (a[0] * y - a[1] * x) / turn
    return Patch(box[0], box[2], u * u + v * v <= _EDGE)


def ellipse_area(points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    """The area inside an ellipse: pi times its two half axes, in mm2 or px2, with its ±."""
    _check_axes(points, spacing.scale)
    return _area(lambda p: _ellipse_area(p, spacing.scale), points, spacing)


def circle_patch(points: Sequence[ImagePoint], spacing: Spacing, rows: int, columns: int) -> Patch:
    """The pixels of a circle given by its centre and a point on it: a circle in millimetres, not in pixels."""
    (x0, y0), scale = points[0], spacing.scale
    radius = _radius(points, scale)
    across, down = radius / scale[1], radius / scale[0]
    box = _box([(x0 - across, y0 - down), (x0 + across, y0 + down)], rows, columns)
    x, y = _centres(box)
    return Patch(box[0], box[2], ((x - x0) / across) ** 2 + ((y - y0) / down) ** 2 <= _EDGE)


def circle_area(points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    """The area inside a circle given by its centre and a point on it, in mm2 or px2, with its ±."""
    return _area(lambda p: pi * _radius(p, spacing.scale) ** 2, points, spacing)


def rectangle_corners(points: Sequence[ImagePoint]) -> tuple[ImagePoint, ...]:
    """The four corners in order round a rectangle given by two opposite corners; four corners stay."""
    if len(points) != 2:
        return tuple(points)
    (x0, y0), (x1, y1) = points
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


def rectangle_area(points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    """The area inside a rectangle given by two opposite corners or by four, in mm2 or px2, with its ±."""
    return _area(lambda p: polygon_area(rectangle_corners(p), spacing.scale), points, spacing)


def polygon_patch(points: Sequence[ImagePoint], rows: int, columns: int) -> Patch:
    """The pixels of a closed outline."""
    box = _box(points, rows, columns)
    return Patch(box[0], box[2], polygon_inside(points, *box))


def polygon_value(points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    """The area inside a closed outline that does not cross itself, in mm2 or px2, with its ±."""
    if crosses_itself(points):
        raise Refused("The outline crosses itself, so its area is not one.", "Draw it again without a crossing.")
    value = polygon_area(points, spacing.scale)
    return _checked(value, polygon_area_error(points, spacing.scale), spacing)


def _area(quantity: Callable[[Sequence[ImagePoint]], float], points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    return _checked(quantity(points), spread(quantity, points), spacing)


def _checked(value: float, error: float, spacing: Spacing) -> Value:
    if not value > 0:
        raise Refused("The region has no area.", "Draw it over some distance both ways.")
    unit = f"{spacing.basis.unit}2"
    return Value("Area", value, unit, with_scale(error, value, spacing.relative_error, power=2))


def _axes(points: Sequence[ImagePoint]) -> tuple[ImagePoint, ImagePoint, ImagePoint]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    centre = (x0 + x1 + x2 + x3) / 4, (y0 + y1 + y2 + y3) / 4
    return centre, ((x1 - x0) / 2, (y1 - y0) / 2), ((x3 - x2) / 2, (y3 - y2) / 2)


def _check_axes(points: Sequence[ImagePoint], scale: Scale) -> None:
    _, a, b = _axes(points)
    if min(hypot(*a), hypot(*b)) < 0.5:
        raise Refused("An axis of the ellipse is shorter than a pixel.", "Draw a larger ellipse.")
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    apart = hypot((x0 + x1 - x2 - x3) / 2, (y0 + y1 - y2 - y3) / 2)
    if apart > max(1.0, 0.05 * hypot(*a)) or min(_lean(a, b, (1.0, 1.0)), _lean(a, b, scale)) > 0.1:
        raise Refused(
            "The axes of the ellipse do not cross at right angles in their middles.",
            "Give the two ends of the major axis, then the two ends of the minor axis.",
        )


def _lean(a: ImagePoint, b: ImagePoint, scale: Scale) -> float:
    one, other = (a[0] * scale[1], a[1] * scale[0]), (b[0] * scale[1], b[1] * scale[0])
    return abs(one[0] * other[0] + one[1] * other[1]) / (hypot(*one) * hypot(*other))


def _ellipse_area(points: Sequence[ImagePoint], scale: Scale) -> float:
    _, a, b = _axes(points)
    return pi * abs(a[0] * b[1] - a[1] * b[0]) * scale[0] * scale[1]


def _radius(points: Sequence[ImagePoint], scale: Scale) -> float:
    (x0, y0), (x1, y1) = points
    radius = sqrt(((x1 - x0) * scale[1]) ** 2 + ((y1 - y0) * scale[0]) ** 2)
    if radius < 0.5 * min(scale):
        raise Refused("The circle is smaller than a pixel.", "Draw a larger circle.")
    return radius


def _box(points: Sequence[ImagePoint], rows: int, columns: int) -> tuple[int, int, int, int]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    top, bottom = max(0, floor(min(ys)) - 1), min(rows, ceil(max(ys)) + 1)
    left, right = max(0, floor(min(xs)) - 1), min(columns, ceil(max(xs)) + 1)
    return top, max(top, bottom), left, max(left, right)


def _centres(box: tuple[int, int, int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    top, bottom, left, right = box
    x = np.arange(left, right, dtype=np.float64)[None, :] + 0.5
    y = np.arange(top, bottom, dtype=np.float64)[:, None] + 0.5
    return x, y
