"""Attributes of a header, whatever carries it: the DICOM JSON model (PS3.18 F) or a pydicom Dataset.

Readers here are lenient: what is absent, empty or malformed is None or "", never an exception.
"""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Protocol

_HEX = re.compile("[0-9A-Fa-f]{8}")
_NAME_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


class Tags(Protocol):
    """A header's attributes by tag number, e.g. 0x00100020."""

    def values(self, tag: int) -> tuple[Any, ...]:
        """Every value of an attribute as a number or a string; () when absent, empty or malformed."""
        ...

    def items(self, tag: int) -> "tuple[Tags, ...]":
        """The items of a sequence; () when absent."""
        ...


class JsonTags:
    """Attributes of one DICOM JSON object (PS3.18 F.2), read straight from the parsed dict."""

    __slots__ = ("_elements",)

    def __init__(self, elements: Mapping[str, Any]) -> None:
        self._elements = _by_tag(elements)

    def values(self, tag: int) -> tuple[Any, ...]:
        """Every value; person names as "Alphabetic=Ideographic=Phonetic" (PS3.18 F.2.2)."""
        # Thousands of headers are read while somebody waits for the first image, and most attributes are absent or one.
        raw = self._raw(tag)
        if not raw:
            return ()
        if len(raw) == 1:
            value = _json_value(raw[0])
            return () if value is None or value == "" else (value,)
        return tuple(v for v in map(_json_value, raw) if v is not None and v != "")

    def items(self, tag: int) -> tuple[Tags, ...]:
        """The items of a sequence."""
        raw = self._raw(tag)
        return tuple(JsonTags(item) for item in raw if isinstance(item, dict)) if raw else ()

    def _raw(self, tag: int) -> list[Any] | None:
        element = self._elements.get(tag)
        value = element.get("Value") if isinstance(element, dict) else None
        return value if isinstance(value, list) else None


class DatasetTags:
    """Attributes of one pydicom Dataset, its file meta included; other character sets are decoded by pydicom."""

    __slots__ = ("_dataset", "_meta")

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self._meta = getattr(dataset, "file_meta", None)

    def values(self, tag: int) -> tuple[Any, ...]:
        """Every value; an element that pydicom cannot convert has none."""
        value = self._value(tag)
        if value is None:
            return ()
        many = value if isinstance(value, list | tuple) or _is_multiple(value) else (value,)
        plain = (_dataset_value(one) for one in many)
        return tuple(v for v in plain if v not in (None, ""))

    def items(self, tag: int) -> tuple[Tags, ...]:
        """The items of a sequence."""
        value = self._value(tag)
        if value is None or isinstance(value, str | bytes):
            return ()
        try:
            return tuple(DatasetTags(item) for item in value if hasattr(item, "get_item"))
        except Exception:  # noqa: BLE001  (a sequence that pydicom cannot open has no items)
            return ()

    def _value(self, tag: int) -> Any:
        source = self._meta if tag >> 16 == 2 else self._dataset
        try:
            return source[tag].value if source is not None and tag in source else None
        except Exception:  # noqa: BLE001  (whatever pydicom cannot convert is malformed, and malformed is absent)
            return None


def text(tags: Tags, tag: int) -> str:
    """The first value as text without padding; "" when absent."""
    found = tags.values(tag)
    return _clean(found[0]) if found else ""


def texts(tags: Tags, tag: int) -> tuple[str, ...]:
    """Every value as text without padding."""
    return tuple(_clean(value) for value in tags.values(tag))


def number(tags: Tags, tag: int) -> float | None:
    """The first value as a finite number, or None."""
    found = tags.values(tag)
    return _finite(found[0]) if found else None


def numbers(tags: Tags, tag: int, count: int) -> tuple[float, ...] | None:
    """Exactly `count` finite numbers, or None where there are fewer, more, or one is malformed."""
    found = [_finite(value) for value in tags.values(tag)]
    whole_list = [value for value in found if value is not None]
    return tuple(whole_list) if len(found) == len(whole_list) == count else None


def whole(tags: Tags, tag: int) -> int | None:
    """The first value as a whole number, or None."""
    value = number(tags, tag)
    return int(value) if value is not None and value == int(value) else None


def day(tags: Tags, tag: int) -> date | None:
    """A DA value (PS3.5 6.2), the old form with dots included; None when malformed."""
    digits = text(tags, tag).replace(".", "").replace("-", "")
    if len(digits) < 8 or not digits[:8].isdecimal():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def clock(tags: Tags, tag: int) -> time | None:
    """A TM value (PS3.5 6.2) of any precision to the second; a leap second reads as 59; None when malformed."""
    digits = text(tags, tag).replace(":", "").partition(".")[0]
    if not digits.isdecimal() or len(digits) not in (2, 4, 6):
        return None
    hour, minute, second = (int(digits[n : n + 2] or "0") for n in (0, 2, 4))
    try:
        return time(hour, minute, min(second, 59))
    except ValueError:
        return None


def code(tags: Tags, tag: int) -> tuple[str, str, str] | None:
    """The first item of a code sequence as (value, scheme, meaning) (PS3.3 8.8), or None."""
    for item in tags.items(tag):
        value = text(item, 0x00080100) or text(item, 0x00080119) or text(item, 0x00080120)
        if value:
            return value, text(item, 0x00080102), text(item, 0x00080104)
    return None


def _by_tag(elements: Mapping[str, Any]) -> dict[int, Any]:
    """Elements by tag number, however their keys are written; what is no tag is left out."""
    try:
        return {int(key, 16): element for key, element in elements.items()}
    except ValueError:
        return {int(key, 16): element for key, element in elements.items() if _HEX.fullmatch(key)}


def _json_value(raw: Any) -> Any:
    if isinstance(raw, (str, int, float)):
        return raw
    if isinstance(raw, dict):
        groups = [str(raw.get(group) or "") for group in _NAME_GROUPS]
        return "=".join(groups).rstrip("=")
    return None


def _dataset_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1").rstrip("\0 ")
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)


def _is_multiple(value: Any) -> bool:
    return hasattr(value, "__iter__") and hasattr(value, "append") and not isinstance(value, str | bytes)


def _clean(value: Any) -> str:
    if isinstance(value, str):
        return value.strip(" \0\t\r\n")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip(" \0\t\r\n")


def _finite(value: Any) -> float | None:
    try:
        found = float(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if math.isfinite(found) else None
