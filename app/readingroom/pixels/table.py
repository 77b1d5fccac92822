"""The whole grey chain of a frame as one table of 65 536 entries, indexed by the stored word."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.values import exact_values, is_picture
from readingroom.pixels.voi import grey_level, rounded

BACKGROUND = 0
"""Grey of padding, also in an inverted image: a white border would blind the reader."""
PARTS = 256
"""Into so many parts one stored unit is divided where a window is so narrow that a unit is several greys."""
_MOST_FINE_UNITS = 4096
_PATTERNS = np.arange(65536, dtype=np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class FineTable:
    """Greys of a narrow window in parts of a stored unit, from `first` (in units) on; before and after they stay."""

    first: int
    greys: NDArray[np.uint8]


def as_sixteen_bit(frame: Frame) -> tuple[NDArray[np.int16 | np.uint16], float, float]:
    """A grey frame as 16-bit words with slope and intercept from word to stored value (1 and 0 where unchanged).

    Floats and wide integers are spread over the words 1 to 65535 and keep the word 0 for padding and what is no number.
    """
    stored = frame.stored
    if stored.dtype in (np.int16, np.uint16):
        return stored, 1.0, 0.0
    if stored.dtype.kind in "iu" and stored.dtype.itemsize == 1:
        return stored.astype(np.int16 if stored.dtype.kind == "i" else np.uint16), 1.0, 0.0
    shown = is_picture(stored, frame.facts)
    low, slope = _spread(stored[shown])
    words = np.zeros(stored.shape, np.uint16)
    words[shown] = np.clip(np.rint((stored[shown].astype(np.float64) - low) / slope) + 1, 1, 65535).astype(np.uint16)
    words.setflags(write=False)
    return words, slope, low - slope


def _spread(shown: NDArray[Any]) -> tuple[float, float]:
    """The stored value of word 1, and the step from one word to the next."""
    if not shown.size:
        return 0.0, 1.0
    low, high = float(shown.min()), float(shown.max())
    if shown.dtype.kind in "iu" and high - low < 65535:
        return low, 1.0
    return low, (high - low) / 65534 if high > low else 1.0


def table(frame: Frame, voi: Voi, inverted: bool, padded: bool = True) -> NDArray[np.uint8]:
    """Grey levels, shape (65536,), indexed by the bit pattern of as_sixteen_bit: modality, VOI, polarity, padding.

    inverted: the reader's own inversion, on top of what the header demands (MONOCHROME1). padded: whether the values of
    padding are background; without, who draws hides padding by its place.
    """
    facts, kind = frame.facts, frame.stored.dtype
    if _is_spread(frame):
        levels = chain(_stored_of(frame)(_PATTERNS.astype(np.float64)), facts, voi, inverted)
        if padded:
            levels[0] = BACKGROUND
        return levels
    patterns = _PATTERNS.view(np.int16) if kind.kind == "i" else _PATTERNS
    levels = chain(patterns, facts, voi, inverted)
    if padded and facts.padding is not None:
        levels[~is_picture(patterns, facts)] = BACKGROUND
    return levels


def fine_table(frame: Frame, voi: Voi, inverted: bool) -> FineTable | None:
    """The same greys in parts of a word of as_sixteen_bit, where one word is more than one grey; else None.

    Padding is not in it. None also where the greys change over more words than a window that narrow could.
    """
    words = np.arange(-32768, 32768) if frame.stored.dtype.kind == "i" and not _is_spread(frame) else np.arange(65536)
    of_word = _stored_of(frame)
    levels = chain(of_word(words.astype(np.float64)), frame.facts, voi, inverted)
    steps = np.abs(np.diff(levels.astype(np.int16)))
    changes = np.flatnonzero(steps)
    if not changes.size or int(steps.max()) <= 1 or changes[-1] - changes[0] >= _MOST_FINE_UNITS:
        return None
    first, last = int(words[changes[0]]), int(words[changes[-1]]) + 1
    parts = first + np.arange((last - first) * PARTS + 1) / PARTS
    return FineTable(first, chain(of_word(parts), frame.facts, voi, inverted))


def step_of(frame: Frame) -> float:
    """Stored units from one word of as_sixteen_bit to the next: 1 but for floats and wide integers."""
    return _spread(frame.stored[is_picture(frame.stored, frame.facts)])[1] if _is_spread(frame) else 1.0


def is_coarse(frame: Frame, voi: Voi, step: float) -> bool:
    """Whether 65 536 words, a step of stored units apart, are too few for a window: one word would be several greys.

    One value far from all others (an infinity that was written as a number, a point that was fitted badly) is enough.
    """
    if not _is_spread(frame):
        return False
    if frame.facts.modality_lut is not None:
        return step > 0.5
    step *= abs(frame.facts.slope)
    return step > 0.5 if voi.table is not None else step * 255.0 > max(voi.width, 1e-12)


def padding_of(frame: Frame) -> tuple[int, int] | None:
    """The inclusive range of words of as_sixteen_bit that are no picture, or None."""
    return (0, 0) if _is_spread(frame) else frame.facts.padding


def _is_spread(frame: Frame) -> bool:
    return frame.stored.dtype.kind == "f" or frame.stored.dtype.itemsize > 2


def _stored_of(frame: Frame) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """From words, also between two, to stored values."""
    if not _is_spread(frame):
        return lambda words: words
    low, slope = _spread(frame.stored[is_picture(frame.stored, frame.facts)])
    return lambda words: (words - 1) * slope + low


def chain(
    stored: NDArray[np.float64] | NDArray[np.int16] | NDArray[np.uint16], facts: FrameFacts, voi: Voi, inverted: bool
) -> NDArray[np.uint8]:
    """Stored values through modality LUT, VOI and presentation, in the order of PS3.3 C.11 and PS3.4 N.2; no padding."""
    level = grey_level(exact_values(stored, facts), voi)
    if facts.presentation_lut is not None:
        entries = facts.presentation_lut.entries
        place = np.rint(level * ((len(entries) - 1) / 255.0)).astype(np.int64)
        level = entries[place].astype(np.float64) * (255.0 / ((1 << facts.presentation_lut.bits) - 1))
    return rounded(level, facts.inverse != inverted)
