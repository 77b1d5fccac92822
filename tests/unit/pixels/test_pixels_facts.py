"""What a header says: the frame's own words first, nothing invented, and what makes no sense said."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from tests.unit.pixels.pixel_phantoms import header_for, native

from readingroom.pixels.decode import decode
from readingroom.pixels.facts import facts_of
from readingroom.pixels.frame import FrameFacts

PIXELS = np.zeros((4, 4), np.int16)


def facts(**attributes) -> FrameFacts:
    return facts_of(header_for(PIXELS, **attributes), 1)


def test_a_ct_with_rescale_is_in_hounsfield_units():
    assert facts(RescaleSlope=1, RescaleIntercept=-1024).unit == "HU"
    assert facts(RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU").unit == "HU"


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "US"},
        {"RescaleSlope": 1, "RescaleIntercept": -1024, "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
        {"RescaleSlope": 1, "RescaleIntercept": -1024, "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
        {"RescaleSlope": 1, "RescaleIntercept": -1024, "Modality": "MR"},
        {"RescaleSlope": 0, "RescaleIntercept": -1024},
    ],
)
def test_what_is_no_ct_number_is_not_called_one(attributes):
    assert facts(**attributes).unit == ""


def test_every_window_of_the_header_is_kept_with_its_name():
    found = facts(WindowCenter=[40, -600], WindowWidth=[400, 1500], WindowCenterWidthExplanation=["SOFT", "LUNG"]).vois
    assert [(v.centre, v.width, v.function, v.explanation) for v in found] == [
        (40, 400, "LINEAR", "SOFT"),
        (-600, 1500, "LINEAR", "LUNG"),
    ]


def test_a_linear_window_below_one_is_read_as_exact_and_said():
    found = facts(WindowCenter=0.1, WindowWidth=0.2)
    assert found.vois[0].function == "LINEAR_EXACT"
    assert any("below 1" in warning for warning in found.warnings)


@pytest.mark.parametrize("width", [0, -400])
def test_a_window_without_width_is_left_out_and_said(width):
    found = facts(WindowCenter=40, WindowWidth=width)
    assert found.vois == ()
    assert found.warnings


def test_a_window_that_is_no_number_is_no_window():
    part10 = native(PIXELS, WindowCenter=40, WindowWidth=400).replace(b"400", b"wid")
    assert decode(part10).facts.vois == ()


def test_each_frame_has_its_own_rescale_window_and_place():
    dataset = header_for(np.zeros((2, 4, 4), np.int16), frames=2)
    dataset.SharedFunctionalGroupsSequence = [_group(orientation=[1, 0, 0, 0, 1, 0], spacing=[0.7, 0.8])]
    dataset.PerFrameFunctionalGroupsSequence = [
        _group(slope=2, intercept=-5, window=(10, 20), position=[0, 0, 3]),
        _group(slope=3, intercept=-6, window=(30, 40), position=[0, 0, 8]),
    ]
    second = facts_of(dataset, 2)
    assert (second.slope, second.intercept) == (3, -6)
    assert (second.vois[0].centre, second.vois[0].width) == (30, 40)
    assert second.plane is not None
    assert second.plane.position_mm == (0, 0, 8)
    assert second.plane.spacing_mm == (0.7, 0.8)
    assert second.spacing.pixel_spacing == (0.7, 0.8)


def _group(slope=None, intercept=0, window=None, position=None, orientation=None, spacing=None) -> Dataset:
    group = Dataset()
    if slope is not None:
        group.PixelValueTransformationSequence = [_item(RescaleSlope=slope, RescaleIntercept=intercept)]
    if window is not None:
        group.FrameVOILUTSequence = [_item(WindowCenter=window[0], WindowWidth=window[1])]
    if position is not None:
        group.PlanePositionSequence = [_item(ImagePositionPatient=position)]
    if orientation is not None:
        group.PlaneOrientationSequence = [_item(ImageOrientationPatient=orientation)]
    if spacing is not None:
        group.PixelMeasuresSequence = [_item(PixelSpacing=spacing)]
    return group


def _item(**attributes) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def test_low_values_are_white_where_the_header_says_so():
    assert facts(PhotometricInterpretation="MONOCHROME1").inverse
    assert facts(PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE").inverse
    assert not facts(PresentationLUTShape="IDENTITY").inverse


@pytest.mark.parametrize(("low", "high"), [(-1500, -2048), (-2048, -1500)])
def test_a_padding_range_may_be_given_in_either_order(low, high):
    assert facts(PixelPaddingValue=low, PixelPaddingRangeLimit=high).padding == (-2048, -1500)


def test_padding_follows_the_sign_of_the_pixels():
    dataset = header_for(PIXELS)
    dataset.add_new(0x00280120, "US", 63536)
    assert facts_of(dataset, 1).padding == (-2000, -2000)


def test_a_lossy_image_says_so_with_its_ratio():
    found = facts(LossyImageCompression="01", LossyImageCompressionRatio=19, LossyImageCompressionMethod="ISO_10918_1")
    assert found.lossy
    assert found.quality == "LOSSY 19:1"
    assert facts(LossyImageCompression="00").quality == ""


def test_a_pet_brings_what_its_uptake_value_needs():
    tracer = _item(
        RadionuclideTotalDose=370e6, RadionuclideHalfLife=6586.2, RadiopharmaceuticalStartDateTime="20250102120000"
    )
    found = facts(
        Modality="PT", Units="BQML", PatientWeight=70, DecayCorrection="START", CorrectedImage=["ATTN", "DECY"],
        SeriesDate="20250102", SeriesTime="130000", RadiopharmaceuticalInformationSequence=[tracer],
    )  # fmt: skip
    assert found.unit == "Bq/ml"
    assert found.suv is not None
    assert (found.suv.weight_kg, found.suv.dose_bq, found.suv.half_life_s) == (70, 370e6, 6586.2)
    assert found.suv.corrected == ("ATTN", "DECY")


def test_private_factors_count_only_under_their_owner():
    dataset = header_for(PIXELS, Modality="PT")
    dataset.add_new(0x70530010, "LO", "Philips PET Private Group")
    dataset.add_new(0x70531000, "DS", "0.000412")
    dataset.add_new(0x00090010, "LO", "SOMEBODY ELSE")
    dataset.add_new(0x0009100D, "DT", "20250102")
    found = facts_of(dataset, 1).suv
    assert found is not None
    assert found.private == (("7053,1000", 0.000412),)


def test_a_rectangular_shutter_without_edges_is_no_shutter():
    assert facts(ShutterShape="RECTANGULAR").shutter is None
    edges = {"ShutterLeftVerticalEdge": 10, "ShutterRightVerticalEdge": 118, "ShutterUpperHorizontalEdge": 12, "ShutterLowerHorizontalEdge": 116}  # fmt: skip
    shutter = facts(ShutterShape="RECTANGULAR", **edges).shutter
    assert shutter is not None
    assert (shutter.left, shutter.right, shutter.upper, shutter.lower) == (10, 118, 12, 116)


def test_a_mosaic_has_no_place_of_its_own():
    placed = {"ImagePositionPatient": [0, 0, 0], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [1, 1]}
    assert facts(**placed).plane is not None
    assert facts(**placed, ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"]).plane is None


def test_a_dose_grid_is_in_gray():
    found = facts(Modality="RTDOSE", DoseGridScaling=0.001, DoseUnits="GY")
    assert (found.slope, found.unit) == (0.001, "Gy")
