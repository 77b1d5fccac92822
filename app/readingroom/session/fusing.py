"""Fusion on the glass: volumes made to be laid over others, and how each is laid; one way for all viewports of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.display.fusion import (
    ALPHA_STEP,
    Fusion,
    Over,
    Overlaid,
    candidates,
    first_fusion,
    over_of,
    overlaid,
)
from readingroom.display.palettes import palettes
from readingroom.display.picture import Badge, Tone
from readingroom.display.stack import Stack
from readingroom.geometry.joined import APART, Join, joined
from readingroom.pixels.encoded import header
from readingroom.pixels.facts import facts_of
from readingroom.pixels.frame import SuvTags, Voi
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.ports import Shelf
from readingroom.session.volumes import Volume, volume_of

Name = tuple[str, str]
"""(id of the stack that is laid over, Frame of Reference UID of what lies below)."""


class Fusing:
    """What is laid over in the open case; forgotten with it. Lives on the reader's thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._ticket = desk, Ticket()
        self._overs: dict[Name, Over] = {}
        self._troubles: dict[Name, ReaderError] = {}
        self._making: set[Name] = set()
        self._laid: dict[Name, Overlaid] = {}
        self._how: dict[str, Fusion] = {}
        self.changed: Event[str] = Event()
        desk.case_opened.listen(lambda _: self.clear())
        desk.counts_changed.listen(self._more_came)

    def clear(self) -> None:
        """Forget everything: another case is opened, or this one is put away."""
        self._ticket.cancel()
        self._ticket = Ticket()
        for known in (self._overs, self._troubles, self._making, self._laid, self._how):
            known.clear()

    def laid(self, base: Stack, over_id: str) -> tuple[Overlaid | None, tuple[Badge, ...]]:
        """A stack as it is laid over another, or what must be said in its place; it is begun where it is not here."""
        name = over_id, base.frame_of_reference_uid
        if name in self._troubles:
            return None, (Badge(f"NOT FUSED: {self._troubles[name].problem}", Tone.RED),)
        if name in self._overs:
            over = self._overs[name]
            how = self._how.setdefault(over_id, first_fusion(over))
            known = self._laid.get(name)
            if known is None or known.how is not how:
                table = known is None or replace(known.how, alpha=how.alpha) != how
                self._laid[name] = overlaid(over, how) if table or known is None else replace(known, how=how)
            return self._laid[name], ()
        if name not in self._making:
            self._begin(name)
        if name in self._troubles:
            return self.laid(base, over_id)
        return None, (Badge("What is laid over is on its way", Tone.AMBER),)

    def _begin(self, name: Name) -> None:
        case = self._desk.case
        stack = case.stack(name[0]) if case is not None else None
        try:
            if stack is None:
                raise ReaderError("The series to be laid over is not in this case.", "Choose another.")
            join = joined(stack.frame_of_reference_uid, name[1], self._desk.documents.registrations)
        except ReaderError as error:
            self._troubles[name] = error
            return
        self._making.add(name)
        failed = partial(self._failed, name)
        volume_of(
            self._desk, stack, self._ticket, lambda _: None, partial(self._have_volume, name, join), failed
        )  # fmt: skip

    def _have_volume(self, name: Name, join: Join, volume: Volume) -> None:
        self._desk.pools.cpu.submit(
            over_job, self._desk.doors.shelf, volume, join, done=partial(self._made, name, volume.absent),
            failed=partial(self._failed, name), ticket=self._ticket, lane=Lane.NOW,
        )  # fmt: skip

    def _made(self, name: Name, absent: int, over: Over) -> None:
        self._making.discard(name)
        if absent:
            over = replace(
                over, notes=(*over.notes, Badge(f"{over.stack.modality}: {absent} images are not here", Tone.RED))
            )
        self._overs[name] = over
        self.changed.tell(name[0])

    def _failed(self, name: Name, error: Exception) -> None:
        self._making.discard(name)
        self._troubles[name] = error if isinstance(error, ReaderError) else unforeseen(error, "making a fusion")
        self.changed.tell(name[0])

    def how(self, over_id: str) -> Fusion | None:
        """How a stack is laid over now, or None while it is not here."""
        return self._how.get(over_id)

    def change(self, over_id: str, how: Fusion) -> None:
        """Lay a stack over in another way, wherever it is."""
        self._how[over_id] = how
        self.changed.tell(over_id)

    def step(self, over_id: str, step: str) -> None:
        """Lay a stack over in another way, by a command's id."""
        how = self._how.get(over_id)
        if how is not None:
            self.change(over_id, STEPS[step](how))

    def _more_came(self, series_uid: str) -> None:
        """Make anew what was made before all of its images were here."""
        for name, over in list(self._overs.items()):
            lacking = any("images are not here" in note.text for note in over.notes)
            if over.stack.series_uid == series_uid and lacking and not self._desk.loader.busy:
                del self._overs[name]
                self._laid.pop(name, None)
        if not self._desk.documents.registrations:
            return
        for name in [name for name, why in self._troubles.items() if why.problem == APART]:
            # A registration may come after the images that it joins.
            del self._troubles[name]


def over_job(shelf: Shelf, volume: Volume, join: Join) -> Over:
    """A volume made ready to be laid over."""
    stack = volume.stack
    uptake = uptake_of(shelf, stack) if stack.modality == "PT" else ()
    return over_of(volume.voxels, stack, join, uptake)


def uptake_of(shelf: Shelf, stack: Stack) -> tuple[SuvTags, ...]:
    """What every image of a stack that is here says about SUV."""
    found: list[SuvTags] = []
    for sop_uid in dict.fromkeys(ref.sop_uid for ref in stack.frames):
        part10 = shelf.get(sop_uid, stack.study_uid)
        tags = facts_of(header(part10)).suv if part10 is not None else None
        if tags is not None:
            found.append(tags)
    return tuple(found)


def toggle(desk: Desk) -> None:
    """Lay the next series that may be over the active viewport, and after the last none."""
    case = desk.case
    base = case.stack_at(case.active) if case is not None else None
    if case is None or base is None:
        return
    view = case.tiles[case.active]
    over = next_over(base, case.stacks, view.over)
    if not over and not view.over:
        desk.notice(
            ReaderError("Nothing here can be laid over this series.", "It takes a PET, SPECT, MR or CT volume.")
        )
        return
    desk.view(case.active, replace(view, over=over), "Fusion")


def next_over(base: Stack, stacks: Sequence[Stack], now: str) -> str:
    """What comes after a stack among those that may be laid over another, "" (none) after the last."""
    choices = ["", *(one.id for one in candidates(base, stacks))]
    return choices[(choices.index(now) + 1) % len(choices)] if now in choices else choices[0]


def six_of(case: Case) -> tuple[Stack, Stack] | None:
    """The CT or MR and the PET (or SPECT) to be read together: those that hang, of one space before any others."""
    own = [
        one for one in case.stacks if one.study_uid == case.study.uid and one.kind == "stack" and len(one.frames) > 1
    ]
    hung = [view.stack_id for view in case.tiles]
    own.sort(key=lambda one: hung.index(one.id) if one.id in hung else len(hung))
    pairs = [
        (base, over) for over in own for base in own
        if over.modality in ("PT", "NM") and base.modality in ("CT", "MR")
    ]  # fmt: skip
    pairs.sort(key=lambda pair: pair[0].frame_of_reference_uid != pair[1].frame_of_reference_uid)
    return pairs[0] if pairs else None


def over_now(case: Case) -> str:
    """The stack that is laid over the active viewport; "" for none."""
    return case.tiles[case.active].over if 0 <= case.active < len(case.tiles) else ""


def fainter(how: Fusion) -> Fusion:
    """A tenth less of the colours."""
    return replace(how, alpha=max(0.0, round(how.alpha - ALPHA_STEP, 4)))


def stronger(how: Fusion) -> Fusion:
    """A tenth more of the colours."""
    return replace(how, alpha=min(1.0, round(how.alpha + ALPHA_STEP, 4)))


def next_palette(how: Fusion) -> Fusion:
    """The next of the palettes."""
    known = palettes()
    at = next((n for n, one in enumerate(known) if one.name == how.palette.name), -1)
    return replace(how, palette=known[(at + 1) % len(known)])


def next_threshold(how: Fusion) -> Fusion:
    """Nothing below a tenth, a quarter, two fifths of the window's top, then everything again."""
    top = how.voi.centre + how.voi.width / 2
    steps = (None, *(round(top * share, 6) for share in (0.1, 0.25, 0.4)))
    at = steps.index(how.threshold) if how.threshold in steps else 0
    return replace(how, threshold=steps[(at + 1) % len(steps)])


def window_times(how: Fusion, times: float) -> Fusion:
    """The window's top moved, its bottom left where it is."""
    low = how.voi.centre - how.voi.width / 2
    width = how.voi.width * times
    return replace(how, voi=Voi(low + width / 2, width, how.voi.function), threshold=how.threshold)


def dragged(how: Fusion, right: float, down: float) -> Fusion:
    """The share of the colours by pixels to the right, the window's top by pixels down."""
    alpha = min(1.0, max(0.0, round(how.alpha + right / 300, 4)))
    return replace(window_times(how, 1.005**down), alpha=alpha)


STEPS: dict[str, Callable[[Fusion], Fusion]] = {
    "fusion.fainter": fainter, "fusion.stronger": stronger, "fusion.palette": next_palette,
    "fusion.threshold": next_threshold, "fusion.brighter": lambda how: window_times(how, 0.8),
    "fusion.darker": lambda how: window_times(how, 1.25),
}  # fmt: skip
"""Commands that lay an over in another way, by their ids."""
