"""A measurement is drawn where it was made, and a pointer finds it again."""

from math import hypot

import pytest

from readingroom.display import annotate
from readingroom.display.annotate import Hit
from readingroom.display.camera import Camera
from readingroom.display.picture import EllipseGraphic, HandleGraphic, LabelGraphic, PolylineGraphic
from readingroom.display.view import ViewState
from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.study import FrameRef

REF = FrameRef("1", "1.2", "1.2.3")
SURE = Basis("mm", "mm", "PixelSpacing")
DETECTOR = Basis("mm", "mm at detector", "ImagerPixelSpacing", certain=False)
CAMERA = Camera.of(ViewState(zoom=2.0), 100, 100, 1.0, 200, 200)


def length(basis: Basis = SURE, uid: str = "2.25.1") -> Measurement:
    values = (Value("Length", 9.84, "mm", 0.38),)
    return Measurement("length", REF, ((10.5, 20.5), (60.5, 20.5)), values, basis, "Nodule", uid)


def ellipse() -> Measurement:
    points = ((20.0, 50.0), (80.0, 50.0), (50.0, 30.0), (50.0, 70.0))
    values = (Value("Area", 100.0, "mm2"), Value("Mean", 40.2, "[hnsf'U]"))
    return Measurement("ellipse", REF, points, values, SURE, "", "2.25.2")


def test_a_length_is_a_line_with_a_tick_at_each_end_and_a_handle_on_each_point() -> None:
    drawn = annotate.graphics(length(), CAMERA)
    lines = [g for g in drawn if isinstance(g, PolylineGraphic)]
    assert lines[0].points == ((21.0, 41.0), (121.0, 41.0))
    assert [hypot(a[0] - b[0], a[1] - b[1]) for a, b in (tick.points for tick in lines[1:])] == [10.0, 10.0]
    assert all(tick.points[0][0] == tick.points[1][0] for tick in lines[1:])
    assert [g.at for g in drawn if isinstance(g, HandleGraphic)] == [(21.0, 41.0), (121.0, 41.0)]


def test_a_label_says_the_value_with_unit_and_error_and_nothing_more_when_it_is_certain() -> None:
    assert annotate.text_lines(length()) == ("Nodule", "9.8 mm ± 0.4")


def test_what_is_not_certain_is_dashed_and_says_its_basis() -> None:
    drawn = annotate.graphics(length(DETECTOR), CAMERA)
    line = next(g for g in drawn if isinstance(g, PolylineGraphic))
    label = next(g for g in drawn if isinstance(g, LabelGraphic))
    assert line.dashed and label.lines[-1] == "mm at detector"
    assert not next(g for g in annotate.graphics(length(), CAMERA) if isinstance(g, PolylineGraphic)).dashed


def test_an_ellipse_keeps_its_axes_when_the_image_is_turned() -> None:
    turned = Camera.of(ViewState(zoom=2.0, rotation=90), 100, 100, 1.0, 200, 200)
    shape = next(g for g in annotate.graphics(ellipse(), turned) if isinstance(g, EllipseGraphic))
    assert shape.centre == (100.0, 100.0)
    assert shape.first == pytest.approx((0.0, 60.0)) and shape.second == pytest.approx((-40.0, 0.0))
    assert annotate.text_lines(ellipse()) == ("Area 100.0 mm²", "Mean 40.2 HU")


def test_a_pointer_takes_the_handle_before_the_line_and_the_line_before_nothing() -> None:
    drawn = annotate.graphics(length(), CAMERA)
    assert annotate.hit(drawn, 23.0, 44.0) == Hit("2.25.1", 0)
    assert annotate.hit(drawn, 121.0, 41.0) == Hit("2.25.1", 1)
    assert annotate.hit(drawn, 70.0, 45.0) == Hit("2.25.1", None)
    assert annotate.hit(drawn, 70.0, 60.0) is None


def test_the_rim_of_an_ellipse_is_found_and_its_inside_is_not() -> None:
    drawn = annotate.graphics(ellipse(), CAMERA)
    assert annotate.hit(drawn, 100 + 60 * 0.70710678, 100 + 40 * 0.70710678) == Hit("2.25.2", None)
    assert annotate.hit(drawn, 100.0, 100.0) is None


def test_of_two_handles_in_one_place_the_selected_one_is_taken() -> None:
    drawn = (*annotate.graphics(length(uid="2.25.8"), CAMERA), *annotate.graphics(length(uid="2.25.9"), CAMERA, True))
    assert annotate.hit(drawn, 21.0, 41.0) == Hit("2.25.9", 0)


def test_an_unknown_tool_from_elsewhere_is_drawn_as_its_points() -> None:
    odd = Measurement("spline", REF, ((1.0, 1.0), (2.0, 3.0), (4.0, 4.0)), (), SURE, "", "2.25.4")
    drawn = annotate.graphics(odd, CAMERA)
    assert [len(g.points) for g in drawn if isinstance(g, PolylineGraphic)] == [3]


def test_nothing_has_no_graphics() -> None:
    assert annotate.graphics(Measurement("length", REF, (), (), SURE), CAMERA) == ()
    assert annotate.hit((), 1.0, 1.0) is None
