"""The schema of settings.toml, made from the sections themselves: every key, its type, default and meaning."""

from collections.abc import Iterator
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

from readingroom.settings.load import CHOICES, SECTIONS, SMALLEST, TYPE_WORDS, default_of
from readingroom.settings.sections import ArchiveSettings, MonitorSettings, Settings


@dataclass(frozen=True, slots=True)
class Key:
    """One key of settings.toml; default is None where the key must be given."""

    table: str
    name: str
    type: str
    default: Any
    required: bool
    meaning: str


def schema() -> tuple[Key, ...]:
    """Every key that settings.toml may hold, table by table."""
    keys = [*_keys_of("[[archive]]", "archive", ArchiveSettings)]
    for name, kind in SECTIONS.items():
        keys += _keys_of(f"[{name}]", name, kind)
    keys += _keys_of("[[monitor]]", "monitor", MonitorSettings)
    own = next(setting for setting in fields(Settings) if setting.name == "keys")
    keys.append(Key("[keys]", '"command-id"', "a list of texts", [], False, own.metadata["meaning"]))
    return tuple(keys)


def schema_lines() -> tuple[str, ...]:
    """The schema as lines to read, one table after another."""
    lines: list[str] = []
    table = ""
    for key in schema():
        if key.table != table:
            lines += ["", key.table]
            table = key.table
        default = "must be given" if key.required else f"default {_shown(key.default)}"
        lines.append(f"  {key.name:<16} {key.type}; {default}")
        lines.append(f"  {'':<16} {key.meaning}")
    return tuple(lines[1:])


def current(settings: Settings) -> dict[str, Any]:
    """Settings as the tables of the file, defaults included."""
    tables: dict[str, Any] = {"archive": [asdict(archive) for archive in settings.archives]}
    tables |= {name: asdict(getattr(settings, name)) for name in SECTIONS}
    tables["monitor"] = [asdict(monitor) for monitor in settings.monitors]
    tables["keys"] = {command: list(keys) for command, keys in settings.keys}
    return tables


def _keys_of(table: str, name: str, kind: type) -> Iterator[Key]:
    for setting in fields(kind):
        default = default_of(setting)
        choices = CHOICES.get((name, setting.name))
        assert isinstance(setting.type, type)
        words = " | ".join(choices) if choices else TYPE_WORDS[setting.type]
        least = SMALLEST.get((name, setting.name))
        words += f", at least {least:g}" if least is not None else ""
        required = default is MISSING
        yield Key(table, setting.name, words, None if required else default, required, setting.metadata["meaning"])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == ():
        return "none"
    return f'"{value}"' if isinstance(value, str) else str(value)
