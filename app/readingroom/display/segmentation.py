"""A segmentation as a frozen value, and which of its frames lie on an image."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.display.colours import Rgb, rgb_of_cielab
from readingroom.geometry.plane import Plane, dot
from readingroom.pixels.attributes import item, items, number, numbers, text, whole
from readingroom.pixels.decode import decode_frame
from readingroom.pixels.encoded import Encoded, open_object
from readingroom.pixels.facts import facts_with
from readingroom.record.study import FrameRef

SEGMENTATION_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"})
KINDS = frozenset({"BINARY", "FRACTIONAL", "LABELMAP"})
OWN_COLOURS: tuple[Rgb, ...] = (
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (213, 94, 0), (204, 121, 167), (120, 200, 120),
    (160, 140, 230),
)  # fmt: skip
"""For segments without a recommended colour, told apart also by those who see colours differently."""
_SAME_PLACE_MM = 0.05
_PARALLEL = 0.9995


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment (PS3.3 C.8.20.4): what it is, and who or what drew it (MANUAL, SEMIAUTOMATIC, AUTOMATIC).

    kind, category: the meanings of its property type and of that type's category.
    """

    number: int
    label: str
    kind: str = ""
    algorithm_type: str = ""
    algorithm: str = ""
    colour: Rgb = OWN_COLOURS[0]
    category: str = ""

    @property
    def words(self) -> str:
        """Label with provenance: "Liver (automatic, TotalSegmentator)"."""
        made = ", ".join(part for part in (self.algorithm_type.lower(), self.algorithm) if part)
        return f"{self.label} ({made})" if made else self.label


@dataclass(frozen=True, slots=True)
class SegmentFrame:
    """One frame (from 1): its segment (0 in a label map, whose pixels name their segments), its place, its sources."""

    frame: int
    segment: int
    plane: Plane | None
    sources: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Segmentation:
    """One segmentation object. kind: BINARY, FRACTIONAL or LABELMAP; most: the value that stands for all of a pixel.

    thickness_mm: of its slices, 0 where unknown; step_mm: from one to the next as it says, 0 for nothing. images: SOP Instance UIDs that it says it was drawn on.
    """

    sop_uid: str
    label: str
    kind: str
    rows: int
    columns: int
    segments: tuple[Segment, ...]
    frames: tuple[SegmentFrame, ...]
    frame_of_reference_uid: str = ""
    most: int = 1
    thickness_mm: float = 0.0
    images: frozenset[str] = frozenset()
    step_mm: float = 0.0

    def segment(self, number_: int) -> Segment:
        """The segment of a number; one that is not described is named by its number."""
        named = next((one for one in self.segments if one.number == number_), None)
        return named or Segment(number_, f"segment {number_}, not described", colour=_own_colour(number_))

    def on(self, ref: FrameRef, plane: Plane | None, frame_of_reference_uid: str) -> tuple[SegmentFrame, ...]:
        """Its frames that lie on an image, at most the nearest of each segment.

        By geometry within one frame of reference: parallel planes not further apart than half a slice. A frame without
        a place belongs to the images that it names as its sources.
        """
        near: dict[int, tuple[float, SegmentFrame]] = {}
        for frame in self.frames:
            away = self._away(frame, ref, plane, frame_of_reference_uid)
            if away is not None and away < near.get(frame.segment, (np.inf,))[0]:
                near[frame.segment] = away, frame
        return tuple(frame for _, frame in near.values())

    def _away(self, frame: SegmentFrame, ref: FrameRef, plane: Plane | None, space: str) -> float | None:
        if frame.plane is None or plane is None:
            named = any(uid == ref.sop_uid and number_ in (0, ref.frame) for uid, number_ in frame.sources)
            return 0.0 if named and frame.plane is None else None
        if not space or space != self.frame_of_reference_uid:
            return None
        if abs(dot(frame.plane.normal, plane.normal)) < _PARALLEL:
            return None
        distance = abs(plane.distance_mm(frame.plane.position_mm))
        return distance if distance <= max(_SAME_PLACE_MM, self.thickness_mm / 2) else None


def segmentation(dataset: Dataset) -> Segmentation:
    """The segmentation in an object's whole header; ReaderError where it is of another class or of no kind known."""
    kind = text(dataset, "SegmentationType").upper()
    if text(dataset, "SOPClassUID") not in SEGMENTATION_CLASSES or kind not in KINDS:
        raise ReaderError("This object is not a segmentation that can be drawn.", "Look at its tags.")
    rows, columns = whole(dataset, "Rows"), whole(dataset, "Columns")
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    shared = item(dataset, "SharedFunctionalGroupsSequence")
    count = max(1, whole(dataset, "NumberOfFrames", 1))
    frames = [_frame(dataset, n, per_frame[n - 1] if n <= len(per_frame) else None, shared, kind) for n in range(1, count + 1)]  # fmt: skip
    measures = next((m for place in (*per_frame[:1], shared) if place and (m := item(place, "PixelMeasuresSequence"))), Dataset())  # fmt: skip
    return Segmentation(
        sop_uid=text(dataset, "SOPInstanceUID"),
        label=text(dataset, "ContentLabel") or text(dataset, "SeriesDescription") or "Segmentation",
        kind=kind, rows=rows, columns=columns,
        segments=tuple(_segments(dataset)), frames=tuple(frames),
        frame_of_reference_uid=text(dataset, "FrameOfReferenceUID"),
        most=max(1, whole(dataset, "MaximumFractionalValue", 255)) if kind == "FRACTIONAL" else 1,
        thickness_mm=max(0.0, number(measures, "SliceThickness") or number(measures, "SpacingBetweenSlices") or 0.0),
        images=frozenset(_referenced(dataset)),
        step_mm=max(0.0, number(measures, "SpacingBetweenSlices") or 0.0),
    )  # fmt: skip


def opened_segmentation(part10: bytes) -> Encoded:
    """The object ready for segment_pixels; a label map's palette is left out, for its pixels name segments."""
    opened = open_object(part10)
    if text(opened.header, "SegmentationType").upper() == "LABELMAP":
        opened.header.PhotometricInterpretation = "MONOCHROME2"
        for keyword in [element.keyword for element in opened.header if "PaletteColorLookupTable" in element.keyword]:
            del opened.header[keyword]
    return opened


def segment_pixels(opened: Encoded, frame: int) -> NDArray[np.uint16]:
    """One frame (from 1) as it is stored, shape (rows, columns): 0 and 1, fractions up to most, or segment numbers."""
    return decode_frame(opened, frame).stored.astype(np.uint16)


def _frame(dataset: Dataset, n: int, own: Dataset | None, shared: Dataset | None, kind: str) -> SegmentFrame:
    places = [place for place in (own, shared) if place is not None]
    named = next((found for p in places if (found := item(p, "SegmentIdentificationSequence")) is not None), None)
    segment = whole(named, "ReferencedSegmentNumber") if named is not None else 0
    sources = tuple(
        (text(source, "ReferencedSOPInstanceUID"), whole(source, "ReferencedFrameNumber"))
        for place in places
        for derivation in items(place, "DerivationImageSequence")
        for source in items(derivation, "SourceImageSequence")
    )
    plane = facts_with(dataset, n, own).plane
    return SegmentFrame(n, 0 if kind == "LABELMAP" else segment, plane, sources)


def _segments(dataset: Dataset) -> Iterator[Segment]:
    for n, one in enumerate(items(dataset, "SegmentSequence")):
        value = whole(one, "SegmentNumber", n + 1)
        kind = item(one, "SegmentedPropertyTypeCodeSequence")
        meaning = text(kind, "CodeMeaning") if kind is not None else ""
        group = item(one, "SegmentedPropertyCategoryCodeSequence")
        colour = rgb_of_cielab(numbers(one, "RecommendedDisplayCIELabValue"))
        yield Segment(
            value, text(one, "SegmentLabel") or meaning or f"segment {value}", meaning,
            text(one, "SegmentAlgorithmType").upper(), text(one, "SegmentAlgorithmName"), colour or _own_colour(value),
            text(group, "CodeMeaning") if group is not None else "",
        )  # fmt: skip


def _own_colour(value: int) -> Rgb:
    return OWN_COLOURS[(value - 1) % len(OWN_COLOURS)]


def _referenced(dataset: Dataset) -> Iterator[str]:
    for series in items(dataset, "ReferencedSeriesSequence"):
        for instance in items(series, "ReferencedInstanceSequence"):
            yield text(instance, "ReferencedSOPInstanceUID")
