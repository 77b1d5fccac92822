"""The index of the shelf: what lies where, in SQLite, with marks in place of UIDs and everything else sealed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readingroom.cache.crypt import StudyKeys
from readingroom.cache.database import Database

_LAYOUT = (
    "CREATE TABLE study (mark BLOB PRIMARY KEY, wrapped BLOB NOT NULL, row BLOB, body BLOB,"
    " touched REAL NOT NULL, pinned INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
    "CREATE TABLE object (mark BLOB NOT NULL, study BLOB NOT NULL REFERENCES study (mark) ON DELETE CASCADE,"
    " series BLOB NOT NULL, pack TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,"
    " uids BLOB NOT NULL, damaged INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (mark, study))",
    "CREATE INDEX by_study ON object (study, series)",
)

_COLUMNS = "mark, study, series, pack, offset, length, uids, damaged"

_ADD = (
    "INSERT INTO object (mark, study, series, pack, offset, length, uids)"
    " SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM study WHERE mark = ? AND wrapped = ?)"
    " ON CONFLICT (mark, study) DO UPDATE SET series = excluded.series, pack = excluded.pack,"
    " offset = excluded.offset, length = excluded.length, uids = excluded.uids, damaged = 0 WHERE damaged = 1"
)

_DESCRIBE = (
    "INSERT INTO study (mark, wrapped, row, body, touched) VALUES (?, ?, ?, ?, ?) ON CONFLICT (mark) DO UPDATE SET"
    " row = excluded.row, body = excluded.body, touched = excluded.touched WHERE wrapped = excluded.wrapped"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one object lies: its marks, its pack, offset and length in bytes, and its sealed UIDs."""

    mark: bytes
    study: bytes
    series: bytes
    pack: str
    offset: int
    length: int
    uids: bytes
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """One study on the shelf as eviction sees it; touched in seconds since 1970."""

    mark: bytes
    touched: float
    bytes: int
    pinned: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """What the shelf holds; bytes as they lie on the disk."""

    studies: int
    objects: int
    bytes: int


class Index:
    """The rows of the shelf. Several threads and processes may read and write at once."""

    def __init__(self, path: Path, keys: StudyKeys) -> None:
        self._database = Database(
            path,
            "The cache's index",
            "Wipe the cache with: readingroom cache --wipe; the archives still hold what was in it.",
            _LAYOUT,
            keys.seal,
        )
        self._rows_changed = 0

    def wrapped(self, study: bytes) -> bytes | None:
        """The wrapped key of a study, or None."""
        row = self._database.row("SELECT wrapped FROM study WHERE mark = ?", (study,))
        return None if row is None else bytes(row[0])

    def begin(self, study: bytes, wrapped: bytes, now_s: float) -> bytes:
        """The wrapped key of a study, this one if it had none."""
        with self._database.change() as connection:
            connection.execute(
                "INSERT INTO study (mark, wrapped, touched) VALUES (?, ?, ?) ON CONFLICT (mark) DO NOTHING",
                (study, wrapped, now_s),
            )
            return bytes(connection.execute("SELECT wrapped FROM study WHERE mark = ?", (study,)).fetchone()[0])

    def describe(self, study: bytes, wrapped: bytes, row: bytes, body: bytes, now_s: float) -> bool:
        """Keep a study's sealed row and metadata; False where it was wiped or made anew meanwhile."""
        with self._database.change() as connection:
            written = connection.execute(
                "UPDATE study SET row = ?, body = ?, touched = ? WHERE mark = ? AND wrapped = ?",
                (row, body, now_s, study, wrapped),
            )
            self._rows_changed += 1
            return int(written.rowcount) == 1

    def describe_all(self, studies: Sequence[tuple[bytes, bytes, bytes, bytes]], now_s: float) -> None:
        """Keep (mark, wrapped key, sealed row, sealed metadata) of studies, together; not of those made anew meanwhile."""
        with self._database.change() as connection:
            connection.executemany(_DESCRIBE, [(*study, now_s) for study in studies])
            self._rows_changed += 1

    def body(self, study: bytes) -> bytes | None:
        """A study's sealed metadata, or None."""
        row = self._database.row("SELECT body FROM study WHERE mark = ?", (study,))
        return None if row is None or row[0] is None else bytes(row[0])

    def stamp(self) -> tuple[int, int]:
        """Another value after a row came, changed or went."""
        return self._database.changes_of_others(), self._rows_changed

    def rows(self) -> list[tuple[bytes, bytes, bytes]]:
        """Mark, wrapped key and sealed row of every study that has metadata."""
        found = self._database.rows("SELECT mark, wrapped, row FROM study WHERE row IS NOT NULL ORDER BY touched DESC")
        return [(bytes(mark), bytes(wrapped), bytes(row)) for mark, wrapped, row in found]

    def add(self, entries: Sequence[tuple[Entry, bytes]], touched: Mapping[bytes, float]) -> None:
        """Make records visible, each under the wrapped key it was sealed with; note when studies were last used."""
        with self._database.change() as connection:
            connection.executemany(
                _ADD,
                [
                    (e.mark, e.study, e.series, e.pack, e.offset, e.length, e.uids, e.study, wrapped)
                    for e, wrapped in entries
                ],
            )
            connection.executemany(
                "UPDATE study SET touched = ? WHERE mark = ?", [(at, mark) for mark, at in touched.items()]
            )

    def find(self, mark: bytes) -> tuple[Entry, ...]:
        """Where an object lies, once for every study that holds it."""
        return _entries(self._database.rows(f"SELECT {_COLUMNS} FROM object WHERE mark = ?", (mark,)))

    def objects(self, study: bytes) -> tuple[Entry, ...]:
        """Every object of a study, damaged ones too."""
        return _entries(self._database.rows(f"SELECT {_COLUMNS} FROM object WHERE study = ?", (study,)))

    def studies(self) -> tuple[tuple[bytes, bool], ...]:
        """Every study's mark, and whether it has metadata."""
        return tuple(
            (bytes(mark), bool(has)) for mark, has in self._database.rows("SELECT mark, row NOT NULL FROM study")
        )

    def condemn(self, entry: Entry) -> None:
        """Note that a record is damaged, so that the object may be put again."""
        with self._database.change() as connection:
            connection.execute(
                "UPDATE object SET damaged = 1 WHERE mark = ? AND study = ? AND pack = ? AND offset = ?",
                (entry.mark, entry.study, entry.pack, entry.offset),
            )

    def drop(self, study: bytes) -> set[str]:
        """Forget a study with its key and objects; the packs that are not needed any more."""
        with self._database.change() as connection:
            packs = {
                str(name)
                for (name,) in connection.execute("SELECT DISTINCT pack FROM object WHERE study = ?", (study,))
            }
            connection.execute("DELETE FROM study WHERE mark = ?", (study,))
            self._rows_changed += 1
        return packs

    def pin(self, studies: Collection[bytes]) -> None:
        """These studies and no others are kept whatever the budget."""
        with self._database.change() as connection:
            connection.execute("UPDATE study SET pinned = 0 WHERE pinned = 1")
            connection.executemany("UPDATE study SET pinned = 1 WHERE mark = ?", [(mark,) for mark in studies])

    def held(self) -> tuple[Held, ...]:
        """Every study with its size, longest unused first."""
        found = self._database.rows(
            "SELECT s.mark, s.touched, coalesce(sum(o.length), 0), s.pinned FROM study s"
            " LEFT JOIN object o ON o.study = s.mark GROUP BY s.mark ORDER BY s.touched"
        )
        return tuple(Held(bytes(mark), float(touched), int(size), bool(pin)) for mark, touched, size, pin in found)

    def usage(self) -> Usage:
        """Studies, undamaged objects, and bytes of all records."""
        row = self._database.row(
            "SELECT (SELECT count(*) FROM study), (SELECT count(*) FROM object WHERE damaged = 0),"
            " (SELECT coalesce(sum(length), 0) FROM object)"
        )
        studies, objects, size = row or (0, 0, 0)
        return Usage(studies, objects, size)

    def packs(self) -> set[str]:
        """Every pack that an object lies in."""
        return {str(name) for (name,) in self._database.rows("SELECT DISTINCT pack FROM object")}

    def tidy(self) -> None:
        """Fold the write-ahead log into the file, so that wrapped keys of wiped studies stay nowhere."""
        self._database.tidy()

    def close(self) -> None:
        """Close the index."""
        self._database.close()


def _entries(rows: Sequence[tuple[Any, ...]]) -> tuple[Entry, ...]:
    return tuple(
        Entry(mark, study, series, pack, offset, length, uids, bool(damaged))
        for mark, study, series, pack, offset, length, uids, damaged in rows
    )
