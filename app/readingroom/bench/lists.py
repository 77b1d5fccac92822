"""The worklist with 20 000 examinations: a keystroke in its filter, and a page of scrolling."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

from readingroom.bench.result import Result, result, timed_ms
from readingroom.bench.stage import Stage
from readingroom.cache.shelf import Shelf
from readingroom.record.patient import Patient
from readingroom.record.search import StudyRow
from readingroom.record.study import Series, Study
from readingroom.session.reading_list import own_rows
from readingroom.worklist.entry import Entry

ROWS = 20_000
STUDIES = 100_000
QUERY_LIMIT_MS = 50.0
KEY = bytes(range(32))
REFRESH_MS = 1000 / 60
TYPED = ("s", "sm", "smi", "smit", "smith")


def measured(name: str, runs: int) -> Iterator[Result]:
    """The index as the list asks it, or the list as the reader meets it."""
    yield from _index(runs) if name == "index-100000" else _worklist(runs)


def _index(runs: int) -> Iterator[Result]:
    """What this desk holds of the last days, out of a hundred thousand studies; the first time, and from then on."""
    since = date(2026, 11, 20)
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        shelf = Shelf(Path(place), KEY)
        for first in range(0, STUDIES, 5_000):
            shelf.put_studies(_study(number) for number in range(first, first + 5_000))
        first_ms = timed_ms(shelf.rows)
        values = [timed_ms(lambda: own_rows(shelf, (), since)) for _ in range(max(5, runs))]
        shelf.close()
    words = f"the design's limit; the rows are opened once, in {first_ms / 1000:.1f} s"
    yield result("index-100000", values, "ms", QUERY_LIMIT_MS, words, 1.0)


def _worklist(runs: int) -> Iterator[Result]:
    """In the real window, until the display has it."""
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place, Stage(Path(place), ()) as stage:
        window = stage.station.worklist
        stage.station.reading_list.entries = tuple(Entry(_row(number)) for number in range(ROWS))
        window.refresh()
        stage.turn()

        def painted() -> None:
            window.table.viewport().repaint()
            stage.arrived()

        def keystroke(text: str) -> None:
            window.filter.setText(text)
            painted()

        typed = []
        for _ in range(runs):
            window.filter.clear()
            stage.turn()
            typed += [timed_ms(lambda t=text: keystroke(t)) for text in TYPED]  # type: ignore[misc]
        yield result("worklist-20000-filter", typed, "ms", REFRESH_MS, "one display refresh", 1.0)
        window.filter.clear()
        stage.turn()
        bar = window.table.verticalScrollBar()

        def page(number: int) -> None:
            bar.setValue(bar.pageStep() * (number % 40))
            painted()

        scrolled = [timed_ms(lambda n=number: page(n)) for number in range(10 * runs)]  # type: ignore[misc]
        words = f"one page of {window.table.viewport().height()} pixels, all of it new"
        yield result("worklist-20000-scroll", scrolled, "ms", REFRESH_MS, "one display refresh", 1.0, words)


def _row(number: int) -> StudyRow:
    names = ("Smith^Ann", "Okafor^Ada", "Müller^Zoë", "Ng^Li", "Whitcombe^Arthur")
    patient = Patient(f"{9990000000 + number}", "NHS", f"{names[number % 5]}{number}", date(1950, 1, 1), "F")
    made = StudyRow(
        f"2.25.{number + 1}", patient, date(2026, 11, 1 + number % 24), time(number % 24, 0), "CT Thorax", ("CT",),
        f"A{number}", "CHEST", 120, ("Northgate",), "Northgate Hospitals",
    )  # fmt: skip
    return made if number % 7 else replace(made, priority="URGENT")


def _study(number: int) -> Study:
    row = _row(number)
    series = Series(f"2.25.{number + 1}.1", 1, "CT", "Thorax", instances=(), expected=120)
    return Study(
        row.study_uid, row.patient, date(2024, 1, 1) + timedelta(days=number % 1050), row.time, row.description,
        row.accession, row.institution, series=(series,), expected=120, held_by=row.held_by,
    )  # fmt: skip
