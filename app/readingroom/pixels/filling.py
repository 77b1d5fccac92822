"""A volume that fills in place: planes appear as their frames come, in any order, each whole or not at all."""

from collections import defaultdict
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.lattice import Lattice, Source
from readingroom.geometry.reformat import sum_of, times
from readingroom.pixels.frame import Frame, FrameFacts
from readingroom.pixels.values import is_picture, modality_values, picture_mask

WORDS = 65_535
MOST_SHRUNK = 8
"""Pixels each way that may become one; a volume that needs more is refused."""
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Coding:
    """What a word is worth: word × slope + intercept. plain: words are stored values."""

    slope: float
    intercept: float
    kind: np.dtype[Any]
    plain: bool

    def values_of(self, words: NDArray[Any]) -> NDArray[np.float64]:
        """Words as modality values."""
        return words.astype(np.float64) * self.slope + self.intercept


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """Words that are here: (slices, rows, columns), another array object each time, so that what engines keep of an
    earlier one is not taken for it; facts: of the frame nearest to the middle.
    """

    words: NDArray[Any]
    coding: Coding
    lattice: Lattice
    facts: FrameFacts


def shrink_for(lattice: Lattice, budget_bytes: float | None) -> int:
    """How many pixels each way must become one for the words to fit; ReaderError where even 8 do not.

    None: no budget. Slices stay as they are: none is passed over.
    """
    for shrink in range(1, MOST_SHRUNK + 1):
        if budget_bytes is None or bytes_of(lattice, shrink) <= budget_bytes:
            return shrink
    raise ReaderError(
        f"The volume needs {bytes_of(lattice, 1) / 1e9:.1f} GB, and {(budget_bytes or 0) / 1e9:.2g} GB may be taken.",
        "Close other programs, or read the images as a stack.",
    )


def bytes_of(lattice: Lattice, shrink: int) -> int:
    """What the words of a volume take in memory."""
    return 2 * ceil(lattice.columns / shrink) * ceil(lattice.rows / shrink) * lattice.slices


def shrunk(lattice: Lattice, by: int) -> Lattice:
    """The lattice of fewer, larger voxels: `by` × `by` pixels are one, slices stay; its note says so."""
    if by == 1:
        return lattice
    half = (by - 1) / 2
    said = f"too large for the memory budget: {by} × {by} pixels are one, their mean"
    return replace(
        lattice, columns=ceil(lattice.columns / by), rows=ceil(lattice.rows / by),
        origin_mm=sum_of((lattice.origin_mm, 1.0), (lattice.across, half), (lattice.down, half)),
        across=times(lattice.across, by), down=times(lattice.down, by),
        note="; ".join(part for part in (lattice.note, said) if part), shrunk=by,
    )  # fmt: skip


class Filling:
    """Words of a volume, once in memory; frames are put in one by one, by index as given to lattice_of.

    Frames that share one linear modality transform keep their stored words. At the first that does not (PET with a
    factor for each slice, 32 bits, floats, lookup tables) words become 65 536 steps over the range of values, in a new
    array: who looks at the old one still sees what was true of it. span: that range, where it is known beforehand.
    """

    def __init__(self, lattice: Lattice, shrink: int = 1, span: Span | None = None) -> None:
        self._size, self._shrink = (lattice.rows, lattice.columns), shrink
        self.lattice = shrunk(lattice, shrink)
        self._uses: dict[int, list[int]] = defaultdict(list)
        for n, source in enumerate(lattice.planes):
            for frame in {source.first, source.second} if source is not None else ():
                self._uses[frame].append(n)
        self._here = np.zeros(lattice.slices, bool)
        self._waiting: dict[int, Frame] = {}
        self._coding = _spread(span) if span is not None else None
        self._words: NDArray[Any] | None = None
        self._facts: tuple[float, FrameFacts] | None = None
        self.span: Span | None = None

    @property
    def needed(self) -> tuple[int, ...]:
        """The frames that planes are made of, in order; doubles are none of them."""
        return tuple(sorted(self._uses))

    @property
    def is_spread(self) -> bool:
        """Whether words are steps over a range, and no stored values."""
        return self._coding is not None and not self._coding.plain

    def put(self, index: int, frame: Frame) -> None:
        """Make every plane that this frame completes; ReaderError where it is in colour or has another size."""
        if frame.is_colour or frame.stored.shape != self._size:
            what = "in colour" if frame.is_colour else "not all of one size"
            raise ReaderError(f"The images are {what}.", "A volume is made of grey images of one size.")
        self._keep_facts(index, frame.facts)
        if self._coding is None:
            self._coding = _plain(frame)
        if self._coding is None or (self._coding.plain and not _fits(self._coding, frame)) or self.is_spread:
            self._widen(frame)
        for plane in self._uses.get(index, ()):
            self._make(plane, index, frame)

    def filled(self) -> Filled | None:
        """What is here now, None before the first plane; planes that are not here are missing from its lattice."""
        if self._words is None or self._coding is None or self._facts is None:
            return None
        planes = tuple(plane if here else None for plane, here in zip(self.lattice.planes, self._here, strict=True))
        lattice = self.lattice if planes == self.lattice.planes else replace(self.lattice, planes=planes)
        return Filled(self._words.view(), self._coding, lattice, self._facts[1])

    def _keep_facts(self, index: int, facts: FrameFacts) -> None:
        """Windows and padding are those of the frame nearest to the middle."""
        off = abs(index - (max(self._uses, default=0) + 1) / 2)
        if self._facts is None or off < self._facts[0]:
            self._facts = off, facts

    def _make(self, plane: int, index: int, frame: Frame) -> None:
        source = self.lattice.planes[plane]
        assert source is not None and self._coding is not None
        if source.share == 0:
            self._set(plane, self._coded(frame))
            return
        other = self._waiting.get(source.second if index == source.first else source.first)
        if other is None:
            self._waiting[index] = frame
            return
        first, second = (frame, other) if index == source.first else (other, frame)
        self._set(plane, _mixed(source, self._coded(first), self._coded(second)))
        for one in (source.first, source.second):
            if all(self._here[n] for n in self._uses[one]):
                self._waiting.pop(one, None)

    def _set(self, plane: int, words: NDArray[Any]) -> None:
        if self._words is None:
            assert self._coding is not None
            shape = (self.lattice.slices, self.lattice.rows, self.lattice.columns)
            self._words = np.zeros(shape, self._coding.kind)
        self._words[plane] = words
        self._here[plane] = True

    def _coded(self, frame: Frame) -> NDArray[Any]:
        """The frame's pixels as words, made fewer where the budget asks for it."""
        coding = self._coding
        assert coding is not None
        if coding.plain:
            return _fewer(frame.stored, picture_mask(frame), self._shrink)
        mask = picture_mask(frame)
        values = np.where(mask, modality_values(frame).astype(np.float64), coding.intercept)
        return np.rint((_fewer(values, mask, self._shrink) - coding.intercept) / coding.slope)

    def _widen(self, frame: Frame) -> None:
        """Have the words reach over the values of a frame, with room for those that come after."""
        mask, values = picture_mask(frame), modality_values(frame)
        found = [_range(values[mask])] if mask.any() else []
        old, words = self._coding, self._words
        if old is not None and old.plain and words is not None and self._facts is not None:
            found += [_range(old.values_of(words[n][shown])) for n, shown in self._shown(words) if shown.any()]
        found += [self.span] if self.span is not None else []
        self.span = (min(low for low, _ in found), max(high for _, high in found)) if found else None
        span = self.span or (0.0, 0.0)
        if old is not None and not old.plain:
            low, high = old.intercept, old.intercept + old.slope * WORDS
            if low <= span[0] and span[1] <= high:
                return
            room = max(high, span[1]) - min(low, span[0])
            span = (low if low <= span[0] else span[0] - room), (high if span[1] <= high else span[1] + room)
        self._coding = _spread(span)
        if words is not None and old is not None:
            self._words = None
            for n, shown in self._shown(words) if old.plain else ((n, None) for n in np.flatnonzero(self._here)):
                coded = np.rint((old.values_of(words[n]) - self._coding.intercept) / self._coding.slope)
                self._set(int(n), np.clip(coded if shown is None else np.where(shown, coded, 0), 0, WORDS))

    def _shown(self, words: NDArray[Any]) -> list[tuple[int, NDArray[np.bool_]]]:
        """Each plane of stored words that is here, and where it is picture."""
        assert self._facts is not None
        return [(int(n), is_picture(words[n], self._facts[1])) for n in np.flatnonzero(self._here)]


def _plain(frame: Frame) -> Coding | None:
    """Stored values as they are, or None where they do not fit 16 bits or no line makes values of them."""
    if frame.facts.modality_lut is not None or frame.stored.dtype.kind not in "iu" or frame.stored.dtype.itemsize > 2:
        return None
    kind = np.dtype(np.int16 if frame.stored.dtype.kind == "i" else np.uint16)
    return Coding(frame.facts.slope, frame.facts.intercept, kind, plain=True)


def _fits(coding: Coding, frame: Frame) -> bool:
    return _plain(frame) == coding


def _spread(span: Span) -> Coding:
    return Coding((span[1] - span[0]) / WORDS or 1.0, span[0], np.dtype(np.uint16), plain=False)


def _range(values: NDArray[Any]) -> Span:
    return float(values.min()), float(values.max())


def _mixed(source: Source, first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    one = first.astype(np.float64)
    return np.asarray(np.rint(one + source.share * (second.astype(np.float64) - one)))


def _fewer(values: NDArray[Any], picture: NDArray[np.bool_], by: int) -> NDArray[Any]:
    """The mean of the picture in each block of by × by pixels; a block without picture stays what it is.

    At the far edges the last row and column stand for those beyond.
    """
    if by == 1:
        return values
    rows, columns = values.shape
    more = ((0, -rows % by), (0, -columns % by))
    blocks = [
        np.pad(part, more, mode="edge").reshape(ceil(rows / by), by, ceil(columns / by), by)
        for part in (values, picture)
    ]
    count = blocks[1].sum(axis=(1, 3))
    total = np.where(blocks[1], blocks[0].astype(np.float64), 0.0).sum(axis=(1, 3))
    mean = total / np.maximum(count, 1)
    mean = np.rint(mean) if values.dtype.kind in "iu" else mean
    return np.where(count > 0, mean, blocks[0][:, 0, :, 0])
