"""Keeps what the reader did: what changed since the last look goes to the journal, off the reader's thread."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Lane, Pool, Ticket
from readingroom.reporting.draft import Draft, as_json
from readingroom.session.case import Case
from readingroom.session.memory import case_as_json
from readingroom.session.ports import Journal

SOON_S = 0.25
"""Seconds after a change at which it is written, at the latest; one second of typing may be lost (kill -9)."""

Key = tuple[str, str]
Value = Callable[[], Mapping[str, Any]]

RETRY_S = 3.0
"""Seconds until a failed write is tried again."""


class Keeper:
    """Writes the newest case, draft and open study; a failed write is said and tried again at the next look."""

    def __init__(self, journal: Journal, disk: Pool) -> None:
        self.journal = journal
        self._disk = disk
        self._pending: dict[Key, Value] = {}
        self._underway: dict[Key, Value] = {}
        self._changed_at: float | None = None
        self._writing = 0
        self._retry = False
        self.troubled: Event[ReaderError] = Event()
        self.written: Event[int] = Event()

    def case_changed(self, case: Case, now_s: float) -> None:
        """The arrangement or the measurements changed."""
        self._note(("case", case.study.uid), lambda: case_as_json(case), now_s)

    def draft_changed(self, draft: Draft, now_s: float) -> None:
        """The report changed."""
        self._note(("draft", draft.study_uid), lambda: as_json(draft), now_s)

    def read_changed(self, study_uid: str, read: Callable[[], Mapping[str, Any]], now_s: float) -> None:
        """More of a study was seen."""
        self._note(("read", study_uid), read, now_s)

    def open_changed(self, case: Case | None, now_s: float) -> None:
        """Another study is open, or none."""
        kept = {"study_uid": case.study.uid, "held_by": list(case.study.held_by)} if case is not None else {}
        self._note(("desk", "open"), lambda: kept, now_s)

    def _note(self, key: tuple[str, str], value: Callable[[], Mapping[str, Any]], now_s: float) -> None:
        self._pending[key] = value
        if self._changed_at is None:
            self._changed_at = now_s

    @property
    def is_safe(self) -> bool:
        """Whether everything the reader did is on the disk."""
        return not self._pending and not self._writing

    def unwritten(self, kind: str, key: str) -> Mapping[str, Any] | None:
        """What is newer than the journal's own value, because it is on its way to the disk or did not get there."""
        value = self._pending.get((kind, key)) or self._underway.get((kind, key))
        return value() if value is not None else None

    def tick(self, now_s: float) -> None:
        """Write what has waited long enough."""
        if self._retry and self._pending:
            self._retry, self._changed_at = False, now_s + RETRY_S
        if self._changed_at is not None and now_s - self._changed_at >= SOON_S and not self._writing:
            self.flush()

    def flush(self) -> None:
        """Send everything pending to the disk."""
        waiting, self._pending, self._changed_at = self._pending, {}, None
        for key, value in waiting.items():
            self._writing += 1
            self._underway[key] = value
            self._disk.submit(
                write_job, self.journal, key, value(),
                done=partial(self._done, key, value), failed=partial(self._failed, key, value),
                ticket=Ticket(), lane=Lane.NOW,
            )  # fmt: skip

    def flush_now(self) -> None:
        """Write everything on this thread: the desk is closing, and nothing comes home from the disk any more."""
        waiting = {**self._underway, **self._pending}
        self._pending, self._underway, self._changed_at = {}, {}, None
        for key, value in waiting.items():
            write_job(self.journal, key, value())

    def _done(self, key: Key, value: Value, _: None) -> None:
        self._writing -= 1
        self._came_home(key, value)
        self.written.tell(self._writing)

    def _failed(self, key: Key, value: Value, error: Exception) -> None:
        self._writing -= 1
        # What a newer write is on its way for is not written again over it.
        if self._came_home(key, value):
            self._pending.setdefault(key, value)
            self._retry = True
        if isinstance(error, ReaderError):
            self.troubled.tell(error)
        else:
            problem = f"The journal could not be written ({error})."
            self.troubled.tell(ReaderError(problem, "Free disk space; your work is still in memory."))

    def _came_home(self, key: Key, value: Value) -> bool:
        newest = self._underway.get(key) is value
        if newest:
            del self._underway[key]
        return newest


def write_job(journal: Journal, key: tuple[str, str], value: Mapping[str, Any]) -> None:
    """Append one value to the journal."""
    journal.write(key[0], key[1], value)
