"""Numbers in reports: how a measured value is said, and which quantities a text names."""

import re
from dataclasses import dataclass

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.record.finding import Value

_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
_SIZE = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?(?:\s*(?:mm|cm)?\s*[x×]\s*\d+(?:[.,]\d+)?){0,2})\s*-?\s*(mm|cm)(?![\w²³])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_STATED = re.compile(r"\s*([+\-−–]?\d+(?:[.,]\d+)?)\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Size:
    """One length as a text names it: the words, and what they say in millimetres."""

    words: str
    millimetres: float


def said(value: Value, unit: str = "") -> str:
    """A measured value as a report says it, e.g. "9.8 mm", in `unit` where one is asked for.

    ReaderError where the value is in a unit that does not become the one asked for, e.g. pixels for millimetres.
    """
    number, own = value.value, value.unit
    if unit and unit not in (own, words.unit(own)):
        if own not in _MILLIMETRES or unit not in _MILLIMETRES:
            raise ReaderError(
                f"This measurement is in {own or 'no unit'}, and the field wants {unit}.",
                "Calibrate the image, or write the number with its unit into a text field.",
            )
        number, own = number * _MILLIMETRES[own] / _MILLIMETRES[unit], unit
    return words.amount(Value(value.concept, number, own))


def stated(text: str, unit: str) -> float | None:
    """What the text of a number field says, in the field's unit; None where it is not one number in a known unit."""
    match = _STATED.fullmatch(text)
    if match is None:
        return None
    number = float(match[1].replace(",", ".").replace("−", "-").replace("–", "-"))
    named = match[2].strip()
    if named in ("", unit, words.unit(unit)):
        return number
    if named in _MILLIMETRES and unit in _MILLIMETRES:
        return number * _MILLIMETRES[named] / _MILLIMETRES[unit]
    return None


def sizes(text: str) -> tuple[Size, ...]:
    """Every length in millimetres or centimetres that a text names; "12 x 8 mm" names two."""
    found: list[Size] = []
    for match in _SIZE.finditer(text):
        for number in _NUMBER.findall(match[1]):
            value = float(number.replace(",", "."))
            found.append(Size(match[0], value * _MILLIMETRES[match[2].lower()]))
    return tuple(found)


def places(text: str, number: str) -> tuple[tuple[int, int], ...]:
    """Where a number stands in a text by itself: never inside a longer number or word."""
    pattern = rf"(?<![\w.,]){re.escape(number)}(?!\w|[.,]\d)" if number else r"(?!)"
    return tuple(match.span() for match in re.finditer(pattern, text))
