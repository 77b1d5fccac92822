"""Whoever finds the disk of a desk finds no patient on it: every file of the profile is searched byte by byte."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from readingroom.demo.patients import TRUSTS
from readingroom.demo.region import read_truth
from readingroom.main import demo_settings
from readingroom.settings.places import Profile
from readingroom.verbs.front import main

KEYS = ("us-abdomen", "dx-hand")


@pytest.fixture
def region(tmp_path: Path, demo_region: Path) -> Path:
    """The studies of KEYS in a copy of their own, because a report is stored beside them."""
    for key in KEYS:
        for series in read_truth(demo_region)["cases"][key]["series"]:
            shutil.copytree(demo_region / series["folder"], tmp_path / "region" / series["folder"])
    for trust in TRUSTS:
        (tmp_path / "region" / trust.folder).mkdir(exist_ok=True)
    return tmp_path / "region"


@pytest.fixture
def desk(tmp_path: Path, region: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    profile = Profile(tmp_path / "profile")
    demo_settings(profile, region)
    return profile


def names_of(region: Path, cases: dict[str, Any]) -> set[str]:
    """Every name, number and identifier of the patients, studies, series and objects that were read."""
    found: set[str] = set()
    for key in KEYS:
        case = cases[key]
        patient = case["patient"]
        found |= {part for part in patient["name"].split("^") if len(part) > 3}
        found |= {patient["id"], patient["local_id"], case["accession"], case["study_uid"]}
    for path in region.rglob("*.dcm"):
        header = dcmread(path, stop_before_pixels=True)
        found |= {str(header.SeriesInstanceUID), str(header.SOPInstanceUID)}
    return found


def test_a_profile_in_which_studies_were_fetched_and_reported_names_nobody(
    desk: Profile, demo_region: Path, region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = read_truth(demo_region)["cases"]
    wanted = names_of(region, cases)
    at = ["--json", "--profile", str(desk.folder)]
    for key in KEYS:
        uid = cases[key]["study_uid"]
        for words in (("fetch", uid), ("priors", uid), ("report", "new", uid), ("search", "--study", uid)):
            assert main([*words, *at]) in (0, 1), words
    uid = cases["dx-hand"]["study_uid"]
    assert main(["export", uid, "--to", str(tmp_path / "out"), *at]) == 0
    capsys.readouterr()
    main(["report", "sign", uid, "--reader", "Demo^Reader", *at])
    assert main(["cache", *at]) == 0
    assert '"studies": 2' in capsys.readouterr().out, "the studies were really there"
    files = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    assert sum(map(len, files.values())) > 1_000_000
    forms = {form for word in wanted for form in (word.encode(), word.encode("utf-16-le"))}
    told = {f"{path.name}: {form!r}" for path, held in files.items() for form in forms if form in held}
    assert told == set()
