"""The plane of one image in the patient: image coordinates to LPS millimetres and back."""

from dataclasses import dataclass
from math import sqrt

from readingroom.record.study import Cosines, Vector


@dataclass(frozen=True, slots=True)
class Plane:
    """An image plane (PS3.3 C.7.6.2.1.1). Image coordinates (x, y) put the centre of the first pixel at (0.5, 0.5).

    position_mm: LPS centre of the first pixel; row: direction of growing x; column: direction of growing y;
    spacing_mm: (between rows, between columns); rows, columns: pixels.
    """

    position_mm: Vector
    row: Vector
    column: Vector
    spacing_mm: tuple[float, float]
    rows: int
    columns: int

    @property
    def normal(self) -> Vector:
        """Row times column: the direction that the letters F or H, A or P, L or R are read along when scrolling."""
        return unit(cross(self.row, self.column))

    @property
    def depth_mm(self) -> float:
        """Where the plane lies along its own normal, in millimetres."""
        return dot(self.position_mm, self.normal)

    def to_patient(self, x: float, y: float) -> Vector:
        """LPS millimetres of image point (x, y)."""
        along, down = (x - 0.5) * self.spacing_mm[1], (y - 0.5) * self.spacing_mm[0]
        return (
            self.position_mm[0] + self.row[0] * along + self.column[0] * down,
            self.position_mm[1] + self.row[1] * along + self.column[1] * down,
            self.position_mm[2] + self.row[2] * along + self.column[2] * down,
        )

    def to_image(self, point_mm: Vector) -> tuple[float, float]:
        """Image point (x, y) of the foot of the perpendicular from a patient point."""
        away = subtract(point_mm, self.position_mm)
        return dot(away, self.row) / self.spacing_mm[1] + 0.5, dot(away, self.column) / self.spacing_mm[0] + 0.5

    def distance_mm(self, point_mm: Vector) -> float:
        """Signed distance of a patient point from this plane along its normal."""
        return dot(subtract(point_mm, self.position_mm), self.normal)


def plane_of(
    position_mm: Vector | None,
    orientation: Cosines | None,
    spacing_mm: tuple[float, float] | None,
    rows: int,
    columns: int,
) -> Plane | None:
    """The plane these attributes describe, or None where one is missing or absurd (zero or skewed cosines)."""
    if position_mm is None or orientation is None or spacing_mm is None or rows <= 0 or columns <= 0:
        return None
    row, column = orientation[:3], orientation[3:]
    lengths = dot(row, row), dot(column, column)
    if min(spacing_mm) <= 0 or any(abs(length - 1) > 0.02 for length in lengths) or abs(dot(row, column)) > 0.02:
        return None
    return Plane(position_mm, unit(row), unit(column), spacing_mm, rows, columns)


def dot(a: Vector, b: Vector) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def subtract(a: Vector, b: Vector) -> Vector:
    """a minus b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def unit(a: Vector) -> Vector:
    """a scaled to length one; a zero vector stays zero."""
    length = sqrt(dot(a, a))
    return (a[0] / length, a[1] / length, a[2] / length) if length > 0 else a


def reference_line(of: Plane, on: Plane) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Where the rectangle of plane `of` cuts plane `on`, as two image points of `on`; None if they do not cross.

    Both planes must be in one frame of reference; parallel planes have no line.
    """
    corners = [of.to_patient(x, y) for x, y in ((0.0, 0.0), (of.columns, 0.0), (of.columns, of.rows), (0.0, of.rows))]
    heights = [on.distance_mm(corner) for corner in corners]
    if max(heights) - min(heights) < 1e-3 * max(of.rows * of.spacing_mm[0], of.columns * of.spacing_mm[1]):
        return None
    hits: list[tuple[float, float]] = []
    for n in range(4):
        a, b = heights[n], heights[(n + 1) % 4]
        if (a <= 0 < b) or (b <= 0 < a):
            share = a / (a - b)
            p, q = corners[n], corners[(n + 1) % 4]
            hits.append(
                on.to_image((p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1]), p[2] + share * (q[2] - p[2])))
            )
    return (hits[0], hits[1]) if len(hits) == 2 else None
