"""How soon the worklist can be used after the program was started, beside an empty window."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import monotonic

from readingroom.base.errors import ReaderError
from readingroom.bench.result import Result, result

CASES = ("dx-hand", "us-abdomen", "mr-lumbar")
OURS = "import sys; from readingroom.bench.start import open_worklist; open_worklist(sys.argv[1], sys.argv[2])"
EMPTY = """
import time
import numpy, pydicom
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1440, 860)
window.show()
application.processEvents()
print(time.monotonic())
"""
MOST_S = 60.0


def measured(name: str, runs: int) -> Iterator[Result]:
    """From the start of the process to rows on the glass, on a demo profile that was opened before."""
    from readingroom.demo.region import write_region

    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        region, profile = Path(place) / "region", Path(place) / "profile"
        write_region(region, only=CASES)
        # Once uncounted: the key, the index of the folders and the compiled modules are there at every later start.
        turns = [(_seconds(OURS, str(region), str(profile)), _seconds(EMPTY)) for _ in range(min(runs, 7) + 1)][1:]
    peer = "importing Qt, pydicom and numpy and showing an empty window"
    words = f"three folder archives, {len(CASES)} examinations"
    yield result("start", [ours for ours, _ in turns], "s", median(empty for _, empty in turns), peer, None, words)


def open_worklist(region: str, profile: str) -> None:
    """In a process of its own: the workstation until its list has rows and is painted; prints when that was."""
    from readingroom.bench.stage import Stage
    from readingroom.demo.patients import TRUSTS
    from readingroom.settings.sections import ArchiveSettings

    archives = tuple(ArchiveSettings(t.name, "folder", path=str(Path(region) / t.folder)) for t in TRUSTS)
    with Stage(Path(profile), archives) as stage:
        window = stage.station.worklist
        stage.wait(window.model.rowCount)
        window.repaint()
        stage.arrived()
        print(monotonic(), flush=True)  # noqa: T201  (told to the process that started this one)


def _seconds(code: str, *words: str) -> float:
    """Seconds from starting a fresh interpreter to the moment that it prints (one clock for all processes)."""
    began = monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *words], check=False, capture_output=True, text=True, timeout=MOST_S
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise ReaderError(f"The workstation did not open: {last[0]}", "See: readingroom doctor")
    return float(done.stdout.split()[-1]) - began
