"""A command of the desk: a verb with a name, keys and a condition; everything that runs verbs reads these."""

from collections.abc import Callable
from dataclasses import dataclass

from readingroom.session.desk import Desk


@dataclass(frozen=True, slots=True)
class Command:
    """One verb. id: "view.invert"; title: as menus and the manual show it; keys: Qt key sequences as text.

    needs_case: disabled while no study is open. group: the menu it stands in.
    """

    id: str
    title: str
    run: Callable[[Desk], None]
    keys: tuple[str, ...] = ()
    group: str = "View"
    needs_case: bool = True


def with_readers_keys(
    commands: tuple[Command, ...], keys: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[Command, ...]:
    """The commands with the reader's own keys in place of the defaults."""
    from dataclasses import replace

    own = dict(keys)
    return tuple(replace(c, keys=own[c.id]) if c.id in own else c for c in commands)
