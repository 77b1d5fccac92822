"""Planes through a volume by plain arithmetic: the reference that engines are compared with."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from readingroom.geometry.lattice import Lattice
from readingroom.geometry.reformat import Slab
from readingroom.pixels.voxels import Voxels

EDGE = 0.5 + 1e-6
NEAR = 1e-4
"""A sample this near to a plane of the grid, in slices, is that plane alone."""
BAND_PIXELS = 1 << 20
"""So many pixels are worked on at once: a large plane needs no more memory than its own picture."""
Grid = NDArray[np.float64]


def places_of(matrix: Grid, width: int, height: int, offset: float) -> tuple[Grid, Grid, Grid]:
    """Voxel (column, row, slice) of each output pixel at one slab sample (offset from the plane), each (height, width)."""
    x, y = np.arange(width, dtype=np.float64)[None, :], np.arange(height, dtype=np.float64)[:, None]
    along = [matrix[n, 0] * x + matrix[n, 1] * y + matrix[n, 2] * offset + matrix[n, 3] for n in range(3)]
    return along[0], along[1], along[2]


def offsets(slab: Slab) -> Grid:
    """The slab's samples, in samples from the plane."""
    return np.asarray(np.arange(slab.samples) - (slab.samples - 1) / 2)


def inside(lattice: Lattice, places: tuple[Grid, Grid, Grid]) -> NDArray[np.bool_]:
    """Where places lie in the volume, to the outer faces of its voxels."""
    sizes = (lattice.columns, lattice.rows, lattice.slices)
    within = [(place > -EDGE) & (place < size - 1 + EDGE) for place, size in zip(places, sizes, strict=True)]
    return np.asarray(within[0] & within[1] & within[2])


def missing(lattice: Lattice, matrix: Grid, width: int, height: int, slab: Slab) -> NDArray[np.bool_]:
    """Where a value would rest on a plane that is not here, shape (height, width)."""
    found = np.zeros((height, width), bool)
    gone = np.array([plane is None for plane in lattice.planes])
    if gone.any():
        depths = _depths_of(matrix, width, height, slab)
        if not _touched(gone, *depths):
            return found
        for rows, moved in _bands(matrix, width, height):
            found[rows] = _missing(lattice, gone, moved, (width, rows.stop - rows.start), slab)
    return found


def _depths_of(matrix: Grid, width: int, height: int, slab: Slab) -> tuple[float, float]:
    """The lowest and the highest slice that a plane's samples come to."""
    ends = offsets(slab)[[0, -1]]
    corners = [
        matrix[2] @ np.array([x, y, z, 1.0]) for x in (0.0, width - 1.0) for y in (0.0, height - 1.0) for z in ends
    ]
    return float(min(corners)), float(max(corners))


def _touched(gone: NDArray[np.bool_], low: float, high: float) -> bool:
    """Whether any of the slices between two depths, or a neighbour that they lean on, is missing."""
    last = len(gone) - 1
    first, past = int(np.clip(np.floor(low), 0, last)), int(np.clip(np.ceil(high), 0, last))
    return bool(gone[first : past + 1].any())


def _bands(matrix: Grid, width: int, height: int) -> Iterator[tuple[slice, Grid]]:
    """Rows of a plane that are worked on together, and the matrix that begins at the first of them."""
    most = max(1, BAND_PIXELS // width)
    for first in range(0, height, most):
        moved = matrix.copy()
        moved[:, 3] += matrix[:, 1] * first
        yield slice(first, min(height, first + most)), moved


def _missing(
    lattice: Lattice, gone: NDArray[np.bool_], matrix: Grid, size: tuple[int, int], slab: Slab
) -> NDArray[np.bool_]:
    """Of each pixel's samples the first and the last in the volume, and whether any slice between them is missing.

    Samples of a slab lie at most a slice apart, so none between is passed over.
    """
    x, y = np.arange(size[0], dtype=np.float64)[None, :], np.arange(size[1], dtype=np.float64)[:, None]
    steps = offsets(slab)
    first, last = np.array([[steps[0]]]), np.array([[steps[-1]]])
    within: list[NDArray[np.bool_]] = []
    bases = [_flattened(matrix[axis], x, y) for axis in range(3)]
    for base, deep, size_ in zip(bases, matrix[:3, 2], (lattice.columns, lattice.rows, lattice.slices), strict=True):
        low, high = -EDGE - base, size_ - 1 + EDGE - base
        if slab.samples == 1 or abs(deep) * slab.samples < 1e-9:
            within.append((low < 0) & (high > 0))
        else:
            begin, end = (low / deep, high / deep) if deep > 0 else (high / deep, low / deep)
            first, last = np.maximum(first, begin), np.minimum(last, end)
    first = np.ceil(first - steps[0]) + steps[0]
    last = np.floor(last - steps[0]) + steps[0]
    held = np.where(first <= last, first, steps[0]), np.where(first <= last, last, steps[0])
    ends = [np.clip(bases[2] + matrix[2, 2] * one, 0, lattice.slices - 1) for one in held]
    lower = np.floor(np.minimum(*ends) + NEAR).astype(np.intp)
    upper = np.maximum(np.ceil(np.maximum(*ends) - NEAR).astype(np.intp), 0)
    before = np.concatenate([[0], np.cumsum(gone)])
    found = (before[upper + 1] > before[lower]) & (first <= last)
    for one in within:
        found = found & one
    return np.broadcast_to(found, (size[1], size[0]))


def _flattened(row: Grid, x: Grid, y: Grid) -> Grid:
    """The place of each pixel along one axis: one number, one row or one column where it changes that way only."""
    place: Grid = np.array([[row[3]]])
    # Dust left by rounding moves no sample by anything: it must not make a whole picture of one row.
    if abs(row[0]) * x.size > 1e-9:
        place = place + row[0] * x
    if abs(row[1]) * y.size > 1e-9:
        place = place + row[1] * y
    return place


def reformatted(voxels: Voxels, matrix: Grid, width: int, height: int, slab: Slab) -> tuple[Grid, NDArray[np.bool_]]:
    """Words between voxels, shape (height, width), and where the volume is at all; trilinear in float64.

    matrix: output pixel to voxel. Samples of a slab outside the volume do not count.
    """
    words, shown = np.zeros((height, width)), np.zeros((height, width), bool)
    for rows, moved in _bands(matrix, width, height):
        words[rows], shown[rows] = _reformatted(voxels, moved, width, rows.stop - rows.start, slab)
    return words, shown


def _reformatted(voxels: Voxels, matrix: Grid, width: int, height: int, slab: Slab) -> tuple[Grid, NDArray[np.bool_]]:
    total = np.full((height, width), {"max": -np.inf, "min": np.inf}.get(slab.mode, 0.0))
    count = np.zeros((height, width), np.int64)
    for offset in offsets(slab):
        places = places_of(matrix, width, height, float(offset))
        here = inside(voxels.lattice, places)
        words = interpolated(voxels, places)
        if slab.mode == "max":
            total = np.where(here, np.maximum(total, words), total)
        elif slab.mode == "min":
            total = np.where(here, np.minimum(total, words), total)
        else:
            total += np.where(here, words, 0.0)
        count += here
    shown = count > 0
    if slab.mode == "mean":
        total = total / np.maximum(count, 1)
    return np.where(shown, total, 0.0), shown


def interpolated(voxels: Voxels, places: tuple[Grid, Grid, Grid]) -> Grid:
    """Words between voxels at (column, row, slice) of any shape; beyond the volume its edge goes on."""
    words = voxels.words
    ends = [np.clip(place, 0, size - 1) for place, size in zip(places, words.shape[::-1], strict=True)]
    low = [end.astype(np.intp) for end in ends]
    high = [np.minimum(one + 1, size - 1) for one, size in zip(low, words.shape[::-1], strict=True)]
    x, y, z = (end - one for end, one in zip(ends, low, strict=True))
    faces = []
    for slices in (low[2], high[2]):
        rows = [words[slices, row, low[0]] * (1 - x) + words[slices, row, high[0]] * x for row in (low[1], high[1])]
        faces.append(rows[0] * (1 - y) + rows[1] * y)
    return np.asarray(faces[0] * (1 - z) + faces[1] * z)
