"""One workstation per profile: the second start is told, never let in beside the first."""

from pathlib import Path
from types import TracebackType

from readingroom.base.errors import ReaderError
from readingroom.settings.file_lock import FileLock


class DeskLock:
    """Holds a profile folder for one process; the system lets go when that process dies, however it dies."""

    def __init__(self, profile_folder: Path) -> None:
        self._folder = profile_folder
        self._lock = FileLock(profile_folder / "desk.lock")

    def take(self) -> None:
        """Hold the desk, or ReaderError where another process holds it."""
        if not self._lock.take():
            raise ReaderError(
                f"This desk is already open (profile {self._folder}).",
                "Go to the window that is open, or start with another --profile.",
            )

    def let_go(self) -> None:
        """Give the desk back."""
        self._lock.let_go()

    def __enter__(self) -> "DeskLock":
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
