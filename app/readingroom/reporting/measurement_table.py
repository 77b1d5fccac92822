"""Measurements as a table for a spreadsheet: CSV, one row for each value."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from readingroom.record.finding import Measurement

HEADS = (
    "Name", "Tool", "Concept", "Value", "Unit", "±", "Basis", "Finding", "Site", "Place", "SOP Instance UID", "Frame",
    "Author", "Time", "Source", "Tracking UID",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Listed:
    """A measurement with its name in the list, where it is, and whose it is ("own" or the report it is from)."""

    measurement: Measurement
    name: str
    place: str
    source: str


def table_of(listed: Iterable[Listed]) -> bytes:
    """The table in UTF-8 with a byte order mark, every cell quoted, lines ended by CR LF (RFC 4180).

    Numbers are written in full with a point. A measurement without values (an arrow, a text) has one row without a number.
    Words that a spreadsheet would take for a formula stand behind an apostrophe.
    """
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADS)
    for one in listed:
        writer.writerows(_rows(one))
    # Excel takes a file for the machine's old code page unless this mark says otherwise.
    return out.getvalue().encode("utf-8-sig", "replace")


def _rows(one: Listed) -> Iterable[tuple[str, ...]]:
    m = one.measurement
    values = [
        (_word(v.concept), repr(v.value), v.unit, "" if v.plus_minus is None else repr(v.plus_minus)) for v in m.values
    ]
    for value in values or [("", "", "", "")]:
        yield (
            _word(one.name), m.tool, *value, _word(m.basis.text), _word(m.finding[2] if m.finding else ""),
            _word(m.site[2] if m.site else ""), _word(one.place), m.frame.sop_uid, str(m.frame.frame),
            _word(m.author), m.at.isoformat(timespec="seconds") if m.at is not None else "", _word(one.source),
            m.tracking_uid,
        )  # fmt: skip


def _word(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
