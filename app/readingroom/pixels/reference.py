"""The judge: one frame to grey or colour by the plain formulas, pixel by pixel; every engine must agree with it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.colour import through_palette
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.table import BACKGROUND, chain
from readingroom.pixels.values import picture_mask
from readingroom.pixels.voi import default_voi


def render(frame: Frame, voi: Voi | None, inverted: bool = False) -> NDArray[np.uint8]:
    """Grey, shape (rows, columns), or RGB, shape (rows, columns, 3); voi None = the frame's own first.

    Padding and what is no number are background, also when inverted; supplemental colours stay as they are.
    """
    if frame.is_colour:
        rgb = frame.stored.astype(np.uint8)
        return 255 - rgb if inverted else rgb
    stored = np.nan_to_num(frame.stored) if frame.stored.dtype.kind == "f" else frame.stored
    levels = chain(stored, frame.facts, voi or default_voi(frame), inverted)
    if frame.facts.padding is not None or frame.stored.dtype.kind == "f":
        levels[~picture_mask(frame)] = BACKGROUND
    return levels if frame.facts.supplemental is None else _with_colours(frame, levels)


def as_colour(frame: Frame, rgb: NDArray[np.uint8]) -> Frame:
    """The frame with finished colours in place of its values: only to be looked at."""
    return Frame(rgb, replace(frame.facts, supplemental=None, vois=(), padding=None, inverse=False))


def _with_colours(frame: Frame, levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey levels as RGB, and in the colours of the supplemental palette from its first value on (PS3.3 C.7.6.19)."""
    table = frame.facts.supplemental
    assert table is not None
    coloured = frame.stored >= table.first_mapped
    if frame.facts.padding is not None:
        coloured &= picture_mask(frame)
    rgb = np.repeat(levels[..., None], 3, axis=-1)
    rgb[coloured] = through_palette(frame.stored[coloured], table)
    return rgb
