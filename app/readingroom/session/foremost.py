"""The image that is likely to be looked at first, brought and decoded while the archive still writes the metadata.

It is taken for the case only when the study is known and the image's own header names that study and its patient.
"""

from collections.abc import Sequence
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import LOG, unforeseen
from readingroom.pixels.frame import Frame
from readingroom.record.search import Received
from readingroom.record.study import FrameRef, Study
from readingroom.session.desk import Desk
from readingroom.session.loader_jobs import Foremost, decode_job
from readingroom.session.ports import Distant, Foreseeing, Shelf


def bring_foremost(desk: Desk, study_uid: str, held_by: Sequence[str]) -> None:
    """Have the likely first image of a study that is being opened brought, where its holder can tell which that is."""
    region = desk.doors.region
    name = next((one for one in held_by if one in region.names), "")
    archive = region.archive(name) if name else None
    # Over a line that is known to be slow, images come packed, and nothing is asked for on a guess.
    slow = isinstance(archive, Distant) and archive.link.kind == "slow"
    if not isinstance(archive, Foreseeing) or slow:
        return
    desk.pools.io.submit(
        foremost_job, archive, desk.doors.shelf, study_uid, desk.ticket,
        done=partial(_came, desk, study_uid), failed=_not_brought, ticket=desk.ticket, lane=Lane.NOW,
    )  # fmt: skip


def take_foremost(desk: Desk, study: Study) -> None:
    """The study is known now: what came ahead of it is taken, if it belongs to it."""
    found, desk.loader.foremost = desk.loader.foremost, None
    if found is not None:
        desk.loader.take_ahead(study, found)


def foremost_job(archive: Foreseeing, shelf: Shelf, study_uid: str, ticket: Ticket) -> Foremost | None:
    """The likely first image; None where anything of the study is on the shelf, or it cannot be told which that is."""
    received = archive.middle(study_uid, ticket) if not shelf.sop_uids(study_uid) else None
    return Foremost(received, _decoded(shelf, received)) if received is not None else None


def _decoded(shelf: Shelf, received: Received) -> Frame | None:
    ref = FrameRef(received.study_uid, received.series_uid, received.sop_uid)
    try:
        frame, _ = decode_job(shelf, ref, received.part10)
    except ReaderError:
        return None  # said when it comes to be shown
    return frame if frame.facts.frames == 1 else None


def _came(desk: Desk, study_uid: str, found: Foremost | None) -> None:
    if desk.case is not None and desk.case.study.uid == study_uid and found is not None:
        desk.loader.take_ahead(desk.case.study, found)
    elif desk.opening == study_uid:
        desk.loader.foremost = found


def _not_brought(error: Exception) -> None:
    # The case is opened all the same, and what fails is said there.
    LOG.info("no image ahead: %s", error if isinstance(error, ReaderError) else unforeseen(error, "bringing images"))
