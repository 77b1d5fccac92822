"""Undo and redo: the cases before, each with the name of the step that left it."""

from dataclasses import dataclass, replace

from readingroom.display.view import ViewState
from readingroom.session.case import Case

MOST = 500
_TAKEN_BACK = (
    "layout", "areas", "further", "measurements", "calibrations", "marks_shown", "stars", "views", "following", "targets", "maximised", "linked", "links",
    "reference_lines", "text_shown", "segments_shown", "rejected_shown", "reported", "stage", "hung_as", "hung_layout",
    "hung_further", "hung_because", "hung_empty", "tiled", "put_back",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A change that can be taken back: its name in the reader's words, and the case before and after it."""

    name: str
    before: Case
    after: Case


class History:
    """What was done to the open case, newest last. Scrolling and typing are not steps; they stay as they are."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._ended = False

    def clear(self) -> None:
        """Forget everything: another case was opened."""
        self._done.clear()
        self._undone.clear()

    def add(self, name: str, before: Case, after: Case) -> None:
        """Remember a step; a step of the same name and continuing where the last one ended joins it (a drag)."""
        last = self._done[-1] if self._done and not self._ended else None
        self._ended = False
        if name.endswith("…") and last is not None and last.name == name and last.after is before:
            self._done[-1] = Step(name, self._done[-1].before, after)
        else:
            self._done.append(Step(name, before, after))
            del self._done[:-MOST]
        self._undone.clear()

    def end_step(self) -> None:
        """The hand let go: what it does next is a step of its own."""
        self._ended = True

    def undo(self, now: Case) -> Case | None:
        """The case with the last step taken back, or None."""
        if not self._done:
            return None
        step, self._ended = self._done.pop(), True
        self._undone.append(step)
        return _carried(step.after, step.before, now)

    def redo(self, now: Case) -> Case | None:
        """The case with the last undone step done again, or None."""
        if not self._undone:
            return None
        step, self._ended = self._undone.pop(), True
        self._done.append(step)
        return _carried(step.before, step.after, now)

    @property
    def undo_name(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._done[-1].name if self._done else ""

    @property
    def redo_name(self) -> str:
        """What redo would do again, "" for nothing."""
        return self._undone[-1].name if self._undone else ""


def _carried(left: Case, wanted: Case, now: Case) -> Case:
    """`now` with just those parts taken from `wanted` in which it differs from `left`."""
    changed = {name: getattr(wanted, name) for name in _TAKEN_BACK if getattr(left, name) != getattr(wanted, name)}
    regrid = left.boards != wanted.boards
    if regrid or [t.stack_id for t in left.tiles] != [t.stack_id for t in wanted.tiles]:
        changed["tiles"] = tuple(_scrolled_as(n, want, now) for n, want in enumerate(wanted.tiles))
        # Monitors may have come or gone since: these tiles fit their own grids, and the desk fits those to what is there.
        changed |= {"layout": wanted.layout, "areas": wanted.areas, "further": wanted.further}
        changed["active"] = min(now.active, len(wanted.tiles) - 1)
    elif left.tiles != wanted.tiles:
        changed["tiles"] = _views_carried(left.tiles, wanted.tiles, now.tiles)
    selected = now.selected
    measurements = changed.get("measurements", now.measurements)
    if selected not in {m.tracking_uid for m in measurements}:
        selected = ""
    return replace(now, selected=selected, **changed)


def _views_carried(
    left: tuple[ViewState, ...], wanted: tuple[ViewState, ...], now: tuple[ViewState, ...]
) -> tuple[ViewState, ...]:
    """The tiles now, with what was changed of a stack taken from `wanted`, wherever the stack hangs by now."""
    found = list(now)
    for n, (before, want) in enumerate(zip(left, wanted, strict=True)):
        if before == want:
            continue
        here = n < len(now) and now[n].stack_id == want.stack_id
        at = n if here else next((m for m, view in enumerate(now) if view.stack_id == want.stack_id), None)
        if at is not None:
            found[at] = replace(want, index=now[at].index)
    return tuple(found)


def _scrolled_as(tile: int, want: ViewState, now: Case) -> ViewState:
    """A tile as it is wanted, at the image to which the reader has scrolled the same stack in it since."""
    here = now.tiles[tile] if tile < len(now.tiles) else None
    return replace(want, index=here.index) if here is not None and here.stack_id == want.stack_id else want
