"""Digital subtraction: a mask taken off a contrast frame in a space logarithmic to the X-rays (PS3.4 N.2.1.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.masking import MASKING, Masking
from readingroom.pixels.values import exact_values, picture_mask

LOGARITHM, DIFFERENCE = "logarithm", "difference"
LEAST_SIGNAL = 1.0
"""What a detector element without signal counts as, so that it has a logarithm."""
MOST_SHIFT_PX = 512.0
_TAILS = (0.5, 99.5)
_BEYOND = 0.25

Pixels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Subtraction:
    """masks: frames from 1 that are averaged to the mask. averaged: contrast frames that are, the current one first.

    shift_px: (rows down, columns right) by which the mask is moved. source: where it comes from, in words.
    visibility: how much of the mask stays, 0 to 1.
    """

    masks: tuple[int, ...]
    shift_px: tuple[float, float] = (0.0, 0.0)
    averaged: int = 1
    source: str = ""
    visibility: float = 0.0

    def moved(self, down: float, right: float) -> "Subtraction":
        """The mask moved further, in steps that do not add up to dust."""
        rows, columns = (
            round(max(-MOST_SHIFT_PX, min(MOST_SHIFT_PX, now + by)), 4)
            for now, by in zip(self.shift_px, (down, right), strict=True)
        )
        return replace(self, shift_px=(rows, columns))

    @property
    def words(self) -> str:
        """What stands on every subtracted image: "SUBTRACTED, mask frame 2, shift 0.50, −0.25 px"."""
        names = ", ".join(str(n) for n in self.masks)
        what = f"mask frame {names}" if len(self.masks) == 1 else f"mask frames {names} averaged"
        down, right = self.shift_px
        more = f", {self.averaged} contrast frames averaged" if self.averaged > 1 else ""
        more += f", {self.visibility:.0%} of the mask left" if self.visibility else ""
        return f"SUBTRACTED, {what}, shift {_signed(right)}, {_signed(down)} px{more}"


def masking(facts: FrameFacts) -> Masking:
    """What the header says of masks for a frame; nothing for what is no angiogram."""
    return next((value for name, value in facts.extra if name == MASKING), Masking())


def proposed(facts: FrameFacts, by: Masking | None = None, source: str = "the header") -> Subtraction | None:
    """The subtraction that the header (or a state: `by`) gives a frame, or None."""
    rules = masking(facts) if by is None else by
    item = rules.item_for(facts.ref.frame, facts.frames)
    if item is None:
        return None
    masks = item.masks_of(facts.ref.frame, facts.frames)
    return Subtraction(masks, item.shift_px, item.averaged, f"{item.operation} of {source}", rules.visibility)


def frames_needed(how: Subtraction, facts: FrameFacts) -> tuple[int, ...]:
    """The frames besides the one shown: masks, and contrast frames that are averaged; ReaderError for one beyond the last."""
    contrast = range(facts.ref.frame + 1, facts.ref.frame + how.averaged)
    wanted = tuple(dict.fromkeys(n for n in (*how.masks, *contrast) if n != facts.ref.frame))
    beyond = [n for n in wanted if not 1 <= n <= facts.frames]
    if beyond or not how.masks:
        missing = f"frame {beyond[0]}" if beyond else "its mask"
        raise ReaderError(
            f"The subtraction needs {missing}, and there are {facts.frames} frames.", "Choose another mask frame."
        )
    return wanted


def domain_of(facts: FrameFacts) -> str:
    """LOGARITHM where values follow the X-rays' intensity and must first be made logarithms, else DIFFERENCE.

    LIN alone says so (PS3.3 C.8.7.1.1.2); LOG is logarithmic already; of DISP and silence nothing is known.
    """
    return LOGARITHM if masking(facts).relationship == "LIN" and facts.modality_lut is None else DIFFERENCE


def domain_words(facts: FrameFacts) -> str:
    """In which space a frame is subtracted, and how sure that is."""
    said = masking(facts).relationship
    if domain_of(facts) == LOGARITHM:
        return "LIN: logarithms subtracted"
    return (
        "LOG: values subtracted"
        if said == "LOG"
        else f"{said or 'intensity relationship not stated'}: values subtracted"
    )


def subtracted(frame: Frame, others: dict[int, Frame], how: Subtraction) -> Frame:
    """Contrast minus mask as a frame of float32, 0 where they are equal, NaN where the moved mask does not reach.

    others: by frame number, all of frames_needed. Values: natural logarithms of intensities where values follow those
    (LIN), else stored values (PS3.4 N.2.1.2). Only to be looked at: what is measured is the acquired frame.
    """
    every = {**others, frame.facts.ref.frame: frame}
    for one in every.values():
        if one.is_colour or one.stored.shape != frame.stored.shape:
            raise ReaderError("Frames in colour or of another size cannot be subtracted.", "Switch subtraction off.")
    first = frame.facts.ref.frame
    contrast = _mean([every[n] for n in range(first, first + how.averaged)], frame.facts)
    mask = _shifted(_mean([every[n] for n in how.masks], frame.facts), how.shift_px)
    left = (contrast - mask * (1.0 - how.visibility)).astype(np.float32)
    left[~picture_mask(frame)] = np.nan
    left.setflags(write=False)
    facts = replace(
        frame.facts, slope=1.0, intercept=0.0, modality_lut=None, presentation_lut=None, unit="", vois=(window_for(left),),
        padding=None, signed=True, bits_allocated=32, bits_stored=32,
    )  # fmt: skip
    return Frame(left, facts)


def window_for(difference: NDArray[np.float32]) -> Voi:
    """From the darkest to the brightest half per cent, so that vessels are seen and a stray pixel is not."""
    seen = difference[np.isfinite(difference)]
    if not seen.size:
        return Voi(0.0, 1.0, "LINEAR_EXACT", "subtracted")
    low, high = (float(end) for end in np.percentile(seen, _TAILS))
    if high - low < 1e-9:
        low, high = float(seen.min()), float(seen.max())
    # No difference is a light or middle grey, never the end of the scale: what is brighter than it must be seen too.
    low, high = min(low, -_BEYOND * (high - low)), max(high, _BEYOND * (high - low))
    width = high - low if high > low else 1.0
    return Voi((low + high) / 2, width, "LINEAR_EXACT", "subtracted")


def _mean(frames: Sequence[Frame], facts: FrameFacts) -> Pixels:
    return np.asarray(sum(_logarithmic(one, facts) for one in frames) / len(frames))


def _logarithmic(frame: Frame, facts: FrameFacts) -> Pixels:
    """A frame's pixels in the space in which they are subtracted."""
    if facts.modality_lut is not None:
        return exact_values(frame.stored, facts)
    stored = frame.stored.astype(np.float64)
    return np.log(np.maximum(stored, LEAST_SIGNAL)) if domain_of(facts) == LOGARITHM else stored


def _shifted(values: Pixels, shift_px: tuple[float, float]) -> Pixels:
    """Values moved down and right, also by parts of a pixel (bilinear); NaN where nothing comes from."""
    for axis, by in enumerate(shift_px):
        lower, upper = floor(by), ceil(by)
        moved = _rolled(values, lower, axis)
        if upper != lower:
            share = by - lower
            moved = moved * (1.0 - share) + _rolled(values, upper, axis) * share
        values = moved
    return values


def _rolled(values: Pixels, by: int, axis: int) -> Pixels:
    if by == 0:
        return values
    made = np.full(values.shape, np.nan)
    size = values.shape[axis]
    if abs(by) < size:
        to, come = (slice(by, None), slice(None, size - by)) if by > 0 else (slice(None, size + by), slice(-by, None))
        index = (to, slice(None)) if axis == 0 else (slice(None), to)
        origin = (come, slice(None)) if axis == 0 else (slice(None), come)
        made[index] = values[origin]
    return made


def _signed(pixels: float) -> str:
    return f"{pixels:.2f}".replace("-", "−")
