"""A desk without Qt, disk or network, whose work is done only when the test turns the crank."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.archives import MemoryArchive, MemoryShelf

from readingroom.archive.media import Media
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Homecoming, Lane, Ticket
from readingroom.record.search import Query, RegionAnswer, Silence, StudyRow, Waiting
from readingroom.reporting.template import Templates, templates
from readingroom.session.desk import Desk, Doors, Notice, Pools
from readingroom.settings.places import resources
from readingroom.settings.sections import ReaderSettings, Settings

READER = ReaderSettings("Okafor^Ada^^Dr", "1234567", "Test trust")


class CrankedPool:
    """A pool whose jobs run one at a time, in the order of their lanes, on the thread that turns it."""

    def __init__(self, name: str, home: Homecoming) -> None:
        self.name, self._home = name, home
        self.jobs: list[tuple[Lane, Callable[[], None]]] = []
        self.closed = False

    def submit(
        self, job: Callable[..., Any], *arguments: Any, done: Callable[[Any], None],
        failed: Callable[[Exception], None], ticket: Ticket, lane: Lane = Lane.NEXT,
    ) -> None:  # fmt: skip
        def run() -> None:
            if ticket.cancelled:
                return
            try:
                result = job(*arguments)
            except Cancelled:
                return
            except Exception as error:  # noqa: BLE001  (as the real pool: carried home and shown there)
                trouble = error
                self._home.bring(lambda: None if ticket.cancelled else failed(trouble))
                return
            self._home.bring(lambda: None if ticket.cancelled else done(result))

        if not self.closed:
            self.jobs.append((lane, run))

    def turn(self) -> bool:
        """Do the most urgent job; whether there was one."""
        if not self.jobs:
            return False
        first = min(range(len(self.jobs)), key=lambda n: (int(self.jobs[n][0]), n))
        self.jobs.pop(first)[1]()
        return True

    def close(self, wait_s: float = 2.0) -> None:
        self.closed = True
        self.jobs.clear()


class MemoryRegion:
    """Archives as one region, asked one after the other."""

    def __init__(self, *archives: MemoryArchive) -> None:
        self.archives = archives

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.archives)

    def archive(self, name: str) -> MemoryArchive:
        for one in self.archives:
            if one.name == name:
                return one
        raise ReaderError(f"There is no archive “{name}”.", "Look into the settings.")

    def search(self, query: Query, early: Callable[[RegionAnswer], None] | None = None) -> RegionAnswer:
        rows: dict[str, StudyRow] = {}
        answered, silent = [], []
        for one in self.archives:
            try:
                found = one.search(query)
            except ReaderError as error:
                silent.append(Silence(one.name, error.problem, error.remedy))
                continue
            answered.append(one.name)
            for row in found:
                if query.patient_id in ("", row.patient.id):
                    held = rows[row.study_uid].held_by if row.study_uid in rows else ()
                    rows[row.study_uid] = _held(row, (*held, one.name))
        return RegionAnswer(tuple(rows.values()), self.names, tuple(answered), tuple(silent))


class MemoryJournal:
    """The journal, in memory; `full` refuses every write until it is cleared."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, dict[str, Any]]] = []
        self.full = False

    def write(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        import json

        if self.full:
            raise ReaderError("The journal could not be written: the disk is full.", "Free some of it.")
        self.entries.append((kind, key, json.loads(json.dumps(value))))

    def newest(self, kind: str, key: str) -> dict[str, Any] | None:
        return next((v for k, i, v in reversed(self.entries) if (k, i) == (kind, key)), None)

    def keys(self, kind: str) -> tuple[str, ...]:
        return tuple(reversed(list(dict.fromkeys(i for k, i, _ in reversed(self.entries) if k == kind))))


class MemoryOutbox:
    """The outbox, in memory; `full` refuses every put."""

    def __init__(self) -> None:
        self.items: dict[str, Waiting] = {}
        self.done: dict[str, Waiting] = {}
        self.full = False

    def put(self, waiting: Waiting) -> None:
        self.put_all([waiting])

    def put_all(self, waiting: Sequence[Waiting]) -> None:
        if self.full:
            raise ReaderError("The outbox could not be written: the disk is full.", "Free some of it.")
        self.items |= {item.sop_uid: item for item in waiting if item.sop_uid not in self.done}

    def waiting(self) -> tuple[Waiting, ...]:
        return tuple(self.items.values())

    def stored(self, sop_uid: str, archive: str) -> None:
        self.done[sop_uid] = self.items.pop(sop_uid)

    def stored_for(self, study_uid: str) -> tuple[Waiting, ...]:
        return tuple(item for item in self.done.values() if item.study_uid == study_uid)


class MemoryAudit:
    """The audit trail, in memory."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, str]] = []
        self.full = False

    def record(self, event: str, study_uid: str, detail: str = "", actor: str = "") -> None:
        if self.full:
            raise ReaderError("The audit trail could not be written.", "Free disk space.")
        self.events.append((event, study_uid, detail))


class HandDesk:
    """A desk, its doors within reach, and the crank. `disk_stuck` leaves jobs of the disk undone."""

    def __init__(
        self, *archives: MemoryArchive, shelf: MemoryShelf | None = None, journal: MemoryJournal | None = None,
        outbox: MemoryOutbox | None = None, settings: Settings | None = None,
    ) -> None:  # fmt: skip
        self.region, self.audit = MemoryRegion(*archives), MemoryAudit()
        self.shelf, self.journal, self.outbox = (
            shelf or MemoryShelf(),
            journal or MemoryJournal(),
            outbox or MemoryOutbox(),
        )
        self.home = Homecoming(lambda: None)
        self.io, self.cpu, self.disk = (CrankedPool(name, self.home) for name in ("io", "cpu", "disk"))
        self.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        doors: Any = Doors(self.region, self.shelf, self.journal, self.outbox, self.audit, Media)
        pools: Any = Pools(self.home, self.io, self.cpu, self.disk)  # type: ignore[arg-type]
        self.desk = Desk(doors, pools, settings or Settings(reader=READER), some_templates(), self._now)
        self.said: list[Notice] = []
        self.desk.noticed.listen(self.said.append)
        self.clock_s = 0.0

    def _now(self) -> datetime:
        self.at += timedelta(milliseconds=20)
        return self.at

    def turn(self) -> bool:
        """One job of any pool, and what it brought home; whether there was one."""
        did = self.io.turn() or self.cpu.turn() or self.disk.turn()
        self.home.drain(10.0)
        return did

    def crank(self, most: int = 10_000) -> "HandDesk":
        """Until nothing is left to do."""
        for _ in range(most):
            if not self.turn():
                return self
        raise AssertionError("the desk never comes to rest")

    def later(self, seconds: float) -> "HandDesk":
        """Let time pass, and do what it brings about, four times a second at most a hundred times."""
        end = self.clock_s + seconds
        while self.clock_s < end:
            self.clock_s = min(end, self.clock_s + max(0.25, seconds / 100))
            self.desk.tick(self.clock_s)
            self.crank()
        return self

    @property
    def words(self) -> str:
        """Everything that was said."""
        return " | ".join(f"{n.tone}: {n.problem} {n.remedy}" for n in self.said)


def some_templates() -> Templates:
    """The templates that travel with the program."""
    return templates(resources() / "templates")


def archive_of(name: str, *series: Sequence[bytes]) -> MemoryArchive:
    """An archive with these objects."""
    return MemoryArchive(name, [part10 for one in series for part10 in one])


def _held(row: StudyRow, names: tuple[str, ...]) -> StudyRow:
    from dataclasses import replace

    return replace(row, held_by=names)
