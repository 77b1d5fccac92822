"""The outbox on the disk: signed objects until an archive has given them back equal, and on record after that."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.cache.database import Database
from readingroom.record.search import Waiting
from readingroom.settings.seal import Seal, Unsealable

_LAYOUT = (
    "CREATE TABLE item (number INTEGER PRIMARY KEY AUTOINCREMENT, object BLOB NOT NULL UNIQUE, study BLOB NOT NULL,"
    " stored INTEGER NOT NULL DEFAULT 0, facts BLOB NOT NULL, part10 BLOB NOT NULL)",
    "CREATE INDEX by_study ON item (study, stored)",
    "CREATE INDEX by_state ON item (stored, number)",
)


class OutboxStore:
    """Signed objects, sealed; UIDs stand as marks only. May be used from several threads and processes."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._seal = Seal(key, "outbox")
        self._database = Database(
            path,
            "The outbox",
            "It may hold signed reports that no archive has: keep a copy for support before anything else.",
            _LAYOUT,
            self._seal,
        )

    def put(self, waiting: Waiting) -> None:
        """Keep an object, durable when this returns; the newest state of a SOP Instance UID replaces the older.

        An object that an archive has already given back equal stays stored.
        """
        self.put_all([waiting])

    def put_all(self, waiting: Sequence[Waiting]) -> None:
        """Keep objects that belong together as put does: all of them, durable when this returns, or none."""
        rows = []
        for item in waiting:
            mark, study = self._seal.mark("object", item.sop_uid), self._seal.mark("study", item.study_uid)
            rows.append((mark, study, *self._sealed(item, mark)))
        with self._database.change() as connection:
            connection.executemany(
                "INSERT INTO item (object, study, facts, part10) VALUES (?, ?, ?, ?) ON CONFLICT (object) DO UPDATE"
                " SET study = excluded.study, facts = excluded.facts, part10 = excluded.part10 WHERE stored = 0",
                rows,
            )

    def waiting(self) -> tuple[Waiting, ...]:
        """What is not stored yet, oldest first."""
        rows = self._database.rows("SELECT object, facts, part10 FROM item WHERE stored = 0 ORDER BY number")
        return tuple(self._opened(*row) for row in rows)

    def stored(self, sop_uid: str, archive: str) -> None:
        """Mark an object as stored and verified in an archive; it leaves the waiting list and stays on record."""
        mark = self._seal.mark("object", sop_uid)
        row = self._database.row("SELECT object, facts, part10 FROM item WHERE object = ?", (mark,))
        if row is None:
            raise ReaderError(
                f"The object {sop_uid} is not in the outbox and cannot be marked as stored.",
                "Sign the report again if the archive does not show it.",
            )
        facts, _ = self._sealed(replace(self._opened(*row), archive=archive, problem="", remedy=""), mark)
        with self._database.change() as connection:
            connection.execute("UPDATE item SET stored = 1, facts = ? WHERE object = ?", (facts, mark))

    def stored_for(self, study_uid: str) -> tuple[Waiting, ...]:
        """Every object of a study that was stored and verified, oldest first, with its bytes."""
        rows = self._database.rows(
            "SELECT object, facts, part10 FROM item WHERE study = ? AND stored = 1 ORDER BY number",
            (self._seal.mark("study", study_uid),),
        )
        return tuple(self._opened(*row) for row in rows)

    def close(self) -> None:
        """Close the outbox."""
        self._database.close()

    def _sealed(self, waiting: Waiting, mark: bytes) -> tuple[bytes, bytes]:
        facts: dict[str, Any] = asdict(replace(waiting, part10=b""))
        del facts["part10"]
        plain = json.dumps(facts, ensure_ascii=False).encode()
        return self._seal.seal(plain, b"facts" + mark), self._seal.seal(waiting.part10, b"part10" + mark)

    def _opened(self, mark: bytes, facts: bytes, part10: bytes) -> Waiting:
        try:
            known = json.loads(self._seal.open(facts, b"facts" + mark))
            return Waiting(**known, part10=self._seal.open(part10, b"part10" + mark))
        except (Unsealable, ValueError, TypeError) as error:
            raise ReaderError(
                f"An object in the outbox at {self._database.path} is damaged.",
                "Keep a copy of the outbox for support, and see in the archive whether the report is there.",
            ) from error
