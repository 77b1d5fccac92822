"""A lenient reader of data elements: what the world stores is read as far as it makes sense, and what was passed over is said.

Nothing here recurses deeper than MOST_LEVELS, allocates beyond the bytes it was given, or guesses a value.
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

from pydicom.charset import convert_encodings, default_encoding, python_encoding
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

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
_NAMES = {vr: vr.decode("ascii") for vr in SHORT_VRS | LONG_VRS}
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
    """One pass over a data set: the bytes, and what had to be passed over, in words.

    keep_all: keep also what no image needs (values cut short, fragments, what lies too deep) as the bytes that are there.
    """

    source: bytes | memoryview
    only_frame: int | None = None
    keep_all: bool = False
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
        return Element(tag, _NAMES[vr], at + 8, length >> 16 if little else length & 0xFFFF, False, little)
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


def read_elements(
    reading: Reading,
    start: int,
    end: int,
    implicit: bool,
    little: bool,
    level: int = 0,
    charset: str | list[str] = default_encoding,
) -> tuple[Dataset, int, Element | None]:
    """A data set, the byte after it, and at level 0 the pixel element at which reading stopped."""
    found: dict[BaseTag, RawDataElement | DataElement] = {}
    at, pixels = start, None
    while (element := element_at(reading, at, end, implicit, little)) is not None:
        reading.count()
        if element.tag in (ITEM_END, SEQUENCE_END):
            at = element.start if element.tag == ITEM_END else at
            break
        if level == 0 and element.tag in PIXEL_TAGS:
            pixels = element
            break
        value, at = _value(reading, element, end, level, charset)
        if value is not None:
            found[value.tag] = value
            if element.tag == 0x00080005:
                charset = _charset(value)
    else:
        if at < end and level == 0:
            reading.note("The header stops in the middle of an element.")
            at = end
    dataset = Dataset(found)
    dataset.set_original_encoding(implicit, little, charset)
    return dataset, at, pixels


def _value(
    reading: Reading, element: Element, end: int, level: int, charset: str | list[str]
) -> tuple[RawDataElement | DataElement | None, int]:
    if _is_sequence(reading, element):
        return _sequence(reading, element, end, level, charset)
    length = element.length
    if length is None:
        return _passed_over(reading, element, end)
    if element.start + length > end:
        if level == 0:
            reading.note("The header stops in the middle of an element.")
        return _passed_over(reading, element, end)
    value = bytes(reading.source[element.start : element.start + length])
    tag = BaseTag(element.tag)
    raw = RawDataElement(tag, element.vr, length, value, element.start, element.implicit, element.little, True)
    return raw, element.start + length


def _passed_over(reading: Reading, element: Element, end: int) -> tuple[RawDataElement | None, int]:
    """An element that cannot be used: its bytes where all are kept, and the byte after it."""
    after = skip(reading, element, end)
    if not reading.keep_all:
        return None, after
    length = UNDEFINED if element.length is None else element.length
    value = bytes(reading.source[element.start : after])
    tag = BaseTag(element.tag)
    return RawDataElement(tag, element.vr, length, value, element.start, element.implicit, element.little, True), after


def _is_sequence(reading: Reading, element: Element) -> bool:
    if element.vr == "SQ":
        return True
    if element.vr in (None, "UN"):
        known = _dictionary_vr(element.tag)
        return known == "SQ" or (element.length is None and known in (None, "UN", "SQ"))
    if element.length is None:
        first = element_at(reading, element.start, len(reading.source), True, element.little)
        return first is not None and first.tag in (ITEM, SEQUENCE_END)
    return False


def _dictionary_vr(tag: int) -> str | None:
    try:
        return str(dictionary_VR(tag))
    except KeyError:
        return None


def _charset(element: RawDataElement | DataElement) -> list[str]:
    """Python encodings of Specific Character Set (PS3.3 C.12.1.1.2); a term that DICOM does not know counts as ASCII."""
    plain = bytes(element.value or b"").decode("ascii", "replace").upper()
    terms = [
        part.strip(" \0").replace("ISO-IR", "ISO_IR").replace("ISO-2022", "ISO 2022") for part in plain.split("\\")
    ]
    terms = [term if term in python_encoding else "" for term in terms]
    return list(convert_encodings(terms))


def _sequence(
    reading: Reading, element: Element, end: int, level: int, charset: str | list[str]
) -> tuple[DataElement | None, int]:
    if level >= MOST_LEVELS:
        reading.note(f"Sequences nested more than {MOST_LEVELS} deep were passed over.")
        return _passed_over(reading, element, end)
    # PS3.5 6.2.2 note: a sequence of VR UN holds implicit little endian items, whatever is around it.
    implicit, little = (True, True) if element.vr == "UN" else (element.implicit, element.little)
    only = reading.only_frame if level == 0 and element.tag == PER_FRAME_GROUPS else None
    stop = end if element.length is None else min(end, element.start + element.length)
    items: list[Dataset] = []
    at, number = element.start, 0
    while (item := element_at(reading, at, stop, implicit, little)) is not None:
        reading.count()
        if item.tag != ITEM:
            at = item.start if item.tag == SEQUENCE_END else at
            break
        number += 1
        if only is not None and number != only:
            at = skip(reading, item, stop)
            continue
        dataset, at = _item(reading, item, stop, level, charset)
        items.append(dataset)
    else:
        if element.length is None and stop == len(reading.source):
            reading.note("The header stops in the middle of an element.")
    if element.length is not None and element.start + element.length > len(reading.source):
        reading.note("The header stops in the middle of an element.")
    after = at if element.length is None else stop
    return DataElement(BaseTag(element.tag), "SQ", Sequence(items), already_converted=True), after


def _item(reading: Reading, item: Element, stop: int, level: int, charset: str | list[str]) -> tuple[Dataset, int]:
    end = stop if item.length is None else min(stop, item.start + item.length)
    implicit = item.implicit and not (item.start + 8 <= end and looks_explicit(reading.source, item.start))
    dataset, after, _ = read_elements(reading, item.start, end, implicit, item.little, level + 1, charset)
    return dataset, after if item.length is None else end


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
