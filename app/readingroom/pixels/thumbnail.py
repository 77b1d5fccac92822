"""A small picture of a frame, for a series tray or a report."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.reference import render
from readingroom.pixels.voi import default_voi


def thumbnail(frame: Frame, most: int = 128, voi: Voi | None = None) -> NDArray[np.uint8]:
    """Grey (height, width) or RGB (height, width, 3), at most so many pixels either way, pixels made square."""
    rows, columns = frame.stored.shape[:2]
    tall, wide = _aspect(frame)
    scale = min(1.0, most / max(rows * tall, columns * wide))
    height, width = max(1, round(rows * tall * scale)), max(1, round(columns * wide * scale))
    # Four samples a side are enough for a mean; the rest of a mammogram need not be windowed.
    down = _places(rows, height)
    across = _places(columns, width)
    small = replace(frame, stored=frame.stored[np.ix_(down, across)])
    # Colours need no window, and the range of a slide would take a quarter of a second.
    levels = render(small, None if frame.is_colour else voi or default_voi(frame))
    share = len(down) // height, len(across) // width
    blocks = levels.reshape(height, share[0], width, share[1], *levels.shape[2:])
    return np.asarray(np.rint(blocks.mean(axis=(1, 3))), np.uint8)


def _places(count: int, wanted: int) -> NDArray[np.intp]:
    several = max(1, min(4, count // wanted))
    steps = (np.arange(wanted * several) + 0.5) * count / (wanted * several)
    return np.minimum(steps.astype(np.intp), count - 1)


def _aspect(frame: Frame) -> tuple[float, float]:
    """Height and width of one pixel against each other, the smaller being 1."""
    spacing = frame.facts.spacing
    pair = spacing.pixel_spacing or spacing.imager_spacing or spacing.aspect_ratio or (1.0, 1.0)
    least = min(pair)
    return pair[0] / least, pair[1] / least
