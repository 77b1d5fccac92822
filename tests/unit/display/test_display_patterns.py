"""Test patterns: every pixel is known, whatever the monitor."""

import numpy as np
import pytest

from readingroom.base.errors import ReaderError
from readingroom.display.patterns import PATTERNS, explanation, pattern


@pytest.mark.parametrize("size", [(240, 240), (641, 1023), (1900, 241)])
def test_every_pattern_fills_every_monitor(size: tuple[int, int]) -> None:
    for name in PATTERNS:
        drawn = pattern(name, *size)
        assert drawn.shape == size[::-1]
        assert drawn.dtype == np.uint8
        assert explanation(name)


def test_lines_are_one_pixel_wide() -> None:
    upright, level = pattern("lines-vertical", 300, 240), pattern("lines-horizontal", 300, 240)
    assert (upright[:, ::2] == 0).all() and (upright[:, 1::2] == 255).all()
    assert (level[::2] == 0).all() and (level[1::2] == 255).all()


def test_the_outermost_pixels_are_a_white_line() -> None:
    for name in ("tg18-qc", "tg270-sqc", "geometry", "text"):
        drawn = pattern(name, 700, 500)
        for edge in (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]):
            assert (edge == 255).all()
        assert (drawn[1, 1:-1] == 0).all()


def test_a_luminance_field_is_a_tenth_of_the_screen_in_a_ground_of_a_fifth_of_white() -> None:
    drawn = pattern("tg18-ln8-05", 1000, 800)
    assert drawn[400, 500] == 60
    assert (drawn == 60).mean() == pytest.approx(0.1, abs=0.001)
    assert (drawn[drawn != 60] == 153).all()
    assert pattern("TG18-LN8-18", 1000, 800)[400, 500] == 255


def test_a_uniform_pattern_is_one_level() -> None:
    assert (pattern("tg270-uln-120", 300, 300) == 120).all()


def test_the_ruler_is_as_long_as_it_says() -> None:
    drawn = pattern("geometry", 1280, 1024)
    white = np.flatnonzero(drawn[512] == 255)
    bar = white[(white > 10) & (white < 1269)]
    assert bar[-1] - bar[0] == 1200


def test_quality_control_has_low_contrast_corners_and_lines_of_one_pixel() -> None:
    drawn = pattern("tg18-qc", 1200, 1200)
    for n, level in enumerate(range(8, 256, 16)):
        row, column = (3, n) if n < 8 else (8, n - 8)
        patch = drawn[row * 100 : row * 100 + 100, (column + 2) * 100 : (column + 3) * 100]
        assert patch[50, 50] == level
        assert (patch[0, 0], patch[0, 99], patch[99, 0], patch[99, 99]) == (level + 4, level - 4, level - 4, level + 4)
    assert (drawn[520, 220], drawn[600, 300], drawn[520, 820], drawn[600, 900]) == (0, 13, 255, 242)
    lines = drawn[110, 100:150].astype(int)
    assert (np.abs(np.diff(lines)) == 255).all()


def test_a_spot_check_has_eighteen_squares_with_bars_darker_and_lighter() -> None:
    drawn = pattern("tg270-sqc", 1400, 1200)
    side, left, top = 200, 100, 50
    for n in range(18):
        x, y = left + n % 6 * side, top + n // 6 * side
        square, level = drawn[y : y + side, x : x + side].astype(int), 15 * n
        found = sorted({*np.unique(square)} - {0, 255} if n in (0, 17) else {*np.unique(square)})
        assert found == ([3] if n == 0 else [252] if n == 17 else [level - 5, level, level + 5])


@pytest.mark.parametrize(
    ("name", "size"), [("tg18-qq", (300, 300)), ("tg18-qc", (100, 300)), ("tg18-qc", (300, 99999))]
)
def test_what_cannot_be_drawn_is_refused(name: str, size: tuple[int, int]) -> None:
    with pytest.raises(ReaderError) as told:
        pattern(name, *size)
    assert told.value.remedy
