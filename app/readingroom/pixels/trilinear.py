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
        for rows, moved in _bands(matrix, width, height):
            found[rows] = _missing(lattice, gone, moved, (width, rows.stop - rows.start), slab)
    return found


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
    width, height = size
    found = np.zeros((height, width), bool)
    for offset in offsets(slab):
        places = places_of(matrix, width, height, float(offset))
        deep = np.clip(places[2], 0, lattice.slices - 1)
        lower = np.floor(deep + NEAR).astype(np.intp)
        upper = np.minimum(np.ceil(deep - NEAR).astype(np.intp), lattice.slices - 1)
        found |= (gone[lower] | gone[np.maximum(upper, 0)]) & inside(lattice, places)
    return found


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
        words = _trilinear(voxels, places)
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


def _trilinear(voxels: Voxels, places: tuple[Grid, Grid, Grid]) -> Grid:
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
