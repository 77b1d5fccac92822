"""Which millimetre may be believed, modality by modality."""

from typing import Any

import pytest

from readingroom.geometry.plane import plane_of
from readingroom.measure.calibration import UserCalibration, basis_of, spacing_of
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import FrameFacts, SpacingTags, UltrasoundRegion
from readingroom.record.study import FrameRef


def facts_with(modality: str = "DX", sop_class: str = "", **more: Any) -> FrameFacts:
    return FrameFacts(
        FrameRef("1.2", "1.3", "1.4"), sop_class, modality, "1.2.840.10008.1.2.1", 1, 100, 100, "MONOCHROME2", 16, 12,
        False, **more,
    )  # fmt: skip


def region(
    x0: int, y0: int, x1: int, y1: int, units: tuple[int, int] = (3, 3), delta: float = 0.05
) -> UltrasoundRegion:
    return UltrasoundRegion(x0, y0, x1, y1, units[0], units[1], delta, delta, 1, 1)


@pytest.mark.parametrize(
    ("modality", "tags", "size", "text"),
    [
        ("CT", SpacingTags(pixel_spacing=(0.7, 0.7)), 0.7, "mm"),
        ("DX", SpacingTags(imager_spacing=(0.14, 0.14)), 0.14, "mm at detector"),
        ("DX", SpacingTags(imager_spacing=(0.14, 0.14), pixel_spacing=(0.14, 0.14)), 0.14, "mm at detector"),
        (
            "DX",
            SpacingTags(imager_spacing=(0.14, 0.14), pixel_spacing=(0.12, 0.12), calibration_type="FIDUCIAL"),
            0.12,
            "mm (calibrated: FIDUCIAL)",
        ),
        (
            "DX",
            SpacingTags(imager_spacing=(0.14, 0.14), pixel_spacing=(0.12, 0.12)),
            0.12,
            "mm (calibrated, method unknown)",
        ),
        ("CR", SpacingTags(pixel_spacing=(0.1, 0.1)), 0.1, "mm at detector"),
        ("MG", SpacingTags(imager_spacing=(0.07, 0.07), magnification=1.073), 0.065238, "mm (estimated: magnification"),
        (
            "XA",
            SpacingTags(imager_spacing=(0.2, 0.2), source_to_detector_mm=1000, source_to_patient_mm=750),
            0.15,
            "mm (estimated: source distances)",
        ),
        ("OT", SpacingTags(nominal_scanned=(0.17, 0.17)), 0.17, "mm on the scanned original"),
        ("US", SpacingTags(pixel_spacing=(0.2, 0.2)), 0.2, "mm (as stated)"),
    ],
)
def test_a_millimetre_says_where_it_comes_from(modality: str, tags: SpacingTags, size: float, text: str) -> None:
    spacing = spacing_of(facts_with(modality, spacing=tags))
    assert spacing.row_mm == pytest.approx(size, abs=1e-6)
    assert spacing.column_mm == pytest.approx(size, abs=1e-6)
    assert spacing.basis.text.startswith(text)
    assert spacing.basis.unit == "mm"


@pytest.mark.parametrize(
    ("modality", "tags"),
    [
        ("XA", SpacingTags()),
        ("OT", SpacingTags()),
        ("US", SpacingTags()),
        ("DX", SpacingTags(imager_spacing=(0.0, 0.0))),
        ("CT", SpacingTags(pixel_spacing=(-0.5, 0.5))),
        ("CT", SpacingTags(pixel_spacing=(float("nan"), 0.5))),
        ("CT", SpacingTags(pixel_spacing=(1e308, 1e308))),
    ],
)
def test_without_a_believable_spacing_only_pixels_are_counted(modality: str, tags: SpacingTags) -> None:
    spacing = spacing_of(facts_with(modality, spacing=tags))
    assert (spacing.row_mm, spacing.column_mm) == (None, None)
    assert spacing.basis.unit == "px"


def test_an_estimated_or_unexplained_millimetre_is_marked_uncertain() -> None:
    unknown = SpacingTags(imager_spacing=(0.14, 0.14), pixel_spacing=(0.12, 0.12))
    assert not basis_of(facts_with("DX", spacing=unknown)).certain
    assert basis_of(facts_with("CT", spacing=SpacingTags(pixel_spacing=(1.0, 1.0)))).certain


def test_a_screenshot_of_a_ct_does_not_pass_for_a_ct() -> None:
    capture = facts_with("CT", "1.2.840.10008.5.1.4.1.1.7", spacing=SpacingTags(pixel_spacing=(0.7, 0.7)))
    assert basis_of(capture).text == "mm (secondary capture)"
    assert not basis_of(capture).certain


def test_the_table_top_distance_of_a_chest_film_corrects_nothing() -> None:
    tags = SpacingTags(imager_spacing=(0.14, 0.14), source_to_detector_mm=1800, source_to_patient_mm=1700)
    assert basis_of(facts_with("DX", spacing=tags)).text == "mm at detector"


def test_a_tomosynthesis_slice_is_in_the_patient_although_it_is_mammography() -> None:
    tags = SpacingTags(pixel_spacing=(0.1, 0.1))
    assert basis_of(facts_with("MG", "1.2.840.10008.5.1.4.1.1.13.1.3", spacing=tags)).text == "mm"


def test_an_ophthalmic_slice_with_a_place_in_the_patient_is_in_millimetres() -> None:
    plane = plane_of((0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.01, 0.02), 100, 100)
    tags = SpacingTags(pixel_spacing=(0.01, 0.02))
    assert basis_of(facts_with("OPT", plane=plane, spacing=tags)).text == "mm"


def test_both_ends_in_one_centimetre_region_give_millimetres() -> None:
    scan = facts_with("US", regions=(region(0, 0, 49, 99), region(50, 0, 99, 99, (4, 3))))
    spacing = spacing_of(scan, ((10.0, 10.0), (40.0, 60.0)))
    assert spacing.scale == pytest.approx((0.5, 0.5))
    assert spacing.basis.text == "mm (ultrasound region)"


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (((60.0, 10.0), (70.0, 10.0)), "seconds across"),
        (((10.0, 10.0), (70.0, 10.0)), "not lie in one ultrasound region"),
    ],
)
def test_a_length_over_seconds_or_over_two_regions_is_refused(points: Any, words: str) -> None:
    scan = facts_with("US", regions=(region(0, 0, 49, 99), region(50, 0, 99, 99, (4, 3))))
    with pytest.raises(Refused, match=words):
        spacing_of(scan, points)


def test_velocity_is_no_length() -> None:
    with pytest.raises(Refused, match="centimetres per second down"):
        spacing_of(facts_with("US", regions=(region(0, 0, 99, 99, (3, 7)),)), ((1.0, 1.0), (2.0, 2.0)))


def test_outside_every_region_a_length_is_refused() -> None:
    with pytest.raises(Refused, match="ultrasound region"):
        spacing_of(facts_with("US", regions=(region(0, 0, 49, 49),)), ((60.0, 60.0), (70.0, 70.0)))


def test_overlapping_regions_that_disagree_are_refused_and_those_that_agree_are_not() -> None:
    points = ((10.0, 10.0), (20.0, 20.0))
    inner = region(5, 5, 30, 30)
    assert spacing_of(facts_with("US", regions=(region(0, 0, 99, 99), inner)), points).basis.unit == "mm"
    with pytest.raises(Refused, match="disagree"):
        spacing_of(facts_with("US", regions=(region(0, 0, 99, 99, delta=0.1), inner)), points)


def test_the_readers_own_line_calibrates_and_says_so() -> None:
    user = UserCalibration.parse("10,20 110,20 50")
    spacing = spacing_of(facts_with("DX", spacing=SpacingTags(imager_spacing=(0.2, 0.1))), user=user)
    assert spacing.column_mm == pytest.approx(0.5)
    assert spacing.row_mm == pytest.approx(1.0)
    assert spacing.basis.text == "mm (user, line=50 mm)"


@pytest.mark.parametrize("text", ["", "1,2 3,4", "1,2 3,4 x", "1 2 3", "1,2 3,4 nan", "1,2,3 4,5 6", "1,2 3,4 5 6"])
def test_a_line_that_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        UserCalibration.parse(text)


@pytest.mark.parametrize("text", ["5,5 5,5 10", "5,5 6,5 10", "5,5 50,5 0", "5,5 50,5 -3"])
def test_a_calibration_line_without_length_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        spacing_of(facts_with(), user=UserCalibration.parse(text))


def test_pixels_that_are_not_square_keep_their_shape_without_millimetres() -> None:
    spacing = spacing_of(facts_with("XA", spacing=SpacingTags(aspect_ratio=(2.0, 1.0))))
    assert spacing.scale == (2.0, 1.0)
    assert spacing.basis.unit == "px"


def test_a_grey_bar_laid_over_the_scan_does_not_forbid_measuring() -> None:
    scan = facts_with("US", regions=(region(0, 0, 99, 99), region(0, 0, 30, 30, (0, 0), 0.0)))
    assert spacing_of(scan, ((5.0, 5.0), (20.0, 20.0))).basis.unit == "mm"


def test_a_time_axis_laid_over_the_scan_forbids_measuring() -> None:
    scan = facts_with("US", regions=(region(0, 0, 99, 99), region(0, 0, 30, 30, (4, 3))))
    with pytest.raises(Refused, match="seconds"):
        spacing_of(scan, ((5.0, 5.0), (20.0, 20.0)))
