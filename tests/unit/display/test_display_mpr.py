"""The three planes of a volume: letters, lines and distances agree with its geometry to a thousandth of a millimetre."""

from dataclasses import replace
from math import cos, hypot, radians, sin

import numpy as np
import pytest

from readingroom.display.mpr import (
    PANES,
    MprView,
    Said,
    first_view,
    moved_to,
    pane_picture,
    pane_plane,
    reading_at,
    rotated,
    scrolled,
)
from readingroom.display.picture import HandleGraphic, PolylineGraphic
from readingroom.display.tables import Tables
from readingroom.geometry.lattice import Lattice, lattice_of
from readingroom.geometry.plane import dot
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.voxels import Voxels, pattern_of, voxels_of
from readingroom.record.study import FramePlace, FrameRef
from readingroom.render.cpu import CpuEngine

SIZE = (200, 160)
MISSING = 12


def facts(**more: object) -> FrameFacts:
    base = FrameFacts(
        FrameRef("1", "1.1", "1.1.1"), "1.2.840.10008.5.1.4.1.1.2", "CT", "1.2.840.10008.1.2.1", 1, 40, 30,
        "MONOCHROME2", 16, 16, True, unit="HU",
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def places(tilt: float = 0.0, without: tuple[int, ...] = ()) -> list[FramePlace]:
    column = (0.0, cos(radians(tilt)), sin(radians(tilt)))
    return [
        FramePlace((-30.0, -40.0, 3.0 * n), (1.0, 0.0, 0.0, *column), (2.0, 2.0)) for n in range(20) if n not in without
    ]


def volume(tilt: float = 0.0, without: tuple[int, ...] = ()) -> Voxels:
    """Each slice holds a hundred times its height in millimetres over its own corner."""
    where = places(tilt, without)
    lattice = lattice_of(where, 40, 30)
    heights = [place.position_mm[2] for place in where if place.position_mm is not None]
    return voxels_of(lattice, lambda n: Frame(np.full((40, 30), round(heights[n] * 10), np.int16), facts()))


@pytest.fixture
def voxels() -> Voxels:
    return volume()


def test_the_planes_meet_on_the_centre_of_a_voxel_in_the_middle(voxels: Voxels) -> None:
    view = first_view(voxels.lattice)
    assert view.point_mm == pytest.approx((-30 + 14 * 2, -40 + 19 * 2, 27))
    assert not view.turned


@pytest.mark.parametrize(
    ("pane", "letters"),
    [("axial", "R L A P"), ("coronal", "R L H F"), ("sagittal", "A P H F")],
)
def test_letters_are_those_of_the_plane(voxels: Voxels, pane: str, letters: str) -> None:
    picture = pane_picture(first_view(voxels.lattice), pane, voxels, pattern_of(voxels), SIZE, Tables(), Said())
    seen = picture.words.letters
    assert " ".join((seen.left, seen.right, seen.top, seen.bottom)) == letters


@pytest.mark.parametrize("turns", [(), (("axial", 30.0),), (("axial", 30.0), ("coronal", -17.0), ("sagittal", 4.0))])
@pytest.mark.parametrize("pane", PANES)
def test_every_plane_goes_through_the_point_where_they_meet(
    voxels: Voxels, pane: str, turns: tuple[tuple[str, float], ...]
) -> None:
    view = replace(first_view(voxels.lattice), point_mm=(-7.3, 4.1, 22.7))
    for about, degrees in turns:
        view = rotated(view, about, degrees)
    plane = pane_plane(view, pane, voxels.lattice, *SIZE)
    assert abs(plane.distance_mm(view.point_mm)) < 1e-6
    normals = [view.normal(name) for name in PANES]
    assert all(abs(dot(normals[a], normals[b])) < 1e-9 for a, b in ((0, 1), (0, 2), (1, 2)))


@pytest.mark.parametrize("turns", [(), (("axial", 30.0), ("coronal", -17.0))])
@pytest.mark.parametrize("pane", PANES)
def test_a_line_on_one_pane_lies_in_the_plane_it_stands_for(
    voxels: Voxels, pane: str, turns: tuple[tuple[str, float], ...]
) -> None:
    view = first_view(voxels.lattice)
    for about, degrees in turns:
        view = rotated(view, about, degrees)
    plane = pane_plane(view, pane, voxels.lattice, *SIZE)
    picture = pane_picture(view, pane, voxels, pattern_of(voxels), SIZE, Tables(), Said())
    lines = [graphic for graphic in picture.graphics if isinstance(graphic, PolylineGraphic)]
    assert {line.owner for line in lines} == set(PANES) - {pane}
    for line in lines:
        other = pane_plane(view, line.owner, voxels.lattice, *SIZE)
        assert all(abs(other.distance_mm(plane.to_patient(*point))) < 1e-3 for point in line.points)
    assert sum(isinstance(graphic, HandleGraphic) for graphic in picture.graphics) == 4


def test_turning_leaves_the_pane_it_is_done_on_as_it_is(voxels: Voxels) -> None:
    view = first_view(voxels.lattice)
    turned = rotated(view, "axial", 30.0)
    assert turned.directions("axial") == view.directions("axial") and turned.turned
    assert turned.is_oblique("coronal") and turned.is_oblique("sagittal") and not turned.is_oblique("axial")
    row = turned.directions("coronal")[0]
    assert row == pytest.approx((cos(radians(30)), sin(radians(30)), 0))
    back = turned
    for _ in range(33):
        back = rotated(back, "axial", 10.0)
    assert not rotated(back, "axial", 0.0).turned


def test_a_click_moves_the_point_to_where_it_was_made(voxels: Voxels) -> None:
    view = first_view(voxels.lattice)
    plane = pane_plane(view, "coronal", voxels.lattice, *SIZE)
    moved = moved_to(view, plane, (50.5, 30.5))
    assert moved.point_mm == pytest.approx(plane.to_patient(50.5, 30.5))
    again = pane_plane(moved, "coronal", voxels.lattice, *SIZE)
    assert again.to_image(moved.point_mm) == pytest.approx((50.5, 30.5))


def test_distances_on_a_pane_are_millimetres(voxels: Voxels) -> None:
    view = replace(first_view(voxels.lattice), zoom=4.0)
    plane = pane_plane(view, "sagittal", voxels.lattice, *SIZE)
    a, b = plane.to_patient(10.5, 10.5), plane.to_patient(50.5, 40.5)
    assert hypot(*(p - q for p, q in zip(a, b, strict=True))) == pytest.approx(50 / 4.0, abs=1e-6)


def test_scrolling_goes_one_slice_at_a_time_and_never_leaves_the_volume(voxels: Voxels) -> None:
    view = first_view(voxels.lattice)
    assert scrolled(view, "axial", voxels.lattice, 2).point_mm[2] == pytest.approx(33)
    assert scrolled(view, "axial", voxels.lattice, 999).point_mm[2] == pytest.approx(58.5)
    assert scrolled(view, "axial", voxels.lattice, -999).point_mm[2] == pytest.approx(-1.5)
    assert scrolled(view, "sagittal", voxels.lattice, 1).point_mm[0] == pytest.approx(view.point_mm[0] - 2)


@pytest.mark.parametrize("tilt", [0.0, 20.0])
def test_what_is_drawn_at_a_point_is_what_is_there(tilt: float) -> None:
    voxels = volume(tilt)
    lattice: Lattice = voxels.lattice
    voi = Voi(300.0, 600.0, "LINEAR_EXACT")
    x, y, z, _ = lattice.to_patient @ np.array([14, 19, 11, 1.0])
    view = replace(first_view(lattice), point_mm=(float(x), float(y), float(z)), voi=voi)
    for pane in PANES:
        picture = pane_picture(view, pane, voxels, pattern_of(voxels), SIZE, Tables(), Said())
        drawn = CpuEngine().render(picture.layers[:1], *SIZE)
        px, py = pane_plane(view, pane, lattice, *SIZE).to_image(view.point_mm)
        grey = drawn[int(py), int(px)]
        step = 255 / 600 * 30
        assert abs(float(grey) - 255 * 330 / 600) <= step, pane
    assert reading_at(voxels, view.point_mm).startswith("HU 330 at R 2.0")


def test_a_slab_says_its_thickness_and_a_missing_plane_is_hatched_and_said() -> None:
    voxels = volume(without=(MISSING,))
    view = replace(first_view(voxels.lattice), slab_mm=10.0)
    picture = pane_picture(view, "coronal", voxels, pattern_of(voxels), SIZE, Tables(), Said())
    assert len(picture.layers) == 2
    assert picture.words.bottom_left[2] == "slab 10 mm MIP"
    assert any("missing" in badge.text and badge.tone == "red" for badge in picture.words.badges)
    gone = picture.layers[1].pixels > 0
    heights = np.array(
        [pane_plane(view, "coronal", voxels.lattice, *SIZE).to_patient(0.5, row + 0.5)[2] for row in range(SIZE[1])]
    )
    inside = np.abs(heights - 3.0 * MISSING) < 2.9
    assert gone[inside].any(axis=1).all() and not gone[np.abs(heights - 3.0 * MISSING) > 3.1].any()
    deep = (-2.0, 0.0, 3.0 * MISSING)
    assert reading_at(voxels, deep) == "missing plane"


def test_the_same_view_of_nothing_moved_is_the_same_value() -> None:
    assert MprView((0, 0, 0), (0, 0, 0)) == MprView((0, 0, 0), (0, 0, 0))
