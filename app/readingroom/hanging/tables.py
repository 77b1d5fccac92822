"""How derived attributes are found out, as resources/hanging-attributes.toml says it."""

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

Pattern = re.Pattern[str]
_SPACE = re.compile(r"[_.,;:()\[\]{}\s]+")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of a sequence that make it what it is; None where a limit does not matter."""

    name: str
    repetition: tuple[float | None, float | None]
    echo: tuple[float | None, float | None]
    inversion: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Tables:
    """Every rule table; a list of (name, pattern) is tried in order and the first that matches decides, but for sites."""

    sites: tuple[tuple[str, Pattern, frozenset[str]], ...]
    localizer: Pattern
    capture: Pattern
    reformat: Pattern
    reformat_types: frozenset[str]
    least_cosine: float
    planes: tuple[tuple[str, Pattern], ...]
    kernel_words: tuple[tuple[str, Pattern], ...]
    kernels: tuple[tuple[str, Pattern], ...]
    with_contrast: Pattern
    without_contrast: Pattern
    phases: tuple[tuple[str, Pattern], ...]
    mr_words: tuple[tuple[str, Pattern], ...]
    mr_types: tuple[tuple[str, frozenset[str]], ...]
    mr_times: tuple[Times, ...]
    fatsat: Pattern
    fatsat_options: frozenset[str]
    views: tuple[tuple[str, Pattern], ...]
    breast_views: tuple[tuple[str, Pattern], ...]
    view_modifiers: tuple[tuple[str, Pattern], ...]
    baseline: Pattern


def plain(text: str) -> str:
    """A text as the tables read it: small letters without accents, words apart by one space."""
    return _SPACE.sub(" ", without_accents(text)).strip()


def first(table: tuple[tuple[str, Pattern], ...], text: str) -> str:
    """The name of the first pattern that is found in a plain text, "" where none is."""
    return next((name for name, pattern in table if pattern.search(text)), "")


@cache
def usual_tables() -> Tables:
    """The tables that travel with the program, read once; ReaderError where their file is broken."""
    return tables_of(resources() / "hanging-attributes.toml")


def tables_of(path: Path) -> Tables:
    """The tables of a file; ReaderError, with what is wrong, where it cannot be read or lacks one of them."""
    try:
        return _tables(tomllib.loads(path.read_text("utf-8")))
    except KeyError as error:
        raise _broken(path, f"{error} is missing") from error
    except (OSError, UnicodeDecodeError, TypeError, ValueError, AttributeError, re.error) as error:
        raise _broken(path, str(error)) from error


def _tables(table: Mapping[str, Any]) -> Tables:
    kernel, magnetic, plane = table["kernel"], table["mr"], table["plane"]
    return Tables(
        sites=tuple((str(one["name"]), _words(one["words"]), frozenset(one.get("parts", ()))) for one in table["site"]),
        localizer=_words(table["localizer"]["words"]),
        capture=_words(table["capture"]["words"]),
        reformat=_words(table["reformat"]["words"]),
        reformat_types=frozenset(table["reformat"]["types"]),
        least_cosine=float(plane["least_cosine"]),
        planes=tuple((name, _words(plane[name])) for name in ("axial", "coronal", "sagittal")),
        kernel_words=_named(kernel, "word"),
        kernels=tuple((one["is"], re.compile("|".join(one["match"]))) for one in kernel["rule"]),
        with_contrast=_words(table["contrast"]["with"]),
        without_contrast=_words(table["contrast"]["without"]),
        phases=_named(table, "phase"),
        mr_words=_named(magnetic, "word"),
        mr_types=tuple((one["is"], frozenset(one["values"])) for one in magnetic["type"]),
        mr_times=tuple(_times(one) for one in magnetic["times"]),
        fatsat=_words(table["fatsat"]["words"]),
        fatsat_options=frozenset(table["fatsat"]["options"]),
        views=_named(table, "view"),
        breast_views=_named(table, "breast_view"),
        view_modifiers=tuple((one["name"], _words(one["words"])) for one in table["view_modifier"]),
        baseline=_words(table["baseline"]["words"]),
    )


def _named(table: Mapping[str, Any], name: str) -> tuple[tuple[str, Pattern], ...]:
    return tuple((str(one["is"]), _words(one["words"])) for one in table[name])


def _words(words: Any) -> Pattern:
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        raise ValueError(f"{words!r} is not a list of words")
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z0-9])")


def _times(one: Mapping[str, Any]) -> Times:
    def limits(name: str) -> tuple[float | None, float | None]:
        low, high = one.get(f"{name}_above"), one.get(f"{name}_below")
        return None if low is None else float(low), None if high is None else float(high)

    return Times(str(one["is"]), limits("repetition"), limits("echo"), limits("inversion"))


def _broken(path: Path, why: str) -> ReaderError:
    problem = f"The rules for what a series is, in {path.name}, cannot be used: {why}."
    return ReaderError(problem, "Mend the file, or install again.")
