"""A desk of several monitors: one patient on all, and nothing is lost when one is unplugged, rescaled or taken away."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import delete
from tests.fakes.desk import MemoryRegion, archive_of
from tests.fakes.monitors import COLOUR, LEFT, REPORT, RIGHT, PluggedMonitors, filed, place
from tests.fakes.objects import STUDY
from tests.fakes.phantom import SECOND_SERIES, slices
from tests.fakes.windows import Windows

from readingroom.session.arranging import scroll_to
from readingroom.session.case import Case
from readingroom.session.reporting_desk import write
from readingroom.session.staging import next_stage
from readingroom.settings.load import save
from readingroom.settings.places import Profile
from readingroom.settings.sections import DiskSettings, Settings, WorklistSettings

UPRIGHT_LEFT = place(LEFT, 0, 1536, 2048, primary=True)
UPRIGHT_RIGHT = place(RIGHT, 1536, 1536, 2048)
REPORTS = place(REPORT, 3072, 1920, 1080)
ROLES = filed(A1="diagnostic", A2="diagnostic", C1="colour", R1="report")
FRAME = 2
"""Pixels by which the off-screen platform sets a window in for the frame that it plays."""
Start = Callable[..., Windows]


@pytest.fixture
def start(tmp_path: Path) -> object:
    """Windows on these monitors, with the patient's two series open on them."""
    opened: list[Windows] = []

    def begin(*places: object) -> Windows:
        profile = Profile(tmp_path / "profile")
        lists = WorklistSettings(days=0, refresh_s=0, next_cases=0)
        save(profile, Settings(disk=DiskSettings(keep_free_gb=0), worklist=lists, monitors=ROLES))
        series = slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0")
        screens = PluggedMonitors(places)  # type: ignore[arg-type]
        windows = Windows(profile.folder, region=MemoryRegion(archive_of("North", *series)), screens=screens)
        opened.append(windows)
        windows.show().open_whole(STUDY)
        return windows

    yield begin
    for windows in opened:
        windows.close()
        assert not windows.raised, windows.raised


def case_of(windows: Windows) -> Case:
    """The open case."""
    assert windows.desk.case is not None
    return windows.desk.case


def plug(windows: Windows, *places: object) -> None:
    """These monitors are connected from now on."""
    windows.station.spread._screens.plug(*places)  # type: ignore[attr-defined]
    windows.rest(0.1)


def names(windows: Windows) -> list[str]:
    """Whose name stands on each window of the case."""
    further = [window.banner.name.text() for window in windows.station.spread.windows]
    return [windows.station.reading.banner.name.text(), *further]


def stacks(windows: Windows) -> list[str]:
    """What hangs, tile by tile."""
    return [view.stack_id for view in case_of(windows).tiles]


def seen_on_glass(windows: Windows) -> list[list[int]]:
    """The tiles that each window's viewports show."""
    return [[v.tile for v in grid.viewports if v.isVisibleTo(grid)] for grid in windows.station.reading.grids]


def test_images_hang_on_both_diagnostic_monitors_and_the_panels_beside_them(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    reading, (first, second) = windows.station.reading, windows.station.spread.windows
    assert [one.role for one in windows.desk.glass] == ["diagnostic", "diagnostic"]
    assert reading.geometry().x() == 3072 and reading.report.isVisible() and not reading.grid.isVisible()
    assert first.geometry().x() <= FRAME and second.geometry().x() == 1536
    assert len(case_of(windows).boards) == 2 and len({*stacks(windows), ""} - {""}) == 2
    assert [one.active() is not None for one in (first.grid, second.grid)] == [True, False]
    assert len(set(names(windows))) == 1 and names(windows)[0]


def test_unplugging_and_plugging_in_again_loses_nothing_and_brings_everything_back(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    write(windows.desk, "findings", "Nothing new.")
    windows.desk.change(replace(case_of(windows), linked=False))
    scroll_to(windows.desk, 1, 5)
    windows.desk.view(1, case_of(windows).tiles[1].windowed(-600, 1500))
    was, hung = case_of(windows), stacks(windows)
    plug(windows, UPRIGHT_LEFT, REPORTS)
    now = case_of(windows)
    assert len(now.boards) == 1 and len(windows.station.spread.windows) == 1
    assert {*hung} <= {*stacks(windows)} and now.draft == was.draft and now.measurements == was.measurements
    kept = next(view for view in now.tiles if view.stack_id == hung[1])
    assert (kept.index, kept.voi) == (5, was.tiles[1].voi)
    scroll_to(windows.desk, stacks(windows).index(hung[0]), 2)
    plug(windows, UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    back = case_of(windows)
    assert (back.boards, stacks(windows), back.stage) == (was.boards, hung, was.stage)
    assert (back.tiles[0].index, back.tiles[1].index, back.tiles[1].voi) == (2, 5, was.tiles[1].voi)


def test_undo_after_unplugging_stays_on_the_monitor_that_is_left(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    next_stage(windows.desk)
    plug(windows, UPRIGHT_LEFT, REPORTS)
    windows.desk.undo()
    assert len(case_of(windows).boards) == 1 and sum(len(tiles) for tiles in seen_on_glass(windows)[1:]) >= 1


def test_a_window_that_the_system_takes_away_comes_again(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    was, glass = case_of(windows), seen_on_glass(windows)
    delete(windows.station.spread.windows[1])
    windows.rest(0.1)
    assert len(windows.station.spread.windows) == 2 and windows.station.spread.windows[1].isVisible()
    assert (case_of(windows).tiles, seen_on_glass(windows)) == (was.tiles, glass)


def test_another_scale_moves_windows_and_changes_nothing_that_hangs(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    was = case_of(windows)
    plug(windows, place(LEFT, 0, 1536, 2048, 1.5), place(RIGHT, 1024, 1536, 2048, 1.5), place(REPORT, 2048, 1920, 1080))
    assert case_of(windows).boards == was.boards and stacks(windows) == [view.stack_id for view in was.tiles]
    assert windows.station.spread.windows[1].geometry().width() == 1024
    assert windows.station.reading.geometry().x() == 2048


def test_keys_work_in_every_window_and_closing_one_closes_the_case_in_all(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    first, second = windows.station.spread.windows
    windows.desk.activate(1)
    second.activateWindow()
    second.grid.viewports[0].setFocus()
    windows.rest(0.05)
    before = case_of(windows).tiles[1].index
    QTest.keyClick(second.grid.viewports[0], Qt.Key.Key_Down)
    assert case_of(windows).tiles[1].index == before + 1
    windows.desk.activate(0)
    windows.rest(0.05)
    assert first.grid.viewports[0].hasFocus()
    second.close()
    windows.rest(0.1)
    assert windows.desk.case is None and not any(
        window.isVisible() for window in (first, second, windows.station.reading)
    )


def test_all_monitors_gone_but_one_without_a_role_show_everything_on_it(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, REPORTS)
    hung = {*stacks(windows)}
    remote = place("RDP", 0, 1280, 800, primary=True)
    plug(windows, remote)
    reading = windows.station.reading
    assert not windows.station.spread.windows and reading.grid.isVisible() and hung <= {*stacks(windows)}
    box = reading.geometry()
    assert max(box.x(), box.y()) <= FRAME and box.width() <= 1280 and box.height() <= 800


def test_a_role_that_is_chosen_in_the_window_of_monitors_is_in_force_at_once_and_kept(start: Start) -> None:
    new = place("N1", 4992, 1536, 2048)
    windows = start(UPRIGHT_LEFT, REPORTS, new)
    assert len(windows.desk.glass) == 1
    windows.station.spread.show_roles()
    from readingroom.ui.windows.monitors import MonitorsWindow

    (shown,) = windows.station.reading.findChildren(MonitorsWindow)
    shown.roles[2].setCurrentIndex(shown.roles[2].findData("diagnostic"))
    shown._save()
    windows.wait(lambda: len(windows.desk.glass) == 2)
    assert [window.geometry().x() for window in windows.station.spread.windows][-1] == 4992
    assert any(one.serial == "N1" and one.role == "diagnostic" for one in windows.desk.settings.monitors)


def test_a_colour_monitor_has_the_panels_and_no_grey_images(start: Start) -> None:
    windows = start(UPRIGHT_LEFT, UPRIGHT_RIGHT, place(COLOUR, 3072, 1920, 1080))
    assert [one.role for one in windows.desk.glass] == ["diagnostic", "diagnostic", "colour"]
    case = case_of(windows)
    assert all(not case.tiles[tile].stack_id for tile in case.tiles_on(2))
    assert windows.station.reading.grid.isVisible()
