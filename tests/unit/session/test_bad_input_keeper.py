"""A failed write never comes back over a newer one."""

from collections.abc import Mapping
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Homecoming, Lane, Ticket
from readingroom.session.keeper import Keeper


class Disk:
    """A disk pool whose jobs run, or fail, when the test says so."""

    def __init__(self) -> None:
        self.home = Homecoming(lambda: None)
        self.jobs: list[tuple[Any, tuple[Any, ...], Any, Any]] = []

    def submit(self, job: Any, *arguments: Any, done: Any, failed: Any, ticket: Ticket, lane: Lane) -> None:
        self.jobs.append((job, arguments, done, failed))

    def run(self, fails: bool) -> None:
        job, arguments, done, failed = self.jobs.pop(0)
        if fails:
            failed(ReaderError("The disk is full.", "Free space."))
        else:
            done(job(*arguments))


class Pages:
    """A journal in memory."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str, Mapping[str, Any]]] = []

    def write(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        self.written.append((kind, key, value))


def _noted(keeper: Keeper, text: str) -> None:
    keeper._note(("draft", "1.2"), lambda: {"text": text}, 0.0)


def test_an_older_write_that_failed_is_not_written_over_the_newer_one():
    disk, pages = Disk(), Pages()
    keeper = Keeper(pages, disk)  # type: ignore[arg-type]
    _noted(keeper, "half")
    keeper.flush()
    _noted(keeper, "half a sentence")
    keeper.flush()
    disk.run(fails=True)
    disk.run(fails=False)
    for now_s in (1.0, 5.0, 10.0):
        keeper.tick(now_s)
    while disk.jobs:
        disk.run(fails=False)
    assert pages.written[-1][2] == {"text": "half a sentence"} and keeper.is_safe


def test_what_is_on_its_way_or_failed_is_newer_than_the_journal():
    disk, pages = Disk(), Pages()
    keeper = Keeper(pages, disk)  # type: ignore[arg-type]
    _noted(keeper, "half")
    assert keeper.unwritten("draft", "1.2") == {"text": "half"}
    keeper.flush()
    assert keeper.unwritten("draft", "1.2") == {"text": "half"}
    disk.run(fails=True)
    assert keeper.unwritten("draft", "1.2") == {"text": "half"}
    keeper.flush_now()
    assert pages.written[-1][2] == {"text": "half"} and keeper.unwritten("draft", "1.2") is None


def test_leaving_writes_what_was_on_its_way_to_a_disk_that_takes_no_more_jobs():
    disk, pages = Disk(), Pages()
    keeper = Keeper(pages, disk)  # type: ignore[arg-type]
    _noted(keeper, "half a sentence")
    keeper.flush()
    disk.jobs.clear()
    keeper.flush_now()
    assert [value for _, _, value in pages.written] == [{"text": "half a sentence"}]
