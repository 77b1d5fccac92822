"""Archives in the shapes that their makers document: what they refuse, cut short, or send in another form."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.dicomweb_faults import FaultyArchive, _Door, _study_row, header

GOOGLE_KEYS = frozenset(
    {"StudyInstanceUID", "PatientName", "PatientID", "AccessionNumber", "ReferringPhysicianName", "StudyDate"}
)
AZURE_KEYS = GOOGLE_KEYS | {"PatientBirthDate", "StudyDescription", "ModalitiesInStudy"}
NO_KEYS = frozenset({"includefield", "limit", "offset", "fuzzymatching"})


class Product(FaultyArchive):
    """google: some keys, whole words. azure: at most 200 rows, whole words. aws: object by object, alone.

    dcm4chee: `cap` rows at most, announced. silent: `cap` rows at most, not announced.
    """

    def __init__(self, product: str, part10s: Sequence[bytes] = (), cap: int = 50) -> None:
        super().__init__(part10s)
        self.product, self.cap = product, cap
        archive = self

        class Door(_Quirky):
            owner = archive

        self._server.RequestHandlerClass = Door


class _Quirky(_Door):
    owner: Product

    def _studies(self, query: Mapping[str, str]) -> None:
        product, asked = self.owner.product, {k: v for k, v in query.items() if k not in NO_KEYS}
        keys = {"google": GOOGLE_KEYS, "azure": AZURE_KEYS}.get(product)
        if keys is not None and asked.keys() - keys:
            self._say(400, b'{"Message": "this key is not searched by"}', "application/json")
            return
        if product == "azure" and not 1 <= int(query.get("limit", 100)) <= 200:
            self._say(400, b'{"Message": "limit is outside of its range"}', "application/json")
            return
        rows: dict[str, dict[str, Any]] = {}
        for ds in map(header, self.owner.objects.values()):
            row = rows.setdefault(str(ds.StudyInstanceUID), _study_row(ds))
            row["00201208"]["Value"][0] += 1
        found = [row for row in rows.values() if _fits(row, asked, query.get("fuzzymatching") == "true")]
        start, size = int(query.get("offset", 0)), int(query.get("limit", 100))
        capped = min(size, self.owner.cap) if product in ("dcm4chee", "silent") else size
        page = found[start : start + capped]
        more = len(found) - start - len(page)
        told = {"Warning": f'299 here "There are {more} additional results that can be requested"'}
        self._say(200, json.dumps(page).encode(), headers=told if product == "dcm4chee" and more > 0 else {})

    def _routes(self) -> Any:
        one = r"([0-9.]+)"
        return (*super()._routes(), (rf"studies/{one}/series/{one}/metadata", self._series_metadata))

    def _metadata(self, query: Mapping[str, str], study: str) -> None:
        if self.owner.product == "aws":
            self._say(404, b"{}")
        else:
            super()._metadata(query, study)

    def _series_metadata(self, query: Mapping[str, str], study: str, series: str) -> None:
        found = [
            ds.to_json_dict(suppress_invalid_tags=True) for ds in self._of(study) if ds.SeriesInstanceUID == series
        ]
        self._say(200, json.dumps(found).encode())

    def _pixels(self, query: Mapping[str, str], study: str, series: str, sop: str = "") -> None:
        alone = self.headers.get("Accept", "").startswith("application/dicom")
        if self.owner.product not in ("aws", "alone") or not sop:
            if self.owner.product == "aws":
                self._say(404, b"{}")
            else:
                super()._pixels(query, study, series, sop)
        elif not alone:
            self._say(406, b"{}")
        elif sop in self.owner.objects:
            self._say(200, self.owner.objects[sop], "application/dicom")
        else:
            self._say(404, b"{}")


def limits_asked(archive: Product) -> list[int]:
    """The limit of each search, in order."""
    queries = (parse_qs(urlsplit(path).query) for method, path, _ in archive.asked if method == "GET")
    return [int(query["limit"][0]) for query in queries if "limit" in query]


def _fits(row: Mapping[str, Any], asked: Mapping[str, str], fuzzy: bool) -> bool:
    name = row.get("00100010", {}).get("Value", [{"Alphabetic": ""}])[0]["Alphabetic"]
    wanted = asked.get("PatientName", "")
    if wanted and fuzzy:
        words = name.casefold().replace("^", " ").split()
        if not any(word.startswith(wanted.casefold()) for word in words):
            return False
    elif wanted and wanted.casefold() != name.casefold():
        return False
    for key, tag in (("PatientID", "00100020"), ("AccessionNumber", "00080050"), ("StudyInstanceUID", "0020000D")):
        if key in asked and asked[key] not in row.get(tag, {}).get("Value", []):
            return False
    return True
