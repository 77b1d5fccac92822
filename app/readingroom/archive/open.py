"""From settings to doors: every configured archive as one region."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.dimse import Dimse
from readingroom.archive.dimse_receive import OwnPort
from readingroom.archive.folder import FolderArchive
from readingroom.archive.meter import LineBook
from readingroom.archive.region import Door, Region
from readingroom.settings.secrets import archive_secret
from readingroom.settings.sections import ArchiveSettings


class Keeper(Protocol):
    """Whoever keeps the secrets."""

    def get(self, name: str) -> str | None:
        """The secret of that name, or None."""
        ...


def open_archives(
    settings: Sequence[ArchiveSettings],
    secrets: Keeper,
    learnt: Mapping[str, Mapping[str, Any]] | None = None,
    book: LineBook | None = None,
) -> Region:
    """The region of the settings' archives, in their order. Nothing is asked yet; a wrong address is told when it is.

    learnt: what probing an archive showed, by its name. book: where what the lines carry is counted.
    """
    ports: dict[tuple[str, int, bool], OwnPort] = {}
    doors = [open_archive(one, secrets, ports, (learnt or {}).get(one.name), book) for one in settings]
    return Region(doors, {one.name: one.timeout_s for one in settings})


def open_archive(
    settings: ArchiveSettings,
    secrets: Keeper,
    ports: dict[tuple[str, int, bool], OwnPort] | None = None,
    can: Mapping[str, Any] | None = None,
    book: LineBook | None = None,
) -> Door:
    """The door that an archive's settings name; ports: this desk's own, by title and number, shared among doors."""
    if settings.kind == "dimse":
        key = settings.own_aet, settings.own_port, settings.tls
        own = ports.setdefault(key, OwnPort(settings)) if ports is not None else OwnPort(settings)
        return Dimse(settings, own, get=(can or {}).get("get") is not False)
    if settings.kind == "folder":
        return FolderArchive(settings.name, Path(settings.path).expanduser(), settings.issuer, settings.store)
    secret = secrets.get(archive_secret(settings.name)) if settings.auth != "none" else None
    return DicomWeb(settings, secret, partial(secrets.get, archive_secret(settings.name)), can, book)
