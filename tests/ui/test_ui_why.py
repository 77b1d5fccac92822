"""Why this layout: one key opens the tree, which follows the case from stage to stage and leaves with it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.fakes.phantom import OTHER
from tests.fakes.windows import Windows

from readingroom.ui.windows.why import WhyWindow


def explained(glass: Windows) -> WhyWindow:
    """The window, opened by its key."""
    QTest.keyClick(glass.station.reading.grid.viewports[0], Qt.Key.Key_F7)
    glass.turn()
    (found,) = glass.station.reading.findChildren(WhyWindow)
    return found


def test_one_key_says_why_the_case_hangs_as_it_does(reading: Windows) -> None:
    text = explained(reading).text.toPlainText()
    assert text.startswith("CT chest (ct-chest.yaml, shipped)") and "▸ Mediastinum and lungs" in text


def test_the_tree_follows_from_stage_to_stage_by_keys(reading: Windows) -> None:
    window, viewport = explained(reading), reading.station.reading.grid.viewports[0]
    reading.station.reading.activateWindow()
    viewport.setFocus()
    reading.wait(viewport.hasFocus)
    QTest.keyClick(viewport, Qt.Key.Key_Period)
    reading.wait(lambda: "▸ Lungs" in window.text.toPlainText())
    QTest.keyClick(viewport, Qt.Key.Key_Comma)
    reading.wait(lambda: "▸ Mediastinum and lungs" in window.text.toPlainText())


def test_the_tree_of_one_case_never_stays_beside_the_images_of_another(reading: Windows) -> None:
    explained(reading)
    reading.open_whole(OTHER)
    reading.turn()
    assert not [one for one in reading.station.reading.findChildren(WhyWindow) if one.isVisible()]
