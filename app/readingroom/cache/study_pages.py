"""A study's metadata as bytes: its row for the worklist, and the whole of it."""

import json
import zlib
from dataclasses import dataclass

from readingroom.cache.values import from_plain, to_plain
from readingroom.record.search import Received, StudyRow
from readingroom.record.study import Study

DESK_NAME = "this desk"
"""What a row from the shelf is held by."""


class Unreadable(Exception):
    """Bytes that are no study's metadata."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A record that cannot be read any more; UIDs are "" where they are lost with it."""

    study_uid: str
    series_uid: str
    sop_uid: str
    problem: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the index keeps of an object beside its bytes; transcoded: they were packed without loss for the way here."""

    series_uid: str
    sop_uid: str
    transcoded: bool = False


def names_page(received: Received) -> bytes:
    """An object's names as bytes."""
    packed = "\0transcoded" if received.transcoded else ""
    return f"{received.series_uid}\0{received.sop_uid}{packed}".encode()


def names_from(page: bytes) -> Names:
    """The names again, or ValueError."""
    series_uid, sop_uid, *more = page.decode().split("\0")
    return Names(series_uid, sop_uid, more == ["transcoded"])


def row_page(study: Study) -> bytes:
    """A study's row as bytes."""
    return json.dumps(to_plain(row_of(study)), ensure_ascii=False).encode()


def study_page(study: Study) -> bytes:
    """A study's metadata as bytes, compressed."""
    return zlib.compress(json.dumps(to_plain(study), ensure_ascii=False).encode(), 1)


def row_from(page: bytes) -> StudyRow:
    """The row again, or Unreadable."""
    try:
        return from_plain(StudyRow, json.loads(page))
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable from error


def study_from(page: bytes) -> Study:
    """The metadata again, or Unreadable."""
    try:
        return from_plain(Study, json.loads(zlib.decompress(page)))
    except (ValueError, TypeError, AttributeError, zlib.error) as error:
        raise Unreadable from error


def row_of(study: Study) -> StudyRow:
    """A study as search would answer it from this desk."""
    described = sum(len(series.instances) for series in study.series)
    return StudyRow(
        study_uid=study.uid,
        patient=study.patient,
        date=study.date,
        time=study.time,
        description=study.description,
        modalities=study.modalities,
        accession=study.accession,
        body_part=next((series.body_part for series in study.series if series.body_part), ""),
        instances=described if study.expected is None else study.expected,
        held_by=(DESK_NAME,),
        institution=study.institution,
        referrer=study.referrer,
    )
