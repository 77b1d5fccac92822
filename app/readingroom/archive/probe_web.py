"""A DICOMweb archive asked what it can do: searches, forms of answers, transfer syntaxes, addresses of bulk data."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from readingroom.archive.dialect import MULTIPART, SINGLE, Dialect
from readingroom.archive.line import JSON, Line, Refused
from readingroom.archive.match import STUDY_FIELDS
from readingroom.base.errors import ReaderError
from readingroom.record.tags import JsonTags, text, texts

SYNTAXES = {
    "1.2.840.10008.1.2.1": "uncompressed",
    "1.2.840.10008.1.2.4.80": "JPEG-LS lossless",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless",
    "1.2.840.10008.1.2.4.201": "HTJ2K lossless",
}
NEEDED = {
    "StudyDescription": 0x00081030,
    "ModalitiesInStudy": 0x00080061,
    "PatientBirthDate": 0x00100030,
    "AccessionNumber": 0x00080050,
    "NumberOfStudyRelatedInstances": 0x00201208,
}
"""What a worklist cannot do without."""
_NO_PICTURES = frozenset({"SR", "PR", "KO", "DOC", "RTSTRUCT", "RTPLAN", "REG", "AU", "ECG"})
_FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
_NOT_PROBED = "not probed: nothing is stored to find out"
_NOBODY = "READINGROOM-NOBODY-HAS-THIS"
_PAGES = (500, 200, 100)


def probed(line: Line, dialect: Dialect) -> dict[str, Any]:
    """What was found out, by name; None where there was nothing to try it on. ReaderError where searching fails."""
    page = min(25, dialect.page)
    fields = {"includefield": STUDY_FIELDS}
    raw, headers = line.get_json("studies", {**fields, "limit": str(page), "offset": "0"})
    rows = [JsonTags(row) for row in raw]
    upsrs, orthanc = _work_items(line)
    can: dict[str, Any] = {
        "paging": _allowed(_paging, line, rows),
        "fuzzy": _allowed(_fuzzy, line, rows),
        "frames": None,
        "rendered": None,
        "transfer_syntaxes": None,
        "ups_rs": upsrs,
        "same_uid_store": dialect.same_uid or ("keeps the old object and says stored" if orthanc else _NOT_PROBED),
        "product": dialect.name or ("Orthanc" if orthanc else ""),
        "server": " ".join(headers.get("Server", "").split())[:80],
        "filters": _allowed(_filters, line),
        "fields_missing": [key for key, tag in NEEDED.items() if rows and not any(r.values(tag) for r in rows)],
        "fields_only_if_asked": _only_if_asked(line, rows),
        "most_rows": _allowed(_most_rows, line, dialect),
        "token_minutes": _token_minutes(line, dialect),
    }
    path = _an_image(line, rows)
    return can | (_of_an_image(line, path) if path else {})


def _token_minutes(line: Line, dialect: Dialect) -> int | None:
    life = line.token_life_s
    return round(life / 60) if life is not None else dialect.token_minutes or None


def _of_an_image(line: Line, path: str) -> dict[str, Any]:
    study = path.partition("/series/")[0]
    series = path.partition("/instances/")[0]
    statuses = {
        words: _status(line, path, f'multipart/related; type="application/dicom"; transfer-syntax={uid}')
        for uid, words in SYNTAXES.items()
    }
    forms = {"multipart": MULTIPART, "single part": SINGLE, "anything": "*/*"}
    gzip, bulk = _of_metadata(line, path)
    return {
        "frames": _offered(line, f"{path}/frames/1", _FRAME),
        "rendered": _offered(line, f"{path}/rendered", "image/jpeg"),
        "transfer_syntaxes": [words for words, status in statuses.items() if status == 200],
        "transfer_syntax_faults": {w: s for w, s in statuses.items() if s is not None and s >= 500},
        "object_forms": [words for words, accept in forms.items() if _offered(line, path, accept)],
        "series_stream": _offered(line, series, MULTIPART),
        "study_metadata": _offered(line, f"{study}/metadata", JSON),
        "metadata_gzip": gzip,
        "bulk_data": bulk,
    }


def _offered(line: Line, path: str, accept: str) -> bool | None:
    """Whether a request is answered with 200; None where it is not answered in time, or the archive is not well."""
    status = _status(line, path, accept)
    unwell = status is None or status == 429 or (status >= 500 and status != 501)
    return None if unwell else status == 200


def _status(line: Line, path: str, accept: str) -> int | None:
    try:
        return line.tried(path, accept)[0]
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


def _most_rows(line: Line, dialect: Dialect) -> dict[str, Any]:
    """How many rows come at most at once, and whether the archive says that there are more; empty where all come."""
    for size in sorted({dialect.page, *(page for page in _PAGES if page < dialect.page)}, reverse=True):
        try:
            rows, headers = line.get_json("studies", {"limit": str(size), "offset": "0"})
        except Refused as refused:
            if refused.status not in (400, 413, 422):
                raise
            continue
        if size < dialect.page:
            return {"rows": size, "said": True}
        if len(rows) >= size or not rows or not line.get_json("studies", {"limit": "1", "offset": str(len(rows))})[0]:
            return {}
        return {"rows": len(rows), "said": "299" in headers.get("Warning", "")}
    return {"rows": 0, "said": True}


def _filters(line: Line) -> bool:
    """Whether a search for a patient whom nobody has finds nobody."""
    return not line.get_json("studies", {"PatientID": _NOBODY, "limit": "5", "offset": "0"})[0]


def _only_if_asked(line: Line, rows: list[JsonTags]) -> list[str]:
    """What comes of the needed fields only where includefield names it."""
    if not rows:
        return []
    plain = [JsonTags(row) for row in line.get_json("studies", {"limit": str(len(rows)), "offset": "0"})[0]]
    return [
        key
        for key, tag in NEEDED.items()
        if any(row.values(tag) for row in rows) and not any(row.values(tag) for row in plain)
    ]


def _fuzzy(line: Line, rows: list[JsonTags]) -> bool | None:
    """Whether a family name with its last letter changed is still found (PS3.18 8.3.4.2); None without such a name."""
    families = (text(row, 0x00100010).partition("^")[0] for row in rows)
    name = next((f for f in families if len(f) > 4 and f.isascii() and f.isalpha()), "")
    if not name:
        return None
    misspelt = name[:-1] + ("m" if name[-1].lower() == "n" else "n")
    found = line.get_json("studies", {"PatientName": misspelt, "fuzzymatching": "true", "limit": "5", "offset": "0"})[0]
    return any(text(JsonTags(row), 0x00100010).partition("^")[0] == name for row in found)


def _of_metadata(line: Line, path: str) -> tuple[bool | None, str | None]:
    """Whether metadata come compressed, and where their bulk data lie: here, elsewhere, elsewhere but here too."""
    try:
        headers, answer = line.get_json(f"{path}/metadata", {}, patient=True)
    except ReaderError:
        return None, None
    gzip = answer.get("Content-Encoding", "") == "gzip"
    uri = next((found for header in headers for found in bulk_uris(header)), "")
    if not uri:
        return gzip, "none"
    here = rerooted(uri, line.root)
    if here == uri:
        return gzip, "here"
    relative = here.removeprefix(f"{line.root}/")
    there = _offered(line, relative, "*/*")
    return gzip, "elsewhere, but here too" if there else "elsewhere"


def bulk_uris(header: Mapping[str, Any]) -> Iterator[str]:
    """Every BulkDataURI of a DICOM JSON object (PS3.18 F.2.2), sequences included."""
    for element in header.values():
        if not isinstance(element, dict):
            continue
        if isinstance(uri := element.get("BulkDataURI"), str) and uri:
            yield uri
        for item in element.get("Value") or ():
            if isinstance(item, dict):
                yield from bulk_uris(item)


def rerooted(uri: str, root: str) -> str:
    """A BulkDataURI under the root by which this desk reaches the archive; as it is where it lies there, or nowhere.

    Behind a proxy an archive may name itself by an address that only its own network knows.
    """
    if uri.startswith(f"{root}/"):
        return uri
    if not urlsplit(uri).scheme and not uri.startswith("/"):
        return f"{root}/{uri}"
    at = urlsplit(uri).path.find("/studies/")
    if at < 0:
        return uri
    query = urlsplit(uri).query
    return f"{root}{urlsplit(uri).path[at:]}{'?' + query if query else ''}"


def _an_image(line: Line, rows: list[JsonTags]) -> str:
    """The path of an image of some study, or "" where none is found."""
    one = {"limit": "1", "offset": "0"}
    for row in rows:
        kinds = set(texts(row, 0x00080061))
        if kinds and not kinds - _NO_PICTURES:
            continue
        study = f"studies/{text(row, 0x0020000D)}"
        for series in map(JsonTags, line.get_json(f"{study}/series", {"includefield": "Modality"})[0]):
            if text(series, 0x00080060) in _NO_PICTURES:
                continue
            path = f"{study}/series/{text(series, 0x0020000E)}"
            objects = _allowed(_json, line, f"{path}/instances", one) or _allowed(_json, line, f"{path}/metadata", {})
            if objects:
                return f"{path}/instances/{text(JsonTags(objects[0]), 0x00080018)}"
    return ""


def _json(line: Line, path: str, query: Mapping[str, str]) -> list[Any]:
    return line.get_json(path, query)[0]


def _allowed[T](ask: Callable[..., T], *what: Any) -> T | None:
    """What was found out, or None where the archive refuses to be asked so."""
    try:
        return ask(*what)
    except Refused:
        return None
