"""What was read: which images were on the glass, at full quality, in which class of windows, and for how long.

An image counts once it was painted on a viewport at full quality for LEAST_S in all: scrolling past faster than that adds
up only when one comes back to it. An image that was composed and never painted, that stood behind a message, or in a
viewport that was hidden, does not count. A preview counts as a preview only.
"""

from collections.abc import Callable, Mapping
from typing import Any

from readingroom.display.completeness import Runs, SeenSet, count, said, whole, without
from readingroom.display.stack import Stack
from readingroom.reporting.concern import ReadSet
from readingroom.session.case import Case
from readingroom.session.ports import Journal

LEAST_S = 0.03
"""Seconds, in all, for which an image must have been painted to count as seen."""
KEPT_EVERY_S = 1.0
"""Seconds after which what was read is given to the journal, at the latest."""

OnGlass = tuple[str, int, int, str, bool]
"""(id of the display set, how many images it has, index, class of window, whether a preview)."""


class Reads:
    """What one reader has seen of the open case. Lives on the reader's thread; painting costs one comparison."""

    def __init__(self, reader: str, keep: Callable[[str, Callable[[], Mapping[str, Any]], float], None]) -> None:
        self._reader, self._keep = reader, keep
        self._study_uid = ""
        self._others: dict[str, Any] = {}
        self._sets: dict[str, SeenSet] = {}
        self._on: dict[int, tuple[OnGlass, float]] = {}
        self._spent_s: dict[OnGlass, float] = {}
        self._noted_at: float | None = None
        self._now_s = 0.0
        self.watched = False

    def open(self, study_uid: str, kept: Mapping[str, Any] | None = None) -> None:
        """Another case is on the glass, "" for none; kept: what the journal has of it, whoever read it."""
        self._end_all()
        self._study_uid = study_uid
        readers = kept.get("readers") if kept else None
        self._others = dict(readers) if isinstance(readers, Mapping) else {}
        self._sets = sets_from_json(self._others.get(self._reader))
        self.watched = bool(self._sets)
        self._spent_s.clear()

    def painted(self, tile: int, shown: OnGlass | None, now_s: float) -> None:
        """A viewport was painted with this image, None for no image; now_s: monotonic seconds."""
        held = self._on.get(tile)
        if held is not None and held[0] == shown:
            return
        self._now_s = now_s
        self._leave(tile, now_s)
        if shown is not None and self._study_uid:
            self.watched = True
            self._on[tile] = (shown, now_s)

    def tick(self, now_s: float) -> None:
        """Time passes: what stays on the glass long enough has been seen."""
        self._now_s = now_s
        for shown, since_s in list(self._on.values()):
            if self._spent_s.get(shown, 0.0) + now_s - since_s >= LEAST_S - 1e-6:
                self._count(shown)
        if self._noted_at is not None and now_s - self._noted_at >= KEPT_EVERY_S:
            self._give(now_s)

    def seen(self, stack: Stack) -> SeenSet:
        """What was seen of a display set."""
        return seen_of(stack, self._sets)

    def sets(self, case: Case) -> tuple[ReadSet, ...] | None:
        """What was seen of each display set of the examination, None where no window showed it."""
        return read_sets(case, self._sets) if self.watched else None

    def as_json(self) -> dict[str, Any]:
        """Everything that is kept of this case, of other readers too."""
        return {"readers": {**self._others, self._reader: sets_as_json(self._sets)}}

    def _leave(self, tile: int, now_s: float) -> None:
        held = self._on.pop(tile, None)
        if held is None:
            return
        shown, since_s = held
        spent = self._spent_s.get(shown, 0.0) + max(0.0, now_s - since_s)
        if spent >= LEAST_S - 1e-6:
            self._count(shown)
        else:
            self._spent_s[shown] = spent

    def _count(self, shown: OnGlass) -> None:
        stack_id, of, index, window, is_preview = shown
        before = self._sets.get(stack_id)
        if before is None or before.of != of:
            before = SeenSet(of)
        after = before.with_image(index, window, is_preview)
        self._spent_s.pop(shown, None)
        if after != before:
            self._sets[stack_id] = after
            if self._noted_at is None:
                self._noted_at = self._now_s

    def _give(self, now_s: float) -> None:
        self._noted_at = None
        kept = self.as_json()
        self._keep(self._study_uid, lambda: kept, now_s)

    def _end_all(self) -> None:
        for tile in list(self._on):
            self._leave(tile, self._now_s)
        if self._study_uid and self._noted_at is not None:
            self._give(self._now_s)


def seen_of(stack: Stack, sets: Mapping[str, SeenSet]) -> SeenSet:
    """What was seen of a display set; nothing of one that has another number of images now, for places have moved."""
    found = sets.get(stack.id)
    return found if found is not None and found.of == len(stack.frames) else SeenSet(len(stack.frames))


def read_sets(case: Case, sets: Mapping[str, SeenSet]) -> tuple[ReadSet, ...]:
    """What was seen of every display set of the examination that is to be read; localizers are not."""
    wanted = dict(case.read_in)
    own = (s for s in case.stacks if s.study_uid == case.study.uid and s.is_read and s.kind != "localizer")
    return tuple(read_set(stack, seen_of(stack, sets), wanted.get(stack.id, ())) for stack in own)


def as_fields(read: tuple[ReadSet, ...] | None) -> list[dict[str, Any]]:
    """What was read, for answers in JSON; empty where nobody watched."""
    return [
        {
            "display_set": one.display_set, "series_uid": one.series_uid, "description": one.name, "of": one.of,
            "seen": one.seen, "previews_only": one.previews, "unseen": one.unseen,
            "windows": [{"window": name, "images": images} for name, images in one.windows],
            "lacking": [{"window": name, "images": images} for name, images in one.lacking],
        }
        for one in read or ()
    ]  # fmt: skip


def read_set(stack: Stack, seen: SeenSet, wanted: tuple[str, ...] = ()) -> ReadSet:
    """What a check before signing may know of one display set; wanted: classes of windows that its protocol asks for."""
    everything = whole(len(stack.frames))
    lacking = tuple((name, said(left)) for name in wanted if (left := without(everything, seen.within(name))))
    return ReadSet(
        display_set=stack.id,
        series_uid=stack.series_uid,
        name=stack.description or stack.modality,
        of=len(stack.frames),
        seen=count(seen.full),
        unseen=said(without(everything, seen.full)),
        previews=count(without(seen.previews, seen.full)),
        windows=tuple((name, count(runs)) for name, runs in seen.windows),
        lacking=lacking,
    )


def kept_reads(journal: Journal, study_uid: str, reader: str) -> dict[str, SeenSet]:
    """What the journal keeps of what a reader has seen of a study; ReaderError where it cannot be read."""
    kept = journal.newest("read", study_uid) or {}
    readers = kept.get("readers")
    return sets_from_json(readers.get(reader) if isinstance(readers, Mapping) else None)


def sets_as_json(sets: Mapping[str, SeenSet]) -> dict[str, Any]:
    """Display sets as the journal keeps them: ranges of images by class of window."""
    return {
        stack_id: {
            "of": one.of,
            "windows": {name: [list(run) for run in runs] for name, runs in one.windows},
            "previews": [list(run) for run in one.previews],
        }
        for stack_id, one in sets.items()
    }


def sets_from_json(kept: Any) -> dict[str, SeenSet]:
    """The display sets again; one that is damaged is left out, so that it counts as not seen."""
    found: dict[str, SeenSet] = {}
    for stack_id, one in kept.items() if isinstance(kept, Mapping) else ():
        try:
            of = int(one["of"])
            windows = tuple((str(name), _runs(runs, of)) for name, runs in one["windows"].items())
            found[str(stack_id)] = SeenSet(of, windows, _runs(one["previews"], of))
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return found


def _runs(kept: Any, of: int) -> Runs:
    runs = tuple((int(first), int(last)) for first, last in kept)
    ends = [index for run in runs for index in run]
    # Ranges that overlap, run backwards or leave the display set are no record of anything.
    if ends != sorted(ends) or (ends and not 0 <= ends[0] <= ends[-1] < of):
        raise ValueError("runs")
    return runs
