"""How a mammogram lies on the glass: chest walls back to back, one scale, spots and slabs told from whole views.

The side of the chest wall is what Patient Orientation says of the stored pixels (PS3.3 C.7.6.1.1.1), or the plane of a
tomosynthesis. Field of View Horizontal Flip (PS3.3 C.8.7.1) is not asked: it tells how the pixels lie on the detector,
and not on which side of that the patient stood. Nothing is guessed from pixels: a view whose header is silent hangs as
it is stored, and says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from readingroom.display.camera import Camera, Letters
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.geometry.plane import Plane
from readingroom.measure.calibration import PROJECTIONS, projection_spacing
from readingroom.pixels.frame import SpacingTags
from readingroom.record.study import Instance, Study

MAMMOGRAPHY = "MG"
MAGNIFIED = 1.25
"""Least Estimated Radiographic Magnification Factor (PS3.3 C.8.7.1) of a magnification view; contact views have 1.0 to 1.1."""
TOMOSYNTHESIS, PROJECTION, SYNTHETIC, SLAB, FULL_FIELD = (
    "tomosynthesis",
    "projection",
    "synthetic",
    "slab",
    "full_field",
)
_TOMO_CLASS = "1.2.840.10008.5.1.4.1.1.13.1.3"
_PROJECTION_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.13.1.4", "1.2.840.10008.5.1.4.1.1.13.1.5"})
_SLAB_CONTRASTS = frozenset({"MAXIMUM", "MEAN", "MINIMUM", "ADDITION"})
_AXILLA_UP = frozenset({"MLO", "ML", "LM", "LMO", "SIO", "ISO"})


def wall_of(laterality: str) -> str:
    """The side of the glass for a breast's chest wall: the right breast's on the right, the left one's on the left."""
    return {"R": "right", "L": "left"}.get(laterality.strip().upper()[:1], "")


def kind_of(sop_class: str, image_type: Sequence[str], frames: int) -> str:
    """What a breast image is by its class and Image Type (PS3.3 C.8.21.3, C.8.16.1.4): a slab is of fewer, thicker slices."""
    parts = {part.strip().upper() for part in image_type}
    if sop_class in _PROJECTION_CLASSES:
        return PROJECTION
    if "GENERATED_2D" in parts:
        return SYNTHETIC
    if sop_class == _TOMO_CLASS:
        return SLAB if parts & _SLAB_CONTRASTS else TOMOSYNTHESIS
    # Before there was a term for it, a picture made of a tomosynthesis called itself derived from one.
    return SYNTHETIC if "TOMOSYNTHESIS" in parts and "DERIVED" in parts and frames <= 1 else FULL_FIELD


def is_magnified(head: Instance | None) -> bool:
    """Whether the header's magnification factor makes it a magnification view."""
    return head is not None and head.magnification is not None and MAGNIFIED <= head.magnification < 20.0


def turn_for(
    wall: str, view: str, side: str, orientation: tuple[str, ...], plane: Plane | None
) -> tuple[int, bool] | None:
    """(rotation, mirror) that lays the chest wall on a side of the glass, or None where the header does not say where it is.

    wall: "left" or "right". Craniocaudal views have the lateral side up, obliques and laterals the head; of several turns
    that do the same the one that changes the image least.
    """
    ahead = {"left": "A", "right": "P"}.get(wall, "")
    up = "H" if view in _AXILLA_UP else side.upper()[:1]
    best: tuple[int, tuple[int, bool]] | None = None
    for flipped, rotation in product((False, True), (0, 90, 180, 270)):
        found = _letters(ViewState(rotation=rotation, flipped=flipped), orientation, plane)
        if not ahead or found.right[:1] != ahead:
            continue
        right_way_up = 0 if up and up in found.top[:2] else 2 if up and up in found.bottom[:2] else 1
        if best is None or right_way_up < best[0]:
            best = right_way_up, (rotation, flipped)
    return best[1] if best is not None else None


def _letters(view: ViewState, orientation: tuple[str, ...], plane: Plane | None) -> Letters:
    return Camera.of(view, 2, 2, 1.0, 2, 2).letters(plane, orientation)


def hung_breast(
    view: ViewState, stack: Stack, head: Instance | None, wall: str = "", short_view: str = ""
) -> ViewState:
    """The view turned so that its chest wall lies on the inner edge of its viewport; as stored where that is not known.

    wall: the side that a protocol asks for, "" for that of the laterality. short_view: e.g. "CC", "" for the header's.
    """
    side = head.laterality if head is not None else ""
    wall = wall or wall_of(side)
    if head is None or not wall:
        return view
    named = short_view or head.view.upper()
    turn = turn_for(wall, named, side, head.patient_orientation, stack.plane(0))
    if turn is None:
        return view
    return replace(view, rotation=turn[0], flipped=turn[1], upright=turn, anchor=wall)


def head_of(stack: Stack, study: Study | None) -> Instance | None:
    """The object of a stack's first frame, as its study describes it."""
    series = study.series_named(stack.series_uid) if study is not None else None
    if series is None or not stack.frames:
        return None
    return next((one for one in series.instances if one.sop_uid == stack.frames[0].sop_uid), None)


def pixel_mm(stack: Stack, head: Instance | None) -> tuple[float, float] | None:
    """(between rows, between columns) in millimetres as the header of a stack's first image says, None where it does not."""
    stated = stack.places[0].spacing_mm if stack.places else None
    if head is None:
        return stated
    if stack.modality not in PROJECTIONS or head.sop_class == _TOMO_CLASS:
        return stated
    tags = SpacingTags(
        pixel_spacing=stated, imager_spacing=head.detector_spacing_mm, magnification=head.magnification
    )  # fmt: skip
    spacing = projection_spacing(stack.modality, tags)
    return None if spacing.row_mm is None or spacing.column_mm is None else (spacing.row_mm, spacing.column_mm)


def extent_mm(view: ViewState, stack: Stack, head: Instance | None) -> tuple[float, float] | None:
    """(width, height) of a whole image as it lies on the glass, in millimetres; None where its header does not say."""
    size = pixel_mm(stack, head)
    if size is None:
        return None
    wide, tall = stack.columns * size[1], stack.rows * size[0]
    return (wide, tall) if view.rotation % 180 == 0 else (tall, wide)


def one_scale(extents: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """(width, height) in millimetres that fit must show so that every one of these images is whole; None for none."""
    return (max(w for w, _ in extents), max(h for _, h in extents)) if extents else None
