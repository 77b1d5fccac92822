"""Planes through a volume: the named ones, free ones, and the slab around each."""

from dataclasses import dataclass
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.lattice import Lattice
from readingroom.geometry.plane import Plane, cross, dot, unit
from readingroom.record.study import Vector

DIRECTIONS: dict[str, tuple[Vector, Vector]] = {
    "axial": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
}
"""Row and column directions in LPS as they are read: axial from the feet, coronal from the front, sagittal from the left."""
MODES = ("mean", "max", "min")
MOST_SIDE = 16384
MOST_PIXELS = 1 << 26
"""A larger plane than any film or wall of monitors shows."""
MOST_SAMPLES = 4096
SKEW = 1e-3


@dataclass(frozen=True, slots=True)
class Slab:
    """Samples of a plane's normal that become one value: as many as `samples`, step_mm apart, centred on the plane."""

    mode: str = "mean"
    samples: int = 1
    step_mm: float = 1.0


def named_plane(lattice: Lattice, name: str, spacing_mm: float | None, size: tuple[int, int] | None) -> Plane:
    """The axial, coronal or sagittal plane through the middle of a volume, whole unless a size says less.

    size: (width, height) in pixels around the middle. spacing_mm: the volume's finest where None. The plane lies on the
    middle slice where the volume's axes are the patient's.
    """
    row, column = DIRECTIONS[name]
    normal = unit(cross(row, column))
    spacing = lattice.finest_mm if spacing_mm is None else spacing_mm
    corners = [(float(c[0]), float(c[1]), float(c[2])) for c in lattice.corners()]
    spans = [(min(dot(c, axis) for c in corners), max(dot(c, axis) for c in corners)) for axis in (row, column)]
    width, height = size or tuple(max(1, ceil((high - low) / spacing - 1e-6)) for low, high in spans)
    middle = _middle(lattice, normal)
    across, down = (
        (low + high) / 2 - (n - 1) / 2 * spacing for (low, high), n in zip(spans, (width, height), strict=True)
    )
    depth = dot(middle, normal)
    return free_plane(sum_of((row, across), (column, down), (normal, depth)), row, column, spacing, (width, height))


def free_plane(origin_mm: Vector, row: Vector, column: Vector, spacing_mm: float, size: tuple[int, int]) -> Plane:
    """A plane whose first pixel's centre is at origin_mm (LPS); ReaderError where its directions are no right angle."""
    numbers = (*origin_mm, *row, *column, spacing_mm)
    if not all(isfinite(number) for number in numbers) or spacing_mm <= 0:
        raise ReaderError("The plane has no usable numbers.", "Give millimetres in LPS and a spacing above 0.")
    if min(dot(row, row), dot(column, column)) < 1e-12:
        raise ReaderError("A direction of the plane is zero.", "Give --row and --column such as 1,0,0 and 0,1,0.")
    right, down = unit(row), unit(column)
    if abs(dot(right, down)) > SKEW:
        raise ReaderError("Row and column are not at right angles.", "Give two directions at right angles.")
    width, height = size
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        raise ReaderError(f"A plane of {width} × {height} pixels cannot be made.", f"At most {MOST_SIDE} either way.")
    if width * height > MOST_PIXELS:
        raise ReaderError(f"A plane of {width} × {height} pixels cannot be made.", "Ask for 67 million pixels at most.")
    return Plane(origin_mm, right, down, (spacing_mm, spacing_mm), height, width)


def slab_of(lattice: Lattice, plane: Plane, thickness_mm: float | None, mode: str) -> Slab:
    """The samples of a slab: one voxel apart along the normal, an odd number so that the plane itself is one.

    No voxel between the slab's faces is passed over along the volume's axes.
    """
    if thickness_mm is None or thickness_mm == 0:
        return Slab(mode)
    if not isfinite(thickness_mm) or thickness_mm < 0:
        raise ReaderError("A slab has a thickness in millimetres.", "Give --slab a number above 0.")
    step = voxel_step_mm(lattice, plane.normal)
    samples = 2 * int(thickness_mm / 2 / step + 1e-6) + 1
    if samples > MOST_SAMPLES:
        raise ReaderError(f"A slab of {thickness_mm:g} mm is thicker than any patient.", "Give fewer millimetres.")
    return Slab(mode, samples, step)


def voxel_step_mm(lattice: Lattice, direction: Vector) -> float:
    """The way along a direction on which no voxel is passed over: one voxel along the axis it is nearest to."""
    return 1.0 / float(np.abs(lattice.to_voxel[:3, :3] @ np.array(direction)).max())


def view_matrix(lattice: Lattice, plane: Plane, slab: Slab) -> NDArray[np.float64]:
    """4 x 4: output pixel (column, row, slab sample, 1), centres at integers, to voxel (column, row, slice, 1)."""
    made = np.eye(4)
    directions = (
        np.array(plane.row) * plane.spacing_mm[1],
        np.array(plane.column) * plane.spacing_mm[0],
        np.array(plane.normal) * slab.step_mm,
    )
    made[:3] = np.column_stack((*directions, np.array(plane.position_mm)))
    return np.asarray(lattice.to_voxel @ made)


def _middle(lattice: Lattice, normal: Vector) -> Vector:
    """The middle of the volume, moved to the nearest voxel's centre where the normal runs along one of its axes."""
    voxel = np.array([(lattice.columns - 1) / 2, (lattice.rows - 1) / 2, (lattice.slices - 1) / 2, 1.0])
    along = np.abs(lattice.to_voxel[:3, :3] @ np.array(normal))
    axis = int(along.argmax())
    if along.sum() - along[axis] < 1e-6 * along[axis]:
        voxel[axis] = np.floor(voxel[axis])
    point = lattice.to_patient @ voxel
    return float(point[0]), float(point[1]), float(point[2])


def times(a: Vector, by: float) -> Vector:
    """A vector made longer."""
    return a[0] * by, a[1] * by, a[2] * by


def sum_of(*parts: tuple[Vector, float]) -> Vector:
    """The sum of vectors, each times a number."""
    total = [sum(vector[axis] * by for vector, by in parts) for axis in range(3)]
    return total[0], total[1], total[2]
