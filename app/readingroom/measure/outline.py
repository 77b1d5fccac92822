"""Closed outlines of straight pieces: area, inside, and whether they cross themselves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from readingroom.measure.uncertainty import HALF_PIXEL
from readingroom.record.finding import ImagePoint

Scale = tuple[float, float]
Floats = NDArray[np.float64]


def polygon_area(points: Sequence[ImagePoint], scale: Scale) -> float:
    """The area inside a closed outline in the square of the unit of scale = (row, column) size of a pixel."""
    x, y = _columns(points)
    x, y = x - x[0], y - y[0]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2) * scale[0] * scale[1]


def polygon_area_error(points: Sequence[ImagePoint], scale: Scale) -> float:
    """The ± of that area by the model of measure.uncertainty, in closed form."""
    x, y = _columns(points)
    across, down = (np.roll(y, -1) - np.roll(y, 1)) / 2, (np.roll(x, 1) - np.roll(x, -1)) / 2
    return float(HALF_PIXEL * np.sqrt(np.sum(across**2 + down**2))) * scale[0] * scale[1]


def polygon_inside(points: Sequence[ImagePoint], top: int, bottom: int, left: int, right: int) -> NDArray[np.bool_]:
    """Which pixels of rows top..bottom-1 and columns left..right-1 have their centre inside or on the outline."""
    x0, y0 = _columns(points)
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    centres = np.arange(left, right) + 0.5
    inside = np.zeros((bottom - top, right - left), dtype=np.bool_)
    for n, y in enumerate(np.arange(top, bottom) + 0.5):
        passing = (y0 <= y) != (y1 <= y)
        inside[n] = np.searchsorted(np.sort(_meets(x0, y0, x1, y1, y, passing)), centres) % 2 == 1
        touching = (np.minimum(y0, y1) <= y) & (y <= np.maximum(y0, y1)) & (y0 != y1)
        for x in _meets(x0, y0, x1, y1, y, touching):
            inside[n] |= np.abs(centres - x) < 1e-9
        for edge in np.flatnonzero((y0 == y) & (y1 == y)):
            inside[n] |= (min(x0[edge], x1[edge]) <= centres) & (centres <= max(x0[edge], x1[edge]))
    return inside


def crosses_itself(points: Sequence[ImagePoint]) -> bool:
    """Whether two pieces of a closed outline that are not neighbours meet."""
    kept = [p for n, p in enumerate(points) if p != points[n - 1]]
    count = len(kept)
    if count < 4:
        return False
    ends = np.asarray(kept, dtype=np.float64)
    starts, stops = ends, np.roll(ends, -1, axis=0)
    for n in range(count - 2):
        others = slice(n + 2, count - 1 if n == 0 else count)
        if _any_meet(starts[n], stops[n], starts[others], stops[others]):
            return True
    return False


def _any_meet(a: Floats, b: Floats, c: Floats, d: Floats) -> bool:
    one, other = _side(a, b, c), _side(a, b, d)
    this, that = _side(c, d, a), _side(c, d, b)
    strictly = (one * other < 0) & (this * that < 0)
    touching = (one * other <= 0) & (this * that <= 0) & ~((one == 0) & (other == 0))
    return bool(np.any(strictly | touching))


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    turn: Floats = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    return turn


def _meets(x0: Floats, y0: Floats, x1: Floats, y1: Floats, y: float, edges: NDArray[np.bool_]) -> Floats:
    found: Floats = x0[edges] + (y - y0[edges]) / (y1[edges] - y0[edges]) * (x1[edges] - x0[edges])
    return found


def _columns(points: Sequence[ImagePoint]) -> tuple[Floats, Floats]:
    array = np.asarray(points, dtype=np.float64)
    return array[:, 0], array[:, 1]
