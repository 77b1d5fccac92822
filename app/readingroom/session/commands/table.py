"""The one table of commands: keys, menus, tooltips, the palette, the help and the manual are made of it.

A new command is one line: in `views`, `cases` or another list here where the desk does it (give it a `run`), in `glass`
where a window does it (the window binds the id). Its default keys must be free in its window; a test says where not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from readingroom.session.commands.cases import CASE_COMMANDS
from readingroom.session.commands.glass import OTHER_GLASS, READING_GLASS
from readingroom.session.commands.registry import EVERYWHERE, ROOMS, Command
from readingroom.session.commands.views import VIEW_COMMANDS
from readingroom.settings.chords import chord
from readingroom.settings.key_map import KeyMap

COMMANDS: tuple[Command, ...] = (*VIEW_COMMANDS, *CASE_COMMANDS, *READING_GLASS, *OTHER_GLASS)
"""Every command of every window."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One key that two commands of one window claim."""

    key: str
    room: str
    first: Command
    second: Command

    @property
    def words(self) -> str:
        """The conflict as a sentence."""
        where = ROOMS[self.room].lower()
        return f"{self.key} means both “{self.first.title}” ({self.first.id}) and “{self.second.title}” ({self.second.id}), in: {where}"


def commands_of(room: str, commands: Sequence[Command] = COMMANDS) -> tuple[Command, ...]:
    """The commands of one window, with those of every window."""
    return tuple(command for command in commands if command.room in (room, EVERYWHERE))


def with_keys(key_map: KeyMap, commands: Sequence[Command] = COMMANDS) -> tuple[Command, ...]:
    """The commands with the keys that are in force, each in its one spelling.

    A key that the map gives to one command is taken from the others of that window which have it only by default.
    """
    own = [replace(command, keys=_spelt(_keys_of(command, key_map))) for command in commands]
    given: dict[str, set[str]] = {}
    for command in commands:
        asked = (*key_map.keys.get(command.id, ()), *key_map.also.get(command.id, ()))
        given.setdefault(command.room, set()).update(_spelt(asked))
    everywhere = set().union(*given.values())
    found = []
    for command in own:
        here = given[command.room] | given.get(EVERYWHERE, set())
        taken = everywhere if command.room == EVERYWHERE else here
        mine = _spelt((*key_map.keys.get(command.id, ()), *key_map.also.get(command.id, ())))
        kept = tuple(key for key in command.keys if key in mine or key not in taken)
        found.append(replace(command, keys=kept))
    return tuple(found)


def conflicts(commands: Sequence[Command]) -> tuple[Conflict, ...]:
    """Keys that mean two things in one window; keys of different windows never meet."""
    found: dict[tuple[str, str, str], Conflict] = {}
    for room in ROOMS:
        taken: dict[str, Command] = {}
        for command in commands_of(room, commands):
            for key in command.keys:
                first = taken.setdefault(key, command)
                if first is not command:
                    found.setdefault((key, first.id, command.id), Conflict(key, room, first, command))
    return tuple(found.values())


def claimed_by(key: str, command: str, commands: Sequence[Command]) -> Command | None:
    """Which other command a key means in the window of a command, None for none."""
    mine = command_named(command, commands)
    for other in commands:
        meets = mine is not None and (EVERYWHERE in (mine.room, other.room) or mine.room == other.room)
        if other.id != command and meets and key in other.keys:
            return other
    return None


def command_named(name: str, commands: Sequence[Command] = COMMANDS) -> Command | None:
    """The command of an id."""
    return next((command for command in commands if command.id == name), None)


def _keys_of(command: Command, key_map: KeyMap) -> tuple[str, ...]:
    return (*key_map.keys.get(command.id, command.keys), *key_map.also.get(command.id, ()))


def _spelt(keys: tuple[str, ...]) -> tuple[str, ...]:
    read = [chord(key) for key in keys]
    return tuple(dict.fromkeys(one.text for one in read if one is not None))
