"""Lengths of lines and paths."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot, sqrt

from readingroom.measure.calibration import Spacing
from readingroom.measure.refused import Refused
from readingroom.measure.uncertainty import HALF_PIXEL, with_scale
from readingroom.record.finding import ImagePoint, Value

Scale = tuple[float, float]


def distance(a: ImagePoint, b: ImagePoint, scale: Scale) -> float:
    """The distance of two image points in the unit of scale = (row, column) size of a pixel."""
    return hypot((b[0] - a[0]) * scale[1], (b[1] - a[1]) * scale[0])


def path_length(points: Sequence[ImagePoint], scale: Scale) -> float:
    """The length along a path of image points."""
    return sum(distance(a, b, scale) for a, b in pairwise(points))


def length_value(points: Sequence[ImagePoint], spacing: Spacing, concept: str = "Length") -> Value:
    """The length along two or more points, with its ±; Refused where they coincide."""
    scale = spacing.scale
    value = path_length(points, scale)
    if not value > 0:
        raise Refused("The points coincide, so there is no length.", "Draw the line over some distance.")
    error = with_scale(_path_error(points, scale), value, spacing.relative_error)
    return Value(concept, value, spacing.basis.unit, error)


def bidirectional_values(points: Sequence[ImagePoint], spacing: Spacing) -> tuple[Value, Value]:
    """Long Axis and Short Axis of four points (ends of one line, ends of the other), the longer one first."""
    points = longer_first(points, spacing.scale)
    return length_value(points[:2], spacing, "Long Axis"), length_value(points[2:], spacing, "Short Axis")


def longer_first(points: Sequence[ImagePoint], scale: Scale) -> tuple[ImagePoint, ...]:
    """Four points of two lines, so that the longer line comes first."""
    a, b, c, d = points
    return (a, b, c, d) if distance(a, b, scale) >= distance(c, d, scale) else (c, d, a, b)


def _path_error(points: Sequence[ImagePoint], scale: Scale) -> float:
    pulls = [[0.0, 0.0] for _ in points]
    for n in range(len(points) - 1):
        step = distance(points[n], points[n + 1], scale)
        if step == 0:
            continue
        across = (points[n + 1][0] - points[n][0]) * scale[1] ** 2 / step
        down = (points[n + 1][1] - points[n][1]) * scale[0] ** 2 / step
        for place, sign in ((n, -1.0), (n + 1, 1.0)):
            pulls[place][0] += sign * across
            pulls[place][1] += sign * down
    return HALF_PIXEL * sqrt(sum(x * x + y * y for x, y in pulls))
