"""The grid of a volume: where each voxel of a stack lies in the patient, tilt and uneven spacing included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.grid import LEAST_TOLERANCE_MM, normal_of, parallel, stack_geometry
from readingroom.geometry.lost import header_apart, lost_in
from readingroom.geometry.plane import cross, dot, subtract, unit
from readingroom.record.study import Cosines, FramePlace, Vector

ON_PLANE = 0.05
"""A slice lies on a plane of the grid when it is this near to it, in steps of the grid."""
MOST_WANDER_PX = 0.25
"""Most pixels by which slices may leave their common line before the stack is no volume."""
MOST_UNEVEN = 2.5
"""A distance of more usual steps than this is a hole: nothing is interpolated across it."""
LEAST_RUN = 4
"""So many equal larger distances in a row are how a stretch was scanned, and no slices that are missing."""
MOST_COARSER = 5
"""Beyond so many usual steps a distance is a hole, however often it comes."""
MOST_DOUBLES = 0.1
"""With more images at the positions of others, by share of the positions, a stack holds several volumes."""
MOST_RESAMPLED = 4
"""Planes of an uneven stack's grid, at most, for each slice that it has."""
FEW_PLANES = 256
"""Up to so many planes, a finer grid is taken where uneven slices lie better on it."""
_REMEDY = "Read it as a stack; no plane through it would be honest."


@dataclass(frozen=True, slots=True)
class Source:
    """What one plane of the grid is made of: frames by index in the given order; share of the second, 0 for none."""

    first: int
    second: int
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Lattice:
    """Where voxel (column, row, slice) lies: origin_mm + column × across + row × down + slice × deep, in LPS mm.

    planes: for each slice of the grid what it is made of, None where it is missing. gaps: the grid's slices after which
    one or more are missing. tilt_deg: between the stack's direction and its slices' normal (`deep` leans by it).
    note: what a reader must know, "" for a plain grid. shrunk: so many pixels each way were made one to save memory.
    """

    columns: int
    rows: int
    origin_mm: Vector
    across: Vector
    down: Vector
    deep: Vector
    planes: tuple[Source | None, ...]
    tilt_deg: float = 0.0
    note: str = ""
    shrunk: int = 1

    @property
    def slices(self) -> int:
        """Planes of the grid, missing ones included."""
        return len(self.planes)

    @property
    def gaps(self) -> tuple[int, ...]:
        """Each plane of the grid that is here while the next is missing."""
        return tuple(n for n, (one, other) in enumerate(pairwise(self.planes)) if one is not None and other is None)

    @property
    def to_patient(self) -> NDArray[np.float64]:
        """4 x 4: voxel (column, row, slice, 1) to LPS millimetres."""
        made = np.eye(4)
        made[:3] = np.column_stack((self.across, self.down, self.deep, self.origin_mm))
        return made

    @property
    def to_voxel(self) -> NDArray[np.float64]:
        """4 x 4: LPS millimetres to voxel (column, row, slice, 1)."""
        return np.asarray(np.linalg.inv(self.to_patient))

    @property
    def finest_mm(self) -> float:
        """The least distance from a voxel to its neighbour along a row, a column, or across the slices."""
        normal = unit(cross(self.across, self.down))
        return min(_length(self.across), _length(self.down), abs(dot(self.deep, normal)))

    def corners(self) -> NDArray[np.float64]:
        """LPS millimetres of the eight corners of the outermost voxels, shape (8, 3)."""
        ends = np.array([[-0.5, size - 0.5] for size in (self.columns, self.rows, self.slices)])
        voxels = np.array([[x, y, z, 1.0] for x in ends[0] for y in ends[1] for z in ends[2]])
        return np.asarray((voxels @ self.to_patient.T)[:, :3])


def lattice_of(places: Sequence[FramePlace], rows: int, columns: int, absent: int = 0) -> Lattice:
    """The grid of frames of one size in any order; ReaderError where no honest volume exists, with the reason.

    Even slices lie on it as they are, tilted ones too: the grid leans. Uneven ones are to be interpolated between their
    true neighbours, which the note says. Missing planes stay missing. absent: images that the archive counts and that are not here.
    """
    located = [_located(place) for place in places]
    normal = _normal(located)
    depths = [dot(position, normal) for position, _, _ in located]
    order, doubles = _in_order(depths)
    if len(order) < 2:
        raise ReaderError("One slice is no volume.", _REMEDY)
    if doubles > max(1, MOST_DOUBLES * len(order)):
        raise ReaderError(
            f"{doubles} images lie at the positions of others: several times or weightings, not one volume.", _REMEDY
        )
    spacing = located[0][2]
    positions = [located[n][0] for n in order]
    steps = [depths[n] - depths[order[0]] for n in order]
    lean = _lean(positions, steps, min(spacing))
    geometry = stack_geometry([places[n] for n in order])
    usual_mm = geometry.spacing_mm or steps[-1] / (len(steps) - 1)
    ordered = [places[n] for n in order]
    step_mm, planes, uneven = _planes(order, steps, usual_mm, ordered, absent)
    orientation = located[0][1]
    notes = [f"gantry tilt {geometry.tilt_deg:.1f}°: planes lie true"] if geometry.tilt_deg > 0.1 else []
    notes += [uneven] if uneven else []
    notes += _fewer(ordered, step_mm)
    notes += [_missing(planes)] if None in planes else []
    notes += [f"{doubles} image{'s' if doubles > 1 else ''} at the position of another left out"] if doubles else []
    return Lattice(
        columns, rows, positions[0], _times(orientation[:3], spacing[1]), _times(orientation[3:], spacing[0]),
        _times(lean, step_mm), planes, geometry.tilt_deg, "; ".join(notes),
    )  # fmt: skip


def _located(place: FramePlace) -> tuple[Vector, Cosines, tuple[float, float]]:
    if place.position_mm is None or place.orientation is None or place.spacing_mm is None:
        raise ReaderError("The images do not say where in the patient they lie.", _REMEDY)
    if min(place.spacing_mm) <= 0:
        raise ReaderError("The images have no usable pixel spacing.", _REMEDY)
    return place.position_mm, place.orientation, place.spacing_mm


def _normal(located: Sequence[tuple[Vector, Cosines, tuple[float, float]]]) -> Vector:
    if not located:
        raise ReaderError("There are no images.", _REMEDY)
    _, orientation, spacing = located[0]
    if any(not parallel(orientation, other) for _, other, _ in located[1:]):
        raise ReaderError("The images do not lie parallel.", _REMEDY)
    if any(abs(a - b) > 1e-3 * b for _, _, other in located[1:] for a, b in zip(other, spacing, strict=True)):
        raise ReaderError("The images have different pixel spacings.", _REMEDY)
    normal = normal_of(orientation)
    if normal == (0.0, 0.0, 0.0):
        raise ReaderError("The images have no usable orientation.", _REMEDY)
    return normal


def _in_order(depths: Sequence[float]) -> tuple[list[int], int]:
    """Frames by depth, the first of each position only, and how many were left out."""
    order: list[int] = []
    for n in sorted(range(len(depths)), key=lambda n: (depths[n], n)):
        if not order or depths[n] - depths[order[-1]] > LEAST_TOLERANCE_MM:
            order.append(n)
    return order, len(depths) - len(order)


def _lean(positions: Sequence[Vector], steps: Sequence[float], finest_px_mm: float) -> Vector:
    """Millimetres in the patient for each millimetre along the normal; refused where slices leave their line."""
    way = _times(subtract(positions[-1], positions[0]), 1 / steps[-1])
    for position, step in zip(positions, steps, strict=True):
        off = _length(subtract(subtract(position, positions[0]), _times(way, step)))
        if off > max(LEAST_TOLERANCE_MM, MOST_WANDER_PX * finest_px_mm):
            raise ReaderError(f"The slices wander sideways by {off:.2g} mm: they do not make one volume.", _REMEDY)
    return way


def _planes(
    order: Sequence[int], steps: Sequence[float], usual_mm: float, ordered: Sequence[FramePlace], absent: int
) -> tuple[float, tuple[Source | None, ...], str]:
    """The distance between planes of the grid, what each is made of, and what to say where slices are uneven."""
    last = max(1, round(steps[-1] / usual_mm))
    even_mm = steps[-1] / last
    at = [round(step / even_mm) for step in steps]
    on = all(abs(step / even_mm - n) <= ON_PLANE for step, n in zip(steps, at, strict=True))
    if on and len(set(at)) == len(at) and last < MOST_RESAMPLED * len(order):
        return even_mm, *_on_grid(order, at, even_mm, ordered, absent)
    distances = [after - before for before, after in pairwise(steps)]
    count = _fitting(steps, min(round(steps[-1] / min(distances)), MOST_RESAMPLED * len(order)))
    step_mm = steps[-1] / count
    lost = _lost(distances, ordered, absent)
    planes = tuple(_between(order, steps, n * step_mm, usual_mm, lost) for n in range(count + 1))
    said = f"slices {min(distances):.3g} to {max(distances):.3g} mm apart: interpolated to {step_mm:.3g} mm"
    mixed = any(plane is not None and plane.share for plane in planes)
    return step_mm, planes, said if mixed else ""


def _on_grid(
    order: Sequence[int], at: Sequence[int], even_mm: float, ordered: Sequence[FramePlace], absent: int
) -> tuple[tuple[Source | None, ...], str]:  # fmt: skip
    """The planes of slices that lie on a grid: what is missing is None, but for stretches that were scanned coarser."""
    planes: list[Source | None] = [None] * (at[-1] + 1)
    for n, frame in zip(at, order, strict=True):
        planes[n] = Source(frame, frame)
    steps = [after - before for before, after in pairwise(at)]
    widest = 1
    for first, past in _runs(steps):
        step = steps[first]
        if past - first < LEAST_RUN or not 1 < step <= MOST_COARSER or lost_in(ordered, at, first, past, absent):
            continue
        widest = max(widest, step)
        for n in range(first, past):
            for between in range(1, step):
                planes[at[n] + between] = Source(order[n], order[n + 1], between / step)
    said = f"slices {even_mm:.3g} to {widest * even_mm:.3g} mm apart: interpolated to {even_mm:.3g} mm"
    return tuple(planes), said if widest > 1 else ""


def _fitting(steps: Sequence[float], least: int) -> int:
    """How many steps a grid of uneven slices has: of a few more than the least those on which the slices lie nearest to planes.

    What lies between two planes is mixed twice, so slices beside the planes are blurred.
    """
    depths = np.asarray(steps) / steps[-1]
    counts = range(least, max(least, min(2 * least, FEW_PLANES)) + 1)
    return min(counts, key=lambda count: float(np.abs(depths * count - np.rint(depths * count)).max()) / count)


def _lost(distances: Sequence[float], ordered: Sequence[FramePlace], absent: int) -> frozenset[int]:
    """The slices after which images were lost, where distances are multiples of the least."""
    least = min(distances)
    at = [0]
    for distance in distances:
        at.append(at[-1] + round(distance / least))
    found: set[int] = set()
    for first, past in _runs([after - before for before, after in pairwise(at)]):
        fit = at[first + 1] - at[first]
        even = all(abs(distance / least - fit) <= ON_PLANE for distance in distances[first:past])
        if fit > 1 and even and lost_in(ordered, at, first, past, absent):
            found |= set(range(first, past))
    return frozenset(found)


def _runs(steps: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches of equal steps: the first and the one past the last."""
    first = 0
    for n in range(1, len(steps) + 1):
        if n == len(steps) or steps[n] != steps[first]:
            yield first, n
            first = n


def _between(
    order: Sequence[int], steps: Sequence[float], depth_mm: float, usual_mm: float, lost: frozenset[int]
) -> Source | None:  # fmt: skip
    """The neighbours of a depth, and the share of the farther one; None inside a hole."""
    n = min(int(np.searchsorted(steps, depth_mm, side="right")) - 1, len(steps) - 2)
    n = max(0, n)
    width = steps[n + 1] - steps[n]
    share = min(1.0, max(0.0, (depth_mm - steps[n]) / width))
    for end, frame in ((0.0, order[n]), (1.0, order[n + 1])):
        if abs(share - end) * width <= LEAST_TOLERANCE_MM:
            return Source(frame, frame)
    return None if n in lost or width > MOST_UNEVEN * usual_mm else Source(order[n], order[n + 1], share)


def _fewer(ordered: Sequence[FramePlace], step_mm: float) -> list[str]:
    """What to say where every second (third …) image of a whole stack seems to be missing."""
    times = header_apart(ordered, step_mm)
    if times == 1:
        return []
    return [
        f"the header says slices {step_mm / times:.3g} mm apart, they lie {step_mm:.3g} mm apart and their numbers skip: images may be missing"
    ]


def _missing(planes: Sequence[Source | None]) -> str:
    count = planes.count(None)
    return f"{count} plane{'s' if count > 1 else ''} missing: hatched, nothing interpolated across"


def _times(a: Vector, by: float) -> Vector:
    return a[0] * by, a[1] * by, a[2] * by


def _length(a: Vector) -> float:
    return sqrt(dot(a, a))
