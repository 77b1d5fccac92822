"""The voxels of a stack on its grid: integers in memory once, as they are stored wherever that is possible."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.lattice import Lattice, Source
from readingroom.pixels.frame import Frame, FrameFacts
from readingroom.pixels.values import modality_values, picture_mask

WORDS = 65_535


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


def voxels_of(lattice: Lattice, frame_at: Callable[[int], Frame]) -> Voxels:
    """Read every frame of a lattice (frame_at: by index as given to lattice_of) into one volume.

    ReaderError where a frame is in colour or has another size. Frames that share one linear modality transform keep
    their stored words; others (PET with a factor for each slice, 32 bits, floats, lookup tables) become 65 536 steps from
    the least to the greatest value; there padding, and what is no number, takes the least.
    """
    frames = {
        n: frame_at(n) for n in sorted({n for plane in lattice.planes if plane for n in (plane.first, plane.second)})
    }
    for frame in frames.values():
        if frame.is_colour or frame.stored.shape != (lattice.rows, lattice.columns):
            what = "in colour" if frame.is_colour else "not all of one size"
            raise ReaderError(f"The images are {what}.", "A volume is made of grey images of one size.")
    middle = list(frames.values())[len(frames) // 2]
    if _alike(list(frames.values())):
        kind = np.int16 if middle.stored.dtype.kind == "i" else np.uint16
        words = _filled(lattice, {n: frame.stored for n, frame in frames.items()}, np.dtype(kind))
        return Voxels(words, middle.facts.slope, middle.facts.intercept, lattice, middle.facts)
    return _spread(lattice, frames, middle.facts)


def _alike(frames: list[Frame]) -> bool:
    first = frames[0]
    return all(
        frame.facts.modality_lut is None
        and (frame.facts.slope, frame.facts.intercept) == (first.facts.slope, first.facts.intercept)
        and frame.stored.dtype == first.stored.dtype
        and frame.stored.dtype.kind in "iu"
        and frame.stored.dtype.itemsize <= 2
        for frame in frames
    )


def _spread(lattice: Lattice, frames: dict[int, Frame], facts: FrameFacts) -> Voxels:
    shown = {n: picture_mask(frame) for n, frame in frames.items()}
    values = {n: np.where(shown[n], modality_values(frame), np.float32(np.nan)) for n, frame in frames.items()}
    seen = [one for n, one in values.items() if shown[n].any()]
    # Padding may be the least number that a float can be: as part of the range it would leave nothing of the picture.
    low = min((float(np.nanmin(one)) for one in seen), default=0.0)
    high = max((float(np.nanmax(one)) for one in seen), default=0.0)
    slope = (high - low) / WORDS or 1.0
    words = {n: np.rint((np.nan_to_num(one.astype(np.float64), nan=low) - low) / slope) for n, one in values.items()}
    return Voxels(_filled(lattice, words, np.dtype(np.uint16)), slope, low, lattice, facts)


def _filled(lattice: Lattice, planes: dict[int, NDArray[Any]], kind: np.dtype[Any]) -> NDArray[Any]:
    words = np.zeros((lattice.slices, lattice.rows, lattice.columns), kind)
    for n, source in enumerate(lattice.planes):
        if source is not None:
            words[n] = _mixed(source, planes)
    return words


def _mixed(source: Source, planes: dict[int, NDArray[Any]]) -> NDArray[Any]:
    first = planes[source.first]
    if source.share == 0:
        return first
    second = planes[source.second].astype(np.float64)
    return np.asarray(np.rint(first + source.share * (second - first)))


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
    words = np.ascontiguousarray(voxels.words[voxels.lattice.slices // 2, ::8, ::8])
    return Frame(words, facts)
