"""Colours that values are shown in: the well-known palettes of DICOM, read from resources/palettes.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.settings.places import resources

ENTRIES = 256


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """A palette by its name on a command line and its title on the glass; entries: RGB uint8, shape (256, 3)."""

    name: str
    title: str
    entries: NDArray[np.uint8]


@cache
def palettes() -> tuple[Palette, ...]:
    """The palettes that travel with the program, in the order of its file (PS3.6 Annex B)."""
    return palettes_in(resources() / "palettes.toml")


def palettes_in(path: Path) -> tuple[Palette, ...]:
    """The palettes of a file, in its order; ReaderError when it cannot be read."""
    try:
        return tuple(_palette(table) for table in tomllib.loads(path.read_text("utf-8"))["palette"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ReaderError(f"The palettes in {path.name} cannot be read ({error}).", "Mend the file.") from error


def palette_named(name: str) -> Palette:
    """A palette by its name; ReaderError where there is none."""
    for one in palettes():
        if one.name == name.lower().replace("_", "-"):
            return one
    known = ", ".join(one.name for one in palettes())
    raise ReaderError(f"There is no palette “{name}”.", f"Use one of: {known}.")


def _palette(table: dict[str, Any]) -> Palette:
    channels = [np.frombuffer(bytes.fromhex(table[name]), np.uint8) for name in ("red", "green", "blue")]
    if any(len(channel) != ENTRIES for channel in channels):
        raise ValueError(f"{table['name']} has not {ENTRIES} entries")
    entries = np.stack(channels, axis=1)
    entries.flags.writeable = False
    return Palette(str(table["name"]), str(table["title"]), entries)
