"""Measurements of the open case: drawn, moved, labelled, deleted; each an undoable step, each number computed anew."""

from collections.abc import Sequence
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.measure.evaluate import evaluate
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.record.study import FrameRef
from readingroom.reporting.draft import refreshed
from readingroom.reporting.lesions import Followed
from readingroom.session.arranging import hang_stack, scroll_to
from readingroom.session.case import Case
from readingroom.session.desk import Desk

NAMES = {
    "length": "Length", "bidirectional": "Two diameters", "angle": "Angle", "cobb": "Cobb angle", "ellipse": "Ellipse ROI",
    "circle": "Circle ROI", "rectangle": "Rectangle ROI", "polygon": "Polygon ROI", "freehand": "Freehand ROI",
    "polyline": "Path", "probe": "Probe", "livewire": "Edge ROI", "open_angle": "Open angle", "ellipsoid": "Volume",
    "velocity": "Velocity", "time": "Time", "arrow": "Arrow", "text": "Text", "spine": "Vertebra",
}  # fmt: skip


def measure(desk: Desk, tool: str, ref: FrameRef, points: Sequence[ImagePoint], label: str = "") -> Measurement | None:
    """Add a measurement to the open case; None, and a notice, where it must be refused. label: "" for a numbered one."""
    case, frame = desk.case, desk.frame(ref)
    if case is None or frame is None:
        return None
    try:
        values, basis = evaluate(tool, points, frame, case.calibration_of(ref))
    except ReaderError as error:
        desk.notice(error)
        return None
    made = Measurement(
        tool=tool, frame=ref, points=tuple(points), values=values, basis=basis, label=label or label_for(case, tool),
        author=desk.settings.reader.name, at=desk.now(),
    ).identified()  # fmt: skip
    case, made = taken_up(case, made)
    desk.change(
        replace(case, measurements=(*case.measurements, made), selected=made.tracking_uid),
        NAMES.get(tool, tool.title()),
    )
    return made


def taken_up(case: Case, made: Measurement) -> tuple[Case, Measurement]:
    """A new measurement as that of the lesion that is followed, and the case that follows none any more.

    Words measure nothing, and what is drawn on a prior is no sight of it now: both leave the lesion to be followed.
    """
    wanted = case.following
    if wanted is None or not made.values or made.frame.study_uid != case.study.uid:
        return case, made
    if any(one.tracking_uid == wanted.tracking_uid for one in case.measurements):
        return replace(case, following=None), made
    return replace(case, following=None), as_lesion(made, wanted)


def as_lesion(one: Measurement, lesion: Followed) -> Measurement:
    """A measurement with the identity, name and site of a lesion; what the lesion does not say stays."""
    return replace(
        one, tracking_uid=lesion.tracking_uid, label=lesion.label or one.label, finding=lesion.finding or one.finding,
        site=lesion.site or one.site,
    )  # fmt: skip


def label_for(case: Case, tool: str) -> str:
    """The first name of a tool that no measurement of the case has: "Length 2"."""
    name = NAMES.get(tool, tool.title())
    taken = {m.label for m in case.measurements}
    return next(label for n in range(1, len(taken) + 2) if (label := f"{name} {n}") not in taken)


def moved(desk: Desk, tracking_uid: str, points: Sequence[ImagePoint], dragging: bool = False) -> None:
    """The measurement at other points, its numbers computed anew; a drag is one undoable step."""
    case = desk.case
    old = next((m for m in case.measurements if m.tracking_uid == tracking_uid), None) if case else None
    frame = desk.frame(old.frame) if old is not None else None
    if case is None or old is None or frame is None:
        return
    try:
        values, basis = evaluate(old.tool, points, frame, case.calibration_of(old.frame))
    except ReaderError as error:
        if not dragging:
            desk.notice(error)
        return
    new = replace(old, points=tuple(points), values=values, basis=basis)
    put(desk, case, old, new, f"Move {old.label}…")


def labelled(desk: Desk, tracking_uid: str, label: str) -> None:
    """The measurement with another name."""
    case = desk.case
    old = next((m for m in case.measurements if m.tracking_uid == tracking_uid), None) if case else None
    if case is not None and old is not None and old.label != label.strip():
        put(desk, case, old, replace(old, label=label.strip()), "Label")


def deleted(desk: Desk, tracking_uid: str) -> None:
    """The case without a measurement; its number in the report stays, marked as stale."""
    case = desk.case
    if case is None:
        return
    kept = tuple(m for m in case.measurements if m.tracking_uid != tracking_uid)
    if len(kept) != len(case.measurements):
        desk.change(followed(replace(case, measurements=kept, selected=""), desk), "Delete measurement")


def select(desk: Desk, tracking_uid: str) -> None:
    """Make a measurement the selected one ("" for none)."""
    if desk.case is not None and desk.case.selected != tracking_uid:
        desk.change(replace(desk.case, selected=tracking_uid))


def go_to(desk: Desk, tracking_uid: str) -> None:
    """Show the image that a measurement was drawn on, in the viewport that hangs its stack or in the active one."""
    case = desk.case
    found = next((m for m in case.measurements if m.tracking_uid == tracking_uid), None) if case else None
    if case is None or found is None:
        return
    stack = next((s for s in case.stacks if s.index_of(found.frame) is not None), None)
    if stack is None:
        return
    tile = next((n for n in range(len(case.tiles)) if case.tiles[n].stack_id == stack.id), None)
    if tile is None:
        tile = case.active
        hang_stack(desk, tile, stack.id)
    desk.activate(tile)
    scroll_to(desk, tile, stack.index_of(found.frame) or 0)
    select(desk, tracking_uid)


def put(desk: Desk, case: Case, old: Measurement, new: Measurement, step: str) -> None:
    """The case with one measurement in place of another, as a step, and the report's numbers following it."""
    measurements = tuple(new if m is old else m for m in case.measurements)
    desk.change(followed(replace(case, measurements=measurements, selected=new.tracking_uid), desk), step)


def followed(case: Case, desk: Desk) -> Case:
    """The case with the report's linked numbers following their measurements."""
    if case.draft is None:
        return case
    draft = refreshed(case.draft, case.measurements, desk.now())
    return case if draft is case.draft else replace(case, draft=draft)
