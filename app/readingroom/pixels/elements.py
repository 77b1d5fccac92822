"""Data elements as they lie in the bytes of an object, read leniently: what is damaged is passed over, and that is said.

Nothing here recurses, allocates beyond the bytes it was given, or guesses a value.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from pydicom.datadict import dictionary_VR

from readingroom.base.errors import ReaderError

MOST_LEVELS = 32
"""Sequences nested deeper than this are passed over: no standard object nests beyond about ten."""
MOST_ELEMENTS = 4_000_000
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PER_FRAME_GROUPS = 0x52009230
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
SHORT_VRS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(),
)
SHORT_NAMES = {vr: vr.decode("ascii") for vr in SHORT_VRS}
_SIZES = {True: Struct("<HHI"), False: Struct(">HHI")}
_SHORTS = {True: Struct("<H"), False: Struct(">H")}
_LONGS = {True: Struct("<I"), False: Struct(">I")}


class Element(NamedTuple):
    """Where one element's value lies: start and length in bytes; length None where it is undefined (PS3.5 7.1).

    A tuple, because a header makes hundreds of them for each image.
    """

    tag: int
    vr: str | None
    start: int
    length: int | None
    implicit: bool
    little: bool


@dataclass(slots=True)
class Reading:
    """One pass over a data set: the bytes, and what had to be passed over, in words."""

    source: bytes | memoryview
    only_frame: int | None = None
    passed_over: list[str] = field(default_factory=list)
    left: int = MOST_ELEMENTS

    def note(self, text: str) -> None:
        """Remember, once, what was passed over."""
        if text not in self.passed_over:
            self.passed_over.append(text)

    def count(self) -> None:
        """Count one element; ReaderError where a file consists of more than anyone could mean."""
        self.left -= 1
        if self.left < 0:
            raise ReaderError(
                "The file consists of millions of empty elements.", "It is damaged: ask for the object again."
            )


def looks_explicit(source: bytes | memoryview, start: int) -> bool:
    """Whether the element at start carries its VR as two letters that DICOM knows (PS3.5 7.1.2)."""
    vr = bytes(source[start + 4 : start + 6])
    return vr in SHORT_VRS or vr in LONG_VRS


def element_at(reading: Reading, at: int, end: int, implicit: bool, little: bool) -> Element | None:
    """The element whose tag begins at a byte, or None where fewer than eight bytes are left before end."""
    if at + 8 > end:
        return None
    source = reading.source
    group, number, length = _SIZES[little].unpack_from(source, at)
    tag = group << 16 | number
    if group == 0xFFFE:
        return Element(tag, None, at + 8, None if length == UNDEFINED else length, implicit, little)
    vr = b"" if implicit else bytes(source[at + 4 : at + 6])
    if vr in SHORT_VRS:
        # Its length is the half of the last four bytes that is not its name.
        return Element(tag, SHORT_NAMES[vr], at + 8, length >> 16 if little else length & 0xFFFF, False, little)
    if implicit or not (vr.isalpha() and vr.isupper()):
        # An explicit file with an implicit element inside: seen from converters that copy private sequences unread.
        return Element(tag, None, at + 8, None if length == UNDEFINED else length, True, little)
    unknown_long = source[at + 6] == 0 and source[at + 7] == 0 and at + 12 <= end
    if vr in LONG_VRS or unknown_long:
        if at + 12 > end:
            return None
        (length,) = _LONGS[little].unpack_from(source, at + 8)
        return Element(tag, vr.decode("ascii"), at + 12, None if length == UNDEFINED else length, False, little)
    (length,) = _SHORTS[little].unpack_from(source, at + 6)
    return Element(tag, vr.decode("ascii"), at + 8, length, False, little)


@lru_cache(maxsize=4096)
def dictionary_vr(tag: int) -> str | None:
    """The VR that DICOM's own dictionary gives a tag, None where it does not know it."""
    try:
        return str(dictionary_VR(tag))
    except KeyError:
        return None


def is_sequence(reading: Reading, element: Element) -> bool:
    """Whether an element holds items, as its VR, the dictionary, or its first bytes show."""
    if element.vr == "SQ":
        return True
    if element.vr in (None, "UN"):
        known = dictionary_vr(element.tag)
        return known == "SQ" or (element.length is None and known in (None, "UN", "SQ"))
    if element.length is None:
        first = element_at(reading, element.start, len(reading.source), True, element.little)
        return first is not None and first.tag in (ITEM, SEQUENCE_END)
    return False


def skip(reading: Reading, element: Element, end: int) -> int:
    """The byte after an element, found without recursion where its length is undefined."""
    if element.length is not None:
        return min(end, element.start + element.length)
    at, open_ones = element.start, [element]
    while open_ones:
        around = open_ones[-1]
        unknown = around.vr == "UN"
        inner = element_at(reading, at, end, around.implicit or unknown, around.little or unknown)
        if inner is None:
            return end
        reading.count()
        at = inner.start
        if inner.tag in (ITEM_END, SEQUENCE_END):
            open_ones.pop()
        elif inner.length is None:
            open_ones.append(inner)
        elif inner.tag != ITEM or around.vr in ("OB", "OW"):
            # The items of encapsulated pixel data are fragments, not data sets (PS3.5 A.4).
            at = min(end, at + inner.length)
    return at
