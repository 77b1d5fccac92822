"""Series as scanners and archives leave them: one honest volume, said to be partial or chosen, or none at all."""

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from tests.unit.verbs.test_verbs_mpr import ISOTROPIC, RAMP, Scan, cut, points_of, ramp

from readingroom.base.errors import ReaderError

LEANING = Scan([2.0 * n - 8.0 for n in range(24)], tilt_deg=25.0)
RANGE = 600.0


def objects(scan: Scan = ISOTROPIC) -> list[Dataset]:
    return [
        scan._object(n, np.rint((values + 1024.0) / 0.25).astype(np.int16), 0.25)
        for n, values in enumerate(scan.values(ramp))
    ]


def another(dataset: Dataset, add: str, brighter: int = 0) -> Dataset:
    made = copy.deepcopy(dataset)
    made.SOPInstanceUID += add
    if brighter:
        made.PixelData = (made.pixel_array + np.int16(brighter)).astype(np.int16).tobytes()
    return made


def planes(folder: Path, datasets: Sequence[Dataset], code: int = 0, plane: str = "coronal") -> tuple[float, Any]:
    """The greatest difference from the truth away from the outermost half voxel, and what was said."""
    folder.mkdir()
    for number, dataset in enumerate(datasets):
        dataset.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    values, fields = cut(folder, "--plane", plane, code=code)
    return off_by(values, fields), fields


def off_by(values: NDArray[np.float32], fields: dict[str, Any]) -> float:
    """At 99.9 % of the points; along the faces the last half voxel keeps the value of its centre."""
    there = np.isfinite(values)
    assert there.sum() > 500
    return float(np.quantile(np.abs(values - (points_of(fields) @ RAMP + 100.0))[there], 0.999))


def times(count: int = 3) -> list[Dataset]:
    """Several passes over one place, each brighter by 1000 stored units than the one before."""
    made = []
    for time in range(count):
        for number, dataset in enumerate(objects()):
            one = another(dataset, f".{time + 1}", 1000 * time)
            one.InstanceNumber, one.TemporalPositionIdentifier = time * 48 + number + 1, time + 1
            made.append(one)
    return made


def unmarked(made: list[Dataset], jitter_mm: float = 0.0) -> list[Dataset]:
    """The same without a word on time, each placed anew by so many millimetres."""
    random = np.random.default_rng(3)
    for one in made:
        del one.TemporalPositionIdentifier
        x, y, z = one.ImagePositionPatient
        one.ImagePositionPatient = [x, y, float(z) + float(random.uniform(0, jitter_mm))]
    return made


def weighted(made: list[Dataset]) -> list[Dataset]:
    """Diffusion, all weightings of a slice after one another."""
    for number, one in enumerate(made):
        one.DiffusionBValue, one.Modality = [0.0, 500.0, 1000.0][number // 48], "MR"
        one.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
        one.InstanceNumber = number % 48 * 3 + number // 48 + 1
        del one.TemporalPositionIdentifier
    return made


@pytest.mark.parametrize(
    "made",
    [times, lambda: unmarked(times()), lambda: unmarked(times(), 0.015), lambda: weighted(times())],
    ids=["marked", "unmarked", "jittered", "diffusion"],
)
def test_of_several_times_or_weightings_one_is_chosen_and_never_mixed(
    tmp_path: Path, made: Callable[[], list[Dataset]]
) -> None:
    worst, fields = planes(tmp_path / "series", made())
    assert "the largest of 3 display sets" in fields["note"]
    assert worst <= 0.01 * RANGE, "a single value of another time would be 250 off"


def test_images_at_the_places_of_others_do_not_come_into_the_volume(tmp_path: Path) -> None:
    base = objects()
    worst, fields = planes(tmp_path / "series", [*base, another(base[3], ".9", 4000), another(base[30], ".9", 4000)])
    assert worst <= 0.01 * RANGE and "of 2 display sets" in fields["note"]


def test_a_slice_that_is_missing_is_hatched_and_what_is_beside_it_is_true(tmp_path: Path) -> None:
    base = objects()
    worst, fields = planes(tmp_path / "series", [d for n, d in enumerate(base) if n not in (20, 33)], code=1)
    assert worst <= 0.01 * RANGE and fields["missing_planes"] == 2 and fields["hatched_pixels"] > 0


def test_a_stretch_that_was_scanned_coarser_is_interpolated_and_says_so(tmp_path: Path) -> None:
    worst, fields = planes(tmp_path / "series", objects(Scan([*map(float, range(24)), *range(24, 60, 2)])))
    assert worst <= 0.01 * RANGE and fields["missing_planes"] == 0
    assert "1 to 2 mm apart: interpolated" in fields["note"]


def every_second_from(first: int, renumbered: bool, **header: float) -> list[Dataset]:
    """A millimetre apart, and from some image on only every second one."""
    made = objects(Scan([float(z) for z in range(60)]))
    made = [one for n, one in enumerate(made) if n < first or (n - first) % 2 == 0]
    for number, one in enumerate(made):
        if renumbered:
            one.InstanceNumber = number + 1
        for keyword, value in header.items():
            setattr(one, keyword, value)
    return made


def test_every_second_image_that_was_lost_is_a_gap_though_many_are_lost_in_a_row(tmp_path: Path) -> None:
    worst, fields = planes(tmp_path / "series", every_second_from(24, renumbered=False), code=1)
    assert fields["missing_planes"] == 17 and "17 planes missing: hatched" in fields["note"]
    assert worst <= 0.01 * RANGE and fields["hatched_pixels"] > 0


def test_numbers_that_follow_each_other_say_that_a_stretch_was_scanned_coarser(tmp_path: Path) -> None:
    worst, fields = planes(tmp_path / "series", every_second_from(24, renumbered=True, SliceThickness=1.0))
    assert fields["missing_planes"] == 0 and "1 to 2 mm apart: interpolated" in fields["note"]
    assert worst <= 0.01 * RANGE


@pytest.mark.parametrize(("thick_mm", "missing"), [(1.0, 17), (2.0, 0)])
def test_without_numbers_slices_that_touch_elsewhere_and_not_here_were_lost(
    tmp_path: Path, thick_mm: float, missing: int
) -> None:
    made = every_second_from(24, renumbered=False, SliceThickness=1.0)
    for n, one in enumerate(made):
        del one.InstanceNumber
        one.SliceThickness = thick_mm if n >= 24 else 1.0
    _, fields = planes(tmp_path / "series", made, code=1 if missing else 0)
    assert fields["missing_planes"] == missing


def test_every_second_image_of_a_whole_series_lost_is_said(tmp_path: Path) -> None:
    made = every_second_from(0, renumbered=False, SpacingBetweenSlices=1.0)
    worst, fields = planes(tmp_path / "lost", made)
    assert "slices 1 mm apart, they lie 2 mm apart and their numbers skip" in fields["note"]
    _, fields = planes(tmp_path / "apart", every_second_from(0, renumbered=True, SpacingBetweenSlices=1.0))
    assert "skip" not in fields["note"] and worst <= 0.01 * RANGE


def test_two_frames_of_reference_in_one_series_are_never_one_volume(tmp_path: Path) -> None:
    made = objects()
    for one in made[30:]:
        one.FrameOfReferenceUID += ".2"
    _, fields = planes(tmp_path / "series", made)
    assert "the largest of 2 display sets" in fields["note"]
    depth = fields["height"] * fields["spacing"]
    assert depth == pytest.approx(30.0, abs=1.5), "the thirty slices that share a space, and no more"


def test_uneven_slices_lie_where_they_were_scanned(tmp_path: Path) -> None:
    z = np.cumsum(np.random.default_rng(5).uniform(0.8, 1.4, 40)).round(3)
    worst, fields = planes(tmp_path / "series", objects(Scan([float(one) for one in z])), plane="sagittal")
    assert worst <= 0.01 * RANGE and "interpolated" in fields["note"]


def test_a_tilted_gantry_with_a_gap_is_straight_and_hatched(tmp_path: Path) -> None:
    made = [one for n, one in enumerate(objects(LEANING)) if n not in (10, 11)]
    worst, fields = planes(tmp_path / "series", made, code=1, plane="sagittal")
    assert worst <= 0.01 * RANGE
    assert fields["tilt_corrected"] and fields["tilt_deg"] == pytest.approx(25.0, abs=0.01)
    assert fields["missing_planes"] == 2


@pytest.mark.parametrize("said", [True, False])
def test_a_localizer_in_the_series_is_no_slice_of_it(tmp_path: Path, said: bool) -> None:
    base = objects()
    scout = another(base[0], ".7")
    scout.ImageOrientationPatient, scout.ImagePositionPatient = [0, 1, 0, 0, 0, -1], [0, -30, 40]
    if said:
        scout.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    worst, fields = planes(tmp_path / "series", [*base, scout])
    assert worst <= 0.01 * RANGE and "the largest of 2 display sets" in fields["note"]


def test_a_series_of_two_orientations_makes_the_volume_of_the_larger(tmp_path: Path) -> None:
    others = []
    for n, one in enumerate(objects(Scan([float(z) for z in range(10)]))):
        one.SOPInstanceUID += ".5"
        one.ImageOrientationPatient, one.ImagePositionPatient = [1, 0, 0, 0, 0, -1], [-24, n - 20.0, 40]
        others.append(one)
    worst, fields = planes(tmp_path / "series", [*others, *objects()])
    assert worst <= 0.01 * RANGE and "the largest of 2 display sets" in fields["note"]


def test_a_slice_of_another_size_or_without_a_place_is_missing(tmp_path: Path) -> None:
    made = objects()
    made[7].Rows, made[7].PixelData = 32, made[7].PixelData[: 32 * 56 * 2]
    del made[30].ImagePositionPatient
    worst, fields = planes(tmp_path / "series", made, code=1)
    assert worst <= 0.01 * RANGE and fields["missing_planes"] == 2


def test_signed_and_unsigned_words_in_one_series_say_the_same(tmp_path: Path) -> None:
    made = objects()
    for one in made[::2]:
        one.PixelRepresentation, one.PixelData = 0, one.pixel_array.astype(np.uint16).tobytes()
    worst, _ = planes(tmp_path / "series", made)
    assert worst <= 0.01 * RANGE


def test_white_and_black_exchanged_changes_no_value(tmp_path: Path) -> None:
    made = objects()
    for one in made:
        one.PhotometricInterpretation = "MONOCHROME1"
    worst, _ = planes(tmp_path / "series", made)
    assert worst <= 0.01 * RANGE


def test_colour_is_refused(tmp_path: Path) -> None:
    made = objects(Scan([float(z) for z in range(5)]))
    for one in made:
        one.SamplesPerPixel, one.PhotometricInterpretation, one.PlanarConfiguration = 3, "RGB", 0
        one.BitsAllocated = one.BitsStored = 8
        one.HighBit, one.PixelRepresentation = 7, 0
        one.PixelData = bytes(one.Rows * one.Columns * 3)
    with pytest.raises(ReaderError, match="in colour"):
        planes(tmp_path / "series", made)


def test_pixel_spacings_that_differ_are_refused(tmp_path: Path) -> None:
    made = objects()
    for one in made[10:20]:
        one.PixelSpacing = [1.1, 1.1]
    with pytest.raises(ReaderError, match="different pixel spacings"):
        planes(tmp_path / "series", made)


def enhanced(scan: Scan, passes: int = 1) -> Dataset:
    """One object with a plane for each frame, the frames in no order."""
    words = np.rint((scan.values(ramp) + 1024.0) / 0.25).astype(np.int16)
    made = scan._object(0, words[0], 0.25)
    for keyword in (
        "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope", "RescaleIntercept",
    ):  # fmt: skip
        delattr(made, keyword)
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    order = [(time, n) for time in range(passes) for n in range(len(scan.z_mm))]
    np.random.default_rng(1).shuffle(order)
    made.PerFrameFunctionalGroupsSequence = [_own(scan, time, n) for time, n in order]
    made.SharedFunctionalGroupsSequence = [_shared(scan)]
    made.NumberOfFrames = len(order)
    made.PixelData = np.stack([words[n] + np.int16(1000 * time) for time, n in order]).tobytes()
    return made


def _own(scan: Scan, time: int, number: int) -> Dataset:
    place, content, own = Dataset(), Dataset(), Dataset()
    place.ImagePositionPatient = [float(v) for v in scan.position(scan.z_mm[number])]
    content.TemporalPositionIndex, content.StackID = int(time) + 1, "1"
    content.InStackPositionNumber = int(number) + 1
    own.PlanePositionSequence, own.FrameContentSequence = [place], [content]
    return own


def _shared(scan: Scan) -> Dataset:
    turn, pixel, value, shared = Dataset(), Dataset(), Dataset(), Dataset()
    turn.ImageOrientationPatient = [1, 0, 0, *(float(v) for v in scan.column)]
    pixel.PixelSpacing = list(scan.spacing_mm)
    value.RescaleSlope, value.RescaleIntercept, value.RescaleType = 0.25, -1024, "HU"
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [turn], [pixel]
    shared.PixelValueTransformationSequence = [value]
    return shared


@pytest.mark.parametrize("scan", [ISOTROPIC, LEANING], ids=["straight", "tilted"])
def test_the_frames_of_one_object_lie_where_each_says(tmp_path: Path, scan: Scan) -> None:
    worst, _ = planes(tmp_path / "series", [enhanced(scan)], plane="sagittal")
    assert worst <= 0.01 * RANGE


def test_the_times_of_one_object_are_never_mixed(tmp_path: Path) -> None:
    folder = tmp_path / "series"
    folder.mkdir()
    enhanced(ISOTROPIC, 3).save_as(folder / "0.dcm", enforce_file_format=True)
    values, fields = cut(folder, "--plane", "coronal")
    off = values - (points_of(fields) @ RAMP + 100.0)
    assert "the largest of 3 display sets" in fields["note"]
    assert float(off.max() - off.min()) <= 0.01 * RANGE and round(float(off.mean())) in (0, 250, 500)


def test_over_the_budget_of_the_settings_the_answer_says_how_coarse_it_is(tmp_path: Path) -> None:
    scan = Scan([float(z) for z in range(40)], size=(192, 160))
    folder, profile = tmp_path / "series", tmp_path / "profile"
    profile.mkdir()
    (profile / "settings.toml").write_text("[display]\nvolume_memory_mb = 1\n", encoding="utf-8")
    scan.write(folder, ramp)
    values, fields = cut(folder, "--plane", "coronal")
    memory = fields["memory"]
    assert memory["pixels_made_one"] == 2 and memory["bytes"] <= memory["budget_bytes"] <= 1 << 20
    assert "2 × 2 pixels are one" in fields["note"]
    assert off_by(values, fields) <= 8.0
