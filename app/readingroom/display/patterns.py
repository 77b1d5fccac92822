"""Test patterns in P-values, drawn by us for the very pixels of a monitor: nothing in them is ever scaled.

After the purposes named by AAPM TG18 (section 3) and report 270; the drawings are our own.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display.calibration import STEPS
from readingroom.display.glyphs import GLYPH_HEIGHT, width_of, write

Image = NDArray[np.uint8]
SMALLEST_PX, LARGEST_PX = 240, 16384
MIDDLE, GRID, SURROUND = 128, 191, 153
"""Grey of the ground and of grid lines, and of what surrounds a luminance field (a fifth of white on a true display)."""
RULER_STEP_PX = 100
_WORDS = "QUALITY CONTROL"
_BAR_PX = 3


def pattern(name: str, width: int, height: int) -> Image:
    """A pattern by its name, shape (height, width); ReaderError where there is none of that name or size."""
    if not all(SMALLEST_PX <= side <= LARGEST_PX for side in (width, height)):
        raise ReaderError(
            f"No pattern is drawn at {width}×{height} pixels.", f"Choose {SMALLEST_PX} to {LARGEST_PX} pixels a side."
        )
    draw = _drawings().get(name.lower())
    if draw is None:
        raise ReaderError(f"There is no test pattern “{name}”.", f"Use one of: {', '.join(PATTERNS)}.")
    return draw(width, height)


def explanation(name: str) -> str:
    """What to look for in a pattern, in a reader's words."""
    family = name.rpartition("-")[0] if name[-1:].isdigit() else name
    return _EXPLAINED.get(family, "")


def quality_control(width: int, height: int) -> Image:
    """Patches with low-contrast corners, 0/5 % and 95/100 %, line pairs at one and two pixels, ramps, letters, border."""
    image = np.full((height, width), MIDDLE, np.uint8)
    cell = min(width, height) // 12
    left, top = (width - 12 * cell) // 2, (height - 12 * cell) // 2
    _grid(image, left, top, cell)
    for n, level in enumerate(range(8, 256, 16)):
        row, column = (3, n) if n < 8 else (8, n - 8)
        _patch(image, left + (column + 2) * cell, top + row * cell, cell, level)
    _inset(image, left + 2 * cell, top + 5 * cell, 2 * cell, 0, 13)
    _inset(image, left + 8 * cell, top + 5 * cell, 2 * cell, 255, 242)
    for down, across in ((1, 1), (1, 10), (10, 1), (10, 10), (5.5, 5.5)):
        _line_pairs(image, left + int(across * cell), top + int(down * cell), cell)
    ramp = np.linspace(0, 255, 8 * cell)
    image[top + 2 * cell : top + 10 * cell, left + cell // 4 : left + cell] = np.rint(ramp)[:, None].astype(np.uint8)
    image[top + 2 * cell : top + 10 * cell, left + 11 * cell : left + 12 * cell - cell // 4] = image[
        top + 2 * cell : top + 10 * cell, left + cell // 4 : left + cell // 4 + 1
    ][::-1]
    image[top + cell : top + 2 * cell, left + 2 * cell : left + 6 * cell] = 0
    image[top + cell : top + 2 * cell, left + 6 * cell : left + 10 * cell] = 255
    _letters(image, left + 2 * cell, top + 10 * cell, 8 * cell, cell)
    return _bordered(image)


def spot_check(width: int, height: int) -> Image:
    """18 squares, each with bars a few levels darker and lighter in two corners; black, middle, white; a ramp."""
    image = np.full((height, width), MIDDLE, np.uint8)
    side = min(width // 7, height // 6)
    left, top = (width - 6 * side) // 2, (height - 5 * side - side // 2) // 2
    for n, level in enumerate(STEPS):
        x, y = left + n % 6 * side, top + n // 6 * side
        image[y : y + side, x : x + side] = level
        darker, lighter = (level - 5, level + 5) if 0 < level < 255 else (max(level - 3, 3), min(level + 3, 252))
        part = side // 3 // (2 * _BAR_PX) * 2 * _BAR_PX
        _bars(image, x + side // 8, y + side // 8, part, darker, vertical=True)
        _bars(image, x + side - side // 8 - part, y + side - side // 8 - part, part, lighter, vertical=True)
    for n, level in enumerate((0, MIDDLE, 255)):
        image[top + 3 * side + side // 4 : top + 5 * side, left + 2 * n * side : left + 2 * (n + 1) * side] = level
    ramp = np.rint(np.linspace(0, 255, 6 * side)).astype(np.uint8)
    image[top + 5 * side + side // 8 : top + 5 * side + side // 2, left : left + 6 * side] = ramp
    return _bordered(image)


def uniform(level: int) -> Callable[[int, int], Image]:
    """One P-value all over."""
    return lambda width, height: np.full((height, width), level, np.uint8)


def luminance_field(level: int) -> Callable[[int, int], Image]:
    """A square of one P-value on a tenth of the screen's area, for the photometer, in a ground of a fifth of white."""

    def draw(width: int, height: int) -> Image:
        image = np.full((height, width), SURROUND, np.uint8)
        side = min(width, height, round((width * height / 10) ** 0.5))
        top, left = (height - side) // 2, (width - side) // 2
        image[top : top + side, left : left + side] = level
        return image

    return draw


def geometry(width: int, height: int) -> Image:
    """Lines every 100 pixels from the middle, a circle, and a ruler of a known number of pixels to hold a real one to."""
    image = np.zeros((height, width), np.uint8)
    middle_x, middle_y = width // 2, height // 2
    image[:, middle_x % RULER_STEP_PX :: RULER_STEP_PX] = MIDDLE
    image[middle_y % RULER_STEP_PX :: RULER_STEP_PX, :] = MIDDLE
    radius = min(width, height) // 2 - 2
    down, across = np.ogrid[:height, :width]
    distance = np.hypot(down - middle_y, across - middle_x)
    image[np.abs(distance - radius) < 1.0] = 255
    half = ruler_px(width) // 2
    steps = half // RULER_STEP_PX
    image[middle_y - 2 : middle_y + 3, middle_x - half : middle_x + half + 1] = 255
    for n in range(-steps, steps + 1):
        x, tall = middle_x + n * RULER_STEP_PX, 30 if abs(n) == steps else 15
        image[middle_y - tall : middle_y + tall + 1, x] = 255
    words = f"{2 * half} px"
    left = middle_x - width_of(words, 3) // 2
    image[middle_y + 36 : middle_y + 44 + 3 * GLYPH_HEIGHT, left - 8 : left + width_of(words, 3) + 8] = 0
    write(image, words, left, middle_y + 40, 255, 3)
    return _bordered(image)


def ruler_px(width: int) -> int:
    """Pixels from end to end of the geometry pattern's white bar, at least 200."""
    return 2 * max(1, (width - 40) // (2 * RULER_STEP_PX)) * RULER_STEP_PX


def lines(vertical: bool) -> Callable[[int, int], Image]:
    """Lines one pixel wide, black and white in turn: an even grey where every pixel of the image is one of the monitor."""

    def draw(width: int, height: int) -> Image:
        along = np.arange(width if vertical else height)
        line = (along % 2 * 255).astype(np.uint8)
        return np.broadcast_to(line if vertical else line[:, None], (height, width)).copy()

    return draw


def text(width: int, height: int) -> Image:
    """Letters of one to four pixels' stroke at falling contrast, on black, middle and white."""
    image = np.zeros((height, width), np.uint8)
    third = height // 3
    for band, ground in enumerate((0, MIDDLE, 255)):
        top = band * third
        image[top : height if band == 2 else top + third] = ground
        away = -1 if ground == 255 else 1
        y = top + 12
        for scale in (1, 2, 3, 4):
            for share in (1.0, 0.5, 0.1):
                reach = 127 if ground == MIDDLE else 255
                level = ground + away * round(share * reach)
                words = f"{_WORDS} 0123456789 CxCxCx"
                if y + GLYPH_HEIGHT * scale < top + third:
                    write(image, words, 16, y, level, scale)
                y += (GLYPH_HEIGHT + 3) * scale
    return _bordered(image)


def _drawings() -> dict[str, Callable[[int, int], Image]]:
    drawings: dict[str, Callable[[int, int], Image]] = {
        "tg18-qc": quality_control,
        "tg270-sqc": spot_check,
        "geometry": geometry,
        "lines-vertical": lines(vertical=True),
        "lines-horizontal": lines(vertical=False),
        "text": text,
    }
    drawings |= {f"tg270-uln-{level:03}": uniform(level) for level in STEPS}
    drawings |= {f"tg18-ln8-{n:02}": luminance_field(level) for n, level in enumerate(STEPS, 1)}
    return drawings


PATTERNS = tuple(_drawings())
"""The names of all patterns, in the order in which they are looked through."""

_EXPLAINED = {
    "tg18-qc": "All four corners of every patch, both inner squares, the lines one pixel wide, most of the letters.",
    "tg270-sqc": "Both groups of bars in every square, equally faint from black to white; no steps in the ramp.",
    "geometry": "Squares are square, the circle is round, no edge is cut off. Hold a ruler to the white bar for the pitch.",
    "lines-vertical": "An even grey without bands: every pixel is drawn as itself.",
    "lines-horizontal": "An even grey without bands: every pixel is drawn as itself.",
    "text": "Letters without colour, blur or missing strokes.",
    "tg270-uln": "The same all over: no spots, no dead pixels, no darker corners.",
    "tg18-ln8": "For the photometer: measure the middle.",
}


def _grid(image: Image, left: int, top: int, cell: int) -> None:
    for n in range(13):
        at = n * cell if n < 12 else 12 * cell - 1
        image[top : top + 12 * cell, left + at] = GRID
        image[top + at, left : left + 12 * cell] = GRID


def _patch(image: Image, left: int, top: int, side: int, level: int) -> None:
    """A patch of one level with four corners that differ by 4: two lighter, two darker."""
    image[top : top + side, left : left + side] = level
    part = max(2, side // 10)
    for y in (top, top + side - part):
        for x in (left, left + side - part):
            lighter = (y == top) == (x == left)
            image[y : y + part, x : x + part] = level + (4 if lighter else -4)


def _inset(image: Image, left: int, top: int, side: int, level: int, inner: int) -> None:
    image[top : top + side, left : left + side] = level
    image[top + side // 4 : top + side * 3 // 4, left + side // 4 : left + side * 3 // 4] = inner


def _line_pairs(image: Image, left: int, top: int, side: int) -> None:
    """Black and white lines: one pixel wide above, two below; upright on the left, level on the right."""
    half = side // 2
    along = np.arange(half)
    for row, wide in ((0, 1), (1, 2)):
        line = (along // wide % 2 * 255).astype(np.uint8)
        y = top + row * half
        image[y : y + half, left : left + half] = line
        image[y : y + half, left + half : left + 2 * half] = line[:, None]


def _letters(image: Image, left: int, top: int, width: int, height: int) -> None:
    """The words on black, middle and white, each letter one level nearer to its ground than the one before."""
    third = width // 3
    scale = max(1, third // (width_of(_WORDS) + 4))
    fades = tuple(range(len(_WORDS), 0, -1))
    for n, ground in enumerate((0, MIDDLE, 255)):
        x, y = left + n * third, top + (height - GLYPH_HEIGHT * scale) // 2
        image[top : top + height, x : x + third] = ground
        away = -1 if ground == 255 else 1
        write(
            image, _WORDS, x + (third - width_of(_WORDS, scale)) // 2, y, tuple(ground + away * f for f in fades), scale
        )


def _bars(image: Image, left: int, top: int, side: int, level: int, vertical: bool) -> None:
    """Bars three pixels wide, three apart."""
    for start in range(0, side, 2 * _BAR_PX):
        if vertical:
            image[top : top + side, left + start : left + start + _BAR_PX] = level
        else:
            image[top + start : top + start + _BAR_PX, left : left + side] = level


def _bordered(image: Image) -> Image:
    """A white line on the outermost pixels and a black one inside it: whatever cuts an edge off shows."""
    for inset, level in ((0, 255), (1, 0)):
        end = -1 - inset
        image[[inset, end], inset : image.shape[1] - inset] = level
        image[inset : image.shape[0] - inset, [inset, end]] = level
    return image
