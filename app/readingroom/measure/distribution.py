"""How the values in a region are spread: histogram, median, percentiles, skewness; and the outline's perimeter."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from readingroom.measure.length import Scale, path_length
from readingroom.measure.region import Patch, rectangle_corners
from readingroom.measure.statistics import picture_values
from readingroom.pixels.frame import Frame
from readingroom.record.finding import ImagePoint

PERCENTILES = (5.0, 25.0, 75.0, 95.0)
MOST_BINS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """The spread of n values, in their unit.

    counts: how many fall into each of the bins between edges (one more than counts). percentiles: by per cent, linear
    between neighbours. skewness: of the population, 0 where all values are equal.
    """

    n: int
    median: float
    skewness: float
    percentiles: tuple[tuple[float, float], ...]
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]


def distribution_in(frame: Frame, patch: Patch, factor: float = 1.0) -> Distribution | None:
    """The distribution of the pixels of a patch that are picture; None where there are none.

    factor: what a modality value is multiplied by, such as that of SUV. Whole values get bins one value wide, as
    many as MOST_BINS.
    """
    values = picture_values(frame, patch)
    if values.size == 0:
        return None
    values = values * factor
    low, high = float(values.min()), float(values.max())
    edges = _edges(values, low, high)
    counts = np.histogram(values, edges)[0].astype(np.int64)
    return Distribution(
        int(values.size), float(np.median(values)), _skewness(values),
        tuple((share, float(np.percentile(values, share))) for share in PERCENTILES), edges, counts,
    )  # fmt: skip


def perimeter(tool: str, points: Sequence[ImagePoint], scale: Scale) -> float | None:
    """The length round a region in the unit of scale = (row, column) size of a pixel; None for a tool without one.

    An ellipse by Ramanujan's second formula, exact for a circle.
    """
    if tool == "circle":
        return 2 * pi * path_length(points, scale)
    if tool == "ellipse":
        a, b = path_length(points[:2], scale) / 2, path_length(points[2:], scale) / 2
        h = ((a - b) / (a + b)) ** 2
        return pi * (a + b) * (1 + 3 * h / (10 + sqrt(4 - 3 * h)))
    if tool in ("rectangle", "polygon", "freehand", "livewire"):
        corners = rectangle_corners(points) if tool == "rectangle" else tuple(points)
        return path_length((*corners, corners[0]), scale)
    return None


def _edges(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    whole = bool(np.all(values == np.round(values)))
    if whole and high - low < MOST_BINS:
        return np.arange(low - 0.5, high + 1.0, 1.0)
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    return np.linspace(low, high, min(MOST_BINS, max(8, int(sqrt(values.size)))) + 1)


def _skewness(values: NDArray[np.float64]) -> float:
    spread = float(values.std())
    if spread == 0:
        return 0.0
    return float(np.mean(((values - values.mean()) / spread) ** 3))
