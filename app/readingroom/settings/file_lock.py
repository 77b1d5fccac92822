"""A lock between processes, held on a file and let go by the system when its holder dies."""

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from readingroom.base.errors import ReaderError
from readingroom.settings.private_file import private_folder

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """One file's lock; not shared between threads. The file stays, its lock does not outlive the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self, wait_s: float = 0.0) -> bool:
        """Whether the lock is now ours, waiting at most wait_s seconds; ReaderError where the file cannot be opened."""
        private_folder(self._path.parent)
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ReaderError(
                f"{self._path} cannot be opened: {error.strerror}.", "Make the profile folder writable."
            ) from error
        end = time.monotonic() + wait_s
        while not _try_lock(handle):
            if time.monotonic() >= end:
                os.close(handle)
                return False
            time.sleep(0.005)
        self._handle = handle
        return True

    def let_go(self) -> None:
        """Give the lock back; nothing where it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> "FileLock":
        if not self.take(wait_s=10.0):
            raise ReaderError(f"{self._path} is held by another program.", "Close it and try again.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
