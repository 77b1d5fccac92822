"""Measurements that reports of the archives hold, read-only on the images they were drawn on; never ours to sign again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.display.annotate import text_lines
from readingroom.display.stack import Stack
from readingroom.geometry.plane import Plane
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.record.patient import display_name
from readingroom.record.study import FrameRef
from readingroom.reporting.sr_graphics import SrGraphic
from readingroom.reporting.sr_measurements_read import SrContent, SrGroup, basis_of
from readingroom.session.arranging import hang_stack, scroll_to
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.measuring import NAMES

_OFF_PLANE_MM = 0.5
_TOOLS = {"ELLIPSE": "ellipse", "CIRCLE": "ellipse", "MULTIPOINT": "points", "POINT": "points"}


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """One group of a report in the list: key names it; lines: what it says; source: "from Okafor, 24 Nov 2026".

    measurement: the group as one, with the tracking UID of the report; its frame is nowhere where the group names none.
    """

    key: str
    lines: tuple[str, ...]
    source: str
    place: str
    measurement: Measurement


def drawable(content: SrContent) -> tuple[SrGroup, ...]:
    """Everything that a report draws on images or in space, or says of an image."""
    return (*content.groups, *(mark for mark in content.marks if mark.graphics))


def source_of(content: SrContent) -> str:
    """Whose report it is: "from Okafor, 24 Nov 2026"."""
    named = display_name(content.author) if "^" in content.author else content.author
    who = named or "an unnamed author"
    return f"from {who}, {words.day(content.at.date() if content.at is not None else None)}"


def reported_on(
    contents: Sequence[SrContent], case: Case, ref: FrameRef, stack: Stack, plane: Plane | None
) -> tuple[Measurement, ...]:
    """What the reports that are shown draw on a frame; what is the reader's own on it is left to its original."""
    own = {one.tracking_uid for one in case.measurements if one.frame == ref}
    return tuple(
        made
        for content in contents
        if content.sop_uid in case.reported
        for number, group in enumerate(drawable(content))
        if not group.tracking_uid or group.tracking_uid not in own
        for made in _drawn(content, number, group, ref, stack, plane)
    )


def _drawn(
    content: SrContent, number: int, group: SrGroup, ref: FrameRef, stack: Stack, plane: Plane | None
) -> Iterator[Measurement]:
    name = _name(group)
    made = Measurement(
        tool=group.tool, frame=ref, points=group.points, values=group.values, basis=basis_of(group), label=name,
        tracking_uid=_key(content, number), author=content.author, at=content.at, finding=group.finding, site=group.site,
    )  # fmt: skip
    if not group.read_only and group.space is None:
        if group.frame is not None and _same(group.frame, ref):
            yield made
        return
    for graphic in group.graphics:
        points = _points_on(graphic, ref, stack, plane)
        if points:
            tool, points = _shape(graphic.kind, points)
            yield made if made.points == points and made.tool == tool else replace(made, tool=tool, points=points)
            # The numbers stand beside the first of its graphics.
            made = replace(made, values=(), label="")


def _name(group: SrGroup) -> str:
    """What a group is called: its label, its finding, its tool where that is known, else its identifier."""
    finding = group.finding[2] if group.finding is not None else ""
    return (
        group.label or finding or (group.tracking_id if group.read_only else NAMES.get(group.tool, group.tool.title()))
    )


def _points_on(graphic: SrGraphic, ref: FrameRef, stack: Stack, plane: Plane | None) -> tuple[ImagePoint, ...]:
    if graphic.points:
        return graphic.points if graphic.frame is not None and _same(graphic.frame, ref) else ()
    if plane is None or not graphic.space or graphic.space != stack.frame_of_reference_uid:
        return ()
    most = max(_OFF_PLANE_MM, (stack.geometry.spacing_mm or 0.0) / 2)
    if any(abs(plane.distance_mm(point)) > most for point in graphic.points_mm):
        return ()
    return tuple(plane.to_image(point) for point in graphic.points_mm)


def _shape(kind: str, points: tuple[ImagePoint, ...]) -> tuple[str, tuple[ImagePoint, ...]]:
    """The tool that draws a graphic type (PS3.3 C.18.6.1.2), and its points as that tool has them."""
    if kind == "CIRCLE" and len(points) == 2:
        (x, y), (px, py) = points
        r = hypot(px - x, py - y)
        return "ellipse", ((x - r, y), (x + r, y), (x, y - r), (x, y + r))
    return _TOOLS.get(kind, "polyline"), points


def _same(one: FrameRef, other: FrameRef) -> bool:
    """Whether two references are to one frame: a report may leave out study and series."""
    return (one.sop_uid, one.frame) == (other.sop_uid, other.frame)


def _key(content: SrContent, number: int) -> str:
    return f"{content.sop_uid}/{number}"


def rows(contents: Sequence[SrContent], case: Case) -> tuple[ReportedRow, ...]:
    """The groups of the reports that are shown, for the list of measurements."""
    found = []
    for content in contents:
        if content.sop_uid not in case.reported:
            continue
        for number, group in enumerate(drawable(content)):
            one = as_measurement(content, group)
            found.append(
                ReportedRow(_key(content, number), text_lines(one), source_of(content), _where(case, group), one)
            )
    return tuple(found)


NOWHERE = FrameRef("", "", "")


def as_measurement(content: SrContent, group: SrGroup) -> Measurement:
    """A group as a measurement to be listed, with the tracking UID, author and time that the report gives it."""
    return Measurement(
        group.tool, group.frame or NOWHERE, group.points, group.values, basis_of(group), _name(group),
        group.tracking_uid, content.author, content.at, group.finding, group.site, group.space,
    )  # fmt: skip


def _where(case: Case, group: SrGroup) -> str:
    own = group.tracking_uid and any(one.tracking_uid == group.tracking_uid for one in case.measurements)
    also = "; also your own" if own else ""
    found = place_of(case, group)
    if found is None:
        why = (
            "its image is not in this case" if group.frame is not None else f"not drawn: {group.problem or 'no image'}"
        )
        return why + also
    stack, index = found
    study = case.study_of(stack.study_uid)
    series = study.series_named(stack.series_uid) if study is not None else None
    number = f"series {series.number}, " if series is not None and series.number is not None else ""
    drawn = "" if any(g.points or g.points_mm for g in group.graphics) else f", not drawn: {group.problem}"
    return f"{'prior, ' if case.is_prior(stack) else ''}{number}image {index + 1}{drawn}{also}"


def place_of(case: Case, group: SrGroup) -> tuple[Stack, int] | None:
    """The stack and index of the image that a group is drawn on or names; None where the case does not hold it."""
    frames = [g.frame for g in group.graphics if g.frame is not None] or (
        [group.frame] if group.frame is not None else []
    )
    for frame in frames:
        if (found := image_in(case, frame.sop_uid, frame.frame)) is not None:
            return found
    for graphic in group.graphics:
        for stack in case.stacks if graphic.points_mm and graphic.space else ():
            if stack.is_read and stack.frame_of_reference_uid == graphic.space:
                index = stack.nearest(graphic.points_mm[0])
                if _points_on(graphic, stack.frames[index], stack, stack.plane(index)):
                    return stack, index
    return None


def image_in(case: Case, sop_uid: str, frame: int) -> tuple[Stack, int] | None:
    """Where the case holds an image, or None."""
    for stack in case.stacks:
        if stack.is_image:
            for index, ref in enumerate(stack.frames):
                if ref.sop_uid == sop_uid and ref.frame == frame:
                    return stack, index
    return None


def toggle_reported(desk: Desk, sop_uid: str = "") -> None:
    """Show what a report measured on its images, going to the first of them, or hide it; "" for every report at once."""
    case = desk.case
    if case is None:
        return
    contents = [one for one in desk.documents.reports if not sop_uid or one.sop_uid == sop_uid]
    uids = frozenset(one.sop_uid for one in contents)
    if not uids:
        desk.notice(ReaderError("No report of this case holds measurements.", "Wait until its documents are here."))
    elif uids <= case.reported:
        desk.change(replace(case, reported=case.reported - uids), "Measurements of reports")
    else:
        desk.change(replace(case, reported=case.reported | uids), "Measurements of reports")
        _go_to_first(desk, contents if sop_uid else ())


def _go_to_first(desk: Desk, contents: Sequence[SrContent]) -> None:
    case = desk.case
    groups = [group for content in contents for group in drawable(content)]
    places = [place for group in groups if case is not None and (place := place_of(case, group)) is not None]
    if places:
        _show(desk, *places[0])
    elif contents:
        desk.notice(ReaderError("The images that this report measured are not in this case.", "Open their study."))


def group_named(desk: Desk, key: str) -> tuple[SrContent, SrGroup] | None:
    """The report and the group of a key, or None."""
    sop_uid, _, number = key.rpartition("/")
    content = next((one for one in desk.documents.reports if one.sop_uid == sop_uid), None)
    if content is None or not number.isdigit() or int(number) >= len(drawable(content)):
        return None
    return content, drawable(content)[int(number)]


def go_to_reported(desk: Desk, key: str) -> None:
    """Show the image of a row of the list, or say that it is not here."""
    case, found = desk.case, group_named(desk, key)
    if case is None or found is None:
        return
    place = place_of(case, found[1])
    if place is None:
        desk.notice(ReaderError("The image of this measurement is not in this case.", "Open its study."))
    else:
        _show(desk, *place)


def _show(desk: Desk, stack: Stack, index: int) -> None:
    case = desk.case
    if case is None:
        return
    tile = next((n for n in case.visible_tiles() if case.tiles[n].stack_id == stack.id), None)
    if tile is None:
        tile = case.active
        hang_stack(desk, tile, stack.id)
    desk.activate(tile)
    scroll_to(desk, tile, index)
