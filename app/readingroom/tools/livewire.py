"""A live wire: the path between two points that keeps to the strongest edge (intelligent scissors)."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from readingroom.record.finding import ImagePoint

MARGIN_PX = 12
"""How far the wire may stray outside the box of its two ends."""
MOST_SIDE = 160
"""A longer box is searched at half, a third … of its pixels, so that a wire is found within a frame of the glass."""
_FLAT = 0.02
_TOLERANCE_PX = 0.6


def edge_between(values: NDArray[np.generic], start: ImagePoint, end: ImagePoint) -> tuple[ImagePoint, ...]:
    """The points between start and end (neither included) along the strongest edge, fewest first; () where there is none.

    values: one grey image, rows × columns. The cheapest path over eight neighbours, where a step costs less the steeper
    the image is there compared with the steepest place in the box of both ends. Points are image coordinates.
    """
    top, left, step, box = _box(values, start, end)
    if box.shape[0] < 3 or box.shape[1] < 3:
        return ()
    from skimage.graph import route_through_array
    from skimage.measure import approximate_polygon

    first, last = (_cell(point, top, left, step, box.shape) for point in (start, end))
    if first == last:
        return ()
    path, _ = route_through_array(_cost(box), first, last, fully_connected=True, geometric=True)
    places = approximate_polygon(np.asarray(path, dtype=np.float64), _TOLERANCE_PX)
    return tuple((float(left + (column + 0.5) * step), float(top + (row + 0.5) * step)) for row, column in places[1:-1])


def _box(values: NDArray[np.generic], start: ImagePoint, end: ImagePoint) -> tuple[int, int, int, NDArray[np.float64]]:
    rows, columns = values.shape[:2]
    left = max(0, int(min(start[0], end[0])) - MARGIN_PX)
    right = min(columns, ceil(max(start[0], end[0])) + MARGIN_PX)
    top = max(0, int(min(start[1], end[1])) - MARGIN_PX)
    bottom = min(rows, ceil(max(start[1], end[1])) + MARGIN_PX)
    step = max(1, ceil(max(right - left, bottom - top) / MOST_SIDE))
    return top, left, step, np.asarray(values[top:bottom:step, left:right:step], dtype=np.float64)


def _cell(point: ImagePoint, top: int, left: int, step: int, shape: tuple[int, ...]) -> tuple[int, int]:
    row, column = int((point[1] - top) / step), int((point[0] - left) / step)
    return min(max(row, 0), shape[0] - 1), min(max(column, 0), shape[1] - 1)


def _cost(box: NDArray[np.float64]) -> NDArray[np.float64]:
    down, across = np.gradient(box)
    steepness = np.hypot(down, across)
    steepest = float(steepness.max())
    if steepest == 0:
        return np.ones_like(box)
    cost: NDArray[np.float64] = _FLAT + (1.0 - steepness / steepest) ** 2
    return cost
