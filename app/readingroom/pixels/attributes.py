"""Attributes read the forgiving way: a value that makes no sense is a missing value, never an exception."""

import struct
from collections.abc import Iterable
from functools import lru_cache
from math import isfinite
from typing import Any, overload

import numpy as np
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from readingroom.pixels.elements import dictionary_vr
from readingroom.pixels.listing import CHARSET, Listing

type Attributes = Dataset | Listing
"""A header or an item of it: as pydicom holds it, or as its bytes lie."""

UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, NotImplementedError, struct.error, RecursionError
)  # fmt: skip
"""What pydicom raises on values that contradict their VR."""
_BINARY = {
    "US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q",
    "OW": "H", "US or SS": "H", "US or OW": "H", "US or SS or OW": "H", "OF": "f", "OD": "d", "OL": "I", "OB": "B",
}  # fmt: skip
_BYTES = {code: struct.calcsize(f"<{code}") for code in "HhIifdQqB"}
_WORDS = frozenset({"OW", "US", "SS", "US or OW", "US or SS or OW"})
_TEXT = frozenset({"AE", "AS", "CS", "DA", "DT", "TM", "UI", "DS", "IS"})
_ANY_LANGUAGE = frozenset({"LO", "SH"})
"""Text whose bytes mean what the character set says, and the same in every one where they are ASCII without escapes."""


def numbers(dataset: Attributes, keyword: str | int) -> tuple[float, ...]:
    """Every finite number of an attribute; () where it is absent or no number."""
    if isinstance(dataset, Listing):
        known = dataset.numbers.get(keyword)
        if known is None:
            plain = _plain(dataset, keyword)
            known = dataset.numbers[keyword] = () if plain is None else _plain_numbers(*plain)
        return known
    plain = _plain(dataset, keyword)
    return _finite(_several(_value(dataset, keyword))) if plain is None else _plain_numbers(*plain)


def number(dataset: Attributes, keyword: str | int, otherwise: float | None = None) -> float | None:
    """The first number of an attribute, or otherwise."""
    found = numbers(dataset, keyword)
    return found[0] if found else otherwise


def whole(dataset: Attributes, keyword: str | int, otherwise: int = 0) -> int:
    """The first number of an attribute as an integer, or otherwise."""
    found = numbers(dataset, keyword)
    return int(found[0]) if found else otherwise


def pair(dataset: Attributes, keyword: str | int) -> tuple[float, float] | None:
    """Two positive numbers, such as a spacing in mm (between rows, between columns); None for anything else."""
    found = numbers(dataset, keyword)
    return (found[0], found[1]) if len(found) >= 2 and found[0] > 0 and found[1] > 0 else None


def texts(dataset: Attributes, keyword: str | int) -> tuple[str, ...]:
    """Every value of an attribute as text without padding; () where absent or unreadable."""
    if not isinstance(dataset, Listing):
        return _texts(dataset, keyword)
    known = dataset.texts.get(keyword)
    if known is None:
        known = dataset.texts[keyword] = _texts(dataset, keyword)
    return known


def _texts(dataset: Attributes, keyword: str | int) -> tuple[str, ...]:
    plain = _plain(dataset, keyword)
    if plain is not None:
        vr, value, _ = plain
        if not value or vr in _TEXT or (vr in _ANY_LANGUAGE and value.isascii() and b"\x1b" not in value):
            said = value.decode("latin-1")
            return tuple([part.strip(" \0") for part in said.split("\\")]) if said.strip(" \0") else ()
    elif isinstance(dataset, Listing):
        return ()
    return tuple(str(part).strip(" \0") for part in _several(_value(dataset, keyword)) if part is not None)


def text(dataset: Attributes, keyword: str | int) -> str:
    """The first value of an attribute as text, "" where absent."""
    found = texts(dataset, keyword)
    return found[0] if found else ""


@overload
def items(dataset: Listing, keyword: str | int) -> tuple[Listing, ...]: ...
@overload
def items(dataset: Dataset, keyword: str | int) -> tuple[Dataset, ...]: ...
def items(dataset: Attributes, keyword: str | int) -> tuple[Attributes, ...]:
    """The items of a sequence; () where it is absent, empty or no sequence."""
    tag = _tag(keyword)
    if tag is None:
        return ()
    if isinstance(dataset, Listing):
        return dataset.items(tag)
    found = _value(dataset, keyword) if tag in dataset else None
    return tuple(item for item in found if isinstance(item, Dataset)) if isinstance(found, Iterable) else ()


@overload
def item(dataset: Listing, keyword: str | int) -> Listing | None: ...
@overload
def item(dataset: Dataset, keyword: str | int) -> Dataset | None: ...
def item(dataset: Attributes, keyword: str | int) -> Attributes | None:
    """The first item of a sequence, or None."""
    return next(iter(items(dataset, keyword)), None)


def has(dataset: Attributes, keyword: str | int) -> bool:
    """Whether an attribute is there, with a value or without."""
    tag = _tag(keyword)
    return tag is not None and tag in dataset


def between(dataset: Attributes, first: int, last: int) -> list[int]:
    """The tags from first to last that are there, in their order."""
    tags = dataset.places() if isinstance(dataset, Listing) else dataset.keys()
    return sorted(tag for tag in tags if first <= tag <= last)


def held(dataset: Attributes, tag: int) -> object:
    """The value of an attribute as it is held, bytes where nobody has converted it; None where it is absent."""
    if isinstance(dataset, Listing):
        element = dataset.element(tag)
        return None if element is None else dataset.value(element)
    return dataset.get_item(tag).value if tag in dataset else None


def raw(dataset: Attributes, keyword_or_tag: str | int) -> bytes:
    """The bytes of a binary attribute, b"" where absent; numbers already read go back to little endian words."""
    plain = _plain(dataset, keyword_or_tag)
    if plain is not None:
        vr, octets, little = plain
        if little or vr not in _WORDS:
            return octets
        return np.frombuffer(octets[: len(octets) // 2 * 2], ">u2").astype("<u2").tobytes()
    value = _value(dataset, keyword_or_tag)
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    return np.array([int(part) & 0xFFFF for part in _finite(_several(value))], "<u2").tobytes()


@lru_cache(maxsize=4096)
def _tag(keyword: str | int) -> int | None:
    return tag_for_keyword(keyword) if isinstance(keyword, str) else keyword


def _plain(dataset: Attributes, keyword: str | int) -> tuple[str, bytes, bool] | None:
    """VR, bytes and whether they are little endian, of an attribute whose value nobody has converted yet."""
    tag = _tag(keyword)
    if tag is None:
        return None
    if isinstance(dataset, Listing):
        vr, value = dataset.plain(tag)
        if value is None:
            return None
        return vr if vr is not None and vr != "UN" else _vr(vr, tag), value, dataset.little
    try:
        found = dataset.get_item(tag) if tag in dataset else None
    except UNREADABLE:
        return None
    if not isinstance(found, RawDataElement):
        return None
    return _vr(found.VR, tag), bytes(found.value or b""), found.is_little_endian


def _value(dataset: Attributes, keyword: str | int) -> Any:
    tag = _tag(keyword)
    if tag is None or tag not in dataset:
        return None
    try:
        return (dataset.dataset((CHARSET, tag)) if isinstance(dataset, Listing) else dataset)[tag].value
    except UNREADABLE:
        return None


def _several(value: Any) -> Iterable[Any]:
    if value is None or isinstance(value, str | bytes):
        return () if not value else (value,)
    return value if isinstance(value, Iterable) and not hasattr(value, "family_name") else (value,)


def _finite(values: Iterable[Any]) -> tuple[float, ...]:
    try:
        found = tuple([float(value) for value in values])
    except UNREADABLE:
        return ()
    return found if isfinite(sum(found)) or all(map(isfinite, found)) else ()


def _vr(vr: str | None, tag: int) -> str:
    return vr if vr is not None and vr != "UN" else dictionary_vr(tag) or "UN"


def _plain_numbers(vr: str, value: bytes, little: bool) -> tuple[float, ...]:
    if vr == "US" and len(value) == 2:
        return (float(int.from_bytes(value, "little" if little else "big")),)
    code = _BINARY.get(vr)
    if code is None:
        parts = value.split(b"\\")
        try:
            found = tuple([float(part) for part in parts])
        except ValueError:
            return _finite([part.decode("latin-1").strip(" \0") for part in parts])
        return found if all(map(isfinite, found)) else ()
    count, rest = divmod(len(value), _BYTES[code])
    return () if not count or rest else _finite(struct.unpack(f"{'<' if little else '>'}{count}{code}", value))
