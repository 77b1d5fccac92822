"""The journal: what the desk was doing, appended so that kill -9 takes at most what was not yet written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.cache.database import Database
from readingroom.settings.seal import Seal, Unsealable

COMPACT_ABOVE = 4000
"""Superseded entries above which a journal is compacted when it is opened."""

_LAYOUT = (
    "CREATE TABLE entry (number INTEGER PRIMARY KEY AUTOINCREMENT, kind BLOB NOT NULL, key BLOB NOT NULL,"
    " sealed BLOB NOT NULL)",
    "CREATE INDEX newest_first ON entry (kind, key, number)",
)


class Journal:
    """An append-only record of (kind, key) and a JSON value; values are sealed, kinds and keys stand as marks only.

    May be used from several threads and several processes at once; the last write is the newest.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._seal = Seal(key, "journal")
        self._database = Database(
            path,
            "The journal",
            "Keep a copy of it for support, then move it away; signed reports are safe in the outbox and archives.",
            _LAYOUT,
            self._seal,
        )
        if self._superseded() > COMPACT_ABOVE:
            self.compact()

    def write(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Append the newest value of (kind, key); durable when this returns."""
        marks = self._marks(kind, key)
        plain = json.dumps({"key": key, "value": value}, ensure_ascii=False, separators=(",", ":")).encode()
        sealed = self._seal.seal(plain, b"".join(marks))
        with self._database.change() as connection:
            connection.execute("INSERT INTO entry (kind, key, sealed) VALUES (?, ?, ?)", (*marks, sealed))

    def newest(self, kind: str, key: str) -> dict[str, Any] | None:
        """The newest value of (kind, key), or None; ReaderError where it is damaged."""
        marks = self._marks(kind, key)
        row = self._database.row(
            "SELECT sealed FROM entry WHERE kind = ? AND key = ? ORDER BY number DESC LIMIT 1", marks
        )
        return None if row is None else dict(self._opened(row[0], marks)["value"])

    def keys(self, kind: str) -> tuple[str, ...]:
        """Every key of a kind, newest written last."""
        mark = self._seal.mark("kind", kind)
        rows = self._database.rows(
            "SELECT key, sealed FROM entry WHERE number IN"
            " (SELECT max(number) FROM entry WHERE kind = ? GROUP BY key) ORDER BY number",
            (mark,),
        )
        return tuple(str(self._opened(sealed, (mark, key))["key"]) for key, sealed in rows)

    def compact(self) -> int:
        """Drop every entry that a newer one supersedes; the number dropped."""
        with self._database.change() as connection:
            dropped = connection.execute(
                "DELETE FROM entry WHERE number NOT IN (SELECT max(number) FROM entry GROUP BY kind, key)"
            ).rowcount
        self._database.tidy()
        return int(dropped)

    def close(self) -> None:
        """Close the journal."""
        self._database.close()

    def _superseded(self) -> int:
        row = self._database.row("SELECT count(*) - count(DISTINCT kind || key) FROM entry")
        return 0 if row is None else int(row[0])

    def _marks(self, kind: str, key: str) -> tuple[bytes, bytes]:
        return self._seal.mark("kind", kind), self._seal.mark("key", kind, key)

    def _opened(self, sealed: bytes, marks: tuple[bytes, bytes]) -> dict[str, Any]:
        try:
            return dict(json.loads(self._seal.open(sealed, b"".join(marks))))
        except (Unsealable, ValueError) as error:
            raise ReaderError(
                f"An entry of the journal at {self._database.path} is damaged.",
                "Check this disk; keep a copy of the journal for support.",
            ) from error
