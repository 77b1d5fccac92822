"""The voxels of a stack on its grid: integers in memory once, as they are stored wherever that is possible."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.lattice import Lattice
from readingroom.pixels.filling import Filling, shrink_for
from readingroom.pixels.frame import Frame, FrameFacts


@dataclass(frozen=True, slots=True, eq=False)
class Voxels:
    """words: (slices, rows, columns) int16 or uint16; a word times slope plus intercept is a value in facts.unit.

    facts: of the frame in the middle. Planes that the lattice misses hold zeros that nobody may show.
    """

    words: NDArray[Any]
    slope: float
    intercept: float
    lattice: Lattice
    facts: FrameFacts

    def values_of(self, words: NDArray[Any]) -> NDArray[np.float64]:
        """Words, also interpolated ones, as modality values."""
        return np.asarray(words, np.float64) * self.slope + self.intercept


def voxels_of(lattice: Lattice, frame_at: Callable[[int], Frame], budget_bytes: float | None = None) -> Voxels:
    """Read every frame of a lattice (frame_at: by index as given to lattice_of) into one volume.

    ReaderError where a frame is in colour or has another size. Frames that share one linear modality transform keep
    their stored words; others (PET with a factor for each slice, 32 bits, floats, lookup tables) become 65 536 steps from
    the least to the greatest value, and are read twice for it; there padding, and what is no number, takes the least.
    budget_bytes: over it pixels are made fewer, which the lattice's note says.
    """
    shrink = shrink_for(lattice, budget_bytes)
    filling = Filling(lattice, shrink)
    for n in filling.needed:
        filling.put(n, frame_at(n))
    if filling.is_spread:
        filling = Filling(lattice, shrink, filling.span or (0.0, 0.0))
        for n in filling.needed:
            filling.put(n, frame_at(n))
    made = snapshot_of(filling)
    if made is None:
        raise ReaderError("There are no images.", "Read them as a stack; no plane through it would be honest.")
    return made


def snapshot_of(filling: Filling) -> Voxels | None:
    """A volume as far as it is filled, None before its first plane."""
    made = filling.filled()
    return (
        None if made is None else Voxels(made.words, made.coding.slope, made.coding.intercept, made.lattice, made.facts)
    )


def pattern_of(voxels: Voxels) -> Frame:
    """A frame of a few of the volume's words, for tables and windows that fit all of them."""
    facts = voxels.facts
    plain = facts.modality_lut is None and (facts.slope, facts.intercept) == (voxels.slope, voxels.intercept)
    if not plain:
        # Words that were spread over the range know no padding any more.
        facts = replace(
            facts, slope=voxels.slope, intercept=voxels.intercept, modality_lut=None, padding=None,
            signed=voxels.words.dtype.kind == "i", bits_allocated=16, bits_stored=16,
        )  # fmt: skip
    here = [n for n, plane in enumerate(voxels.lattice.planes) if plane is not None]
    middle = voxels.lattice.slices // 2
    nearest = min(here, key=lambda n: abs(n - middle), default=middle)
    words = np.ascontiguousarray(voxels.words[nearest, ::8, ::8])
    return Frame(words, facts)
