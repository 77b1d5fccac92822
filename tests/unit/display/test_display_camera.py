"""Where an image lies on the glass: truth is arithmetic on paper, and the letters every radiologist knows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.display.camera import Camera, Letters, pixel_aspect, zoomed_about
from readingroom.display.view import ViewState
from readingroom.geometry.plane import Plane
from readingroom.pixels.frame import FrameFacts, SpacingTags
from readingroom.record.study import Cosines, FrameRef


def plane(*cosines: float) -> Plane:
    row, column = cosines[:3], cosines[3:]
    return Plane((0.0, 0.0, 0.0), row, column, (1.0, 1.0), 100, 100)  # type: ignore[arg-type]


def camera(view: ViewState | None = None, rows: int = 100, columns: int = 100, aspect: float = 1.0) -> Camera:
    return Camera.of(view or ViewState(), rows, columns, aspect, 400, 300)


AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("cosines", "left", "right", "top", "bottom"),
    [
        (AXIAL, "R", "L", "A", "P"),
        ((-1, 0, 0, 0, -1, 0), "L", "R", "P", "A"),
        ((0, 1, 0, 0, 0, -1), "A", "P", "H", "F"),
        ((1, 0, 0, 0, 0, -1), "R", "L", "H", "F"),
        ((1, 0, 0, 0, 0.939693, -0.34202), "R", "L", "AH", "PF"),
        ((0.9659258, 0.258819, 0, -0.0669873, 0.25, -0.9659258), "RA", "LP", "HAL", "FPR"),
    ],
)
def test_the_edges_are_named_by_the_patient_axes(
    cosines: Cosines, left: str, right: str, top: str, bottom: str
) -> None:
    assert camera().letters(plane(*cosines)) == Letters(left, right, top, bottom)


def test_letters_turn_and_mirror_with_the_image() -> None:
    axial = plane(*AXIAL)
    assert camera(ViewState(rotation=90)).letters(axial) == Letters("P", "A", "R", "L")
    assert camera(ViewState(rotation=180)).letters(axial) == Letters("L", "R", "P", "A")
    assert camera(ViewState(flipped=True)).letters(axial) == Letters("L", "R", "A", "P")
    assert camera(ViewState(rotation=90, flipped=True)).letters(axial) == Letters("A", "P", "R", "L")
    assert camera(ViewState().upside_down()).letters(axial) == Letters("R", "L", "P", "A")


def test_a_projection_names_its_edges_itself() -> None:
    chest = camera().letters(None, ("L", "F"))
    assert chest == Letters("R", "L", "H", "F")
    breast = camera(ViewState(flipped=True)).letters(None, ("A", "FR"))
    assert breast == Letters("A", "P", "HL", "FR")
    assert camera(ViewState(rotation=90)).letters(None, ("L", "F")) == Letters("F", "H", "R", "L")


@pytest.mark.parametrize("said", [(), ("L",), ("L", ""), ("left", "down"), ("L", "F", "H"), ("X", "F")])
def test_no_letter_is_shown_where_none_is_known(said: tuple[str, ...]) -> None:
    assert camera().letters(None, said) == Letters()


def test_fit_shows_the_whole_image_and_nothing_is_cut() -> None:
    fitted = camera(rows=200, columns=100)
    assert fitted.zoom == 1.5
    assert fitted.to_screen(0, 0) == (125.0, 0.0)
    assert fitted.to_screen(100, 200) == (275.0, 300.0)
    turned = camera(ViewState(rotation=90), rows=200, columns=100)
    assert turned.zoom == 2.0
    assert turned.to_screen(0, 200) == (0.0, 50.0)


def test_pixels_twice_as_tall_as_wide_are_drawn_twice_as_tall() -> None:
    tall = camera(ViewState(zoom=1.0), rows=50, columns=100, aspect=2.0)
    left, top = tall.to_screen(0, 0)
    right, bottom = tall.to_screen(100, 50)
    assert (right - left, bottom - top) == (100.0, 100.0)
    wide = camera(ViewState(zoom=1.0), rows=100, columns=50, aspect=0.5)
    left, top = wide.to_screen(0, 0)
    right, bottom = wide.to_screen(50, 100)
    assert (right - left, bottom - top) == (100.0, 100.0)


def test_a_quarter_turn_clockwise_brings_the_top_to_the_right() -> None:
    turned = camera(ViewState(rotation=90))
    x, y = turned.to_screen(50, 0)
    assert (x, y) == (350.0, 150.0)
    mirrored = camera(ViewState(rotation=90, flipped=True))
    assert mirrored.to_screen(50, 0) == (50.0, 150.0)


def test_turning_on_the_glass_is_clockwise_even_when_mirrored() -> None:
    view = ViewState(flipped=True).turned(90)
    assert camera(view).to_screen(50, 0) == (350.0, 150.0)


def test_one_to_one_lays_image_pixels_on_screen_pixels() -> None:
    for width in (400, 401):
        one = Camera.of(ViewState(zoom=1.0, pan=(0.3, -0.7)), 101, 100, 1.0, width, 300)
        column, row = one.matrix[:2, 3]
        assert column == round(column) and row == round(row)
        assert (one.matrix[:3, :3] == np.eye(3)).all()


def test_the_matrix_takes_the_first_view_pixel_to_its_voxel() -> None:
    fitted = camera(rows=100, columns=100)
    assert fitted.zoom == 3.0
    voxel = fitted.matrix @ (50.0, 0.0, 0.0, 1.0)
    assert voxel == pytest.approx((0.5 / 3 - 0.5, 0.5 / 3 - 0.5, 0.0, 1.0))


VIEWS = st.builds(
    ViewState,
    zoom=st.one_of(st.none(), st.floats(0.02, 64)),
    pan=st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)),
    rotation=st.sampled_from((0, 90, 180, 270)),
    flipped=st.booleans(),
)


@given(VIEWS, st.floats(0.2, 5), st.floats(-100, 500), st.floats(-100, 500))
def test_from_image_to_screen_and_back_is_the_same_point(view: ViewState, aspect: float, x: float, y: float) -> None:
    shown = Camera.of(view, 300, 400, aspect, 811, 607)
    px, py = shown.to_screen(x, y)
    assert shown.to_image(px, py) == pytest.approx((x, y), abs=1e-6)
    voxel = shown.matrix @ (px - 0.5, py - 0.5, 0.0, 1.0)
    assert voxel[:2] == pytest.approx((x - 0.5, y - 0.5), abs=1e-6)


@given(VIEWS, st.floats(0.3, 30))
def test_zooming_holds_the_point_under_the_pointer(view: ViewState, zoom: float) -> None:
    before = Camera.of(view, 300, 400, 1.0, 811, 607)
    held = before.to_image(200.0, 450.0)
    after = Camera.of(zoomed_about(view, before, zoom, 200.0, 450.0), 300, 400, 1.0, 811, 607)
    px, py = after.to_screen(*held)
    assert abs(px - 200.0) <= 0.51 * (1 + zoom / before.zoom)
    assert abs(py - 450.0) <= 0.51 * (1 + zoom / before.zoom)


def facts(**tags: object) -> FrameFacts:
    ref = FrameRef("1", "1.2", "1.2.3")
    return FrameFacts(ref, "", "OT", "", 1, 4, 3, "MONOCHROME2", 16, 16, False, spacing=SpacingTags(**tags))  # type: ignore[arg-type]


def test_the_shape_of_a_pixel_comes_from_its_spacing_or_its_aspect_ratio() -> None:
    assert pixel_aspect(facts(pixel_spacing=(2.0, 1.0))) == 2.0
    assert pixel_aspect(facts(imager_spacing=(0.1, 0.2))) == 0.5
    assert pixel_aspect(facts(aspect_ratio=(4.0, 3.0))) == pytest.approx(4 / 3)
    assert pixel_aspect(facts()) == 1.0
    assert pixel_aspect(facts(aspect_ratio=(0.0, 3.0))) == 1.0
