"""Letters of five by seven pixels, for test patterns in which every pixel is known."""

import numpy as np
from numpy.typing import NDArray

GLYPH_WIDTH, GLYPH_HEIGHT, ADVANCE = 5, 7, 6
_ROWS: dict[str, tuple[int, ...]] = {
    "A": (14, 17, 17, 31, 17, 17, 17),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "I": (14, 4, 4, 4, 4, 4, 14),
    "L": (16, 16, 16, 16, 16, 16, 31),
    "N": (17, 25, 21, 19, 17, 17, 17),
    "O": (14, 17, 17, 17, 17, 17, 14),
    "Q": (14, 17, 17, 17, 21, 18, 13),
    "R": (30, 17, 17, 30, 20, 18, 17),
    "T": (31, 4, 4, 4, 4, 4, 4),
    "U": (17, 17, 17, 17, 17, 17, 14),
    "Y": (17, 17, 10, 4, 4, 4, 4),
    "p": (0, 0, 30, 17, 30, 16, 16),
    "x": (0, 0, 17, 10, 4, 10, 17),
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    " ": (0, 0, 0, 0, 0, 0, 0),
}


def glyph(letter: str, scale: int = 1) -> NDArray[np.bool_]:
    """Where a letter is inked, shape (7 × scale, 5 × scale); only the letters of the test patterns are known."""
    rows = [[bool(row >> (GLYPH_WIDTH - 1 - column) & 1) for column in range(GLYPH_WIDTH)] for row in _ROWS[letter]]
    return np.kron(np.array(rows, bool), np.ones((scale, scale), bool))


def write(
    image: NDArray[np.uint8], text: str, left: int, top: int, levels: int | tuple[int, ...], scale: int = 1
) -> None:
    """Write into an image; levels: one for all letters, or one for each. What does not fit is left out."""
    for n, letter in enumerate(text):
        x, level = left + n * ADVANCE * scale, levels if isinstance(levels, int) else levels[n]
        inked = glyph(letter, scale)
        room = image[top : top + inked.shape[0], x : x + inked.shape[1]]
        if room.shape == inked.shape:
            room[inked] = level


def width_of(text: str, scale: int = 1) -> int:
    """Pixels from the first letter's left to the last one's right."""
    return max(0, (len(text) * ADVANCE - 1) * scale)
