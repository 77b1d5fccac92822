"""What a score function answers."""

from dataclasses import dataclass

from readingroom.base.errors import ReaderError


@dataclass(frozen=True, slots=True)
class Score:
    """A category with what led to it, what the publication then recommends ("" for nothing), and the publication."""

    category: str
    reasons: tuple[str, ...]
    advice: str
    source: str


def chosen[Value](table: dict[str, Value], choice: str, what: str) -> Value:
    """The value of a choice, or ReaderError naming what there is."""
    if choice not in table:
        raise ReaderError(f"“{choice}” is no {what}.", f"Use one of: {', '.join(table)}.")
    return table[choice]


def positive(number: float, what: str) -> float:
    """A size that is one, or ReaderError."""
    if not 0 < number < 1e5:
        raise ReaderError(f"{what} is {number:g}, and that is no size.", "Measure it again.")
    return number
