"""The judge of both engines: the same contract in plain float64 numpy, as slow as it is clear."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer
from readingroom.render.engine import reach, sampling_matrix
from readingroom.render.pyramid import Pyramids
from readingroom.render.steep import SteepTables


def values_of(layer: Layer, width: int, height: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Unrounded samples (height, width) or (height, width, 3), and where there are any."""
    layer = Pyramids().fitted(layer)
    parts = layer.parts
    matrix = sampling_matrix(layer)
    mode, samples = layer.slab
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    found, inside = [], []
    for n in range(samples):
        places = [
            line[0] * columns + line[1] * rows + line[2] * (n - (samples - 1) / 2) + line[3] for line in matrix[:3]
        ]
        within = np.ones((height, width), bool)
        for place, size in zip(places, layer.extent, strict=True):
            within &= (place >= -0.5 - reach(layer)) & (place <= size - 0.5 + reach(layer))
        value, weight = _at(layer, places)
        found.append(value / parts)
        inside.append(within & (weight >= 0.499))
    if samples == 1:
        return found[0], inside[0]
    stack, there = np.array(found), np.array(inside)
    any_there = there.any(axis=0)
    if mode == "mean":
        return np.where(there, stack, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1), any_there
    worst = -np.inf if mode == "max" else np.inf
    chosen = np.where(there, stack, worst)
    best = chosen.max(axis=0) if mode == "max" else chosen.min(axis=0)
    return np.where(any_there, best, 0), any_there


def drawn(layers: Sequence[Layer], width: int, height: int) -> NDArray[np.uint8]:
    """What an engine must show: grey (height, width) or blue, green, red (height, width, 3)."""
    first = _coloured(layers[0], width, height)
    if len(layers) == 1:
        return np.floor(first[0] + 0.5).astype(np.uint8)
    picture = np.zeros((height, width, 3))
    for layer in layers:
        colour, share = _coloured(layer, width, height)
        share = share if layer.hidden is None else np.where(layer.hidden, 0.0, share)
        colour = colour if colour.ndim == 3 else np.repeat(colour[..., None], 3, axis=2)
        picture = picture + (colour - picture) * (share * layer.alpha)[..., None]
    return np.floor(picture + 0.5).astype(np.uint8)


def _coloured(layer: Layer, width: int, height: int) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Grey or blue, green, red, 0 outside; and the layer's own opacity."""
    values, inside = values_of(layer, width, height)
    whole = np.floor(values + 0.5)
    if layer.table is None:
        return np.where(inside[..., None], whole, 0)[..., ::-1], inside.astype(np.float64)
    if layer.fine is not None and layer.smooth:
        part = np.floor((values - layer.fine.first) * 256 + 0.5).astype(np.int64)
        greys = layer.fine.greys[part.clip(0, layer.fine.greys.size - 1)]
        return np.where(inside, greys, 0), inside.astype(np.float64)
    if SteepTables().is_steep(layer):
        low = np.floor(values).astype(np.int64)
        share = values - low
        mixed = layer.table[low & 0xFFFF] * (1 - share) + layer.table[(low + 1) & 0xFFFF] * share
        return np.where(inside, mixed, 0), inside.astype(np.float64)
    entry = layer.table[whole.astype(np.int64) & 0xFFFF]
    if layer.table.ndim == 1:
        return np.where(inside, entry, 0), inside.astype(np.float64)
    return np.where(inside[..., None], entry[..., :3], 0), inside * entry[..., 3] / 255.0


def _at(layer: Layer, places: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values between pixels that are no padding, and the weight that these have."""
    columns, rows, slices = layer.extent
    pixels = layer.pixels if layer.is_volume else layer.pixels[None]
    if not layer.smooth:
        x, y, z = (np.floor(place + 0.5).astype(int) for place in places)
        nearest = pixels[z.clip(0, slices - 1), y.clip(0, rows - 1), x.clip(0, columns - 1)].astype(np.float64)
        return nearest, np.ones(nearest.shape[:2])
    corner = [np.floor(place).astype(int) for place in places]
    share = [place - low for place, low in zip(places, corner, strict=True)]
    total: Any = 0.0
    shares: Any = 0.0
    for bits in range(8):
        step = [bits & 1, bits >> 1 & 1, bits >> 2]
        x, y, z = (low + up for low, up in zip(corner, step, strict=True))
        weight: Any = 1.0
        for part, up in zip(share, step, strict=True):
            weight = weight * (part if up else 1 - part)
        value = pixels[z.clip(0, slices - 1), y.clip(0, rows - 1), x.clip(0, columns - 1)].astype(np.float64)
        if layer.padding is not None:
            weight = weight * ((value < layer.padding[0] * layer.parts) | (value > layer.padding[1] * layer.parts))
        total = total + value * (weight[..., None] if value.ndim > weight.ndim else weight)
        shares = shares + weight
    if layer.padding is None:
        return total, np.ones(total.shape[:2])
    return total / np.maximum(shares, 1e-9), shares
