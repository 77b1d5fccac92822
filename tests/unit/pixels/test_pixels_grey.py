"""Numbers to grey: the formulas of PS3.3 C.11.2 and PS3.14, checked against values worked out beforehand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.pixels.frame import Frame, FrameFacts, LookupTable, Voi
from readingroom.pixels.gsdf import index_of, luminance_of, targets
from readingroom.pixels.reference import render
from readingroom.pixels.table import as_sixteen_bit, table
from readingroom.pixels.thumbnail import thumbnail
from readingroom.pixels.values import modality_values, picture_mask
from readingroom.pixels.voi import default_voi, grey, grey_level
from readingroom.record.study import FrameRef

FACTS = FrameFacts(
    ref=FrameRef("1", "2", "3"), sop_class="", modality="CT", transfer_syntax="", frames=1, rows=2, columns=2,
    photometric="MONOCHROME2", bits_allocated=16, bits_stored=16, signed=True,
)  # fmt: skip
EVERY_WORD = np.arange(65536, dtype=np.uint16).reshape(256, 256)

VOI_TRUTH = {
    ("LINEAR", 40, 400): {-1024: 0, -160: 0, -100: 38.3459, 0: 102.2556, 40: 127.8195, 100: 166.1654, 238: 254.3609, 239: 255, 240: 255, 3071: 255},
    ("LINEAR", 2048, 4096): {0: 0, 1: 0.0623, 2047: 127.4689, 2048: 127.5311, 4094: 254.9377, 4095: 255},
    ("LINEAR", 0, 100): {-51: 0, -50: 0, -49: 2.5758, 0: 128.7879, 49: 255, 50: 255},
    ("LINEAR", 2048, 1): {2047: 0, 2048: 255},
    ("LINEAR_EXACT", 40, 400): {-1024: 0, -160: 0, -100: 38.25, 0: 102, 40: 127.5, 100: 165.75, 238: 253.725, 239: 254.3625, 240: 255},
    ("LINEAR_EXACT", 2048, 4096): {0: 0, 1: 0.0623, 2047: 127.4377, 2048: 127.5, 4094: 254.8755, 4095: 254.9377},
    ("LINEAR_EXACT", 0, 100): {-51: 0, -50: 0, -49: 2.55, 0: 127.5, 49: 252.45, 50: 255},
    ("SIGMOID", 40, 400): {-1024: 0.0061, -160: 30.3967, -100: 50.4431, 0: 102.3346, 40: 127.5, 100: 164.6424, 238: 224.0637, 240: 224.6033, 3071: 255},
    ("SIGMOID", 2048, 4096): {0: 30.3967, 1: 30.4229, 2047: 127.4377, 2048: 127.5, 4094: 224.5509, 4095: 224.5771},
    ("SIGMOID", 0, 100): {-51: 29.342, -50: 30.3967, -49: 31.4841, 0: 127.5, 49: 223.5159, 50: 224.6033},
}  # fmt: skip


@pytest.mark.parametrize("window", VOI_TRUTH)
def test_a_window_gives_the_grey_of_the_standard(window):
    function, centre, width = window
    truth = VOI_TRUTH[window]
    found = grey_level(np.array(list(truth), np.float32), Voi(centre, width, function))
    assert found == pytest.approx(list(truth.values()), abs=1e-4)


def test_grey_is_rounded_to_the_nearest_level_and_reversed_before_that():
    values = np.array([-100.0, 0.0, 40.0], np.float32)
    assert grey(values, Voi(40, 400)).tolist() == [38, 102, 128]
    assert grey(values, Voi(40, 400), inverse=True).tolist() == [217, 153, 127]


def test_a_voi_table_holds_at_its_ends():
    ramp = LookupTable(-2, 12, np.array([0, 1000, 4095], np.uint16))
    assert grey(np.array([-9.0, -2.0, -1.0, 0.0, 9.0]), Voi(table=ramp)).tolist() == [0, 0, 62, 255, 255]


def test_a_modality_table_replaces_slope_and_intercept():
    facts = replace(FACTS, modality_lut=LookupTable(-2048, 16, np.arange(4096, dtype=np.uint16) * 16), slope=5.0)
    values = modality_values(Frame(np.array([[-3000, -2048, 0, 1023]], np.int16), facts))
    assert values.tolist() == [[0.0, 0.0, 2048 * 16.0, 3071 * 16.0]]


def test_padding_is_background_also_when_the_image_is_inverted():
    stored = np.array([[-2000, -1024], [0, 1000]], np.int16)
    frame = Frame(stored, replace(FACTS, padding=(-2000, -2000)))
    assert picture_mask(frame).tolist() == [[False, True], [True, True]]
    assert render(frame, Voi(0, 400))[0].tolist() == [0, 0]
    assert render(frame, Voi(0, 400), inverted=True)[0].tolist() == [0, 255]
    assert default_voi(frame).centre - default_voi(frame).width / 2 == -1024


def test_a_padding_range_counts_both_its_ends():
    frame = Frame(np.array([[-2049, -2048, -1500, -1499]], np.int16), replace(FACTS, padding=(-2048, -1500)))
    assert picture_mask(frame).tolist() == [[True, False, False, True]]


def test_monochrome1_shows_low_values_white():
    frame = Frame(np.array([[0, 4095]], np.uint16), replace(FACTS, inverse=True))
    assert render(frame, None).tolist() == [[255, 0]]
    assert render(frame, None, inverted=True).tolist() == [[0, 255]]


def test_without_a_window_the_darkest_value_is_black_and_the_brightest_white():
    for stored in (np.array([[-7, 93]], np.int16), np.array([[0.25, 0.75]], np.float32)):
        frame = Frame(stored, replace(FACTS, slope=0.5, intercept=3.0))
        assert render(frame, None).tolist() == [[0, 255]]


def test_a_constant_image_is_drawn_and_not_divided_by_zero():
    assert render(Frame(np.full((2, 2), 7, np.int16), FACTS), None).max() == 0
    ones = Frame(np.ones((2, 2), np.uint8), replace(FACTS, bits_stored=1))
    assert render(ones, None).min() == 255


@pytest.mark.parametrize("kind", [np.uint16, np.int16])
@pytest.mark.parametrize(
    "voi",
    [
        Voi(40, 400), Voi(40, 400, "SIGMOID"), Voi(40, 400, "LINEAR_EXACT"), Voi(40, 1), Voi(0.5, 0.7, "LINEAR_EXACT"),
        Voi(table=LookupTable(-100, 10, np.arange(1024, dtype=np.uint16))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("inverted", [False, True])
def test_the_table_and_the_judge_agree_on_all_words(kind, voi, inverted):
    facts = replace(FACTS, slope=0.37, intercept=-1024.0, padding=(3000, 3010))
    frame = Frame(EVERY_WORD.view(kind), facts)
    words = as_sixteen_bit(frame)[0].view(np.uint16)
    assert np.array_equal(table(frame, voi, inverted)[words], render(frame, voi, inverted))


@given(st.sampled_from([np.float32, np.float64, np.uint32, np.int32]), st.booleans())
def test_wide_pixels_keep_their_grey_within_one_level(kind, inverted):
    ramp = np.linspace(0, 1, 4000).reshape(40, 100)
    stored = (ramp * (100000 if np.dtype(kind).kind in "iu" else 1)).astype(kind)
    frame = Frame(stored, FACTS)
    words, slope, intercept = as_sixteen_bit(frame)
    assert np.allclose(words * slope + intercept, stored, atol=slope)
    difference = table(frame, default_voi(frame), inverted)[words].astype(int) - render(frame, None, inverted)
    assert np.abs(difference).max() <= 1


def test_what_is_no_number_is_background():
    frame = Frame(np.array([[np.nan, np.inf, 0.0, 1.0]], np.float32), FACTS)
    words = as_sixteen_bit(frame)[0]
    for inverted in (False, True):
        seen = render(frame, None, inverted)
        assert seen[0, :2].tolist() == [0, 0]
        assert np.array_equal(table(frame, default_voi(frame), inverted)[words], seen)


def test_the_display_function_is_the_standards():
    truth = {1: 0.05, 2: 0.0547, 10: 0.0991, 50: 0.5574, 100: 1.8508, 200: 8.2179, 500: 119.1318, 1023: 3993.3296}
    assert luminance_of(np.array(list(truth))) == pytest.approx(list(truth.values()), abs=1e-4)
    steps = {0.05: 1.03, 0.5: 46.558, 1: 71.498, 10: 216.872, 100: 476.364, 350: 653.115, 400: 672.796, 4000: 1023.164}
    assert index_of(np.array(list(steps))) == pytest.approx(list(steps.values()), abs=1e-3)


def test_a_display_from_half_to_four_hundred_candela_has_these_steps():
    found = targets(0.5, 400.0)
    truth = {0: 0.5005, 1: 0.5407, 64: 8.5908, 127: 39.2955, 128: 40.1206, 191: 133.5404, 254: 393.46, 255: 400.0511}
    assert found[list(truth)] == pytest.approx(list(truth.values()), abs=1e-4)


def test_a_thumbnail_is_small_and_keeps_the_shape_of_the_patient():
    from readingroom.pixels.frame import SpacingTags

    tall = replace(FACTS, spacing=SpacingTags(pixel_spacing=(2.0, 1.0)))
    stored = np.add.outer(np.arange(300), np.arange(300)).astype(np.uint16)
    small = thumbnail(Frame(stored, tall), 128)
    assert small.shape == (128, 64)
    assert small[0, 0] < 10 and small[-1, -1] > 245
    assert thumbnail(Frame(np.zeros((500, 400, 3), np.uint8), FACTS), 100).shape == (100, 80, 3)
    assert thumbnail(Frame(np.zeros((1, 2), np.uint8), FACTS), 100).shape == (1, 2)


def test_a_thumbnail_in_colour_asks_for_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    slide = Frame(np.full((400, 400, 3), (200, 120, 160), np.uint8), FACTS)
    expected = thumbnail(slide, 100)

    def asked(frame: Frame) -> Voi:
        raise AssertionError("every pixel of the slide was looked at")

    monkeypatch.setattr("readingroom.pixels.thumbnail.default_voi", asked)
    assert np.array_equal(thumbnail(slide, 100), expected)
    assert (thumbnail(slide, 100) == (200, 120, 160)).all()
