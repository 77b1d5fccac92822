"""How far a number may be off because a hand set its points.

The model: every point is off by half a pixel across and, independently, half a pixel down; the points are independent.
The ± of a number is the square root of the sum of the squares of what each of these half pixels changes (first order).
The error of the reader's own calibration line is added the same way. Not in the model: where the edge truly is, the
scanner's own geometry, and how the reader chose the slice; so the ± is a lower bound.
"""

from collections.abc import Callable, Sequence
from math import hypot, sqrt

from readingroom.record.finding import ImagePoint

HALF_PIXEL = 0.5


def spread(quantity: Callable[[Sequence[ImagePoint]], float], points: Sequence[ImagePoint]) -> float:
    """The ± of a quantity of points, in its own unit, by moving each coordinate half a pixel either way."""
    total = 0.0
    for n, (x, y) in enumerate(points):
        for dx, dy in ((HALF_PIXEL, 0.0), (0.0, HALF_PIXEL)):
            up = quantity([*points[:n], (x + dx, y + dy), *points[n + 1 :]])
            down = quantity([*points[:n], (x - dx, y - dy), *points[n + 1 :]])
            total += ((up - down) / 2) ** 2
    return sqrt(total)


def with_scale(plus_minus: float, value: float, relative_error: float, power: int = 1) -> float:
    """A ± with the error of the scale added: power 1 for lengths, 2 for areas."""
    return hypot(plus_minus, value * relative_error * power)
