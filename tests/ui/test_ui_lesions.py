"""Lesions over time in their window: table, pictures, growth and targets by the keyboard."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.lesion import LESION, current_and_prior
from tests.fakes.objects import STUDY
from tests.fakes.pointer import press
from tests.fakes.windows import Windows

from readingroom.session.measuring import measure
from readingroom.ui.windows.lesions import LesionWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_lesion_is_followed_and_marked_by_the_keyboard(tmp_path: Path) -> None:
    region = MemoryRegion(archive_of("North", *current_and_prior(8)))
    with Windows(tmp_path / "profile", region=region) as glass:
        glass.show().open_whole(STUDY)
        desk, reading = glass.desk, glass.station.reading
        glass.wait(lambda: desk.documents.reports)
        viewport = reading.grid.viewports[0]
        press(viewport, Qt.Key.Key_M, SHIFT)
        glass.turn()
        panel = reading.measurements
        QTest.mouseClick(
            panel.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
            panel.list.visualItemRect(panel.list.item(0)).center(),
        )  # fmt: skip
        glass.turn()
        press(viewport, Qt.Key.Key_F, SHIFT)
        glass.turn()
        assert desk.case is not None and desk.case.following is not None
        stack = next(one for one in desk.case.stacks if one.study_uid == STUDY)
        glass.wait(lambda: desk.book.has(stack.frames[2]))
        measure(desk, "length", stack.frames[2], ((10.5, 10.5), (40.5, 10.5)))
        press(viewport, Qt.Key.Key_F9)
        (window,) = reading.findChildren(LesionWindow)
        glass.wait(lambda: window.pictures.count() == 2 and window.chart is not None)
        assert window.table.item(0, 2).text() == "14.0 mm ± 0.5"
        assert window.table.item(0, 3).text().startswith("21.0 mm ± 0.5\n+7.0 mm (+50 %) in 731 days")
        QTest.keyClick(window.table, Qt.Key.Key_Space)
        glass.rest(0.1)
        assert desk.case.targets == (LESION,) and "PD" in window.sums.text()
        desk.undo()
        glass.rest(0.1)
        assert desk.case.targets == () and window.sums.isHidden()
        QTest.keyClick(window.table, Qt.Key.Key_Escape)
        glass.turn()
        assert reading.findChildren(LesionWindow) == [] and not glass.raised
