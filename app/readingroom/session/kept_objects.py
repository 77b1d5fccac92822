"""Starred images and kept views as DICOM objects, to go into the outbox with the report; the way without a window too."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.display.compose import window_of
from readingroom.display.tables import Tables
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.pixels.frame import Frame
from readingroom.reporting.kept import KeptView, Star
from readingroom.reporting.key_selection import Marked, key_selection_object
from readingroom.reporting.presentation_object import Seen, presentation_object
from readingroom.session.ports import OutboxStore, Shelf
from readingroom.settings.sections import ReaderSettings

KEY_IMAGES, VIEW = "key images", "presentation state"


def kept_objects(
    shelf: Shelf, outbox: OutboxStore, study_uid: str, stars: Sequence[Star], views: Sequence[KeptView],
    reader: ReaderSettings, at: datetime,
) -> list[tuple[str, str, bytes]]:  # fmt: skip
    """(kind, SOP Instance UID, bytes) of what was kept of a study and is not in the outbox yet.

    Stars of one title and note are one Key Object Selection, each view is a presentation state of its own.
    """
    starred = [one for one in stars if one.frame.study_uid == study_uid]
    seen = [one for one in views if one.frame.study_uid == study_uid]
    # What was kept after the last one was signed has not gone yet; a later report takes it along.
    starred = [one for one in starred if one.at > _sent(outbox, study_uid, KEY_IMAGES, one.at)]
    seen = [one for one in seen if one.at > _sent(outbox, study_uid, VIEW, one.at)]
    made = [(KEY_IMAGES, part10) for part10 in _selections(shelf, starred, reader, at)]
    made += [(VIEW, view_object(shelf, one, reader)) for one in seen]
    return [(kind, str(header(part10).SOPInstanceUID), part10) for kind, part10 in made]


def _sent(outbox: OutboxStore, study_uid: str, kind: str, at: datetime) -> datetime:
    """When the last object of a kind was signed; before any time where none was."""
    items = (*outbox.stored_for(study_uid), *(one for one in outbox.waiting() if one.study_uid == study_uid))
    moments = [datetime.fromisoformat(one.since) for one in items if one.kind == kind]
    return max(moments, default=datetime.min.replace(tzinfo=at.tzinfo))


def _selections(shelf: Shelf, stars: Sequence[Star], reader: ReaderSettings, at: datetime) -> Iterator[bytes]:
    for title, note in dict.fromkeys((one.title, one.note) for one in stars):
        marked = [
            Marked(_header(shelf, one), one.frame.frame) for one in stars if (one.title, one.note) == (title, note)
        ]
        yield key_selection_object(marked, title, note, reader, at)


def view_object(shelf: Shelf, kept: KeptView, reader: ReaderSettings, frame: Frame | None = None) -> bytes:
    """A kept view as a presentation state; frame: decoded, where it is at hand. Its time is when it was kept."""
    part10 = _bytes(shelf, kept)
    frame = frame or decode(part10, kept.frame.frame)
    voi = kept.voi or window_of(kept.view, frame, Tables())
    seen = Seen(header(part10), frame.facts, kept.view, voi, kept.area, kept.measurements)
    return presentation_object([seen], "KEPT VIEW", kept.name, reader, kept.at)


def _header(shelf: Shelf, one: Star) -> Dataset:
    return header(_bytes(shelf, one))


def _bytes(shelf: Shelf, one: Star | KeptView) -> bytes:
    part10 = shelf.get(one.frame.sop_uid, one.frame.study_uid)
    if part10 is None:
        raise ReaderError("An image that you kept is not at this desk.", "Open the study again to fetch it.")
    return part10
