"""What the desk does at every keystroke: the worklist filtered, the journal written; and how soon it is there."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from time import perf_counter

from readingroom.bench.phantom import noise_series
from readingroom.bench.result import Result, result, timed_ms
from readingroom.bench.stage import Stage
from readingroom.record.patient import Patient
from readingroom.record.search import StudyRow
from readingroom.settings.sections import ArchiveSettings
from readingroom.ui.windows.worklist_table import WorklistModel
from readingroom.worklist.entry import Entry

FRAME_MS = 1000 / 60
EMPTY = "from PySide6.QtWidgets import QApplication, QMainWindow; a = QApplication([]); w = QMainWindow(); w.show(); "
CHILD = "from readingroom.bench.desk_work import open_worklist; open_worklist({folder!r}, {profile!r})"


def worklist(runs: int) -> Iterator[Result]:
    """A keystroke in the filter and a page of scrolling, in a list of 20 000 examinations."""
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place, Stage(Path(place), ()) as stage:
        window = stage.station.worklist
        model: WorklistModel = window.model
        stage.station.reading_list.entries = tuple(Entry(_row(n)) for n in range(20_000))
        window.refresh()
        stage.application.qt.processEvents()
        typed = [timed_ms(lambda t=text: model.filter(t)) for text in ("s", "sm", "smi", "smit") * runs]  # type: ignore[misc]
        model.filter("")
        bar = window.table.verticalScrollBar()

        def page(n: int) -> None:
            bar.setValue(bar.value() + 300 if n % 40 else 0)
            window.table.viewport().repaint()

        scrolled = [timed_ms(lambda s=step: page(s)) for step in range(10 * runs)]  # type: ignore[misc]
        yield result("worklist-filter-20000", typed, "ms", 100.0, "what is felt as at once", 1.0)
        yield result("worklist-scroll-20000", scrolled, "ms", FRAME_MS, "one display refresh", 1.0)


def journal(runs: int) -> Iterator[Result]:
    """One write of a draft, durable, beside one display refresh (it runs off the reader's thread)."""
    from readingroom.cache.journal import Journal

    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        kept = Journal(Path(place) / "journal.sqlite", bytes(range(32)))
        words = {"text": "The lungs are clear. " * 200}
        values = [timed_ms(lambda: kept.write("draft", "2.25.1", words)) for _ in range(20 * runs)]
        kept.close()
    yield result("journal-write", values, "ms", FRAME_MS, "one display refresh", 1.0)


def start(runs: int) -> Iterator[Result]:
    """From nothing to a worklist with rows, beside an empty Qt window."""
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        folder = Path(place) / "archive"
        folder.mkdir()
        for number, part10 in enumerate(noise_series(3, 64, 64)):
            (folder / f"{number}.dcm").write_bytes(part10)
        ours, empty = [], []
        for run in range(max(2, min(runs, 5))):
            profile = str(Path(place) / f"profile-{run}")
            ours.append(_whole_run_s(CHILD.format(folder=str(folder), profile=profile)))
            empty.append(_whole_run_s(EMPTY + "a.processEvents()"))
    yield result("start", ours, "s", sorted(empty)[len(empty) // 2], "an empty Qt window", None, "to a usable worklist")


def open_worklist(folder: str, profile: str) -> None:
    """In a process of its own: the workstation until its list has rows."""
    with Stage(Path(profile), (ArchiveSettings("bench", "folder", path=folder),)) as stage:
        assert stage.station.reading_list.entries


def _whole_run_s(code: str) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return perf_counter() - began


def _row(number: int) -> StudyRow:
    names = ("Smith^Ann", "Okafor^Ada", "Müller^Zoë", "Ng^Li", "Whitcombe^Arthur")
    patient = Patient(f"{9990000000 + number}", "NHS", f"{names[number % 5]}{number}", date(1950, 1, 1), "F")
    made = StudyRow(
        f"2.25.{number}", patient, date(2026, 11, 1 + number % 24), time(number % 24, 0), "CT Thorax", ("CT",),
        f"A{number}", "CHEST", 120, ("Northgate",), "Northgate Hospitals",
    )  # fmt: skip
    return made if number % 7 else replace(made, priority="URGENT")
