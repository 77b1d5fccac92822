"""What an archive can do, found out by asking it; nothing is ever stored to find out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.folder import FolderArchive
from readingroom.archive.line import JSON, Line
from readingroom.archive.region import Door
from readingroom.base.errors import ReaderError
from readingroom.record.search import Query
from readingroom.record.tags import JsonTags, text, texts

SYNTAXES = {
    "1.2.840.10008.1.2.1": "uncompressed",
    "1.2.840.10008.1.2.4.80": "JPEG-LS lossless",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless",
    "1.2.840.10008.1.2.4.201": "HTJ2K lossless",
}
_NO_PICTURES = frozenset({"SR", "PR", "KO", "DOC", "RTSTRUCT", "RTPLAN", "REG", "AU", "ECG"})
_FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
_NOT_PROBED = "not probed: nothing is stored to find out"


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
        can = (
            _web(door.line) if isinstance(door, DicomWeb) else _folder(door) if isinstance(door, FolderArchive) else {}
        )
    except ReaderError as error:
        return Probe(door.name, False, (perf_counter() - began) * 1000, error.problem, error.remedy)
    return Probe(door.name, True, ms, can=can)


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


def _web(line: Line) -> dict[str, Any]:
    fields = {"includefield": "PatientName,ModalitiesInStudy"}
    rows = [JsonTags(row) for row in line.get_json("studies", {**fields, "limit": "25", "offset": "0"})[0]]
    upsrs, orthanc = _work_items(line)
    can: dict[str, Any] = {
        "paging": _paging(line, rows),
        "fuzzy": _fuzzy(line, rows),
        "frames": None,
        "rendered": None,
        "transfer_syntaxes": None,
        "ups_rs": upsrs,
        "same_uid_store": "keeps the old object and says stored" if orthanc else _NOT_PROBED,
    }
    path = _an_image(line, rows)
    if path:
        can["frames"] = _offered(line, f"{path}/frames/1", _FRAME)
        can["rendered"] = _offered(line, f"{path}/rendered", "image/jpeg")
        can["transfer_syntaxes"] = [
            words
            for uid, words in SYNTAXES.items()
            if _offered(line, path, f'multipart/related; type="application/dicom"; transfer-syntax={uid}')
        ]
    return can


def _offered(line: Line, path: str, accept: str) -> bool | None:
    """Whether a request is answered with 200; None where it is not answered in time."""
    try:
        return line.tried(path, accept)[0] == 200
    except ReaderError:
        return None


def _work_items(line: Line) -> tuple[bool | None, bool]:
    """Whether UPS-RS is there (PS3.18 11), and whether the refusal is in Orthanc's own words."""
    try:
        status, said = line.tried("workitems?limit=1", JSON)
    except ReaderError:
        return None, False
    return status in (200, 204, 206), b"OrthancError" in said


def _paging(line: Line, rows: list[JsonTags]) -> bool | None:
    """Whether limit and offset work; None where there are too few studies to tell."""
    if len(rows) < 2:
        return None
    second = line.get_json("studies", {"limit": "1", "offset": "1"})[0]
    return len(second) == 1 and text(JsonTags(second[0]), 0x0020000D) == text(rows[1], 0x0020000D)


def _fuzzy(line: Line, rows: list[JsonTags]) -> bool | None:
    """Whether a family name with its last letter changed is still found (PS3.18 8.3.4.2); None without such a name."""
    families = (text(row, 0x00100010).partition("^")[0] for row in rows)
    name = next((f for f in families if len(f) > 4 and f.isascii() and f.isalpha()), "")
    if not name:
        return None
    misspelt = name[:-1] + ("m" if name[-1].lower() == "n" else "n")
    found = line.get_json("studies", {"PatientName": misspelt, "fuzzymatching": "true", "limit": "5", "offset": "0"})[0]
    return any(text(JsonTags(row), 0x00100010).partition("^")[0] == name for row in found)


def _an_image(line: Line, rows: list[JsonTags]) -> str:
    """The path of an image of some study, or "" where none is found."""
    one = {"limit": "1", "offset": "0"}
    for row in rows:
        if not set(texts(row, 0x00080061)) - _NO_PICTURES:
            continue
        study = f"studies/{text(row, 0x0020000D)}"
        for series in map(JsonTags, line.get_json(f"{study}/series", {"includefield": "Modality"})[0]):
            if text(series, 0x00080060) in _NO_PICTURES:
                continue
            path = f"{study}/series/{text(series, 0x0020000E)}"
            objects = line.get_json(f"{path}/instances", one)[0]
            if objects:
                return f"{path}/instances/{text(JsonTags(objects[0]), 0x00080018)}"
    return ""
