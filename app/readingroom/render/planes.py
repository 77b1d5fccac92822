"""Planes through a volume as numbers, by the engine that draws them."""

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer
from readingroom.geometry.reformat import Slab
from readingroom.pixels.voxels import Voxels
from readingroom.render.cpu import CpuEngine

_ANY_TABLE = np.linspace(0, 255, 65536).astype(np.uint8)


def sampled(
    engine: CpuEngine, voxels: Voxels, matrix: NDArray[np.float64], width: int, height: int, slab: Slab
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Words between voxels rounded to whole ones, shape (height, width), and where the volume is at all (VTK)."""
    mode = (slab.mode, slab.samples) if slab.samples > 1 else ("thin", 1)
    box, values = engine.sample(Layer(voxels.words, matrix, _ANY_TABLE, slab=mode), width, height)
    words, shown = np.zeros((height, width)), np.zeros((height, width), bool)
    if not box.is_empty:
        there = np.s_[box.top : box.bottom, box.left : box.right]
        words[there] = values
        shown[there] = True if box.inside is None else box.inside
    return words, shown
