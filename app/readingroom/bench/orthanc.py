"""A real Orthanc with DICOMweb on this machine's loopback, with its own ports and its own empty store."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Self

PROGRAMS = ("/usr/sbin/Orthanc", "/usr/local/sbin/Orthanc", "/usr/bin/Orthanc")
PLUGINS = (
    "/usr/share/orthanc/plugins/libOrthancDicomWeb.so",
    "/usr/lib/orthanc/libOrthancDicomWeb.so",
    "/usr/local/share/orthanc/plugins/libOrthancDicomWeb.so",
)
START_S = 30.0
STOP_S = 20.0


def orthanc_is_here() -> str:
    """ "" where Orthanc and its DICOMweb plug-in are installed, else what is missing."""
    if _first(PROGRAMS) is None and shutil.which("Orthanc") is None:
        return "Orthanc is not installed"
    return "" if _first(PLUGINS) else "Orthanc's DICOMweb plug-in is not installed"


class OrthancServer:
    """One Orthanc; `url` is its DICOMweb root. password: user "reader" must sign in with it.

    desks: title and port of those that it knows; where given, it also answers DIMSE as "ORTHANC" at dicom_port.
    """

    def __init__(
        self, folder: Path, password: str = "", port: int | None = None, desks: Mapping[str, int] | None = None
    ) -> None:
        self.folder = folder
        self.password = password
        self.port = port or free_port()
        self.dicom_port = free_port()
        self._desks = desks
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The DICOMweb root."""
        return f"http://127.0.0.1:{self.port}/dicom-web"

    @property
    def number(self) -> int | None:
        """Its number among the processes of this machine while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Start it and wait until DICOMweb answers; what it stored before a stop is there again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "orthanc.json"
        settings.write_text(json.dumps(self._settings()))
        program = _first(PROGRAMS) or shutil.which("Orthanc") or "Orthanc"
        log = (self.folder / "orthanc.log").open("ab")
        with log:
            self._process = subprocess.Popen([program, str(settings)], stdout=log, stderr=log, cwd=self.folder)
        end = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Orthanc did not start: {(self.folder / 'orthanc.log').read_text()[-2000:]}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Stop it; it takes more than two seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """Pull the plug."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def put(self, part10: bytes) -> None:
        """Put one object in by Orthanc's own door, so that no test of ours depends on the door under test."""
        self._call("POST", "instances", part10)

    def empty(self) -> None:
        """Delete every patient."""
        for patient in json.loads(self._call("GET", "patients")):
            self._call("DELETE", f"patients/{patient}")

    def counts(self) -> dict[str, int]:
        """What it holds: CountPatients, CountStudies, CountSeries, CountInstances."""
        found = json.loads(self._call("GET", "statistics"))
        return {key: value for key, value in found.items() if key.startswith("Count")}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}", data=body, method=method)
        if self.password:
            request.add_header(
                "Authorization", "Basic " + base64.b64encode(f"reader:{self.password}".encode()).decode()
            )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())

    def _answers(self) -> bool:
        try:
            self._call("GET", "dicom-web/studies?limit=1")
        except (urllib.error.URLError, OSError):
            return False
        return True

    def _settings(self) -> dict[str, object]:
        store = str(self.folder / "store")
        return {
            "Name": "test",
            "StorageDirectory": store,
            "IndexDirectory": store,
            "HttpPort": self.port,
            "DicomPort": self.dicom_port,
            "DicomServerEnabled": self._desks is not None,
            "DicomAet": "ORTHANC",
            "DicomCheckCalledAet": True,
            "DicomAlwaysAllowEcho": True,
            "DicomModalities": {
                title: {"AET": title, "Host": "127.0.0.1", "Port": port, "AllowStorageCommitment": True}
                for title, port in (self._desks or {}).items()
            },
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": bool(self.password),
            "RegisteredUsers": {"reader": self.password} if self.password else {},
            "Plugins": [_first(PLUGINS)],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "EnableWado": False},
            "StableAge": 1,
            "ConcurrentJobs": 1,
            "HttpThreadsCount": 20,
            "KeepAlive": True,
        }


def free_port() -> int:
    """A TCP port on loopback that is free now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _first(paths: tuple[str, ...]) -> str | None:
    return next((path for path in paths if os.path.exists(path)), None)
