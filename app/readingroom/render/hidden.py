"""Padding on the CPU: no picture value is mixed with it, and what is mostly padding is no picture."""

import weakref
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer
from readingroom.pixels.resample import LEAST_SHARE
from readingroom.render.footprint import Footprint

_KEPT = 64
_WHOLE = 32767
_Name = tuple[int, tuple[int, int]]


class Paddings:
    """Where the pixels of the last layers are picture, as arrays of 0 and 1; None where all of them are."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Name, tuple[weakref.ref[NDArray[Any]], NDArray[np.uint8] | None]] = OrderedDict()

    def picture(self, layer: Layer) -> NDArray[np.uint8] | None:
        """1 where a layer's pixels are picture, shape (rows, columns); None where all are, or padding takes no part."""
        if layer.padding is None or layer.is_volume or layer.is_colour or not layer.smooth:
            return None
        name = id(layer.pixels), layer.padding
        known = self._known.get(name)
        if known is None or known[0]() is not layer.pixels:
            low, high = (end * layer.parts for end in layer.padding)
            picture = ((layer.pixels < low) | (layer.pixels > high)).astype(np.uint8)
            known = weakref.ref(layer.pixels), None if bool(picture.all()) else picture
            self._known[name] = known
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(name)
        return known[1]


def mended(
    values: NDArray[Any], weight: NDArray[Any], layer: Layer, matrix: NDArray[np.float64], box: Footprint, parts: int
) -> Footprint:
    """Samples beside padding taken again, in place, from picture pixels alone; the footprint without what is padding.

    weight: share of picture in each sample, 0 to 32767. parts: into how many parts of a stored unit values count.
    """
    hidden = weight <= 0
    # One subtraction lets 1 to 32766 through: fewer passes over millions of samples.
    beside = (weight - 1).view(np.uint32) < np.uint32(_WHOLE - 1)
    rows, columns = np.divmod(np.flatnonzero(beside), weight.shape[1])
    if rows.size:
        x = matrix[0, 0] * (columns + box.left) + matrix[0, 1] * (rows + box.top) + matrix[0, 3]
        y = matrix[1, 0] * (columns + box.left) + matrix[1, 1] * (rows + box.top) + matrix[1, 3]
        mixed, share = _of_picture(layer, x, y)
        values[rows, columns] = np.floor(mixed * (parts / layer.parts) + 0.5).astype(values.dtype)
        hidden[rows, columns] = share < LEAST_SHARE
    if not hidden.any():
        return box
    return replace(box, inside=~hidden if box.inside is None else box.inside & ~hidden)


def _of_picture(
    layer: Layer, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bilinear means of the picture pixels around each place, and the weight they have."""
    assert layer.padding is not None
    low, high = (end * layer.parts for end in layer.padding)
    last_row, last_column = layer.pixels.shape[0] - 1, layer.pixels.shape[1] - 1
    left, upper = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    across, down = x - left, y - upper
    total, weight = np.zeros(x.shape), np.zeros(x.shape)
    for step_down, share_down in ((0, 1 - down), (1, down)):
        for step_across, share_across in ((0, 1 - across), (1, across)):
            found = layer.pixels[
                np.clip(upper + step_down, 0, last_row), np.clip(left + step_across, 0, last_column)
            ].astype(np.float64)
            share = share_down * share_across * ((found < low) | (found > high))
            total += share * found
            weight += share
    return total / np.maximum(weight, 1e-9), weight
