"""A segmentation in space: its segments on its own frames, their sizes, and where they cut any plane."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.display.picture import Badge, Layer, Picture, Tone
from readingroom.display.segment_layers import FILL_ALPHA, named, table_of
from readingroom.display.segmentation import Segment, Segmentation, segment_pixels
from readingroom.geometry.pile import pile_of
from readingroom.geometry.plane import Plane
from readingroom.measure.segments import Size, sizes
from readingroom.pixels.encoded import Encoded
from readingroom.pixels.label_volume import LabelVolume, Part, label_volume, labels_on, parts_of
from readingroom.record.finding import Value

FRACTIONS = "of its fractions those of half or more are drawn and counted"
DRAFT = 2
"""While the hand moves, so many pixels each way take one label."""


@dataclass(frozen=True, slots=True, eq=False)
class SegmentVolume:
    """sizes: of each segment that has a voxel, by number. note: what a reader must know of its frames, "" for nothing."""

    of: Segmentation
    labels: LabelVolume
    sizes: dict[int, Size]
    note: str = ""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Every segment that is described or has a voxel; a label map's background (0) marks nothing (PS3.3 C.8.20.2)."""
        numbers = {segment.number for segment in self.of.segments if segment.number > 0} | set(self.sizes)
        return tuple(self.of.segment(number) for number in sorted(numbers))

    def chosen(self, numbers: Collection[int] | None) -> tuple[Segment, ...]:
        """The segments of these numbers, all for None; ReaderError for a number that there is not."""
        every = {segment.number: segment for segment in self.segments}
        unknown = sorted(set(numbers or ()) - set(every))
        if unknown:
            raise ReaderError(
                f"The segmentation has no segment {unknown[0]}.",
                f"It has {', '.join(str(n) for n in every) or 'none'}.",
            )
        return tuple(every[n] for n in sorted(set(numbers))) if numbers is not None else tuple(every.values())


def segment_volume(
    of: Segmentation, opened: Encoded, told: Callable[[int, int], None] = lambda done, of: None
) -> SegmentVolume:
    """A segmentation read whole; ReaderError where its frames do not say where they lie, or make no pile.

    told: how many of its frames are read. A fraction counts from half of the greatest on.
    """
    planes = [frame.plane for frame in of.frames]
    if None in planes:
        raise ReaderError(
            "The segmentation does not say where in the patient its frames lie.", "Read it over its own images."
        )
    pile, images = pile_of([plane for plane in planes if plane is not None], of.step_mm, of.thickness_mm)
    parts: list[Part] = []
    for n, (frame, image) in enumerate(zip(of.frames, images, strict=True), 1):
        told(n, len(of.frames))
        for number, mask in _masks(of, segment_pixels(opened, frame.frame), frame.segment):
            parts += parts_of(number, image, mask)
    labels = label_volume(pile, parts)
    note = "; ".join(part for part in (pile.note, FRACTIONS if of.kind == "FRACTIONAL" else "") if part)
    return SegmentVolume(of, labels, sizes(labels), note)


def _masks(of: Segmentation, pixels: NDArray[np.uint16], segment: int) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    if of.kind == "LABELMAP":
        for number in np.unique(pixels):
            if number:
                yield int(number), pixels == number
    elif of.kind == "FRACTIONAL":
        yield segment, pixels.astype(np.uint32) * 2 >= of.most
    else:
        yield segment, pixels > 0


def check_space(of: Segmentation, frame_of_reference_uid: str) -> None:
    """ReaderError unless a segmentation lies in a frame of reference: where else it would lie is not guessed."""
    if not of.frame_of_reference_uid or not frame_of_reference_uid:
        raise ReaderError(
            "The segmentation or the series names no Frame of Reference: where one lies to the other is not known.",
            "Read the segmentation over the images that it was drawn on.",
        )
    if of.frame_of_reference_uid != frame_of_reference_uid:
        raise ReaderError(
            "The segmentation has another Frame of Reference than the series.",
            "Name the series that it was drawn on, or one of the same Frame of Reference.",
        )


def plane_layers(
    volume: SegmentVolume, plane: Plane, numbers: Collection[int] | None = None, coarse: int = 1
) -> tuple[tuple[Layer, ...], tuple[Segment, ...]]:
    """A faint fill and an outline of what a plane cuts, and which segments these are; the plane's pixels are the view's.

    coarse: pixels each way that take the label at the middle of them.
    """
    wide = _coarser(plane, coarse)
    segments = volume.chosen(numbers)
    wanted = np.array([segment.number for segment in segments], np.uint16)
    finer = np.diag([1.0 / coarse, 1.0 / coarse, 1.0, 1.0])
    finer[:2, 3] = 0.5 / coarse - 0.5
    made: list[Layer] = []
    seen: set[int] = set()
    for labels in labels_on(volume.labels, wide):
        here = labels if numbers is None else np.where(np.isin(labels, wanted), labels, np.uint16(0))
        present = {int(n) for n in np.unique(here) if n}
        if not present:
            continue
        seen |= present
        pixels, table = np.ascontiguousarray(here), table_of([s for s in segments if s.number in present])
        made.append(Layer(pixels, finer, table, smooth=False, alpha=FILL_ALPHA))
        made.append(Layer(pixels, finer, table, smooth=False, outline=True))
    return tuple(made), tuple(segment for segment in segments if segment.number in seen)


def _coarser(plane: Plane, by: int) -> Plane:
    if by == 1:
        return plane
    down, across = plane.spacing_mm
    middle = plane.to_patient(by / 2, by / 2)
    return Plane(
        middle, plane.row, plane.column, (down * by, across * by), -(-plane.rows // by), -(-plane.columns // by)
    )


def name_of(volume: SegmentVolume, segment: Segment) -> str:
    """A segment with who drew it and how large it is: "Liver (automatic, Name)  1540.2 ml ± 30.1"."""
    size = volume.sizes.get(segment.number)
    return f"{segment.words}  {volume_words(size)}" if size is not None else segment.words


def volume_words(size: Size) -> str:
    """A volume with its error bar, in as many decimals as its size bears."""
    if size.volume_ml >= 1:
        return words.amount(Value("Volume", size.volume_ml, "ml", size.plus_minus_ml))
    return f"{size.volume_ml:.3f} ml ± {size.plus_minus_ml:.3f}"


def segmented(
    picture: Picture, volumes: Sequence[SegmentVolume], plane: Plane, ratio: float = 1.0, draft: bool = False
) -> Picture:
    """A picture of a plane with segmentations over its other layers, their names in a legend and in its caption."""
    layers: list[Layer] = []
    names: list[tuple[str, tuple[int, int, int]]] = []
    notes: list[Badge] = []
    for volume in volumes:
        made, segments = plane_layers(volume, plane, coarse=DRAFT if draft else 1)
        layers += made
        names += [(name_of(volume, segment), segment.colour) for segment in segments]
        notes += [Badge(f"{volume.of.label}: {volume.note}", Tone.AMBER)] if volume.note else []
    said = replace(
        picture.words, badges=(*picture.words.badges, *notes),
        bottom_right=(*(f"segmentation: {volume.of.label}" for volume in volumes), *picture.words.bottom_right),
    )  # fmt: skip
    return replace(
        picture, layers=(*picture.layers, *layers),
        graphics=(*picture.graphics, *named(names, plane.rows, ratio)), words=said,
    )  # fmt: skip
