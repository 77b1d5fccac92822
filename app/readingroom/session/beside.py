"""Current and prior compared: side by side on one scale, or flickering in one viewport, always said which is which."""

from dataclasses import replace
from datetime import date

from readingroom.display.picture import Badge, Tone
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.display.words import day
from readingroom.hanging.alike import alike
from readingroom.hanging.breasts import extent_mm, head_of, one_scale
from readingroom.hanging.placing import Board
from readingroom.record.study import Study
from readingroom.session.arranging import fresh_view
from readingroom.session.case import Case
from readingroom.session.desk import Desk, Notice
from readingroom.session.sync import captured, nearest_depth, offset_between, parallel
from readingroom.session.together import shared, size_of

TOGETHER = ("zoom:compare", "pan:compare")
WITH_WINDOW = (*TOGETHER, "window:compare")


def compare(desk: Desk) -> None:
    """The active series beside the one of the same kind in the newest prior that has one: current left, prior right.

    Both have one scale in millimetres where both have millimetres, move and scroll together, and share the window where
    it is in Hounsfield units; in any other unit the same number is not the same grey. Priors that are not open are not searched.
    """
    case = desk.case
    pair = counterparts(case) if case is not None else None
    if case is None or pair is None:
        _none(desk)
        return
    now, before = pair
    shown = case.tiles[case.active]
    left = shown if shown.stack_id == now.id else _arrived(case, shown, now)
    right = shown if shown.stack_id == before.id else _arrived(case, left, before)
    group = WITH_WINDOW if now.modality == before.modality == "CT" else TOGETHER
    extents = [extent_mm(v, s, head_of(s, case.study_of(s.study_uid))) for v, s in ((left, now), (right, before))]
    known = [one for one in extents if one is not None]
    scale = one_scale(known) if len(known) == 2 else None
    tiles = tuple(replace(view, fit_mm=scale, together=group, counterpart="") for view in (left, right))
    together = _on_its_monitor(case, tiles, 0 if shown.stack_id == now.id else 1)
    together = replace(together, links=captured(together))
    active = together.tiles[together.active]
    # What the other one cannot know of the same magnification it is told.
    told = shared(together.with_tile(together.active, active.zoomed(None)), together.active, active)
    desk.change(told, "Compare")
    if scale is None:
        desk.noticed.tell(
            Notice("Not on one scale: one of the two has no pixel size.", "Compare shapes only.", "amber")
        )


def _on_its_monitor(case: Case, pair: tuple[ViewState, ...], active: int) -> Case:
    """The case with two views side by side on the monitor of the active tile; other monitors keep what they show."""
    monitor = case.monitor_of(case.active)
    here = case.tiles_on(monitor)
    boards = tuple(Board((1, 2)) if n == monitor else board for n, board in enumerate(case.boards))
    put = case.with_boards(boards, (*case.tiles[: here.start], *pair, *case.tiles[here.stop :]))
    return replace(put, active=here.start + active, maximised=None, linked=True, tiled="", put_back=None)


def flicker(desk: Desk) -> None:
    """The other one of current and prior in the active viewport, at the same place and the same scale."""
    case = desk.case
    pair = counterparts(case) if case is not None else None
    if case is None or pair is None:
        _none(desk)
        return
    shown = case.tiles[case.active]
    target = pair[1] if shown.stack_id == pair[0].id else pair[0]
    kept = next((one for one in case.flickers if one.stack_id == target.id), None)
    view = _arrived(case, shown, target, kept)
    others = tuple(one for one in case.flickers if one.stack_id not in (shown.stack_id, target.id))
    changed = replace(case.with_tile(case.active, view), flickers=(*others, shown))
    desk.change(changed, "Flicker…")


def counterparts(case: Case) -> tuple[Stack, Stack] | None:
    """(current, prior) for the active series, None where no open examination has one of the same kind."""
    stack = case.stack_at(case.active)
    study = case.study_of(stack.study_uid) if stack is not None else None
    if stack is None or study is None:
        return None
    partner = case.stack(case.tiles[case.active].counterpart)
    if partner is None:
        newest = tuple(sorted(case.priors, key=lambda one: one.date or date.min, reverse=True))
        partner = alike(stack, study, (case.study,) if case.is_prior(stack) else newest, case.stacks)
    if partner is None:
        return None
    return (partner, stack) if case.is_prior(stack) else (stack, partner)


def caption(case: Case, view: ViewState, stack: Stack, study: Study) -> tuple[Badge, ...]:
    """Which of the two a viewport that flickers shows now; none for any other viewport."""
    if not view.counterpart:
        return ()
    if case.is_prior(stack):
        return (Badge(f"B  PRIOR  {day(study.date)}", Tone.AMBER, large=True),)
    return (Badge(f"A  CURRENT  {day(study.date)}", Tone.CALM, large=True),)


def _none(desk: Desk) -> None:
    if desk.case is not None:
        text = "No open examination has a series of the same kind."
        desk.noticed.tell(Notice(text, "Open a prior beside (F6), then compare.", "amber"))


def _arrived(case: Case, here: ViewState, target: Stack, kept: ViewState | None = None) -> ViewState:
    """Another stack where this view is: at the same place in the patient, on the same scale, turned as it is hung.

    kept: how it was seen last, for its own window.
    """
    source = case.stack(here.stack_id)
    view = kept or fresh_view(case, target, 0)
    if source is None:
        return view
    mine, theirs = size_of(case, source), size_of(case, target)
    times = min(theirs) / min(mine) if mine is not None and theirs is not None else None
    zoom = None if here.zoom is None or times is None else here.zoom * times
    turned = view if view.anchor else here
    windowed = here if source.modality == target.modality == "CT" else view
    both = one_scale([e for e in (_extent(case, here, source), _extent(case, view, target)) if e is not None])
    moved = replace(
        view, index=_same_place(case, source, here.index, target), pan=here.pan, counterpart=source.id,
        fit_mm=(here.fit_mm or both) if times is not None else None, together=here.together,
        inverted=here.inverted, rotation=turned.rotation, flipped=turned.flipped, voi=windowed.voi,
        voi_name=windowed.voi_name,
    )  # fmt: skip
    return moved.zoomed(zoom)


def _extent(case: Case, view: ViewState, stack: Stack) -> tuple[float, float] | None:
    return extent_mm(view, stack, head_of(stack, case.study_of(stack.study_uid)))


def _same_place(case: Case, source: Stack, index: int, target: Stack) -> int:
    """The index at the same place in the patient; where nothing says so, the same share of the way through the stack."""
    plane = source.plane(index)
    if plane is not None and parallel(plane, target):
        if source.frame_of_reference_uid and source.frame_of_reference_uid == target.frame_of_reference_uid:
            return target.nearest(plane.to_patient(plane.columns / 2, plane.rows / 2))
        offset = offset_between(case.links, source.id, target.id)
        if offset is not None:
            return nearest_depth(target, plane.depth_mm + offset, plane)
    return round(index / max(1, len(source.frames) - 1) * (len(target.frames) - 1))
