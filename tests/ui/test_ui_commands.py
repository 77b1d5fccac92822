"""Commands in their windows: every one is done by somebody, the palette runs them, and a text stays a text."""

from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from tests.fakes.desk import MemoryRegion
from tests.fakes.windows import Windows

from readingroom.session.arranging import hang_stack, set_layout
from readingroom.session.commands.table import with_keys
from readingroom.session.own_keys import put_keys
from readingroom.settings.key_map import KeyMap, read_key_map
from readingroom.settings.places import resources
from readingroom.ui.key_editor import KeyEditor, show_keys
from readingroom.ui.keys import CommandActions
from readingroom.ui.palette import Palette
from readingroom.ui.viewport import Viewport
from readingroom.ui.windows.tags import TagWindow


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
    reading.desk.keys.held = KeyMap(keys={"view.invert": ("I", "F13")})
    reading.desk.keys.changed.tell(reading.desk.keys.held)
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
    reading.desk.keys.held = KeyMap(keys={"tool.length": ("F14",)})
    reading.desk.keys.changed.tell(reading.desk.keys.held)
    QTest.keyClick(viewport, Qt.Key.Key_M)
    assert reading.desk.case is not None and reading.desk.case.tool == "scroll"
    QTest.keyClick(viewport, Qt.Key.Key_F14)
    assert reading.desk.case.tool == "length"
    assert "F14" in window.toolbar.tools["length"].toolTip()


def _editor(windows: Windows) -> KeyEditor:
    windows.station.reading.actions_.run("window.keys")
    windows.turn()
    editor = windows.station.reading.findChild(KeyEditor)
    assert editor is not None
    return editor


def test_a_key_is_given_by_pressing_it_and_lasts_to_the_next_day(reading: Windows) -> None:
    editor, viewport = _editor(reading), reading.station.reading.grid.viewports[0]
    editor.choose("view.invert")
    QTest.keyClick(editor.list, Qt.Key.Key_Return)
    QTest.keyClick(editor.list, Qt.Key.Key_J)
    assert "Rejected images" in editor.said.text()
    editor.close()
    reading.station.reading.activateWindow()
    viewport.setFocus()
    reading.wait(viewport.hasFocus)
    QTest.keyClick(viewport, Qt.Key.Key_J)
    assert reading.desk.case is not None and reading.desk.case.tiles[0].inverted
    reading.wait(reading.profile.keys.exists)
    assert read_key_map(reading.profile.keys).keys == {"view.invert": ("J",)}


def test_a_key_that_the_reader_gave_elsewhere_is_refused_and_said(reading: Windows) -> None:
    editor = _editor(reading)
    editor.give("view.invert", "J")
    editor.give("view.flip", "J")
    assert "J means both" in editor.said.text() and reading.desk.keys.own.keys == {"view.invert": ("J",)}
    editor.choose("view.invert")
    editor.reset_one()
    editor.give("view.flip", "J", only=False)
    assert with_keys(reading.desk.keys.held) and reading.desk.keys.own.keys == {"view.flip": ("V", "J")}
    editor.reset_all()
    assert reading.desk.keys.own == KeyMap()
    editor.close()


def test_a_pedals_map_is_brought_in_and_a_broken_one_changes_nothing(reading: Windows, tmp_path: Path) -> None:
    editor = _editor(reading)
    editor.bring_in(resources() / "keys" / "foot-pedal.toml")
    assert reading.station.reading.actions_.commands["stage.next"].keys == (".", "F15")
    broken = tmp_path / "broken.toml"
    broken.write_text("[keys", "utf-8")
    editor.bring_in(broken)
    assert "not valid TOML" in editor.said.text()
    assert reading.station.reading.actions_.commands["stage.next"].keys == (".", "F15")
    editor.close()


def test_a_broken_file_of_keys_leaves_the_usual_ones_and_says_why(tmp_path: Path, region: MemoryRegion) -> None:
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "keys.toml").write_text('[keys]\n"view.invert" = ["Hyper+Q"]\n', "utf-8")
    with Windows(tmp_path / "profile", region=region) as windows:
        windows.show()
        assert any("Hyper+Q" in notice.problem for notice in windows.said)
        assert windows.station.reading.actions_.commands["view.invert"].keys == ("I",)


def _mouse(viewport: Viewport, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    place = QPointF(at)
    event = QMouseEvent(kind, place, viewport.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, event)


def test_left_and_right_together_scroll_whatever_tool_is_in_the_hand(reading: Windows) -> None:
    viewport, left, right = (
        reading.station.reading.grid.viewports[0],
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.RightButton,
    )
    reading.station.reading.actions_.run("tool.length")
    assert reading.desk.case is not None
    before, start = reading.desk.case.tiles[0].index, viewport.rect().center()
    _mouse(viewport, QEvent.Type.MouseButtonPress, start, left, left)
    _mouse(viewport, QEvent.Type.MouseButtonPress, start, right, left | right)
    _mouse(viewport, QEvent.Type.MouseMove, start + QPoint(0, 150), Qt.MouseButton.NoButton, left | right)
    _mouse(viewport, QEvent.Type.MouseButtonRelease, start + QPoint(0, 150), right, left)
    _mouse(viewport, QEvent.Type.MouseMove, start + QPoint(90, 90), Qt.MouseButton.NoButton, left)
    _mouse(viewport, QEvent.Type.MouseButtonRelease, start, left, Qt.MouseButton.NoButton)
    assert reading.desk.case.tiles[0].index > before
    assert reading.desk.case.measurements == () and reading.desk.case.tool == "length"


def test_a_button_of_the_mouse_runs_any_command(reading: Windows) -> None:
    viewport, right = reading.station.reading.grid.viewports[0], Qt.MouseButton.RightButton
    put_keys(reading.desk, KeyMap(mouse={"Right": "view.invert"}))
    # A test before this one may have left a button down, and two buttons together mean something else.
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton)
    QTest.mouseClick(viewport, right)
    assert reading.desk.case is not None and reading.desk.case.tiles[0].inverted


def test_keys_opened_over_a_window_that_goes_hear_nothing_more(reading: Windows) -> None:
    reading.station.reading.actions_.run("window.tags")
    reading.turn()
    (tags,) = [top for top in reading.application.qt.topLevelWidgets() if isinstance(top, TagWindow)]
    show_keys(tags.actions_)
    tags.close()
    reading.wait(lambda: not isValid(tags))
    put_keys(reading.desk, KeyMap().with_keys("view.invert", ("Ctrl+Alt+Q",)))
    assert not reading.raised


def test_tab_goes_to_the_next_image_and_hiding_one_goes_nowhere(reading: Windows) -> None:
    set_layout(reading.desk, 1, 2)
    hang_stack(reading.desk, 1, reading.desk.case.tiles[0].stack_id)  # type: ignore[union-attr]
    reading.desk.activate(0)
    reading.turn()
    viewport = reading.station.reading.grid.viewports[0]
    QTest.keyClick(viewport, Qt.Key.Key_Tab)
    assert reading.desk.case is not None and reading.desk.case.active == 1
    QTest.keyClick(viewport, Qt.Key.Key_Backtab)
    assert reading.desk.case.active == 0
    viewport.setFocus()
    viewport.hide()
    reading.turn()
    assert reading.desk.case.active == 0
