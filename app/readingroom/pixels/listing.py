"""A header as a list of where its attributes lie: nothing is made of a value before somebody asks for it.

What the world stores is read as far as it makes sense. Nothing here recurses deeper than MOST_LEVELS.
"""

from struct import Struct
from typing import Final

from pydicom.charset import convert_encodings, default_encoding, python_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from readingroom.pixels.elements import (
    ITEM,
    ITEM_END,
    MOST_LEVELS,
    PER_FRAME_GROUPS,
    PIXEL_TAGS,
    SEQUENCE_END,
    SHORT_NAMES,
    SHORT_VRS,
    UNDEFINED,
    Element,
    Reading,
    element_at,
    is_sequence,
    looks_explicit,
    skip,
)

CHARSET: Final = 0x00080005
_FIRST_UNUSUAL_GROUP = 0x7FE0
"""Pixels and the delimiters of items: what is not merely an attribute begins here."""
_EXPLICIT = {True: Struct("<HH2sH"), False: Struct(">HH2sH")}
_IMPLICIT = {True: Struct("<HHI"), False: Struct(">HHI")}
_CUT = "The header stops in the middle of an element."


class Listing:
    """The attributes of one data set or item by tag, as places in the bytes; its items are listed when asked for.

    For one thread at a time. numbers and texts: what was read of it before, by keyword or tag. after and pixels: the byte at which reading stopped and, at level 0, the pixel element
    there. file_meta: the listing of the file meta information of an object.
    """

    __slots__ = (
        "_charset", "_nested", "_places", "_reading", "after", "around", "end", "file_meta", "implicit", "level", "little",
        "numbers", "pixels", "start", "texts",
    )  # fmt: skip

    def __init__(
        self, reading: Reading, start: int, end: int, implicit: bool, little: bool, around: "Listing | None" = None
    ) -> None:
        self._reading = reading
        self.start, self.end, self.implicit, self.little, self.around = start, end, implicit, little, around
        self.level: int = around.level + 1 if around is not None else 0
        self._places: dict[int, int] | None = None
        self._nested: dict[int, tuple[Listing, ...]] = {}
        self._charset: str | list[str] | None = None
        self.numbers: dict[str | int, tuple[float, ...]] = {}
        self.texts: dict[str | int, tuple[str, ...]] = {}
        self.after = start
        self.pixels: Element | None = None
        self.file_meta: Listing | None = None

    def __len__(self) -> int:
        return len(self.places())

    def __contains__(self, tag: int) -> bool:
        return tag in self.places()

    def places(self) -> dict[int, int]:
        """The byte at which each attribute's tag begins; of an attribute that comes twice the last."""
        if self._places is None:
            self._places = {}
            self._list(self._places)
        return self._places

    def element(self, tag: int) -> Element | None:
        """Where the value of an attribute lies, None where there is none or where it is a sequence."""
        at = (self.places() if self._places is None else self._places).get(tag)
        if at is None:
            return None
        found = element_at(self._reading, at, self.end, self.implicit, self.little)
        return None if found is None or self._holds_items(found, at) else found

    def plain(self, tag: int) -> tuple[str | None, bytes | None]:
        """VR and bytes of an attribute; None for the bytes where there is none or where it is a sequence."""
        at = (self.places() if self._places is None else self._places).get(tag)
        if at is None:
            return None, None
        source = self._reading.source
        if not self.implicit:
            _, _, letters, length = _EXPLICIT[self.little].unpack_from(source, at)
            if letters in SHORT_NAMES:
                return SHORT_NAMES[letters], bytes(source[at + 8 : at + 8 + length])
        element = self.element(tag)
        return (None, None) if element is None else (element.vr, self.value(element))

    def value(self, element: Element) -> bytes:
        """The bytes of an element's value."""
        assert element.length is not None
        return bytes(self._reading.source[element.start : element.start + element.length])

    def items(self, tag: int) -> "tuple[Listing, ...]":
        """The items of a sequence; () where there are none."""
        at = (self.places() if self._places is None else self._places).get(tag)
        if at is None:
            return ()
        if at not in self._nested:
            found = element_at(self._reading, at, self.end, self.implicit, self.little)
            held = found is not None and self._holds_items(found, at)
            self._nested[at] = self._items(found)[0] if held and found is not None else ()
        return self._nested[at]

    @property
    def charset(self) -> str | list[str]:
        """Python encodings of this data set, or of the one it lies in (PS3.3 C.12.1.1.2)."""
        if self._charset is None:
            named = self.element(CHARSET)
            if named is not None:
                self._charset = _encodings(self.value(named))
            else:
                self._charset = self.around.charset if self.around is not None else default_encoding
        return self._charset

    def raw(self, element: Element) -> RawDataElement:
        """An element as pydicom holds it before its value is converted."""
        value = self.value(element)
        return RawDataElement(
            BaseTag(element.tag), element.vr, len(value), value, element.start, element.implicit, element.little, True
        )

    def dataset(self, tags: tuple[int, ...] = ()) -> Dataset:
        """Everything, or some tags, as a pydicom data set."""
        found: dict[BaseTag, RawDataElement | DataElement] = {}
        places = self.places()
        for tag, at in list(places.items()) if not tags else [(tag, places[tag]) for tag in tags if tag in places]:
            element = element_at(self._reading, at, self.end, self.implicit, self.little)
            if element is None:
                continue
            key = BaseTag(tag)
            if not self._holds_items(element, at):
                found[key] = self.raw(element)
            elif self.level < MOST_LEVELS:
                items = Sequence([item.dataset() for item in self.items(tag)])
                found[key] = DataElement(key, "SQ", items, already_converted=True)
            else:
                self._too_deep()
        dataset = Dataset(found)
        dataset.set_original_encoding(self.implicit, self.little, self.charset)
        return dataset

    def _holds_items(self, element: Element, at: int) -> bool:
        return at in self._nested or is_sequence(self._reading, element)

    def _too_deep(self) -> None:
        self._reading.note(f"Sequences nested more than {MOST_LEVELS} deep were passed over.")

    def _list(self, places: dict[int, int]) -> None:
        at, end, reading = self.start, self.end, self._reading
        while True:
            at = self._usual(places, at)
            element = element_at(reading, at, end, self.implicit, self.little)
            if element is None:
                if at < end and self.level == 0:
                    reading.note(_CUT)
                    at = end
                break
            reading.count()
            if element.tag in (ITEM_END, SEQUENCE_END):
                at = element.start if element.tag == ITEM_END else at
                break
            if self.level == 0 and element.tag in PIXEL_TAGS:
                self.pixels = element
                break
            at = self._unusual(places, element, at)
        self.after = at

    def _usual(self, places: dict[int, int], at: int) -> int:
        """List elements of known length up to the first that needs a closer look, and answer where that begins."""
        source, end, left, implicit = self._reading.source, self.end, self._reading.left, self.implicit
        unpack = (_IMPLICIT if implicit else _EXPLICIT)[self.little].unpack_from
        while at + 8 <= end and left > 0:
            if implicit:
                group, number, length = unpack(source, at)
                known = length != UNDEFINED
            else:
                group, number, vr, length = unpack(source, at)
                known = vr in SHORT_VRS
            after = at + 8 + length
            if not known or group >= _FIRST_UNUSUAL_GROUP or after > end:
                break
            places[group << 16 | number] = at
            at = after
            left -= 1
        self._reading.left = left
        return at

    def _unusual(self, places: dict[int, int], element: Element, at: int) -> int:
        """List an element of long or unknown length, or pass it over; the byte after it."""
        whole = element.length is not None and element.start + element.length <= self.end
        if element.length is None or not whole:
            if is_sequence(self._reading, element):
                if self.level >= MOST_LEVELS:
                    self._too_deep()
                    return skip(self._reading, element, self.end)
                items, after = self._items(element)
                self._nested[at], places[element.tag] = items, at
                return after
            if element.length is None:
                return skip(self._reading, element, self.end)
            if self.level == 0:
                self._reading.note(_CUT)
            return self.end
        places[element.tag] = at
        return element.start + element.length

    def _items(self, element: Element) -> "tuple[tuple[Listing, ...], int]":
        """The items of a sequence, and the byte after it."""
        reading = self._reading
        if self.level >= MOST_LEVELS:
            self._too_deep()
            return (), skip(reading, element, self.end)
        # PS3.5 6.2.2 note: a sequence of VR UN holds implicit little endian items, whatever is around it.
        implicit, little = (True, True) if element.vr == "UN" else (element.implicit, element.little)
        only = reading.only_frame if self.level == 0 and element.tag == PER_FRAME_GROUPS else None
        stop = self.end if element.length is None else min(self.end, element.start + element.length)
        items: list[Listing] = []
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
            inner = self._item(item, stop)
            at = inner.end if item.length is not None else inner.after
            items.append(inner)
        else:
            if element.length is None and stop == len(reading.source):
                reading.note(_CUT)
        if element.length is not None and element.start + element.length > len(reading.source):
            reading.note(_CUT)
        return tuple(items), at if element.length is None else stop

    def _item(self, item: Element, stop: int) -> "Listing":
        end = stop if item.length is None else min(stop, item.start + item.length)
        implicit = item.implicit and not (item.start + 8 <= end and looks_explicit(self._reading.source, item.start))
        inner = Listing(self._reading, item.start, end, implicit, item.little, self)
        if item.length is None:
            inner.places()
        return inner


def _encodings(value: bytes) -> list[str]:
    """Python encodings of Specific Character Set (PS3.3 C.12.1.1.2); a term that DICOM does not know counts as ASCII."""
    plain = value.decode("ascii", "replace").upper()
    terms = [
        part.strip(" \0").replace("ISO-IR", "ISO_IR").replace("ISO-2022", "ISO 2022") for part in plain.split("\\")
    ]
    terms = [term if term in python_encoding else "" for term in terms]
    return list(convert_encodings(terms))
