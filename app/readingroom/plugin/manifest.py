"""A plug-in's manifest, plugin.toml: read at start, so that nothing of the plug-in runs before it is used."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError

API = 1
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MAKE = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*:[a-z_][a-z0-9_]*")
_KEYS = {"id", "title", "version", "api", "package", "measurement"}
_MEASUREMENT_KEYS = {"id", "title", "make", "points", "modalities", "hint"}


@dataclass(frozen=True, slots=True)
class MeasurementEntry:
    """One [[measurement]]: make is "module:function" inside the package; points: the numbers of points it takes."""

    id: str
    title: str
    make: str
    points: tuple[int, ...]
    modalities: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a plug-in says of itself; folder holds plugin.toml and the package."""

    id: str
    title: str
    version: str
    package: str
    folder: Path
    measurements: tuple[MeasurementEntry, ...]


def read_manifest(path: Path) -> Manifest:
    """A plugin.toml, or ReaderError naming the file and what is wrong with it."""
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _trouble(path, f"it cannot be read ({error})") from error
    _check_keys(path, words, _KEYS, "")
    if words.get("api") != API:
        raise _trouble(
            path,
            f"it is for api {words.get('api', '(none)')} and this Reading Room has api {API}",
            "Get its new version.",
        )
    plugin_id = _word(path, words, "id", _ID)
    package = _word(path, {"package": plugin_id, **words}, "package", _ID)
    if not (path.parent / package / "__init__.py").is_file():
        raise _trouble(path, f"its package {package} is not beside it")
    entries = words.get("measurement", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _trouble(path, "measurement is not written as [[measurement]]")
    return Manifest(
        id=plugin_id,
        title=_word(path, words, "title"),
        version=_word(path, {"version": "0", **words}, "version"),
        package=package,
        folder=path.parent,
        measurements=tuple(_measurement(path, entry) for entry in entries),
    )


def _measurement(path: Path, entry: Mapping[str, Any]) -> MeasurementEntry:
    _check_keys(path, entry, _MEASUREMENT_KEYS, "measurement.")
    points = entry.get("points")
    if not isinstance(points, list) or not points or not all(type(n) is int and 0 < n <= 1000 for n in points):
        raise _trouble(path, "measurement.points is not a list of numbers of points, such as [2]")
    modalities = entry.get("modalities", [])
    if not isinstance(modalities, list) or not all(isinstance(modality, str) for modality in modalities):
        raise _trouble(path, 'measurement.modalities is not a list of words, such as ["CT"]')
    return MeasurementEntry(
        id=_word(path, entry, "id", _ID),
        title=_word(path, entry, "title"),
        make=_word(path, entry, "make", _MAKE),
        points=tuple(points),
        modalities=tuple(modalities),
        hint=_word(path, {"hint": "", **entry}, "hint", re.compile(r".*")),
    )


def _word(path: Path, words: Mapping[str, Any], key: str, shape: re.Pattern[str] = re.compile(r".*\S.*")) -> str:
    value = words.get(key)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise _trouble(path, f"{key} is {'not there' if value is None else f'“{value}”'}")
    return value


def _check_keys(path: Path, words: Mapping[str, Any], known: set[str], place: str) -> None:
    strange = sorted(set(words) - known)
    if strange:
        raise _trouble(path, f"this Reading Room does not know {place}{strange[0]}")


def _trouble(path: Path, problem: str, remedy: str = "") -> ReaderError:
    name = f"{path.parent.name}/{path.name}"
    return ReaderError(f"The plug-in {name} cannot be used: {problem}.", remedy or "Correct it, or remove its folder.")
