"""Every tag of an object as rows: sequences opened, private tags named where they are known, nothing left out unsaid.

The bytes are walked once, in their order: a tag that comes twice, a value cut short and what follows the pixels are
rows too, which a header made for showing images does not hold.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pydicom.charset import default_encoding
from pydicom.datadict import (
    dictionary_description,
    dictionary_keyword,
    dictionary_VR,
    private_dictionary_description,
    private_dictionary_VR,
)

from readingroom.base.errors import ReaderError
from readingroom.display.tag_values import Words, words_of
from readingroom.pixels.elements import (
    ITEM,
    ITEM_END,
    MOST_LEVELS,
    PIXEL_TAGS,
    SEQUENCE_END,
    Element,
    Reading,
    element_at,
    is_sequence,
    looks_explicit,
    skip,
)
from readingroom.pixels.encoded import Encoded, open_lightly
from readingroom.pixels.listing import CHARSET, Listing

MOST_ROWS = 200_000
TELL_EVERY = 2_000
CODE_MEANING = 0x00080104
PIXEL_REPRESENTATION = 0x00280103


@dataclass(frozen=True, slots=True)
class TagRow:
    """One element, or one item of a sequence.

    key: tag, item from 1, tag, item, … from the object inwards; ends with a tag for an element, with a number for an
    item. count: values (PS3.5 6.4) or items. length: bytes of the value, None for sequences and items. digest tells two
    values of the same words apart. before: what stood there in another object, None where none was compared.
    """

    key: tuple[int, ...]
    name: str
    keyword: str = ""
    vr: str = ""
    count: int = 0
    value: str = ""
    length: int | None = None
    creator: str = ""
    problem: str = ""
    digest: int = 0
    before: str | None = None

    @property
    def depth(self) -> int:
        """0 for the object's own elements, 1 for an item of a sequence, 2 for an element in it."""
        return len(self.key) - 1

    @property
    def is_item(self) -> bool:
        """Whether this is an item, not an element."""
        return len(self.key) % 2 == 0

    @property
    def number(self) -> str:
        """The tag as "0028,0010"; "item 2" for an item."""
        last = self.key[-1]
        return f"item {last}" if self.is_item else f"{last >> 16:04X},{last & 0xFFFF:04X}"

    @property
    def private(self) -> bool:
        """Whether a maker gave the tag its meaning (PS3.5 7.8)."""
        return not self.is_item and bool(self.key[-1] >> 16 & 1)

    @property
    def path(self) -> str:
        """From the object inwards: "0040,A730[2].0040,A043"."""
        parts = [f"[{k}]" if at % 2 else f".{k >> 16:04X},{k & 0xFFFF:04X}" for at, k in enumerate(self.key)]
        return "".join(parts)[1:]


@dataclass(frozen=True, slots=True)
class TagList:
    """The rows of one object, each before what lies in it.

    parents: index of the row around each, -1 for none. ends: index after all that lies in each. notes: what of the
    object had to be passed over. cut: whether there are more rows than are listed.
    """

    rows: tuple[TagRow, ...] = ()
    parents: tuple[int, ...] = field(default=(), repr=False)
    ends: tuple[int, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    cut: bool = False


def listed(rows: tuple[TagRow, ...], notes: tuple[str, ...] = (), cut: bool = False) -> TagList:
    """Rows in order as a list that knows what lies in what."""
    parents, open_ones = [], [-1]
    ends = [len(rows)] * len(rows)
    for at, row in enumerate(rows):
        while len(open_ones) > row.depth + 1:
            ends[open_ones.pop()] = at
        parents.append(open_ones[-1])
        open_ones.append(at)
    return TagList(rows, tuple(parents), tuple(ends), notes, cut)


def tags_of(part10: bytes, tell: Callable[[int], None] = lambda rows: None, most: int = MOST_ROWS) -> TagList:
    """Every tag of an object, file meta information and what follows the pixels included; ReaderError where it is none.

    tell: called every few thousand rows with their number; it may raise Cancelled.
    """
    opened = open_lightly(part10)
    top = opened.attributes
    if not isinstance(top, Listing):
        raise ReaderError("The tags of this object cannot be listed.", "Please report it.")
    walk = _Walk(opened, tell, most)
    try:
        if (meta := top.file_meta) is not None:
            walk.reading = Reading(part10)
            walk.elements(_Place((), meta.start, meta.end, False, True, [default_encoding]))
        walk.reading = Reading(opened.source)
        walk.elements(_Place((), top.start, len(opened.source), top.implicit, top.little, [default_encoding]))
    except _Enough:
        return listed(tuple(walk.rows), opened.warnings, cut=True)
    return listed(tuple(walk.rows), opened.warnings)


@dataclass(frozen=True, slots=True)
class _Place:
    """A data set or an item of a sequence: its key, its bytes, how they are encoded, and in which character set."""

    key: tuple[int, ...]
    start: int
    end: int
    implicit: bool
    little: bool
    charset: list[str]


class _Enough(Exception):
    """More rows than anyone reads."""


class _Walk:
    """One pass over the bytes of an object."""

    def __init__(self, opened: Encoded, tell: Callable[[int], None], most: int) -> None:
        self.rows: list[TagRow] = []
        self.reading = Reading(opened.source)
        self._opened, self._tell, self._most = opened, tell, most
        self._names = _Dictionary()
        self._signed = False

    def elements(self, place: _Place, item_at: int = -1) -> int:
        """Add the rows of a data set; the byte after it. item_at: the row of the item that it is."""
        at, seen, creators = place.start, set[int](), dict[int, str]()
        while (element := element_at(self.reading, at, place.end, place.implicit, place.little)) is not None:
            if element.tag == ITEM_END and place.key:
                return element.start
            if element.tag == SEQUENCE_END and place.key:
                return at
            creator = creators.get(element.tag >> 8, "") if element.tag >> 16 & 1 else ""
            at_row = len(self.rows)
            after = self._element(place, element, creator)
            row = self.rows[at_row]
            if element.tag in seen and not row.problem:
                self.rows[at_row] = replace(row, problem="The tag comes twice.")
            seen.add(element.tag)
            if element.tag >> 16 & 1 and 0x10 <= element.tag & 0xFFFF <= 0xFF:
                # PS3.5 7.8.1: (gggg,00bb) reserves (gggg,bb00) to (gggg,bbFF).
                creators[element.tag >> 16 << 8 | element.tag & 0xFF] = row.value
            elif element.tag == CHARSET:
                named = Listing(self.reading, at, after, place.implicit, place.little)
                place = replace(
                    place, charset=[named.charset] if isinstance(named.charset, str) else list(named.charset)
                )
            elif element.tag == CODE_MEANING and item_at >= 0:
                self.rows[item_at] = replace(self.rows[item_at], value=row.value)
            elif element.tag == PIXEL_REPRESENTATION and not place.key:
                self._signed = row.value == "1"
            at = after
        return place.end

    def _element(self, place: _Place, element: Element, creator: str) -> int:
        key = (*place.key, element.tag)
        if element.tag in (ITEM, ITEM_END, SEQUENCE_END):
            self._add(TagRow(key, "Delimiter", problem="It stands where no sequence is: the file is damaged."))
            return element.start
        fragments = element.length is None and (element.tag in PIXEL_TAGS or element.vr in ("OB", "OW"))
        sequence = is_sequence(self.reading, element) and not fragments
        if sequence and len(place.key) < 2 * MOST_LEVELS:
            return self._sequence(place, element, key, creator)
        after = skip(self.reading, element, place.end)
        if element.tag in PIXEL_TAGS and not place.key and element == self._opened.pixels:
            self._add(_pixel_row(self._named(key, element.vr or "OW"), self._opened))
            return after
        if sequence:
            deep = f"Sequences nested more than {MOST_LEVELS} deep are not opened."
            self._add(replace(self._named(key, "SQ", creator), value=f"{after - element.start:,} bytes", problem=deep))
            return after
        value = bytes(self.reading.source[element.start : after])
        # What VR UN holds is little endian, and is read as what the dictionary knows it to be (PS3.5 6.2.2).
        vr = self._names.vr(element.tag, creator) if element.vr in (None, "UN") else str(element.vr)
        little = element.little or element.vr == "UN"
        said: Words = words_of(value, element.length, vr, place.charset, little, self._signed)
        name, keyword = self._names.name(element.tag, creator)
        self._add(
            TagRow(
                key, name, keyword, element.vr or vr, said.count, said.text, len(value), creator, said.problem,
                zlib.crc32(value),
            )
        )  # fmt: skip
        return after

    def _sequence(self, place: _Place, element: Element, key: tuple[int, ...], creator: str) -> int:
        implicit, little = (True, True) if element.vr == "UN" else (element.implicit, element.little)
        stop = place.end if element.length is None else min(place.end, element.start + element.length)
        at_row, at, number, closed = len(self.rows), element.start, 0, element.length is not None
        self._add(self._named(key, element.vr or "SQ", creator))
        while (item := element_at(self.reading, at, stop, implicit, little)) is not None:
            if item.tag != ITEM:
                at, closed = (item.start, True) if item.tag == SEQUENCE_END else (at, closed)
                break
            number += 1
            at = self._item(_Place((*key, number), item.start, stop, implicit, little, place.charset), item)
        problem = "" if closed else "The sequence does not end: the file was cut short or is damaged."
        if element.length is not None and element.start + element.length > place.end:
            problem = "The sequence goes on where the file ends: it was cut short."
        said = f"{number:,} item{'' if number == 1 else 's'}" if number else ""
        self.rows[at_row] = replace(self.rows[at_row], count=number, value=said, problem=problem)
        return at if element.length is None else stop

    def _item(self, place: _Place, item: Element) -> int:
        end = place.end if item.length is None else min(place.end, item.start + item.length)
        # Explicit elements inside an implicit sequence: seen from converters.
        explicit = item.start + 8 <= end and looks_explicit(self.reading.source, item.start)
        at_row = len(self.rows)
        self._add(TagRow(place.key, f"Item {place.key[-1]:,}"))
        inside = replace(place, end=end, implicit=item.implicit and not explicit, little=item.little)
        after = self.elements(inside, at_row)
        return after if item.length is None else end

    def _add(self, row: TagRow) -> None:
        if len(self.rows) >= self._most:
            raise _Enough
        self.rows.append(row)
        if len(self.rows) % TELL_EVERY == 0:
            self._tell(len(self.rows))

    def _named(self, key: tuple[int, ...], vr: str, creator: str = "") -> TagRow:
        name, keyword = self._names.name(key[-1], creator)
        return TagRow(key, name, keyword, vr, creator=creator)


def _pixel_row(row: TagRow, opened: Encoded) -> TagRow:
    assert opened.pixels is not None
    length = opened.pixels.length
    if length is None:
        size, pieces = sum(size for _, size in opened.fragments), len(opened.fragments)
        said = f"{size:,} bytes compressed, in {pieces:,} fragment{'' if pieces == 1 else 's'}"
        problem = "The file was cut short within its pixels." if opened.cut_short else ""
        return replace(row, value=said, length=size, count=1, problem=problem)
    there = min(length, len(opened.source) - opened.pixels.start)
    problem = f"The file stops here: {there:,} of {length:,} bytes are there." if there < length else ""
    return replace(row, value=f"{there:,} bytes", length=there, count=1 if length else 0, problem=problem)


class _Dictionary:
    """What pydicom's dictionaries call a tag, each asked once."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, str], tuple[str, str]] = {}
        self._vrs: dict[tuple[int, str], str] = {}

    def name(self, tag: int, creator: str) -> tuple[str, str]:
        """Name and keyword."""
        if (tag, creator) not in self._names:
            self._names[tag, creator] = _name(tag, creator)
        return self._names[tag, creator]

    def vr(self, tag: int, creator: str) -> str:
        """The value representation, "UN" where no dictionary knows it."""
        if (tag, creator) not in self._vrs:
            self._vrs[tag, creator] = _vr(tag, creator)
        return self._vrs[tag, creator]


def _name(tag: int, creator: str) -> tuple[str, str]:
    group, element = tag >> 16, tag & 0xFFFF
    if element == 0:
        return "Group Length", ""
    if group & 1:
        if 0x10 <= element <= 0xFF:
            return "Private Creator", ""
        try:
            return str(private_dictionary_description(tag, creator)), ""
        except KeyError:
            return "Private tag", ""
    try:
        return str(dictionary_description(tag)), str(dictionary_keyword(tag))
    except KeyError:
        return "Unknown tag", ""


def _vr(tag: int, creator: str) -> str:
    group, element = tag >> 16, tag & 0xFFFF
    if element == 0:
        return "UL"
    if group & 1 and 0x10 <= element <= 0xFF:
        return "LO"
    try:
        return str(private_dictionary_VR(tag, creator) if group & 1 else dictionary_VR(tag))
    except KeyError:
        return "UN"
