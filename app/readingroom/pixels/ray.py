"""Where a line of sight meets a volume: the voxel that a reader points at in a rendering."""

from collections.abc import Callable
from math import log

import numpy as np
from numpy.typing import NDArray

from readingroom.geometry.plane import dot
from readingroom.geometry.reformat import sum_of
from readingroom.pixels.trilinear import inside, interpolated
from readingroom.pixels.voxels import Voxels
from readingroom.record.study import Vector

Opacity = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Kept = Callable[[NDArray[np.float64]], NDArray[np.bool_]]
STEPS_PER_VOXEL = 2.0


def first_hit(
    voxels: Voxels, start_mm: Vector, look: Vector, opacity: Opacity, kept: Kept | None, stop_at: float
) -> Vector | None:
    """Where a line through start_mm has lost the share stop_at of its light, LPS mm; None where it goes through.

    opacity: modality values to the share kept back by one millimetre. kept: points (n, 3) that were not cut away.
    """
    depths, points, values = _along(voxels, start_mm, look, kept)
    if not depths.size:
        return None
    step = float(depths[1] - depths[0]) if depths.size > 1 else 1.0
    shares = np.where(np.isfinite(values), opacity(np.nan_to_num(values)), 0.0)
    passed = np.cumsum(np.log1p(-np.minimum(shares, 1 - 1e-9)) * step)
    stopped = np.flatnonzero(passed <= log(1.0 - stop_at))
    return _vector(points[stopped[0]]) if stopped.size else None


def brightest(voxels: Voxels, start_mm: Vector, look: Vector, kept: Kept | None) -> Vector | None:
    """Where a line through start_mm meets the greatest value, LPS mm: what a maximum intensity projection shows there."""
    _, points, values = _along(voxels, start_mm, look, kept)
    if not np.isfinite(values).any():
        return None
    return _vector(points[int(np.nanargmax(values))])


def _along(
    voxels: Voxels, start_mm: Vector, look: Vector, kept: Kept | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Depths along the line, their points (n, 3), and the values there; NaN where nothing is seen."""
    lattice = voxels.lattice
    corners = lattice.corners() @ np.array(look)
    low, high = float(corners.min()) - dot(start_mm, look), float(corners.max()) - dot(start_mm, look)
    depths = np.arange(low, high, lattice.finest_mm / STEPS_PER_VOXEL)
    points = np.array(sum_of((start_mm, 1.0))) + depths[:, None] * np.array(look)
    x, y, z = (np.column_stack((points, np.ones(len(points)))) @ lattice.to_voxel.T)[:, :3].T
    seen = inside(lattice, (x, y, z))
    if None in lattice.planes:
        gone = np.array([plane is None for plane in lattice.planes])
        below = np.clip(np.floor(z + 1e-4).astype(int), 0, lattice.slices - 1)
        above = np.clip(np.ceil(z - 1e-4).astype(int), 0, lattice.slices - 1)
        seen &= ~(gone[below] | gone[above])
    if kept is not None:
        seen &= kept(points)
    values = np.where(seen, voxels.values_of(interpolated(voxels, (x, y, z))), np.nan)
    return depths, points, values


def _vector(a: NDArray[np.float64]) -> Vector:
    return float(a[0]), float(a[1]), float(a[2])
