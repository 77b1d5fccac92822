"""Filtering the worklist while the reader types."""

from collections.abc import Iterable

from readingroom.record.patient import without_accents
from readingroom.worklist.entry import Entry


def plain(text: str) -> str:
    """Text folded for finding: case, accents and the caret of a DICOM name do not matter."""
    return without_accents(text.replace("^", " "))


def haystack(entry: Entry) -> str:
    """Everything of a line that can be searched, folded."""
    row = entry.row
    digits = row.patient.id.replace(" ", "")
    parts = (
        row.patient.name, row.patient.display_name, row.patient.id, digits, row.patient.display_id,
        row.description, " ".join(row.modalities), row.accession, row.institution, " ".join(row.held_by),
        row.body_part, row.priority, entry.state, f"{row.date:%d %b %Y %Y-%m-%d}" if row.date else "",
    )  # fmt: skip
    return plain(" ".join(parts))


def matches(folded: str, text: str) -> bool:
    """Whether every word of text stands somewhere in a folded line."""
    return all(word in folded for word in plain(text).split())


def matching(entries: Iterable[Entry], text: str) -> tuple[Entry, ...]:
    """The entries in which every word of text is found."""
    return tuple(entry for entry in entries if matches(haystack(entry), text))
