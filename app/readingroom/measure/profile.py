"""The values of an image along a line that was drawn on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, hypot

import numpy as np
from numpy.typing import NDArray

from readingroom.measure.calibration import UserCalibration, spacing_of
from readingroom.measure.evaluate import check_points, unit_of
from readingroom.measure.length import distance
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import Frame
from readingroom.pixels.values import density_mask, modality_values
from readingroom.record.finding import ImagePoint

PROFILED = frozenset({"length", "polyline"})
"""The tools whose points are a line to look along."""
STEP_PX = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class LineProfile:
    """Values along a line: at (distance from its first point, in at_unit, mm or px) and values (in unit), both (n,).

    A value is NaN where a pixel that it would be made of is no picture.
    """

    at: NDArray[np.float64]
    values: NDArray[np.float64]
    at_unit: str
    unit: str


def profile_along(
    tool: str, points: Sequence[ImagePoint], frame: Frame, calibration: UserCalibration | None = None, suv: str = "bw"
) -> LineProfile:
    """The values along a length or a path, every half pixel and at its points, bilinear between the centres of pixels.

    points: image coordinates, the centre of the first pixel at (0.5, 0.5); within half a pixel of the edge the value is
    that of the edge. PET as SUV where it can be told. Refused for colour, and for a tool that draws no line.
    """
    check_points(tool, points, *frame.stored.shape[:2])
    if tool not in PROFILED:
        raise Refused("Only a length or a path has a profile.", "Select one, or draw one over what you look at.")
    if frame.is_colour:
        raise Refused("A colour image has no values to look at along a line.", "Use a grey image.")
    spacing = spacing_of(frame.facts, points, calibration)
    places, along = [points[0]], [0.0]
    for a, b in pairwise(points):
        steps = max(1, ceil(hypot(b[0] - a[0], b[1] - a[1]) / STEP_PX))
        long = distance(a, b, spacing.scale)
        places += [(a[0] + (b[0] - a[0]) * n / steps, a[1] + (b[1] - a[1]) * n / steps) for n in range(1, steps + 1)]
        along += [along[-1] + long * (n / steps) for n in range(1, steps)] + [along[-1] + long]
    unit, factor, _ = unit_of(frame.facts, suv)
    values = _bilinear(frame, np.array(places)) * factor
    return LineProfile(np.array(along), values, spacing.basis.unit, unit)


def _bilinear(frame: Frame, places: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns = frame.stored.shape[:2]
    x = np.clip(places[:, 0] - 0.5, 0, columns - 1)
    y = np.clip(places[:, 1] - 0.5, 0, rows - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    first, last = (int(top.min()), int(left.min())), (int(top.max()) + 2, int(left.max()) + 2)
    cut = Frame(frame.stored[first[0] : last[0], first[1] : last[1]], frame.facts)
    grid = modality_values(cut).astype(np.float64)
    grid = np.where(density_mask(cut) & np.isfinite(grid), grid, np.nan)
    found = np.zeros(len(places))
    for down in (0, 1):
        for right in (0, 1):
            share = np.where(right, x - left, 1 - (x - left)) * np.where(down, y - top, 1 - (y - top))
            row = np.minimum(top - first[0] + down, grid.shape[0] - 1)
            column = np.minimum(left - first[1] + right, grid.shape[1] - 1)
            # A pixel without a share in it does not make a value unknown.
            found += np.where(share > 0, share * grid[row, column], 0.0)
    return found
