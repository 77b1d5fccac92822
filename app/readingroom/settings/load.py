"""settings.toml read into typed sections, with errors that name the file, the table, the key and what belongs there."""

import difflib
import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from readingroom.base.errors import ReaderError
from readingroom.settings.monitor_tables import LUMINANCE_WORDS, check_monitor, luminance_from
from readingroom.settings.places import Profile
from readingroom.settings.sections import (
    ARCHIVE_KINDS,
    AUTH_KINDS,
    ENGINES,
    MONITOR_ROLES,
    PRODUCTS,
    ArchiveSettings,
    DiskSettings,
    DisplaySettings,
    HangingSettings,
    Luminance,
    MonitorSettings,
    ReaderSettings,
    Settings,
    WorklistSettings,
)

SECTIONS: dict[str, type] = {
    "reader": ReaderSettings,
    "disk": DiskSettings,
    "display": DisplaySettings,
    "worklist": WorklistSettings,
    "hanging": HangingSettings,
}
"""The tables that may stand once, by their name in the file."""

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("archive", "kind"): ARCHIVE_KINDS,
    ("archive", "auth"): AUTH_KINDS,
    ("archive", "product"): PRODUCTS,
    ("display", "engine"): ENGINES,
    ("monitor", "role"): MONITOR_ROLES,
}
"""Keys whose value is one of a few words."""

SMALLEST: dict[tuple[str, str], float] = {
    ("archive", "timeout_s"): 0.1,
    ("archive", "port"): 0,
    ("archive", "own_port"): 0,
    ("disk", "budget_gb"): 0.1,
    ("disk", "keep_free_gb"): 0,
    ("display", "frame_memory_mb"): 64,
    ("display", "volume_memory_mb"): 0,
    ("worklist", "days"): 0,
    ("worklist", "refresh_s"): 0,
    ("monitor", "ambient_cd_m2"): 0,
    ("monitor", "valid_days"): 1,
    ("monitor", "pitch_mm"): 0,
}
"""The smallest number that makes sense for a key."""

TYPE_WORDS: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    Luminance: LUMINANCE_WORDS,
}


def load(profile: Profile) -> Settings:
    """The settings of a profile; a missing file gives the defaults. ReaderError names what is wrong and where."""
    path = profile.settings
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise ReaderError(f"{path} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from error
    except OSError as error:
        raise ReaderError(f"{path} cannot be read: {error.strerror}.", "Make it a file that you may read.") from error
    return parse(text, path)


def parse(text: str, path: Path) -> Settings:
    """Settings from TOML text; path is named in errors, and relative archive folders are taken from its folder."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReaderError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error
    _refuse_unknown(path, "", tables, ("archive", "monitor", "keys", *SECTIONS))
    sections = {
        name: _section(path, f"[{name}]", name, kind, tables[name]) for name, kind in SECTIONS.items() if name in tables
    }
    return Settings(
        archives=_archives(path, tables),
        monitors=_monitors(path, tables),
        keys=_keys(path, tables.get("keys", {})),
        **sections,
    )


def save(profile: Profile, settings: Settings) -> None:
    """Write the settings so that `load` gives them back; the file is replaced whole or not at all."""
    from readingroom.settings.private_file import write_private

    write_private(profile.settings, as_toml(settings).encode())


def write_default(profile: Profile, archives: Sequence[ArchiveSettings]) -> Settings:
    """The settings of a profile, first written with these archives and defaults where there are none yet."""
    if not profile.settings.exists():
        save(profile, Settings(archives=tuple(archives)))
    return load(profile)


def as_toml(settings: Settings) -> str:
    """The settings as TOML text; values equal to their default are left out."""
    lines: list[str] = []
    for archive in settings.archives:
        lines += ["[[archive]]", *_changed(archive), ""]
    for name in SECTIONS:
        changed = _changed(getattr(settings, name))
        if changed:
            lines += [f"[{name}]", *changed, ""]
    for monitor in settings.monitors:
        lines += ["[[monitor]]", *_changed(monitor), ""]
    if settings.keys:
        lines += ["[keys]", *(f"{_quoted(command)} = {_toml(keys)}" for command, keys in settings.keys), ""]
    return "\n".join(lines)


def default_of(setting: "Field[Any]") -> Any:
    """The default of a setting, or MISSING where it must be given."""
    return setting.default if setting.default_factory is MISSING else setting.default_factory()


def _listed(path: Path, tables: Mapping[str, Any], name: str) -> Sequence[dict[str, Any]]:
    listed = tables.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ReaderError(f"{path}: {name} is not a list of tables.", f"Write each {name} under [[{name}]].")
    return listed


def _monitors(path: Path, tables: Mapping[str, Any]) -> tuple[MonitorSettings, ...]:
    monitors: list[MonitorSettings] = []
    for number, table in enumerate(_listed(path, tables, "monitor"), 1):
        place = f"[[monitor]] number {number}"
        day = table.get("checked")
        # TOML has days of its own, which need no quotes.
        plain = table | {"checked": day.isoformat()} if type(day) is date else table
        monitor: MonitorSettings = _section(path, place, "monitor", MonitorSettings, plain)
        check_monitor(path, place, monitor, monitors)
        monitors.append(monitor)
    return tuple(monitors)


def _archives(path: Path, tables: Mapping[str, Any]) -> tuple[ArchiveSettings, ...]:
    archives: list[ArchiveSettings] = []
    for number, table in enumerate(_listed(path, tables, "archive"), 1):
        place = f"[[archive]] number {number}"
        archive: ArchiveSettings = _section(path, place, "archive", ArchiveSettings, table)
        _check_archive(path, place, archive, archives)
        archives.append(_with_places(path, archive))
    return tuple(archives)


def _with_places(path: Path, archive: ArchiveSettings) -> ArchiveSettings:
    """The archive with its files and folders found from where the settings lie."""
    named = {key: getattr(archive, key) for key in ("path", "ca_file", "client_cert", "client_key")}
    found: dict[str, Any] = {
        key: os.path.normpath(path.parent / Path(value).expanduser()) for key, value in named.items() if value
    }
    return replace(archive, **found) if found else archive


def _check_archive(path: Path, place: str, archive: ArchiveSettings, before: Sequence[ArchiveSettings]) -> None:
    if not archive.name.strip():
        raise ReaderError(f"{path}, {place}: name is empty.", "Name the archive as readers know it.")
    if any(archive.name == other.name for other in before):
        raise ReaderError(f"{path}, {place}: the name “{archive.name}” is taken.", "Give every archive its own name.")
    if archive.kind == "folder" and not archive.path:
        raise ReaderError(f"{path}, {place}: path is missing.", 'Add path = "folder of DICOM files".')
    if archive.kind == "dicomweb":
        _check_url(path, place, archive.url)
    if archive.kind == "dimse":
        _check_dimse(path, place, archive)


def _check_dimse(path: Path, place: str, archive: ArchiveSettings) -> None:
    if not archive.host.strip():
        raise ReaderError(f"{path}, {place}: host is missing.", 'Add host = "pacs.example", the archive\'s machine.')
    for key, title in (("aet", archive.aet), ("own_aet", archive.own_aet)):
        # PS3.5 6.2: AE has at most 16 characters, without backslash and control characters.
        if not (0 < len(title.strip()) <= 16 and title.isascii() and title.isprintable() and "\\" not in title):
            raise ReaderError(
                f"{path}, {place}: {key} must be a title of 1 to 16 plain characters; found “{title}”.",
                f'Write for example {key} = "PACS".',
            )
    for key, port in (("port", archive.port), ("own_port", archive.own_port)):
        if port > 65535 or (key == "port" and port == 0):
            raise ReaderError(f"{path}, {place}: {key} is no port: {port}.", "Use a number from 1 to 65535.")


def _check_url(path: Path, place: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise ReaderError(
            f"{path}, {place}: url must be the DICOMweb root, text beginning with http:// or https://; found “{url}”.",
            'Write for example url = "https://pacs.example/dicom-web".',
        )
    if parts.username or parts.password:
        raise ReaderError(
            f"{path}, {place}: url holds a user name or password.",
            "Take it out; put the name under user and keep the password with: readingroom settings --secret NAME.",
        )


def _section(path: Path, place: str, name: str, kind: type, table: Any) -> Any:
    if not isinstance(table, dict):
        raise ReaderError(f"{path}: {name} is not a table.", f"Write {place} on a line of its own, its keys below.")
    known = {setting.name: setting for setting in fields(kind)}
    _refuse_unknown(path, place, table, tuple(known))
    for setting in known.values():
        if setting.name not in table and default_of(setting) is MISSING:
            expected = _expected(name, setting)
            raise ReaderError(f"{path}, {place}: {setting.name} is missing.", f"Add {setting.name}, {expected}.")
    return kind(**{key: _value(path, place, name, known[key], value) for key, value in table.items()})


def _value(path: Path, place: str, name: str, setting: "Field[Any]", value: Any) -> Any:
    wanted = setting.type
    if wanted is Luminance:
        return luminance_from(path, place, value)
    if wanted is float and type(value) is int:
        value = float(value)
    choices = CHOICES.get((name, setting.name))
    wrong = (
        type(value) is not wanted
        or (isinstance(value, float) and not math.isfinite(value))
        or (choices is not None and value not in choices)
        or (not isinstance(value, str) and value < SMALLEST.get((name, setting.name), -math.inf))
    )
    if wrong:
        default = default_of(setting)
        remedy = "Correct it." if default is MISSING else f"Correct it, or leave it out for {_toml(default)}."
        raise ReaderError(
            f"{path}, {place}: {setting.name} must be {_expected(name, setting)}; found {value!r}.",
            remedy,
        )
    return value


def _expected(name: str, setting: "Field[Any]") -> str:
    choices = CHOICES.get((name, setting.name))
    if choices:
        return "one of " + ", ".join(f'"{word}"' for word in choices)
    least = SMALLEST.get((name, setting.name))
    assert isinstance(setting.type, type)
    return TYPE_WORDS[setting.type] + (f", at least {least:g}" if least is not None else "")


def _keys(path: Path, table: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(table, dict):
        raise ReaderError(f"{path}: keys is not a table.", "Write [keys] on a line of its own, the commands below.")
    found: list[tuple[str, tuple[str, ...]]] = []
    for command, value in table.items():
        if isinstance(value, dict):
            found += [(f"{command}.{rest}", keys) for rest, keys in _keys(path, value)]
            continue
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(key, str) for key in listed):
            raise ReaderError(
                f"{path}, [keys]: {command} must be text or a list of texts; found {value!r}.",
                f'Write for example {_quoted(command)} = ["Ctrl+Z"].',
            )
        found.append((command, tuple(listed)))
    return tuple(found)


def _refuse_unknown(path: Path, place: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            remedy = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
            where = f"{path}, {place}: there is no key" if place else f"{path}: there is no table or key"
            raise ReaderError(f"{where} “{key}”.", remedy)


def _changed(section: Any) -> list[str]:
    return [
        f"{setting.name} = {_toml(getattr(section, setting.name))}"
        for setting in fields(section)
        if getattr(section, setting.name) != default_of(setting)
    ]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return repr(value)


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in plain) + '"'
