"""Whether a stack of slices is a regular grid: spacing along the normal, tilt, gaps, duplicates."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import acos, degrees, sqrt

from readingroom.geometry.plane import cross, dot, subtract, unit
from readingroom.record.study import Cosines, FramePlace, Vector

LEAST_TOLERANCE_MM = 0.02
RELATIVE_TOLERANCE = 0.01
TILT_TOLERANCE_DEG = 0.1
PARALLEL_TOLERANCE = 1e-3
MOST_WANDER_MM = 0.5
"""By so much slices may leave the line from the first to the last before it is said."""


@dataclass(frozen=True, slots=True)
class StackGeometry:
    """What the positions of a stack say. regular: one orientation, no gap, no duplicate, no tilt, one line.

    spacing_mm: between neighbouring slices along their normal, None where it is unknown. tilt_deg: angle between the
    normal and the direction the slices follow each other in. gaps: index (from 0) of each slice after which the
    distance is not the stack's. missing: how many slices fit in the gaps. note: the same in the reader's words.
    """

    regular: bool
    tilt_deg: float = 0.0
    spacing_mm: float | None = None
    gaps: tuple[int, ...] = ()
    duplicates: int = 0
    note: str = ""
    missing: int = 0


def stack_geometry(places: Sequence[FramePlace], rows: int = 0, columns: int = 0) -> StackGeometry:
    """The geometry of slices in the order of places; SliceThickness is never taken for spacing.

    rows, columns: pixels of one slice (they do not change the verdict). A distance belongs to the stack when it is
    within max(0.02 mm, 1 %) of the usual one.
    """
    if not places:
        return StackGeometry(False, note="no slices")
    located = [
        (p.position_mm, p.orientation) for p in places if p.position_mm is not None and p.orientation is not None
    ]
    if len(located) < len(places):
        missing = len(places) - len(located)
        return StackGeometry(False, note="no positions" if not located else f"{missing} images without position")
    positions = [position for position, _ in located]
    orientations = [orientation for _, orientation in located]
    if any(not parallel(orientations[0], other) for other in orientations[1:]):
        return StackGeometry(False, note="several orientations")
    normal = normal_of(orientations[0])
    if len(positions) < 2 or normal == (0.0, 0.0, 0.0):
        return StackGeometry(len(positions) == 1, note="" if len(positions) == 1 else "no orientation")
    return _along(normal, positions)


def normal_of(orientation: Cosines) -> Vector:
    """The direction across the image: row cosines times column cosines."""
    return unit(cross(orientation[:3], orientation[3:]))


def parallel(one: Cosines, other: Cosines) -> bool:
    """Whether two images lie parallel and the same way up, within a thousandth."""
    return all(abs(a - b) <= PARALLEL_TOLERANCE * 2 for a, b in zip(one, other, strict=True))


def _along(normal: Vector, positions: Sequence[Vector]) -> StackGeometry:
    depths = [dot(position, normal) for position in positions]
    steps = [after - before for before, after in pairwise(depths)]
    distances = [abs(step) for step in steps]
    moving = [distance for distance in distances if distance > LEAST_TOLERANCE_MM]
    duplicates = len(distances) - len(moving)
    if not moving:
        return StackGeometry(False, 0.0, None, (), duplicates, f"all {len(positions)} images at one position")
    spacing = _usual(moving)
    gaps, missing, notes = _gaps(distances, spacing)
    tilt, wander = _tilt(normal, positions, steps), _wander_mm(positions, depths)
    if wander > MOST_WANDER_MM:
        notes.append(f"slices wander sideways by {wander:.2g} mm")
    elif tilt > TILT_TOLERANCE_DEG:
        notes.append(f"gantry tilt {tilt:.1f}°")
    if duplicates:
        notes.append(f"{duplicates} image{'s' if duplicates > 1 else ''} at the position of another")
    turned = min(steps) < -LEAST_TOLERANCE_MM and max(steps) > LEAST_TOLERANCE_MM
    if turned:
        notes.append("images not in order of position")
    straight = tilt <= TILT_TOLERANCE_DEG and wander <= MOST_WANDER_MM
    regular = not gaps and not duplicates and straight and not turned
    return StackGeometry(regular, tilt, spacing, tuple(gaps), duplicates, "; ".join(notes), missing)


def _gaps(distances: Sequence[float], spacing: float) -> tuple[list[int], int, list[str]]:
    """After which slices the distance is not the stack's, how many slices fit in, and both in words."""
    tolerance = max(LEAST_TOLERANCE_MM, RELATIVE_TOLERANCE * spacing)
    notes: list[str] = []
    gaps: list[int] = []
    missing = 0
    for index, distance in enumerate(distances):
        if distance <= LEAST_TOLERANCE_MM or abs(distance - spacing) <= tolerance:
            continue
        gaps.append(index)
        fit = round(distance / spacing)
        if fit >= 2 and abs(distance - fit * spacing) <= tolerance * fit:
            missing += fit - 1
            notes.append(f"gap after image {index + 1}: {fit - 1} missing")
        else:
            notes.append(f"after image {index + 1}: {distance:.3g} mm instead of {spacing:.3g} mm")
    return gaps, missing, [*notes[:2], f"and {len(notes) - 2} more"] if len(notes) > 3 else notes


def _wander_mm(positions: Sequence[Vector], depths: Sequence[float]) -> float:
    """Most millimetres by which a slice lies beside the line from the lowest slice to the highest, in its own plane."""
    low, high = min(range(len(depths)), key=depths.__getitem__), max(range(len(depths)), key=depths.__getitem__)
    way, depth = subtract(positions[high], positions[low]), depths[high] - depths[low]
    most = 0.0
    for position, at in zip(positions, depths, strict=True):
        share = (at - depths[low]) / depth
        away = subtract(subtract(position, positions[low]), (way[0] * share, way[1] * share, way[2] * share))
        most = max(most, dot(away, away))
    return sqrt(most)


def _usual(distances: Sequence[float]) -> float:
    """The distance most steps have: the mean of those near the one with the most neighbours, the smaller on a tie.

    A median would lie between two values where half of the slices are missing, and at a gap where most are.
    """
    ordered = sorted(distances)
    best = max(ordered, key=lambda d: (_near(ordered, d), -d))
    tolerance = max(LEAST_TOLERANCE_MM, RELATIVE_TOLERANCE * best)
    near = [d for d in ordered if abs(d - best) <= tolerance]
    return sum(near) / len(near)


def _near(ordered: Sequence[float], distance: float) -> int:
    tolerance = max(LEAST_TOLERANCE_MM, RELATIVE_TOLERANCE * distance)
    return bisect_right(ordered, distance + tolerance) - bisect_left(ordered, distance - tolerance)


def _tilt(normal: Vector, positions: Sequence[Vector], steps: Sequence[float]) -> float:
    """Degrees between the normal and the way from the first slice to the last."""
    way = subtract(positions[-1], positions[0])
    length = sqrt(dot(way, way))
    if length < LEAST_TOLERANCE_MM or not any(abs(step) > LEAST_TOLERANCE_MM for step in steps):
        return 0.0
    angle = degrees(acos(max(-1.0, min(1.0, abs(dot(way, normal)) / length))))
    return angle if angle > 1e-4 else 0.0
