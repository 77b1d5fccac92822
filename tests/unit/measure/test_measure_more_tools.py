"""Traces, volumes, open angles, calibration by a ball, and how values are spread; each with a truth known beforehand."""

from math import cos, pi, radians, sin
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from readingroom.measure.calibration import UserCalibration
from readingroom.measure.evaluate import described, evaluate
from readingroom.measure.outline import crosses_itself, polygon_inside
from readingroom.measure.refused import Refused
from readingroom.measure.solid_shape import ellipsoid_volume
from readingroom.pixels.frame import Frame, FrameFacts, SpacingTags, UltrasoundRegion
from readingroom.record.finding import Value
from readingroom.record.study import FrameRef

DOPPLER = UltrasoundRegion(100, 50, 299, 149, 4, 7, 0.01, -0.5, 3, 3, zero_x=100, zero_y=110)
M_MODE = UltrasoundRegion(100, 200, 299, 299, 4, 3, 0.005, 0.02, 2, 2)


def frame_of(stored: NDArray[Any], spacing: tuple[float, float] | None = (1.0, 1.0), **more: Any) -> Frame:
    facts = FrameFacts(
        FrameRef("1.2", "1.3", "1.4"), "1.2.840.10008.5.1.4.1.1.2", more.pop("modality", "CT"), "1.2.840.10008.1.2.1", 1,
        stored.shape[0], stored.shape[1], "MONOCHROME2", 16, 16, True, spacing=SpacingTags(pixel_spacing=spacing),
        **{"unit": "HU", **more},
    )  # fmt: skip
    return Frame(stored, facts)


def scan() -> Frame:
    return frame_of(np.zeros((400, 400), dtype=np.uint8), None, modality="US", regions=(DOPPLER, M_MODE), unit="")


def numbers(values: tuple[Value, ...]) -> dict[str, float]:
    return {value.concept: value.value for value in values}


def test_a_peak_thirty_pixels_over_the_base_line_is_fifteen_centimetres_a_second() -> None:
    values, basis = evaluate("velocity", ((150.5, 80.5),), scan())
    assert numbers(values) == {"Velocity": pytest.approx(15.0)}
    assert values[0].unit == "cm/s" and values[0].plus_minus == pytest.approx(0.25)
    assert basis.source == "SequenceOfUltrasoundRegions"


def test_flow_below_the_base_line_is_negative() -> None:
    values, _ = evaluate("velocity", ((150.5, 130.5),), scan())
    assert values[0].value == pytest.approx(-10.0)


def test_peak_and_end_give_the_resistivity_index() -> None:
    values, _ = evaluate("velocity", ((150.5, 60.5), (180.5, 100.5)), scan())
    found = numbers(values)
    assert found["Peak Systolic Velocity"] == pytest.approx(25.0)
    assert found["End Diastolic Velocity"] == pytest.approx(5.0)
    assert found["Resistivity Index"] == pytest.approx(0.8)
    assert found["Systolic to Diastolic Velocity Ratio"] == pytest.approx(5.0)


def test_a_velocity_without_a_base_line_is_refused() -> None:
    blind = UltrasoundRegion(100, 50, 299, 149, 4, 7, 0.01, -0.5, 3, 3)
    frame = frame_of(np.zeros((400, 400), dtype=np.uint8), None, modality="US", regions=(blind,))
    with pytest.raises(Refused, match="base line"):
        evaluate("velocity", ((150.5, 80.5),), frame)


def test_a_velocity_off_the_trace_is_refused() -> None:
    for point in ((10.0, 10.0), (150.0, 250.0)):
        with pytest.raises(Refused, match="velocity"):
            evaluate("velocity", (point,), scan())


def test_eighty_columns_of_a_trace_are_eight_tenths_of_a_second_and_a_rate_of_seventy_five() -> None:
    values, _ = evaluate("time", ((120.0, 60.0), (200.0, 90.0)), scan())
    assert numbers(values) == {"Time": pytest.approx(0.8), "Rate": pytest.approx(75.0)}
    slower, _ = evaluate("time", ((120.0, 220.0), (200.0, 220.0)), scan())
    assert slower[0].value == pytest.approx(0.4)


def test_two_lines_as_drawn_make_an_open_angle_up_to_a_half_turn() -> None:
    for angle in (0.0, 30.0, 90.0, 150.0, 179.0):
        away = 50 + 30 * cos(radians(angle)), 40 + 30 * sin(radians(angle))
        values, _ = evaluate("open_angle", ((10, 20), (40, 20), (50, 40), away), frame_of(np.zeros((100, 100))))
        assert values[0].value == pytest.approx(angle, abs=1e-6)


def test_three_diameters_make_the_volume_of_an_ellipsoid() -> None:
    diameters = [Value("Diameter", size, "mm", 0.1 * size) for size in (40.0, 30.0, 20.0)]
    volume = ellipsoid_volume(diameters)
    assert volume.value == pytest.approx(pi / 6 * 24.0) and volume.unit == "ml"
    assert volume.plus_minus == pytest.approx(volume.value * 0.1 * 3**0.5)


def test_two_diameters_on_one_image_count_the_shorter_twice() -> None:
    values, _ = evaluate("ellipsoid", ((10, 50), (90, 50), (50, 30), (50, 70)), frame_of(np.zeros((100, 100))))
    assert numbers(values)["Volume"] == pytest.approx(pi / 6 * 80 * 40 * 40 / 1000)


def test_a_volume_in_pixels_is_refused() -> None:
    with pytest.raises(Refused, match="millimetres"):
        evaluate(
            "ellipsoid", ((10, 50), (90, 50), (50, 30), (50, 70)), frame_of(np.zeros((100, 100)), None, modality="OT")
        )


def test_a_ball_of_known_size_calibrates_and_says_so() -> None:
    frame = frame_of(np.zeros((400, 400)), None, modality="DX", unit="")
    ball = UserCalibration.parse("100,100 150,100 25 sphere")
    values, basis = evaluate("length", ((10.0, 10.0), (210.0, 10.0)), frame, ball)
    assert values[0].value == pytest.approx(100.0)
    assert basis.text == "mm (user, sphere=25 mm)"


def test_words_measure_nothing() -> None:
    for tool, points in (("arrow", ((10, 10), (20, 20))), ("text", ((10, 10),)), ("spine", ((10, 10),))):
        assert evaluate(tool, points, frame_of(np.zeros((50, 50))))[0] == ()


def test_a_ramp_has_the_median_and_percentiles_of_a_ramp() -> None:
    frame = frame_of(np.tile(np.arange(101, dtype=np.int16), (20, 1)))
    values, spread = described("rectangle", ((0, 0), (101, 20)), frame)
    found = numbers(values)
    assert found["Perimeter"] == pytest.approx(242.0)
    assert found["Median"] == 50 and found["Percentile 5"] == 5 and found["Percentile 95"] == 95
    assert found["Skewness"] == pytest.approx(0.0, abs=1e-9)
    assert spread is not None and spread.n == 2020 and set(spread.counts.tolist()) == {20}


def test_one_bright_pixel_in_ten_skews_by_the_formula() -> None:
    stored = np.zeros((10, 10), dtype=np.int16)
    stored[:, 0] = 100
    values, _ = described("rectangle", ((0, 0), (10, 10)), frame_of(stored))
    share = 0.1
    assert numbers(values)["Skewness"] == pytest.approx((1 - 2 * share) / (share * (1 - share)) ** 0.5)


def test_the_perimeter_of_a_circle_and_of_a_round_ellipse_agree() -> None:
    frame = frame_of(np.zeros((100, 100)), (2.0, 1.0))
    circle = numbers(described("circle", ((50, 50), (70, 50)), frame)[0])["Perimeter"]
    ellipse = numbers(described("ellipse", ((30, 50), (70, 50), (50, 40), (50, 60)), frame)[0])["Perimeter"]
    assert circle == pytest.approx(2 * pi * 20) and ellipse == pytest.approx(circle)


def by_rule(points: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.bool_]:
    """Even-odd, one centre and one edge at a time."""
    inside = np.zeros((rows, columns), dtype=bool)
    ends = np.roll(points, -1, axis=0)
    for row in range(rows):
        for column in range(columns):
            x, y = column + 0.5, row + 0.5
            for (ax, ay), (bx, by) in zip(points, ends, strict=True):
                if (ay <= y) != (by <= y) and ax + (y - ay) / (by - ay) * (bx - ax) < x:
                    inside[row, column] = not inside[row, column]
    return inside


def test_a_ragged_outline_holds_the_centres_that_the_even_odd_rule_holds() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        points = random.uniform(-3, 23, (17, 2))
        found = polygon_inside([(x, y) for x, y in points.tolist()], 0, 20, 0, 20)
        assert np.array_equal(found, by_rule(points, 20, 20))


def test_a_long_outline_is_searched_for_crossings_piece_by_piece() -> None:
    turn = np.linspace(0, 2 * pi, 3000, endpoint=False)
    ring = [(50 + 40 * cos(a), 50 + 40 * sin(a)) for a in turn]
    assert not crosses_itself(ring)
    ring[100], ring[2000] = ring[2000], ring[100]
    assert crosses_itself(ring)
