"""The contract of every engine, and what both must do alike to the last grey level."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer

EDGE = 1.0 / 1024.0
"""Voxels by which a smooth image reaches beyond its own border, and by which unsmoothed sampling is moved.

A sample that falls on a border, or on a tie between two voxels, would otherwise land on either side by the rounding of
float32 or float64, and two engines would show two different pixels.
"""


class Engine(Protocol):
    """Layers in, finished pixels out. Lives on the reader's thread."""

    @property
    def name(self) -> str:
        """ "cpu" or "gpu"."""
        ...

    def render(self, layers: Sequence[Layer], width: int, height: int) -> NDArray[np.uint8]:
        """The layers from bottom to top in device pixels; 0 outside them.

        Grey (height, width) for one grey layer, else (height, width, 4) blue, green, red, 255; C-contiguous, and the
        caller's own: no later call writes to it.
        """
        ...


def sampling_matrix(layer: Layer) -> NDArray[np.float64]:
    """The layer's matrix with rounding dust removed, and ties of nearest-neighbour sampling decided."""
    matrix = np.array(layer.matrix, dtype=np.float64)
    turning = matrix[:3, :3]
    turning[np.abs(turning) < 1e-8 * np.abs(turning).max()] = 0.0
    if not layer.smooth:
        matrix[:3, 3] += EDGE
    return matrix


def reach(layer: Layer) -> float:
    """Voxels by which the layer's samples reach beyond its border."""
    return EDGE if layer.smooth else 0.0


def is_plain_grey(layers: Sequence[Layer]) -> bool:
    """Whether the picture needs one byte per pixel only."""
    return len(layers) == 1 and layers[0].table is not None and layers[0].table.ndim == 1 and not layers[0].outline


def colour_table(table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A table as (65536, 4) blue, green, red, alpha; grey becomes opaque."""
    if table.ndim == 2:
        return np.ascontiguousarray(table)
    made = np.empty((table.size, 4), np.uint8)
    made[:, :3] = table[:, None]
    made[:, 3] = 255
    return made


def blue_green_red(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """RGB (rows, columns, 3) as blue, green, red, 255."""
    made = np.empty((*pixels.shape[:2], 4), np.uint8)
    made[..., :3] = pixels[..., ::-1]
    made[..., 3] = 255
    return made
