"""Capture: one key, a form, a protocol of the reader's own that hangs the case from then on."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.fakes.windows import Windows

from readingroom.hanging.own import OwnProtocols
from readingroom.session.arranging import set_layout
from readingroom.session.staging import hang_again
from readingroom.ui.windows.capture import CaptureWindow
from readingroom.ui.windows.simulation import SimulationDialog


@pytest.fixture
def form(reading: Windows, tmp_path: Path) -> CaptureWindow:
    """The form over a case that the reader laid out one above the other, opened by its key."""
    reading.desk.own_protocols = OwnProtocols(tmp_path / "hanging")
    set_layout(reading.desk, 2, 1)
    QTest.keyClick(reading.station.reading.grid.viewports[0], Qt.Key.Key_F8)
    reading.turn()
    (found,) = reading.station.reading.findChildren(CaptureWindow)
    return found


def own_of(glass: Windows) -> list[str]:
    """Names of the protocols that are the reader's own."""
    return [one.name for one in glass.desk.protocols().usable if one.level == "user"]


def test_one_key_proposes_a_protocol_of_what_is_on_the_glass(form: CaptureWindow) -> None:
    assert form.draft is not None and form.name.text() == form.draft.protocol.name != ""
    tops = [form.rules.topLevelItem(n) for n in range(form.rules.topLevelItemCount())]
    titles = [top.text(0) for top in tops if top is not None]
    assert (titles[0], titles[-1]) == ("The examination", "Viewports") and titles[1].startswith("Series “axial")
    assert form.trial.text().startswith("This examination would hang by it")


def test_it_is_saved_under_its_name_by_a_key_and_hangs_the_case(reading: Windows, form: CaptureWindow) -> None:
    form.name.setText("One above the other")
    form.name.editingFinished.emit()
    QTest.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert own_of(reading) == ["One above the other"] and form.own.count() == 1
    set_layout(reading.desk, 1, 1)
    hang_again(reading.desk)
    assert reading.desk.case is not None and reading.desk.case.layout == (2, 1)
    form.undo()
    assert own_of(reading) == []


def test_a_rule_is_taken_away_by_its_box_and_comes_back_with_undo(reading: Windows, form: CaptureWindow) -> None:
    assert form.draft is not None
    first = form.rules.topLevelItem(0)
    assert first is not None
    item = first.child(0)
    assert item is not None
    before = form.draft.result
    item.setCheckState(0, Qt.CheckState.Unchecked)
    reading.turn()
    assert len(form.draft.result.applies_to.require) == len(before.applies_to.require) - 1
    form.undo()
    assert form.draft.result == before


def test_a_viewport_gets_a_label_in_its_line(reading: Windows, form: CaptureWindow) -> None:
    places = form.rules.topLevelItem(form.rules.topLevelItemCount() - 1)
    item = places.child(0) if places is not None else None
    assert item is not None and form.draft is not None
    item.setText(1, "Now")
    reading.turn()
    assert form.draft.protocol.ports[0].label == "Now"


def test_a_stage_has_a_text_and_a_further_stage_is_added(reading: Windows, form: CaptureWindow) -> None:
    form.stage_text.setText("Apices?")
    form.stage_text.editingFinished.emit()
    set_layout(reading.desk, 1, 1)
    form.add_shown()
    assert form.draft is not None
    assert [stage.text for stage in form.draft.protocol.stages] == ["Apices?", ""] and form.stage.count() == 2


def test_own_protocols_are_duplicated_put_out_of_use_and_deleted_and_all_of_it_is_undone(
    reading: Windows, form: CaptureWindow
) -> None:
    form.save()
    name = own_of(reading)[0]
    form.toggle_chosen()
    assert own_of(reading) == [] and "out of use" in form.own.item(0).text()
    form.undo()
    form.undo()
    assert own_of(reading) == [name]
    form.own.setCurrentRow(0)
    form.duplicate_chosen()
    form.save()
    assert sorted(own_of(reading)) == sorted([name, f"{name} (copy)"])
    form.own.setCurrentRow(0)
    form.delete_chosen()
    assert len(own_of(reading)) == 1
    form.undo()
    assert len(own_of(reading)) == 2


def test_what_cannot_be_saved_stands_in_the_window_with_its_remedy(form: CaptureWindow) -> None:
    form.level.setCurrentIndex(1)
    form.save()
    assert "No folder for the site" in form.trouble.text() and "settings.toml" in form.trouble.text()


def test_what_would_change_is_told_study_by_study(reading: Windows, form: CaptureWindow) -> None:
    form.show_simulation()
    (dialog,) = form.findChildren(SimulationDialog)
    reading.wait(lambda: dialog.work is None)
    assert "studies on this desk" in dialog.count.text() or "no study" in dialog.count.text()
