"""The timeline on the glass: its marks are reached by keys, and Enter opens one beside the current study."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.windows import Windows

from readingroom.settings.sections import ArchiveSettings

NEAR, FAR, OLD = (f"1.2.826.0.1.3680043.10.1.{n}" for n in (2, 3, 4))
"""The nearest and the oldest hang by themselves; the one between them is for the reader to open."""


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Windows]:
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    archives = []
    for name, study, day in (
        ("North", STUDY, "20251103"),
        ("East", NEAR, "20251003"),
        ("West", FAR, "20181103"),
        ("Far", OLD, "20101103"),
    ):
        (tmp_path / name).mkdir()
        for n, part10 in enumerate(ct_series(2, study=study, series=f"{study}.1", date=day)):
            (tmp_path / name / f"{n}.dcm").write_bytes(part10)
        archives.append(ArchiveSettings(name, "folder", path=str(tmp_path / name), trust=f"{name} Trust"))
    archives.append(ArchiveSettings("South", "folder", path=str(tmp_path / "gone")))
    with Windows(tmp_path / "profile", tuple(archives)) as opened:
        opened.show().open(STUDY)
        opened.wait(lambda: opened.desk.case is not None and len(opened.desk.case.priors) == 2)
        opened.rest(0.1)
        yield opened


def test_the_marks_can_be_reached_and_opened_by_keys_alone(windows: Windows) -> None:
    strip, reading = windows.station.reading.timeline, windows.station.reading
    assert [mark.study_uid for mark in strip.line.marks] == [OLD, FAR, NEAR, STUDY]
    assert strip.chosen == STUDY and strip.isVisible()
    reading.activateWindow()
    reading.actions_.actions["window.timeline"].trigger()
    before = windows.desk.case
    for _ in range(2):
        QTest.keyClick(strip, Qt.Key.Key_Left)
    assert strip.chosen == FAR and "West Trust" in strip.accessibleDescription()
    # The keys were the strip's own: no series was changed on the glass.
    assert windows.desk.case is before
    QTest.keyClick(strip, Qt.Key.Key_Return)
    windows.wait(lambda: windows.desk.case is not None and len(windows.desk.case.priors) == 3)
    windows.wait(lambda: strip.line.marks[1].kind == "opened")


def test_the_silent_archive_is_named_on_the_strip(windows: Windows) -> None:
    strip = windows.station.reading.timeline
    assert [silence.name for silence in strip.line.silent] == ["South"]
    assert "South" in strip.accessibleDescription()
    assert "South" in strip.words_at(QPoint(strip.width() - 40, strip.height() // 2))


def test_a_mark_under_the_pointer_says_why_it_matters(windows: Windows) -> None:
    strip = windows.station.reading.timeline
    place = strip._place(NEAR)
    assert place is not None
    assert "same region: chest" in strip.words_at(place.center())
    assert strip.event(QHelpEvent(QHelpEvent.Type.ToolTip, place.center(), strip.mapToGlobal(place.center())))
