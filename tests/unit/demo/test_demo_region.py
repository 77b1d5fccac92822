"""The demo region: what is made is stable, identified like real records, and never looks finished when it is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest

from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Progress
from readingroom.demo.cases import ALL_CASES
from readingroom.demo.patients import PEOPLE, TRUSTS, nhs_check_digit
from readingroom.demo.region import (
    CASES,
    MARKER_NAME,
    read_truth,
    region_is_complete,
    region_objects,
    write_region,
)

NODULES = ("chest-nodule-current", "chest-nodule-prior")


@pytest.fixture(scope="module")
def chest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("region")
    write_region(folder, only=NODULES)
    return folder


def hounsfield(path: Path) -> np.ndarray:
    ds = pydicom.dcmread(path)
    return ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)


def nodule_slice(folder: Path, key: str) -> tuple[dict, pydicom.Dataset, np.ndarray]:
    case = read_truth(folder)["cases"][key]
    nodule = case["nodule"]
    series = next(s for s in case["series"] if s["series_uid"] == nodule["series_uid"])
    path = folder / series["folder"] / f"IM{nodule['instance_number']:04d}.dcm"
    return nodule, pydicom.dcmread(path), hounsfield(path)


def half_width_mm(line: np.ndarray, middle: int, level: float, spacing_mm: float) -> float:
    left = middle
    while line[left] > level:
        left -= 1
    right = middle
    while line[right] > level:
        right += 1
    start = left + (level - line[left]) / (line[left + 1] - line[left])
    end = right - (level - line[right]) / (line[right - 1] - line[right])
    return (end - start) * spacing_mm


@pytest.mark.parametrize(("key", "diameter_mm"), ((NODULES[0], 9.8), (NODULES[1], 6.2)))
def test_the_nodule_measures_what_the_truth_says(chest: Path, key: str, diameter_mm: float) -> None:
    nodule, ds, hu = nodule_slice(chest, key)
    assert nodule["diameter_mm"] == diameter_mm
    assert ds.SOPInstanceUID == nodule["sop_uid"]
    spacing = float(ds.PixelSpacing[1])
    x, y = nodule["centre_image"]
    row, column = int(y), int(x)
    # A chord through a pixel row that misses the middle is a little shorter than the diameter.
    chords = []
    for near in (row - 1, row, row + 1):
        miss = (near + 0.5 - y) * spacing
        chord = half_width_mm(hu[near], column, (40 - 862) / 2, spacing)
        chords.append(2 * np.hypot(chord / 2, miss))
    assert np.mean(chords) == pytest.approx(diameter_mm, abs=0.1)
    (x0, _), (x1, _) = nodule["diameter_image"]
    assert (x1 - x0) * spacing == pytest.approx(diameter_mm, abs=1e-6)


@pytest.mark.parametrize("key", NODULES)
def test_the_middle_of_the_nodule_lies_where_the_header_puts_it(chest: Path, key: str) -> None:
    nodule, ds, _ = nodule_slice(chest, key)
    x, y = nodule["centre_image"]
    place = [float(v) for v in ds.ImagePositionPatient]
    spacing = float(ds.PixelSpacing[0])
    found = (place[0] + (x - 0.5) * spacing, place[1] + (y - 0.5) * spacing, place[2])
    assert found == pytest.approx(nodule["centre_lps_mm"], abs=1e-3)


@pytest.mark.parametrize("key", NODULES)
def test_the_ellipse_in_the_nodule_has_the_mean_the_truth_says(chest: Path, key: str) -> None:
    nodule, _, hu = nodule_slice(chest, key)
    (left, y), (right, _), (x, top), (_, bottom) = nodule["ellipse_image"]
    columns, rows = np.meshgrid(np.arange(hu.shape[1]) + 0.5, np.arange(hu.shape[0]) + 0.5)
    inside = ((columns - x) / ((right - left) / 2)) ** 2 + ((rows - y) / ((bottom - top) / 2)) ** 2 <= 1
    assert inside.sum() == nodule["ellipse_pixels"]
    assert hu[inside].mean() == pytest.approx(nodule["ellipse_mean_hu"], abs=1e-6)
    assert hu[inside].mean() == pytest.approx(40, abs=12)


def test_both_scans_are_of_one_patient_in_two_trusts_with_their_own_frames(chest: Path) -> None:
    current, prior = (nodule_slice(chest, key)[1] for key in NODULES)
    assert current.PatientID == prior.PatientID
    assert current.InstitutionName != prior.InstitutionName
    assert current.FrameOfReferenceUID != prior.FrameOfReferenceUID
    assert current.file_meta.TransferSyntaxUID != prior.file_meta.TransferSyntaxUID


def test_every_patient_has_a_valid_number_that_nobody_has() -> None:
    numbers = [person.nhs for person in PEOPLE]
    assert len(numbers) >= 12 and len(set(numbers)) == len(numbers)
    for number in numbers:
        assert len(number) == 10 and number.startswith("999")
        assert nhs_check_digit(number[:9]) == int(number[9])
    assert any(not person.name.isascii() for person in PEOPLE)


def test_the_check_digit_is_the_published_one() -> None:
    assert nhs_check_digit("943476591") == 9


def test_every_object_is_told_once_and_bears_the_uids_of_its_truth(chest: Path) -> None:
    objects = region_objects(chest)
    truth = read_truth(chest)
    told = [uid for case in truth["cases"].values() for series in case["series"] for uid in series["sop_uids"]]
    assert len(set(told)) == len(told) == len(objects)
    for one, uid in list(zip(objects, told, strict=True))[::40]:
        ds = pydicom.dcmread(chest / one.path, stop_before_pixels=True)
        assert (ds.SOPInstanceUID, ds.StudyInstanceUID) == (uid, one.study_uid)


def test_progress_ends_at_its_total_and_uids_are_the_same_at_every_making(tmp_path: Path, chest: Path) -> None:
    told: list[Progress] = []
    written = write_region(tmp_path, told.append, only=["chest-nodule-prior"])
    assert [p.done for p in told] == list(range(1, written.objects + 1))
    assert {p.total for p in told} == {written.objects}
    key = "chest-nodule-prior"
    assert read_truth(tmp_path)["cases"][key] == read_truth(chest)["cases"][key]
    one = region_objects(tmp_path)[50]
    assert (tmp_path / one.path).read_bytes() == (chest / one.path).read_bytes()


def test_a_making_that_is_called_off_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    looks = iter(range(4))

    def checkpoint() -> None:
        if next(looks, None) is None:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_region(tmp_path, only=["chest-nodule-prior"], checkpoint=checkpoint)
    assert not region_is_complete(tmp_path)
    assert not list(tmp_path.rglob("*.dcm"))
    with pytest.raises(ReaderError):
        region_objects(tmp_path)


def test_a_region_of_an_older_generator_is_made_again(chest: Path) -> None:
    assert region_is_complete(chest)
    marker = chest / MARKER_NAME
    kept = marker.read_text()
    marker.write_text(json.dumps({**json.loads(kept), "version": 0}))
    assert not region_is_complete(chest)
    marker.write_text("half a sen")
    assert not region_is_complete(chest)
    marker.write_text(kept)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / TRUSTS[0].folder / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(ReaderError, match="already holds"):
        write_region(tmp_path, only=["chest-nodule-prior"])
    assert mine.read_text() == "mine"


def test_an_unknown_case_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=CASES[0]):
        write_region(tmp_path, only=["chest-nodul"])


def test_the_list_of_cases_is_what_is_made_and_no_study_is_made_twice() -> None:
    assert tuple(case.key for case in ALL_CASES) == CASES
    assert len({case.study_uid for case in ALL_CASES}) == len({case.accession for case in ALL_CASES}) == len(CASES)
    assert {case.trust for case in ALL_CASES} == set(TRUSTS)
    assert len({case.person for case in ALL_CASES}) >= 12


def test_asking_whether_a_region_is_there_loads_nothing_that_makes_one() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, readingroom.demo.region; print('scipy' in sys.modules, 'pydicom' in sys.modules)"],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert told.stdout.split() == ["False", "False"]
