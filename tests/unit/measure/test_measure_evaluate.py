"""Every tool on images whose truth is known beforehand."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.data import get_testdata_file

from readingroom.measure.calibration import UserCalibration
from readingroom.measure.evaluate import POINTS, TOOLS, evaluate
from readingroom.measure.outline import crosses_itself, polygon_inside
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import Frame, FrameFacts, SpacingTags, SuvTags
from readingroom.record.finding import ImagePoint, Value
from readingroom.record.study import FrameRef


def frame_of(stored: NDArray[Any], spacing: tuple[float, float] | None = (1.0, 1.0), **more: Any) -> Frame:
    facts = FrameFacts(
        FrameRef("1.2", "1.3", "1.4"), "1.2.840.10008.5.1.4.1.1.2", more.pop("modality", "CT"), "1.2.840.10008.1.2.1", 1,
        stored.shape[0], stored.shape[1], "MONOCHROME2", 16, 16, True, spacing=SpacingTags(pixel_spacing=spacing),
        **{"unit": "HU", **more},
    )  # fmt: skip
    return Frame(stored, facts)


@pytest.fixture(scope="module")
def ct_small() -> Frame:
    path = get_testdata_file("CT_small.dcm")
    assert path
    dataset = pydicom.dcmread(str(path))
    row, column = (float(side) for side in dataset.PixelSpacing)
    return frame_of(
        dataset.pixel_array, (row, column), slope=float(dataset.RescaleSlope), intercept=float(dataset.RescaleIntercept)
    )


def numbers(values: tuple[Value, ...]) -> dict[str, float]:
    return {value.concept: value.value for value in values}


def flat(value: int = 40, rows: int = 100, columns: int = 100) -> Frame:
    return frame_of(np.full((rows, columns), value, dtype=np.int16))


def test_a_line_on_a_ct_measures_its_millimetres(ct_small: Frame) -> None:
    values, basis = evaluate("length", ((30.5, 40.5), (80.5, 60.5)), ct_small)
    assert numbers(values)["Length"] == pytest.approx(35.621142, abs=1e-6)
    assert values[0].unit == "mm"
    assert basis.text == "mm"


def test_long_and_short_axis_of_a_lesion(ct_small: Frame) -> None:
    for points in (
        ((30.0, 40.0), (80.0, 80.0), (50.0, 50.0), (50.0, 74.0)),
        ((50.0, 50.0), (50.0, 74.0), (30.0, 40.0), (80.0, 80.0)),
    ):
        found = numbers(evaluate("bidirectional", points, ct_small)[0])
        assert found == pytest.approx({"Long Axis": 42.354618, "Short Axis": 15.875232}, abs=1e-6)


def test_a_cobb_angle_is_the_same_however_its_lines_are_drawn(ct_small: Frame) -> None:
    a, b, c, d = (20.0, 20.0), (100.0, 25.0), (22.0, 90.0), (101.0, 60.0)
    for points in ((a, b, c, d), (b, a, c, d), (a, b, d, c), (c, d, a, b), (d, c, a, b)):
        values, _ = evaluate("cobb", points, ct_small)
        assert values[0].concept == "Cobb angle"
        assert values[0].value == pytest.approx(24.370449, abs=1e-6)


def test_a_cobb_angle_beyond_a_right_angle_keeps_its_size() -> None:
    lean = math.radians(55)
    upper = ((50.0, 20.0), (50 + 20 * math.cos(lean), 20 + 20 * math.sin(lean)))
    lower = ((50.0, 80.0), (50 + 20 * math.cos(lean), 80 - 20 * math.sin(lean)))
    assert evaluate("cobb", (*upper, *lower), flat())[0][0].value == pytest.approx(110.0)


def test_two_bones_end_to_end_give_the_smaller_angle() -> None:
    points = ((50.0, 10.0), (50.0, 40.0), (55.0, 90.0), (52.0, 60.0))
    assert evaluate("cobb", points, flat())[0][0].value == pytest.approx(math.degrees(math.atan2(3, 30)))


def test_the_angle_at_a_corner_is_ninety_degrees_in_true_proportions() -> None:
    tall = frame_of(np.zeros((100, 100), dtype=np.int16), (2.0, 1.0))
    values, _ = evaluate("angle", ((10.0, 10.0), (10.0, 50.0), (50.0, 50.0)), tall)
    assert (values[0].concept, values[0].unit) == ("Angle", "deg")
    assert values[0].value == pytest.approx(90.0)
    diagonal, _ = evaluate("angle", ((10.0, 10.0), (30.0, 10.0), (10.0, 20.0)), tall)
    assert diagonal[0].value == pytest.approx(45.0)


def test_an_ellipse_on_a_ct_has_the_known_area_and_hounsfield_units(ct_small: Frame) -> None:
    values, _ = evaluate("ellipse", ((44.0, 64.0), (84.0, 64.0), (64.0, 52.0), (64.0, 76.0)), ct_small)
    assert [v.concept for v in values] == ["Area", "Mean", "Standard Deviation", "Minimum", "Maximum"]
    assert [v.unit for v in values] == ["mm2", "HU", "HU", "HU", "HU"]
    assert numbers(values) == pytest.approx(
        {"Area": 329.8973238, "Mean": 396.9934555, "Standard Deviation": 303.4145751, "Minimum": -97, "Maximum": 1167},
        abs=1e-6,
    )


def test_three_columns_by_four_rows_of_tall_pixels_measure_8_544_mm() -> None:
    tall = frame_of(np.zeros((20, 20), dtype=np.int16), (2.0, 1.0))
    values, _ = evaluate("length", ((2.5, 2.5), (5.5, 6.5)), tall)
    assert values[0].value == pytest.approx(8.5440, abs=1e-4)


def test_a_ten_millimetre_circle_is_a_circle_in_millimetres_even_on_tall_pixels() -> None:
    tall = frame_of(np.zeros((50, 100), dtype=np.int16), (2.0, 1.0))
    across, _ = evaluate("circle", ((50.0, 25.0), (60.0, 25.0)), tall)
    down, _ = evaluate("circle", ((50.0, 25.0), (50.0, 30.0)), tall)
    assert numbers(across)["Area"] == pytest.approx(100 * math.pi)
    assert numbers(down)["Area"] == pytest.approx(100 * math.pi)


def test_an_ellipse_area_on_tall_pixels_counts_both_spacings() -> None:
    tall = frame_of(np.zeros((50, 100), dtype=np.int16), (2.0, 1.0))
    values, _ = evaluate("ellipse", ((40.0, 25.0), (60.0, 25.0), (50.0, 20.0), (50.0, 30.0)), tall)
    assert numbers(values)["Area"] == pytest.approx(math.pi * 10 * 10)


def test_a_rectangle_counts_the_pixels_whose_centres_it_holds() -> None:
    stored = np.zeros((20, 20), dtype=np.int16)
    stored[5:8, 4:10] = 100
    for points in (((4.0, 5.0), (10.0, 8.0)), ((10.0, 8.0), (4.0, 5.0))):
        values, _ = evaluate("rectangle", points, frame_of(stored))
        assert numbers(values) == pytest.approx(
            {"Area": 18, "Mean": 100, "Standard Deviation": 0, "Minimum": 100, "Maximum": 100}
        )
    wider, _ = evaluate("rectangle", ((3.5, 4.5), (9.5, 7.5)), frame_of(stored))
    assert numbers(wider)["Mean"] == pytest.approx(100 * 18 / 28)


def test_a_polygon_has_the_area_of_its_outline_and_a_path_its_length() -> None:
    triangle = ((10.0, 10.0), (50.0, 10.0), (10.0, 40.0))
    assert numbers(evaluate("polygon", triangle, flat())[0])["Area"] == pytest.approx(600.0)
    assert numbers(evaluate("freehand", triangle, flat())[0])["Mean"] == pytest.approx(40.0)
    assert numbers(evaluate("polyline", triangle, flat())[0])["Length"] == pytest.approx(90.0)


def test_an_outline_that_crosses_itself_has_no_area() -> None:
    with pytest.raises(Refused, match="crosses itself"):
        evaluate("polygon", ((10.0, 10.0), (50.0, 50.0), (50.0, 10.0), (10.0, 50.0)), flat())


def test_padding_never_counts() -> None:
    stored = np.full((20, 20), 50, dtype=np.int16)
    stored[:, :10] = -2000
    padded = frame_of(stored, padding=(-2000, -2000))
    values, _ = evaluate("rectangle", ((5.0, 5.0), (15.0, 15.0)), padded)
    assert numbers(values)["Minimum"] == 50
    with pytest.raises(Refused, match="padding"):
        evaluate("rectangle", ((2.0, 2.0), (8.0, 8.0)), padded)


def test_hounsfield_units_are_said_only_where_the_header_may_be_believed() -> None:
    plain = Frame(flat().stored, replace(flat().facts, modality="MR", unit=""))
    values, _ = evaluate("rectangle", ((5.0, 5.0), (15.0, 15.0)), plain)
    assert {v.unit for v in values[1:]} == {""}


def test_a_probe_reads_one_pixel() -> None:
    stored = np.arange(100, dtype=np.int16).reshape(10, 10)
    values, _ = evaluate("probe", ((3.2, 4.9),), frame_of(stored, intercept=-1024.0))
    assert [(v.concept, v.value, v.unit) for v in values] == [("Mean", 43 - 1024, "HU")]
    assert evaluate("probe", ((10.0, 10.0),), frame_of(stored))[0][0].value == 99


def test_a_colour_image_has_geometry_only() -> None:
    colour = Frame(np.zeros((50, 50, 3), dtype=np.uint8), flat().facts)
    values, _ = evaluate("ellipse", ((10.0, 20.0), (30.0, 20.0), (20.0, 15.0), (20.0, 25.0)), colour)
    assert [v.concept for v in values] == ["Area"]
    with pytest.raises(Refused, match="colour"):
        evaluate("probe", ((3.0, 3.0),), colour)


PET = SuvTags(
    "BQML", ("ATTN", "DECY"), "START", 70.0, None, "", 370e6, 6586.2, "20250102120000", "", "20250102", "130000",
    "20250102", "130000",
)  # fmt: skip


def test_pet_is_read_as_uptake_or_says_why_not() -> None:
    stored = np.full((20, 20), 5000, dtype=np.int16)
    corners = ((5.0, 5.0), (15.0, 15.0))
    values, basis = evaluate("rectangle", corners, frame_of(stored, modality="PT", unit="BQML", suv=PET))
    assert numbers(values)["Maximum"] == pytest.approx(1.3817, abs=1e-4)
    assert values[1].unit == "g/ml{SUVbw}"
    assert "SUVbw" in basis.text
    light = frame_of(stored, modality="PT", unit="BQML", suv=replace(PET, weight_kg=None))
    values, basis = evaluate("rectangle", corners, light)
    assert (values[1].unit, values[1].value) == ("BQML", 5000)
    assert "PatientWeight is missing" in basis.text


def test_without_spacing_a_length_is_in_pixels_and_an_area_in_square_pixels() -> None:
    bare = frame_of(np.zeros((50, 50), dtype=np.int16), None)
    length, basis = evaluate("length", ((10.0, 10.0), (13.0, 14.0)), bare)
    assert (length[0].value, length[0].unit) == (5.0, "px")
    assert basis.text == "px: no pixel spacing"
    area, _ = evaluate("rectangle", ((10.0, 10.0), (13.0, 14.0)), bare)
    assert (area[0].value, area[0].unit) == (12.0, "px2")


def test_the_readers_calibration_turns_pixels_into_millimetres() -> None:
    bare = frame_of(np.zeros((50, 50), dtype=np.int16), None)
    user = UserCalibration.parse("10,10 30,10 10")
    values, basis = evaluate("length", ((10.0, 10.0), (13.0, 14.0)), bare, user)
    assert (values[0].value, values[0].unit) == (2.5, "mm")
    assert "user" in basis.text
    assert values[0].plus_minus == pytest.approx(math.hypot(math.sqrt(0.5) * 0.5, 2.5 * math.sqrt(0.5) / 20))


def test_the_error_of_a_length_is_half_a_pixel_at_each_end() -> None:
    square = frame_of(np.zeros((50, 50), dtype=np.int16), (0.8, 0.8))
    for end in ((40.0, 10.0), (10.0, 40.0), (31.0, 31.0)):
        value = evaluate("length", ((10.0, 10.0), end), square)[0][0]
        assert value.plus_minus == pytest.approx(0.8 * math.sqrt(0.5))


def test_areas_and_angles_carry_an_error_and_statistics_do_not() -> None:
    frame = flat()
    ellipse, _ = evaluate("ellipse", ((10.0, 20.0), (30.0, 20.0), (20.0, 15.0), (20.0, 25.0)), frame)
    # Both axes are off by half a pixel at each end: pi/4 times (short, long) times 0.707, in quadrature.
    assert ellipse[0].plus_minus == pytest.approx(math.pi / 4 * math.hypot(10, 20) * math.sqrt(0.5), rel=0.01)
    assert all(v.plus_minus is None for v in ellipse[1:])
    assert evaluate("angle", ((10.0, 10.0), (50.0, 10.0), (50.0, 50.0)), frame)[0][0].plus_minus == pytest.approx(
        math.degrees(math.sqrt(4 * 0.5**2) / 40), rel=0.05
    )
    square, _ = evaluate("polygon", ((10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0)), frame)
    assert square[0].plus_minus == pytest.approx(0.5 * math.sqrt(4 * (5**2 + 5**2)))


@pytest.mark.parametrize(
    ("tool", "points"),
    [
        ("length", ((1.0, 1.0),)),
        ("length", ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0))),
        ("rectangle", ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0))),
        ("length", ((1.0, 1.0), (101.0, 2.0))),
        ("length", ((-0.1, 1.0), (10.0, 2.0))),
        ("length", ((float("nan"), 1.0), (10.0, 2.0))),
        ("length", ((5.0, 5.0), (5.0, 5.0))),
        ("angle", ((5.0, 5.0), (5.0, 5.0), (9.0, 9.0))),
        ("ellipse", ((10.0, 10.0), (10.0, 10.0), (20.0, 20.0), (20.0, 20.0))),
        ("ellipse", ((10.0, 10.0), (30.0, 10.0), (50.0, 20.0), (50.0, 40.0))),
        ("ellipse", ((10.0, 10.0), (50.0, 50.0), (20.0, 30.0), (40.0, 30.0))),
        ("circle", ((10.0, 10.0), (10.0, 10.0))),
        ("polygon", ((10.0, 10.0), (20.0, 20.0), (30.0, 30.0))),
        ("rectangle", ((10.1, 10.1), (10.2, 10.2))),
        ("calliper", ((1.0, 1.0), (2.0, 2.0))),
    ],
)
def test_what_is_no_measurement_is_refused_with_a_remedy(tool: str, points: Any) -> None:
    with pytest.raises(Refused) as refusal:
        evaluate(tool, points, flat())
    assert refusal.value.remedy


def test_every_tool_says_how_many_points_it_needs() -> None:
    assert set(TOOLS) == set(POINTS)


coordinate = st.integers(0, 24).map(lambda n: n / 2)


@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=7))
def test_inside_an_outline_agrees_with_the_winding_of_every_centre(points: list[ImagePoint]) -> None:
    if crosses_itself(points):
        return
    inside = polygon_inside(points, 0, 12, 0, 12)
    for row in range(12):
        for column in range(12):
            assert inside[row, column] == _holds(points, column + 0.5, row + 0.5)


def _holds(points: list[ImagePoint], x: float, y: float) -> bool:
    turns = 0.0
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        cross, dot = (x0 - x) * (y1 - y) - (y0 - y) * (x1 - x), (x0 - x) * (x1 - x) + (y0 - y) * (y1 - y)
        if cross == 0 and dot <= 0:
            return True
        turns += math.atan2(cross, dot)
    return abs(turns) > 1.0
