"""Whether a key map can be used: commands that are not there, keys that mean two things, gestures that mean nothing."""

import difflib

from readingroom.base.errors import ReaderError
from readingroom.session.commands.table import COMMANDS, Conflict, command_named, conflicts, with_keys
from readingroom.session.mouse import may_do
from readingroom.settings.key_map import KeyMap

REFERS = "readingroom keys lists every command."


def problems_of(key_map: KeyMap) -> tuple[ReaderError, ...]:
    """Everything that is wrong with a map, each with its remedy; empty where it can be used whole."""
    return (*unknown_in(key_map), *(_of(conflict) for conflict in conflicts(with_keys(key_map))))


def unknown_in(key_map: KeyMap) -> tuple[ReaderError, ...]:
    """Commands and actions that this program does not have: said, and the rest of the map holds."""
    ids = [command.id for command in COMMANDS]
    found = [
        ReaderError(f"There is no command “{name}”.", _near(name, ids))
        for name in dict.fromkeys((*key_map.keys, *key_map.also))
        if name not in ids
    ]
    for gesture, does in key_map.mouse.items():
        if does and does not in may_do(gesture) and (gesture.endswith("Wheel") or command_named(does) is None):
            known = ", ".join(may_do(gesture)) or "the id of a command"
            found.append(
                ReaderError(f"{gesture} cannot do “{does}”.", f"It may do: {known}; or nothing, written as empty text.")
            )
    return tuple(found)


def raise_first(problems: tuple[ReaderError, ...]) -> None:
    """ReaderError with the first of several problems, the number of the others told."""
    if problems:
        more = (
            f" (and {len(problems) - 1} more: {'; '.join(one.problem for one in problems[1:4])})"
            if problems[1:]
            else ""
        )
        raise ReaderError(f"{problems[0].problem}{more}", problems[0].remedy)


def _of(conflict: Conflict) -> ReaderError:
    return ReaderError(f"{conflict.words}.", "Give one of the two another key.")


def _near(name: str, ids: list[str]) -> str:
    near = difflib.get_close_matches(name, ids, n=1)
    return f"Did you mean {near[0]}?" if near else REFERS
