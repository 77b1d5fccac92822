"""Grain: smooth random fields that make outlines irregular, and noise as scanners leave it."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_SPLINE_STD = 0.479**1.5  # a cubic B-spline of white noise, three axes


def _spline_weights(positions: NDArray[np.floating], count: int) -> Floats:
    """Cubic B-spline weights of each position (in knots) on count knots, shape (positions, count)."""
    weights = np.zeros((len(positions), count), np.float32)
    base = np.floor(positions).astype(int)
    part = positions - base
    parts = (
        (1 - part) ** 3 / 6,
        (3 * part**3 - 6 * part**2 + 4) / 6,
        (-3 * part**3 + 3 * part**2 + 3 * part + 1) / 6,
        part**3 / 6,
    )
    rows = np.arange(len(positions))
    for offset, weight in enumerate(parts):
        weights[rows, np.clip(base - 1 + offset, 0, count - 1)] += weight
    return weights


class Field:
    """A smooth random function of body position with mean 0 and standard deviation about 1.

    Coordinates in mm; outside the box the nearest knots repeat.
    """

    def __init__(
        self, seed: int, scale_mm: float, low_mm: tuple[float, float, float], high_mm: tuple[float, float, float]
    ) -> None:
        self.scale_mm = scale_mm
        self._low = np.array(low_mm, float) - 2 * scale_mm
        counts = np.ceil((np.array(high_mm) - self._low) / scale_mm).astype(int) + 3
        noise = np.random.default_rng(seed).standard_normal(tuple(counts))
        self._knots: Floats = (noise / _SPLINE_STD).astype(np.float32)
        self._grid: tuple[Floats, Floats, Floats, Floats] | None = None
        self._last: tuple[float, NDArray[np.float32]] | None = None

    def on_plane(self, xs: Floats, ys: Floats, z: float) -> Floats:
        """Values on the transverse plane z, shape (ys, xs); the plane last asked for is kept, so leave it as it is."""
        nx, ny, nz = self._knots.shape
        if self._grid is None or self._grid[0] is not xs or self._grid[1] is not ys:
            wx = _spline_weights((xs - self._low[0]) / self.scale_mm, nx)
            wy = _spline_weights((ys - self._low[1]) / self.scale_mm, ny)
            self._grid, self._last = (xs, ys, wx, wy), None
        if self._last is not None and self._last[0] == z:
            return self._last[1]
        wz = _spline_weights(np.array([(z - self._low[2]) / self.scale_mm]), nz)[0]
        low = max(0, int(np.flatnonzero(wz)[0]))
        high = int(np.flatnonzero(wz)[-1]) + 1
        flat = self._knots[:, :, low:high] @ wz[low:high]
        values = np.asarray(self._grid[3] @ (flat.T @ self._grid[2].T), np.float32)
        self._last = (z, values)
        return values

    def on_sheet(self, xs: Floats, zs: Floats) -> Floats:
        """Values on the frontal plane y = 0, shape (zs, xs)."""
        nx, ny, nz = self._knots.shape
        wy = _spline_weights(np.array([-self._low[1] / self.scale_mm]), ny)[0]
        flat = np.tensordot(self._knots, wy, axes=(1, 0))
        wx = _spline_weights((xs - self._low[0]) / self.scale_mm, nx)
        wz = _spline_weights((zs - self._low[2]) / self.scale_mm, nz)
        return np.asarray(wz @ (flat.T @ wx.T), np.float32)

    @cached_property
    def _fine(self) -> tuple[Floats, float]:
        from scipy import ndimage

        fine = np.asarray(
            ndimage.zoom(self._knots, 3, order=3, prefilter=False, mode="nearest", grid_mode=False), np.float32
        )
        return fine, (fine.shape[0] - 1) / (self._knots.shape[0] - 1)

    def at(self, x: Floats, y: Floats, z: Floats) -> Floats:
        """Values at points; the three arrays have one shape, which is the shape of the answer."""
        from scipy import ndimage

        fine, _ = self._fine
        place = np.stack([np.broadcast_to(axis, x.shape).ravel() for axis in (x, y, z)]).astype(np.float32)
        steps = np.array(fine.shape) - 1
        knots = np.array(self._knots.shape) - 1
        place = (place - self._low[:, None].astype(np.float32)) * (steps / knots / self.scale_mm)[:, None].astype(
            np.float32
        )
        return np.asarray(
            ndimage.map_coordinates(fine, place, order=1, mode="nearest", output=np.float32), np.float32
        ).reshape(x.shape)


class Noise:
    """Correlated noise with mean 0 and standard deviation 1, never the same twice, cheap by the slice.

    fine_px and coarse_px are the standard deviations of the two Gaussians whose difference is the spectrum; a
    coarse_px of 0 leaves the low frequencies in.
    """

    def __init__(self, seed: int, shape: tuple[int, int], fine_px: float, coarse_px: float = 0.0, fields: int = 5):
        from scipy import ndimage

        self._random = np.random.default_rng(seed)
        self._shape = shape
        bank = []
        for _ in range(fields):
            white = self._random.standard_normal(shape, dtype=np.float32)
            grain = ndimage.gaussian_filter(white, fine_px, mode="wrap") if fine_px > 0 else white
            if coarse_px > 0:
                grain = grain - ndimage.gaussian_filter(white, coarse_px, mode="wrap")
            bank.append((grain / grain.std()).astype(np.float32))
        self._bank = bank

    def next(self) -> Floats:
        """A fresh field: two of the bank, shifted and turned at random, added."""
        one, two = self._random.choice(len(self._bank), 2, replace=False)
        rows, columns = (int(self._random.integers(extent)) for extent in self._shape)
        first = np.roll(self._bank[one], (rows, columns), (0, 1))
        second = self._bank[two][::-1] if rows % 2 else self._bank[two][:, ::-1]
        sign = np.float32(0.70710678 if columns % 2 else -0.70710678)
        first += second
        first *= sign
        return np.asarray(first, np.float32)
