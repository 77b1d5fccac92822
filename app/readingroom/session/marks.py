"""What the keyboard does with measurements: nudge, copy to the next image or the prior; and words that are drawn."""

from collections.abc import Callable
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.display.stack import Stack
from readingroom.geometry.plane import Plane
from readingroom.measure.evaluate import evaluate
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.record.study import FrameRef
from readingroom.session.arranging import scroll_to
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.measuring import moved
from readingroom.session.sync import offset_between
from readingroom.session.vertebrae import next_name

NUDGE_PX = 0.5


def selected(case: Case | None) -> Measurement | None:
    """The measurement on an image that keys act on; those on planes through a volume are moved there."""
    if case is None or not case.selected:
        return None
    found = next((one for one in case.measurements if one.tracking_uid == case.selected), None)
    return found if found is not None and found.space is None else None


def nudge(right: float, down: float) -> Callable[[Desk], None]:
    """Move the selected measurement by image pixels; several in a row are one step to undo."""

    def run(desk: Desk) -> None:
        if (one := selected(desk.case)) is not None:
            points = [(x + right * NUDGE_PX, y + down * NUDGE_PX) for x, y in one.points]
            moved(desk, one.tracking_uid, points)

    return run


def copy_along(step: int) -> Callable[[Desk], None]:
    """Copy the selected measurement to the next image (1) or the one before (-1) and go there."""

    def run(desk: Desk) -> None:
        case, one = desk.case, selected(desk.case)
        stack = next((s for s in case.stacks if s.index_of(one.frame) is not None), None) if case and one else None
        if case is None or one is None or stack is None:
            return
        index = (stack.index_of(one.frame) or 0) + step
        if not 0 <= index < len(stack.frames):
            desk.notice(ReaderError("There is no further image in this series.", "Copy the other way."), "calm")
            return
        if _copied(desk, one, stack.frames[index], one.points):
            tile = next((n for n, view in enumerate(case.tiles) if view.stack_id == stack.id), None)
            if tile is not None:
                scroll_to(desk, tile, index)

    return run


def copy_to_prior(desk: Desk) -> None:
    """Copy the selected measurement to where the same place of the patient is on another examination that hangs.

    Within one frame of reference that is the same point in millimetres; across, by the offset along the series that the
    reader linked, and a notice says that it must be placed by hand. Refused where neither holds.
    """
    case, one = desk.case, selected(desk.case)
    if case is None or one is None:
        return
    source = next((s for s in case.stacks if s.index_of(one.frame) is not None), None)
    plane = source.plane(source.index_of(one.frame) or 0) if source is not None else None
    others = [(n, s) for n in range(len(case.tiles)) if (s := case.stack_at(n)) and s.study_uid != one.frame.study_uid]
    for tile, stack in others:
        if source is None or plane is None or (offset := _offset(case, source, stack)) is None:
            continue
        index, points = _there(one, plane, stack, offset)
        if points and _copied(desk, one, stack.frames[index], points):
            scroll_to(desk, tile, index)
            if stack.frame_of_reference_uid != source.frame_of_reference_uid:
                desk.notice(ReaderError("Copied by the linked offset.", "Move it to the lesion by hand."), "calm")
            return
    remedy = (
        "Hang the prior beside this series; scroll both to the same place and link them, where they share no space."
    )
    desk.notice(ReaderError("There is no examination beside this one in which the place is known.", remedy))


def _offset(case: Case, source: Stack, target: Stack) -> float | None:
    if source.frame_of_reference_uid and source.frame_of_reference_uid == target.frame_of_reference_uid:
        return 0.0
    return offset_between(case.links, source.id, target.id)


def _there(one: Measurement, plane: Plane, stack: Stack, offset_mm: float) -> tuple[int, tuple[ImagePoint, ...]]:
    """The nearest image of a stack, and the points on it."""
    normal = plane.normal
    placed = [plane.to_patient(x, y) for x, y in one.points]
    shifted = [
        (p[0] + normal[0] * offset_mm, p[1] + normal[1] * offset_mm, p[2] + normal[2] * offset_mm) for p in placed
    ]
    index = stack.nearest(shifted[0])
    target = stack.plane(index)
    return index, tuple(target.to_image(point) for point in shifted) if target is not None else ()


def _copied(desk: Desk, one: Measurement, ref: FrameRef, points: tuple[ImagePoint, ...]) -> bool:
    case, frame = desk.case, desk.frame(ref)
    if case is None or frame is None:
        desk.notice(ReaderError("That image is not here yet.", "Wait until it is loaded, then copy again."), "calm")
        return False
    try:
        values, basis = evaluate(one.tool, points, frame, case.calibration_of(ref))
    except ReaderError as error:
        desk.notice(error)
        return False
    made = replace(
        one, frame=ref, points=tuple(points), values=values, basis=basis, tracking_uid=new_uid(), at=desk.now(),
        author=desk.settings.reader.name,
    )  # fmt: skip
    desk.change(replace(case, measurements=(*case.measurements, made), selected=made.tracking_uid), f"Copy {one.label}")
    return True


def vertebra_at(desk: Desk, ref: FrameRef, point: ImagePoint) -> str:
    """The name that a vertebra at a point would have by those that are named in the case; "" where it must be asked."""
    case = desk.case
    if case is None:
        return ""
    named = [
        (one.label, height)
        for one in case.measurements
        if one.tool == "spine" and one.frame.study_uid == ref.study_uid
        and (height := _height(case, one.frame, one.points[0])) is not None
    ]  # fmt: skip
    here = _height(case, ref, point)
    return next_name(named, here) if here is not None else ""


def _height(case: Case, ref: FrameRef, point: ImagePoint) -> float | None:
    """How far towards the head a point lies: LPS z in mm, on a projection its row counted upwards."""
    stack = next((s for s in case.stacks if (s.index_of(ref)) is not None), None)
    if stack is None:
        return None
    plane = stack.plane(stack.index_of(ref) or 0)
    return plane.to_patient(*point)[2] if plane is not None else -point[1]
