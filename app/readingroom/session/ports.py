"""What the desk needs of its doors, as Protocols: archives and the local disk fit them structurally; main introduces them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from readingroom.base.jobs import Ticket
from readingroom.record.door import Archive as Archive
from readingroom.record.search import Query, Received, RegionAnswer, StudyRow, Waiting
from readingroom.record.study import Study


class Speed(Protocol):
    """How fast a line is."""

    @property
    def bytes_per_s(self) -> float | None:
        """Measured, or None before anything came."""
        ...

    @property
    def kind(self) -> str:
        """ "LAN", "slow", or "" while not measured."""
        ...


@runtime_checkable
class Distant(Archive, Protocol):
    """An archive at the other end of a line that may be slow, and what it may be asked for instead of whole objects."""

    @property
    def link(self) -> Speed:
        """How fast the line to it is."""
        ...

    def packed(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received | None:
        """One object packed without loss for the way, or None where the archive does not do that."""
        ...

    def preview(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> bytes | None:
        """An image as a small lossy JPEG, or None where it is not offered."""
        ...


@runtime_checkable
class Metered(Protocol):
    """An archive whose line may carry only so much a month."""

    @property
    def left_bytes(self) -> int | None:
        """Bytes that may still come this month, below zero where more came; None where the line is not metered."""
        ...


@runtime_checkable
class Foreseeing(Archive, Protocol):
    """An archive that can tell which image is likely to be looked at first before it has described the study."""

    def middle(self, study_uid: str, ticket: Ticket) -> Received | None:
        """The middle image of the longest stack of slices; None where it cannot be told which that is."""
        ...


class Region(Protocol):
    """All configured archives as one."""

    @property
    def names(self) -> tuple[str, ...]:
        """The archives, nearest first."""
        ...

    def search(self, query: Query, early: Callable[[RegionAnswer], None] | None = None) -> RegionAnswer:
        """Ask every archive at once, each with its own time limit; says who answered and who did not.

        early: told what has come after about a second, and again as more comes, on this thread.
        """
        ...

    def archive(self, name: str) -> Archive:
        """The archive of that name, or ReaderError."""
        ...


class Shelf(Protocol):
    """Fetched studies on the local disk, encrypted, found again without the network."""

    def put_study(self, study: Study) -> None:
        """Keep the metadata of a study."""
        ...

    def study(self, study_uid: str) -> Study | None:
        """The kept metadata, or None."""
        ...

    def rows(self) -> tuple[StudyRow, ...]:
        """Every study on the shelf, as search would answer it, held by "this desk"."""
        ...

    def put(self, received: Received) -> None:
        """Keep one object, durable when this returns; putting the same object again changes nothing.

        What an archive stores replaces a transcoded copy of it, never the other way round.
        """
        ...

    def get(self, sop_uid: str, study_uid: str = "") -> bytes | None:
        """The Part 10 bytes as received, or None; ReaderError where the record is damaged.

        A SOP Instance UID held under two studies needs study_uid to say which.
        """
        ...

    def sop_uids(self, study_uid: str) -> frozenset[str]:
        """What of a study is here."""
        ...

    def pin(self, study_uids: Collection[str]) -> None:
        """These studies, and no others, stay whatever the budget says."""
        ...


class Journal(Protocol):
    """An append-only record of the desk's state; what was written survives kill -9."""

    def write(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Append the newest value of (kind, key); durable when this returns. value is JSON."""
        ...

    def newest(self, kind: str, key: str) -> dict[str, Any] | None:
        """The newest value of (kind, key), or None."""
        ...

    def keys(self, kind: str) -> tuple[str, ...]:
        """Every key of a kind, newest written last."""
        ...


class OutboxStore(Protocol):
    """Signed objects on the local disk until an archive gives them back equal."""

    def put(self, waiting: Waiting) -> None:
        """Keep an object, durable when this returns; the newest state of a SOP Instance UID replaces the older."""
        ...

    def put_all(self, waiting: Sequence[Waiting]) -> None:
        """Keep objects that belong together: all of them, durable when this returns, or none."""
        ...

    def waiting(self) -> tuple[Waiting, ...]:
        """What is not stored yet, oldest first."""
        ...

    def stored(self, sop_uid: str, archive: str) -> None:
        """Mark an object as stored and verified; it leaves the waiting list and stays on record."""
        ...

    def stored_for(self, study_uid: str) -> tuple[Waiting, ...]:
        """Every object of a study that was stored and verified, oldest first (part10 kept)."""
        ...


class Audit(Protocol):
    """The audit trail: who did what to which study."""

    def record(self, event: str, study_uid: str, detail: str = "", actor: str = "") -> None:
        """Append one event; durable when this returns."""
        ...
