"""What belongs on one viewport besides the pixels, all from the case that the pixels come from."""

from collections.abc import Sequence
from dataclasses import replace

from readingroom.display.blending import partner
from readingroom.display.completeness import Runs, runs_of, window_class
from readingroom.display.compose import ReferenceLine, Shown, window_of
from readingroom.display.picture import Badge, Tone
from readingroom.display.presentation_state import PresentationState
from readingroom.display.presenting import presented
from readingroom.display.segment_layers import SegmentPicture
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.geometry.joined import Registration
from readingroom.geometry.plane import Plane, dot, reference_line
from readingroom.hanging.traits import is_for_processing
from readingroom.pixels.frame import Frame
from readingroom.pixels.preview import is_preview
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.record.study import FrameRef, Study
from readingroom.session.beside import caption
from readingroom.session.breast_notes import breast_notes
from readingroom.session.case import Case
from readingroom.session.crosshair import mark_on
from readingroom.session.desk import Desk
from readingroom.session.kept_badges import kept_badges
from readingroom.session.reads import OnGlass
from readingroom.session.reported import reported_on, source_of
from readingroom.session.sync import in_step, parallel, way
from readingroom.session.true_size import true_size_badge

BRIEF_BELOW_PX = 300


def shown_on(
    desk: Desk, case: Case, tile: int, drawing: Measurement | None, cursor: ImagePoint | None, width: int, height: int
) -> Shown:
    """Everything on a tile: whose it is, what was measured on it, how much of it has come, how it is linked."""
    stack, ref = case.stack_at(tile), case.frame_at(tile)
    study = case.study_of(stack.study_uid) if stack is not None else None
    if stack is None or ref is None or study is None:
        return Shown(empty=case.why_empty(tile) if stack is None else "")
    received = received_frames(desk, study, stack)
    problem = desk.loader.problem(stack.series_uid)
    loading = problem is None and received < len(stack.frames)
    trouble = desk.book.trouble(ref)
    if trouble is None and problem is not None and not desk.loader.is_here(ref):
        trouble = problem
    reported = _reported(desk, case, ref, stack)
    state = desk.documents.state(case.tiles[tile].presentation)
    return Shown(
        study=study,
        measurements=(*case.on_frame(ref), *reported) if case.marks_shown else (),
        read_only=frozenset(one.tracking_uid for one in reported),
        drawing=drawing,
        selected=case.selected,
        reference_lines=reference_lines(case, tile) if case.reference_lines else (),
        cursor=cursor,
        cross=mark_on(case, tile, desk.documents.registrations),
        received=received,
        loading=loading,
        trouble=trouble,
        progress="" if not loading else f"On its way: {received} of {len(stack.frames)} images are here",
        notes=_badges(desk, case, tile, stack, study),
        presentation=state,
        superimposed=_superimposed(desk, case, ref, stack, state),
        segments=_segments(desk, case, ref, stack),
        text_shown=case.text_shown,
        seen=desk.reads.seen(stack),
        missing=missing_runs(desk, stack) if received < len(stack.frames) else (),
        brief=min(width, height) < BRIEF_BELOW_PX,
    )


def _badges(desk: Desk, case: Case, tile: int, stack: Stack, study: Study) -> tuple[Badge, ...]:
    return (
        *caption(case, case.tiles[tile], stack, study),
        *notes(case, tile, stack, study, desk.documents.registrations),
        *raw_note(stack, study),
        *breast_notes(stack, study, case.tiles[tile]),
        *marks(desk, case, tile),
        *true_size_badge(desk, case, tile),
    )


def raw_note(stack: Stack, study: Study) -> tuple[Badge, ...]:
    """What must be said of an image that was made to be processed, of whatever modality (PS3.3 C.8.11.1.1)."""
    raw = stack.is_read and is_for_processing(stack, study)
    return (Badge("FOR PROCESSING: raw image, not for reading", Tone.AMBER),) if raw else ()


def seen_view(desk: Desk, view: ViewState, frame: Frame) -> ViewState:
    """The view as it is on the glass: through the presentation state that it asks for, where that is for the frame."""
    state = desk.documents.state(view.presentation)
    return view if state is None else presented(view, state, frame.facts)


def on_glass(desk: Desk, view: ViewState, stack: Stack, frame: Frame, tables: Tables) -> OnGlass:
    """What counts as read once it has been painted long enough: image, class of the window, and whether a preview."""
    index = max(0, min(view.index, len(stack.frames) - 1))
    preview = is_preview(frame)
    voi = None if preview else window_of(seen_view(desk, view, frame), frame, tables)
    return stack.id, len(stack.frames), index, window_class(frame.facts.unit, voi), preview


def marks(desk: Desk, case: Case, tile: int) -> tuple[Badge, ...]:
    """What documents say of the image: key image, rejected, hidden neighbours, a state or segments that can be shown."""
    stack, ref = case.stack_at(tile), case.frame_at(tile)
    if stack is None or ref is None:
        return ()
    badges = (
        [Badge("SEGMENTATION as it is stored: marks, no image of the patient", Tone.AMBER)]
        if stack.kind == "segmentation"
        else []
    )
    stored = desk.documents.selections_for(ref)
    badges += kept_badges(case, ref, tuple(one.words for one in stored))
    badges += [
        Badge(f"REJECTED: {one.rejected}", Tone.RED) if one.rejected else Badge(f"★ KEY IMAGE  {one.words}")
        for one in stored
    ]
    # A series of which nothing is left has no viewport to say it: the others of its study do.
    left = {other.series_uid for other in case.stacks if other.is_image}
    badges += [
        Badge(f"{one.words} (J shows)", Tone.AMBER)
        for one in case.hidden
        if one.series_uid == stack.series_uid or (one.study_uid == stack.study_uid and one.series_uid not in left)
    ]
    badges += _reports_said(desk, case, ref, stack)
    states = desk.documents.states_for(ref)
    if states and not case.tiles[tile].presentation:
        more = f" and {len(states) - 1} more" if len(states) > 1 else ""
        badges.append(Badge(f"Presentation state: {states[0].name}{more} (Y applies)"))
    frame = desk.frame(ref)
    plane = frame.facts.plane if frame is not None else None
    if not case.segments_shown and desk.documents.has_segments(ref, plane, stack.frame_of_reference_uid):
        badges.append(Badge("Segmentation (B shows)"))
    if not case.marks_shown and (case.on_frame(ref) or case.reported):
        badges.append(Badge("Measurements hidden (Ctrl+M shows)", Tone.AMBER))
    return tuple(badges)


def _superimposed(desk: Desk, case: Case, ref: FrameRef, stack: Stack, state: PresentationState | None) -> Frame | None:
    """The frame that a blending state lays over one, as soon as it is here."""
    index = stack.index_of(ref)
    if state is None or state.superimposed is None or index is None or not state.is_for(ref):
        return None
    over = partner(state, stack.plane(index), stack.frame_of_reference_uid, case.stacks)
    frame = (desk.frame(over) or desk.documents.frame(over)) if over is not None else None
    # A state gives colours to greys; what has colours already it cannot lay over (PS3.4 N.2.4).
    return frame if frame is None or not frame.is_colour else None


def _reported(desk: Desk, case: Case, ref: FrameRef, stack: Stack) -> tuple[Measurement, ...]:
    """What reports that are shown draw on a frame."""
    index = stack.index_of(ref)
    plane = stack.plane(index) if index is not None else None
    return reported_on(desk.documents.reports, case, ref, stack, plane)


def _reports_said(desk: Desk, case: Case, ref: FrameRef, stack: Stack) -> list[Badge]:
    """Whose measurements are drawn beside the reader's own, and that there are some that are not drawn."""
    uids = frozenset(one.sop_uid for one in desk.documents.reports)
    there = {one.tracking_uid.rpartition("/")[0] for one in _reported(desk, replace(case, reported=uids), ref, stack)}
    found = [one for one in desk.documents.reports if one.sop_uid in there]
    said = [Badge(f"Measurements {source_of(one)}: read-only") for one in found if one.sop_uid in case.reported]
    waiting = [one for one in found if one.sop_uid not in case.reported]
    return [*said, *([Badge("Measured in a report (Shift+M shows)")] if waiting else [])]


def stack_marks(desk: Desk, case: Case | None, stack: Stack) -> tuple[str, ...]:
    """What documents say of a whole stack: key images in it with the reason, and what is hidden of its series."""
    if case is None or not stack.is_image:
        return ()
    said = [one.words for one in case.hidden if one.series_uid == stack.series_uid]
    if stack.kind == "segmentation" and stack.frames:
        said += desk.documents.segment_names(stack.frames[0].sop_uid)
    selections = [one for one in desk.documents.selections if not one.rejected]
    if selections:
        here = {ref.sop_uid for ref in stack.frames}
        said += [f"★ {one.words}" for one in selections if any(target.sop_uid in here for target in one.targets)]
    return tuple(said)


def _segments(desk: Desk, case: Case, ref: FrameRef, stack: Stack) -> tuple[SegmentPicture, ...]:
    frame = desk.frame(ref)
    if not case.segments_shown or frame is None:
        return ()
    return desk.documents.segments_on(ref, frame.facts.plane, stack.frame_of_reference_uid)


def missing_runs(desk: Desk, stack: Stack) -> Runs:
    """The images of a stack that are not at this desk."""
    return runs_of(index for index, ref in enumerate(stack.frames) if not desk.loader.is_here(ref))


def received_frames(desk: Desk, study: Study, stack: Stack) -> int:
    """How many frames of a stack are at this desk."""
    return sum(desk.loader.is_here(ref) for ref in stack.frames)


def notes(
    case: Case, tile: int, stack: Stack, study: Study, registrations: Sequence[Registration] = ()
) -> tuple[Badge, ...]:
    """PRIOR with its distance in time, and how this viewport scrolls with the others."""
    prior = (Badge(standing(case.study, study), Tone.AMBER),) if case.is_prior(stack) else ()
    return (*prior, *linked_notes(case, tile, registrations))


def linked_notes(case: Case, tile: int, registrations: Sequence[Registration] = ()) -> tuple[Badge, ...]:
    """How a viewport scrolls with the active one, and the active one with the others: offsets and registrations, or not.

    An offset stands on both viewports, as seen from each.
    """
    mine = case.stack_at(tile)
    if not case.linked or mine is None:
        return ()
    others = [n for n in case.visible_tiles() if n != tile] if tile == case.active else [case.active]
    said: list[Badge] = []
    for n in others:
        far = case.stack_at(n)
        plane = mine.plane(case.tiles[tile].index)
        if far is None or far.id == mine.id or plane is None or not in_step(case.tiles[tile], case.tiles[n]):
            continue
        found = (
            way(mine, far, case.links, registrations)
            if tile == case.active
            else way(far, mine, case.links, registrations)
        )
        if found is None and parallel(plane, far):
            said.append(Badge("not linked: another space (Ctrl+J links here)"))
        elif found is not None and found.offset_mm is not None:
            said.append(Badge(f"linked, offset {found.offset_mm:+.1f} mm"))
        elif found is not None and found.registration is not None:
            by = f" by {found.registration.by}" if found.registration.by else ""
            said.append(Badge(f"linked by a registration{by}"))
    return tuple(dict.fromkeys(said))


def standing(study: Study, other: Study) -> str:
    """How another examination stands to this one: "PRIOR 2 y 1 m", "LATER 3 d", "SAME DAY"; "PRIOR" without a date."""
    if study.date is not None and other.date is not None and other.date == study.date:
        return "SAME DAY"
    later = study.date is not None and other.date is not None and other.date > study.date
    return f"{'LATER' if later else 'PRIOR'} {time_between(study, other)}".strip()


def time_between(study: Study, other: Study) -> str:
    """How far two examinations lie apart: "2 y 1 m", "3 d"; "" where a date is missing."""
    if study.date is None or other.date is None:
        return ""
    first, last = sorted((study.date, other.date))
    if (last - first).days < 31:
        return f"{(last - first).days} d"
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return f"{months // 12} y {months % 12} m" if months >= 12 else f"{months} m"


def reference_lines(case: Case, tile: int) -> tuple[ReferenceLine, ...]:
    """Where the images of the other viewports cut this one, within one frame of reference."""
    stack = case.stack_at(tile)
    plane = stack.plane(case.tiles[tile].index) if stack is not None else None
    if stack is None or plane is None or not stack.frame_of_reference_uid:
        return ()
    lines: list[ReferenceLine] = []
    for other in case.visible_tiles():
        far = case.stack_at(other)
        if far is None or other == tile or far.id == stack.id:
            continue
        if far.frame_of_reference_uid != stack.frame_of_reference_uid or far.study_uid != stack.study_uid:
            continue
        cut = _cut(far, case.tiles[other].index, plane)
        if cut is not None and not parallel(plane, far):
            lines.append(ReferenceLine(cut[0], cut[1], str(case.tiles[other].index + 1), other == case.active))
    return tuple(lines)


def _cut(far: Stack, index: int, on: Plane) -> tuple[ImagePoint, ImagePoint] | None:
    plane = far.plane(index)
    if plane is None or abs(dot(plane.normal, on.normal)) > 0.999:
        return None
    return reference_line(plane, on)
