"""A rendering shows the patient the right way round: a trunk whose every millimetre is known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.fakes import trunk

from readingroom.base.errors import ReaderError
from readingroom.display.mpr import Said
from readingroom.display.solid import (
    VIEWS,
    SolidView,
    around_by,
    box_of,
    face_dragged,
    first_solid,
    seen_at,
    seen_from,
    solid_plane,
    solid_words,
    turned_by,
    whole_box,
)
from readingroom.display.transfer import as_table, volume_presets
from readingroom.pixels.drawn import drawn_of, patient_of
from readingroom.pixels.ray import brightest, first_hit
from readingroom.pixels.voxels import Voxels
from readingroom.render.solid import Haste, Solid
from readingroom.settings.places import resources

SIZE = (160, 160)
PRESETS = {preset.name: preset for preset in volume_presets(resources() / "volume-presets.toml")}


@pytest.fixture(scope="module")
def voxels() -> Voxels:
    return trunk.voxels()


@pytest.fixture(scope="module")
def solid(voxels):
    made = Solid(drawn_of(voxels, 80_000_000), voxels.slope, voxels.intercept, "cpu")
    yield made
    made.close()


def view_of(voxels: Voxels, preset: str = "bone", letter: str = "A") -> SolidView:
    return seen_from(first_solid(voxels.lattice, PRESETS[preset].for_volume(voxels)), letter)


def bullet_view(voxels: Voxels, letter: str) -> SolidView:
    """Only metal is seen."""
    view = view_of(voxels, "mip", letter)
    grey = replace(view.transfer, colour=((1500.0, (0, 0, 0)), (1600.0, (255, 255, 255))))
    return replace(view, transfer=grey)


@pytest.mark.parametrize("letter", VIEWS)
def test_the_bullet_at_the_patients_left_is_where_geometry_says_in_every_view(voxels, solid, letter):
    view = bullet_view(voxels, letter)
    plane = solid_plane(view, voxels.lattice, *SIZE)
    rows, columns = np.nonzero(solid.render(view, plane)[..., 0] > 128)
    expected = plane.to_image(tuple(trunk.BULLET))
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(expected, abs=0.75)
    words = solid_words(view, voxels.lattice, plane, Said(), (), draft=False)
    if letter == "A":
        assert columns.mean() > SIZE[0] * 0.75 and words.letters.right == "L" and words.letters.top == "H"
    if letter == "P":
        assert columns.mean() < SIZE[0] * 0.25 and words.letters.left == "L"


def test_an_anterior_view_turned_by_ninety_degrees_is_the_left_view(voxels):
    view = view_of(voxels)
    for azimuth, letter in ((90.0, "L"), (-90.0, "R"), (180.0, "P")):
        turned, named = seen_at(view, azimuth, 0.0), seen_from(view, letter)
        assert np.allclose(turned.row, named.row) and np.allclose(turned.column, named.column)
        assert np.allclose(around_by(view, azimuth).row, named.row)
    assert np.allclose(seen_at(view, 0.0, 90.0).look, (0, 0, -1))


def test_what_is_in_front_follows_the_hand(voxels):
    view = view_of(voxels)
    front = np.array(view.look) * -1.0
    moved = turned_by(view, 10.0, 0.0)
    assert front @ np.array(moved.row) > 0.1
    assert front @ np.array(turned_by(view, 0.0, 10.0).column) > 0.1


def test_a_click_on_the_bullet_goes_to_its_near_surface(voxels):
    view = view_of(voxels)
    hit = first_hit(voxels, (trunk.BULLET[0], 0.0, trunk.BULLET[2]), view.look, view.transfer.opacity_of, None, 0.5)
    assert hit == pytest.approx((trunk.BULLET[0], trunk.BULLET[1] - 12.0, trunk.BULLET[2]), abs=trunk.MM)
    through = first_hit(voxels, (170.0, 0.0, 0.0), view.look, view.transfer.opacity_of, None, 0.5)
    assert through is None or through[1] > 100.0


def test_a_click_in_a_mip_goes_to_the_brightest_voxel(voxels):
    hit = brightest(voxels, (trunk.BULLET[0], 0.0, trunk.BULLET[2]), (0.0, 1.0, 0.0), None)
    assert hit is not None and np.linalg.norm(np.array(hit) - trunk.BULLET) < 13.0


def test_what_was_cut_away_is_neither_seen_nor_hit(voxels, solid):
    box = whole_box(voxels.lattice).with_face(0, True, 100.0)
    view = replace(bullet_view(voxels, "A"), clip=box)
    assert solid.render(view, solid_plane(view, voxels.lattice, *SIZE)).max() == 0
    at = (trunk.BULLET[0], 0.0, trunk.BULLET[2])
    assert first_hit(voxels, at, view.look, PRESETS["bone"].in_hu.opacity_of, box.holds, 0.5) is None


def test_the_table_goes_and_the_patient_stays(voxels):
    patient = patient_of(voxels)
    drawn = drawn_of(voxels, 80_000_000, patient)
    hu = voxels.words
    points_y = trunk.CORNER[1] + trunk.MM * np.arange(trunk.SIDE)
    table = np.abs(points_y - trunk.TABLE_Y) < 4
    assert hu[:, table].max() == 200 and drawn.words[:, table].max() == -1000
    body = hu.copy()
    body[:, table] = -1000
    assert np.array_equal(drawn.words[body > -1000], body[body > -1000])
    assert not drawn.shared and np.array_equal(voxels.words, hu)


def test_missing_planes_are_left_open_and_said():
    voxels = trunk.voxels(frozenset(range(48, 53)))
    view = view_of(voxels, "mip")
    made = Solid(drawn_of(voxels, 80_000_000), voxels.slope, voxels.intercept, "cpu")
    plane = solid_plane(view, voxels.lattice, *SIZE)
    picture = made.render(view, plane)
    made.close()
    middle = round(plane.to_image((0.0, 0.0, trunk.CORNER[2] + trunk.MM * 50))[1])
    assert picture[middle].max() == 0 and picture[middle - 12].max() > 0 and picture[middle + 12].max() > 0
    badges = [badge.text for badge in solid_words(view, voxels.lattice, plane, Said(), (), False).badges]
    assert "5 planes missing: left open, not bridged" in badges
    at = (0.0, 0.0, trunk.CORNER[2] + trunk.MM * 50)
    assert brightest(voxels, at, view.look, None) is None


def test_the_planes_and_the_rendering_share_one_array(voxels):
    assert drawn_of(voxels, 80_000_000).words is voxels.words
    small = drawn_of(voxels, 300_000)
    assert small.words.size <= 300_000 and small.note.startswith("drawn from voxels of")


def test_haste_shows_the_same_thing_more_coarsely(voxels, solid):
    view = view_of(voxels, "mip")
    plane = solid_plane(view, voxels.lattice, *SIZE)
    whole, hasty = solid.render(view, plane), solid.render(view, plane, Haste(3, 2.0))
    assert np.abs(whole.astype(int) - hasty).mean() < 25 and not np.array_equal(whole, hasty)


def test_a_preset_that_was_edited_and_saved_reads_back(voxels, tmp_path):
    bone = PRESETS["bone"].in_hu.moved(0, 200.0, 0.1).added(350.0, 0.4).removed(2)
    path = tmp_path / "volume-presets.toml"
    path.write_text(as_table(bone), "utf-8")
    (read,) = volume_presets(path)
    assert read.in_hu == replace(bone, edited=False)
    path.write_text("[[preset]]\nname = 1", "utf-8")
    with pytest.raises(ReaderError, match="cannot be read"):
        volume_presets(path)


def test_a_face_of_the_box_follows_the_hand_along_its_own_axis(voxels):
    view = replace(view_of(voxels), clip=box_of("-10,10,-20,20,-30,30"))
    assert face_dragged(view, 1, 5.0, 2.0).clip == box_of("-10,15,-20,20,-30,30")
    assert face_dragged(view, 5, 0.0, -4.0).clip == box_of("-10,10,-20,20,-30,34")
    assert face_dragged(view, 2, 5.0, 5.0) == view
    with pytest.raises(ReaderError, match="no box"):
        box_of("1,2,3")
