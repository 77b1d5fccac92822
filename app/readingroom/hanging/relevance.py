"""What makes an earlier examination matter, and by how much, as resources/priors.toml says it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.record.patient import without_accents
from readingroom.settings.places import resources

POINTS = (
    "same_region", "adjacent_region", "same_side", "opposite_side", "same_modality", "comparable_modality",
    "same_procedure", "same_contrast", "per_half_year",
)  # fmt: skip
WORDS = ("left", "right", "both", "with_contrast", "without_contrast", "oncology")


@dataclass(frozen=True, slots=True)
class Region:
    """A body region: what lies beside it, and the words, terms of Body Part Examined and codes that name it.

    alone: words that name it only where nothing else in the text names a region.
    """

    name: str
    beside: tuple[str, ...]
    words: re.Pattern[str]
    alone: re.Pattern[str] | None
    parts: frozenset[str]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Relevance:
    """The whole table; points by name, least_points of a prior that opens beside the current study unasked."""

    points: Mapping[str, int]
    least_points: int
    pairs: tuple[frozenset[str], ...]
    words: Mapping[str, re.Pattern[str]]
    regions: tuple[Region, ...]

    def beside(self, region: str) -> tuple[str, ...]:
        """The regions that lie beside one."""
        return next((one.beside for one in self.regions if one.name == region), ())


@cache
def usual_relevance() -> Relevance:
    """The table that travels with the program, read once; ReaderError where its file is broken."""
    return relevance(resources() / "priors.toml")


def relevance(path: Path) -> Relevance:
    """The table of a file; ReaderError, with what is wrong, where it cannot be read or lacks something."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        regions = tuple(_region(one) for one in table["region"])
        _check_neighbours(regions)
        return Relevance(
            points={name: _whole(table["points"], name) for name in POINTS},
            least_points=_whole(table["opening"], "least_points"),
            pairs=tuple(frozenset(_texts(one, "modalities")) for one in table["pair"]),
            words={name: _pattern(_texts(table["words"], name)) for name in WORDS},
            regions=regions,
        )
    except KeyError as error:
        raise _broken(path, f"{error} is missing") from error
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError, AttributeError) as error:
        raise _broken(path, str(error)) from error


def _region(table: Mapping[str, Any]) -> Region:
    alone = _texts(table, "alone") if "alone" in table else ()
    return Region(
        name=str(table["name"]),
        beside=_texts(table, "beside"),
        words=_pattern(_texts(table, "words")),
        alone=_pattern(alone) if alone else None,
        parts=frozenset(_texts(table, "parts")),
        codes=frozenset(_texts(table, "codes")),
    )


def _check_neighbours(regions: tuple[Region, ...]) -> None:
    names = [one.name for one in regions]
    for one in regions:
        unknown = set(one.beside) - set(names)
        if unknown or names.count(one.name) > 1:
            raise ValueError(f"{one.name} lies beside {sorted(unknown)}" if unknown else f"{one.name} comes twice")


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Words without accents and case at the beginning of a word; "=" in front: the whole word."""
    found = []
    for word in words:
        bare = re.escape(without_accents(word.removeprefix("="))).replace(r"\ ", r"[\s_-]+")
        found.append(rf"(?<![a-z0-9]){bare}" + (r"(?![a-z0-9])" if word.startswith("=") else r"[a-z]*"))
    return re.compile("|".join(sorted(found, key=len, reverse=True)))


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = table[name]
    if not isinstance(found, list) or not found or not all(isinstance(one, str) and one.strip("=") for one in found):
        raise ValueError(f"{name} is not a list of words")
    return tuple(found)


def _whole(table: Mapping[str, Any], name: str) -> int:
    found = table[name]
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError(f"{name} is not a whole number")
    return found


def _broken(path: Path, why: str) -> ReaderError:
    return ReaderError(
        f"The rules for priors in {path.name} cannot be used: {why}.", "Mend the file, or install again."
    )
