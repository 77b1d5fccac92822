"""What the loader has done off the reader's thread: each a function that touches only its arguments."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.pixels.frame import Frame
from readingroom.record.search import Received
from readingroom.record.study import FrameRef, Series, Study
from readingroom.session.fetch import Failure, bring_missing, bring_object, shelve
from readingroom.session.ports import Distant, Region, Shelf


class LeftShelf(ReaderError):
    """An object that was on the shelf is not there any more, or is damaged there."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One object that came; unpacked: it was asked for packed, and the archive did not do that."""

    received: Received
    unpacked: bool = False


@dataclass(frozen=True, slots=True)
class Foremost:
    """An object that came before its study was known, and its frame where it has one that could be decoded."""

    received: Received
    frame: Frame | None


def shelve_job(shelf: Shelf, study: Study, received: Received) -> Brought:
    """An object that is here already, put on the shelf."""
    shelve(shelf, study, received.series_uid, received)
    return Brought(received)


def object_job(
    region: Region, shelf: Shelf, study: Study, series_uid: str, sop_uid: str, packed_by: str, ticket: Ticket
) -> Brought:
    """One object put on the shelf, from the first holder that gives it; packed_by: who is asked to pack it, "" nobody."""
    if packed_by:
        archive = region.archive(packed_by)
        received = archive.packed(study.uid, series_uid, sop_uid, ticket) if isinstance(archive, Distant) else None
        if received is not None:
            shelve(shelf, study, series_uid, received)
            return Brought(received)
    return Brought(bring_object(region, shelf, study, series_uid, sop_uid, ticket), bool(packed_by))


def stream_job(
    region: Region, shelf: Shelf, study: Study, series: Series, missing: frozenset[str], ticket: Ticket,
    arrived: Callable[[Received], None],
) -> tuple[int, tuple[Failure, ...]]:  # fmt: skip
    """A series from the first holder that gives it, each object put on the shelf and told home.

    The answer: how many stayed away, and what came along that does not belong. A stream that breaks off after some is
    no failure: what it left is asked for singly.
    """
    trouble: Failure | ReaderError | None = None
    left = set(missing)
    strays: dict[str, Failure] = {}
    known = {aside.sop_uid for aside in study.set_aside}

    def came(received: Received) -> None:
        left.discard(received.sop_uid)
        arrived(received)

    for name in study.held_by or region.names:
        try:
            failures = bring_missing(
                region.archive(name), shelf, study, series, frozenset(left), ticket, came, rest_singly=False
            )
        except ReaderError as error:
            trouble = error
            continue
        strays |= {one.sop_uid: one for one in failures if one.sop_uid not in missing | known}
        trouble = next((one for one in failures if one.sop_uid in left), trouble)
        if len(left) < len(missing):
            return len(left), tuple(strays.values())
    if left and trouble is not None:
        raise ReaderError(trouble.problem, trouble.remedy)
    return len(left), tuple(strays.values())


def decode_job(shelf: Shelf, ref: FrameRef, part10: bytes | None) -> tuple[Frame, bytes]:
    """The frame of an object on the shelf, or of the bytes that just came; with those bytes."""
    from readingroom.pixels.decode import decode

    held = part10 if part10 is not None else _from_shelf(shelf, ref)
    frame = decode(held, ref.frame)
    return replace(frame, facts=replace(frame.facts, ref=ref)), held


def _from_shelf(shelf: Shelf, ref: FrameRef) -> bytes:
    try:
        held = shelf.get(ref.sop_uid, ref.study_uid)
    except ReaderError as error:
        raise LeftShelf(error.problem, "It is fetched again.") from error
    if held is None:
        raise LeftShelf("Images of this series left the cache.", "They are fetched again.")
    return held
