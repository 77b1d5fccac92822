"""Anti-aliased shapes on one transverse plane of a body: each boundary's 50 % contour lies where geometry says."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from readingroom.demo.texture import Floats

Box = tuple[slice, slice]
Point = tuple[float, float, float]


class Profile:
    """A smooth function of height z through knots (mm to mm)."""

    def __init__(self, *knots: tuple[float, float], smooth_mm: float = 24.0) -> None:
        ordered = sorted(knots)
        self._low = ordered[0][0] - 60.0
        span = np.arange(self._low, ordered[-1][0] + 61.0, 2.0)
        values = np.interp(span, [k[0] for k in ordered], [k[1] for k in ordered])
        half = max(1, int(smooth_mm / 4))
        window = np.hanning(2 * half + 3)[1:-1]
        padded = np.pad(values, half, mode="edge")
        self._span, self._values = span, np.convolve(padded, window / window.sum(), mode="valid")

    def __call__(self, z: float) -> float:
        return float(np.interp(z, self._span, self._values))


@dataclass(slots=True)
class Sheet:
    """Values on the transverse plane z: shape (ys, xs), positions of the pixel centres in mm."""

    xs: Floats
    ys: Floats
    z: float
    values: Floats
    soft_mm: float = field(default=1.0)

    @classmethod
    def empty(cls, xs: Floats, ys: Floats, z: float, value: float) -> "Sheet":
        """A plane filled with one value; edges are as soft as one pixel."""
        values = np.full((len(ys), len(xs)), value, np.float32)
        return cls(xs, ys, z, values, float(max(xs[1] - xs[0], ys[1] - ys[0])))

    def box(self, x0: float, x1: float, y0: float, y1: float) -> Box | None:
        """The pixels that a rectangle (mm) with a margin touches, or None when it lies outside."""
        margin = 2 * self.soft_mm
        column0, column1 = np.searchsorted(self.xs, (x0 - margin, x1 + margin))
        row0, row1 = np.searchsorted(self.ys, (y0 - margin, y1 + margin))
        if column0 == column1 or row0 == row1:
            return None
        return slice(int(row0), int(row1)), slice(int(column0), int(column1))

    def place(self, box: Box) -> tuple[Floats, Floats]:
        """x as a row and y as a column, broadcastable over a box."""
        return self.xs[box[1]][None, :], self.ys[box[0]][:, None]

    def cover(self, distance_mm: Floats, soft_mm: float | None = None) -> Floats:
        """How much of each pixel lies inside a boundary: 0.5 where its distance is 0 (negative inside)."""
        return np.asarray(np.clip(0.5 - distance_mm / (soft_mm or self.soft_mm), 0.0, 1.0), np.float32)

    def paint(
        self, distance_mm: Floats, value: Floats | float, box: Box | None = None, soft_mm: float | None = None
    ) -> None:
        """Blend value into the inside of a boundary."""
        self.blend(self.cover(distance_mm, soft_mm), value, box)

    def blend(self, part: Floats, value: Floats | float, box: Box | None = None) -> None:
        """Mix value in by part (0 to 1)."""
        target = self.values if box is None else self.values[box]
        target += part * (value - target)

    def ellipsoid(
        self, centre: Point, radii: Point, axes: NDArray[np.float32] | None = None
    ) -> tuple[Box, Floats] | None:
        """Box and distance (mm) to an ellipsoid; axes are rows of unit vectors along the radii."""
        reach = max(radii) if axes is not None else radii[2]
        if abs(self.z - centre[2]) > reach + self.soft_mm:
            return None
        wide, deep = (max(radii), max(radii)) if axes is not None else radii[:2]
        box = self.box(centre[0] - wide, centre[0] + wide, centre[1] - deep, centre[1] + deep)
        if box is None:
            return None
        x, y = self.place(box)
        dx, dy, dz = x - centre[0], y - centre[1], np.float32(self.z - centre[2])
        turned = (dx, dy, dz) if axes is None else tuple(a[0] * dx + a[1] * dy + a[2] * dz for a in axes)
        near = sum((t / np.float32(r)) ** 2 for t, r in zip(turned, radii, strict=True))
        steep = sum((t / np.float32(r * r)) ** 2 for t, r in zip(turned, radii, strict=True))
        size = np.sqrt(near)
        return box, np.asarray(size * (size - 1) / np.sqrt(steep + 1e-9), np.float32)


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """The vector with length 1."""
    return np.asarray(vector / np.linalg.norm(vector))


def frame_along(axis: Point) -> NDArray[np.float32]:
    """Three orthogonal unit rows, the first along axis."""
    first = unit(np.array(axis, float))
    second = unit(np.cross(first, (0.0, 0.0, 1.0)))
    return np.stack([first, second, np.cross(first, second)]).astype(np.float32)


def smooth_path(points: NDArray[np.float64], step_mm: float = 4.0) -> NDArray[np.float64]:
    """A Catmull-Rom curve through points (rows of any width, the first three in mm), sampled every step_mm."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    pieces = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        count = max(1, int(np.linalg.norm((c - b)[:3]) / step_mm))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack([*pieces, points[-1:]])


@dataclass(frozen=True, slots=True)
class Tubes:
    """Round tubes: start and end points (n, 3) in mm and their radii (n,) in mm."""

    start: Floats
    end: Floats
    start_mm: Floats
    end_mm: Floats

    @classmethod
    def along(cls, *paths: NDArray[np.float64]) -> "Tubes":
        """Tubes along paths whose rows are x, y, z, radius."""
        starts, ends = np.vstack([p[:-1] for p in paths]), np.vstack([p[1:] for p in paths])
        a, b = starts.astype(np.float32), ends.astype(np.float32)
        return cls(a[:, :3], b[:, :3], a[:, 3], b[:, 3])

    def thicker(self, by_mm: float) -> "Tubes":
        """The same tubes with by_mm more radius."""
        more = np.float32(by_mm)
        return Tubes(self.start, self.end, self.start_mm + more, self.end_mm + more)

    def near(self, sheet: Sheet, widest: Floats) -> NDArray[np.intp]:
        """Which tubes touch the plane."""
        low = np.minimum(self.start[:, 2], self.end[:, 2]) - widest
        high = np.maximum(self.start[:, 2], self.end[:, 2]) + widest
        return np.flatnonzero((low <= sheet.z + sheet.soft_mm) & (high >= sheet.z - sheet.soft_mm))

    def cover(self, sheet: Sheet, out: Floats) -> None:
        """Raise out (the plane's shape, 0 to 1) to what the tubes cover of each pixel."""
        widest = np.maximum(self.start_mm, self.end_mm)
        for n in self.near(sheet, widest):
            a, b, reach = self.start[n], self.end[n], float(widest[n])
            box = sheet.box(
                min(a[0], b[0]) - reach, max(a[0], b[0]) + reach, min(a[1], b[1]) - reach, max(a[1], b[1]) + reach
            )
            if box is None:
                continue
            along = b - a
            x, y = sheet.place(box)
            dx, dy, dz = x - a[0], y - a[1], np.float32(sheet.z) - a[2]
            t = (dx * along[0] + dy * along[1] + dz * along[2]) / (along @ along + np.float32(1e-6))
            np.clip(t, 0, 1, out=t)
            gap = np.sqrt((dx - t * along[0]) ** 2 + (dy - t * along[1]) ** 2 + (dz - t * along[2]) ** 2)
            radius = self.start_mm[n] + t * (self.end_mm[n] - self.start_mm[n])
            part = np.clip(0.5 + (radius - gap) / sheet.soft_mm, 0, 1)
            np.maximum(out[box], part * np.minimum(1, 2.2 * radius / sheet.soft_mm), out=out[box])
