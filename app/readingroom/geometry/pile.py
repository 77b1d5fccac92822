"""Parallel images at their own places, as a segmentation has them: what each of them stands for, and nothing between."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from readingroom.base.errors import ReaderError
from readingroom.geometry.grid import LEAST_TOLERANCE_MM, PARALLEL_TOLERANCE
from readingroom.geometry.lattice import LEAST_RUN, MOST_COARSER, MOST_UNEVEN
from readingroom.geometry.plane import Plane, dot, subtract

ASIDE_PX = 0.1
"""Images at one depth that lie further apart than this are tiles side by side."""
WHOLE = 0.05
"""A distance is a whole number of steps when it is this near to one, in steps."""
_REMEDY = "Read it over the images that it was drawn on."


@dataclass(frozen=True, slots=True)
class Pile:
    """Images by depth along their normal. below_mm, above_mm: how far each stands for what lies around it, along it.

    note: what a reader must know of their distances, "" for even ones.
    """

    planes: tuple[Plane, ...]
    below_mm: tuple[float, ...]
    above_mm: tuple[float, ...]
    note: str = ""

    @property
    def depths_mm(self) -> tuple[float, ...]:
        """Where each lies along the normal of the first."""
        normal = self.planes[0].normal
        return tuple(dot(plane.position_mm, normal) for plane in self.planes)

    def voxel_mm3(self, number: int) -> float:
        """Cubic millimetres that one pixel of an image stands for."""
        down, across = self.planes[number].spacing_mm
        return down * across * (self.below_mm[number] + self.above_mm[number])

    def joins(self, number: int) -> bool:
        """Whether an image and the next one leave nothing between them."""
        depths = self.depths_mm
        if not 0 <= number < len(depths) - 1:
            return False
        reach = self.above_mm[number] + self.below_mm[number + 1]
        return depths[number + 1] - depths[number] <= reach + LEAST_TOLERANCE_MM


def pile_of(planes: Sequence[Plane], step_mm: float, thickness_mm: float) -> tuple[Pile, tuple[int, ...]]:
    """The pile of images in any order, several of them at one place, and which image of it each of them is.

    step_mm, thickness_mm: what the object says of slices, 0 for nothing. Each image reaches half a step either way: half
    way to the next where slices are even, or were scanned so far apart; nothing where images between are left out, which
    is how a segmentation says that nothing is marked there. ReaderError where they make no pile, with the reason.
    """
    if not planes:
        raise ReaderError("The segmentation does not say where in the patient it lies.", _REMEDY)
    first = planes[0]
    for plane in planes:
        if min(dot(plane.row, first.row), dot(plane.column, first.column)) < 1 - PARALLEL_TOLERANCE**2 / 2:
            raise ReaderError("The frames of the segmentation do not lie parallel.", _REMEDY)
        if any(abs(a - b) > 1e-3 * b for a, b in zip(plane.spacing_mm, first.spacing_mm, strict=True)):
            raise ReaderError("The frames of the segmentation have different pixel spacings.", _REMEDY)
    chosen, numbers = _merged(planes)
    depths = [dot(plane.position_mm, first.normal) for plane in chosen]
    distances = [after - before for before, after in pairwise(depths)]
    step = _step(distances, step_mm, thickness_mm)
    reaches = _reaches(distances, step)
    # Above the last and below the first lies nothing that could say more than the step does.
    ends = step / 2
    below, above = (ends, *(half for half in reaches)), (*(half for half in reaches), ends)
    return Pile(tuple(chosen), below, above, _note(distances, reaches, step)), numbers


def _merged(planes: Sequence[Plane]) -> tuple[list[Plane], tuple[int, ...]]:
    normal = planes[0].normal
    order = sorted(range(len(planes)), key=lambda n: dot(planes[n].position_mm, normal))
    chosen: list[Plane] = []
    numbers = [0] * len(planes)
    for n in order:
        plane = planes[n]
        if not chosen or dot(subtract(plane.position_mm, chosen[-1].position_mm), normal) > LEAST_TOLERANCE_MM:
            chosen.append(plane)
        elif any(abs(a - 0.5) > ASIDE_PX for a in chosen[-1].to_image(plane.position_mm)):
            raise ReaderError("The frames of the segmentation lie side by side, as tiles.", _REMEDY)
        numbers[n] = len(chosen) - 1
    return chosen, tuple(numbers)


def _step(distances: Sequence[float], said_mm: float, thickness_mm: float) -> float:
    """Millimetres from one image to the next where none is left out."""
    if not distances:
        step = said_mm or thickness_mm
        if step <= 0:
            raise ReaderError("The segmentation is one frame that does not say how thick it is.", _REMEDY)
        return step
    least = min(distances)
    for told in (said_mm, thickness_mm):
        if 0 < told < least * (1 - WHOLE) and len(distances) < LEAST_RUN and _are_whole(distances, told):
            return told
    return least


def _are_whole(distances: Sequence[float], step: float) -> bool:
    return all(abs(one / step - round(one / step)) <= WHOLE for one in distances)


def _reaches(distances: Sequence[float], step: float) -> list[float]:
    """Half of each distance, or half of a step where something is left out of it."""
    made: list[float] = []
    for n, distance in enumerate(distances):
        steps = distance / step
        left_out = (steps > 1 + WHOLE and abs(steps - round(steps)) <= WHOLE) or steps > MOST_UNEVEN
        scanned_so = steps <= MOST_COARSER + WHOLE and _run_at(distances, n) >= LEAST_RUN
        made.append(step / 2 if left_out and not scanned_so else distance / 2)
    return made


def _run_at(distances: Sequence[float], at: int) -> int:
    """How many equal distances in a row this one is among."""
    first = last = at
    while first > 0 and abs(distances[first - 1] - distances[at]) <= WHOLE * distances[at]:
        first -= 1
    while last + 1 < len(distances) and abs(distances[last + 1] - distances[at]) <= WHOLE * distances[at]:
        last += 1
    return last - first + 1


def _note(distances: Sequence[float], reaches: Sequence[float], step: float) -> str:
    left_out = sum(
        2 * reach < distance - LEAST_TOLERANCE_MM for distance, reach in zip(distances, reaches, strict=True)
    )
    filled = [d for d, reach in zip(distances, reaches, strict=True) if abs(2 * reach - d) <= LEAST_TOLERANCE_MM]
    said = []
    if left_out:
        said.append(f"no frames in {left_out} place{'s' if left_out > 1 else ''} between others: taken as empty there")
    if filled and max(filled) > step * (1 + WHOLE):
        said.append(f"frames {step:.3g} to {max(filled):.3g} mm apart: each reaches half way to the next")
    return "; ".join(said)
