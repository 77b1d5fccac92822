"""The two windows of one desk: what is put away comes back, what is said is of this case, nothing is left behind."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER, PRIOR, prior_slices, slices
from tests.fakes.pointer import at, drag, press, turn_wheel
from tests.fakes.windows import Windows

from readingroom.session.desk import Notice
from readingroom.ui.notices import MOST

CTRL = Qt.KeyboardModifier.ControlModifier


def test_closing_the_window_puts_the_case_away_and_opening_it_shows_it_as_it_was(reading: Windows) -> None:
    window = reading.station.reading
    viewport = window.grid.viewports[0]
    press(viewport, Qt.Key.Key_Home)
    press(viewport, Qt.Key.Key_4)
    press(viewport, Qt.Key.Key_M)
    reading.wait(lambda: viewport.frame() is not None)
    drag(viewport, at(viewport, 20.5, 32.5), at(viewport, 40.5, 32.5))
    before = reading.desk.case
    assert before is not None and len(before.measurements) == 1
    window.close()
    assert reading.desk.case is None and reading.station.worklist.isVisible() and not window.isVisible()
    reading.open_whole(STUDY)
    after = reading.desk.case
    assert after is not None and window.isVisible()
    assert after.tiles[0].index == 0 and after.tiles[0].voi is not None and after.tiles[0].voi.centre == -600
    assert after.measurements == before.measurements and after.tool == "length"


def test_undo_does_not_reach_into_the_case_before(reading: Windows) -> None:
    press(reading.station.reading.grid.viewports[0], Qt.Key.Key_I)
    reading.open_whole(OTHER)
    undo = reading.station.reading.toolbar.undo
    assert not undo.isEnabled()
    press(reading.station.reading.grid.viewports[0], Qt.Key.Key_Z, CTRL)
    assert reading.desk.case is not None and reading.desk.case.study.uid == OTHER
    assert not reading.desk.case.tiles[0].inverted


def test_going_to_the_worklist_keeps_the_case_open(reading: Windows) -> None:
    reading.station.reading.actions_.actions["window.worklist"].trigger()
    assert reading.station.worklist.isVisible()
    assert reading.desk.case is not None and reading.desk.case.study.uid == STUDY


def test_ctrl_w_closes_the_case_and_no_command_acts_on_nothing(reading: Windows) -> None:
    viewport = reading.station.reading.grid.viewports[0]
    press(viewport, Qt.Key.Key_W, CTRL)
    assert reading.desk.case is None
    for name, action in reading.station.reading.actions_.actions.items():
        if action.property("needs_case"):
            assert not action.isEnabled(), name
    turn_wheel(viewport, 1)
    drag(viewport, viewport.rect().center(), viewport.rect().topLeft())
    assert "No case is open" in reading.message()


def test_every_command_can_be_run_on_an_open_case(reading: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    # A question for a file would wait for ever; whoever is asked names none.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    hung = reading.desk.case
    for name, action in reading.station.reading.actions_.actions.items():
        if name not in ("case.close", "window.worklist", "window.sign"):
            action.trigger()
            reading.turn()
    assert reading.desk.case is not None and not reading.raised
    while reading.desk.history.undo_name:
        reading.desk.undo()
    reading.station.reading.cine.stop()
    case = reading.desk.case
    assert case is not None and hung is not None and case.layout == hung.layout and case.measurements == ()


def test_no_two_commands_share_a_key(reading: Windows) -> None:
    taken: dict[str, str] = {}
    for name, action in reading.station.reading.actions_.actions.items():
        for shortcut in action.shortcuts():
            key = shortcut.toString()
            assert key, f"{name} has a key that Qt does not know"
            assert key not in taken, f"{key}: {name} and {taken[key]}"
            taken[key] = name


def test_what_was_said_of_the_last_case_is_not_said_over_the_next(reading: Windows) -> None:
    bar = reading.station.reading.notices
    reading.desk.noticed.tell(Notice("Something about Anna.", "", "red"))
    assert [notice.problem for notice in bar.notices] == ["Something about Anna."]
    reading.open_whole(OTHER)
    assert all("Anna" not in notice.problem for notice in bar.notices)


def test_the_same_notice_is_counted_and_red_ones_outlive_calm_ones(reading: Windows) -> None:
    bar = reading.station.reading.notices
    reading.desk.noticed.tell(Notice("Disk full.", "Free some.", "red"))
    for n in range(MOST + 2):
        reading.desk.noticed.tell(Notice(f"Calm {n}.", "", "calm"))
    reading.desk.noticed.tell(Notice("Disk full.", "Free some.", "red"))
    assert len(bar.notices) == MOST and Notice("Disk full.", "Free some.", "red") in bar.notices


@pytest.fixture
def beside(tmp_path: Path) -> Windows:
    region = MemoryRegion(archive_of("North", slices(20)), archive_of("South", prior_slices(20, first_z_mm=52.5)))
    return Windows(tmp_path / "profile", region=region)


def test_current_and_prior_lie_side_by_side_each_with_its_own_name(beside: Windows) -> None:
    with beside as glass:
        glass.show()
        glass.open_whole(STUDY)
        glass.wait(lambda: glass.desk.case is not None and len(glass.desk.case.priors) == 1)
        glass.wait(lambda: glass.settled)
        case = glass.desk.case
        # One above the other where the glass is an upright one, as it is on a small screen.
        assert case is not None and case.layout in ((1, 2), (2, 1)) and case.priors[0].uid == PRIOR
        assert glass.badges(0) == () or not any("PRIOR" in badge for badge in glass.badges(0))
        assert any(badge.startswith("PRIOR 2 y") for badge in glass.badges(1))
        left, right = glass.station.reading.grid.viewports[:2]
        for viewport in (left, right):
            viewport.refresh()
        assert "3 Nov 2025 08:45" in left.picture.words.top_right
        assert "3 Nov 2023 08:45" in right.picture.words.top_right
        headings = [
            label.text() for label in glass.station.reading.tray.findChildren(type(glass.station.reading.banner.name))
        ]
        assert any(text.startswith("CURRENT") for text in headings) and any(
            text.startswith("PRIOR 2 y") for text in headings
        )
        before = (case.tiles[0].index, case.tiles[1].index)
        press(left, Qt.Key.Key_J, CTRL)
        turn_wheel(left, 2)
        glass.wait(lambda: glass.desk.case is not None and glass.desk.case.tiles[0].index > before[0])
        now = glass.desk.case
        assert now is not None
        assert now.tiles[1].index - before[1] == now.tiles[0].index - before[0]
        assert not glass.raised
