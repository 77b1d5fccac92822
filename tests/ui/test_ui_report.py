"""Writing beside the images: letters are letters, numbers are linked, a signature is asked for and proved."""

import pytest
from PySide6.QtCore import QByteArray, QMimeData, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QInputDialog, QLineEdit, QMessageBox, QPlainTextEdit
from tests.fakes.desk import MemoryRegion
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER
from tests.fakes.pointer import at, drag, press
from tests.fakes.windows import Windows

from readingroom.reporting.draft import Draft
from readingroom.ui.panels.fields import MEASUREMENT_MIME, GrowingText

CTRL = Qt.KeyboardModifier.ControlModifier


def _field(glass: Windows, field_id: str):  # type: ignore[no-untyped-def]
    return glass.station.reading.report.editors[field_id].editor


def _typing(glass: Windows, field_id: str, text: str) -> QPlainTextEdit:
    editor = _field(glass, field_id)
    glass.station.reading.report.go_to_field(field_id)
    glass.wait(lambda: editor.hasFocus())
    QTest.keyClicks(editor, text)
    return editor  # type: ignore[no-any-return]


def _draft(glass: Windows) -> Draft:
    assert glass.desk.case is not None and glass.desk.case.draft is not None
    return glass.desk.case.draft


def _measured(glass: Windows) -> str:
    viewport = glass.station.reading.grid.viewports[0]
    press(viewport, Qt.Key.Key_M)
    glass.turn()
    drag(viewport, at(viewport, 20.5, 32.5), at(viewport, 40.5, 32.5))
    assert glass.desk.case is not None
    return glass.desk.case.measurements[0].tracking_uid


def test_typing_letters_in_the_report_never_fires_a_shortcut(reading: Windows) -> None:
    before = reading.desk.case.tiles  # type: ignore[union-attr]
    editor = _typing(reading, "impression", "invert flip 123 MEWSZPGQ hvrfolxt 0")
    assert editor.toPlainText() == "invert flip 123 MEWSZPGQ hvrfolxt 0"
    case = reading.desk.case
    assert case is not None and case.tiles == before and case.tool == "scroll" and case.linked and case.text_shown
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Delete, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Backspace):
        QTest.keyClick(editor, key)
    QTest.keyClick(editor, Qt.Key.Key_Space)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert reading.desk.case.tiles == before and not reading.station.reading.cine.playing  # type: ignore[union-attr]
    assert editor.toPlainText() == "nvert flip 123 MEWSZPGQ hvrfolxt  \n"
    assert _draft(reading).text("impression") == editor.toPlainText()


def test_undo_in_a_text_takes_back_words_and_not_measurements(reading: Windows) -> None:
    _measured(reading)
    editor = _typing(reading, "impression", "word")
    QTest.keyClick(editor, Qt.Key.Key_Z, CTRL)
    assert editor.toPlainText() != "word" and len(reading.desk.case.measurements) == 1  # type: ignore[union-attr]
    assert _draft(reading).text("impression") == editor.toPlainText()


def test_escape_goes_back_from_the_text_to_the_images(reading: Windows) -> None:
    editor = _typing(reading, "impression", "word")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    viewport = reading.station.reading.grid.viewports[0]
    reading.wait(lambda: viewport.hasFocus())
    QTest.keyClick(viewport, Qt.Key.Key_I)
    assert reading.desk.case.tiles[0].inverted  # type: ignore[union-attr]


def test_f4_goes_to_the_first_empty_text(reading: Windows) -> None:
    press(reading.station.reading.grid.viewports[0], Qt.Key.Key_F4)
    reading.wait(lambda: isinstance(QApplication.focusWidget(), GrowingText))
    focused = QApplication.focusWidget()
    assert isinstance(focused, GrowingText) and focused.toPlainText() == ""


def test_a_word_is_in_the_journal_within_a_second(reading: Windows) -> None:
    _typing(reading, "impression", "half a sen")

    def kept() -> bool:
        newest = reading.house.doors.journal.newest("draft", STUDY)
        return newest is not None and dict(newest["fields"])["impression"] == "half a sen"

    reading.wait(kept, 1.5)


def test_the_cursor_stays_where_it_is_when_the_draft_changes_elsewhere(reading: Windows) -> None:
    editor = _typing(reading, "impression", "one three")
    cursor = editor.textCursor()
    cursor.setPosition(4)
    editor.setTextCursor(cursor)
    QTest.keyClicks(editor, "two ")
    assert editor.toPlainText() == "one two three" and editor.textCursor().position() == 8


def test_a_measurement_dropped_into_a_text_is_a_linked_number(reading: Windows) -> None:
    uid = _measured(reading)
    editor = _typing(reading, "impression", "A nodule of ")
    carried = QMimeData()
    carried.setData(MEASUREMENT_MIME, QByteArray(uid.encode()))
    assert editor.canInsertFromMimeData(carried)
    editor.insertFromMimeData(carried)
    number = editor.toPlainText().removeprefix("A nodule of ").strip()
    assert number.endswith("mm") and [link.tracking_uid for link in _draft(reading).links] == [uid]
    QTest.keyClicks(editor, " in the lung.")
    assert editor.toPlainText() == f"A nodule of {number} in the lung."
    assert [link.text for link in _draft(reading).links] == [number]


def test_a_number_goes_in_where_the_cursor_stands_whatever_letters_stand_before_it(reading: Windows) -> None:
    uid = _measured(reading)
    editor = _typing(reading, "impression", "")
    editor.insertPlainText("𝟙𝟙 nodule of , solid.")
    cursor = editor.textCursor()
    cursor.setPosition(cursor.position() - len(", solid."))
    editor.setTextCursor(cursor)
    reading.station.reading.report._insert(uid)
    assert editor.toPlainText() == "𝟙𝟙 nodule of 14.0 mm, solid."


def test_a_linked_number_follows_its_measurement_and_is_marked(reading: Windows) -> None:
    uid = _measured(reading)
    panel = reading.station.reading.report
    panel._link("nodule_diameter", uid, None)
    line = _field(reading, "nodule_diameter")
    assert isinstance(line, QLineEdit) and line.text() == "14.0 mm"
    viewport = reading.station.reading.grid.viewports[0]
    press(viewport, Qt.Key.Key_S)
    reading.rest(0.1)
    drag(viewport, at(viewport, 40.5, 32.5), at(viewport, 50.5, 32.5))
    now = line.text()
    assert now != "14.0 mm" and now.endswith("mm") and "nodule_diameter" in _draft(reading).stale
    assert "changed" in panel.editors["nodule_diameter"]._note.text()
    press(viewport, Qt.Key.Key_Z, CTRL)
    assert line.text() == "14.0 mm"


def test_a_number_that_changes_leaves_the_cursor_with_its_words(reading: Windows) -> None:
    editor = _typing(reading, "impression", "It measures 9 mm ")
    editor.insertPlainText("𝟙 and was 6 mm.")
    grown = reading.station.reading.report.editors["impression"]
    cursor = editor.textCursor()
    # Qt counts the letter that lies outside the basic plane as two.
    cursor.setPosition(editor.toPlainText().index("and") + 1)
    editor.setTextCursor(cursor)
    grown.show_text("It measures 10.25 mm 𝟙 and was 6 mm.")
    QTest.keyClicks(editor, "still ")
    assert editor.toPlainText() == "It measures 10.25 mm 𝟙 still and was 6 mm."


def test_a_choice_is_written_into_the_draft(reading: Windows) -> None:
    box = _field(reading, "nodule_site")
    assert isinstance(box, QComboBox)
    box.setCurrentText("left upper lobe")
    assert _draft(reading).text("nodule_site") == "left upper lobe"


def test_normal_fills_what_is_empty_and_leaves_what_was_written(reading: Windows) -> None:
    _typing(reading, "lungs", "Emphysema.")
    reading.station.reading.report.normal.click()
    assert _field(reading, "lungs").toPlainText() == "Emphysema."
    assert "No pleural effusion" in _field(reading, "pleura").toPlainText()


def _sign(glass: Windows) -> None:
    panel = glass.station.reading.report
    if "technique" in panel.editors:
        panel.editors["technique"].editor.setPlainText("CT without contrast medium.")  # type: ignore[attr-defined]
    panel.sign_or_check()
    for reason in panel.concerns.reasons.values():
        reason.setText("known")
    if panel.concerns.isVisible():
        assert panel.concerns.anyway.isEnabled(), [c.text for c in panel.concerns.concerns]
        panel.concerns.anyway.click()


def test_a_report_without_an_impression_cannot_be_signed_and_says_why(reading: Windows) -> None:
    panel = reading.station.reading.report
    panel.sign_or_check()
    assert panel.concerns.isVisible() and not panel.concerns.anyway.isEnabled()
    assert any(concern.rule == "impression" for concern in panel.concerns.concerns)
    _typing(reading, "impression", "Normal.")
    assert not any(concern.rule == "impression" for concern in panel.concerns.concerns)


def test_a_concern_can_be_waived_only_with_a_reason(reading: Windows) -> None:
    panel = reading.station.reading.report
    _typing(reading, "impression", "Normal.")
    panel.sign_or_check()
    assert panel.concerns.isVisible() and panel.concerns.reasons
    assert not panel.concerns.anyway.isEnabled()
    for reason in panel.concerns.reasons.values():
        reason.setText("   ")
    assert not panel.concerns.anyway.isEnabled()
    _sign(reading)
    reading.wait(lambda: _draft(reading).state == "stored")


def test_ctrl_return_signs_and_the_chip_says_stored_only_when_it_is(reading: Windows, region: MemoryRegion) -> None:
    editor = _typing(reading, "impression", "Normal.")
    panel = reading.station.reading.report
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
    assert panel.concerns.isVisible()
    _sign(reading)
    assert panel.state.text() in ("Signing…", "Sending")
    reading.wait(lambda: panel.state.text() == "Stored (verified)")
    assert len(region.archives[0].objects) == 34
    assert not panel.sign.isVisible() and panel.addendum.isVisible()
    QTest.keyClicks(editor, "more")
    assert editor.toPlainText() == "Normal."


def test_what_the_archive_does_not_take_waits_and_is_sent_again(reading: Windows, region: MemoryRegion) -> None:
    _measured(reading)
    _typing(reading, "impression", "Normal.")
    archive, panel, station = region.archives[0], reading.station.reading.report, reading.station
    archive.down = True
    _sign(reading)
    reading.wait(lambda: panel.state.text() == "Not stored – in the outbox")
    assert panel.send.isVisible() and "Outbox: 2, 2 not stored" in station.reading.toolbar.outbox.text()
    station.show_outbox()
    assert station.outbox is not None
    reading.rest(0.1)
    said = " ".join(label.text() for label in station.outbox.findChildren(type(panel.state)))
    assert "REED, Anna" in said and "North is down" in said
    archive.down = False
    panel.send.click()
    reading.wait(lambda: panel.state.text() == "Stored (verified)")
    assert not station.reading.toolbar.outbox.isVisible() and len(archive.objects) == 35
    station.outbox.close()


def test_an_addendum_is_a_report_of_its_own(reading: Windows, region: MemoryRegion) -> None:
    _typing(reading, "impression", "Normal.")
    _sign(reading)
    panel = reading.station.reading.report
    reading.wait(lambda: panel.addendum.isVisible())
    panel.addendum.click()
    reading.wait(lambda: "addendum" in panel.editors)
    _typing(reading, "addendum", "Compared with the films now.")
    _sign(reading)
    reading.wait(lambda: _draft(reading).state == "stored")
    assert len(region.archives[0].objects) == 35


def test_a_signed_report_is_amended_for_a_reason_and_then_withdrawn(
    reading: Windows, region: MemoryRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    _typing(reading, "impression", "Normal.")
    _sign(reading)
    panel = reading.station.reading.report
    reading.wait(lambda: panel.amend.isVisible())
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("  ", True))
    panel.amend.click()
    assert _draft(reading).state == "stored"
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("Overlooked.", True))
    panel.amend.click()
    assert (_draft(reading).amends, _draft(reading).reason) == (True, "Overlooked.")
    assert _field(reading, "impression").toPlainText() == "Normal."
    assert not panel.templates.isEnabled()
    _typing(reading, "impression", "Fracture. ")
    _sign(reading)
    reading.wait(lambda: panel.withdraw.isVisible() and _draft(reading).state == "stored")
    assert len(region.archives[0].objects) == 35
    panel.withdraw.click()
    _typing(reading, "reason", "Another patient.")
    _sign(reading)
    reading.wait(lambda: _draft(reading).state == "stored")
    assert len(region.archives[0].objects) == 37
    assert not panel.amend.isVisible() and not panel.addendum.isVisible()


def test_the_next_patient_begins_with_an_empty_report(reading: Windows) -> None:
    _typing(reading, "impression", "Something of Anna's.")
    reading.open_whole(OTHER)
    assert _field(reading, "impression").toPlainText() == ""
    reading.open_whole(STUDY)
    assert _field(reading, "impression").toPlainText() == "Something of Anna's."


@pytest.mark.parametrize(("button", "stays"), [("Stay and send", True), ("Close all the same", False)])
def test_the_program_does_not_end_unasked_while_a_signed_report_waits(
    reading: Windows, region: MemoryRegion, button: str, stays: bool
) -> None:
    _typing(reading, "impression", "Normal.")
    region.archives[0].down = True
    _sign(reading)
    reading.wait(lambda: reading.station.reading.report.state.text() == "Not stored – in the outbox")
    reading.station.reading.close()
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        next(one for one in box.buttons() if one.text() == button).click()

    QTimer.singleShot(100, answer)
    reading.station.worklist.close()
    assert len(asked) == 1 and "not stored in an archive yet" in asked[0]
    assert reading.station.worklist.isVisible() == stays
