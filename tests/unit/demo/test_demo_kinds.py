"""Each kind of study in the demo region: valid objects, and a truth that the pixels bear out."""

import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from readingroom.demo.cases import ALL_CASES
from readingroom.demo.region import read_truth, region_objects, write_region

KINDS = (
    "head-bleed", "mr-brain", "dx-chest-prior", "pet-ct", "ct-abdomen", "mg-4view", "us-abdomen", "us-cine",
    "xa-coronary", "dx-hand", "mr-lumbar",
)  # fmt: skip


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    write_region(folder, only=KINDS)
    return folder


def truth_of(region: Path, key: str) -> dict[str, Any]:
    return read_truth(region)["cases"][key]


def the_object(region: Path, key: str, sop_uid: str) -> pydicom.Dataset:
    for series in truth_of(region, key)["series"]:
        if sop_uid in series["sop_uids"]:
            number = series["sop_uids"].index(sop_uid) + 1
            return pydicom.dcmread(region / series["folder"] / f"IM{number:04d}.dcm")
    raise AssertionError(sop_uid)


def ellipse_mean(values: np.ndarray, ends: list[list[float]]) -> float:
    major, minor = np.array(ends[:2]), np.array(ends[2:])
    centre = major.mean(axis=0)
    columns, rows = np.meshgrid(np.arange(values.shape[1]) + 0.5, np.arange(values.shape[0]) + 0.5)
    inside = np.zeros(values.shape)
    for axis in (major, minor):
        half = (axis[1] - axis[0]) / 2
        inside += (((columns - centre[0]) * half[0] + (rows - centre[1]) * half[1]) / (half @ half)) ** 2
    return float(values[inside <= 1].mean())


@pytest.mark.parametrize("key", KINDS)
def test_every_series_is_a_valid_object_of_its_class(region: Path, key: str) -> None:
    beside = Path(sys.executable).parent / "dciodvfy"
    tool = str(beside) if beside.exists() else shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy is not installed")
    for series in truth_of(region, key)["series"]:
        path = region / series["folder"] / "IM0001.dcm"
        said = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
        assert "Error" not in said.stderr + said.stdout, said.stderr


@pytest.mark.parametrize("key", KINDS)
def test_every_case_has_as_many_objects_as_it_promises_the_bar(region: Path, key: str) -> None:
    promised = next(case.objects for case in ALL_CASES if case.key == key)
    case = truth_of(region, key)
    assert case["objects"] == promised == sum(len(series["sop_uids"]) for series in case["series"])
    assert len(list((region / case["trust"] / key).rglob("*.dcm"))) == promised


@pytest.mark.parametrize("key", KINDS)
def test_every_transfer_syntax_decodes_to_the_size_its_header_says(region: Path, key: str) -> None:
    for series in truth_of(region, key)["series"]:
        ds = pydicom.dcmread(region / series["folder"] / "IM0001.dcm")
        pixels = ds.pixel_array
        shape = pixels.shape[-3:-1] if ds.SamplesPerPixel == 3 else pixels.shape[-2:]
        assert shape == (ds.Rows, ds.Columns)
        assert int(pixels.max()) < 1 << ds.BitsStored
        assert pixels.std() > 0


def test_the_region_exercises_the_decoders(region: Path) -> None:
    cases = read_truth(region)["cases"].values()
    told = {series["transfer_syntax"] for case in cases for series in case["series"]}
    assert told >= {ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless}


def test_the_lesion_has_the_uptake_that_the_header_gives(region: Path) -> None:
    lesion = truth_of(region, "pet-ct")["lesion"]
    ds = the_object(region, "pet-ct", lesion["suvbw_max_sop_uid"])
    tracer = ds.RadiopharmaceuticalInformationSequence[0]
    given = datetime.strptime(str(tracer.RadiopharmaceuticalStartDateTime), "%Y%m%d%H%M%S")
    began = datetime.strptime(f"{ds.SeriesDate}{ds.SeriesTime}", "%Y%m%d%H%M%S")
    left = float(tracer.RadionuclideTotalDose) * 2 ** (
        -(began - given).total_seconds() / float(tracer.RadionuclideHalfLife)
    )
    suv = ds.pixel_array * float(ds.RescaleSlope) * float(ds.PatientWeight) * 1000 / left
    column, row = lesion["suvbw_max_pixel"]
    assert suv[row, column] == pytest.approx(lesion["suvbw_max"], rel=1e-6)
    assert 8 < lesion["suvbw_core_mean"] <= lesion["suvbw_max"] < 13
    place = np.array([float(v) for v in ds.ImagePositionPatient]) + np.array([column, row, 0]) * 4.0
    assert np.linalg.norm(place - np.array(lesion["centre_lps_mm"])) < lesion["diameter_mm"] / 2


def test_pet_and_ct_share_one_frame_and_their_slopes_differ_by_slice(region: Path) -> None:
    ct, pet = truth_of(region, "pet-ct")["series"]
    read = [pydicom.dcmread(region / ct["folder"] / "IM0001.dcm", stop_before_pixels=True)]
    read += [pydicom.dcmread(region / pet["folder"] / f"IM{n:04d}.dcm", stop_before_pixels=True) for n in (1, 35)]
    assert len({ds.FrameOfReferenceUID for ds in read}) == 1
    assert read[1].RescaleSlope != read[2].RescaleSlope


@pytest.mark.parametrize(
    ("key", "name", "low", "high"), [("head-bleed", "bleed", 60, 72), ("ct-abdomen", "lesion", 28, 40)]
)
def test_the_ellipse_has_the_mean_the_truth_says(region: Path, key: str, name: str, low: float, high: float) -> None:
    found = truth_of(region, key)[name]
    ds = the_object(region, key, found["sop_uid"])
    mean = ellipse_mean(ds.pixel_array - 1024.0, found["ellipse_image"])
    assert mean == pytest.approx(found["ellipse_mean_hu"], abs=1e-6)
    assert low < mean < high


def test_the_brain_has_four_oblique_sequences_in_one_frame(region: Path) -> None:
    case = truth_of(region, "mr-brain")
    normals, frames = [], set()
    for series in case["series"]:
        first, last = (
            pydicom.dcmread(region / series["folder"] / f"IM{n:04d}.dcm", stop_before_pixels=True) for n in (1, 20)
        )
        across, down = np.array(first.ImageOrientationPatient, float).reshape(2, 3)
        assert abs(across @ down) < 1e-6 and np.linalg.norm(across) == pytest.approx(1, abs=1e-6)
        normal = np.cross(across, down)
        way = np.array(last.ImagePositionPatient, float) - np.array(first.ImagePositionPatient, float)
        assert abs(way @ normal) == pytest.approx(19 * float(first.SpacingBetweenSlices), abs=1e-2)
        assert np.sum(np.abs(normal) > 0.02) == 3
        normals.append(np.abs(normal))
        frames.add(first.FrameOfReferenceUID)
    assert len(normals) == 4 and len(frames) == 1
    assert {int(np.argmax(n)) for n in normals} == {0, 1, 2}


def test_the_films_come_in_both_polarities_and_both_calibrations(region: Path) -> None:
    hand, chest = (
        pydicom.dcmread(next((region / truth_of(region, key)["trust"] / key).rglob("*.dcm")))
        for key in ("dx-hand", "dx-chest-prior")
    )
    assert (hand.PhotometricInterpretation, hand.PresentationLUTShape) == ("MONOCHROME1", "INVERSE")
    assert (chest.PhotometricInterpretation, chest.PresentationLUTShape) == ("MONOCHROME2", "IDENTITY")
    assert "PixelSpacing" not in hand and "PixelSpacing" in chest
    # Air beside the hand is black on the screen: high stored values in MONOCHROME1.
    assert hand.pixel_array[:40, :40].mean() > hand.pixel_array.mean()


def test_the_breasts_hang_with_their_chest_walls_together(region: Path) -> None:
    for view in truth_of(region, "mg-4view")["views"]:
        ds = the_object(region, "mg-4view", view["sop_uid"])
        assert f"{ds.ImageLaterality} {ds.ViewPosition}" == view["view"]
        tissue = ds.pixel_array[:, :: ds.Columns - 1].astype(bool).sum(axis=0)
        wall = int(np.argmax(tissue))
        assert wall == (1 if ds.ImageLaterality == "R" else 0)
        assert ds.PatientOrientation[0] == ("P" if ds.ImageLaterality == "R" else "A")


def test_the_stone_is_as_wide_as_the_regions_make_it(region: Path) -> None:
    truth = truth_of(region, "us-abdomen")
    ds = the_object(region, "us-abdomen", truth["stone"]["sop_uid"])
    (x0, y), (x1, _) = truth["stone"]["diameter_image"]
    delta_cm = ds.SequenceOfUltrasoundRegions[0].PhysicalDeltaX
    assert (x1 - x0) * delta_cm * 10 == pytest.approx(truth["stone"]["diameter_mm"])
    row = ds.pixel_array[int(y)].astype(float)
    assert row[int(x0) + 4 : int(x1) - 4].mean() > 4 * row[int(x0) - 14 : int(x0) - 4].mean()
    duplex = the_object(region, "us-abdomen", truth["duplex_sop_uid"])
    units = [(r.PhysicalUnitsXDirection, r.PhysicalUnitsYDirection) for r in duplex.SequenceOfUltrasoundRegions]
    assert units == [(3, 3), (4, 7)]


def test_the_cine_and_the_run_move(region: Path) -> None:
    for key in ("us-cine", "xa-coronary"):
        truth = truth_of(region, key)
        ds = the_object(region, key, truth["sop_uid"])
        assert ds.NumberOfFrames == truth["frames"] == len(ds.pixel_array)
        assert float(ds.FrameTime) == truth["frame_ms"]
        assert not np.array_equal(ds.pixel_array[0], ds.pixel_array[10])


def test_the_vessels_darken_as_they_fill_and_clear_again(region: Path) -> None:
    truth = truth_of(region, "xa-coronary")
    frames = the_object(region, "xa-coronary", truth["sop_uid"]).pixel_array.astype(float)
    tree = np.percentile(frames[2] - frames[16], 99.5)
    assert tree > 20
    assert truth["narrowing"]["least_diameter_mm"] < truth["narrowing"]["normal_diameter_mm"]


def test_no_two_objects_share_a_uid(region: Path) -> None:
    told = [uid for case in read_truth(region)["cases"].values() for s in case["series"] for uid in s["sop_uids"]]
    assert len(set(told)) == len(told) == len(region_objects(region))
