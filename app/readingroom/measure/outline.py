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
    rows, columns = bottom - top, right - left
    x0, y0 = _columns(points)
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    low, high = np.minimum(y0, y1), np.maximum(y0, y1)
    # An edge passes a row of centres when one end lies above or on it and the other below.
    edge, row = _rows_met(np.ceil(low - top - 0.5), np.ceil(high - top - 0.5), rows)
    turns = np.zeros((rows, columns + 1), dtype=np.int32)
    beyond = np.floor(_meets(x0, y0, x1, y1, row + top + 0.5, edge) - left - 0.5).astype(np.int64) + 1
    np.add.at(turns, (row, np.clip(beyond, 0, columns)), 1)
    inside: NDArray[np.bool_] = np.cumsum(turns[:, :columns], axis=1) % 2 == 1
    sloping = low != high
    edge, row = _rows_met(np.ceil(low - top - 0.5), np.where(sloping, np.floor(high - top - 0.5) + 1, -1.0), rows)
    at = _meets(x0, y0, x1, y1, row + top + 0.5, edge) - left - 0.5
    column = np.rint(at).astype(np.int64)
    on = (np.abs(column - at) < 1e-9) & (column >= 0) & (column < columns)
    inside[row[on], column[on]] = True
    centres = np.arange(left, right) + 0.5
    for flat in np.flatnonzero(~sloping & (low - top - 0.5 == np.rint(low - top - 0.5))):
        level = int(low[flat] - top - 0.5)
        if 0 <= level < rows:
            inside[level] |= (min(x0[flat], x1[flat]) <= centres) & (centres <= max(x0[flat], x1[flat]))
    return inside


def _rows_met(first: Floats, end: Floats, rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(edge, row) for every row from first to before end of each edge, within 0 to rows."""
    first, end = np.clip(first, 0, rows), np.clip(end, 0, rows)
    count = np.maximum(end - first, 0).astype(np.int64)
    edge = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    return edge, first.astype(np.int64)[edge] + within


def crosses_itself(points: Sequence[ImagePoint]) -> bool:
    """Whether two pieces of a closed outline that are not neighbours meet."""
    kept = [p for n, p in enumerate(points) if p != points[n - 1]]
    count = len(kept)
    if count < 4:
        return False
    starts = np.asarray(kept, dtype=np.float64)
    stops = np.roll(starts, -1, axis=0)
    left, right = np.minimum(starts[:, 0], stops[:, 0]), np.maximum(starts[:, 0], stops[:, 0])
    order = np.argsort(left, kind="stable")
    reach = np.searchsorted(left[order], right, side="right")
    for place, n in enumerate(order):
        # Only pieces that begin within this one's width can meet it; those before have looked this way already.
        others = order[place + 1 : reach[n]]
        apart = np.abs(others - n)
        others = others[(apart > 1) & (apart < count - 1)]
        if len(others) and _any_meet(starts[n], stops[n], starts[others], stops[others]):
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


def _meets(x0: Floats, y0: Floats, x1: Floats, y1: Floats, y: NDArray[np.floating], edges: NDArray[np.int64]) -> Floats:
    found: Floats = x0[edges] + (y - y0[edges]) / (y1[edges] - y0[edges]) * (x1[edges] - x0[edges])
    return found


def _columns(points: Sequence[ImagePoint]) -> tuple[Floats, Floats]:
    array = np.asarray(points, dtype=np.float64)
    return array[:, 0], array[:, 1]
