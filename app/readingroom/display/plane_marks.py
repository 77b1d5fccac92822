"""Measurements in space as they lie on a plane through a volume: drawn where the plane is near them, nowhere else."""

from collections.abc import Iterable

from readingroom.display.annotate import drawn_at
from readingroom.display.picture import Graphic
from readingroom.geometry.lattice import Lattice
from readingroom.geometry.plane import Plane, cross, dot, unit
from readingroom.geometry.reformat import sum_of, voxel_step_mm
from readingroom.record.finding import ImagePoint, InSpace, Measurement
from readingroom.record.study import Vector

DUST_MM = 1e-3


def is_near(space: InSpace, plane: Plane, lattice: Lattice) -> bool:
    """Whether every point lies within half a voxel of a plane, along its normal."""
    most = voxel_step_mm(lattice, plane.normal) / 2 + DUST_MM
    return all(abs(plane.distance_mm(point)) <= most for point in space.points_mm)


def marks_on(
    measurements: Iterable[Measurement], plane: Plane, lattice: Lattice, selected: str, ratio: float = 1.0
) -> tuple[Graphic, ...]:
    """The graphics of those measurements in space that a plane is near to, in its pixels."""
    made: list[Graphic] = []
    for one in measurements:
        if one.space is not None and is_near(one.space, plane, lattice):
            at = tuple(plane.to_image(point) for point in one.space.points_mm)
            made += drawn_at(one, at, one.tracking_uid == selected, ratio=ratio)
    return tuple(made)


def flat(space: InSpace) -> tuple[ImagePoint, ...]:
    """The points in millimetres along the plane's own row and column."""
    return tuple(flat_point(point, space.row, space.column) for point in space.points_mm)


def flat_point(point_mm: Vector, row: Vector, column: Vector) -> ImagePoint:
    """A patient point in millimetres along two directions."""
    return dot(point_mm, row), dot(point_mm, column)


def lifted(points: Iterable[ImagePoint], row: Vector, column: Vector, depth_mm: float) -> tuple[Vector, ...]:
    """Points in millimetres along two directions, back in the patient at a depth along their normal."""
    normal = unit(cross(row, column))
    return tuple(sum_of((row, x), (column, y), (normal, depth_mm)) for x, y in points)
