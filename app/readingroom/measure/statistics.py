"""Statistics of modality values inside a region; padding never counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readingroom.measure.region import Patch
from readingroom.pixels.frame import Frame
from readingroom.pixels.values import density_mask, modality_values


@dataclass(frozen=True, slots=True)
class Statistics:
    """What n pixels say, in modality units; sd is of the population (divided by n)."""

    n: int
    mean: float
    sd: float
    minimum: float
    maximum: float


def statistics_in(frame: Frame, patch: Patch) -> Statistics | None:
    """The statistics of the pixels of a patch that are picture and finite; None where there are none.

    Values are stored values through the modality transform (PS3.3 C.11.1), summed in 64-bit floating point.
    """
    chosen = picture_values(frame, patch)
    if chosen.size == 0:
        return None
    return Statistics(
        int(chosen.size), float(chosen.mean()), float(chosen.std()), float(chosen.min()), float(chosen.max())
    )


def picture_values(frame: Frame, patch: Patch) -> NDArray[np.float64]:
    """The modality values of the pixels of a patch that are picture and finite, in no particular order (1-D)."""
    rows, columns = patch.inside.shape
    cut = Frame(frame.stored[patch.top : patch.top + rows, patch.left : patch.left + columns], frame.facts)
    values = modality_values(cut).astype(np.float64)
    return values[patch.inside & density_mask(cut) & np.isfinite(values)]
