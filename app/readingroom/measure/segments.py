"""How large the regions of a segmentation are, and what the image says inside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.measure.statistics import Statistics
from readingroom.pixels.label_volume import LabelVolume, labels_at
from readingroom.pixels.voxels import Voxels
from readingroom.record.study import Vector

HOW_LARGE = "voxels of the segmentation's own grid; ± half of those at its surface"
WHICH_VALUES = "every image voxel whose centre lies in the segment"


@dataclass(frozen=True, slots=True)
class Size:
    """Voxels of a region on its own grid, and what they hold. plus_minus_ml: half of the voxels at its surface."""

    voxels: int
    volume_ml: float
    plus_minus_ml: float


def sizes(labels: LabelVolume) -> dict[int, Size]:
    """The size of every region, by number. A voxel is at the surface when one of its six neighbours is not of the region."""
    found: dict[int, Size] = {}
    for layer in labels.layers:
        most = int(layer.max()) + 1
        count, volume, skin = np.zeros(most, np.int64), np.zeros(most), np.zeros(most)
        for n, own in enumerate(layer):
            if not own.any():
                continue
            here = np.bincount(own.ravel(), minlength=most)
            mm3 = labels.pile.voxel_mm3(n)
            count += here
            volume += here * mm3
            skin += np.bincount(own[_at_surface(labels, layer, n)], minlength=most) * mm3
        found |= {
            k: Size(int(count[k]), float(volume[k]) / 1000, float(skin[k]) / 2000) for k in range(1, most) if count[k]
        }
    return dict(sorted(found.items()))


def _at_surface(labels: LabelVolume, layer: NDArray[Any], n: int) -> NDArray[np.bool_]:
    own = layer[n]
    wide = np.pad(own, 1)
    skin = np.zeros(own.shape, bool)
    for beside in (wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]):
        skin |= beside != own
    for other, joined in ((n - 1, labels.pile.joins(n - 1)), (n + 1, labels.pile.joins(n))):
        skin |= layer[other] != own if joined else own > 0
    return skin


def values_inside(labels: LabelVolume, voxels: Voxels, factor: float = 1.0) -> dict[int, Statistics]:
    """What the image's voxels say whose centres lie in each region, by number, in modality units times factor.

    Planes of the image that are missing, and padding, count for nothing. A region without a voxel's centre is left out.
    """
    picked: dict[int, list[NDArray[np.float64]]] = {}
    for numbers, words in _inside(labels, voxels):
        order = np.argsort(numbers, kind="stable")
        numbers, values = numbers[order], voxels.values_of(words[order]) * factor
        known, starts = np.unique(numbers, return_index=True)
        for number, own in zip(known, np.split(values, starts[1:]), strict=True):
            picked.setdefault(int(number), []).append(_summed(own))
    return {number: _statistics(np.array(rows)) for number, rows in sorted(picked.items())}


def _inside(labels: LabelVolume, voxels: Voxels) -> Iterator[tuple[NDArray[np.uint16], NDArray[Any]]]:
    """Slice by slice and layer by layer: the numbers at the voxels' centres that have one, and the voxels' words."""
    lattice = voxels.lattice
    padding = voxels.facts.padding
    if (voxels.slope, voxels.intercept) != (voxels.facts.slope, voxels.facts.intercept):
        padding = None
    for n in range(lattice.slices):
        if lattice.planes[n] is None:
            continue
        origin = _at(lattice.origin_mm, lattice.deep, n)
        words = voxels.words[n]
        for numbers in labels_at(labels, origin, lattice.across, lattice.down, lattice.columns, lattice.rows):
            here = numbers > 0
            if padding is not None:
                here &= (words < padding[0]) | (words > padding[1])
            if here.any():
                yield numbers[here], words[here]


def _summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count, mean, sum of squares about the mean, least and greatest."""
    mean = values.mean()
    return np.array([values.size, mean, ((values - mean) ** 2).sum(), values.min(), values.max()])


def _statistics(rows: NDArray[np.float64]) -> Statistics:
    count = rows[:, 0].sum()
    mean = (rows[:, 0] * rows[:, 1]).sum() / count
    squares = (rows[:, 2] + rows[:, 0] * (rows[:, 1] - mean) ** 2).sum()
    return Statistics(
        int(count), float(mean), float(np.sqrt(squares / count)), float(rows[:, 3].min()), float(rows[:, 4].max())
    )


def _at(origin: Vector, deep: Vector, n: int) -> Vector:
    return origin[0] + deep[0] * n, origin[1] + deep[1] * n, origin[2] + deep[2] * n
