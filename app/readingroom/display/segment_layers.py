"""Segments over an image: label pictures with their colours, laid where their planes lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readingroom.display.camera import Camera
from readingroom.display.colours import Rgb
from readingroom.display.picture import Graphic, LabelGraphic, Layer, Role
from readingroom.display.segmentation import Segment, Segmentation, SegmentFrame, segment_pixels
from readingroom.geometry.plane import Plane
from readingroom.pixels.encoded import Encoded

FILL_ALPHA = 0.22
MOST_IN_LEGEND = 10


@dataclass(frozen=True, slots=True, eq=False)
class SegmentPicture:
    """Segments of one image that do not overlap, as one picture.

    pixels: segment numbers, or fractions of one segment, shape (rows, columns). to_pixels: 4 x 4, voxel index of the
    image to pixel index of the segments, centres at integers. table: (65 536, 4) blue, green, red, alpha.
    outlined: segments have borders; fractions have none.
    """

    pixels: NDArray[np.uint16]
    to_pixels: NDArray[np.float64]
    table: NDArray[np.uint8]
    segments: tuple[Segment, ...]
    outlined: bool = True


def segment_pictures(
    of: Segmentation, opened: Encoded, frames: Sequence[SegmentFrame], plane: Plane | None
) -> tuple[SegmentPicture, ...]:
    """The pictures of the frames that lie on one image (Segmentation.on), overlapping segments in pictures of their own."""
    if of.kind == "FRACTIONAL":
        return tuple(_fractions(of, opened, frames, plane))
    made: list[tuple[NDArray[np.uint16], NDArray[np.float64], list[int]]] = []
    for frame in frames:
        pixels, to_pixels = segment_pixels(opened, frame.frame), to_segment(frame.plane, plane)
        if of.kind == "BINARY":
            pixels = (pixels > 0).astype(np.uint16) * np.uint16(frame.segment)
        numbers = [int(value) for value in np.unique(pixels) if value]
        home = next((m for m in made if np.array_equal(m[1], to_pixels) and not (m[0][pixels > 0] > 0).any()), None)
        if home is None:
            made.append((pixels, to_pixels, numbers))
        else:
            home[0][pixels > 0] = pixels[pixels > 0]
            home[2].extend(numbers)
    return tuple(
        SegmentPicture(
            pixels, to_pixels, table_of(segments := tuple(of.segment(n) for n in sorted(set(numbers)))), segments
        )
        for pixels, to_pixels, numbers in made
        if numbers
    )


def layers(pictures: Sequence[SegmentPicture], camera: Camera) -> Iterator[Layer]:
    """Each picture as a faint fill under its outline."""
    for picture in pictures:
        matrix = picture.to_pixels @ camera.matrix
        if picture.outlined:
            yield Layer(picture.pixels, matrix, picture.table, smooth=False, alpha=FILL_ALPHA)
            yield Layer(picture.pixels, matrix, picture.table, smooth=False, outline=True)
        else:
            yield Layer(picture.pixels, matrix, picture.table, smooth=False)


def legend(pictures: Sequence[SegmentPicture], camera: Camera, ratio: float) -> Iterator[Graphic]:
    """Names of the segments on the image in their colours, with who or what drew them."""
    segments = dict.fromkeys(segment for picture in pictures for segment in picture.segments)
    yield from named([(segment.words, segment.colour) for segment in segments], camera.height, ratio)


def named(names: Sequence[tuple[str, Rgb]], height: float, ratio: float) -> Iterator[Graphic]:
    """A line for each name in its colour, at the left of a picture so many device pixels high."""
    step, left, top = 17.0 * ratio, 12.0 * ratio, height * 0.56
    for n, (name, colour) in enumerate(names[:MOST_IN_LEGEND]):
        yield LabelGraphic((left, top + n * step), (f"■ {name}",), Role.PRESENTATION, colour=colour)
    if len(names) > MOST_IN_LEGEND:
        more = f"and {len(names) - MOST_IN_LEGEND} more segments"
        yield LabelGraphic((left, top + MOST_IN_LEGEND * step), (more,), Role.PRESENTATION)


def to_segment(segment: Plane | None, image: Plane | None) -> NDArray[np.float64]:
    """4 x 4: voxel index of an image to pixel index of a segment frame on its plane; the identity where one has no place."""
    matrix = np.eye(4)
    if segment is None or image is None:
        return matrix
    corners = [segment.to_image(image.to_patient(x, y)) for x, y in ((0.5, 0.5), (1.5, 0.5), (0.5, 1.5))]
    (x0, y0), (x1, y1), (x2, y2) = corners
    matrix[0, :] = x1 - x0, x2 - x0, 0.0, x0 - 0.5
    matrix[1, :] = y1 - y0, y2 - y0, 0.0, y0 - 0.5
    return np.where(np.abs(matrix - np.rint(matrix)) < 1e-4, np.rint(matrix), matrix)


def _fractions(
    of: Segmentation, opened: Encoded, frames: Sequence[SegmentFrame], plane: Plane | None
) -> Iterator[SegmentPicture]:
    for frame in frames:
        pixels = segment_pixels(opened, frame.frame)
        if not pixels.any():
            continue
        segment = of.segment(frame.segment)
        table = np.zeros((65536, 4), np.uint8)
        table[:, :3] = segment.colour[::-1]
        table[:, 3] = np.minimum(np.arange(65536) / of.most, 1.0) * 160
        yield SegmentPicture(pixels, to_segment(frame.plane, plane), table, (segment,), outlined=False)


def table_of(segments: Sequence[Segment]) -> NDArray[np.uint8]:
    """(65 536, 4) blue, green, red, alpha: the segments' colours at their numbers, nothing elsewhere."""
    table = np.zeros((65536, 4), np.uint8)
    for segment in segments:
        table[segment.number] = (*segment.colour[::-1], 255)
    return table
