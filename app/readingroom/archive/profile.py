"""What an archive can do, found out by asking it; nothing is ever stored to find out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.dimse import Dimse
from readingroom.archive.dimse_line import COMMITMENT, FIND, GET, MOVE
from readingroom.archive.folder import FolderArchive
from readingroom.archive.probe_web import probed
from readingroom.archive.region import Door
from readingroom.base.errors import ReaderError
from readingroom.record.search import Query


@dataclass(frozen=True, slots=True)
class Probe:
    """One archive probed: whether and how fast it answers, and what it can do (None = could not be found out)."""

    name: str
    ok: bool
    ms: float
    problem: str = ""
    remedy: str = ""
    can: Mapping[str, Any] = field(default_factory=dict)


def probe(door: Door) -> Probe:
    """Ask one archive what it can do; never raises for an archive that fails."""
    began = perf_counter()
    try:
        door.search(Query(limit=1))
        ms = (perf_counter() - began) * 1000
        can = _can(door)
    except ReaderError as error:
        return Probe(door.name, False, (perf_counter() - began) * 1000, error.problem, error.remedy)
    return Probe(door.name, True, ms, can=can)


def _can(door: Door) -> dict[str, Any]:
    if isinstance(door, DicomWeb):
        return probed(door.line, door.dialect)
    if isinstance(door, Dimse):
        return _dimse(door)
    return _folder(door) if isinstance(door, FolderArchive) else {}


def _folder(door: FolderArchive) -> dict[str, Any]:
    return {
        "paging": True,
        "fuzzy": False,
        "frames": False,
        "rendered": False,
        "transfer_syntaxes": ["as stored"],
        "ups_rs": False,
        "same_uid_store": "refused, the first object stays",
        "unread_files": len(door.unread),
    }


def _dimse(door: Dimse) -> dict[str, Any]:
    door.echo()
    offered = door.services()
    return {
        "find": FIND in offered,
        "get": GET in offered,
        "move": MOVE in offered,
        "commitment": COMMITMENT in offered,
        "tls": door.line.settings.tls,
        "own_port": door.line.settings.own_port,
        "transfer_syntaxes": ["as stored"],
        "same_uid_store": "not probed: nothing is stored to find out",
    }
