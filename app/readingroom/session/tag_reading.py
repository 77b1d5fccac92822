"""The tags of any object of the case, brought from the shelf and listed off the reader's thread."""

from collections.abc import Callable
from dataclasses import dataclass

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Homecoming, Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.display.tag_rows import tags_of
from readingroom.display.tag_search import Searchable, differing, searchable
from readingroom.record.study import FrameRef
from readingroom.session.desk import Desk
from readingroom.session.ports import Shelf


@dataclass(frozen=True, slots=True)
class ObjectTags:
    """The tags of one object, all and (where there is an object before it) what differs from that, ready for searching."""

    ref: FrameRef
    size: int
    every: Searchable
    differing: Searchable | None = None


class TagReading:
    """One reading of tags at a time: the next one drops the one before, and so does leaving."""

    def __init__(
        self, desk: Desk, show: Callable[[ObjectTags], None], trouble: Callable[[ReaderError], None],
        progress: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._desk, self._show, self._trouble, self._progress = desk, show, trouble, progress
        self._ticket = Ticket()

    def read(self, ref: FrameRef, before: FrameRef | None = None) -> None:
        """List the tags of an object; before: the one to compare it with, where it is here."""
        self.stop()
        self._ticket = ticket = Ticket()
        if before is not None and (before.sop_uid == ref.sop_uid or not self._desk.loader.is_here(before)):
            before = None
        self._desk.pools.cpu.submit(
            tags_job, self._desk.doors.shelf, ref, before, ticket, self._tell(self._desk.pools.home, ticket),
            done=self._show, failed=self._failed, ticket=ticket, lane=Lane.NOW,
        )  # fmt: skip

    def stop(self) -> None:
        """Drop what is on its way."""
        self._ticket.cancel()

    def _tell(self, home: Homecoming, ticket: Ticket) -> Callable[[int], None]:
        def tell(rows: int) -> None:
            home.bring(lambda: None if ticket.cancelled else self._progress(rows))

        return tell

    def _failed(self, error: Exception) -> None:
        self._trouble(error if isinstance(error, ReaderError) else unforeseen(error, "reading the tags"))


def tags_job(
    shelf: Shelf, ref: FrameRef, before: FrameRef | None, ticket: Ticket, tell: Callable[[int], None]
) -> ObjectTags:
    """The tags of an object on the shelf; ReaderError where it is not there, Cancelled where the reader left."""

    def going_on(rows: int) -> None:
        ticket.checkpoint()
        tell(rows)

    part10 = _bytes(shelf, ref)
    tags = tags_of(part10, going_on)
    ticket.checkpoint()
    every = searchable(tags)
    if before is None:
        return ObjectTags(ref, len(part10), every)
    try:
        other = tags_of(_bytes(shelf, before), lambda rows: ticket.checkpoint())
    except ReaderError:
        # What cannot be compared is shown uncompared: the tags of this object are what was asked for.
        return ObjectTags(ref, len(part10), every)
    return ObjectTags(ref, len(part10), every, searchable(differing(tags, other)))


def _bytes(shelf: Shelf, ref: FrameRef) -> bytes:
    part10 = shelf.get(ref.sop_uid, ref.study_uid)
    if part10 is None:
        raise ReaderError("This object is not here yet.", "Its tags are shown when it has come.")
    return part10
