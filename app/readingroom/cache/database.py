"""One SQLite file of the profile: opened for one key, used from several threads, its failures told in a reader's words."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.private_file import private_folder
from readingroom.settings.seal import Seal, Unsealable

BUSY_S = 10.0

_FULL = ("SQLITE_FULL",)
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_LAYOUT = "CREATE TABLE IF NOT EXISTS lock (one INTEGER PRIMARY KEY CHECK (one = 1), layout INTEGER, check_value BLOB)"


class Database:
    """One connection with a lock, write-ahead log on, every commit on the disk before it is answered.

    `what` names the file in errors ("The journal"); `lost` says what to do when it is damaged beyond use.
    """

    def __init__(self, path: Path, what: str, lost: str, layout: Sequence[str], seal: Seal, version: int = 1) -> None:
        self.path = path
        self._what = what
        self._lost = lost
        self._turn = threading.RLock()
        private_folder(path.parent)
        with self._told():
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(layout, seal, version)
        except ReaderError:
            self.close()
            raise

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row of a SELECT."""
        with self._turn, self._told():
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a SELECT, or None."""
        with self._turn, self._told():
            found: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
            return found

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone among all processes: on the disk when it ends, undone where anything fails."""
        with self._turn, self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def changes_of_others(self) -> int:
        """Another value after other connections, of whichever process, changed something."""
        with self._turn, self._told():
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def tidy(self) -> None:
        """Fold the write-ahead log into the file, so that nothing deleted stays in it."""
        with self._turn, self._told():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; what was committed stays."""
        with self._turn, self._told():
            self._connection.close()

    def _prepare(self, layout: Sequence[str], seal: Seal, version: int) -> None:
        with self._turn, self._told():
            for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {setting}")
        with self.change() as connection:
            connection.execute(_LAYOUT)
            held = connection.execute("SELECT layout, check_value FROM lock").fetchone()
            if held is None:
                for statement in layout:
                    connection.execute(statement)
                check = seal.seal(b"this key", b"check")
                connection.execute("INSERT INTO lock VALUES (1, ?, ?)", (version, check))
                return
        try:
            seal.open(held[1], b"check")
        except Unsealable as error:
            raise ReaderError(
                f"{self._what} at {self.path} was sealed with another key and cannot be opened.",
                "Open the desk where its key is kept (see: readingroom doctor). Nothing was changed.",
            ) from error
        if held[0] != version:
            raise ReaderError(
                f"{self._what} at {self.path} was written by another version of Reading Room (layout {held[0]}).",
                "Use that version. Nothing was changed.",
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "") or type(error).__name__
            raise ReaderError(
                f"{self._what} at {self.path} {self._trouble(name, error)}", self._remedy(name)
            ) from error

    def _trouble(self, name: str, error: sqlite3.Error) -> str:
        if name.startswith(_FULL):
            return "cannot grow: the disk is full."
        if name.startswith(_BUSY):
            return "is being used by another program."
        if name.startswith(_DAMAGED):
            return "is damaged."
        return f"cannot be used ({error})."

    def _remedy(self, name: str) -> str:
        if name.startswith(_FULL):
            return "Free space on that disk; nothing that was kept is lost."
        if name.startswith(_BUSY):
            return "Close the other one and try again."
        if name.startswith(_DAMAGED):
            return self._lost
        return "Check that the profile folder may be written and its disk answers."
