"""readingroom hang: every study of the demo region and of the real files hangs as a radiologist would have it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from readingroom.verbs.front import main

DEMO: dict[str, tuple[str, list[str]]] = {
    "northgate/chest-nodule-current": ("ct-chest", ["Thorax 2.5 Br40", "Thorax 2.5 Bl64"]),
    "eastmere/chest-nodule-prior": ("ct-chest", ["CHEST 3.0 STANDARD"]),
    "northgate/head-bleed": ("ct-head", ["Head 4.5 Hr38", "Head 4.5 Hr64"]),
    "eastmere/mr-brain": (
        "mr-brain",
        ["T2 TSE ax obl", "FLAIR cor obl", "T1 SE sag", "DWI EPI ax obl b0 b1000, b 1000"],
    ),
    "thornfield/dx-chest-current": ("xr-chest", ["Chest PA"]),
    "northgate/dx-chest-prior": ("xr-chest", ["CXR PA"]),
    "northgate/dx-chest-pneumonia": ("xr-chest", ["Chest PA"]),
    "eastmere/dx-chest-child": ("xr-chest", ["Chest AP"]),
    "thornfield/pet-ct": ("pet-ct", ["CT WB 5.0 Br40", "PET WB AC"]),
    "eastmere/ct-abdomen": ("ct-abdomen", ["Abdomen PV 5.0 Br40"]),
    "thornfield/mg-4view": ("mammography", ["R CC", "L CC", "R MLO", "L MLO"]),
    "northgate/us-abdomen": ("ultrasound", ["Abdomen stills"]),
    "northgate/us-cine": ("ultrasound", ["Abdomen cine"]),
    "northgate/xa-coronary": ("angiography", ["LCA RAO 10 CRA 30"]),
    "eastmere/dx-hand": ("xr-extremity", ["Hand PA"]),
    "northgate/mr-lumbar": ("mr-spine-lumbar", ["T2 TSE sag", "T1 TSE sag"]),
}
"""What hangs first, in the order of reading, by the first words of each description."""

REAL: dict[str, dict[str, tuple[str, list[str]]]] = {
    "ct/d2n_gantry_tilt": {"": ("ct-any", [""])},
    "ct/d2n_missing_slice": {"": ("ct-any", [""])},
    "ct/head_ge_variable_tilt": {"HEAD": ("ct-head", [""])},
    "ct/headphantom_A": {"1A TRAUMA/PLAIN HEAD DM": ("ct-head", ["STD BRAIN 5MM"])},
    "dicomdir": {
        "XR C Spine Comp Min 4 Views": ("xr-spine", ["Cervical OBLI 1", "Cervical OBLI 2", "Cervical LAT"]),
        "CT, HEAD/BRAIN WO CONTRAST": ("ct-head", ["Routine Brain"]),
        "Brain-MRA": ("mr-brain", ["ANGIO Projected from   C"]),
        "Carotids": ("everything", ["FAST LOCALIZER", "FAST LOCALIZER"]),
    },
    "mg": {"": ("mammography", ["L CC"])},
    "mr/mosaic_orientation": {"Research^MCBI_TESTING": ("mr-any", ["ax_asc_35sl", "cor_asc_36sl"])},
    "mr/prone_HFP_t1": {"Rorden^Rorden_Prisma": ("mr-brain", ["t1_fl2d_sag"])},
    "mr/supine_HFS_t1": {"Rorden^Rorden_Prisma": ("mr-brain", ["t1_fl2d_sag"])},
    "mr/d2n_hitachi_oblique": {"": ("mr-any", [""])},
    "mr/d2n_mixed_orientation": {"": ("mr-any", ["", ""])},
    "rt/dicompyler": {"": ("radiotherapy", [""])},
    "sr/dwv_tid1500": {"dwv generated data": ("mr-any", ["Test data #0"])},
    "syntaxes/ctimage": {"CHEST": ("ct-chest", ["HELICAL CHEST"])},
}
"""Real studies of several objects by folder and Study Description."""


def hung(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The verb's JSON."""
    code = main(["hang", *words, "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code in (0, 1), told
    return told


def on_glass(told: dict[str, Any]) -> list[str]:
    """The descriptions of what is on the glass, in the order of reading."""
    return [one["description"] for one in told["viewports"] if one["display_set"]]


def begin_with(found: list[str], wanted: list[str]) -> bool:
    """Whether there are as many, and each begins with its words."""
    return len(found) == len(wanted) and all(one.startswith(words) for one, words in zip(found, wanted, strict=True))


@pytest.mark.parametrize("folder", DEMO)
def test_every_demo_study_hangs_as_expected(demo_region: Path, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = hung(capsys, str(demo_region / folder))
    protocol, wanted = DEMO[folder]
    assert told["protocol"] == protocol and told["reasons"] and told["broken"] == []
    assert begin_with(on_glass(told), wanted), on_glass(told)
    assert all(one["why"] for one in told["unhung"])


def test_a_demo_study_with_its_prior_in_the_same_folder_hangs_beside_it(
    demo_region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(demo_region / "thornfield" / "dx-chest-current", whole / "now")
    shutil.copytree(demo_region / "northgate" / "dx-chest-prior", whole / "before")
    told = hung(capsys, str(whole), "--monitors", "1536x2048,1536x2048")
    assert [(one["monitor"], one["prior"]) for one in told["viewports"]] == [(1, False), (2, True)]
    assert told["roles"].keys() == {"prior1"} and len(told["studies"]) == 2


@pytest.mark.realdata
@pytest.mark.parametrize("folder", REAL)
def test_every_real_study_of_several_objects_hangs_as_expected(
    real_files: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = hung(capsys, str(real_files / folder))
    studies = {one["description"]: one for one in told.get("studies", [told])}
    for description, (protocol, wanted) in REAL[folder].items():
        one = studies[description]
        assert one["protocol"] == protocol, (description, one["rejected"])
        assert begin_with(on_glass(one), wanted), on_glass(one)
        assert all(waiting["why"] for waiting in one["unhung"])


@pytest.mark.realdata
@pytest.mark.parametrize(
    "folder", ["charset", "enhanced", "seg", "sc", "us", "pr", "wsi", "nm", "pet", "xa", "dx", "vl", "lut"]
)
def test_no_real_study_hangs_a_stranger_a_document_or_a_segmentation(
    real_files: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = hung(capsys, str(real_files / folder))
    for one in told.get("studies", [told]):
        for viewport in one["viewports"]:
            assert viewport["display_set"] is None or viewport["modality"] not in ("SR", "SEG", "PR", "KO")
            assert viewport["display_set"] is None or viewport["study_uid"] in (one["study_uid"], *one["priors"])
        assert all(waiting["why"] for waiting in one["unhung"])


def test_the_tree_is_told_when_asked_for(demo_region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = hung(capsys, str(demo_region / "northgate" / "head-bleed"), "--explain")
    assert any("kernel is soft or unknown: it is bone" in line["text"] for line in told["explanation"])
    assert main(["hang", str(demo_region / "northgate" / "head-bleed")]) == 0
    lines = capsys.readouterr().out
    assert "1,1  Head 4.5 Hr38 [18/34], C 40 W 80 Brain" in lines and "1,2  Head 4.5 Hr64" in lines


def test_another_stage_and_another_protocol_may_be_asked_for(
    demo_region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(demo_region / "northgate" / "head-bleed")
    told = hung(capsys, folder, "--stage", "2")
    assert told["stage_name"] == "Brain, subdural and bone window" and len(told["viewports"]) == 3
    assert hung(capsys, folder, "--protocol", "ct-chest")["protocol"] == "ct-chest"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nowhere",), "There is no study and no folder"),
        ((".", "--monitors", "1536x2048:green"), "is no role of a monitor"),
        ((".", "--monitors", "big"), "is no size of a monitor"),
        ((".", "--monitors", ",".join(["100x100"] * 9)), "are too many"),
        ((".", "--protocol", "none-such"), "There is no hanging protocol"),
        ((".", "--stage", "0"), "is no stage"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(
    words: tuple[str, ...], problem: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = [str(tmp_path) if word == "." else word for word in words]
    assert main(["hang", *given, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert problem in told["problem"] and told["remedy"]


def test_a_folder_without_studies_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("nothing")
    assert main(["hang", str(tmp_path), "--json"]) == 2
    assert "no study" in json.loads(capsys.readouterr().out)["problem"]


def test_a_broken_protocol_of_the_readers_own_is_said_and_the_programs_used(
    demo_region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hanging").mkdir()
    (tmp_path / "hanging" / "mine.yaml").write_text("id: ct-head\n")
    told = hung(capsys, str(demo_region / "northgate" / "head-bleed"), "--profile", str(tmp_path))
    assert told["protocol"] == "ct-head" and told["level"] == "shipped"
    assert "mine.yaml" in told["broken"][0]["problem"]


@pytest.mark.realdata
def test_real_mammograms_lie_with_their_chest_walls_on_the_inner_edge(
    real_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = hung(capsys, str(real_files / "mg"))
    found = {one["description"]: one["viewports"][0] for one in told["studies"] if one["viewports"]}
    right = found["MAMMOSCREENING 1E LEZING"]
    # Stored as P\FL: posterior is on the right already, and the head is up. 2394 × 3062 pixels of 94.09 µm.
    assert (right["chest_wall"], right["rotated"], right["mirrored"]) == ("right", 0, False)
    assert right["fit_mm"] == pytest.approx([225.25, 288.11], abs=0.01)
    # Stored as R\P: a quarter of a turn lays the chest wall of this left breast on the left, its lateral side up.
    left = next(one for one in found.values() if one["chest_wall"] == "left")
    assert (left["rotated"], left["mirrored"]) == (90, False)
