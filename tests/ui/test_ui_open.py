"""Studies that other programs hand over: opened at once on an empty desk, only after a question over an open case."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from tests.fakes.objects import STUDY
from tests.fakes.phantom import OTHER
from tests.fakes.windows import Windows

from readingroom.base.errors import ReaderError
from readingroom.ui.doorbell import Doorbell
from readingroom.verbs.front import main
from readingroom.verbs.open import study_of

REPO = Path(__file__).resolve().parents[2]


def test_a_second_start_hands_its_study_to_the_first(glass: Windows) -> None:
    bell = Doorbell(glass.profile.folder, glass.station.asked_to_open)
    words = [sys.executable, "-m", "readingroom", "open", STUDY, "--profile", str(glass.profile.folder), "--json"]
    paths = os.pathsep.join((str(REPO / "app"), os.environ.get("PYTHONPATH", "")))
    second = subprocess.Popen(
        words, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    )
    glass.wait(lambda: second.poll() is not None)
    out, err = second.communicate()
    assert second.returncode == 0, err
    assert b'"handed_over": true' in out
    glass.wait(lambda: glass.desk.case is not None and glass.desk.case.study.uid == STUDY)
    assert glass.station.reading.isVisible()
    bell.close()


@pytest.mark.parametrize(("button", "opened"), [("Open it", OTHER), ("Stay here", STUDY)])
def test_over_an_open_case_the_reader_is_asked(reading: Windows, button: str, opened: str) -> None:
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        next(one for one in box.buttons() if one.text() == button).click()

    QTimer.singleShot(100, answer)
    reading.station.asked_to_open(OTHER)
    assert len(asked) == 1 and "Another program asks" in asked[0]
    reading.wait(lambda: reading.desk.case is not None and reading.desk.case.study.uid == opened)


@pytest.mark.parametrize(
    ("what", "uid"),
    [
        ("1.2.840.1", "1.2.840.1"),
        ("readingroom://open?study=1.2.840.1", "1.2.840.1"),
        ("READINGROOM://1.2.840.1", "1.2.840.1"),
    ],
)
def test_a_study_is_named_by_its_uid_or_by_a_link(what: str, uid: str) -> None:
    assert study_of(what) == uid


@pytest.mark.parametrize(
    "what",
    ["", "lung", "1", "1.2.", "readingroom://", "readingroom://open?study=1.2&study=1.3", "readingroom://[", "1." * 40 + "1",
     "http://1.2.3", "readingroom://open?study=1.2;rm"],
)  # fmt: skip
def test_what_names_no_study_is_refused(what: str) -> None:
    with pytest.raises(ReaderError):
        study_of(what)


def test_without_a_screen_it_says_so_and_does_not_die(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert main(["--profile", str(tmp_path)]) == 2
    assert "no screen" in capsys.readouterr().err
