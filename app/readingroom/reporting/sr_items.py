"""The content items of a DICOM structured report (PS3.3 C.17.3), one function each; all make new datasets."""

from collections.abc import Sequence
from math import cos, isclose, pi, sin

from pydicom.dataset import Dataset

from readingroom.measure.length import longer_first
from readingroom.measure.region import rectangle_corners
from readingroom.record.finding import ImagePoint

Code = tuple[str, str, str]
"""(code value, coding scheme designator, code meaning)."""

CONTAINS = "CONTAINS"
HAS_CONCEPT_MOD = "HAS CONCEPT MOD"
HAS_OBS_CONTEXT = "HAS OBS CONTEXT"
HAS_PROPERTIES = "HAS PROPERTIES"
INFERRED_FROM = "INFERRED FROM"
SELECTED_FROM = "SELECTED FROM"


def coded(code: Code) -> Dataset:
    """A code sequence item; a value of more than 16 characters is a Long Code Value (PS3.3 8.1)."""
    item = Dataset()
    setattr(item, "CodeValue" if len(code[0]) <= 16 else "LongCodeValue", code[0])
    item.CodingSchemeDesignator, item.CodeMeaning = code[1:]
    return item


def text_item(relationship: str, concept: Code, text: str) -> Dataset:
    """A TEXT item; lines end in CR LF (PS3.5 6.1.3)."""
    item = _item(relationship, "TEXT", concept)
    item.TextValue = "\r\n".join(text.splitlines())
    return item


def code_item(relationship: str, concept: Code, value: Code) -> Dataset:
    """A CODE item."""
    item = _item(relationship, "CODE", concept)
    item.ConceptCodeSequence = [coded(value)]
    return item


def name_item(relationship: str, concept: Code, name: str) -> Dataset:
    """A PNAME item."""
    item = _item(relationship, "PNAME", concept)
    item.PersonName = name
    return item


def uid_item(relationship: str, concept: Code, uid: str) -> Dataset:
    """A UIDREF item."""
    item = _item(relationship, "UIDREF", concept)
    item.UID = uid
    return item


def container(concept: Code, children: Sequence[Dataset]) -> Dataset:
    """A CONTAINER that its parent contains, with its children."""
    item = _item(CONTAINS, "CONTAINER", concept)
    item.ContinuityOfContent = "SEPARATE"
    item.ContentSequence = list(children)
    return item


def number_item(relationship: str, concept: Code, value: float, unit: Code, children: Sequence[Dataset]) -> Dataset:
    """A NUM item; the number has ten significant digits, which a DS of 16 characters holds (PS3.5 6.2)."""
    measured = Dataset()
    measured.NumericValue = f"{value:.10g}"
    measured.MeasurementUnitsCodeSequence = [coded(unit)]
    item = _item(relationship, "NUM", concept)
    item.MeasuredValueSequence = [measured]
    if children:
        item.ContentSequence = list(children)
    return item


def coordinates_item(relationship: str, graphic: str, points: Sequence[ImagePoint], image: Dataset) -> Dataset:
    """A SCOORD item selected from an image; points in image coordinates, as DICOM has them (PS3.3 C.18.6.1.2)."""
    item = _item(relationship, "SCOORD", None)
    item.GraphicType = graphic
    item.GraphicData = [float(part) for point in points for part in point]
    item.ContentSequence = [image]
    return item


def image_item(relationship: str, sop_class: str, sop_uid: str, frame: int | None) -> Dataset:
    """An IMAGE item; frame (from 1) where the object has several."""
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = sop_class, sop_uid
    if frame is not None:
        reference.ReferencedFrameNumber = frame
    item = _item(relationship, "IMAGE", None)
    item.ReferencedSOPSequence = [reference]
    return item


def composite_item(relationship: str, sop_class: str, sop_uid: str) -> Dataset:
    """A COMPOSITE item: a whole object, of whatever kind."""
    item = image_item(relationship, sop_class, sop_uid, None)
    item.ValueType = "COMPOSITE"
    return item


def graphic_of(
    tool: str, concept: str, points: Sequence[ImagePoint], scale: tuple[float, float]
) -> tuple[str, tuple[ImagePoint, ...]]:
    """What a tool drew, as GraphicType and points (PS3.3 C.18.6.1.1); scale: (between rows, between columns).

    Of a bidirectional measurement only the line that the concept measures; outlines are closed.
    """
    points = tuple(points)
    if tool == "bidirectional" and len(points) == 4:
        lines = longer_first(points, scale)
        return "POLYLINE", lines[2:] if concept == "Short Axis" else lines[:2]
    if tool == "ellipse" and len(points) == 4:
        return "ELLIPSE", points
    if tool == "probe" or len(points) == 1:
        return "POINT", points[:1]
    if tool == "circle" and len(points) == 2:
        square = isclose(scale[0], scale[1], rel_tol=1e-3)
        return ("CIRCLE", points) if square else ("POLYLINE", _ring(points[0], points[1], scale))
    if tool == "rectangle" and len(points) == 2:
        points = rectangle_corners(points)
    if tool in ("rectangle", "polygon", "freehand", "livewire"):
        return "POLYLINE", (*points, points[0])
    return "POLYLINE", points


def _ring(centre: ImagePoint, edge: ImagePoint, scale: tuple[float, float]) -> tuple[ImagePoint, ...]:
    """A circle in millimetres as a closed path in pixels that are not square."""
    down, across = (edge[1] - centre[1]) * scale[0], (edge[0] - centre[0]) * scale[1]
    radius = (down * down + across * across) ** 0.5
    turns = [2 * pi * n / 72 for n in range(72)]
    ring = tuple((centre[0] + radius * cos(t) / scale[1], centre[1] + radius * sin(t) / scale[0]) for t in turns)
    return (*ring, ring[0])


def _item(relationship: str, value_type: str, concept: Code | None) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = relationship, value_type
    if concept is not None:
        item.ConceptNameCodeSequence = [coded(concept)]
    return item
