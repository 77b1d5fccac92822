"""The skins of segments as triangles in the patient."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from readingroom.display.segment_volume import SegmentVolume
from readingroom.geometry.pile import Pile
from readingroom.render.solid import Surface

ALPHA = 0.75


def surfaces_of(
    seg: SegmentVolume, numbers: Collection[int] | None = None, alpha: float = ALPHA
) -> tuple[Surface, ...]:
    """One surface for each segment that has a voxel, on the faces of its voxels half way to what is not of it (LPS mm).

    By marching cubes on the segmentation's own grid; images that lean or are uneven keep their places, and nothing is
    joined across frames that are left out. May take seconds: it is a job for a pool.
    """
    made = (_surface(seg, segment.number, segment.colour, alpha) for segment in seg.chosen(numbers))
    return tuple(surface for surface in made if surface is not None)


def _surface(seg: SegmentVolume, number: int, colour: tuple[int, int, int], alpha: float) -> Surface | None:
    from skimage.measure import marching_cubes

    found = seg.labels.masked(number)
    if found is None:
        return None
    mask, (image, top, left) = found
    pile = seg.labels.pile
    solid, places = _spread(mask, image, pile)
    points, corners, _, _ = marching_cubes(np.pad(solid, ((0, 0), (1, 1), (1, 1))).astype(np.float32), 0.5)
    deep, row, column = points[:, 0], points[:, 1] + (top - 1), points[:, 2] + (left - 1)
    origins = np.column_stack([np.interp(deep, np.arange(len(places)), places[:, axis]) for axis in range(3)])
    down, across = (np.array(a) for a in (pile.planes[0].column, pile.planes[0].row))
    spacing = pile.planes[0].spacing_mm
    lps = origins + row[:, None] * down * spacing[0] + column[:, None] * across * spacing[1]
    return Surface(lps.astype(np.float32), corners.astype(np.int64), colour, alpha)


def _spread(mask: NDArray[np.bool_], first: int, pile: Pile) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """The images of a segment with an empty one wherever nothing follows, and where the first pixel of each lies."""
    normal = np.array(pile.planes[0].normal)
    empty = np.zeros(mask.shape[1:], bool)
    images: list[NDArray[np.bool_]] = [empty]
    places = [_place(pile, first) - normal * 2 * pile.below_mm[first]]
    for n, own in enumerate(mask, first):
        if n > first and not pile.joins(n - 1):
            images += [empty, empty]
            places += [_place(pile, n - 1) + normal * 2 * pile.above_mm[n - 1]]
            places += [_place(pile, n) - normal * 2 * pile.below_mm[n]]
        images.append(own)
        places.append(_place(pile, n))
    last = first + len(mask) - 1
    images.append(empty)
    places.append(_place(pile, last) + normal * 2 * pile.above_mm[last])
    return np.stack(images), np.array(places)


def _place(pile: Pile, number: int) -> NDArray[np.float64]:
    return np.array(pile.planes[number].position_mm)
