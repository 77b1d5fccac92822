"""What an export needs of the place it goes to, as a Protocol: main introduces the one that writes folders and discs."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from readingroom.record.media import Written


class Media(Protocol):
    """The target of one export: a folder, a disc or an image of one."""

    def check(self, needed_bytes: int = 0) -> None:
        """ReaderError where the target is taken, cannot be written to, or has no room for so many bytes."""
        ...

    def write(self, part10s: Iterable[bytes]) -> Written:
        """Write every object, whole or not at all."""
        ...


OpenMedia = Callable[[Path, str], Media]
"""Makes the target of an export from its place and kind (record.media.KINDS)."""
