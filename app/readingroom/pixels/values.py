"""Stored values to modality values: what a density, a dose or an activity is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.frame import Frame, FrameFacts, LookupTable


def modality_values(frame: Frame) -> NDArray[np.float32]:
    """Stored values times slope plus intercept, or through the modality table (PS3.3 C.11.1.1.2), in facts.unit.

    Shape (rows, columns), float32; padding keeps the value its stored number gives. A colour frame answers luminance.
    """
    return exact_values(frame.stored if not frame.is_colour else luminance(frame.stored), frame.facts).astype(
        np.float32
    )


def exact_values(stored: NDArray[Any], facts: FrameFacts) -> NDArray[np.float64]:
    """Modality values of any array of stored values, in double precision."""
    if facts.modality_lut is not None:
        return looked_up(stored, facts.modality_lut).astype(np.float64)
    values = stored.astype(np.float64)
    if facts.slope != 1.0:
        values *= facts.slope
    if facts.intercept != 0.0:
        values += facts.intercept
    return values


def picture_mask(frame: Frame) -> NDArray[np.bool_]:
    """True where there is picture, False where padding or no number is (PS3.3 C.7.5.1.1.2); shape (rows, columns)."""
    if frame.is_colour:
        return np.ones(frame.stored.shape[:2], bool)
    return is_picture(frame.stored, frame.facts)


def density_mask(frame: Frame) -> NDArray[np.bool_]:
    """picture_mask without the pixels that supplemental colours are laid over: their values are of another kind."""
    mask = picture_mask(frame)
    colours = frame.facts.supplemental
    return mask if colours is None or frame.is_colour else mask & (frame.stored < colours.first_mapped)


def is_picture(stored: NDArray[Any], facts: FrameFacts) -> NDArray[np.bool_]:
    """picture_mask of any array of stored values."""
    if stored.dtype.kind == "f":
        mask = np.isfinite(stored)
        for name, value in facts.extra:
            if name == "float_padding":
                mask &= (stored < value[0]) | (stored > value[1])
        return mask
    if facts.padding is None:
        return np.ones(stored.shape, bool)
    low, high = facts.padding
    if low == high:
        return np.asarray(stored != low)
    return np.asarray((stored < low) | (stored > high))


def looked_up(values: NDArray[Any], table: LookupTable) -> NDArray[np.uint16]:
    """Entries of a table for values rounded to integers; below its first and above its last they stay (C.11.1.1.1)."""
    whole = values if values.dtype.kind in "iu" else np.rint(np.nan_to_num(values))
    place = np.clip(whole.astype(np.int64) - table.first_mapped, 0, len(table.entries) - 1)
    return table.entries[place]


def luminance(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Brightness of an RGB image, shape (rows, columns), weighted as YBR does (PS3.3 C.7.6.3.1.2)."""
    return np.asarray(rgb.astype(np.float64) @ np.array([0.299, 0.587, 0.114]))
