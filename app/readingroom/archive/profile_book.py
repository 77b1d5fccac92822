"""Profiles of archives, kept on the disk of the desk and asked for again when they are old or the archive is another.

Nothing of a patient is in them: what was tried on somebody's examination is kept as what came of it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from readingroom.archive.profile import Probe
from readingroom.base.log import LOG
from readingroom.settings.private_file import write_private
from readingroom.settings.sections import ArchiveSettings

KEPT_FOR = timedelta(days=7)
VERSION = 2
"""Of what is probed: a profile of another version is asked for again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One archive's profile, where it was asked, and when."""

    probe: Probe
    place: str
    at: datetime


class ProfileBook:
    """The profiles of one desk, in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def kept(self, settings: ArchiveSettings, now: datetime | None = None) -> Kept | None:
        """The profile of an archive, or None where there is none, it is older than a week, or the archive moved."""
        found = self._all().get(settings.name)
        if not isinstance(found, dict) or found.get("version") != VERSION:
            return None
        try:
            kept = Kept(Probe(**found["probe"]), found["place"], datetime.fromisoformat(found["at"]))
        except (KeyError, TypeError, ValueError):
            return None
        age = (now or datetime.now(UTC)) - kept.at
        fresh = timedelta(0) <= age <= KEPT_FOR and kept.place == place_of(settings)
        return kept if fresh and kept.probe.ok else None

    def keep(self, found: Mapping[str, tuple[ArchiveSettings, Probe]], now: datetime | None = None) -> None:
        """Keep profiles by archive name; an archive that did not answer keeps the profile it has."""
        at = (now or datetime.now(UTC)).isoformat()
        fresh = {
            name: {"version": VERSION, "place": place_of(settings), "at": at, "probe": asdict(probe)}
            for name, (settings, probe) in found.items()
            if probe.ok
        }
        if fresh:
            write_private(self._path, json.dumps(self._all() | fresh, indent=1, ensure_ascii=False).encode())

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            LOG.warning("the profiles of the archives cannot be read; they are asked for again")
            return {}
        return found if isinstance(found, dict) else {}


def place_of(settings: ArchiveSettings) -> str:
    """Where an archive is asked: another place or another make is another archive."""
    where = {"dicomweb": settings.url, "folder": settings.path}.get(
        settings.kind, f"{settings.host}:{settings.port} {settings.aet}"
    )
    return f"{settings.kind} {where} {settings.product}".strip()
