"""What must be said of a mammogram on the glass: its kind, how its view was taken, and what its header leaves open."""

from collections.abc import Iterator

from readingroom.display import words
from readingroom.display.picture import Badge, Tone
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging import breasts
from readingroom.hanging.tables import plain, usual_tables
from readingroom.record.study import Instance, Study

_KINDS = {
    breasts.TOMOSYNTHESIS: "TOMOSYNTHESIS", breasts.SLAB: "TOMOSYNTHESIS SLAB", breasts.SYNTHETIC: "SYNTHETIC 2D",
    breasts.PROJECTION: "TOMOSYNTHESIS PROJECTION",
}  # fmt: skip
_MODIFIERS = {
    "spot_compression": "SPOT COMPRESSION", "implant_displaced": "IMPLANT DISPLACED", "rolled": "ROLLED",
    "tangential": "TANGENTIAL",
}  # fmt: skip


def breast_notes(stack: Stack, study: Study, view: ViewState) -> tuple[Badge, ...]:
    """The badges of a mammogram, none for any other image."""
    if stack.modality != breasts.MAMMOGRAPHY or not stack.is_read:
        return ()
    head = breasts.head_of(stack, study)
    return tuple(_notes(stack, head, view)) if head is not None else ()


def _notes(stack: Stack, head: Instance, view: ViewState) -> Iterator[Badge]:
    kind = breasts.kind_of(head.sop_class, head.image_type, len(stack.frames))
    if kind in _KINDS:
        thickness = stack.geometry.spacing_mm if kind == breasts.SLAB else None
        yield Badge(f"{_KINDS[kind]}{f' every {words.millimetres(thickness)}' if thickness else ''}")
    said = plain(" | ".join(head.view_modifiers))
    for name, pattern in usual_tables().view_modifiers:
        if name in _MODIFIERS and pattern.search(said):
            yield Badge(_MODIFIERS[name])
    if breasts.is_magnified(head):
        yield Badge(f"MAGNIFICATION ×{head.magnification:.2g}, own scale")
    elif breasts.pixel_mm(stack, head) is None:
        yield Badge("Own scale: the size of a pixel is not stated", Tone.AMBER)
    if not view.anchor:
        yield Badge("Side of the chest wall not stated: hung as stored", Tone.AMBER)
