"""Key images and views of the open case: starred, kept and taken back, each an undoable step; sent with the report."""

from dataclasses import replace
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane
from readingroom.base.log import unforeseen
from readingroom.display.compose import window_of
from readingroom.display.tables import Tables
from readingroom.record.study import FrameRef
from readingroom.reporting.kept import KeptView, Star
from readingroom.reporting.key_selection import MOST_NOTE, TITLES
from readingroom.session.desk import Desk, Notice
from readingroom.session.kept_badges import star_of
from readingroom.session.kept_objects import view_object
from readingroom.session.shown import seen_view

Area = tuple[float, float, float, float]


def can_star(desk: Desk) -> FrameRef | None:
    """The image of the active viewport, where it may be kept with this report; else None, and why not is said."""
    case = desk.case
    ref = case.frame_at(case.active) if case is not None else None
    if case is None or ref is None:
        return None
    if ref.study_uid != case.study.uid:
        remedy = "Star images of the examination that is reported; open the prior to keep its own."
        desk.notice(ReaderError("This image is of another examination.", remedy), "calm")
        return None
    return ref


def star(desk: Desk, ref: FrameRef, title: str, note: str) -> bool:
    """Star an image, in one undoable step; False and a notice where the note is too long."""
    case = desk.case
    if case is None or title not in TITLES:
        return False
    if len(note.strip()) > MOST_NOTE:
        desk.notice(
            ReaderError(f"The note has {len(note.strip())} characters, and {MOST_NOTE} are kept.", "Shorten it.")
        )
        return False
    kept = tuple(one for one in case.stars if one.frame != ref)
    made = Star(ref, title, note.strip(), desk.now())
    desk.change(replace(case, stars=(*kept, made)), "Key image")
    return True


def unstar(desk: Desk, ref: FrameRef) -> None:
    """Take the star from an image; what an archive has of it already stays there."""
    case = desk.case
    if case is not None and star_of(case, ref) is not None:
        kept = tuple(one for one in case.stars if one.frame != ref)
        desk.change(replace(case, stars=kept), "Take the star back")


def keep_view(desk: Desk, area: Area | None, name: str) -> None:
    """Keep the active viewport's view with what is measured on it; area: what its glass shows, None for the whole image.

    It is made once before it is promised, off this thread, so that what cannot be kept is said now and not when signed.
    """
    case, ref = desk.case, can_star(desk)
    frame = desk.frame(ref) if ref is not None else None
    if case is None or ref is None:
        return
    if frame is None:
        desk.notice(ReaderError("The image is not here yet.", "Wait until it is loaded."), "calm")
        return
    view = case.tiles[case.active]
    if view.over or view.subtraction is not None:
        what = "a second series laid over it" if view.over else "a mask taken off"
        remedy = "Take it off first; a picture of it can be exported."
        desk.notice(ReaderError(f"This view has {what}, which a presentation state here does not hold.", remedy))
        return
    seen = seen_view(desk, view, frame)
    voi = window_of(seen, frame, Tables())
    own = voi is None or voi.table is None or any(voi is one for one in frame.facts.vois)
    if not own:
        desk.notice(ReaderError("This view is through the table of another presentation state.", "Set a window first."))
        return
    kept = KeptView(
        ref, name.strip() or "Kept view", replace(seen, presentation=""), voi if voi and voi.table is None else None,
        area, case.on_frame(ref) if case.marks_shown else (), desk.now(),
    )  # fmt: skip
    desk.pools.io.submit(
        view_object, desk.doors.shelf, kept, desk.settings.reader, frame,
        done=partial(_kept, desk, kept), failed=partial(_not_kept, desk), ticket=desk.ticket, lane=Lane.NOW,
    )  # fmt: skip


def _kept(desk: Desk, kept: KeptView, _: bytes) -> None:
    case = desk.case
    if case is not None and case.study.uid == kept.frame.study_uid:
        desk.change(replace(case, views=(*case.views, kept)), "Keep this view")
        desk.noticed.tell(Notice("This view is kept and goes with the report.", "Undo takes it back."))


def _not_kept(desk: Desk, error: Exception) -> None:
    desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "keeping a view"))
