"""The tags of the image in the active viewport: found as the reader types, of this patient only, whatever decodes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.objects import STUDY, as_part10, ct_slice
from tests.fakes.phantom import OTHER
from tests.fakes.pointer import press
from tests.fakes.windows import Windows

from readingroom.session.arranging import scroll_by
from readingroom.ui.windows.document import DocumentWindow
from readingroom.ui.windows.tag_tree import NAME, VALUE
from readingroom.ui.windows.tags import TagWindow

CTRL = Qt.KeyboardModifier.ControlModifier


def shown_rows(window: TagWindow) -> dict[str, str]:
    return {row.path: row.value for row in window.tree.rows.tags.rows}


def opened(windows: Windows) -> TagWindow:
    """The window after Ctrl+T, its tags read."""
    press(windows.station.reading.grid.viewports[0], Qt.Key.Key_T, CTRL)
    window = windows.station.reading.tags
    assert window is not None
    windows.wait(lambda: shown_rows(window))
    return window


def typed(window: TagWindow, text: str) -> list[str]:
    window.search.setText(text)
    return list(shown_rows(window))


@pytest.fixture
def undecodable(tmp_path: Path) -> Iterator[Windows]:
    """A study of one image whose pixels were cut short, and one waveform."""
    ecg = Dataset()
    ecg.SOPClassUID, ecg.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.9.1.1", f"{STUDY}.7.1"
    ecg.StudyInstanceUID, ecg.SeriesInstanceUID, ecg.Modality = STUDY, f"{STUDY}.7", "ECG"
    ecg.PatientName, ecg.PatientID, ecg.PatientBirthDate, ecg.PatientSex = "Reed^Anna", "9990000018", "19510203", "F"
    ecg.StudyDate, ecg.StudyTime = "20251103", "084500"
    region = MemoryRegion(archive_of("North", [ct_slice(1)[:-100]], [as_part10(ecg)]))
    with Windows(tmp_path / "profile", region=region) as windows:
        windows.show()
        windows.open_whole(STUDY)
        yield windows
        assert not windows.raised, windows.raised


def test_ctrl_t_shows_every_tag_of_the_image_and_typing_finds_one(reading: Windows) -> None:
    window = opened(reading)
    case = reading.desk.case
    assert case is not None and window.banner.name.text() == case.study.patient.display_name
    assert "image" in window.banner.object.text() and len(shown_rows(window)) > 40
    assert typed(window, "0028,0010") == ["0028,0010"] and window.count.text().startswith("1 of")
    index = window.tree.rows.index(0, VALUE)
    assert index.data() == shown_rows(window)["0028,0010"]
    assert window.tree.rows.index(0, NAME).data() == "Rows"
    window.tree.copy()
    assert QGuiApplication.clipboard().text().startswith("0028,0010\tRows\tUS\t")


def test_escape_clears_the_search_and_then_closes(reading: Windows) -> None:
    window = opened(reading)
    window.search.setText("rows")
    press(window.search, Qt.Key.Key_Escape)
    assert window.search.text() == "" and not window.closed
    press(window.search, Qt.Key.Key_Escape)
    assert window.closed and reading.station.reading.isVisible()


def test_the_tags_follow_the_viewport_and_say_what_changed(reading: Windows) -> None:
    window = opened(reading)
    before = shown_rows(window)["0008,0018"]
    scroll_by(reading.desk, 0, 1)
    reading.wait(lambda: shown_rows(window).get("0008,0018", before) != before)
    case = reading.desk.case
    assert case is not None and shown_rows(window)["0008,0018"] == case.frame_at(0).sop_uid  # type: ignore[union-attr]
    assert f"image {case.tiles[0].index + 1} of" in window.banner.object.text()
    window.differs.setChecked(True)
    reading.wait(lambda: len(shown_rows(window)) < 20)
    rows = {row.path: row for row in window.tree.rows.tags.rows}
    assert rows["0008,0018"].before == before and "0010,0010" not in rows


def test_scrolling_on_and_back_leaves_the_tags_as_they_are(reading: Windows) -> None:
    window = opened(reading)
    before = shown_rows(window)
    scroll_by(reading.desk, 0, 1)
    window._read()
    scroll_by(reading.desk, 0, -1)
    reading.rest(0.7)
    assert shown_rows(window) == before and window.stop.isHidden() and "bytes" in window.state.text()


def test_the_tags_of_one_patient_are_gone_when_another_is_opened(reading: Windows) -> None:
    window = opened(reading)
    reading.open(OTHER)
    assert window.closed and not shown_rows(window)


def test_an_image_that_cannot_be_decoded_still_shows_its_tags(undecodable: Windows) -> None:
    assert "stop" in undecodable.message() or "cut short" in undecodable.message()
    window = opened(undecodable)
    pixels = next(row for row in window.tree.rows.tags.rows if row.path == "7FE0,0010")
    assert pixels.problem == "The file stops here: 412 of 512 bytes are there."


def test_an_object_without_a_view_is_named_and_shows_its_tags(undecodable: Windows) -> None:
    case, window = undecodable.desk.case, undecodable.station.reading
    assert case is not None
    stack = next(stack for stack in case.stacks if not stack.is_image)
    assert stack.description == "12-lead ECG Waveform"
    window.tray.document_wanted.emit(stack)
    (document,) = window.findChildren(DocumentWindow)
    undecodable.wait(lambda: "12-lead ECG Waveform" in document.text.toPlainText())
    document.tags.click()
    (tags,) = (one for one in window.findChildren(QWidget) if isinstance(one, TagWindow))
    undecodable.wait(lambda: shown_rows(tags))
    assert shown_rows(tags)["0008,0060"] == "ECG" and "12-lead ECG" in tags.banner.object.text()
