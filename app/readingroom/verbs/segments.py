"""Segmentations for verbs: read from a file, as fields and lines, and laid over a picture."""

import argparse
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.display import words
from readingroom.display.fusion import uptake_factor
from readingroom.display.picture import Layer
from readingroom.display.segment_layers import MOST_IN_LEGEND
from readingroom.display.segment_volume import (
    SegmentVolume,
    check_space,
    name_of,
    plane_layers,
    segment_volume,
    volume_words,
)
from readingroom.display.segmentation import Segment, opened_segmentation, segmentation
from readingroom.geometry.plane import Plane
from readingroom.measure.segments import HOW_LARGE, WHICH_VALUES, Size, values_inside
from readingroom.measure.statistics import Statistics
from readingroom.pixels.frame import SuvTags
from readingroom.pixels.voxels import Voxels
from readingroom.verbs.files import bytes_of
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

LEAST_NAMED = (240, 160)
"""In a picture smaller than this, width and height, names would cover what they name: they are in the answer only."""
_LINE_PX = 16


@dataclass(frozen=True, slots=True, eq=False)
class SegmentsAtHand:
    """A segmentation over a series. numbers: the segments that were asked for, None for all."""

    volume: SegmentVolume
    numbers: tuple[int, ...] | None
    values: dict[int, Statistics]
    unit: str
    notes: tuple[str, ...] = ()

    def fields(self) -> list[dict[str, Any]]:
        """Each segment with its size and what the series says inside it."""
        return [
            segment_fields(segment, self.volume.sizes.get(segment.number))
            | _value_fields(self.values.get(segment.number), self.unit)
            for segment in self.volume.chosen(self.numbers)
        ]

    def lines(self) -> list[str]:
        """Name, size and values of each segment, and how they are meant."""
        made = [f"segmentation: {self.volume.of.label}"]
        for segment in self.volume.chosen(self.numbers):
            own = self.values.get(segment.number)
            inside = "no image voxel inside" if own is None else _value_words(own, self.unit)
            made.append(f"segment {segment.number}: {name_of(self.volume, segment)}; {inside}")
        made.append(f"volume: {HOW_LARGE}; values: {WHICH_VALUES}")
        return made + [f"note: {note}" for note in self.said() if note]

    def said(self) -> tuple[str, ...]:
        """What a reader must know of the segmentation and its values."""
        return tuple(note for note in (self.volume.note, *self.notes) if note)

    def said_in(self, answer: Answer) -> Answer:
        """The answer with the segments."""
        about = {
            "label": self.volume.of.label, "sop_uid": self.volume.of.sop_uid, "kind": self.volume.of.kind,
            "how_large": HOW_LARGE, "which_values": WHICH_VALUES, "note": "; ".join(self.said()),
        }  # fmt: skip
        fields = {**answer.fields, "segmentation": about, "segments": self.fields()}
        return replace(answer, fields=fields, lines=(*answer.lines, *self.lines()))

    def laid_on(self, picture: NDArray[np.uint8], plane: Plane) -> NDArray[np.uint8]:
        """A picture of a plane, grey or RGB, under the segments' fills and outlines, with their names; RGB."""
        from readingroom.render.cpu import CpuEngine

        base = np.ascontiguousarray(picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2))
        layers, segments = plane_layers(self.volume, plane, self.numbers)
        below = Layer(base, np.eye(4), None, smooth=False)
        drawn = CpuEngine().render([below, *layers], plane.columns, plane.rows)[..., 2::-1]
        return self.named_on(np.ascontiguousarray(drawn), segments)

    def named_on(self, picture: NDArray[np.uint8], shown: Sequence[Segment] | None = None) -> NDArray[np.uint8]:
        """An RGB picture with the names of what it shows, None for all that were asked for and have a voxel."""
        if shown is None:
            shown = [one for one in self.volume.chosen(self.numbers) if one.number in self.volume.sizes]
        return _named(picture, self.volume.of.label, [(name_of(self.volume, one), one.colour) for one in shown])


def declare(parser: argparse.ArgumentParser) -> None:
    """Which segmentation, and which of its segments."""
    parser.add_argument("--seg", metavar="SEG.dcm", help="a segmentation to draw over it, with sizes and values inside")
    parser.add_argument("--segments", metavar="N,N…", help="only these of its segments, by number")


def asked(options: argparse.Namespace) -> tuple[int, ...] | None:
    """The segments that were asked for, None for all; ReaderError for what is no number."""
    if options.segments is None:
        return None
    if not options.seg:
        raise ReaderError("--segments chooses among the segments of a segmentation; none is named.", "Add --seg.")
    try:
        return tuple(int(part) for part in options.segments.split(","))
    except ValueError as error:
        raise ReaderError(f"“{options.segments}” names no segments.", "Write their numbers: 1,3.") from error


def volume_at(part10: bytes, show: bool = True) -> SegmentVolume:
    """The segmentation of an object, read whole."""
    opened = opened_segmentation(part10)
    of = segmentation(opened.header)
    quiet: AbstractContextManager[Any] = nullcontext(lambda progress: None)
    with shown_progress("segmentation") if show else quiet as told:
        return segment_volume(of, opened, lambda done, most: told(Progress(done, most, "frames")))


def segments_over(
    options: argparse.Namespace, frame_of_reference_uid: str, voxels: Voxels, uptake: Sequence[SuvTags],
    thick: bool = False,
) -> SegmentsAtHand | None:  # fmt: skip
    """The segmentation that was named over a series' voxels, None for none; ReaderError where it is of another space."""
    numbers = asked(options)
    if not options.seg:
        return None
    part10 = bytes_of(Path(options.seg))
    check_space(segmentation(opened_segmentation(part10).header), frame_of_reference_uid)
    volume = volume_at(part10)
    volume.chosen(numbers)
    factor, unit, notes = 1.0, voxels.facts.unit, []
    if voxels.facts.modality == "PT":
        factor, unit, badges = uptake_factor(voxels, uptake)
        notes += [badge.text for badge in badges]
    if voxels.lattice.shrunk > 1:
        notes.append("values are of voxels that were made fewer to save memory")
    if any(plane is not None and plane.share > 0 for plane in voxels.lattice.planes):
        notes.append("some values are of planes interpolated between uneven slices")
    if thick:
        notes.append("segments are drawn of the plane in the middle of the slab")
    return SegmentsAtHand(volume, numbers, values_inside(volume.labels, voxels, factor), unit, tuple(notes))


def segment_fields(segment: Segment, size: Size | None) -> dict[str, Any]:
    """A segment and its size; volume in ml."""
    return {
        "number": segment.number, "label": segment.label, "category": segment.category, "type": segment.kind,
        "algorithm": segment.algorithm_type, "algorithm_name": segment.algorithm, "colour": list(segment.colour),
        "voxels": size.voxels if size else 0, "volume_ml": size.volume_ml if size else 0.0,
        "plus_minus": size.plus_minus_ml if size else 0.0,
    }  # fmt: skip


def _value_fields(own: Statistics | None, unit: str) -> dict[str, Any]:
    if own is None:
        return {"image_voxels": 0, "mean": None, "sd": None, "min": None, "max": None, "unit": unit}
    return {
        "image_voxels": own.n, "mean": own.mean, "sd": own.sd, "min": own.minimum, "max": own.maximum, "unit": unit,
    }  # fmt: skip


def _value_words(own: Statistics, unit: str) -> str:
    named = words.unit(unit) or "value"
    return (
        f"{named} mean {own.mean:.4g}, SD {own.sd:.3g}, {own.minimum:.4g} to {own.maximum:.4g} in {own.n} image voxels"
    )


def _named(
    picture: NDArray[np.uint8], label: str, names: Collection[tuple[str, tuple[int, int, int]]]
) -> NDArray[np.uint8]:
    """The names in the lower left corner, each in its colour on a dark ground; a picture too small for them as it is."""
    from PIL import Image, ImageDraw, ImageFont

    height, width = picture.shape[:2]
    if width < LEAST_NAMED[0] or height < LEAST_NAMED[1]:
        return picture
    most = min(MOST_IN_LEGEND, height // 3 // _LINE_PX)
    lines = [(f"segmentation: {label}", (220, 220, 220)), *list(names)[:most]]
    if len(names) > most:
        lines.append((f"and {len(names) - most} more segments", (220, 220, 220)))
    image, font = Image.fromarray(picture), ImageFont.load_default(12)
    pen = ImageDraw.Draw(image)
    for n, (text, colour) in enumerate(lines):
        at = 8, height - 6 - _LINE_PX * (len(lines) - n)
        pen.text(at, text, fill=colour, font=font, stroke_width=2, stroke_fill=(0, 0, 0))
    return np.asarray(image)


def object_fields(part10: bytes) -> dict[str, Any]:
    """The segments of a segmentation with their sizes; where it has no place in space none, and why."""
    opened = opened_segmentation(part10)
    of = segmentation(opened.header)
    try:
        volume = segment_volume(of, opened)
    except ReaderError as error:
        none = {"voxels": None, "volume_ml": None, "plus_minus": None}
        told = [segment_fields(segment, None) | none for segment in of.segments if segment.number > 0]
        return {"segments": told, "segments_note": f"no volumes: {error.problem}"}
    told = [segment_fields(segment, volume.sizes.get(segment.number)) for segment in volume.segments]
    return {"segments": told, "segments_note": "; ".join(n for n in (HOW_LARGE, volume.note) if n)}


def object_lines(fields: dict[str, Any]) -> list[str]:
    """What object_fields says, as lines."""
    made = []
    for one in fields.get("segments", ()):
        size = None if one["volume_ml"] is None else Size(one["voxels"], one["volume_ml"], one["plus_minus"])
        by = ", ".join(part for part in (one["algorithm"].lower(), one["algorithm_name"]) if part)
        made.append(
            f"segment {one['number']}: {one['label']}" + (f" ({by})" if by else "")
            + (f"  {volume_words(size)}" if size else "")
        )  # fmt: skip
    return made + ([f"volume: {fields['segments_note']}"] if fields.get("segments_note") else [])
