"""Whether a stretch of larger distances was scanned so, or whether images of it were lost: what headers tell of it."""

from collections.abc import Sequence
from math import dist
from statistics import median

from readingroom.record.study import FramePlace

TOUCHING = 1.05
"""Slices as thick as they lie apart, to this factor, cover everything between them."""


def lost_in(places: Sequence[FramePlace], at: Sequence[int], first: int, past: int, absent: int) -> bool:
    """Whether images were lost between the slices first to past (of places, in the order of their depths).

    at: the plane of the grid that each slice lies on. absent: images that the archive counts and that are not here:
    they make every such stretch suspect. Numbers of images that skip as the distances do say that images are lost,
    numbers that follow each other that none is (Instance Number, PS3.3 C.7.6.1; In-Stack Position Number, C.7.6.16.2.2).
    Where numbers say nothing, slices that touch each other elsewhere and not here were not scanned like this.
    """
    if absent > 0:
        return True
    step = at[first + 1] - at[first]
    usual = _apart(places, [n for n in range(len(at) - 1) if at[n + 1] - at[n] == 1])
    here = _apart(places, range(first, past))
    if usual and here:
        return here >= step * usual
    fine = [n for n in range(len(at)) if not first <= n <= past]
    thick, elsewhere = _thick_mm([places[n] for n in range(first, past + 1)]), _thick_mm([places[n] for n in fine])
    fine_mm = _fine_mm(places, at)
    if thick is None or elsewhere is None or fine_mm is None:
        return False
    return elsewhere <= TOUCHING * fine_mm and thick <= TOUCHING * elsewhere


def header_apart(places: Sequence[FramePlace], distance_mm: float) -> int:
    """How many slices lie where one should, by Spacing Between Slices and by numbers that skip alike; 1 where all is well.

    places: in the order of their depths, distance_mm apart. Spacing Between Slices alone is not believed (some makers
    write the space between edges there), nor are numbers alone (they count echoes and times too).
    """
    said = {place.between_mm for place in places}
    between = said.pop() if len(said) == 1 else None
    if not between:
        return 1
    times = round(distance_mm / abs(between))
    skips = _apart(places, range(len(places) - 1)) == times
    return times if times > 1 and skips and abs(distance_mm / abs(between) - times) < 0.02 * times else 1


def _apart(places: Sequence[FramePlace], steps: Sequence[int]) -> float:
    """By how much numbers of neighbours differ, one and the same for nine in ten of these steps; 0 where they do not."""
    differences = [abs(b - a) for n in steps if (a := places[n].number) is not None
                   and (b := places[n + 1].number) is not None]  # fmt: skip
    if not differences or len(differences) < len(steps):
        return 0.0
    usual = float(median(differences))
    alike = sum(one == usual for one in differences)
    return usual if alike >= 0.9 * len(differences) else 0.0


def _thick_mm(places: Sequence[FramePlace]) -> float | None:
    known = [place.thickness_mm for place in places if place.thickness_mm]
    return float(median(known)) if known and len(known) == len(places) else None


def _fine_mm(places: Sequence[FramePlace], at: Sequence[int]) -> float | None:
    """Millimetres between planes of the grid."""
    first, last = places[0].position_mm, places[-1].position_mm
    if first is None or last is None or at[-1] == at[0]:
        return None
    return dist(first, last) / (at[-1] - at[0])
