"""From settings to doors: every configured archive as one region."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.folder import FolderArchive
from readingroom.archive.region import Door, Region
from readingroom.settings.secrets import archive_secret
from readingroom.settings.sections import ArchiveSettings


class Keeper(Protocol):
    """Whoever keeps the secrets."""

    def get(self, name: str) -> str | None:
        """The secret of that name, or None."""
        ...


def open_archives(settings: Sequence[ArchiveSettings], secrets: Keeper) -> Region:
    """The region of the settings' archives, in their order. Nothing is asked yet; a wrong address is told when it is."""
    doors = [open_archive(one, secrets) for one in settings]
    return Region(doors, {one.name: one.timeout_s for one in settings})


def open_archive(settings: ArchiveSettings, secrets: Keeper) -> Door:
    """The door that an archive's settings name."""
    if settings.kind == "folder":
        return FolderArchive(settings.name, Path(settings.path).expanduser(), settings.issuer, settings.store)
    secret = secrets.get(archive_secret(settings.name)) if settings.auth != "none" else None
    return DicomWeb(settings, secret)
