"""How series are split into display sets, as resources/display-sets.toml says it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.places import resources


@dataclass(frozen=True, slots=True)
class SetRules:
    """What splits a series and what orders its parts; modalities are DICOM's codes.

    marks: what tells images at one position apart, in the order in which it is tried, each with its word. views, sides:
    the order in which projections are read; view_names: the short name of a view whose code is written out.
    """

    projections: frozenset[str]
    moving: frozenset[str]
    never_by_position: frozenset[str]
    localizer_words: frozenset[str]
    least_turning: int
    marks: tuple[tuple[str, str], ...]
    views: tuple[str, ...]
    sides: tuple[str, ...]
    view_names: tuple[tuple[str, str], ...]
    read_across_series: frozenset[str]

    def is_localizer(self, image_type: tuple[str, ...]) -> bool:
        """Whether Image Type says so from its third value on (PS3.3 C.8.2.1.1.1)."""
        return any(part.upper() in self.localizer_words for part in image_type[2:])

    def word(self, mark: str) -> str:
        """What is said of a mark before its value; its own name where the rules have no word."""
        return next((word for name, word in self.marks if name == mark and word), mark)

    def reading_rank(self, view: str, side: str) -> tuple[int, int]:
        """Where a projection comes in the order of reading: views first, then sides, the unnamed last."""
        short = next((name for written, name in self.view_names if written == view.lower()), view.upper())
        return _rank(short, self.views), _rank(side.upper(), self.sides)


def _rank(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


@cache
def usual_rules() -> SetRules:
    """The rules that travel with the program, read once; ReaderError where their file is broken."""
    return set_rules(resources() / "display-sets.toml")


def set_rules(path: Path) -> SetRules:
    """The rules of a file; ReaderError, with what is wrong, where it cannot be read or lacks one of them."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        return SetRules(
            projections=frozenset(_words(table, "projections")),
            moving=frozenset(_words(table, "moving")),
            never_by_position=frozenset(_words(table, "never_by_position")),
            localizer_words=frozenset(_words(table, "localizer_words")),
            least_turning=_count(table, "least_turning"),
            marks=tuple((str(mark["name"]), str(mark["word"])) for mark in table["marks"]),
            views=_words(table, "views"),
            sides=_words(table, "sides"),
            view_names=tuple((str(name).lower(), str(view)) for name, view in table["view_names"].items()),
            read_across_series=frozenset(_words(table, "read_across_series")),
        )
    except KeyError as error:
        raise _broken(path, f"{error} is missing") from error
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError, AttributeError) as error:
        raise _broken(path, str(error)) from error


def _broken(path: Path, why: str) -> ReaderError:
    return ReaderError(
        f"The rules for display sets in {path.name} cannot be used: {why}.", "Mend the file, or install again."
    )


def _words(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = table[name]
    if not isinstance(found, list) or not all(isinstance(word, str) and word for word in found):
        raise ValueError(f"{name} is not a list of words")
    return tuple(word.upper() for word in found)


def _count(table: Mapping[str, Any], name: str) -> int:
    found = table[name]
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise ValueError(f"{name} is not a number above 0")
    return found
