"""The content tree of a structured report as it is found in the world: every access lenient, nothing assumed."""

from collections.abc import Iterator
from math import isfinite

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as DicomSequence

from readingroom.reporting.sr_items import Code

NO_CODE: Code = ("", "", "")
_TEXTS = frozenset({"PN", "LO", "SH", "ST", "LT", "UC", "UT"})


def children(item: Dataset) -> tuple[Dataset, ...]:
    """The content items below one; none where there is no content sequence."""
    return inside(item, "ContentSequence")


def inside(item: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """The items of a sequence by keyword; none where it is absent or is no sequence."""
    found = item.get(keyword)
    return tuple(found) if isinstance(found, DicomSequence) else ()


def word(item: Dataset, keyword: str) -> str:
    """A single value as text, stripped; "" where it is absent."""
    value = item.get(keyword)
    return "" if value is None else str(value).strip()


def code(item: Dataset, keyword: str = "ConceptNameCodeSequence") -> Code:
    """The first code of a code sequence; empty parts where it is absent."""
    found = inside(item, keyword)
    if not found:
        return NO_CODE
    first = found[0]
    value = word(first, "CodeValue") or word(first, "LongCodeValue") or word(first, "URNCodeValue")
    return value, word(first, "CodingSchemeDesignator"), word(first, "CodeMeaning")


def kind(item: Dataset) -> str:
    """The value type, e.g. "NUM"."""
    return word(item, "ValueType").upper()


def said(item: Dataset) -> str:
    """What an item of codes, text, names or times says in words; "" for every other kind."""
    value_type = kind(item)
    if value_type == "CODE":
        value, _, meaning = code(item, "ConceptCodeSequence")
        return meaning or value
    keyword = {"TEXT": "TextValue", "PNAME": "PersonName", "DATE": "Date", "TIME": "Time", "DATETIME": "DateTime"}
    return "\n".join(word(item, keyword[value_type]).splitlines()) if value_type in keyword else ""


def respelled(document: Dataset) -> None:
    """Read the texts of a document that names no character set as UTF-8, if all of them are.

    Cornerstone writes so. Letters beyond ASCII need a named set (PS3.5 6.1.2.1): no correct document changes.
    """
    if document.get("SpecificCharacterSet"):
        return
    try:
        found = [(element, _as_utf8(element.value)) for element in _letters(document)]
    except UnicodeError:
        return
    for element, text in found:
        element.value = text
    if found:
        document.SpecificCharacterSet = "ISO_IR 192"


def _letters(item: Dataset) -> Iterator[DataElement]:
    """The text elements with letters beyond ASCII; items that name their own character set are left out."""
    for element in item:
        if element.VR == "SQ":
            for below in element.value:
                if not below.get("SpecificCharacterSet"):
                    yield from _letters(below)
        elif element.VR in _TEXTS and not str(element.value).isascii():
            yield element


def _as_utf8(value: object) -> object:
    if isinstance(value, list | MultiValue):
        return [_as_utf8(one) for one in value]
    return str(value).encode("latin-1").decode("utf-8")


def numbers(item: Dataset, keyword: str) -> tuple[float, ...] | None:
    """All values of an element as finite numbers; None where one is not."""
    value = item.get(keyword)
    if value is None:
        return ()
    listed = [value] if isinstance(value, str | int | float) or not hasattr(value, "__iter__") else list(value)
    try:
        found = tuple(float(one) for one in listed)
    except (TypeError, ValueError):
        return None
    return found if all(map(isfinite, found)) else None
