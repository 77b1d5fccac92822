"""What each line carried this month and how fast it last was, kept on the disk of the desk; nothing of a patient is in it."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from readingroom.base.log import LOG
from readingroom.settings.private_file import private_folder, write_private
from readingroom.settings.sections import ArchiveSettings

OFTEN_BYTES, SELDOM_BYTES = 4 << 20, 512 << 20
"""A metered line writes after so many bytes what it carried, any other after so many more; kill -9 loses the rest."""
OFTEN_S = 30.0
_COMPACT_BYTES = 256 << 10


def month_of(now: datetime) -> str:
    """The month that bytes are counted for, e.g. "2026-11"."""
    return f"{now:%Y-%m}"


class LineBook:
    """One file that several programs append to: each line says what one archive's line carried since the last."""

    def __init__(self, path: Path, now: Callable[[], datetime] = datetime.now) -> None:
        self._path = path
        self.now = now
        self._compact()

    def carried(self, settings: ArchiveSettings) -> int:
        """Bytes that came over the line to an archive this month."""
        month = month_of(self.now())
        return sum(row["bytes"] for row in self._rows() if _is_of(row, settings) and row["month"] == month)

    def speed(self, settings: ArchiveSettings) -> float | None:
        """Bytes per second that were last measured on the line to an archive, or None."""
        speeds = [row["speed"] for row in self._rows() if _is_of(row, settings) and row["speed"]]
        return speeds[-1] if speeds else None

    def add(self, settings: ArchiveSettings, size: int, speed: float | None) -> None:
        """Bytes that came since the last time; on the disk when this returns, or said in the log."""
        row = {"name": settings.name, "at": settings.url, "month": month_of(self.now()), "bytes": size, "speed": speed}
        try:
            private_folder(self._path.parent)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, json.dumps(row).encode() + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            LOG.warning("what a line carried could not be kept: %s", error.strerror or error)

    def _rows(self) -> Iterator[dict[str, Any]]:
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return
        for line in lines:
            try:
                row = json.loads(line)
                yield {key: kind(row[key]) for key, kind in _FIELDS.items()}
            except (ValueError, TypeError, KeyError):
                continue  # cut short by a lost plug

    def _compact(self) -> None:
        """Rows of each archive and month as one, where there are many."""
        if not self._path.exists() or self._path.stat().st_size < _COMPACT_BYTES:
            return
        kept: dict[tuple[str, str, str], dict[str, Any]] = {}
        for row in self._rows():
            before = kept.pop((row["name"], row["at"], row["month"]), None)
            if before is not None:
                row = {**row, "bytes": row["bytes"] + before["bytes"], "speed": row["speed"] or before["speed"]}
            kept[row["name"], row["at"], row["month"]] = row
        write_private(self._path, b"".join(json.dumps(row).encode() + b"\n" for row in kept.values()))


def _speed(value: Any) -> float | None:
    return None if value is None else float(value)


_FIELDS: dict[str, Callable[[Any], Any]] = {"name": str, "at": str, "month": str, "bytes": int, "speed": _speed}


def _is_of(row: dict[str, Any], settings: ArchiveSettings) -> bool:
    return bool(row["name"] == settings.name and row["at"] == settings.url)


class Meter:
    """Counts what the line to one archive carries. Safe to use from several threads."""

    def __init__(self, settings: ArchiveSettings, book: LineBook | None) -> None:
        self._settings, self._book = settings, book
        self._lock = threading.Lock()
        self._month = month_of(book.now()) if book is not None else ""
        self._carried = book.carried(settings) if book is not None else 0
        self._unwritten, self._written_at = 0, monotonic()
        self.speed_before = book.speed(settings) if book is not None else None

    @property
    def left_bytes(self) -> int | None:
        """Bytes that may still come this month, below zero where more came; None where the line is not metered."""
        if not self._settings.month_gb:
            return None
        with self._lock:
            self._turn_month()
            return int(self._settings.month_gb * 1e9) - self._carried

    def count(self, size: int, speed: Callable[[], float | None] = lambda: None) -> None:
        """So many bytes came; speed: tells what is measured now, asked only when it is written."""
        metered = bool(self._settings.month_gb)
        with self._lock:
            self._turn_month()
            self._carried += size
            self._unwritten += size
            waited = metered and monotonic() - self._written_at > OFTEN_S
            due = waited or self._unwritten >= (OFTEN_BYTES if metered else SELDOM_BYTES)
        if due:
            self.write(speed())

    def write(self, speed: float | None) -> None:
        """Keep what was counted and how fast the line is."""
        with self._lock:
            size, self._unwritten, self._written_at = self._unwritten, 0, monotonic()
        if self._book is not None and size:
            self._book.add(self._settings, size, speed)

    def _turn_month(self) -> None:
        month = month_of(self._book.now()) if self._book is not None else ""
        if month != self._month:
            self._month, self._carried = month, 0
