"""Shadows of shapes on a film: how many millimetres of them the beam crosses, sharp at any resolution."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from readingroom.demo.shapes import Tubes
from readingroom.demo.texture import Floats

Path = NDArray[np.float64]


@dataclass(slots=True)
class Film:
    """A film seen from the front: positions (mm) of its columns (x, to the left) and of its rows (z, falling)."""

    xs: Floats
    zs: Floats

    @classmethod
    def of(cls, columns: int, rows: int, spacing_mm: float, left_mm: float, top_mm: float) -> "Film":
        """A film whose first pixel lies at (left, top)."""
        return cls(
            (left_mm + spacing_mm * np.arange(columns)).astype(np.float32),
            (top_mm - spacing_mm * np.arange(rows)).astype(np.float32),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.zs), len(self.xs)

    def blank(self) -> NDArray[np.float32]:
        """An empty shadow."""
        return np.zeros(self.shape, np.float32)

    def box(self, x0: float, x1: float, z0: float, z1: float) -> tuple[slice, slice] | None:
        """The pixels that a rectangle touches."""
        column0, column1 = np.searchsorted(self.xs, (x0, x1))
        row0, row1 = np.searchsorted(-self.zs, (-z1, -z0))
        if column0 == column1 or row0 == row1:
            return None
        return slice(int(row0), int(row1)), slice(int(column0), int(column1))

    def gap(
        self, start: Sequence[float], end: Sequence[float], reach: float
    ) -> tuple[tuple[slice, slice], Floats, Floats] | None:
        """Box, distance (mm) to a line piece (x, z) and place along it from 0 to 1 (outside: beyond its ends)."""
        box = self.box(
            min(start[0], end[0]) - reach, max(start[0], end[0]) + reach, min(start[1], end[1]) - reach,
            max(start[1], end[1]) + reach,
        )  # fmt: skip
        if box is None:
            return None
        ax, az = np.float32(end[0] - start[0]), np.float32(end[1] - start[1])
        dx, dz = self.xs[box[1]][None, :] - np.float32(start[0]), self.zs[box[0]][:, None] - np.float32(start[1])
        along = (dx * ax + dz * az) / (ax * ax + az * az + np.float32(1e-6))
        held = np.clip(along, 0, 1)
        return box, np.sqrt((dx - held * ax) ** 2 + (dz - held * az) ** 2), along

    def chain(self, path: Path, into: NDArray[np.float32], deep: float = 1.0, tangent: bool = True) -> None:
        """Raise `into` to the thickness of one tube; path rows are x, y, z, radius; deep is its depth to height."""
        for a, b in pairwise(path):
            radius = (a[3] + b[3]) / 2
            found = self.gap((a[0], a[2]), (b[0], b[2]), radius)
            if found is None:
                continue
            box, gap, _ = found
            steep = 1.0
            if tangent:
                flat = np.hypot(b[0] - a[0], b[2] - a[2]) + 0.5
                steep = min(3.2, float(np.linalg.norm((b - a)[:3])) / flat)
            thick = (2 * deep * max(1.0, steep)) * np.sqrt(np.maximum(radius * radius - gap * gap, 0))
            np.maximum(into[box], thick, out=into[box])

    def tubes(self, tubes: Tubes, into: NDArray[np.float32]) -> None:
        """Add the thickness of many round tubes."""
        for n in range(len(tubes.start)):
            a, b = tubes.start[n], tubes.end[n]
            radius = float(max(tubes.start_mm[n], tubes.end_mm[n]))
            found = self.gap((a[0], a[2]), (b[0], b[2]), radius)
            if found is None:
                continue
            box, gap, along = found
            flat = float(np.hypot(b[0] - a[0], b[2] - a[2])) + 1e-3
            steep = min(2.5, float(np.linalg.norm(b - a)) / flat)
            within = (along >= 0) & (along <= 1)
            into[box] += steep * within * 2 * np.sqrt(np.maximum(radius * radius - gap * gap, 0))

    def oval(
        self, centre: Sequence[float], radii: Sequence[float], lean: float = 0.0
    ) -> tuple[tuple[slice, slice], Floats] | None:
        """Box and relative distance (1 at the edge) of an ellipse at (x, z)."""
        reach = max(radii)
        box = self.box(centre[0] - reach, centre[0] + reach, centre[1] - reach, centre[1] + reach)
        if box is None:
            return None
        dx, dz = self.xs[box[1]][None, :] - np.float32(centre[0]), self.zs[box[0]][:, None] - np.float32(centre[1])
        cosine, sine = np.float32(np.cos(lean)), np.float32(np.sin(lean))
        return box, np.hypot((cosine * dx + sine * dz) / radii[0], (cosine * dz - sine * dx) / radii[1])


def hollow(
    film: Film, paths: Sequence[Path], cortex_mm: float, deep: float = 1.0, marrow: float = 0.38
) -> NDArray[np.float32]:
    """Bone thickness (mm of cortex) of tubes that each have a cortex and a lighter marrow."""
    total = film.blank()
    for path in paths:
        outer, inner = film.blank(), film.blank()
        film.chain(path, outer, deep)
        thin = path.copy()
        thin[:, 3] = np.maximum(path[:, 3] - cortex_mm, 0.05)
        film.chain(thin, inner, deep)
        total += outer - (1 - marrow) * inner
    return total
