"""A blending presentation state (PS3.3 C.11.14, PS3.4 N.2.4): grey images under images in colour."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from readingroom.display.camera import Camera
from readingroom.display.picture import Badge, Layer, Tone
from readingroom.display.presentation_state import PresentationState
from readingroom.display.presenting import as_presented, window_of_state
from readingroom.display.segment_layers import to_segment
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables, through_palette
from readingroom.geometry.plane import Plane, dot
from readingroom.pixels.frame import Frame
from readingroom.pixels.resample import resampled
from readingroom.pixels.table import chain, padding_of
from readingroom.pixels.values import picture_mask
from readingroom.record.study import FrameRef

GREYS: NDArray[np.uint8] = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
"""What stands in for a palette that a state lacks."""
_PARALLEL = 0.9995
_SAME_PLACE_MM = 0.05


def partner(state: PresentationState, plane: Plane | None, space: str, stacks: Sequence[Stack]) -> FrameRef | None:
    """The frame that a state lays over one on a plane: parallel, of one space, not further than half a slice; or None.

    space: Frame of Reference UID. Without planes the only frame that the state lays over.
    """
    over = state.superimposed
    if over is None:
        return None
    uids = {target.sop_uid for target in over.targets}
    best: tuple[float, FrameRef] | None = None
    meant = [
        (stack, index)
        for stack in stacks
        if stack.is_image
        for index, ref in enumerate(stack.frames)
        if ref.sop_uid in uids and over.is_for(ref)
    ]
    if plane is None:
        return meant[0][0].frames[meant[0][1]] if len(meant) == 1 and meant[0][0].plane(meant[0][1]) is None else None
    for stack, index in meant:
        away = _distance(plane, space, stack, index)
        if away is not None and (best is None or away < best[0]):
            best = away, stack.frames[index]
    return best[1] if best is not None else None


def _distance(plane: Plane, space: str, stack: Stack, index: int) -> float | None:
    other = stack.plane(index)
    if other is None or not space or stack.frame_of_reference_uid != space:
        return None
    if abs(dot(other.normal, plane.normal)) < _PARALLEL:
        return None
    away = abs(plane.distance_mm(other.position_mm))
    return away if away <= max(_SAME_PLACE_MM, (stack.geometry.spacing_mm or 0.0) / 2) else None


def over_layer(
    state: PresentationState, under: Frame, over: Frame, camera: Camera, tables: Tables, smooth: bool
) -> Layer:
    """The frame laid over another one, in its colours and with the opacity of the state; padding is let through."""
    own = state.superimposed or state
    seen = as_presented(over, own)
    matrix = to_segment(over.facts.plane, under.facts.plane) @ camera.matrix
    window = window_of_state(own, over.facts)
    layer = tables.layer(seen, window, False, matrix, smooth, calibrated=False)
    assert layer.table is not None
    table = tables.coloured(layer.table, own.palette if own.palette is not None else GREYS, padding_of(seen))
    return replace(layer, table=table, alpha=state.opacity, fine=None)


def blended(
    levels: NDArray[np.uint8], state: PresentationState, under: Frame, over: Frame, matrix: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Grey levels of the frame below, shape (height, width), with the other laid over them, in RGB.

    matrix: 4 x 4, pixel of levels to pixel index of the frame below, centres at integers. Out = over x opacity
    + under x (1 - opacity) for each colour (PS3.4 N.2.4.3); where the other frame has no picture, under alone.
    """
    own = state.superimposed or state
    seen = as_presented(over, own)
    height, width = levels.shape
    stored = np.nan_to_num(seen.stored) if seen.stored.dtype.kind == "f" else seen.stored
    to_over = to_segment(over.facts.plane, under.facts.plane) @ matrix
    values, inside = resampled(stored, to_over, width, height, picture_mask(seen))
    grey = chain(values, seen.facts, window_of_state(own, over.facts), False)
    colours = through_palette(grey, own.palette if own.palette is not None else GREYS)
    share = np.where(inside, state.opacity, 0.0)[..., None]
    return np.rint(colours * share + levels[..., None] * (1.0 - share)).astype(np.uint8)


def said_of(state: PresentationState, here: bool) -> Badge:
    """That images are laid over others and how much they cover, or that they should be and are not."""
    if here:
        return Badge(f"BLENDED: {state.opacity:.0%} of the colours over the greys", Tone.AMBER)
    return Badge("NOT BLENDED: the images to be laid over this one are not here, or do not lie in its plane", Tone.RED)
