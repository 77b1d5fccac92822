"""Killed at the worst moment: what was signed is stored once, whatever was heard of it."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.fakes.dicomweb_faults import FaultyArchive, wait_until
from tests.fakes.objects import ct_series

REPO = Path(__file__).resolve().parents[2]


class Holding(dict[str, bytes]):
    """The objects of an archive that stores, and then keeps its answer back until it is let go."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        super().__init__(objects)
        self.stored, self.go_on = threading.Event(), threading.Event()

    def setdefault(self, key: str, default: Any = None) -> Any:
        found = super().setdefault(key, default)
        self.stored.set()
        self.go_on.wait(30)
        return found


def _reader(profile: Path, url: str, what: str) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "tests.stories.reader_who_signs", str(profile), url, what]
    paths = os.pathsep.join((str(REPO), str(REPO / "app"), os.environ.get("PYTHONPATH", "")))
    return subprocess.Popen(words, cwd=REPO, env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": paths})


def test_a_report_whose_reader_is_killed_while_it_is_sent_is_in_the_archive_once(tmp_path: Path) -> None:
    with FaultyArchive(ct_series(4)) as archive:
        holding = Holding(archive.objects)
        archive.objects = holding
        first = _reader(tmp_path, archive.url, "sign")
        try:
            assert holding.stored.wait(60), "the report never reached the archive"
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
        holding.go_on.set()
        second = _reader(tmp_path, archive.url, "wait")
        try:
            assert second.wait(60) == 0
        finally:
            second.kill()
            second.wait()
        assert wait_until(lambda: len(archive.objects) == 5), "four images and one report"
