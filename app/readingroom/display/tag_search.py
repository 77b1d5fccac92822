"""Finding tags, and what differs between two objects."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from readingroom.display.tag_rows import TagList, TagRow, listed
from readingroom.pixels.elements import PIXEL_TAGS
from readingroom.record.patient import without_accents

NOT_THERE = "(not there)"
_TAG = re.compile(r"\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?")


@dataclass(frozen=True, slots=True)
class Found:
    """Indices of rows: hits match; shown are they, what lies in them, and what they lie in, in order."""

    hits: tuple[int, ...]
    shown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Searchable:
    """A list of tags with everything that can be searched folded once."""

    tags: TagList = field(default_factory=TagList)
    folded: tuple[str, ...] = field(default=(), repr=False)


def searchable(tags: TagList) -> Searchable:
    """The list made ready for searching as the reader types."""
    return Searchable(tags, tuple(without_accents(_everything(row)) for row in tags.rows))


def _everything(row: TagRow) -> str:
    parts = (row.name, row.keyword, row.value, row.creator, row.problem, row.before or "")
    return " ".join(part for part in parts if part)


def found(within: Searchable, text: str) -> Found:
    """The rows in which every word of text is found: a tag number, a keyword, a name, a value; case does not matter.

    A tag is written "0028,0010", "(0028,0010)" or "00280010".
    """
    rows, words = within.tags.rows, without_accents(text.replace("(", " ").replace(")", " ")).split()
    if not words:
        return Found((), tuple(range(len(rows))))
    numbers = [int(m[1] + m[2], 16) for word in words if (m := _TAG.fullmatch(word))]
    plain = [word for word in words if not _TAG.fullmatch(word)]
    hits = [
        at for at, folded in enumerate(within.folded)
        if all(word in folded for word in plain) and all(_is_tag(rows[at], number) for number in numbers)
    ]  # fmt: skip
    return Found(tuple(hits), _with_their_places(within.tags, hits, inside=True))


def _is_tag(row: TagRow, number: int) -> bool:
    return not row.is_item and row.key[-1] == number


def _with_their_places(tags: TagList, hits: Iterable[int], inside: bool) -> tuple[int, ...]:
    kept = bytearray(len(tags.rows))
    after = 0
    for hit in hits:
        # What lies in a hit that was shown already is shown.
        end = tags.ends[hit] if inside else hit + 1
        if end > after:
            kept[hit:end] = b"\1" * (end - hit)
            after = end
        around = tags.parents[hit]
        while around >= 0 and not kept[around]:
            kept[around] = 1
            around = tags.parents[around]
    return tuple(at for at, keep in enumerate(kept) if keep)


def narrowed(tags: TagList, shown: tuple[int, ...]) -> TagList:
    """The list with only these rows."""
    return listed(tuple(tags.rows[at] for at in shown), tags.notes, tags.cut)


def differing(tags: TagList, before: TagList) -> TagList:
    """What differs from another object, in place, each row with what stood there before; pixels are not compared."""
    now, then = {row.key: row for row in tags.rows}, {row.key: row for row in before.rows}
    changed: dict[tuple[int, ...], TagRow] = {}
    for row in tags.rows:
        old = then.get(row.key)
        if not row.is_item and row.key[-1] not in PIXEL_TAGS and not _same(row, old):
            changed[row.key] = replace(row, before=old.value if old is not None else NOT_THERE)
    for key, old in then.items():
        if key not in now and not old.is_item and key[-1] not in PIXEL_TAGS:
            changed[key] = replace(old, value=NOT_THERE, before=old.value)
    around = {key[:length] for key in changed for length in range(1, len(key))}
    places = {key: replace(now.get(key) or then[key], before="") for key in around if key not in changed}
    # A place comes before what lies in it, and items and tags in the order of their numbers.
    return listed(tuple(row for _, row in sorted((changed | places).items())), cut=tags.cut or before.cut)


def _same(row: TagRow, old: TagRow | None) -> bool:
    return old is not None and (row.vr, row.value, row.length, row.digest) == (
        old.vr,
        old.value,
        old.length,
        old.digest,
    )
