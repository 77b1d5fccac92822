"""Narrow windows: where one stored unit is several greys, values between two units need the greys between theirs."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from readingroom.display.picture import Layer
from readingroom.pixels.table import PARTS

_FEW_GREYS = 64
_KEPT = 32


class SteepTables:
    """Which tables climb by more than one grey for a stored unit, and their finer forms; remembers the last ones."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, str], tuple[NDArray[np.uint8], bool]] = OrderedDict()
        self._fine: OrderedDict[tuple[int, str], tuple[NDArray[np.uint8], int, NDArray[np.uint8]]] = OrderedDict()

    def is_steep(self, layer: Layer) -> bool:
        """Whether a layer's greys are to be taken between the entries of its table."""
        table = layer.table
        if layer.fine is not None:
            return layer.smooth and not layer.outline
        if table is None or table.ndim != 1 or not layer.smooth or layer.outline:
            return False
        name = id(table), layer.pixels.dtype.kind
        known = self._known.get(name)
        if known is None:
            known = table, _climbs(_in_order(table, layer)[0])
            self._known[name] = known
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known[1]

    def fine(self, layer: Layer) -> tuple[int, NDArray[np.uint8]]:
        """A layer's table in parts of a stored unit: (first value in parts, greys); constant before and after."""
        assert layer.table is not None
        if layer.fine is not None:
            return layer.fine.first * PARTS, layer.fine.greys
        name = id(layer.table), layer.pixels.dtype.kind
        known = self._fine.get(name)
        if known is None:
            ordered, least = _in_order(layer.table, layer)
            changes = np.flatnonzero(ordered[1:] != ordered[:-1])
            first, last = int(changes[0]), int(changes[-1]) + 1
            known = layer.table, (least + first) * PARTS, _divided(ordered[first : last + 1])
            self._fine[name] = known
            while len(self._fine) > _KEPT:
                self._fine.popitem(last=False)
        return known[1], known[2]


def _in_order(table: NDArray[np.uint8], layer: Layer) -> tuple[NDArray[np.uint8], int]:
    """The entries by growing value, and the least value."""
    if layer.pixels.dtype.kind == "u":
        return table, 0
    return np.concatenate((table[32768:], table[:32768])), -32768


def _divided(entries: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """PARTS greys from each entry towards the next, and the last one."""
    steps = np.diff(entries.astype(np.int16))
    made = np.repeat(entries[:-1, None], PARTS, axis=1)
    moving = np.flatnonzero(steps)
    climbed = np.multiply.outer(steps[moving].astype(np.float64), np.arange(PARTS) / PARTS)
    made[moving] = np.floor(climbed + entries[moving].astype(np.float64)[:, None] + 0.5).astype(np.uint8)
    return np.append(made.ravel(), entries[-1])


def _climbs(ordered: NDArray[np.uint8]) -> bool:
    """Whether neighbours differ by more than one grey, but for the jumps from the black of padding to a light grey."""
    steps = np.abs(np.diff(ordered.astype(np.int16)))
    jumps = np.flatnonzero(steps > 1)
    if jumps.size == 0 or np.unique(ordered).size <= _FEW_GREYS:
        return bool(jumps.size)
    beside_black = np.minimum(ordered[jumps], ordered[jumps + 1]) == 0
    return not bool((beside_black & (steps[jumps] >= _FEW_GREYS)).all())
