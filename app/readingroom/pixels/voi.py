"""From modality values to grey: windows and VOI tables, exactly as PS3.3 C.11.2 writes them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.values import density_mask, exact_values, looked_up, luminance

_STEPS = 255.0


def default_voi(frame: Frame) -> Voi:
    """The first window or table of the header, else the range of the unpadded pixels."""
    return frame.facts.vois[0] if frame.facts.vois else range_voi(frame)


def range_voi(frame: Frame) -> Voi:
    """The window from the least to the greatest unpadded value; a constant image gets a width of 1 above its value.

    An image of single bits is shown from 0 to 1, so that a frame of nothing but ones is white.
    """
    if frame.facts.bits_stored == 1 and not frame.is_colour:
        return Voi(0.5, 1.0, "LINEAR_EXACT", "range")
    stored = luminance(frame.stored) if frame.is_colour else frame.stored
    shown = stored if frame.is_colour else stored[density_mask(frame)]
    if not shown.size:
        return Voi(0.5, 1.0, "LINEAR_EXACT", "range")
    ends = exact_values(np.array([shown.min(), shown.max()], stored.dtype), frame.facts)
    if frame.facts.modality_lut is not None:
        every = exact_values(shown, frame.facts)
        ends = np.array([every.min(), every.max()])
    low, high = float(ends.min()), float(ends.max())
    if high <= low:
        return Voi(low + 0.5, 1.0, "LINEAR_EXACT", "range")
    return Voi((low + high) / 2, high - low, "LINEAR_EXACT", "range")


def grey_level(values: NDArray[Any], voi: Voi) -> NDArray[np.float64]:
    """Grey from 0 to 255, not rounded, of modality values (PS3.3 C.11.2.1.2, C.11.2.1.3, C.11.2.1.1)."""
    if voi.table is not None:
        return looked_up(values, voi.table).astype(np.float64) * (_STEPS / ((1 << voi.table.bits) - 1))
    centre, width = voi.centre, max(voi.width, 1e-12)
    x = values.astype(np.float64)
    if voi.function == "SIGMOID":
        return np.asarray(_STEPS / (1.0 + np.exp(np.clip(-4.0 * (x - centre) / width, -700.0, 700.0))))
    if voi.function == "LINEAR_EXACT":
        x -= centre - width / 2
        x *= _STEPS / width
    elif width <= 1:
        return np.where(x > centre - 0.5, _STEPS, 0.0)
    else:
        x -= centre - 0.5 - (width - 1) / 2
        x *= _STEPS / (width - 1)
    return np.clip(x, 0.0, _STEPS, out=x)


def grey(values: NDArray[Any], voi: Voi, inverse: bool = False) -> NDArray[np.uint8]:
    """Grey levels of modality values, rounded half up, reversed where inverse; values that are no number are black."""
    return rounded(grey_level(np.nan_to_num(values), voi), inverse)


def rounded(level: NDArray[np.float64], inverse: bool) -> NDArray[np.uint8]:
    """Grey 0 to 255 as whole levels, rounded half up after reversing."""
    if inverse:
        level = _STEPS - level
    return np.floor(level + 0.5).astype(np.uint8)
