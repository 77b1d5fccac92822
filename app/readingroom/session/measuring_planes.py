"""Measurements on planes through a volume: drawn, moved, shown again where their plane is near."""

from collections.abc import Iterator
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.display.stack import Stack
from readingroom.geometry.reformat import sum_of
from readingroom.measure.in_space import evaluate_in_space
from readingroom.record.finding import InSpace, Measurement
from readingroom.record.study import Vector
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.growing import Volume
from readingroom.session.measuring import NAMES, label_for, put, taken_up


def measure_in_space(desk: Desk, volume: Volume, tool: str, space: InSpace) -> Measurement | None:
    """Add a measurement on a plane to the open case; None, and a notice, where it must be refused."""
    case, stack = desk.case, volume.stack
    if case is None:
        return None
    try:
        values, basis = evaluate_in_space(tool, space, volume.voxels)
    except ReaderError as error:
        desk.notice(error)
        return None
    made = Measurement(
        tool=tool, frame=stack.frames[stack.nearest(middle_of(space))], points=(), values=values, basis=basis,
        label=label_for(case, tool), author=desk.settings.reader.name, at=desk.now(), space=space,
    ).identified()  # fmt: skip
    case, made = taken_up(case, made)
    desk.change(
        replace(case, measurements=(*case.measurements, made), selected=made.tracking_uid),
        NAMES.get(tool, tool.title()),
    )
    return made


def moved_in_space(
    desk: Desk, volume: Volume, tracking_uid: str, points_mm: tuple[Vector, ...], dragging: bool = False
) -> None:
    """The measurement at other points of its plane, its numbers computed anew; a drag is one undoable step."""
    case = desk.case
    old = next((m for m in case.measurements if m.tracking_uid == tracking_uid), None) if case else None
    if case is None or old is None or old.space is None:
        return
    space = replace(old.space, points_mm=points_mm)
    try:
        values, basis = evaluate_in_space(old.tool, space, volume.voxels)
    except ReaderError as error:
        if not dragging:
            desk.notice(error)
        return
    frame = volume.stack.frames[volume.stack.nearest(middle_of(space))]
    put(desk, case, old, replace(old, frame=frame, space=space, values=values, basis=basis), f"Move {old.label}…")


def in_volume(case: Case, stack: Stack) -> Iterator[Measurement]:
    """The measurements in space that lie in a stack's frame of reference, or on its own images where none is named."""
    for one in case.measurements:
        if one.space is not None:
            named = one.space.frame_of_reference_uid
            if named == stack.frame_of_reference_uid if named else one.frame.series_uid == stack.series_uid:
                yield one


def middle_of(space: InSpace) -> Vector:
    """The middle of a measurement's points."""
    return sum_of(*((point, 1 / len(space.points_mm)) for point in space.points_mm))
