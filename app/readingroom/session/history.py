"""Undo and redo: the cases before, each with the name of the step that left it."""

from dataclasses import dataclass, replace

from readingroom.session.case import Case

MOST = 500


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

    def clear(self) -> None:
        """Forget everything: another case was opened."""
        self._done.clear()
        self._undone.clear()

    def add(self, name: str, before: Case, after: Case) -> None:
        """Remember a step; a step of the same name and continuing where the last one ended joins it (a drag)."""
        if name.endswith("…") and self._done and self._done[-1].name == name and self._done[-1].after is before:
            self._done[-1] = Step(name, self._done[-1].before, after)
        else:
            self._done.append(Step(name, before, after))
            del self._done[:-MOST]
        self._undone.clear()

    def undo(self, now: Case) -> Case | None:
        """The case with the last step taken back, or None."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return _carried(step.after, step.before, now)

    def redo(self, now: Case) -> Case | None:
        """The case with the last undone step done again, or None."""
        if not self._undone:
            return None
        step = self._undone.pop()
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
    changed = {
        name: getattr(wanted, name)
        for name in ("layout", "measurements", "maximised", "linked", "links", "reference_lines", "text_shown")
        if getattr(left, name) != getattr(wanted, name)
    }
    if left.layout != wanted.layout or [t.stack_id for t in left.tiles] != [t.stack_id for t in wanted.tiles]:
        changed["tiles"] = wanted.tiles
        changed["active"] = min(now.active, len(wanted.tiles) - 1)
    elif left.tiles != wanted.tiles and len(now.tiles) == len(wanted.tiles):
        changed["tiles"] = tuple(
            replace(want, index=here.index) if before != want else here
            for before, want, here in zip(left.tiles, wanted.tiles, now.tiles, strict=True)
        )
    selected = now.selected
    measurements = changed.get("measurements", now.measurements)
    if selected not in {m.tracking_uid for m in measurements}:
        selected = ""
    return replace(now, selected=selected, **changed)
