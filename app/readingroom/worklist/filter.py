"""Filtering the worklist while the reader types."""

from collections.abc import Iterable
from dataclasses import replace

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


def searchable(entry: Entry) -> Entry:
    """The entry with its folded line, made once where nobody waits for it."""
    return entry if entry.folded else replace(entry, folded=haystack(entry))


def words_of(text: str) -> tuple[str, ...]:
    """What was typed as folded words."""
    return tuple(plain(text).split())


def narrowed(entries: Iterable[Entry], words: tuple[str, ...]) -> list[Entry]:
    """The searchable entries in which every folded word is found, in their order."""
    shown = list(entries)
    for word in words:
        shown = [entry for entry in shown if word in entry.folded]
    return shown


def matching(entries: Iterable[Entry], text: str) -> tuple[Entry, ...]:
    """The entries in which every word of text is found."""
    return tuple(narrowed(map(searchable, entries), words_of(text)))
