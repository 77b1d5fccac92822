"""Three planes through the stack on the glass, by key and by hand."""

import gc
import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER
from tests.fakes.pointer import drag, hover, press, turn_wheel
from tests.fakes.windows import Windows
from vtkmodules.vtkCommonCore import vtkObjectBase

from readingroom.bench.memory import resident_mb
from readingroom.display.mpr import meeting_point
from readingroom.display.picture import HandleGraphic, Picture
from readingroom.record.finding import Measurement
from readingroom.session.measuring import deleted, select
from readingroom.ui.windows.mpr import MprWindow


def planes(glass: Windows) -> MprWindow:
    """The window that D opens, with its volume."""
    press(glass.station.reading.grid.viewports[0], Qt.Key.Key_D)
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible()]
    assert len(found) == 1
    window = found[0]
    glass.wait(lambda: window.volume is not None)
    glass.wait(lambda: all(pane.picture.layers for pane in window.panes.values()))
    return window


def at_meeting(window: MprWindow, name: str) -> QPoint:
    pane = window.panes[name]
    plane = pane.plane()
    assert plane is not None
    x, y = meeting_point(window.view, plane)
    return QPoint(round(x / pane.ratio), round(y / pane.ratio))


def test_d_shows_three_planes_that_say_whose_they_are_and_which_way_they_lie(reading: Windows) -> None:
    window = planes(reading)
    letters = {
        name: (pane.picture.words.letters.left, pane.picture.words.letters.top) for name, pane in window.panes.items()
    }
    assert letters == {"axial": ("R", "A"), "coronal": ("R", "H"), "sagittal": ("A", "H")}
    patient = reading.desk.case.study.patient  # type: ignore[union-attr]
    assert all(patient.display_name in pane.picture.words.top_left for pane in window.panes.values())
    stack = window.stack
    voxels = window.volume.voxels  # type: ignore[union-attr]
    middle = reading.desk.book.frame(stack.frames[5])
    assert middle is not None and np.array_equal(voxels.words[5], middle.stored)
    assert window.grab().toImage().width() > 0
    window.close()


def test_a_drag_moves_the_planes_and_the_others_follow(reading: Windows) -> None:
    window = planes(reading)
    before = window.view.point_mm
    start = at_meeting(window, "axial")
    drag(window.panes["axial"], start, start + QPoint(40, 25))
    reading.turn()
    moved = window.view.point_mm
    assert moved[0] != before[0] and moved[1] != before[1] and moved[2] == pytest.approx(before[2])
    coronal = window.panes["coronal"].plane()
    assert coronal is not None and abs(coronal.distance_mm(moved)) < 1e-6
    turn_wheel(window.panes["axial"], 1)
    assert window.view.point_mm[2] != before[2]
    press(window.panes["axial"], Qt.Key.Key_Backspace)
    assert window.view.point_mm == before
    window.close()


def test_a_grip_turns_the_other_planes_only(reading: Windows) -> None:
    window = planes(reading)
    pane = window.panes["axial"]
    grip = next(graphic for graphic in pane.picture.graphics if isinstance(graphic, HandleGraphic))
    at = QPoint(round(grip.at[0] / pane.ratio), round(grip.at[1] / pane.ratio))
    drag(pane, at, at + QPoint(30, 30))
    assert window.view.turned
    assert window.view.axial == ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    reading.turn()
    reading.rest(0.05)
    assert any(badge.text == "OBLIQUE" for badge in window.panes["coronal"].picture.words.badges)
    window.close()


def test_a_slab_is_drawn_in_haste_while_the_hand_moves_and_well_when_it_rests(reading: Windows) -> None:
    window = planes(reading)
    for _ in range(4):
        press(window.panes["axial"], Qt.Key.Key_T)
    press(window.panes["axial"], Qt.Key.Key_P)
    assert window.view.slab_mm == 20.0 and window.view.mode == "min"
    assert window.hurried
    reading.wait(lambda: not window.hurried)
    reading.rest(0.05)
    samples = window.panes["axial"].picture.layers[0].slab
    assert samples[0] == "min" and samples[1] > 1
    window.close()


def test_the_planes_of_one_patient_never_stay_beside_another(reading: Windows) -> None:
    window = planes(reading)
    reading.open_whole(OTHER)
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible()]
    del window
    reading.open_whole(STUDY)


def test_escape_while_it_is_made_stops_it(reading: Windows) -> None:
    press(reading.station.reading.grid.viewports[0], Qt.Key.Key_D)
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible())
    press(window, Qt.Key.Key_Escape)
    reading.rest(0.2)
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible()]


def test_a_hand_that_lets_go_after_escape_asks_nothing_of_a_window_that_is_gone(reading: Windows) -> None:
    window = planes(reading)
    pane = window.panes["axial"]
    window.slab.setCurrentIndex(3)
    window.slab.activated.emit(3)
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=at_meeting(window, "axial"))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    reading.station.pulse.draw_now()
    assert not isValid(window)


def test_a_stack_that_is_no_volume_says_why(reading: Windows) -> None:
    case = reading.desk.case
    assert case is not None
    first = case.stacks[0]
    alone = replace(first, frames=first.frames[:1], places=first.places[:1])
    reading.desk.change(replace(case, stacks=(alone, *case.stacks[1:])))
    press(reading.station.reading.grid.viewports[0], Qt.Key.Key_D)
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible())
    reading.wait(lambda: "no volume" in window.message.problem)
    window.close()


def test_the_value_under_the_pointer_is_read_without_cutting_the_plane_anew(
    reading: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = planes(reading)
    pane = window.panes["axial"]
    before = pane.picture.layers

    def never(*_: object) -> Picture:
        raise AssertionError("the plane was cut anew")

    monkeypatch.setattr(window, "composed", never)
    hover(pane, at_meeting(window, "axial"))
    assert pane.picture.words.readout.startswith("HU ") and pane.picture.layers is before
    monkeypatch.undo()
    window.close()


def drawn_length(window: MprWindow, glass: Windows) -> Measurement:
    """A length of 60 by 40 layout pixels on the coronal pane."""
    pane = window.panes["coronal"]
    press(pane, Qt.Key.Key_M)
    start = at_meeting(window, "coronal") + QPoint(-30, 10)
    drag(pane, start, start + QPoint(60, -40))
    glass.turn()
    case = glass.desk.case
    assert case is not None
    return case.measurements[-1]


def lines_of(window: MprWindow, name: str, uid: str) -> list[object]:
    return [g for g in window.panes[name].picture.graphics if getattr(g, "owner", "") == uid]


def test_a_length_drawn_on_a_plane_is_that_of_the_patient_and_can_be_taken_back(reading: Windows) -> None:
    window = planes(reading)
    made = drawn_length(window, reading)
    plane = window.panes["coronal"].plane()
    assert plane is not None and made.space is not None
    pixels = 60 * window.panes["coronal"].ratio, 40 * window.panes["coronal"].ratio
    assert made.values[0].value == pytest.approx(np.hypot(*pixels) * plane.spacing_mm[0], rel=0.02)
    a, b = np.array(made.space.points_mm)
    assert made.values[0].value == pytest.approx(np.linalg.norm(a - b), abs=1e-6)
    assert made.basis.text == "mm (interpolated plane)" and made.points == ()
    press(window.panes["coronal"], Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert reading.desk.case is not None and made not in reading.desk.case.measurements
    window.close()


def test_it_is_seen_where_its_plane_is_near_and_the_list_brings_the_planes_back_to_it(reading: Windows) -> None:
    window = planes(reading)
    made = drawn_length(window, reading)
    press(window.panes["coronal"], Qt.Key.Key_S)
    reading.wait(lambda: bool(lines_of(window, "coronal", made.tracking_uid)))
    assert not lines_of(window, "sagittal", made.tracking_uid)
    window.step("coronal", 3)
    reading.wait(lambda: not lines_of(window, "coronal", made.tracking_uid))
    select(reading.desk, "")
    select(reading.desk, made.tracking_uid)
    reading.wait(lambda: bool(lines_of(window, "coronal", made.tracking_uid)))
    frame = reading.desk.case.on_frame(made.frame)  # type: ignore[union-attr]
    assert made not in frame, "its points are none of the image's"
    deleted(reading.desk, made.tracking_uid)
    window.close()


def test_its_handle_moves_in_its_plane(reading: Windows) -> None:
    window = planes(reading)
    made = drawn_length(window, reading)
    press(window.panes["coronal"], Qt.Key.Key_S)
    pane = window.panes["coronal"]
    plane = pane.plane()
    assert plane is not None and made.space is not None
    x, y = plane.to_image(made.space.points_mm[1])
    end = QPoint(round(x / pane.ratio), round(y / pane.ratio))
    drag(pane, end, end + QPoint(20, 0))
    case = reading.desk.case
    assert case is not None
    now = next(m for m in case.measurements if m.tracking_uid == made.tracking_uid)
    assert now.space is not None and now.space.points_mm[0] == pytest.approx(made.space.points_mm[0])
    assert now.values[0].value > made.values[0].value
    assert plane.distance_mm(now.space.points_mm[1]) == pytest.approx(0.0, abs=1e-6)
    press(pane, Qt.Key.Key_Delete)
    assert all(m.tracking_uid != made.tracking_uid for m in reading.desk.case.measurements)  # type: ignore[union-attr]
    window.close()


def test_escape_puts_the_tool_away_before_the_window(reading: Windows) -> None:
    window = planes(reading)
    press(window.panes["axial"], Qt.Key.Key_E)
    assert window.hand.tool == "ellipse"
    press(window.panes["axial"], Qt.Key.Key_Escape)
    assert window.hand.tool == "" and window.isVisible()
    press(window.panes["axial"], Qt.Key.Key_Escape)
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, MprWindow) and w.isVisible()]


def test_fifty_sessions_leave_nothing_behind(reading: Windows) -> None:
    """Windows, threads, listeners, objects of VTK, voxels and memory are as they were."""

    def session() -> None:
        window = planes(reading)
        press(window.panes["axial"], Qt.Key.Key_T)
        window.turn("axial", 10.0)
        seen.append(weakref.ref(window))
        window.close()
        del window
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        reading.station.reading.activateWindow()
        reading.turn()

    def left() -> tuple[int, int, int, int]:
        gc.collect()
        made = sum(issubclass(type(one), vtkObjectBase) for one in gc.get_objects())
        listening = len(reading.desk.case_changed._listeners) + len(reading.desk.counts_changed._listeners)
        return threading.active_count(), listening, made, reading.desk.volumes.held_bytes

    seen: list[weakref.ref[MprWindow]] = []
    for _ in range(5):
        session()
    before, held = left(), resident_mb()
    for _ in range(45):
        session()
    after = left()
    assert after[0] <= before[0] and after[1] == before[1] and after[3] == 0
    assert after[2] - before[2] < 10, "the engine keeps its last filters, and no session adds any"
    assert [one for one in seen if one() is not None] == []
    assert resident_mb() - held < 25


def test_a_slab_grows_under_the_hand_and_is_stepped_by_its_own_thickness(reading: Windows) -> None:
    window = planes(reading)
    pane = window.panes["axial"]
    middle = pane.rect().center()
    drag(pane, middle, middle + QPoint(0, 23), Qt.MouseButton.RightButton, Qt.KeyboardModifier.ShiftModifier)
    assert window.view.slab_mm == pytest.approx(11.5, abs=1.01) and window.slab.currentText() == ""
    assert window.slab.placeholderText() == f"{window.view.slab_mm:g} mm"
    voi, before = window.view.voi, window.view.point_mm[2]
    press(pane, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    stepped = abs(window.view.point_mm[2] - before)
    press(pane, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert stepped == pytest.approx(window.view.slab_mm, abs=1e-6) and window.view.point_mm[2] == pytest.approx(before)
    press(pane, Qt.Key.Key_P)
    assert window.view.slab_mm > 10 and window.view.voi == voi, "another projection changes no thickness"
    window.close()
