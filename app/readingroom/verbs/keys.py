"""readingroom keys: every command with its keys, the mouse, what clashes; key maps checked, brought in and taken along."""

import argparse
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.session.commands.checking import problems_of, raise_first
from readingroom.session.commands.registry import ROOMS
from readingroom.session.commands.table import COMMANDS, conflicts, with_keys
from readingroom.session.mouse import ACTION_WORDS, DEFAULTS, mouse_of
from readingroom.settings.key_map import KeyMap, as_text, key_map_of, put_aside, read_key_map, write_key_map
from readingroom.settings.load import load
from readingroom.settings.places import Profile, resources
from readingroom.settings.private_file import write_private
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """At most one of --check, --import, --export and --reset."""
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "--check", metavar="FILE", help="the keys as they would be with this map; refused where it is wrong"
    )
    one.add_argument("--import", dest="bring", metavar="FILE", help="lay this map over the reader's own")
    one.add_argument("--export", metavar="FILE", help="write the reader's own map")
    one.add_argument("--reset", action="store_true", help="the usual keys again; the reader's own map is put aside")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """List what is in force after what was asked; ReaderError (exit 2) where a map cannot be used."""
    desk_map = key_map_of(load(profile).keys)
    if options.reset:
        if profile.keys.exists():
            put_aside(profile.keys)
        own = KeyMap()
    elif options.check:
        own = read_key_map(_map_file(options.check))
        raise_first(problems_of(own.over(desk_map)))
    else:
        own = read_key_map(profile.keys) if profile.keys.exists() else KeyMap()
    if options.bring:
        own = read_key_map(_map_file(options.bring)).over(own)
        raise_first(problems_of(own.over(desk_map)))
        write_key_map(profile.keys, own)
    if options.export:
        write_private(Path(options.export), as_text(own).encode())
    return _answer(own, own.over(desk_map), profile)


def _map_file(name: str) -> Path:
    """A file by its path, or one of those that travel with the program by its name."""
    path = Path(name)
    shipped = resources() / "keys" / f"{name}.toml"
    if not path.exists() and shipped.exists():
        return shipped
    if not path.is_file():
        ready = ", ".join(sorted(one.stem for one in shipped.parent.glob("*.toml")))
        raise ReaderError(f"There is no key map “{name}”.", f"Name a file, or one of: {ready}.")
    return path


def _answer(own: KeyMap, whole: KeyMap, profile: Profile) -> Answer:
    held = with_keys(whole)
    usual = {command.id: command.keys for command in with_keys(KeyMap())}
    clashes, wrong = conflicts(held), problems_of(whole)
    fields: dict[str, Any] = {
        "file": str(profile.keys) if profile.keys.exists() else None,
        "map": own.name,
        "commands": [
            {
                "id": c.id, "title": c.title, "says": c.says or c.title, "room": c.room, "group": c.group,
                "keys": list(c.keys), "usual": list(usual[c.id]), "own": c.id in whole.keys or c.id in whole.also,
            }
            for c in held
        ],
        "mouse": [
            {"gesture": gesture, "does": does, "usual": DEFAULTS.get(gesture)} for gesture, does in mouse_of(whole).items()
        ],
        "conflicts": [{"key": one.key, "room": one.room, "commands": [one.first.id, one.second.id]} for one in clashes],
        "problems": [{"problem": one.problem, "remedy": one.remedy} for one in wrong],
    }  # fmt: skip
    lines = []
    for room, name in ROOMS.items():
        lines.append(name)
        for c in (one for one in held if one.room == room):
            changed = "" if c.keys == usual[c.id] else f"   (usually {' or '.join(usual[c.id]) or 'none'})"
            lines.append(f"  {' or '.join(c.keys) or '–':<24} {c.title}   {c.id}{changed}")
        lines.append("")
    lines.append("Mouse over an image")
    titles = {command.id: command.title for command in COMMANDS}
    for gesture, does in mouse_of(whole).items():
        lines.append(f"  {gesture:<24} {ACTION_WORDS.get(does, titles.get(does, does)) or 'nothing'}")
    lines += [f"! {one.problem} {one.remedy}" for one in wrong]
    return Answer(fields, tuple(lines), 1 if wrong else 0)
