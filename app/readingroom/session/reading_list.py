"""The worklist of the region as this desk sees it: rows from the archives, report states from the journal."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.record.search import Query, RegionAnswer, StudyRow
from readingroom.session.desk import Desk
from readingroom.session.ports import Journal, OutboxStore, Region, Shelf
from readingroom.worklist.entry import DRAFT, FAILED, SENDING, SIGNED, UNREAD, Entry, reading_order
from readingroom.worklist.filter import searchable

NOT_READ = frozenset({"SR", "PR", "KO", "DOC", "SEG", "RTSTRUCT", "RTPLAN", "RTDOSE", "REG"})


Listed = tuple[RegionAnswer, tuple[Entry, ...]]


class ReadingList:
    """What there is to read. `answer` says who was asked and who answered; None before the first answer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ticket = Ticket()
        self.entries: tuple[Entry, ...] = ()
        self.answer: RegionAnswer | None = None
        self.asking = False
        self.problem: ReaderError | None = None
        self._asked_at_s = float("-inf")
        self._changed = False
        desk.outbox_changed.listen(lambda _: self.restate())
        desk.case_opened.listen(lambda _: self.restate())

    def refresh(self, now_s: float = 0.0) -> None:
        """Ask all archives again; the list stays as it is until they have answered."""
        self._ticket.cancel()
        self._ticket = Ticket()
        self.asking, self._asked_at_s = True, now_s
        days = self._desk.settings.worklist.days
        since = self._desk.now().date() - timedelta(days=days) if days else None
        self._desk.worklist_changed.tell(len(self.entries))
        doors = self._desk.doors
        self._desk.pools.io.submit(
            list_job, doors.region, doors.shelf, doors.journal, doors.outbox, since, self._tell_home(self._ticket),
            done=self._came, failed=partial(self._failed), ticket=self._ticket, lane=Lane.NOW,
        )  # fmt: skip

    def tick(self, now_s: float) -> None:
        """Refresh quietly when it is time."""
        every = self._desk.settings.worklist.refresh_s
        if every and not self.asking and now_s - self._asked_at_s >= every:
            self.refresh(now_s)

    def restate(self) -> None:
        """Look up the report states again; the rows stay. What is asked of the archives now may not know them yet."""
        self._changed = self.asking
        doors = self._desk.doors
        self._desk.pools.disk.submit(
            state_job, doors.journal, doors.outbox, tuple(e.row for e in self.entries),
            done=self._stated, failed=partial(self._failed), ticket=self._ticket, lane=Lane.NEXT,
        )  # fmt: skip

    def _tell_home(self, ticket: Ticket) -> Callable[[Listed], None]:
        def early(listed: Listed) -> None:
            self._desk.pools.home.bring(lambda: None if ticket.cancelled else self._came_early(listed))

        return early

    def _came_early(self, listed: Listed) -> None:
        self._put(*listed)

    def _came(self, listed: Listed) -> None:
        self.asking, self.problem = False, None
        self._put(*listed)
        if self._changed:
            self.restate()

    def _put(self, answer: RegionAnswer, fresh: tuple[Entry, ...]) -> None:
        """What was answered, and of archives that did not answer (yet) what they answered the last time."""
        quiet = {*answer.awaited, *(silence.name for silence in answer.silent)}
        known = {entry.row.study_uid for entry in fresh}
        kept = tuple(e for e in self.entries if e.row.study_uid not in known and set(e.row.held_by) & quiet)
        self.answer, self.entries = answer, reading_order((*fresh, *kept)) if kept else fresh
        self._desk.worklist_changed.tell(len(self.entries))

    def _stated(self, entries: tuple[Entry, ...]) -> None:
        if entries != self.entries and {e.row for e in entries} == {e.row for e in self.entries}:
            self.entries = entries
            self._desk.worklist_changed.tell(len(entries))

    def _failed(self, error: Exception) -> None:
        self.asking = False
        self.problem = error if isinstance(error, ReaderError) else ReaderError(f"The list: {error}.", "Refresh (F5).")
        self._desk.worklist_changed.tell(len(self.entries))


def list_job(
    region: Region, shelf: Shelf, journal: Journal, outbox: OutboxStore, since: date | None,
    early: Callable[[Listed], None],
) -> Listed:  # fmt: skip
    """Ask the region, add what only this desk holds, and give each row the state of its report."""

    def listed(answer: RegionAnswer) -> Listed:
        own = own_rows(shelf, answer.rows, since)
        rows = tuple(row for row in (*answer.rows, *own) if not set(row.modalities) <= NOT_READ or not row.modalities)
        return answer, state_job(journal, outbox, rows)

    return listed(region.search(Query(date_from=since), lambda answer: early(listed(answer))))


def own_rows(shelf: Shelf, answered: Sequence[StudyRow], since: date | None) -> tuple[StudyRow, ...]:
    """What only this desk holds of the days that the list covers; a study without a date is in every list."""
    known = {row.study_uid for row in answered}
    return tuple(
        row
        for row in shelf.rows()
        if (since is None or row.date is None or row.date >= since) and row.study_uid not in known
    )


def state_job(journal: Journal, outbox: OutboxStore, rows: tuple[StudyRow, ...]) -> tuple[Entry, ...]:
    """Each row with where its report stands at this desk, in reading order."""
    drafts = frozenset(journal.keys("draft"))
    waiting = {item.study_uid: item for item in outbox.waiting()}
    state = partial(report_state, drafts, {uid: bool(item.problem) for uid, item in waiting.items()}, outbox)
    # Folded here, on the pool's thread: tens of thousands of rows take half a second.
    return reading_order(tuple(searchable(Entry(row, state(row.study_uid))) for row in rows))


def report_state(drafts: frozenset[str], waiting: dict[str, bool], outbox: OutboxStore, study_uid: str) -> str:
    """unread, draft, sending, failed or signed; waiting: study UID → whether its last sending failed."""
    if study_uid in waiting:
        return FAILED if waiting[study_uid] else SENDING
    if study_uid not in drafts:
        return UNREAD
    return SIGNED if outbox.stored_for(study_uid) else DRAFT
