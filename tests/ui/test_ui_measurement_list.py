"""The list of measurements in its window: sorted, filtered, renamed, and each number with where it comes from."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from tests.fakes.pointer import press
from tests.fakes.windows import Windows

from readingroom.session.measuring import measure, select
from readingroom.ui.windows.measured import MeasuredWindow


def _drawn(glass: Windows) -> list[str]:
    frames = glass.desk.case.stacks[0].frames  # type: ignore[union-attr]
    made = [
        measure(glass.desk, "length", frames[4], ((10.5, 10.5), (20.5, 10.5))),
        measure(glass.desk, "circle", frames[2], ((30.5, 30.5), (40.5, 30.5))),
        measure(glass.desk, "arrow", frames[0], ((30.5, 30.5), (40.5, 30.5)), "Clip"),
    ]
    glass.turn()
    return [one.tracking_uid for one in made if one is not None]


def _keys(glass: Windows) -> list[str]:
    panel = glass.station.reading.measurements
    return [str(panel.list.item(n).data(Qt.ItemDataRole.UserRole)) for n in range(panel.list.count())]


def test_the_list_is_sorted_and_filtered_as_it_is_asked(reading: Windows) -> None:
    length, circle, arrow = _drawn(reading)
    panel = reading.station.reading.measurements
    assert _keys(reading) == [arrow, circle, length]
    panel.order.setCurrentIndex(panel.order.findData("time"))
    assert _keys(reading) == [length, circle, arrow]
    panel.tool.setCurrentIndex(panel.tool.findData("circle"))
    assert _keys(reading) == [circle]
    panel.tool.setCurrentIndex(0)
    panel.filter.setText("clip")
    assert _keys(reading) == [arrow]
    panel.filter.clear()
    assert _keys(reading) == [length, circle, arrow]


def test_a_name_is_edited_without_its_numbers_and_taken_back(reading: Windows) -> None:
    length, *_ = _drawn(reading)
    panel = reading.station.reading.measurements
    item = panel.list.item(_keys(reading).index(length))
    assert item.text().splitlines()[0] == "Length 1, 7.0 mm, se 2 im 5"
    panel.list.editItem(item)
    (editor,) = panel.list.findChildren(QLineEdit)
    assert editor.text() == ""
    editor.setText("Nodule")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    reading.turn()
    assert panel.list.item(_keys(reading).index(length)).text().splitlines()[0] == "Nodule"
    reading.desk.undo()
    assert item.text().splitlines()[0] == "Length 1, 7.0 mm, se 2 im 5"


def test_a_key_opens_the_histogram_or_the_profile_of_what_is_selected(reading: Windows) -> None:
    length, circle, arrow = _drawn(reading)
    select(reading.desk, circle)
    press(reading.station.reading.grid.viewports[0], Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    (window,) = reading.station.reading.findChildren(MeasuredWindow)
    assert window.plot is not None and "Median: " in window.said.text() and "Basis: mm" in window.said.text()
    select(reading.desk, length)
    reading.rest(0.05)
    assert window.plot is not None and "Length: 7.0 mm" in window.said.text()
    select(reading.desk, arrow)
    reading.rest(0.05)
    assert window.plot is None and "histogram" in window.why.text()
    assert panel_card(reading, length).startswith("Tool: Length")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    reading.turn()
    assert reading.station.reading.findChildren(MeasuredWindow) == []


def panel_card(glass: Windows, key: str) -> str:
    return glass.station.reading.measurements.card(key)
