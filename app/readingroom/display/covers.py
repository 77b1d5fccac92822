"""What lies over an image and came with it: overlays in white, and the shutter that hides what is no picture."""

import numpy as np
from numpy.typing import NDArray

from readingroom.pixels.frame import FrameFacts, OverlayPlane, Shutter

_OPAQUE = 65535


def overlay_words(overlay: OverlayPlane) -> NDArray[np.uint16]:
    """An overlay as 16-bit words, shape (rows, columns): 65 535 where it is drawn, else 0."""
    return overlay.bits.astype(np.uint16) * np.uint16(_OPAQUE)


def overlay_matrix(overlay: OverlayPlane, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """View pixel to overlay pixel, from the image's matrix: the origin counts from 1 (PS3.3 C.9.2.1.3)."""
    moved = matrix.copy()
    moved[0, 3] -= overlay.origin[1] - 1
    moved[1, 3] -= overlay.origin[0] - 1
    return moved


def shutter_words(shutter: Shutter, rows: int, columns: int) -> NDArray[np.uint16]:
    """A shutter as 16-bit words, shape (rows, columns): 65 535 where it hides; several shapes show what all of them show.

    Rows and columns count from 1, edges and the rim of the circle are visible (PS3.3 C.7.6.11).
    """
    row, column = np.arange(1, rows + 1)[:, None], np.arange(1, columns + 1)[None, :]
    visible = np.ones((rows, columns), bool)
    if "RECTANGULAR" in shutter.shapes:
        visible &= (row >= shutter.upper) & (row <= shutter.lower)
        visible &= (column >= shutter.left) & (column <= shutter.right)
    if "CIRCULAR" in shutter.shapes:
        visible &= (row - shutter.centre[0]) ** 2 + (column - shutter.centre[1]) ** 2 <= shutter.radius**2
    if "POLYGONAL" in shutter.shapes and len(shutter.vertices) > 2:
        visible &= _inside(shutter.vertices, rows, columns)
    return np.where(visible, 0, _OPAQUE).astype(np.uint16)


def cover_table(grey: int) -> NDArray[np.uint8]:
    """A table (65 536, 4) for words 0 to 65 535: one grey, from transparent to opaque."""
    table = np.full((65536, 4), grey, np.uint8)
    table[:, 3] = np.arange(65536) >> 8
    return table


def shutter_grey(facts: FrameFacts) -> int:
    """The grey of the shutter: its P-value where it has one (PS3.3 C.7.6.11.1), else black."""
    value = facts.shutter.value if facts.shutter is not None else None
    return max(0, min(255, (value or 0) >> 8))


def _inside(vertices: tuple[tuple[int, int], ...], rows: int, columns: int) -> NDArray[np.bool_]:
    """Pixels (row, column from 1) within a polygon of (row, column) corners, by crossings of each row; rims are inside."""
    inside = np.zeros((rows, columns), bool)
    column = np.arange(1, columns + 1)[None, :]
    row = np.arange(1, rows + 1)[:, None]
    for (r0, c0), (r1, c1) in zip(vertices, (*vertices[1:], vertices[0]), strict=True):
        if r0 == r1:
            continue
        crossed = (min(r0, r1) <= row) & (row < max(r0, r1))
        at = c0 + (row - r0) * (c1 - c0) / (r1 - r0)
        inside ^= crossed & (column < at)
    for (r0, c0), (r1, c1) in zip(vertices, (*vertices[1:], vertices[0]), strict=True):
        steps = max(abs(r1 - r0), abs(c1 - c0), 1)
        share = np.arange(steps + 1) / steps
        rim_row = np.rint(r0 + share * (r1 - r0)).astype(int) - 1
        rim_column = np.rint(c0 + share * (c1 - c0)).astype(int) - 1
        on = (rim_row >= 0) & (rim_row < rows) & (rim_column >= 0) & (rim_column < columns)
        inside[rim_row[on], rim_column[on]] = True
    return inside
