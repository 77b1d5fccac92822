"""A tiny DICOMweb archive that behaves, until it is told which fault to play."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from pydicom import Dataset, dcmread

FAULTS = (
    "slow", "401", "404", "406", "500", "busy", "truncated", "cut part", "wrong type", "no boundary", "garbage",
    "not a list", "no length", "stranger", "drops", "empty", "stow forgets", "stow cut", "stow changes", "stow 400",
    "ignores keys", "repeats pages", "stalls",
)  # fmt: skip
BOUNDARY = "a-boundary; of its own"


class FaultyArchive:
    """Serves the objects it is given over QIDO-RS, WADO-RS and STOW-RS; `fault` chooses what goes wrong from now on."""

    def __init__(self, part10s: Sequence[bytes] = ()) -> None:
        self.objects: dict[str, bytes] = {}
        for part10 in part10s:
            self.add(part10)
        self.fault = ""
        self.stranger: bytes = b""
        self.busy_answers = 1
        self.retry_after = "0"
        self.token = ""
        self.packs: Callable[[bytes], bytes] | None = None
        self.renders: Callable[[bytes], bytes] | None = None
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []
        self.released = threading.Event()
        archive = self

        class Door(_Door):
            owner = archive

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The DICOMweb root."""
        return f"http://127.0.0.1:{self._server.server_port}/dicom-web"

    def add(self, part10: bytes) -> None:
        """Hold one more object."""
        self.objects[str(header(part10).SOPInstanceUID)] = part10

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


def header(part10: bytes) -> Dataset:
    """The header of an object."""
    return dcmread(BytesIO(part10), stop_before_pixels=True)


class _Door(BaseHTTPRequestHandler):
    owner: FaultyArchive
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.owner.asked.append(("GET", self.path, dict(self.headers)))
        if self._refused():
            return
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/dicom-web/")
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        for pattern, answer in self._routes():
            if found := re.fullmatch(pattern, path):
                answer(query, *found.groups())
                return
        self._say(404, b'{"Message": "Unknown resource"}', "application/json")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.owner.asked.append(("POST", self.path, dict(self.headers)))
        if self._refused():
            return
        boundary = re.search(r"boundary=([^;]+)", self.headers["Content-Type"])
        assert boundary is not None
        pieces = body.split(b"--" + boundary.group(1).encode())[1:-1]
        part10s = [piece.split(b"\r\n\r\n", 1)[1][:-2] for piece in pieces]
        listed = []
        for part10 in [] if self.owner.fault == "stow cut" else part10s:
            ds = header(part10)
            listed.append((str(ds.SOPClassUID), str(ds.SOPInstanceUID)))
            if self.owner.fault == "stow changes":
                part10 = part10.replace(b"CT chest", b"CT chess")
            if self.owner.fault != "stow forgets":
                self.owner.objects.setdefault(str(ds.SOPInstanceUID), part10)
        items = [{"00081150": {"vr": "UI", "Value": [c]}, "00081155": {"vr": "UI", "Value": [u]}} for c, u in listed]
        said = json.dumps({"00081199": {"vr": "SQ", "Value": items}} if items else {}).encode()
        self._say(400 if self.owner.fault == "stow 400" else 200, said)

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _routes(self) -> Sequence[tuple[str, Callable[..., None]]]:
        one = r"([0-9.]+)"
        return (
            ("studies", self._studies),
            (rf"studies/{one}/series", self._series),
            (rf"studies/{one}/metadata", self._metadata),
            (rf"studies/{one}/series/{one}", self._pixels),
            (rf"studies/{one}/series/{one}/instances/{one}", self._pixels),
            (rf"studies/{one}/series/{one}/instances/{one}/rendered", self._rendered),
        )

    def _refused(self) -> bool:
        fault = self.owner.fault
        if self.owner.token and self.headers.get("Authorization") != f"Bearer {self.owner.token}":
            self._say(401, b"{}")
            return True
        if fault == "slow":
            self.owner.released.wait(20)
            return False
        if fault == "busy" and self.owner.busy_answers > 0:
            self.owner.busy_answers -= 1
            self._say(503, b"", "text/plain", {"Retry-After": self.owner.retry_after})
            return True
        if fault in ("401", "404", "406", "500"):
            self._say(int(fault), b'{"Details": "Played by the test"}', "application/json")
            return True
        if fault == "wrong type":
            self._say(200, b"<html>Please sign in</html>", "text/html")
            return True
        if fault == "garbage":
            self._say(200, b'[{"0020000D": ', "application/dicom+json")
            return True
        if fault == "not a list":
            self._say(200, b'{"oops": 1}', "application/dicom+json")
            return True
        return False

    def _studies(self, query: Mapping[str, str]) -> None:
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for ds in map(header, self.owner.objects.values()):
            key = (str(ds.StudyInstanceUID), str(ds.PatientID))
            row = rows.setdefault(key, _study_row(ds))
            row["00201208"]["Value"][0] += 1
        wanted = query.get("StudyInstanceUID", "")
        ignores = self.owner.fault == "ignores keys"
        found = [row for (uid, _), row in rows.items() if ignores or not wanted or uid == wanted]
        start = 0 if self.owner.fault == "repeats pages" else int(query.get("offset", 0))
        size = 1 if self.owner.fault == "repeats pages" else int(query.get("limit", 1000))
        short = {"Warning": '299 test "more"'} if self.owner.fault == "repeats pages" else {}
        self._say(200, json.dumps(found[start : start + size]).encode(), headers=short)

    def _series(self, query: Mapping[str, str], study: str) -> None:
        counts: dict[str, int] = {}
        for ds in self._of(study):
            counts[str(ds.SeriesInstanceUID)] = counts.get(str(ds.SeriesInstanceUID), 0) + 1
        rows = [
            {"0020000E": {"vr": "UI", "Value": [uid]}, "00201209": {"vr": "IS", "Value": [n]}}
            for uid, n in counts.items()
        ]
        self._say(200, json.dumps(rows[int(query.get("offset", 0)) :]).encode())

    def _metadata(self, query: Mapping[str, str], study: str) -> None:
        found = [ds.to_json_dict(suppress_invalid_tags=True) for ds in self._of(study)]
        self._say(200 if found else 404, json.dumps(found).encode())

    def _pixels(self, query: Mapping[str, str], study: str, series: str, sop: str = "") -> None:
        fault = self.owner.fault
        found = [
            part10
            for uid, part10 in self.owner.objects.items()
            if (ds := header(part10)).StudyInstanceUID == study and ds.SeriesInstanceUID == series and sop in ("", uid)
        ]
        if not found:
            self._say(404, b"{}")
            return
        if "4.80" in self.headers.get("Accept", ""):
            if self.owner.packs is None:
                self._say(406, b"{}")
                return
            found = [self.owner.packs(part10) for part10 in found]
        if fault == "stranger":
            found.append(self.owner.stranger)
        if fault == "drops" and not sop:
            found = found[:-1]
        body = self._multipart([] if fault == "empty" else found)
        if fault == "truncated" and not sop:
            body = body[: len(body) - len(found[-1]) // 2 - 60]
        kind = f'multipart/related; type="application/dicom"; boundary="{BOUNDARY}"'
        if fault == "no boundary":
            kind = 'multipart/related; type="application/dicom"'
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if fault == "stalls":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.owner.released.wait(20)
            return
        self.wfile.write(body)

    def _rendered(self, query: Mapping[str, str], study: str, series: str, sop: str) -> None:
        if self.owner.renders is None:
            self._say(404, b"{}")
        else:
            self._say(200, self.owner.renders(self.owner.objects[sop]), "image/jpeg")

    def _multipart(self, part10s: Sequence[bytes]) -> bytes:
        pieces = []
        for part10 in part10s:
            length = "" if self.owner.fault == "no length" else f"Content-Length: {len(part10)}\r\n"
            pieces.append(
                f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n{length}\r\n".encode() + part10 + b"\r\n"
            )
        return b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()

    def _of(self, study: str) -> list[Dataset]:
        return [ds for ds in map(header, self.owner.objects.values()) if ds.StudyInstanceUID == study]

    def _say(
        self, status: int, body: bytes, kind: str = "application/dicom+json", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _study_row(ds: Dataset) -> dict[str, Any]:
    keys = (
        "StudyInstanceUID", "StudyDate", "StudyTime", "StudyDescription", "AccessionNumber", "PatientID",
        "PatientName", "PatientBirthDate", "PatientSex",
    )  # fmt: skip
    short = Dataset()
    for key in keys:
        if key in ds:
            setattr(short, key, ds[key].value)
    row: dict[str, Any] = short.to_json_dict()
    row["00080061"] = {"vr": "CS", "Value": [str(ds.Modality)]}
    row["00201208"] = {"vr": "IS", "Value": [0]}
    return row


def wait_until(true: Callable[[], bool], within_s: float = 5.0) -> bool:
    """Whether something came true in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return true()
