"""The next cases of the list with their most relevant prior, brought while nobody waits for the line.

Gives way at once to the case that is open: what came stays on the shelf, and the rest is asked for later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Lane, Progress, Ticket
from readingroom.base.log import unforeseen
from readingroom.hanging.priors import worth_opening
from readingroom.record.search import StudyRow
from readingroom.session.desk import Desk, Doors
from readingroom.session.fetch import open_study
from readingroom.session.fetch_study import fetch_study
from readingroom.session.opening import keep_here
from readingroom.session.ports import Region
from readingroom.session.priors import find_priors
from readingroom.session.way import left_of
from readingroom.worklist.entry import UNREAD, Entry

PRIORS_AHEAD = 1
IDLE_S = 3.0
"""Seconds without anything on its way for the open case, until the line counts as free."""
AGAIN_S = 600.0
LOOK_S = 0.5
"""The list may have tens of thousands of rows: it is not gone through at every tick."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What came ahead of need: the studies that are whole on this desk now, and how many of them are priors."""

    studies: tuple[str, ...]
    priors: int
    whole: bool


class Prefetcher:
    """Works on one case at a time; `words` says what it does, and `changed` is told each time they change."""

    def __init__(self, desk: Desk, entries: Callable[[], tuple[Entry, ...]]) -> None:
        self._desk, self._entries = desk, entries
        self._ticket: Ticket | None = None
        self._row: StudyRow | None = None
        self._busy_at_s = float("-inf")
        self._done: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._now_s = 0.0
        self._looked_at_s = float("-inf")
        self.words = ""
        self.changed: Event[str] = Event()

    def tick(self, now_s: float) -> None:
        """Give way to the open case, or go on with the next one. Called some times a second."""
        self._now_s = now_s
        if self._desk.opening or self._desk.loader.busy:
            self._busy_at_s = now_s
            self._give_way()
        elif self._row is not None and self._ticket is not None and self._spent(self._row):
            self._give_way()
        elif self._ticket is None and now_s - self._busy_at_s >= IDLE_S and now_s - self._looked_at_s >= LOOK_S:
            self._looked_at_s = now_s
            wanted = [row for row in self._next_up() if self._not_before.get(row.study_uid, now_s) <= now_s]
            affordable = [row for row in wanted if not self._spent(row)]
            if affordable:
                self._start(affordable[0])
            elif wanted and self._spent(wanted[0]):
                self._say(
                    f"Nothing is fetched ahead: this month's bytes of the line to {self._spent(wanted[0])} are spent"
                )

    def stop(self) -> None:
        """The desk is being left."""
        self._give_way()
        self._not_before.clear()

    def _next_up(self) -> list[StudyRow]:
        """The next unread cases after the one that is open, as far ahead as the settings say, that are not here yet."""
        rows = [entry.row for entry in self._entries() if entry.state == UNREAD and not entry.row.conflict]
        case = self._desk.case
        uids = [row.study_uid for row in rows]
        after = uids.index(case.study.uid) + 1 if case is not None and case.study.uid in uids else 0
        ahead = rows[after:][: self._desk.settings.worklist.next_cases]
        if self._desk.next_up != tuple(row.study_uid for row in ahead):
            self._desk.next_up = tuple(row.study_uid for row in ahead)
            keep_here(self._desk)
        return [row for row in ahead if row.study_uid not in self._done]

    def _spent(self, row: StudyRow) -> str:
        """The archive over whose metered line a study would come, where its month is spent; "" otherwise."""
        return spent_by(self._desk.doors.region, row)

    def _start(self, row: StudyRow) -> None:
        desk, self._ticket, self._row = self._desk, Ticket(), row
        self._say(f"Fetching ahead: {_name(row)}")
        desk.pools.io.submit(
            ahead_job, desk.doors, row, self._ticket, self._tell_home(row, self._ticket),
            done=partial(self._came, row), failed=partial(self._failed, row), ticket=self._ticket, lane=Lane.LATER,
        )  # fmt: skip

    def _tell_home(self, row: StudyRow, ticket: Ticket) -> Callable[[Progress], None]:
        def tell(progress: Progress) -> None:
            words = f"Fetching ahead: {_name(row)}, {progress.done} of {progress.total} {progress.unit}"
            self._desk.pools.home.bring(lambda: None if ticket.cancelled else self._say(words))

        return tell

    def _came(self, row: StudyRow, brought: Brought) -> None:
        self._ticket = None
        if brought.whole:
            self._done.add(row.study_uid)
        else:
            self._not_before[row.study_uid] = self._now_s + AGAIN_S
        self._say("" if self._next_up() else self._rest())

    def _failed(self, row: StudyRow, error: Exception) -> None:
        self._ticket = None
        self._not_before[row.study_uid] = self._now_s + AGAIN_S
        trouble = error if isinstance(error, ReaderError) else unforeseen(error, "fetching ahead")
        self._say(f"Not fetched ahead: {_name(row)}: {trouble.problem}")

    def _give_way(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
            self._say("")

    def _rest(self) -> str:
        count = sum(uid in self._done for uid in self._desk.next_up)
        return f"The next {'case is' if count == 1 else f'{count} cases are'} here with their priors" if count else ""

    def _say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.changed.tell(words)


def spent_by(region: Region, row: StudyRow) -> str:
    """The archive over whose metered line a study would come, where its month is spent; "" otherwise."""
    name = next((one for one in row.held_by if one in region.names), "")
    left = left_of(region.archive(name)) if name else None
    return name if left is not None and left <= 0 else ""


def ahead_job(doors: Doors, row: StudyRow, ticket: Ticket, tell: Callable[[Progress], None]) -> Brought:
    """A study and its most relevant prior onto the shelf; Cancelled as soon as somebody needs the line."""
    study = open_study(doors.region, doors.shelf, row.study_uid, row.held_by, row.patient)
    ticket.checkpoint()
    priors = worth_opening(find_priors(doors.region, doors.shelf, study).priors)[:PRIORS_AHEAD]
    whole, studies = True, []
    priors = tuple(prior for prior in priors if not spent_by(doors.region, prior.row))
    for uid in (study.uid, *(prior.row.study_uid for prior in priors)):
        ticket.checkpoint()
        outcome = fetch_study(doors.region, doors.shelf, uid, ticket=ticket, progress=tell)
        whole = whole and outcome.whole
        studies.append(uid)
    return Brought(tuple(studies), len(priors), whole)


def _name(row: StudyRow) -> str:
    return f"{row.patient.display_name.partition(',')[0]}, {row.description or '/'.join(row.modalities)}"
