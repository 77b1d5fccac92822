"""Where on the view a layer has pixels at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """View pixels that lie in a layer: the box rows top..bottom-1, columns left..right-1, and what of it is inside.

    inside: None where the whole box is, else (bottom - top, right - left).
    """

    left: int
    right: int
    top: int
    bottom: int
    inside: NDArray[np.bool_] | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the layer is in view."""
        return self.right <= self.left or self.bottom <= self.top


def footprint(
    matrix: NDArray[np.float64], extent: tuple[int, int, int], width: int, height: int, samples: int, reach: float
) -> Footprint:
    """The footprint of a box of extent (columns, rows, slices) voxels under a 4 x 4 view-to-voxel matrix.

    samples: of the slab, one third matrix column apart and centred; a view pixel is inside where any sample is.
    reach: voxels by which the box is wider on every side.
    """
    rows = np.arange(height, dtype=np.float64)[:, None]
    depths = (np.arange(samples) - (samples - 1) / 2)[None, :]
    start, stop = np.full((height, samples), -np.inf), np.full((height, samples), np.inf)
    for axis in range(3):
        along, down, deep, offset = matrix[axis]
        rest = down * rows + deep * depths + offset
        low, high = -0.5 - reach - rest, extent[axis] - 0.5 + reach - rest
        if along == 0.0:
            start[(low > 0.0) | (high < 0.0)] = np.inf
        else:
            first, last = (low / along, high / along) if along > 0 else (high / along, low / along)
            np.maximum(start, first, out=start)
            np.minimum(stop, last, out=stop)
    first_column = np.clip(np.ceil(start), 0, width).astype(np.intp)
    past_column = np.clip(np.floor(stop) + 1, 0, width).astype(np.intp)
    empty = past_column <= first_column
    first_column[empty], past_column[empty] = width, 0
    return _boxed(first_column, past_column)


def _boxed(start: NDArray[np.intp], stop: NDArray[np.intp]) -> Footprint:
    """The box around runs of columns start..stop-1, each of shape (rows, samples); a run that ends first is none."""
    filled = np.flatnonzero((stop > start).any(axis=1))
    if filled.size == 0:
        return Footprint(0, 0, 0, 0, None)
    top, bottom = int(filled[0]), int(filled[-1]) + 1
    start, stop = start[top:bottom], stop[top:bottom]
    left, right = int(start.min()), int(stop.max())
    whole = ((start == left) & (stop == right)).any(axis=1).all()
    return Footprint(left, right, top, bottom, None if whole else _runs(start - left, stop - left, right - left))


def _runs(start: NDArray[np.intp], stop: NDArray[np.intp], width: int) -> NDArray[np.bool_]:
    """Which of `width` columns lie in any run of their row: steps up and down, summed."""
    rows, columns = np.nonzero(stop > start)
    steps = np.zeros((start.shape[0], width + 1), np.int32)
    np.add.at(steps, (rows, start[rows, columns]), 1)
    np.add.at(steps, (rows, stop[rows, columns]), -1)
    inside: NDArray[np.bool_] = np.cumsum(steps[:, :-1], axis=1) > 0
    return inside
