"""Subtraction on the glass: which mask is taken off which frame, moved by the reader's keys, always said on the image."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.display.picture import Badge, Tone
from readingroom.display.presenting import applies
from readingroom.display.view import ViewState
from readingroom.pixels.frame import Frame, FrameFacts
from readingroom.pixels.subtraction import Subtraction, domain_words, frames_needed, masking, proposed, subtracted
from readingroom.session.case import Case
from readingroom.session.desk import Desk

MOST_KEPT = 8
FINE_PX, COARSE_PX = 0.1, 1.0


class Subtractions:
    """Differences that were made last, for one desk; lives on the reader's thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._made: OrderedDict[tuple[object, ...], tuple[Frame, tuple[Frame, ...]]] = OrderedDict()

    def seen(self, view: ViewState, frame: Frame) -> tuple[Frame, tuple[Badge, ...]]:
        """The frame without its mask where the view or its state asks for that, and what must be said on it.

        A mask that is not here yet is begun; until it comes the frame is shown as it is, and that is said in red.
        """
        how = subtraction_of(self._desk, view, frame.facts)
        if how is None:
            return frame, ()
        state = self._desk.documents.state(view.presentation)
        table = state.modality.table if applies(state, frame.facts.ref) and state.modality is not None else None
        if table is not None:
            # The state's own table leads into the space in which frames are subtracted (PS3.4 N.2.1).
            frame = Frame(frame.stored, replace(frame.facts, modality_lut=table))
        try:
            others = self._others(how, frame.facts)
            if others is None:
                return frame, (Badge(f"NOT SUBTRACTED: mask frame {how.masks[0]} is on its way", Tone.RED),)
            made = self._difference(frame, others, how)
        except ReaderError as error:
            return frame, (Badge(f"NOT SUBTRACTED: {error.problem}", Tone.RED),)
        return made, (Badge(how.words, Tone.AMBER), Badge(f"{domain_words(frame.facts)}  ·  {how.source}"))

    def _others(self, how: Subtraction, facts: FrameFacts) -> dict[int, Frame] | None:
        found: dict[int, Frame] = {}
        for number in frames_needed(how, facts):
            ref = replace(facts.ref, frame=number)
            frame = self._desk.frame(ref) or self._desk.documents.frame(ref)
            if frame is not None:
                found[number] = frame
        return found if len(found) == len(frames_needed(how, facts)) else None

    def _difference(self, frame: Frame, others: dict[int, Frame], how: Subtraction) -> Frame:
        sources = (frame, *others.values())
        name = (how, *(id(one.stored) for one in sources))
        if name not in self._made:
            self._made[name] = subtracted(frame, others, how), sources
            while len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(name)
        return self._made[name][0]


def subtraction_of(desk: Desk, view: ViewState, facts: FrameFacts) -> Subtraction | None:
    """What is taken off a frame: the reader's own mask, or that of the state or header for this very frame."""
    if view.subtraction is not None and view.subtraction.masks:
        return view.subtraction
    state = desk.documents.state(view.presentation)
    by_state = proposed(facts, state.masking, "the presentation state") if applies(state, facts.ref) else None
    if view.subtraction is None:
        return by_state
    found = by_state or proposed(facts)
    if found is None:
        return None
    down, right = view.subtraction.shift_px
    return found.moved(down, right)


def toggle(desk: Desk) -> None:
    """Take the mask off the active viewport's run, or put it back: the header's, else frame 1."""
    active = _active(desk)
    if active is None:
        return
    case, view, frame = active
    if view.subtraction is not None:
        shown = replace(view, subtraction=None, voi=None, voi_name="")
    elif frame.facts.frames < 2:
        desk.notice(ReaderError("This image has one frame: there is nothing to subtract.", "Open a run."))
        return
    else:
        named = bool(masking(frame.facts).items) and any(i.operation != "NONE" for i in masking(frame.facts).items)
        how = (
            Subtraction((), source="the header")
            if named
            else Subtraction((1,), source="frame 1: the header names none")
        )
        shown = _with_window(desk, replace(view, subtraction=how), frame)
    desk.view(case.active, shown, "Subtraction")


def mask_here(desk: Desk) -> None:
    """The frame that is shown becomes the mask."""
    active = _active(desk)
    if active is None:
        return
    case, view, frame = active
    now = subtraction_of(desk, view, frame.facts) or Subtraction(())
    how = replace(now, masks=(frame.facts.ref.frame,), source="chosen by the reader")
    desk.view(case.active, replace(view, subtraction=how), "Mask frame")


def move(down: float, right: float) -> Callable[[Desk], None]:
    """Move the mask on the active viewport by pixels."""

    def run(desk: Desk) -> None:
        active = _active(desk)
        if active is not None and active[1].subtraction is not None:
            case, view, _ = active
            how = view.subtraction
            assert how is not None
            desk.view(case.active, replace(view, subtraction=how.moved(down, right)), "Mask shift…")

    return run


def _active(desk: Desk) -> tuple[Case, ViewState, Frame] | None:
    case = desk.case
    ref = case.frame_at(case.active) if case is not None else None
    frame = desk.frame(ref) if ref is not None else None
    if case is None or frame is None:
        return None
    if frame.is_colour or frame.facts.modality not in ("XA", "RF"):
        desk.notice(ReaderError("Masks are subtracted from angiograms.", "Choose a viewport with an XA or RF run."))
        return None
    return case, case.tiles[case.active], frame


def _with_window(desk: Desk, view: ViewState, frame: Frame) -> ViewState:
    """One window for the whole run, so that its brightness does not jump from frame to frame.

    That of a frame of the middle, where contrast is likely; without it that of the frame shown.
    """
    middle = desk.frame(replace(frame.facts.ref, frame=max(2, frame.facts.frames // 2))) or frame
    made, _ = Subtractions(desk).seen(view, middle)
    if made is middle:
        return replace(view, voi=None, voi_name="")
    return replace(view, voi=made.facts.vois[0], voi_name="")
