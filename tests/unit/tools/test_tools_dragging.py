"""Scrolling, windowing, zooming and panning by hand."""

import pytest

from readingroom.display.view import ViewState
from readingroom.pixels.frame import Voi
from readingroom.tools.dragging import panned_by, scrolled_by, wheel_images, windowed_by, zoomed_by


def test_a_short_stack_is_met_image_by_image() -> None:
    assert [scrolled_by(pixels, 30) for pixels in (0, 5, 6, 12, -6)] == [0, 0, 1, 2, -1]


def test_one_drag_goes_through_a_whole_long_stack() -> None:
    assert scrolled_by(700, 500) >= 499
    assert scrolled_by(300, 2000) == 300


def test_a_slow_wheel_goes_one_image_per_notch_and_a_fast_one_more() -> None:
    assert wheel_images(1, 0.5, 400) == 1
    assert wheel_images(-1, 0.5, 400) == -1
    assert wheel_images(1, 0.01, 400) > 3
    assert wheel_images(1, 0.01, 10) == 1
    assert wheel_images(0, 0.01, 400) == 0


def test_dragging_right_widens_the_window_and_down_darkens() -> None:
    start = Voi(40, 400)
    wider = windowed_by(ViewState(), start, 30, 0, 4000).voi
    darker = windowed_by(ViewState(), start, 0, 30, 4000).voi
    assert wider is not None and darker is not None
    assert (wider.width > 400, wider.centre) == (True, 40)
    assert (darker.centre > 40, darker.width) == (True, 400)


def test_a_window_never_closes_and_keeps_its_function() -> None:
    closed = windowed_by(ViewState(), Voi(40, 400, "SIGMOID"), -100_000, 0, 4000).voi
    assert closed is not None
    assert closed.width > 0
    assert closed.function == "SIGMOID"


def test_a_narrow_range_is_windowed_in_fractions() -> None:
    voi = windowed_by(ViewState(), Voi(0.5, 1.0), 3, 3, 1.0).voi
    assert voi is not None
    assert 1.0 < voi.width < 1.1
    assert 0.5 < voi.centre < 0.6


def test_a_drag_down_and_the_same_drag_up_leave_the_magnification() -> None:
    assert zoomed_by(zoomed_by(1.5, 120), -120) == pytest.approx(1.5)


def test_panning_adds_to_where_the_image_lay() -> None:
    assert panned_by(ViewState(), (10.0, -5.0), (3.0, 4.0)).pan == (13.0, -1.0)
