"""From a segmentation in the tray to the image that it marks, with its segments shown."""

from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.display.segmentation import Segmentation
from readingroom.display.stack import Stack
from readingroom.session.arranging import hang_stack, scroll_to
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.reported import image_in


def show_segmentation(desk: Desk, sop_uid: str) -> None:
    """Lay the segments over their images and go to one in their middle, or say that none of these is in the case."""
    case, of = desk.case, desk.documents.segmentation(sop_uid)
    if case is None:
        return
    if of is None:
        desk.notice(ReaderError("This segmentation is not here yet.", "Wait for it, or open the study again."))
        return
    place = marked_image(case, of)
    if place is None:
        desk.notice(ReaderError("The images that this segmentation marks are not in this case.", "Open their study."))
        return
    if not case.segments_shown:
        desk.change(replace(case, segments_shown=True), "Segments")
    stack, index = place
    tile = next((n for n in case.visible_tiles() if case.tiles[n].stack_id == stack.id), case.active)
    if case.tiles[tile].stack_id != stack.id:
        hang_stack(desk, tile, stack.id)
    desk.activate(tile)
    scroll_to(desk, tile, index)


def marked_image(case: Case, of: Segmentation) -> tuple[Stack, int] | None:
    """The image that the middle one of its frames lies on, of the series that it names before any other; or None."""
    middle = len(of.frames) // 2
    nearest_first = sorted(range(len(of.frames)), key=lambda n: abs(n - middle))
    stacks = [stack for stack in case.stacks if stack.is_read]
    stacks.sort(key=lambda stack: not any(ref.sop_uid in of.images for ref in stack.frames))
    for number in nearest_first:
        frame = of.frames[number]
        for sop_uid, source in frame.sources:
            if frame.plane is None and (found := image_in(case, sop_uid, source or 1)) is not None:
                return found
        for stack in stacks if frame.plane is not None else ():
            index = stack.nearest(frame.plane.position_mm) if frame.plane is not None else 0
            if of.on(stack.frames[index], stack.plane(index), stack.frame_of_reference_uid):
                return stack, index
    return None
