"""Commands in their windows: every one is done by somebody, the palette runs them, and a text stays a text."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.fakes.windows import Windows

from readingroom.settings.key_map import KeyMap
from readingroom.ui.keys import CommandActions
from readingroom.ui.palette import Palette


def _every_window(windows: Windows) -> list[CommandActions]:
    for name in ("window.mpr", "window.tags", "window.why", "window.patterns", "window.measure-monitor"):
        windows.station.reading.actions_.run(name)
        windows.turn()
    held = [found for top in windows.application.qt.topLevelWidgets() for found in top.findChildren(CommandActions)]
    return list(dict.fromkeys(held))


def test_every_command_of_every_window_is_done_by_somebody(reading: Windows) -> None:
    found = _every_window(reading)
    assert {"reading", "worklist", "mpr", "tags", "why", "patterns", "photometer"} <= {one.room for one in found}
    for actions in found:
        assert actions.unbound == (), actions.room
    for actions in found:
        if actions.room not in ("reading", "worklist"):
            actions.window.close()
    reading.turn()


def test_no_key_means_two_things_in_a_window_and_qt_knows_each(reading: Windows) -> None:
    for actions in (reading.station.reading.actions_, reading.station.worklist.actions_):
        taken: dict[str, str] = {}
        for name, action in actions.actions.items():
            for shortcut in action.shortcuts():
                key = shortcut.toString()
                assert key in actions.commands[name].keys, f"{name}: Qt calls it {key}"
                assert key not in taken, f"{key}: {name} and {taken[key]}"
                taken[key] = name


def test_the_palette_runs_what_a_few_letters_find_and_gives_the_keys_back(reading: Windows) -> None:
    viewport, window = reading.station.reading.grid.viewports[0], reading.station.reading
    QTest.keyClick(viewport, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(Palette)
    assert palette is not None
    QTest.keyClicks(palette.asked, "invert")
    QTest.keyClick(palette.asked, Qt.Key.Key_Return)
    reading.turn()
    assert reading.desk.case is not None and reading.desk.case.tiles[0].inverted
    assert QApplication.focusWidget() is viewport
    window.actions_.run("window.palette")
    palette = window.findChild(Palette)
    assert palette is not None and palette.shown[0] == "view.invert"
    QTest.keyClick(palette.asked, Qt.Key.Key_Escape)
    reading.turn()
    assert QApplication.focusWidget() is viewport


def test_letters_in_the_report_are_letters_and_function_keys_still_command(reading: Windows) -> None:
    window = reading.station.reading
    reading.desk.key_map = KeyMap(keys={"view.invert": ("I", "F13")})
    reading.desk.key_map_changed.tell(reading.desk.key_map)
    window.actions_.run("window.report")
    reading.wait(lambda: QApplication.focusWidget() is not reading.station.reading.grid.viewports[0])
    text = QApplication.focusWidget()
    assert text is not None
    QTest.keyClick(text, Qt.Key.Key_I)
    assert reading.desk.case is not None and not reading.desk.case.tiles[0].inverted
    QTest.keyClick(text, Qt.Key.Key_F13)
    assert reading.desk.case.tiles[0].inverted


def test_another_key_is_in_force_at_once_and_said_in_the_tooltip(reading: Windows) -> None:
    window, viewport = reading.station.reading, reading.station.reading.grid.viewports[0]
    reading.desk.key_map = KeyMap(keys={"tool.length": ("F14",)})
    reading.desk.key_map_changed.tell(reading.desk.key_map)
    QTest.keyClick(viewport, Qt.Key.Key_M)
    assert reading.desk.case is not None and reading.desk.case.tool == "scroll"
    QTest.keyClick(viewport, Qt.Key.Key_F14)
    assert reading.desk.case.tool == "length"
    assert "F14" in window.toolbar.tools["length"].toolTip()
