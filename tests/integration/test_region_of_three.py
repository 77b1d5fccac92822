"""Three archives of a region fail in three ways at once: each is named, and nothing is merged.

One is stopped, one answers late, one holds another patient under the same Study Instance UID; a folder holds the study.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox
from tests.fakes.late import Late
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.orthanc import OrthancServer, orthanc_is_here
from tests.fakes.windows import Windows

from readingroom.settings.load import save
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings, Settings
from readingroom.verbs.front import main

LATE_S = float(os.environ.get("READINGROOM_TEST_LATE_S", "1.2"))
"""8 s is what a reader meets; the limit is scaled with it."""
pytestmark = pytest.mark.orthanc
Region = Callable[[float], tuple[ArchiveSettings, ...]]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """The archives' settings, given how long the late one is waited for."""
    if reason := orthanc_is_here():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("region")
    (folder / "cd").mkdir()
    for n, part10 in enumerate(ct_series(2)):
        (folder / "cd" / f"{n}.dcm").write_bytes(part10)
    stopped = OrthancServer(folder / "stopped").start()
    stopped.kill()
    with OrthancServer(folder / "late") as late, OrthancServer(folder / "mixed") as mixed:
        for part10 in ct_series(2):
            late.put(part10)
        for part10 in ct_series(2, patient="9990000026", name="Cole^Ben"):
            mixed.put(part10)
        with Late(late.port, LATE_S) as proxy:

            def settings(limit_s: float) -> tuple[ArchiveSettings, ...]:
                return (
                    ArchiveSettings("CD", "folder", path=str(folder / "cd"), issuer="NHS"),
                    ArchiveSettings("Stopped", "dicomweb", url=stopped.url, issuer="NHS"),
                    ArchiveSettings(
                        "Late",
                        "dicomweb",
                        url=f"http://127.0.0.1:{proxy.port}/dicom-web",
                        issuer="NHS",
                        timeout_s=limit_s,
                    ),
                    ArchiveSettings("Mixed", "dicomweb", url=mixed.url, issuer="NHS"),
                )

            yield settings


@pytest.fixture(autouse=True)
def without_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """No keyring of this machine is asked."""
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)


def _searched(
    folder: Path, archives: tuple[ArchiveSettings, ...], capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, Any]]:
    profile = Profile(folder)
    save(profile, Settings(archives=archives))
    code = main(["search", "--json", "--profile", str(folder)])
    return code, json.loads(capsys.readouterr().out)


def test_the_search_names_the_stopped_the_late_and_the_other_patient(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = _searched(tmp_path, region(LATE_S / 2), capsys)
    assert code == 1 and (found["answered_names"], found["asked"]) == (["CD", "Mixed"], 4)
    silent = {one["name"]: one for one in found["silent"]}
    assert "is down: nothing answers" in silent["Stopped"]["problem"] and silent["Stopped"]["remedy"]
    assert f"did not answer within {LATE_S / 2:g} s" in silent["Late"]["problem"] and silent["Late"]["remedy"]
    _kept_apart(found, {"9990000018": ["CD"], "9990000026": ["Mixed"]})


def test_given_time_the_late_one_answers_and_is_a_holder_and_still_nothing_is_merged(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = _searched(tmp_path, region(LATE_S * 3), capsys)
    assert code == 1 and [one["name"] for one in found["silent"]] == ["Stopped"]
    _kept_apart(found, {"9990000018": ["CD", "Late"], "9990000026": ["Mixed"]})
    assert any("stands for 2 patients" in words for words in found["warnings"])


def _kept_apart(found: dict[str, Any], holders: dict[str, list[str]]) -> None:
    assert {one["patient"]["id"]: one["held_by"] for one in found["studies"]} == holders
    assert {one["study_uid"] for one in found["studies"]} == {STUDY}
    assert all("another patient under the same study identifier" in one["conflict"] for one in found["studies"])


def test_the_window_names_them_too_shows_both_patients_and_opens_neither(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    with Windows(tmp_path / "profile", region(LATE_S / 2)) as glass:
        glass.show()
        worklist = glass.station.worklist
        words = worklist.answered.text()
        assert "2 of 4 archives answered" in words
        assert "Stopped is down" in words and "Late did not answer" in words and "stands for 2 patients" in words
        shown = [worklist.table.model().index(row, 6).data() for row in range(worklist.table.model().rowCount())]
        assert shown == ["CONFLICT – CT chest"] * 2
        for entry in glass.station.reading_list.entries:
            glass.station.open_entry(entry)
        assert glass.desk.case is None and len(said) == 2
        assert all("not one patient's" in words and "COLE, Ben" in words for words in said)
        assert not glass.raised
