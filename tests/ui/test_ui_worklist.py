"""The list of the region: found by any word, opened by Enter, silent about nothing."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER, other_slices, slices
from tests.fakes.pointer import press
from tests.fakes.windows import Windows

from readingroom.record.patient import Patient
from readingroom.record.search import StudyRow
from readingroom.ui.windows.worklist import WorklistWindow
from readingroom.ui.windows.worklist_table import WorklistModel
from readingroom.worklist.entry import DRAFT, SIGNED, Entry
from readingroom.worklist.filter import haystack, words_of


def _list(glass: Windows) -> WorklistWindow:
    return glass.station.worklist


def _names(glass: Windows) -> list[str]:
    model = _list(glass).model
    entries = (model.entry(row) for row in range(model.rowCount()))
    return [entry.row.patient.name for entry in entries if entry is not None]


def test_the_list_shows_what_the_region_holds_and_who_answered(glass: Windows) -> None:
    glass.wait(lambda: _list(glass).model.rowCount() == 2)
    assert sorted(_names(glass)) == ["Cole^Ben", "Reed^Anna"]
    assert _list(glass).answered.text() == "1 of 1 archives answered: North"
    assert _list(glass).count.text() == "2 unread, 0 in draft, 0 signed"


def test_typing_filters_and_escape_shows_everything_again(glass: Windows) -> None:
    window = _list(glass)
    glass.wait(lambda: window.model.rowCount() == 2)
    window.table.setFocus()
    QTest.keyClicks(window.table, "c")
    QTest.keyClicks(window.filter, "ole")
    assert window.filter.text() == "cole" and _names(glass) == ["Cole^Ben"]
    assert window.count.text() == "1 of 2 match"
    QTest.keyClicks(window.filter, " mri")
    assert window.model.rowCount() == 0 and "Nothing matches the filter" in window._empty.text()
    press(window.filter, Qt.Key.Key_Escape)
    assert sorted(_names(glass)) == ["Cole^Ben", "Reed^Anna"]


def test_enter_opens_the_selected_examination(glass: Windows) -> None:
    window = _list(glass)
    glass.wait(lambda: window.model.rowCount() == 2)
    window.table.setFocus()
    window.table.selectRow(window.model.row_of(OTHER))
    QTest.keyClick(window.table, Qt.Key.Key_Return)
    glass.wait(lambda: glass.desk.case is not None and glass.settled)
    assert glass.desk.case is not None and glass.desk.case.study.uid == OTHER
    assert glass.station.reading.isVisible()


def test_enter_in_the_filter_opens_the_first_match(glass: Windows) -> None:
    window = _list(glass)
    glass.wait(lambda: window.model.rowCount() == 2)
    window.filter.setFocus()
    QTest.keyClicks(window.filter, "anna")
    QTest.keyClick(window.filter, Qt.Key.Key_Return)
    glass.wait(lambda: glass.desk.case is not None and glass.settled)
    assert glass.desk.case is not None and glass.desk.case.study.uid == STUDY


def test_a_double_click_opens_the_row_under_the_mouse(glass: Windows) -> None:
    window = _list(glass)
    glass.wait(lambda: window.model.rowCount() == 2)
    row = window.model.row_of(STUDY)
    window.table.doubleClicked.emit(window.model.index(row, 2))
    glass.wait(lambda: glass.desk.case is not None and glass.settled)
    assert glass.desk.case is not None and glass.desk.case.study.uid == STUDY


def test_the_silent_archive_is_named_with_its_reason(tmp_path: Path) -> None:
    south = archive_of("South", other_slices(4))
    south.down = True
    with Windows(tmp_path, region=MemoryRegion(archive_of("North", slices(3)), south)) as glass:
        glass.show()
        said = _list(glass).answered
        glass.wait(lambda: "Silent" in said.text())
        assert said.text() == "1 of 2 archives answered.  Silent: South is down: nothing answers"
        assert said.objectName() == "Amber" and _names(glass) == ["Reed^Anna"]
        south.down = False
        QTest.keyClick(_list(glass), Qt.Key.Key_F5)
        glass.wait(lambda: _list(glass).model.rowCount() == 2)
        assert said.text() == "2 of 2 archives answered: North, South" and said.objectName() == "Faint"


def test_when_nobody_answers_the_empty_list_does_not_look_like_nothing_to_read(tmp_path: Path) -> None:
    north = archive_of("North", slices(3))
    north.down = True
    with Windows(tmp_path, region=MemoryRegion(north)) as glass:
        glass.show()
        glass.wait(lambda: "No archive answered" in _list(glass)._empty.text())
        assert "North is down" in _list(glass)._empty.text()


def test_a_row_that_is_two_patients_is_refused(glass: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    entry = glass.station.reading_list.entries[0]
    conflict = "South says Cole^Ben, North says Reed^Anna"
    glass.station.open_entry(replace(entry, row=replace(entry.row, conflict=conflict)))
    glass.rest(0.1)
    assert said and conflict in said[0]
    assert glass.desk.case is None and not glass.desk.opening and not glass.station.reading.isVisible()


def test_the_state_of_a_report_shows_in_the_list(reading: Windows) -> None:
    from readingroom.session.reporting_desk import write

    write(reading.desk, "impression", "Half")
    reading.wait(lambda: reading.desk.keeper.is_safe)
    reading.station.reading.close()
    reading.wait(lambda: [e.state for e in reading.station.reading_list.entries if e.row.study_uid == STUDY] == [DRAFT])
    reading.wait(lambda: "1 in draft" in _list(reading).count.text())


def _many(count: int) -> tuple[Entry, ...]:
    rng = random.Random(7)
    families = ("Reed", "Cole", "Müller", "Søren", "Okafor", "Łucja", "Nguyen", "Ó Briain")
    words = ("CT chest", "MR brain", "DX hand left", "US abdomen", "CT head without contrast")
    made = []
    for n in range(count):
        name = f"{rng.choice(families)}^P{n}"
        patient = Patient(f"{9990000000 + n}", "NHS", name, date(1950, 1, 1 + n % 28), "F" if n % 2 else "M")
        row = StudyRow(
            f"1.2.{n}", patient, date(2026, 1 + n % 11, 1 + n % 28), None, rng.choice(words), ("CT",), f"A{n}", "", n % 900,
            ("North",), "North trust", "", rng.choice(("STAT", "ROUTINE", "")),
        )  # fmt: skip
        made.append(Entry(row, rng.choice(("unread", DRAFT, SIGNED))))
    return tuple(made)


def test_twenty_thousand_rows_are_filtered_to_exactly_those_that_match(glass: Windows) -> None:
    entries = _many(20_000)
    model = WorklistModel(glass.application.theme)
    model.put(entries)
    assert model.rowCount() == model.total == 20_000
    folded = [haystack(entry) for entry in entries]
    for text in ("soren", "muller ct", "lucja unread", "a19999", "999 000 0042", "o briain brain stat", "nobody"):
        model.filter(text)
        shown = [model.entry(row) for row in range(model.rowCount())]
        assert shown == [
            e for e, line in zip(entries, folded, strict=True) if all(w in line for w in words_of(text))
        ], text
        assert shown or text == "nobody"
    model.filter("")
    assert [model.entry(row) for row in (0, 19_999)] == [entries[0], entries[-1]]


def test_sorting_twenty_thousand_rows_orders_them_and_gives_the_reading_order_back(glass: Windows) -> None:
    entries = _many(20_000)
    model = WorklistModel(glass.application.theme)
    model.put(entries)
    images = 9
    model.sort(images, Qt.SortOrder.DescendingOrder)
    counts = [model.entry(row).row.instances or 0 for row in range(model.rowCount())]  # type: ignore[union-attr]
    assert counts == sorted(counts, reverse=True) and len(counts) == 20_000
    model.sort(-1)
    assert model.entry(0) == entries[0]


def test_the_selection_stays_on_its_study_when_the_list_is_refreshed(glass: Windows) -> None:
    window = _list(glass)
    glass.wait(lambda: window.model.rowCount() == 2)
    window.table.selectRow(window.model.row_of(OTHER))
    QTest.keyClick(window, Qt.Key.Key_F5)
    glass.wait(lambda: not glass.station.reading_list.asking)
    glass.rest(0.1)
    assert window.current() is not None and window.current().row.study_uid == OTHER  # type: ignore[union-attr]
