"""The reader's own keys and mouse: brought in force, kept, and given up again where they cannot be used."""

from collections.abc import Callable
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.session.commands.checking import problems_of, raise_first, unknown_in
from readingroom.session.commands.table import conflicts, with_keys
from readingroom.session.desk import Desk
from readingroom.settings.key_map import KeyMap, read_key_map


def take_up(desk: Desk, path: Path) -> None:
    """The reader's file in force; where it cannot be used the keys are as without it, and why is on `desk.keys.trouble`."""
    if not path.exists():
        return
    try:
        own = read_key_map(path)
        clashes = conflicts(with_keys(own.over(desk.keys.of_the_desk)))
        if clashes:
            raise ReaderError(f"{path}: {clashes[0].words}.", "Give one of the two another key in Keys and mouse.")
    except ReaderError as error:
        remedy = f"{error.remedy} The keys are the usual ones until then."
        desk.keys.trouble = ReaderError(error.problem, remedy)
        return
    desk.keys.hold(own)
    unknown = unknown_in(own)
    if unknown:
        desk.keys.trouble = ReaderError(f"{path}: {unknown[0].problem}", f"{unknown[0].remedy} The others hold.")


def put_keys(desk: Desk, own: KeyMap) -> None:
    """Another map in force at once and kept in the reader's file; ReaderError where it cannot be used whole."""
    raise_first(problems_of(own.over(desk.keys.of_the_desk)))
    desk.keys.hold(own)
    if desk.keys.put is not None:
        keep: Callable[[KeyMap], None] = desk.keys.put
        desk.pools.disk.submit(
            keep, own, done=_kept, failed=lambda error: _not_kept(desk, error), ticket=Ticket(), lane=Lane.NOW
        )  # fmt: skip


def _kept(_: None) -> None:
    """Nothing follows."""


def _not_kept(desk: Desk, error: Exception) -> None:
    desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "keeping the keys"), "red")
