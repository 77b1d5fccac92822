"""The judge: one frame to grey or colour by the plain formulas, pixel by pixel; every engine must agree with it."""

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.table import BACKGROUND, chain
from readingroom.pixels.values import picture_mask
from readingroom.pixels.voi import default_voi


def render(frame: Frame, voi: Voi | None, inverted: bool = False) -> NDArray[np.uint8]:
    """Grey, shape (rows, columns), or RGB, shape (rows, columns, 3); voi None = the frame's own first.

    Padding and what is no number are background, also when inverted.
    """
    if frame.is_colour:
        rgb = frame.stored.astype(np.uint8)
        return 255 - rgb if inverted else rgb
    stored = np.nan_to_num(frame.stored) if frame.stored.dtype.kind == "f" else frame.stored
    levels = chain(stored, frame.facts, voi or default_voi(frame), inverted)
    if frame.facts.padding is not None or frame.stored.dtype.kind == "f":
        levels[~picture_mask(frame)] = BACKGROUND
    return levels
