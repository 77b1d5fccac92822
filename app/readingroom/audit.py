"""The audit trail: who did what to which study, each event chained to the one before by SHA-256."""

import base64
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.settings.file_lock import FileLock
from readingroom.settings.private_file import private_folder, write_private
from readingroom.settings.seal import Seal, Unsealable

# Event identifiers of DICOM's audit messages (PS3.16 CID 400, PS3.15 A.5.3).
APPLICATION_ACTIVITY = "110100"
INSTANCES_ACCESSED = "110103"
INSTANCES_TRANSFERRED = "110104"
STUDY_DELETED = "110105"
EXPORT = "110106"
IMPORT = "110107"
QUERY = "110112"
SECURITY_ALERT = "110113"
USER_AUTHENTICATION = "110114"

MEANINGS = {
    APPLICATION_ACTIVITY: "Application Activity",
    INSTANCES_ACCESSED: "DICOM Instances Accessed",
    INSTANCES_TRANSFERRED: "DICOM Instances Transferred",
    STUDY_DELETED: "DICOM Study Deleted",
    EXPORT: "Export",
    IMPORT: "Import",
    QUERY: "Query",
    SECURITY_ALERT: "Security Alert",
    USER_AUTHENTICATION: "User Authentication",
}
"""The code meaning of each event."""

START = "0" * 64
LONGEST_LINE = 2**20


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One event: its number from 1, its time in UTC, its DICOM code and meaning, the study, and who did it."""

    number: int
    at: datetime
    event: str
    meaning: str
    study_uid: str
    detail: str
    actor: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many events there are, whether the chain holds, and if not the number of the first event that breaks it."""

    events: int
    intact: bool
    first_broken: int | None = None


@dataclass(frozen=True, slots=True)
class _Link:
    number: int
    hash: str


class Audit:
    """An append-only file of sealed events, one line each: number, hash, record.

    The hash is SHA-256 over the hash before, the number and the sealed record; the seal holds the number too, so that
    nobody without the key can write a line that fits, or move one. A sealed note of the newest event shows a file that
    was cut off; what is missing stays missing in the numbers, and recording goes on after it. Several threads and
    processes may append at once.
    """

    def __init__(self, path: Path, key: bytes, clock: Callable[[], datetime] | None = None) -> None:
        self._path = path
        self._head_path = path.with_name(path.name + ".head")
        self._seal = Seal(key, "audit")
        self._clock = clock or (lambda: datetime.now(UTC))
        self._file_lock = FileLock(path.with_name(path.name + ".lock"))
        self._turn = threading.Lock()

    def record(self, event: str, study_uid: str, detail: str = "", actor: str = "") -> None:
        """Append one event; durable when this returns. ReaderError where it cannot be written or the key is another."""
        facts = {"event": event, "study": study_uid, "detail": detail, "actor": actor}
        facts["at"] = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
        plain = json.dumps(facts, ensure_ascii=False).encode()
        private_folder(self._path.parent)
        with self._turn, self._file_lock:
            before = self._link_before()
            number = before.number + 1
            text = base64.b64encode(self._seal.seal(plain, _about(number))).decode()
            link = _Link(number, _hash(before.hash, number, text))
            self._append(f"{number} {link.hash} {text}\n".encode())
            self._note(link)

    def verify(self) -> Verdict:
        """Walk the whole chain: every hash, every seal, every number, and the end against the sealed note of it."""
        with self._turn, self._file_lock:
            head = self._head()
            previous, count, broken = _Link(0, START), 0, False
            for line in self._lines():
                count += 1
                link = _parsed(line)
                broken = broken or link is None or not self._fits(line, link, previous)
                broken = broken or (head is not None and head.number == count and head != link)
                previous = link if link is not None and not broken else previous
            unnoted = head is None and count > 0
            cut = head is not None and head.number > count
            if broken or unnoted or cut:
                return Verdict(count, False, previous.number + (0 if unnoted and not broken else 1))
            return Verdict(count, True)

    def events(self) -> tuple[AuditEvent, ...]:
        """Every event that can be read, oldest first; `verify` says whether they are all there."""
        with self._turn, self._file_lock:
            read = [self._read(line) for line in self._lines()]
            return tuple(event for event in read if event is not None)

    def _fits(self, line: bytes, link: _Link, previous: _Link) -> bool:
        text = line.split(b" ")[2].decode()
        follows = link.number == previous.number + 1 and link.hash == _hash(previous.hash, link.number, text)
        return follows and self._read(line) is not None

    def _read(self, line: bytes) -> AuditEvent | None:
        link = _parsed(line)
        if link is None:
            return None
        try:
            sealed = base64.b64decode(line.split(b" ")[2], validate=True)
            facts = json.loads(self._seal.open(sealed, _about(link.number)))
            at = datetime.fromisoformat(facts["at"])
            code = facts["event"]
            meaning = MEANINGS.get(code, code)
            return AuditEvent(link.number, at, code, meaning, facts["study"], facts["detail"], facts["actor"])
        except (Unsealable, ValueError, KeyError, TypeError):
            return None

    def _link_before(self) -> _Link:
        """What the next event follows: the last line, unless the note says that more was there."""
        head, last = self._head(), self._last_whole()
        if head is None:
            if last is None:
                self._note(_Link(0, START))
                return _Link(0, START)
            # Without its note nobody can say what was cut off: leave a number out, so that the trail never looks whole.
            return _Link(last.number + 1, last.hash)
        if last is None or last.number < head.number:
            return head
        return last

    def _lines(self) -> Iterator[bytes]:
        """Every whole line. What follows the last line end was never acknowledged: it is the rest of a killed append."""
        try:
            with open(self._path, "rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        yield line[:-1]
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unwritable(error, "read") from error

    def _last_whole(self) -> _Link | None:
        """The last line's link, or None; an append that was cut off by a kill is taken away first."""
        try:
            with open(self._path, "r+b") as file:
                size = file.seek(0, os.SEEK_END)
                start = max(0, size - LONGEST_LINE)
                file.seek(start)
                tail = file.read()
                end = tail.rfind(b"\n") + 1
                if end < len(tail):
                    file.truncate(start + end)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unwritable(error, "written") from error
        lines = tail[:end].splitlines()
        return _parsed(lines[-1]) if lines else None

    def _note(self, link: _Link) -> None:
        write_private(self._head_path, self._seal.seal(json.dumps([link.number, link.hash]).encode(), b"head"))

    def _append(self, line: bytes) -> None:
        try:
            with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unwritable(error, "written") from error

    def _head(self) -> _Link | None:
        try:
            number, digest = json.loads(self._seal.open(self._head_path.read_bytes(), b"head"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unwritable(error, "read") from error
        except (Unsealable, ValueError) as error:
            raise ReaderError(
                f"The audit trail at {self._path} was sealed with another key, or its end was changed.",
                "Open the desk where its key is kept (see: readingroom doctor). Nothing was changed.",
            ) from error
        return _Link(int(number), str(digest))

    def _unwritable(self, error: OSError, what: str) -> ReaderError:
        return ReaderError(
            f"The audit trail at {self._path} cannot be {what}: {error.strerror or error}.",
            "Free space on that disk, or make the profile folder writable.",
        )


def _about(number: int) -> bytes:
    return f"event {number}".encode()


def _hash(previous: str, number: int, text: str) -> str:
    return hashlib.sha256(f"{previous} {number} {text}".encode()).hexdigest()


def _parsed(line: bytes) -> _Link | None:
    parts = line.split(b" ")
    if len(parts) != 3 or not parts[0].isdigit() or len(parts[1]) != 64 or not line.isascii():
        return None
    return _Link(int(parts[0]), parts[1].decode())
