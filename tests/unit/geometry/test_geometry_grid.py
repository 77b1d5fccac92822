"""Stacks of slices: regular, tilted, with gaps; each truth laid out by hand."""

from math import cos, radians, sin

import pytest

from readingroom.geometry.grid import stack_geometry
from readingroom.record.study import Cosines, FramePlace

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
TILTED = (1.0, 0.0, 0.0, 0.0, cos(radians(20)), -sin(radians(20)))


def stack(*depths: float, orientation: Cosines = AXIAL) -> tuple[FramePlace, ...]:
    return tuple(FramePlace((0.0, 0.0, depth), orientation, (1.0, 1.0)) for depth in depths)


def test_equal_steps_are_regular():
    found = stack_geometry(stack(0, 2.5, 5, 7.5, 10), 512, 512)
    assert (found.regular, found.spacing_mm, found.tilt_deg, found.note) == (True, 2.5, 0.0, "")


def test_a_missing_slice_is_found_where_it_is():
    found = stack_geometry(stack(0, 2.5, 5, 10, 12.5), 512, 512)
    assert (found.regular, found.spacing_mm, found.gaps, found.missing) == (False, 2.5, (2,), 1)
    assert found.note == "gap after image 3: 1 missing"


def test_every_second_slice_missing_at_one_end_is_three_gaps():
    found = stack_geometry(stack(0, 1, 2, 3, 4, 6, 8, 10), 512, 512)
    assert (found.spacing_mm, found.gaps, found.missing) == (1.0, (4, 5, 6), 3)


def test_a_hundredth_of_a_millimetre_is_no_gap():
    found = stack_geometry(stack(0, 1, 2.01, 3), 512, 512)
    assert found.regular
    assert found.spacing_mm == pytest.approx(1.0)


def test_a_distance_that_fits_no_number_of_slices_is_irregular():
    found = stack_geometry(stack(0, 2, 4, 5.3, 7.3), 512, 512)
    assert (found.regular, found.spacing_mm, found.gaps, found.missing) == (False, 2.0, (2,), 0)
    assert found.note == "after image 3: 1.3 mm instead of 2 mm"


def test_two_images_at_one_position_are_counted():
    found = stack_geometry(stack(0, 2.5, 2.5, 5), 512, 512)
    assert (found.regular, found.spacing_mm, found.duplicates, found.gaps) == (False, 2.5, 1, ())


def test_a_tilted_gantry_shortens_the_distance_between_slices():
    found = stack_geometry(stack(0, 2.5, 5, 7.5, 10, orientation=TILTED), 512, 512)
    assert not found.regular
    assert found.tilt_deg == pytest.approx(20.0, abs=1e-6)
    assert found.spacing_mm == pytest.approx(2.3492, abs=1e-4)
    assert found.note == "gantry tilt 20.0°"


def test_an_oblique_stack_along_its_own_normal_is_regular():
    c, s = cos(radians(20)), sin(radians(20))
    places = [FramePlace((0.0, s * n * 3, c * n * 3), (1, 0, 0, 0, c, -s), (1.0, 1.0)) for n in range(5)]
    found = stack_geometry(places, 512, 512)
    assert found.regular
    assert found.spacing_mm == pytest.approx(3.0)


def test_several_orientations_are_no_stack():
    sagittal = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    found = stack_geometry((*stack(0, 1), *stack(0, orientation=sagittal)), 512, 512)
    assert (found.regular, found.note) == (False, "several orientations")


def test_images_without_position_are_said():
    assert stack_geometry((FramePlace(), FramePlace()), 512, 512).note == "no positions"
    assert stack_geometry((*stack(0, 1), FramePlace()), 512, 512).note == "1 images without position"


def test_all_images_at_one_place_are_said():
    assert stack_geometry(stack(3, 3, 3), 512, 512).note == "all 3 images at one position"


def test_slices_counted_downwards_are_as_regular():
    assert stack_geometry(stack(10, 7.5, 5, 2.5, 0), 512, 512).regular


def test_slices_that_leave_their_line_are_not_called_tilted():
    places = tuple(FramePlace((n * n * 0.5, 0.0, 2.5 * n), AXIAL, (1.0, 1.0)) for n in range(6))
    found = stack_geometry(places, 512, 512)
    assert not found.regular
    assert found.note == "slices wander sideways by 3 mm"


def test_half_a_millimetre_of_rounded_positions_is_no_wandering():
    places = tuple(FramePlace((0.2 * (n % 2), 0.0, 2.5 * n), AXIAL, (1.0, 1.0)) for n in range(5))
    assert stack_geometry(places, 512, 512).regular
