"""Priors and exports with a real archive: found across doors, one door down, one number that is somebody else's."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.orthanc import OrthancServer, free_port

from readingroom.settings.load import save
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings, Settings
from readingroom.verbs.front import main

OLD, ELSEWHERE, STRANGER = (f"1.2.826.0.1.3680043.10.1.{n}" for n in (2, 3, 4))


@pytest.fixture
def profile(tmp_path: Path, orthanc: OrthancServer, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """A desk before an Orthanc, a disc, and an archive that is down."""
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    for part10 in (
        *ct_series(3),
        *ct_series(1, study=ELSEWHERE, series=f"{ELSEWHERE}.1", patient="E4711"),
        *ct_series(1, study=STRANGER, series=f"{STRANGER}.1", name="Stone^Zoe"),
    ):
        orthanc.put(part10)
    (tmp_path / "cd").mkdir()
    for n, part10 in enumerate(ct_series(2, study=OLD, series=f"{OLD}.1", date="20230901")):
        (tmp_path / "cd" / str(n)).write_bytes(part10)
    made = Profile(tmp_path / "profile")
    archives = (
        ArchiveSettings("RM3", "dicomweb", url=orthanc.url),
        ArchiveSettings("CD", "folder", path=str(tmp_path / "cd")),
        ArchiveSettings("RJE", "dicomweb", url=f"http://127.0.0.1:{free_port()}/dicom-web"),
    )
    save(made, Settings(archives=archives))
    return made


@pytest.mark.orthanc
def test_priors_come_from_every_door_and_doubts_and_silence_are_named(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["priors", STUDY, "--json", "--profile", str(profile.folder)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [(prior["study_uid"], prior["held_by"]) for prior in said["priors"]] == [(OLD, ["CD"])]
    assert any("same region: chest" in reason for reason in said["priors"][0]["reasons"])
    assert [one["name"] for one in said["silent"]] == ["RJE"] and said["silent"][0]["problem"]
    doubts = {one["study_uid"]: one["why"] for one in said["doubtful"]}
    assert set(doubts) == {ELSEWHERE, STRANGER}
    assert "E4711" in doubts[ELSEWHERE] and "STONE" in doubts[STRANGER]


@pytest.mark.orthanc
def test_an_export_fetches_first_what_is_missing(
    profile: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "out"
    assert main(["export", STUDY, "--to", str(to), "--dicomdir", "--json", "--profile", str(profile.folder)]) == 0
    said = json.loads(capsys.readouterr().out)
    uids = {str(dcmread(to / name).SOPInstanceUID) for name in said["files"] if name != "DICOMDIR"}
    assert uids == {str(dcmread(BytesIO(part10)).SOPInstanceUID) for part10 in ct_series(3)}
