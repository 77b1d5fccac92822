"""readingroom priors on the demo region: another trust's prior with its reasons, and a trust that is gone."""

import json
from pathlib import Path

import pytest

from readingroom.demo.region import read_truth
from readingroom.main import demo_settings
from readingroom.settings.load import load, save
from readingroom.settings.places import Profile
from readingroom.verbs.front import main


@pytest.fixture
def desk(tmp_path: Path, demo_region: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    profile = Profile(tmp_path / "profile")
    demo_settings(profile, demo_region)
    return profile


def test_the_prior_of_another_trust_is_found_with_its_reasons(
    desk: Profile, demo_region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = read_truth(demo_region)["cases"]
    uid = cases["chest-nodule-current"]["study_uid"]
    assert main(["priors", uid, "--json", "--profile", str(desk.folder)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [prior["study_uid"] for prior in said["priors"]] == [cases["chest-nodule-prior"]["study_uid"]]
    prior = said["priors"][0]
    # Chest and chest, CT and CT, both with contrast, four half years apart.
    assert prior["score"] == 50 + 15 + 5 - 4
    assert prior["held_by"] == ["Eastmere General"] and prior["opened_beside"] and prior["reasons"]
    assert said["silent"] == []


def test_an_archive_that_is_gone_is_named_and_the_exit_code_says_so(
    desk: Profile, demo_region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    settings = load(desk)
    gone = replace(settings.archives[1], path=str(tmp_path / "nowhere"))
    save(desk, replace(settings, archives=(settings.archives[0], gone, settings.archives[2])))
    uid = read_truth(demo_region)["cases"]["chest-nodule-current"]["study_uid"]
    assert main(["priors", uid, "--json", "--profile", str(desk.folder)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [silence["name"] for silence in said["silent"]] == ["Eastmere General"]
    assert said["silent"][0]["problem"] and said["silent"][0]["remedy"]


def test_what_is_no_identifier_is_refused(desk: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["priors", "the last one", "--json", "--profile", str(desk.folder)]) == 2
    assert json.loads(capsys.readouterr().out)["remedy"]
