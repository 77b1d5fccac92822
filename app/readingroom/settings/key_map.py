"""A reader's keys and mouse as a file: versioned, read strictly, written whole, carried from desk to desk."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.chords import chord, gesture
from readingroom.settings.private_file import write_private

VERSION = 2
LARGEST_BYTES = 256 * 1024
"""Version 1 is the [keys] table of settings.toml in a file of its own: single texts and nested tables, no mouse."""


@dataclass(frozen=True, slots=True)
class KeyMap:
    """A reader's own: keys in place of a command's (() for none), keys beside them, and gestures of the mouse ("" for nothing).

    Maps go by the ids of commands; also is how a pad or a pedal adds its keys and takes none away.
    """

    name: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mouse: Mapping[str, str] = field(default_factory=dict)

    def with_keys(self, command: str, keys: tuple[str, ...] | None) -> "KeyMap":
        """The map with just these keys for a command, None for its defaults."""
        rest = {name: own for name, own in self.keys.items() if name != command}
        also = {name: own for name, own in self.also.items() if name != command}
        return replace(self, keys=rest if keys is None else {**rest, command: keys}, also=also)

    def with_gesture(self, what: str, does: str | None) -> "KeyMap":
        """The map with a gesture doing something else, None for what it does by default."""
        rest = {name: own for name, own in self.mouse.items() if name != what}
        return replace(self, mouse=rest if does is None else {**rest, what: does})

    def over(self, below: "KeyMap") -> "KeyMap":
        """This map laid over another: what it does not name stays as it is there."""
        beside = {name: own for name, own in below.also.items() if name not in self.keys}
        for name, own in self.also.items():
            beside[name] = tuple(dict.fromkeys((*beside.get(name, ()), *own)))
        return KeyMap(
            self.name or below.name, {**below.keys, **self.keys}, beside, {**below.mouse, **self.mouse}
        )  # fmt: skip


def key_map_of(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> KeyMap:
    """The [keys] table of settings.toml as a key map."""
    return KeyMap(keys={command: tuple(_spelt(key) for key in keys) for command, keys in pairs})


def read_key_map(path: Path) -> KeyMap:
    """A key map file, older versions brought up to date; ReaderError names the line or the key that is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ReaderError(f"{path} cannot be read: {error.strerror or error}.", "Name a key map file.") from error
    if len(raw) > LARGEST_BYTES:
        raise ReaderError(f"{path} is larger than {LARGEST_BYTES // 1024} kB.", "Is this a key map?")
    try:
        return parse_key_map(raw.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise ReaderError(f"{path} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from error


def parse_key_map(text: str, source: str) -> KeyMap:
    """A key map from TOML text; source is named in errors."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ReaderError(f"{source} is not valid TOML: {error}.", "Correct that line, or reset the keys.") from error
    version = tables.get("version", 1)
    if type(version) is not int or version < 1:
        raise ReaderError(f"{source}: version must be a whole number from 1.", f"Write version = {VERSION}.")
    if version > VERSION:
        raise ReaderError(
            f"{source} is of version {version}; this program knows up to {VERSION}.",
            "Bring the program up to date, or export the keys anew from the older one.",
        )
    for key in tables:
        if key not in ("version", "name", "keys", "also", "mouse"):
            known = "Known: version, name, [keys], [also], [mouse]."
            raise ReaderError(f"{source}: there is no table or key “{key}”.", known)
    name = tables.get("name", "")
    if not isinstance(name, str):
        raise ReaderError(f"{source}: name must be text.", 'Write for example name = "Left-hand pad".')
    keys = _keys(_table(tables, "keys", source), source)
    also = _keys(_table(tables, "also", source), source)
    return KeyMap(name, keys, also, _mouse(_table(tables, "mouse", source), source))


def as_text(key_map: KeyMap) -> str:
    """The map as a file of today's version, that `parse_key_map` reads back."""
    lines = [f"version = {VERSION}", f"name = {_quoted(key_map.name)}"]
    for table, rows in (("keys", key_map.keys), ("also", key_map.also)):
        lines += ["", f"[{table}]"]
        lines += [f"{_quoted(command)} = [{', '.join(map(_quoted, keys))}]" for command, keys in sorted(rows.items())]
    lines += ["", "[mouse]"]
    lines += [f"{_quoted(what)} = {_quoted(does)}" for what, does in sorted(key_map.mouse.items())]
    return "\n".join((*lines, ""))


def write_key_map(path: Path, key_map: KeyMap) -> None:
    """Keep a map; the file is replaced whole or not at all, and one that cannot be read is put aside as *.broken.toml."""
    if path.exists():
        try:
            read_key_map(path)
        except ReaderError:
            put_aside(path)
    write_private(path, as_text(key_map).encode())


def put_aside(path: Path) -> None:
    """Rename a file that cannot be read, so that what was written into it is not lost."""
    try:
        path.replace(path.with_suffix(".broken.toml"))
    except OSError as error:
        raise ReaderError(
            f"{path} cannot be put aside: {error.strerror or error}.", "Remove it, or make its folder writable."
        ) from error


def _table(tables: Mapping[str, Any], name: str, source: str) -> Mapping[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise ReaderError(f"{source}: {name} is not a table.", f"Write [{name}] on a line of its own.")
    return table


def _keys(table: Mapping[str, Any], source: str, before: str = "") -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for command, value in table.items():
        name = f"{before}{command}"
        if isinstance(value, dict):
            found |= _keys(value, source, f"{name}.")
            continue
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(key, str) for key in listed):
            raise ReaderError(
                f"{source}: {name} must be text or a list of texts.", f'Write {_quoted(name)} = ["Ctrl+Z"].'
            )
        found[name] = tuple(_key(key, name, source) for key in listed if key.strip())
    return found


def _key(text: str, command: str, source: str) -> str:
    read = chord(text)
    if read is None:
        raise ReaderError(
            f"{source}: “{text}”, for {command}, is no key.", "Write for example F13, Ctrl+Shift+A, Num+5 or PgDown."
        )
    return read.text


def _mouse(table: Mapping[str, Any], source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for what, does in table.items():
        read = gesture(what)
        if read is None or not isinstance(does, str):
            raise ReaderError(
                f"{source}: “{what}” = {does!r} is no gesture of the mouse.",
                'Write for example "Left+Right" = "scroll", "Ctrl+Wheel" = "zoom" or "Back" = "stage.previous".',
            )
        if read in found:
            raise ReaderError(f"{source}: {read} stands there twice.", "Keep one of the two.")
        found[read] = does
    return found


def _spelt(key: str) -> str:
    read = chord(key)
    return read.text if read is not None else key


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in plain) + '"'
