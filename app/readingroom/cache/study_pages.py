"""A study's metadata as bytes: its row for the worklist, and the whole of it."""

import json
import zlib

from readingroom.cache.values import from_plain, to_plain
from readingroom.record.search import StudyRow
from readingroom.record.study import Study

DESK_NAME = "this desk"
"""What a row from the shelf is held by."""


class Unreadable(Exception):
    """Bytes that are no study's metadata."""


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
