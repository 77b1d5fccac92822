"""Export and import from the windows: a study leaves and comes back, and what must be known is said before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.windows import Windows

from readingroom.settings.sections import ArchiveSettings
from readingroom.ui.windows.media import ExportDialog, ImportDialog

OTHER = "1.2.826.0.1.3680043.10.1.7"


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Windows]:
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    (tmp_path / "North").mkdir()
    for n, part10 in enumerate(ct_series(3)):
        (tmp_path / "North" / f"{n}.dcm").write_bytes(part10)
    archives = (ArchiveSettings("North", "folder", path=str(tmp_path / "North")),)
    with Windows(tmp_path / "profile", archives) as opened:
        opened.show().wait(lambda: opened.station.worklist.current() is not None)
        yield opened


def test_the_open_case_leaves_as_a_teaching_case(windows: Windows, tmp_path: Path) -> None:
    windows.open_whole(STUDY)
    windows.station.reading.actions_.actions["window.export"].trigger()
    dialog = windows.station.media.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.to.setText(str(tmp_path / "out"))
    dialog.without.setChecked(True)
    dialog.begin()
    windows.wait(lambda: dialog.work is None)
    assert "3 files are there, as teaching case" in dialog.outcome
    images = [dcmread(path) for path in (tmp_path / "out").rglob("*.dcm")]
    assert len(images) == 3 and all("Reed" not in str(image.PatientName) for image in images)
    dialog.close()


def test_a_place_that_is_taken_is_refused_in_the_dialog(windows: Windows, tmp_path: Path) -> None:
    windows.station.media.export_row()
    dialog = windows.station.media.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.begin()
    assert "Say where to" in dialog.outcome
    dialog.to.setText(str(tmp_path / "North"))
    dialog.begin()
    windows.wait(lambda: dialog.work is None)
    assert "not empty" in dialog.outcome
    dialog.close()


def test_what_must_be_known_stands_there_before(windows: Windows) -> None:
    windows.open_whole(STUDY)
    windows.station.media.export_case()
    dialog = windows.station.media.dialog
    assert isinstance(dialog, ExportDialog)
    assert "go along" in dialog._before.text() and not dialog.seen.isVisible()
    dialog.without.setChecked(True)
    assert "reports and documents are left out" in dialog._before.text()
    dialog.close()


def test_leaving_the_dialog_stops_the_work_and_leaves_nothing(windows: Windows, tmp_path: Path) -> None:
    windows.station.media.export_row()
    dialog = windows.station.media.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.to.setText(str(tmp_path / "out"))
    dialog.begin()
    assert dialog.work is not None
    dialog.stop_or_close()
    windows.wait(lambda: dialog.work is None)
    left = list((tmp_path / "out").rglob("*")) if (tmp_path / "out").exists() else []
    assert left == [] or "3 files" in dialog.outcome
    dialog.close()


def test_a_disc_that_comes_in_stands_in_the_worklist(windows: Windows, tmp_path: Path) -> None:
    (tmp_path / "cd").mkdir()
    for n, part10 in enumerate(ct_series(2, study=OTHER, series=f"{OTHER}.1")):
        (tmp_path / "cd" / str(n)).write_bytes(part10)
    (tmp_path / "cd" / "readme.txt").write_text("not an image")
    windows.station.media.import_()
    dialog = windows.station.media.dialog
    assert isinstance(dialog, ImportDialog)
    dialog.source.setText(str(tmp_path / "cd"))
    dialog.begin()
    windows.wait(lambda: dialog.work is None)
    assert "2 objects of 1 study" in dialog.outcome and "readme.txt" in dialog.outcome
    windows.wait(lambda: any(e.row.study_uid == OTHER for e in windows.station.reading_list.entries))
    dialog.close()
