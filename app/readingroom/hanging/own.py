"""A desk's own hanging protocols as files: the reader's, and the site's where there are any. Each change can be put back."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.hanging.library import Protocols, protocols_of_desk, read_protocol
from readingroom.hanging.protocol import Protocol
from readingroom.hanging.writing import text_of
from readingroom.record.patient import without_accents

USER, SITE = "user", "site"
LONGEST_ID = 60
_APART = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Before:
    """A protocol's file as it was before a change; text None where there was none."""

    path: Path
    text: str | None


@dataclass(frozen=True, slots=True)
class OwnProtocols:
    """Where a desk's own protocols lie; site: the site's folder, "" where there is none."""

    user: Path
    site: str = ""

    def read(self) -> Protocols:
        """Every protocol that the desk has, those that travel with the program included."""
        return protocols_of_desk(self.user, self.site)

    def folder(self, level: str) -> Path:
        """The folder of a level; ReaderError where the desk has no site's folder, or the level is not the desk's."""
        if level == USER:
            return self.user
        if level == SITE and self.site:
            return Path(self.site).expanduser()
        problem = (
            "No folder for the site's hanging protocols is set." if level == SITE else f"{level} is not this desk's."
        )
        raise ReaderError(problem, "Name one as [hanging] site in settings.toml, or save for yourself.")

    def save(self, protocol: Protocol, level: str) -> Before:
        """Write a protocol to a level, in the place of its own file there; ReaderError where it would not be read again.

        What the file held before comes back with `put_back`.
        """
        folder = self.folder(level)
        path = folder / (protocol.source if protocol.level == level and protocol.source else f"{protocol.id}.yaml")
        before = _text(path)
        draft = path.with_name(f".{path.name}.new")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text_of(protocol), encoding="utf-8")
            read_protocol(draft, level)
            os.replace(draft, path)
        except OSError as error:
            problem = f"The protocol “{protocol.name}” could not be written to {folder} ({error.strerror or error})."
            raise ReaderError(problem, "Check the folder and its permissions, or save at the other level.") from error
        finally:
            with suppress(OSError):
                draft.unlink()
        return Before(path, before)

    def remove(self, protocol: Protocol) -> Before:
        """Delete one of the desk's own protocols; ReaderError for one that travels with the program."""
        if protocol.level not in (USER, SITE):
            raise ReaderError(
                f"“{protocol.name}” travels with the program and cannot be deleted.", "Put it out of use instead."
            )
        path = self.folder(protocol.level) / protocol.source
        before = _text(path)
        try:
            path.unlink()
        except OSError as error:
            problem = f"{path} could not be deleted ({error.strerror or error})."
            raise ReaderError(problem, "Check the folder and its permissions.") from error
        return Before(path, before)


def put_back(before: Before) -> None:
    """Undo a change of a protocol's file."""
    try:
        if before.text is None:
            before.path.unlink(missing_ok=True)
        else:
            before.path.write_text(before.text, encoding="utf-8")
    except OSError as error:
        problem = f"{before.path} could not be put back ({error.strerror or error})."
        raise ReaderError(problem, "Check the folder and its permissions.") from error


def fresh_id(name: str, taken: Iterable[str]) -> str:
    """An id for a protocol by its name that no other has: small letters, digits and hyphens."""
    stem = _APART.sub("-", without_accents(name).lower()).strip("-")[:LONGEST_ID]
    stem = stem if len(stem) > 1 else f"layout-{stem}".rstrip("-")
    known, found, number = set(taken), stem, 2
    while found in known:
        found, number = f"{stem}-{number}", number + 1
    return found


def duplicate(protocol: Protocol, library: Protocols) -> Protocol:
    """A copy under another name, not saved yet, for the reader's own."""
    name = f"{protocol.name[:55]} (copy)"
    taken = (one.id for one in (*library.usable, *library.disabled))
    return replace(protocol, id=fresh_id(name, taken), name=name, level=USER, source="", enabled=True)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if path.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        raise ReaderError(f"{path} cannot be read ({error}).", "Check the file.") from error
