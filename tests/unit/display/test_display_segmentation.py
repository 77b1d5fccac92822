"""Segments lie where their planes lie, pixel for pixel as an independent reader counts them."""

from pathlib import Path

import numpy as np
import pytest

from readingroom.base.errors import ReaderError
from readingroom.display.segment_layers import segment_pictures, to_segment
from readingroom.display.segmentation import opened_segmentation, segment_pixels, segmentation
from readingroom.geometry.plane import Plane
from readingroom.pixels.decode import decode
from readingroom.record.study import FrameRef

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "seg"
real = [pytest.mark.realdata, pytest.mark.skipif(not REAL.exists(), reason="the real segmentations are not here")]


def read(name):
    opened = opened_segmentation((REAL / f"{name}.dcm").read_bytes())
    return segmentation(opened.header), opened


@pytest.mark.parametrize(
    ("name", "total"),
    [
        pytest.param("liver", 107098, marks=real),
        pytest.param("liver_nonbyte_aligned", 107098, marks=real),
        pytest.param("liver_rle", 107098, marks=real),
        pytest.param("liver_deflate", 107098, marks=real),
        pytest.param("seg_image_ct_binary", 638, marks=real),
        pytest.param("seg_image_ct_binary_overlap", 80, marks=real),
        pytest.param("seg_image_ct_true_fractional", 83136, marks=real),
        pytest.param("seg_image_sm_control_labelmap_palette_color", 6064, marks=real),
    ],
)
def test_the_pixels_of_a_segmentation_add_up_to_what_other_readers_count(name, total):
    of, opened = read(name)
    assert sum(int(segment_pixels(opened, frame.frame).sum()) for frame in of.frames) == total


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.exists(), reason="the real segmentations are not here")
def test_a_liver_lies_on_the_images_it_was_drawn_on():
    of, opened = read("liver")
    (liver,) = of.segments
    assert liver.words == "Liver (semiautomatic, SlicerEditor)"
    sums = []
    for path in sorted((REAL / "source_ct").glob("*.dcm")):
        facts = decode(path.read_bytes()).facts
        frames = of.on(facts.ref, facts.plane, of.frame_of_reference_uid)
        assert [uid for uid, _ in frames[0].sources] == [facts.ref.sop_uid]
        (picture,) = segment_pictures(of, opened, frames, facts.plane)
        assert np.allclose(picture.to_pixels, np.eye(4))
        sums.append(int((picture.pixels > 0).sum()))
        assert of.on(facts.ref, facts.plane, "9.9") == ()
    assert sum(sums) == 107098


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.exists(), reason="the real segmentations are not here")
def test_overlapping_segments_are_pictures_of_their_own():
    of, opened = read("seg_image_ct_binary_overlap")
    frame = next(f for f in of.frames if f.segment == 2)
    frames = of.on(FrameRef("", "", "x"), frame.plane, of.frame_of_reference_uid)
    pictures = segment_pictures(of, opened, frames, frame.plane)
    assert sorted(segment.number for picture in pictures for segment in picture.segments) == [1, 2]
    assert sum(int((picture.pixels > 0).sum()) for picture in pictures) == sum(
        int(segment_pixels(opened, f.frame).sum()) for f in frames
    )


def test_a_coarser_segmentation_lies_where_it_belongs():
    image = Plane((0.0, 0.0, 5.0), (1, 0, 0), (0, 1, 0), (1.0, 1.0), 20, 20)
    segment = Plane((4.5, 8.5, 5.0), (1, 0, 0), (0, 1, 0), (2.0, 2.0), 4, 4)
    matrix = to_segment(segment, image)
    assert np.allclose(matrix @ (4.5, 8.5, 0, 1), (0, 0, 0, 1))
    assert np.allclose(matrix @ (6.5, 12.5, 0, 1), (1, 2, 0, 1))


def test_an_image_is_not_a_segmentation():
    from tests.unit.pixels.pixel_phantoms import header_for

    with pytest.raises(ReaderError, match="not a segmentation"):
        segmentation(header_for(np.zeros((2, 2), np.uint16)))
