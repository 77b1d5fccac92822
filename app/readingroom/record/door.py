"""The port of an archive, whatever lies behind it: what the desk asks of it, and what every door offers."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from readingroom.base.jobs import Ticket
from readingroom.record.search import Query, Received, StoreAnswer, StudyRow
from readingroom.record.study import Study


class Archive(Protocol):
    """One archive, whatever its door. Every call may raise ReaderError; a ticket is looked at between objects."""

    @property
    def name(self) -> str:
        """The archive's name as the reader knows it."""
        ...

    def search(self, query: Query) -> tuple[StudyRow, ...]:
        """Studies that match, each row checked against the query again."""
        ...

    def study(self, study_uid: str) -> Study:
        """The study with its series and instances as its metadata describe them, without pixels."""
        ...

    def series_objects(self, study_uid: str, series_uid: str, ticket: Ticket) -> Iterator[Received]:
        """Every object of a series as one stream; a stream cut short raises ReaderError after what did arrive."""
        ...

    def object(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
        """One object."""
        ...

    def store(self, part10s: Sequence[bytes]) -> tuple[StoreAnswer, ...]:
        """Store objects; verified only where the archive listed it and gave it back equal."""
        ...
