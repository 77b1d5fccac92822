"""Append-only pack files: sealed records one after another, under names that tell nothing."""

import errno
import os
import secrets
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.settings.private_file import private_folder, sync_folder

MOST_OPEN = 48
"""Pack files kept open for writing at once."""


class PackTorn(Exception):
    """A record that the pack file does not hold whole: the file is gone or short."""


class _Writer:
    """The end of one pack file that this process alone appends to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.turn = threading.Lock()
        self.file = open(path, "ab", buffering=0)  # noqa: SIM115  (stays open between records; closed by Packs)

    def append(self, record: bytes) -> int:
        with self.turn:
            offset = os.fstat(self.file.fileno()).st_size
            try:
                written = 0
                while written < len(record):
                    written += self.file.write(memoryview(record)[written:]) or 0
            except OSError:
                # What was written of it is no record: give its space back where that is possible.
                with suppress(OSError):
                    self.file.truncate(offset)
                raise
            return offset


class Packs:
    """A folder of pack files. Each process writes only files that it made itself, so two never write into one.

    A series gets one file per process that receives it. Records are read by offset and length from any file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._writers: OrderedDict[bytes, _Writer] = OrderedDict()
        self._resting: dict[bytes, Path] = {}
        self._turn = threading.Lock()

    def append(self, series_mark: bytes, record: bytes) -> tuple[str, int]:
        """The pack's name and the offset at which the record now lies; ReaderError where the disk refuses it."""
        try:
            while True:
                writer = self._writer(series_mark)
                try:
                    return writer.path.name, writer.append(record)
                except ValueError:  # closed by another thread to make room; open it again
                    if not writer.file.closed:
                        raise
        except OSError as error:
            raise self._refused(error) from error

    def read(self, name: str, offset: int, length: int) -> bytes:
        """One record, or PackTorn; ReaderError where the disk does not answer just now."""
        try:
            with open(self._folder / name, "rb") as file:
                file.seek(offset)
                record = file.read(length)
        except FileNotFoundError as error:
            raise PackTorn from error
        except OSError as error:
            raise ReaderError(
                f"The cache at {self._folder} cannot be read: {error.strerror or error}.",
                "Check the disk that holds the profile folder, and try again.",
            ) from error
        if len(record) != length:
            raise PackTorn
        return record

    def sync(self, names: set[str]) -> None:
        """Put what was appended to these packs on the disk; one that was removed meanwhile is passed over."""
        try:
            for name in names:
                with suppress(FileNotFoundError), open(self._folder / name, "r+b", buffering=0) as file:
                    os.fsync(file.fileno())
            sync_folder(self._folder)
        except OSError as error:
            raise self._refused(error) from error

    def remove(self, names: set[str]) -> None:
        """Delete packs; what is gone already is no failure."""
        self._close_named(names)
        for name in names:
            try:
                (self._folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise ReaderError(
                    f"The cache file {name} cannot be removed: {error.strerror}.",
                    "Close other programs that read it; its key is gone already, so nobody can read it.",
                ) from error

    def strays(self, known: set[str], older_than_s: float, now_s: float) -> set[str]:
        """Packs that no index row names, and that nobody has written to for a while."""
        found: set[str] = set()
        for path in self._folder.iterdir():
            try:
                old = now_s - path.stat().st_mtime > older_than_s
            except FileNotFoundError:
                continue
            if old and path.name not in known:
                found.add(path.name)
        return found

    def close(self) -> None:
        """Close every file."""
        with self._turn:
            for writer in self._writers.values():
                writer.file.close()
            self._writers.clear()
            self._resting.clear()

    def _writer(self, series_mark: bytes) -> _Writer:
        with self._turn:
            writer = self._writers.get(series_mark)
            if writer is not None and not writer.path.exists():  # evicted by another process
                writer.file.close()
                writer = None
            if writer is None:
                fresh = self._folder / secrets.token_hex(16)
                path = self._resting.pop(series_mark, fresh)
                writer = self._writers[series_mark] = _Writer(path if path.exists() else fresh)
            self._writers.move_to_end(series_mark)
            while len(self._writers) > MOST_OPEN:
                mark, oldest = self._writers.popitem(last=False)
                with oldest.turn:
                    oldest.file.close()
                    self._resting[mark] = oldest.path
            return writer

    def _close_named(self, names: set[str]) -> None:
        with self._turn:
            for mark, writer in list(self._writers.items()):
                if writer.path.name in names:
                    with writer.turn:
                        writer.file.close()
                    del self._writers[mark]
            self._resting = {mark: rest for mark, rest in self._resting.items() if rest.name not in names}

    def _refused(self, error: OSError) -> ReaderError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return ReaderError(
                f"The disk with the cache ({self._folder}) is full.",
                "Free space there, or wipe studies with: readingroom cache --wipe. Nothing that was kept is lost.",
            )
        return ReaderError(
            f"The cache at {self._folder} cannot be written: {error.strerror or error}.",
            "Check that the profile folder may be written and its disk answers.",
        )
