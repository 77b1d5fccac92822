"""Numbered regions on parallel images: which number lies at any point, asked of the nearest pixel and never between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.geometry.pile import Pile
from readingroom.geometry.plane import Plane
from readingroom.record.study import Vector

Labels = NDArray[np.uint16]
_DUST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Where one number is on one image of a pile: a mask whose first pixel lies at (top, left)."""

    number: int
    image: int
    top: int
    left: int
    mask: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class LabelVolume:
    """layers: numbers on the pile, (images, rows, columns) uint8 or uint16, 0 for none; regions that overlap lie in several.

    top, left: the pixel of the images at which the arrays begin, for nothing is kept of what is empty.
    """

    pile: Pile
    layers: tuple[NDArray[Any], ...]
    top: int = 0
    left: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """Every number that has a pixel."""
        return tuple(sorted({int(n) for layer in self.layers for n in np.unique(layer) if n}))

    def masked(self, number: int) -> tuple[NDArray[np.bool_], tuple[int, int, int]] | None:
        """A region in its own box, and the box's first (image, row, column) of the pile; None for no pixel."""
        for layer in self.layers:
            here = layer == number
            if here.any():
                spans = [np.flatnonzero(here.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
                low = [int(span[0]) for span in spans]
                box = tuple(slice(int(span[0]), int(span[-1]) + 1) for span in spans)
                return here[box], (low[0], low[1] + self.top, low[2] + self.left)
        return None


def parts_of(number: int, image: int, mask: NDArray[np.bool_]) -> Iterable[Part]:
    """The mask of a whole image as the part that is not empty, if any."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size:
        top, left = int(rows[0]), int(columns[0])
        yield Part(number, image, top, left, mask[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1].copy())


def label_volume(pile: Pile, parts: Sequence[Part]) -> LabelVolume:
    """Regions put on their pile; one that overlaps another goes whole into a layer of its own."""
    if not parts:
        return LabelVolume(pile, ())
    top, left = min(part.top for part in parts), min(part.left for part in parts)
    bottom = max(part.top + part.mask.shape[0] for part in parts)
    right = max(part.left + part.mask.shape[1] for part in parts)
    shape = len(pile.planes), bottom - top, right - left
    kind = np.uint8 if max(part.number for part in parts) < 256 else np.uint16
    by_number: dict[int, list[Part]] = {}
    for part in parts:
        by_number.setdefault(part.number, []).append(part)
    layers: list[NDArray[Any]] = []
    for number, own in by_number.items():
        home = next((one for one in layers if not any(_seat(one, p, top, left)[p.mask].any() for p in own)), None)
        if home is None:
            home = np.zeros(shape, kind)
            layers.append(home)
        for part in own:
            _seat(home, part, top, left)[part.mask] = number
    return LabelVolume(pile, tuple(layers), top, left)


def _seat(layer: NDArray[Any], part: Part, top: int, left: int) -> NDArray[Any]:
    height, width = part.mask.shape
    y, x = part.top - top, part.left - left
    return np.asarray(layer[part.image, y : y + height, x : x + width])


def labels_on(labels: LabelVolume, plane: Plane) -> tuple[Labels, ...]:
    """The numbers at the centres of a plane's pixels, (rows, columns) for each layer; 0 beyond the frames."""
    across = _times(plane.row, plane.spacing_mm[1])
    down = _times(plane.column, plane.spacing_mm[0])
    return labels_at(labels, plane.position_mm, across, down, plane.columns, plane.rows)


def labels_at(
    labels: LabelVolume, origin_mm: Vector, across: Vector, down: Vector, width: int, height: int
) -> tuple[Labels, ...]:
    """The numbers at origin_mm + column × across + row × down (LPS mm), (height, width) for each layer."""
    pile, first = labels.pile, labels.pile.planes[0]
    x, y = np.arange(width, dtype=np.float64)[None, :], np.arange(height, dtype=np.float64)[:, None]
    depth, along, under = (
        _flat(axis, origin_mm, across, down, x, y) for axis in (first.normal, first.row, first.column)
    )
    depths = np.array(pile.depths_mm)
    lows, highs = depths - np.array(pile.below_mm), depths + np.array(pile.above_mm)
    image = np.clip(np.searchsorted(lows, depth + _DUST, side="right") - 1, 0, None)
    held = (depth >= lows[image] - _DUST) & (depth <= highs[image] + _DUST)
    column = _pixel(along, image, [plane.position_mm for plane in pile.planes], first.row, first.spacing_mm[1])
    row = _pixel(under, image, [plane.position_mm for plane in pile.planes], first.column, first.spacing_mm[0])
    column, row = column - labels.left, row - labels.top
    made: list[Labels] = []
    for layer in labels.layers:
        rows, columns = layer.shape[1:]
        here = held & (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        found = layer[image, np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]
        made.append(np.broadcast_to(np.where(here, found, 0).astype(np.uint16), (height, width)))
    return tuple(made)


def _pixel(
    along: NDArray[np.float64], image: NDArray[np.intp], positions: Sequence[Vector], axis: Vector, spacing: float
) -> NDArray[np.intp]:
    """The pixel along one axis of the image that a point belongs to; each image begins where it begins."""
    begins = np.array(positions) @ np.array(axis)
    begin = begins[0] if np.ptp(begins) < _DUST else begins[image]
    return np.asarray(np.floor((along - begin) / spacing + 0.5 + _DUST), np.intp)


def _flat(
    axis: Vector, origin: Vector, across: Vector, down: Vector, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Millimetres along an axis of every point: one number, one row or one column where it changes that way only."""
    by_x, by_y = float(np.dot(axis, across)), float(np.dot(axis, down))
    place = np.array([[float(np.dot(axis, origin))]])
    if abs(by_x) * x.size > 1e-9:
        place = place + by_x * x
    if abs(by_y) * y.size > 1e-9:
        place = place + by_y * y
    return place


def _times(a: Vector, by: float) -> Vector:
    return a[0] * by, a[1] * by, a[2] * by
