"""The keys and the mouse of one reader at one desk: what is in force, what of it is the reader's own."""

from collections.abc import Callable

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.settings.key_map import KeyMap


class ReadersKeys:
    """`held` is in force: the reader's own over those of the settings file. `put` keeps the reader's own, None where there
    is no file; `trouble` is why that file could not be used. `wanted` is told by a hand that asks for a command by its id.
    """

    def __init__(self, of_the_desk: KeyMap) -> None:
        self.of_the_desk, self.own, self.held = of_the_desk, KeyMap(), of_the_desk
        self.trouble: ReaderError | None = None
        self.put: Callable[[KeyMap], None] | None = None
        self.wanted: Event[str] = Event()
        self.changed: Event[KeyMap] = Event()

    def hold(self, own: KeyMap) -> None:
        """Another map of the reader's own, in force at once."""
        self.own, self.held = own, own.over(self.of_the_desk)
        self.changed.tell(self.held)
