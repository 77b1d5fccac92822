"""Smaller copies of large images, so that a fine line pair turns grey instead of vanishing when it is made small."""

import weakref
from collections import OrderedDict
from dataclasses import replace
from math import floor, hypot, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer
from readingroom.pixels.table import PARTS

_NO_IMAGE = 1 << 25
"""In smaller copies: beyond every part of every 16-bit value, and exact in float32."""
_Name = tuple[int, tuple[int, int] | None]


class Pyramids:
    """2 x 2 means of what was drawn small last, within a budget; an array is known by its identity."""

    def __init__(self, budget_bytes: int = 192 << 20) -> None:
        self._budget = budget_bytes
        self._kept: OrderedDict[_Name, tuple[weakref.ref[NDArray[Any]], list[NDArray[Any]]]] = OrderedDict()

    def fitted(self, layer: Layer) -> Layer:
        """The layer at the level floor(log2(1 / zoom)) of its pyramid; itself where it is not made small.

        Grey levels count in parts of a stored unit. Volumes, label borders and unsmoothed layers keep every pixel.
        """
        level = _level(layer)
        if level <= 0 or layer.is_volume or layer.outline or not layer.smooth:
            return layer
        pixels = self._levels(layer.pixels, layer.padding, level)[level - 1]
        matrix = np.array(layer.matrix, dtype=np.float64)
        matrix[:2, 3] += 0.5
        matrix[:2] /= 2.0**level
        matrix[:2, 3] -= 0.5
        padding = None if layer.padding is None else (_NO_IMAGE // PARTS, _NO_IMAGE // PARTS)
        return replace(layer, pixels=pixels, matrix=matrix, padding=padding)

    def _levels(self, base: NDArray[Any], padding: tuple[int, int] | None, level: int) -> list[NDArray[Any]]:
        name = id(base), padding
        known = self._kept.get(name)
        levels = known[1] if known is not None and known[0]() is base else []
        while len(levels) < level:
            levels.append(halved(levels[-1], (_NO_IMAGE, _NO_IMAGE)) if levels else halved(base, padding))
        self._kept[name] = (weakref.ref(base), levels)
        self._kept.move_to_end(name)
        self._trim()
        return levels

    def _trim(self) -> None:
        for name in [name for name, (of, _) in self._kept.items() if of() is None]:
            del self._kept[name]
        held = sum(level.nbytes for _, levels in self._kept.values() for level in levels)
        while held > self._budget and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            held -= sum(level.nbytes for level in dropped)


def halved(pixels: NDArray[Any], padding: tuple[int, int] | None = None) -> NDArray[Any]:
    """2 x 2 means, an odd last row or column standing for its missing neighbour.

    Colour as uint8, rounded half up. Grey of 16 bits in parts of a unit, exactly, as 32 bits of the same sign; of these
    again, rounded half up. Values within padding do not count; where more than two of four are, there is no image.
    """
    rows, columns = pixels.shape[:2]
    if rows % 2 or columns % 2:
        edges = ((0, rows % 2), (0, columns % 2)) + ((0, 0),) * (pixels.ndim - 2)
        pixels = np.pad(pixels, edges, mode="edge")
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(((_fours(pixels) + 2) >> 2).astype(np.uint8))
    scale = PARTS if pixels.dtype.itemsize == 2 else 1
    kind = np.dtype(f"{pixels.dtype.kind}4")
    shown = None if padding is None else (pixels < padding[0]) | (pixels > padding[1])
    if shown is None or bool(shown.all()):
        fours = _fours(pixels)
        return np.ascontiguousarray((fours * (scale // 4) if scale > 1 else (fours + 2) >> 2).astype(kind))
    count = _fours(shown.astype(np.uint8))
    total = _fours(np.where(shown, pixels, pixels.dtype.type(0))).astype(np.int64) * scale
    made = np.floor(total / np.maximum(count, 1) + 0.5).astype(kind)
    made[count < 2] = _NO_IMAGE
    return np.ascontiguousarray(made)


def _fours(pixels: NDArray[Any]) -> NDArray[np.int32]:
    pairs = np.add(pixels[0::2], pixels[1::2], dtype=np.int32, casting="unsafe")
    return np.asarray(pairs[:, 0::2] + pairs[:, 1::2])


def _level(layer: Layer) -> int:
    """By the axis that is made least small, so that no detail the glass could show is lost."""
    matrix = layer.matrix
    step = min(hypot(matrix[0, 0], matrix[1, 0]), hypot(matrix[0, 1], matrix[1, 1]))
    most = floor(log2(max(1, min(layer.extent[:2]))))
    return min(most, floor(log2(step) + 1e-9)) if step >= 2.0 else 0
