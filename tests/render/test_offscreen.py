"""A frame drawn without a viewport is the judge's own picture, pixel by pixel."""

from dataclasses import replace

import numpy as np
import pytest

from readingroom.pixels import reference
from readingroom.pixels.frame import Frame, FrameFacts, SpacingTags, Voi
from readingroom.record.study import FrameRef
from readingroom.render.cpu import CpuEngine
from readingroom.render.offscreen import draw

FACTS = FrameFacts(
    FrameRef("1", "1.2", "1.2.3"), "", "CT", "", 1, 48, 64, "MONOCHROME2", 16, 12, True,
    intercept=-1024.0, unit="HU", vois=(Voi(40, 400),),
)  # fmt: skip
STORED = np.random.default_rng(4).integers(0, 4096, (48, 64)).astype(np.int16)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("voi", [None, Voi(40, 400), Voi(-600, 1500, "LINEAR_EXACT"), Voi(40, 80, "SIGMOID")])
@pytest.mark.parametrize("padding", [None, (0, 900)])
def test_one_pixel_for_one_equals_the_judge_exactly(
    inverted: bool, voi: Voi | None, padding: tuple[int, int] | None
) -> None:
    for facts in (replace(FACTS, padding=padding), replace(FACTS, padding=padding, inverse=True)):
        frame = Frame(STORED, facts)
        assert (draw(frame, voi, inverted, CpuEngine()) == reference.render(frame, voi, inverted)).all()


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16, np.float32, np.int32])
def test_every_kind_of_stored_pixel_is_drawn_to_one_grey_level(kind: type) -> None:
    frame = Frame((STORED // 40).astype(kind), replace(FACTS, intercept=0.0, vois=()))
    drawn = draw(frame, None, False, CpuEngine())
    assert np.abs(drawn.astype(int) - reference.render(frame, None, False)).max() <= 1


@pytest.mark.parametrize("inverted", [False, True])
def test_colour_comes_back_as_it_was_stored(inverted: bool) -> None:
    rgb = np.random.default_rng(5).integers(0, 256, (48, 64, 3)).astype(np.uint8)
    frame = Frame(rgb, FACTS)
    drawn = draw(frame, None, inverted, CpuEngine())
    assert (drawn == (255 - rgb if inverted else rgb)).all()
    assert (drawn == reference.render(frame, None, inverted)).all()


def test_a_size_fits_the_image_with_its_pixels_true() -> None:
    tall = replace(FACTS, spacing=SpacingTags(pixel_spacing=(2.0, 1.0)))
    drawn = draw(Frame(np.full((48, 64), 2000, np.int16), tall), None, False, CpuEngine(), 96, 96)
    filled = np.argwhere(drawn > 0)
    assert drawn.shape == (96, 96)
    assert tuple(filled.min(axis=0)) == (0, 16) and tuple(filled.max(axis=0)) == (95, 79)
