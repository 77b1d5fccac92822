"""Smaller copies of large images, so that a fine line pair turns grey instead of vanishing when it is made small."""

import weakref
from collections import OrderedDict
from dataclasses import replace
from math import floor, hypot, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer


class Pyramids:
    """2 x 2 means of what was drawn small last, within a budget; an array is known by its identity."""

    def __init__(self, budget_bytes: int = 192 << 20) -> None:
        self._budget = budget_bytes
        self._kept: OrderedDict[int, tuple[weakref.ref[NDArray[Any]], list[NDArray[Any]]]] = OrderedDict()

    def fitted(self, layer: Layer) -> Layer:
        """The layer at the level floor(log2(1 / zoom)) of its pyramid; itself where it is not made small.

        Volumes, label borders and unsmoothed layers keep every pixel.
        """
        level = _level(layer)
        if level <= 0 or layer.is_volume or layer.outline or not layer.smooth:
            return layer
        pixels = self._levels(layer.pixels, level)[level - 1]
        matrix = np.array(layer.matrix, dtype=np.float64)
        matrix[:2, 3] += 0.5
        matrix[:2] /= 2.0**level
        matrix[:2, 3] -= 0.5
        return replace(layer, pixels=pixels, matrix=matrix)

    def _levels(self, base: NDArray[Any], level: int) -> list[NDArray[Any]]:
        known = self._kept.get(id(base))
        levels = known[1] if known is not None and known[0]() is base else []
        while len(levels) < level:
            levels.append(halved(levels[-1] if levels else base))
        self._kept[id(base)] = (weakref.ref(base), levels)
        self._kept.move_to_end(id(base))
        self._trim()
        return levels

    def _trim(self) -> None:
        for name in [name for name, (of, _) in self._kept.items() if of() is None]:
            del self._kept[name]
        held = sum(level.nbytes for _, levels in self._kept.values() for level in levels)
        while held > self._budget and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            held -= sum(level.nbytes for level in dropped)


def halved(pixels: NDArray[Any]) -> NDArray[Any]:
    """2 x 2 means rounded half up, an odd last row or column standing for its missing neighbour."""
    rows, columns = pixels.shape[:2]
    if rows % 2 or columns % 2:
        edges = ((0, rows % 2), (0, columns % 2)) + ((0, 0),) * (pixels.ndim - 2)
        pixels = np.pad(pixels, edges, mode="edge")
    pairs = np.add(pixels[0::2], pixels[1::2], dtype=np.int32)
    fours = pairs[:, 0::2] + pairs[:, 1::2]
    fours += 2
    fours >>= 2
    return np.ascontiguousarray(fours.astype(pixels.dtype))


def _level(layer: Layer) -> int:
    """By the axis that is made least small, so that no detail the glass could show is lost."""
    matrix = layer.matrix
    step = min(hypot(matrix[0, 0], matrix[1, 0]), hypot(matrix[0, 1], matrix[1, 1]))
    most = floor(log2(max(1, min(layer.extent[:2]))))
    return min(most, floor(log2(step) + 1e-9)) if step >= 2.0 else 0
