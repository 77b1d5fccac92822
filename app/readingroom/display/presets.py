"""Window presets by modality, read from resources/presets.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from readingroom.base.errors import ReaderError


@dataclass(frozen=True, slots=True)
class Preset:
    """A named window in modality units with its key."""

    modality: str
    name: str
    centre: float
    width: float
    key: str
    function: str = "LINEAR"


def presets(path: Path) -> tuple[Preset, ...]:
    """The presets of a file, in its order; ReaderError when it cannot be read."""
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("preset", [])
        return tuple(
            Preset(str(t["modality"]), str(t["name"]), float(t["centre"]), float(t["width"]), str(t.get("key", "")))
            for t in tables
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ReaderError(f"The window presets in {path.name} cannot be read ({error}).", "Mend the file.") from error


def for_modality(all_presets: tuple[Preset, ...], modality: str) -> tuple[Preset, ...]:
    """The presets of one modality."""
    return tuple(preset for preset in all_presets if preset.modality == modality)
