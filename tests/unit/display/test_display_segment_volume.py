"""Segments in space: a cube and spheres of known millilitres, exact on their own grid, and nothing beyond their frames."""

from math import pi

import numpy as np
import pytest
from tests.fakes.segmentations import SegGrid, block, seg, sphere

from readingroom.base.errors import ReaderError
from readingroom.display.segment_volume import SegmentVolume, check_space, plane_layers, segment_volume
from readingroom.display.segmentation import opened_segmentation, segment_pixels, segmentation
from readingroom.geometry.plane import Plane
from readingroom.pixels.label_volume import labels_on

CUBE = block((-10.5, -10.5, -11.0), (9.5, 9.5, 9.0))
"""20 × 20 × 20 mm on the faces of voxels of 1 × 1 × 2 mm."""


def read(part10: bytes) -> SegmentVolume:
    opened = opened_segmentation(part10)
    return segment_volume(segmentation(opened.header), opened)


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_a_cube_of_eight_millilitres_measures_eight_millilitres(kind: str) -> None:
    size = read(seg([CUBE], kind=kind)).sizes[1]
    assert size.voxels == 20 * 20 * 10 and size.volume_ml == pytest.approx(8.0, abs=1e-9)
    # Its shell: all but the voxels within, each half.
    assert size.plus_minus_ml == pytest.approx((4000 - 18 * 18 * 8) * 2.0 / 2000, abs=1e-9)


@pytest.mark.parametrize("radius", [8.0, 15.0, 30.0])
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_a_sphere_measures_what_its_radius_says(radius: float, kind: str) -> None:
    size = read(seg([sphere((3.3, -4.1, 28.2), radius)], kind=kind)).sizes[1]
    truth = 4 / 3 * pi * radius**3 / 1000
    assert abs(size.volume_ml - truth) < 0.02 * truth
    assert abs(size.volume_ml - truth) < size.plus_minus_ml < 0.5 * truth


def test_overlapping_spheres_are_both_whole() -> None:
    volume = read(seg([sphere((0, 0, 30), 12.0), sphere((6, 0, 30), 12.0)]))
    assert len(volume.labels.layers) == 2
    truth = 4 / 3 * pi * 12.0**3 / 1000
    assert [abs(size.volume_ml - truth) < 0.03 * truth for size in volume.sizes.values()] == [True, True]


def test_on_its_own_frames_a_plane_says_what_is_stored() -> None:
    raw = seg([sphere((3, -4, 30), 14.0)], SegGrid(lean=(0.0, 0.3, 0.0)), empty=True)
    opened = opened_segmentation(raw)
    of = segmentation(opened.header)
    volume = segment_volume(of, opened)
    for frame in of.frames[::7]:
        assert frame.plane is not None
        (labels,) = labels_on(volume.labels, frame.plane)
        assert np.array_equal(labels, segment_pixels(opened, frame.frame))


def test_an_oblique_plane_names_the_nearest_voxel() -> None:
    grid = SegGrid()
    shape = sphere((3, -4, 30), 14.0)
    volume = read(seg([shape], grid, empty=True))
    turn = np.radians(33.0)
    plane = Plane(
        (-30.2, -30.1, 12.3), (float(np.cos(turn)), float(np.sin(turn)), 0.0), (0.0, 0.0, 1.0), (0.7, 0.7), 60, 90
    )
    (labels,) = labels_on(volume.labels, plane)
    for x, y in ((5, 5), (40, 20), (44, 30), (60, 24), (33, 40), (52, 12)):
        point = np.array(plane.to_patient(x + 0.5, y + 0.5))
        voxel = np.array(grid.corner) + np.rint((point - grid.corner) / (1, 1, 2)) * (1, 1, 2)
        assert bool(labels[y, x]) == bool(shape(voxel))
    assert labels.any()


def test_nothing_is_said_beyond_the_frames() -> None:
    grid = SegGrid(depths_mm=tuple(40.0 + 2 * n for n in range(5)))
    volume = read(seg([lambda points: np.ones(points.shape[:-1], bool)], grid))
    assert volume.sizes[1].volume_ml == pytest.approx(100 * 110 * 10 / 1000)
    # Frames from z = 20 to 28, each a millimetre either way.
    plane = Plane((0.0, -80.0, 10.05), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.1, 0.5), 300, 300)
    (labels,) = labels_on(volume.labels, plane)
    rows = np.flatnonzero(labels.any(axis=1)) * 0.1 + 10.05
    columns = np.flatnonzero(labels.any(axis=0)) * 0.5 - 80.0
    assert rows.min() > 18.99 and rows.max() < 29.01 and len(rows) == 100
    assert columns.min() >= -60.5 and columns.max() <= 39.5


def test_frames_left_out_are_empty_and_said() -> None:
    grid = SegGrid(depths_mm=(0.0, 2.0, 4.0, 20.0, 22.0, 24.0))
    volume = read(seg([lambda points: np.ones(points.shape[:-1], bool)], grid))
    assert volume.sizes[1].volume_ml == pytest.approx(100 * 110 * 6 * 2 / 1000)
    assert "taken as empty" in volume.note
    plane = Plane((0.0, 0.0, -8.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 10, 10)
    assert not labels_on(volume.labels, plane)[0].any()


def test_slices_that_were_scanned_further_apart_each_reach_half_way() -> None:
    depths = (*(2.0 * n for n in range(6)), *(10.0 + 5.0 * n for n in range(1, 7)))
    volume = read(seg([lambda points: np.ones(points.shape[:-1], bool)], SegGrid(depths_mm=depths)))
    assert volume.sizes[1].volume_ml == pytest.approx(100 * 110 * (40.0 + 2.0) / 1000)
    assert "2 to 5 mm apart" in volume.note


@pytest.mark.parametrize("space", ["", "1.2.3"])
def test_another_frame_of_reference_is_refused(space: str) -> None:
    of = segmentation(opened_segmentation(seg([CUBE], SegGrid(space=space))).header)
    with pytest.raises(ReaderError, match="Frame of Reference"):
        check_space(of, "1.2.826.0.1.3680043.10.7.9")


def test_one_frame_without_thickness_has_no_volume() -> None:
    with pytest.raises(ReaderError, match="how thick"):
        read(seg([CUBE], SegGrid(depths_mm=(20.0,), said={})))


def test_only_the_segments_that_were_asked_for_are_drawn() -> None:
    volume = read(seg([sphere((-20, 0, 30), 8.0), sphere((20, 0, 30), 8.0), sphere((0, 20, 30), 8.0)]))
    plane = Plane((-50.0, -60.0, 30.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 100, 110)
    layers, segments = plane_layers(volume, plane, (1, 3))
    assert [segment.number for segment in segments] == [1, 3]
    assert sorted(np.unique(layers[0].pixels)) == [0, 1, 3] and layers[1].outline
    with pytest.raises(ReaderError, match="no segment 7"):
        plane_layers(volume, plane, (7,))
