"""Angles between lines, in degrees, measured in true proportions."""

from collections.abc import Callable, Sequence
from math import atan2, degrees, hypot

from readingroom.measure.calibration import Spacing
from readingroom.measure.length import Scale
from readingroom.measure.refused import Refused
from readingroom.measure.uncertainty import spread
from readingroom.record.finding import ImagePoint, Value

_ALONG = 20.0
Arrow = tuple[float, float]


def angle_value(points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    """The angle at the second of three points, 0 to 180 degrees, with its ±."""
    _check_arms(((points[1], points[0]), (points[1], points[2])))
    return _value("Angle", lambda p: _at_vertex(p, spacing.scale), points)


def cobb_value(points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    """The angle between two lines (ends of one, ends of the other), however each was drawn, with its ±.

    Both lines are turned to the same side of the join of their middles, so that a curve beyond 90 degrees keeps its
    angle; where a line runs within 20 degrees of that join, the smaller angle between the lines is given.
    """
    _check_arms(((points[0], points[1]), (points[2], points[3])))
    return _value("Cobb angle", lambda p: _between_lines(p, spacing.scale), points)


def open_angle_value(points: Sequence[ImagePoint], spacing: Spacing) -> Value:
    """The angle between two arrows that need not touch (start and end of one, then of the other), with its ±.

    0 to 180 degrees, as each was drawn: turning one arrow round gives the angle that completes 180.
    """
    _check_arms(((points[0], points[1]), (points[2], points[3])))
    return _value(
        "Angle", lambda p: _between(_arrow(p[0], p[1], spacing.scale), _arrow(p[2], p[3], spacing.scale)), points
    )


def _value(concept: str, quantity: Callable[[Sequence[ImagePoint]], float], points: Sequence[ImagePoint]) -> Value:
    return Value(concept, quantity(points), "deg", min(180.0, spread(quantity, points)))


def _check_arms(arms: Sequence[tuple[ImagePoint, ImagePoint]]) -> None:
    if any(hypot(b[0] - a[0], b[1] - a[1]) < 1.0 for a, b in arms):
        raise Refused("A line of the angle is shorter than a pixel.", "Draw both lines longer.")


def _at_vertex(points: Sequence[ImagePoint], scale: Scale) -> float:
    return _between(_arrow(points[1], points[0], scale), _arrow(points[1], points[2], scale))


def _between_lines(points: Sequence[ImagePoint], scale: Scale) -> float:
    one, other = _arrow(points[0], points[1], scale), _arrow(points[2], points[3], scale)
    join = _arrow(_middle(points[0], points[1]), _middle(points[2], points[3]), scale)
    plain = _between(one, other)
    smaller = min(plain, 180.0 - plain)
    if join == (0.0, 0.0):
        return smaller
    leans = [_between(join, line) for line in (one, other)]
    if any(min(lean, 180.0 - lean) < _ALONG for lean in leans):
        return smaller
    same_side = (_turn(join, one) > 0) == (_turn(join, other) > 0)
    return plain if same_side else 180.0 - plain


def _arrow(a: ImagePoint, b: ImagePoint, scale: Scale) -> Arrow:
    return (b[0] - a[0]) * scale[1], (b[1] - a[1]) * scale[0]


def _middle(a: ImagePoint, b: ImagePoint) -> ImagePoint:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _turn(a: Arrow, b: Arrow) -> float:
    return a[0] * b[1] - a[1] * b[0]


def _between(a: Arrow, b: Arrow) -> float:
    return degrees(atan2(abs(_turn(a, b)), a[0] * b[0] + a[1] * b[1]))
