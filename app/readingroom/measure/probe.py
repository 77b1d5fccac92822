"""The value of the one pixel under a point."""

from math import floor

from readingroom.pixels.frame import Frame
from readingroom.pixels.values import density_mask, modality_values
from readingroom.record.finding import ImagePoint


def pixel_of(point: ImagePoint, rows: int, columns: int) -> tuple[int, int] | None:
    """The (row, column) from 0 of the pixel that holds an image point, None outside; the far edge belongs to it."""
    x, y = point
    if not (0 <= x <= columns and 0 <= y <= rows):
        return None
    return min(floor(y), rows - 1), min(floor(x), columns - 1)


def value_at(frame: Frame, point: ImagePoint) -> float | None:
    """The modality value under an image point; None outside the image, on padding, or where the frame is in colour."""
    if frame.is_colour:
        return None
    place = pixel_of(point, *frame.stored.shape[:2])
    if place is None:
        return None
    row, column = place
    cut = Frame(frame.stored[row : row + 1, column : column + 1], frame.facts)
    return float(modality_values(cut)[0, 0]) if bool(density_mask(cut)[0, 0]) else None
