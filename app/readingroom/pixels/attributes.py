"""Attributes read the forgiving way: a value that makes no sense is a missing value, never an exception."""

import struct
from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, NotImplementedError, struct.error, RecursionError
)  # fmt: skip
"""What pydicom raises on values that contradict their VR."""
_BINARY = {
    "US": "u2", "SS": "i2", "UL": "u4", "SL": "i4", "FL": "f4", "FD": "f8", "UV": "u8", "SV": "i8",
    "OW": "u2", "US or SS": "u2", "US or OW": "u2", "US or SS or OW": "u2", "OF": "f4", "OD": "f8", "OL": "u4", "OB": "u1",
}  # fmt: skip
_TEXT = frozenset({"AE", "AS", "CS", "DA", "DT", "TM", "UI", "DS", "IS"})


def numbers(dataset: Dataset, keyword: str | int) -> tuple[float, ...]:
    """Every finite number of an attribute; () where it is absent or no number."""
    item = _item(dataset, keyword)
    if item is None:
        return ()
    if isinstance(item, RawDataElement):
        return _raw_numbers(item)
    return _finite(_several(_value(dataset, keyword)))


def number(dataset: Dataset, keyword: str | int, otherwise: float | None = None) -> float | None:
    """The first number of an attribute, or otherwise."""
    found = numbers(dataset, keyword)
    return found[0] if found else otherwise


def whole(dataset: Dataset, keyword: str | int, otherwise: int = 0) -> int:
    """The first number of an attribute as an integer, or otherwise."""
    found = numbers(dataset, keyword)
    return int(found[0]) if found else otherwise


def pair(dataset: Dataset, keyword: str | int) -> tuple[float, float] | None:
    """Two positive numbers, such as a spacing in mm (between rows, between columns); None for anything else."""
    found = numbers(dataset, keyword)
    return (found[0], found[1]) if len(found) >= 2 and found[0] > 0 and found[1] > 0 else None


def texts(dataset: Dataset, keyword: str | int) -> tuple[str, ...]:
    """Every value of an attribute as text without padding; () where absent or unreadable."""
    item = _item(dataset, keyword)
    if item is None:
        return ()
    if isinstance(item, RawDataElement) and _vr(item) in _TEXT:
        plain = bytes(item.value or b"").decode("latin-1")
        return tuple(part.strip(" \0") for part in plain.split("\\")) if plain.strip(" \0") else ()
    return tuple(str(part).strip(" \0") for part in _several(_value(dataset, keyword)) if part is not None)


def text(dataset: Dataset, keyword: str | int) -> str:
    """The first value of an attribute as text, "" where absent."""
    return next(iter(texts(dataset, keyword)), "")


def items(dataset: Dataset, keyword: str | int) -> tuple[Dataset, ...]:
    """The items of a sequence; () where it is absent, empty or no sequence."""
    if _item(dataset, keyword) is None:
        return ()
    found = _value(dataset, keyword)
    return tuple(item for item in found if isinstance(item, Dataset)) if isinstance(found, Iterable) else ()


def item(dataset: Dataset, keyword: str | int) -> Dataset | None:
    """The first item of a sequence, or None."""
    return next(iter(items(dataset, keyword)), None)


def raw(dataset: Dataset, keyword_or_tag: str | int) -> bytes:
    """The bytes of a binary attribute, b"" where absent; numbers already read go back to little endian words."""
    found = _item(dataset, keyword_or_tag)
    if found is None:
        return b""
    if isinstance(found, RawDataElement):
        value = bytes(found.value or b"")
        words = _vr(found) in ("OW", "US", "SS", "US or OW", "US or SS or OW")
        return (
            value
            if found.is_little_endian or not words
            else np.frombuffer(value[: len(value) // 2 * 2], ">u2").astype("<u2").tobytes()
        )
    value = _value(dataset, keyword_or_tag)
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    return np.array([int(part) & 0xFFFF for part in _finite(_several(value))], "<u2").tobytes()


def _item(dataset: Dataset, keyword: str | int) -> Any:
    tag = tag_for_keyword(keyword) if isinstance(keyword, str) else keyword
    try:
        return dataset.get_item(tag) if tag is not None and tag in dataset else None
    except UNREADABLE:
        return None


def _value(dataset: Dataset, keyword: str | int) -> Any:
    try:
        element = dataset[tag_for_keyword(keyword) if isinstance(keyword, str) else keyword]
        return element.value
    except UNREADABLE:
        return None


def _several(value: Any) -> Iterable[Any]:
    if value is None or isinstance(value, str | bytes):
        return () if not value else (value,)
    return value if isinstance(value, Iterable) and not hasattr(value, "family_name") else (value,)


def _finite(values: Iterable[Any]) -> tuple[float, ...]:
    found = []
    for value in values:
        try:
            found.append(float(value))
        except UNREADABLE:
            return ()
    return tuple(found) if all(isfinite(value) for value in found) else ()


def _vr(element: RawDataElement) -> str:
    if element.VR not in (None, "UN"):
        return str(element.VR)
    try:
        return str(dictionary_VR(element.tag))
    except KeyError:
        return "UN"


def _raw_numbers(element: RawDataElement) -> tuple[float, ...]:
    value, vr = bytes(element.value or b""), _vr(element)
    code = _BINARY.get(vr)
    if code is None:
        parts = value.decode("latin-1").split("\\")
        return _finite(part.strip(" \0") for part in parts) if value.strip(b" \0") else ()
    kind = np.dtype(("<" if element.is_little_endian else ">") + code)
    if not value or len(value) % kind.itemsize:
        return ()
    return _finite(np.frombuffer(value, kind).tolist())
