"""A presentation state as a DICOM object: how an image is seen and what is drawn on it (PS3.3 A.33.1, A.33.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.display.annotate import text_lines
from readingroom.display.view import ViewState
from readingroom.measure.calibration import spacing_of
from readingroom.measure.refused import Refused
from readingroom.measure.region import rectangle_corners
from readingroom.pixels.frame import FrameFacts, LookupTable, Voi
from readingroom.pixels.managed import srgb_profile
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.reporting.sr_header import begun, limited, part10
from readingroom.settings.sections import ReaderSettings

GREY_STATE = "1.2.840.10008.5.1.4.1.1.11.1"
COLOUR_STATE = "1.2.840.10008.5.1.4.1.1.11.2"
LAYER = "MEASUREMENTS"
_MOST_POINTS = 5000
_CLOSED = frozenset({"rectangle", "polygon", "freehand", "livewire"})
_TWO_LINES = frozenset({"bidirectional", "cobb", "open_angle", "ellipsoid"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame as it is seen: its header, its facts, the view (already through any other state), its window.

    voi: the window in use, None for a colour image. area: left, top, right, bottom of what the glass shows in image
    coordinates, None for the whole image. measurements: those drawn on this frame.
    """

    header: Dataset
    facts: FrameFacts
    view: ViewState
    voi: Voi | None
    area: tuple[float, float, float, float] | None = None
    measurements: tuple[Measurement, ...] = ()


def presentation_object(
    seen: Sequence[Seen], label: str, description: str, reader: ReaderSettings, at: datetime
) -> bytes:
    """One state for frames of one examination as Part 10 bytes, in ISO_IR 192, with a new SOP Instance UID.

    The state looks as the glass does in anybody's viewer: its grey levels, window, polarity, turn, mirror, area and
    shutter, and the measurements as graphics with their numbers as text. The frames share turn, mirror, modality
    values, polarity and shutter (PS3.3 A.33.1), or ReaderError says which differs. label: at most 16 characters of
    capitals, digits, space and underscore (CS).
    """
    first = _checked(seen)
    colour = first.voi is None
    document = begun(first.header, new_uid(), at)
    for only_reports in ("PerformedProcedureCodeSequence", "ReferencedPerformedProcedureStepSequence"):
        del document[only_reports]
    del document.ContentDate, document.ContentTime
    document.Laterality = ""
    document.SOPClassUID = COLOUR_STATE if colour else GREY_STATE
    document.Modality, document.SeriesNumber, document.SeriesDescription = "PR", 9002, "Presentation states"
    document.ContentLabel = _label(label)
    document.ContentDescription = limited(description, 64, "The description")
    document.PresentationCreationDate, document.PresentationCreationTime = f"{at:%Y%m%d}", f"{at:%H%M%S}"
    document.ContentCreatorName = limited(reader.name, 64, "The reader's name")
    document.ReferencedSeriesSequence = _series(seen)
    document.DisplayedAreaSelectionSequence = [_area(one) for one in seen]
    if first.view.rotation % 360 or first.view.flipped:
        document.ImageRotation = first.view.rotation % 360
        document.ImageHorizontalFlip = "Y" if first.view.flipped else "N"
    _draw(document, seen)
    _shutter(document, first.facts)
    if colour:
        document.ICCProfile = srgb_profile()
    else:
        _grey(document, seen)
    return part10(document)


def _checked(seen: Sequence[Seen]) -> Seen:
    if not seen:
        raise ReaderError("There is no image to keep the view of.", "Show one first.")
    first = seen[0]
    for what, ask in _SHARED.items():
        if any(ask(one) != ask(first) for one in seen):
            raise ReaderError(
                f"These images are of different {what}, which one presentation state cannot hold.",
                "Keep one state for each.",
            )
    needed = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    if not all(one.header.get(keyword) for one in seen for keyword in needed):
        raise ReaderError("An image names no class or no UIDs, so no state can refer to it.", "Have it sent again.")
    return first


_SHARED: Mapping[str, Any] = {
    "examinations": lambda one: (str(one.header.get("StudyInstanceUID", "")), str(one.header.get("PatientID", ""))),
    "kinds (grey and colour)": lambda one: one.voi is None,
    "turns": lambda one: (one.view.rotation % 360, one.view.flipped),
    "polarities": lambda one: _shape(one),
    "modality values": lambda one: (one.facts.slope, one.facts.intercept, one.facts.modality_lut is None),
}


def _label(label: str) -> str:
    made = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in label.upper())
    return " ".join(made.split())[:16].strip() or "VIEW"


def _series(seen: Sequence[Seen]) -> list[Dataset]:
    found: dict[str, list[Dataset]] = {}
    for one in seen:
        found.setdefault(str(one.header.SeriesInstanceUID), []).append(_reference(one))
    made = []
    for series_uid, images in found.items():
        series = Dataset()
        series.SeriesInstanceUID, series.ReferencedImageSequence = series_uid, images
        made.append(series)
    return made


def _reference(one: Seen) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = str(one.header.SOPClassUID)
    reference.ReferencedSOPInstanceUID = str(one.header.SOPInstanceUID)
    if one.facts.frames > 1:
        reference.ReferencedFrameNumber = one.facts.ref.frame
    return reference


def _area(one: Seen) -> Dataset:
    """The corners are those on the glass, after the turn (PS3.3 C.10.4)."""
    left, top, right, bottom = one.area or (0.0, 0.0, float(one.facts.columns), float(one.facts.rows))
    first, last = _corners(one.view, _whole(left) + 1, _whole(top) + 1, _whole(right), _whole(bottom))
    item = Dataset()
    item.ReferencedImageSequence = [_reference(one)]
    item.DisplayedAreaTopLeftHandCorner, item.DisplayedAreaBottomRightHandCorner = list(first), list(last)
    item.PresentationSizeMode = "SCALE TO FIT"
    try:
        spacing = spacing_of(one.facts)
    except Refused:
        spacing = None
    if spacing is not None and spacing.row_mm is not None and spacing.column_mm is not None:
        item.PresentationPixelSpacing = [f"{spacing.row_mm:.10g}", f"{spacing.column_mm:.10g}"]
    else:
        aspect = spacing.aspect if spacing is not None else 1.0
        item.PresentationPixelAspectRatio = [max(1, round(aspect * 1000)), 1000]
    return item


def _whole(edge: float) -> int:
    return max(-(2**30), min(2**30, round(edge)))


def _corners(view: ViewState, left: int, top: int, right: int, bottom: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The image pixels at the top left and the bottom right of the glass after turn and mirror."""
    around = [(left, top), (right, top), (right, bottom), (left, bottom)]
    turns = (view.rotation % 360) // 90
    # Turning clockwise brings the corner before to the top left.
    shown = [around[(n - turns) % 4] for n in range(4)]
    if view.flipped:
        shown = [shown[1], shown[0], shown[3], shown[2]]
    return shown[0], shown[2]


def _grey(document: Dataset, seen: Sequence[Seen]) -> None:
    facts = seen[0].facts
    if facts.modality_lut is not None:
        document.ModalityLUTSequence = [_table(facts.modality_lut, "US")]
    else:
        document.RescaleIntercept, document.RescaleSlope = f"{facts.intercept:.10g}", f"{facts.slope:.10g}"
        document.RescaleType = "HU" if facts.unit == "HU" else "US"
    document.SoftcopyVOILUTSequence = [_window(one) for one in seen]
    if facts.presentation_lut is not None:
        document.PresentationLUTSequence = [_table(facts.presentation_lut, None)]
    else:
        document.PresentationLUTShape = _shape(seen[0])


def _shape(one: Seen) -> str:
    return "INVERSE" if one.facts.inverse != one.view.inverted else "IDENTITY"


def _window(one: Seen) -> Dataset:
    item, voi = Dataset(), one.voi
    item.ReferencedImageSequence = [_reference(one)]
    if voi is not None and voi.table is not None:
        item.VOILUTSequence = [_table(voi.table, None)]
    elif voi is not None:
        if not (isfinite(voi.centre) and isfinite(voi.width)):
            raise ReaderError("The window is no number.", "Set it again.")
        item.WindowCenter, item.WindowWidth = f"{voi.centre:.10g}", f"{voi.width:.10g}"
        if voi.function != "LINEAR":
            item.VOILUTFunction = voi.function
    return item


def _table(table: LookupTable, kind: str | None) -> Dataset:
    """A table of 8 or 16 bits, as a presentation state holds it (PS3.3 C.11.1.1, C.11.2.1.1).

    Others are spread over 16 bits, which changes no grey; the entries of a modality table are values and stay.
    """
    entries, bits = table.entries, table.bits
    if bits not in (8, 16):
        if kind is None:
            entries = np.rint(entries.astype(np.float64) * (65535.0 / ((1 << bits) - 1))).astype(np.uint16)
        bits = 16
    item, count, below = Dataset(), len(entries) % 65536, table.first_mapped < 0
    # Beside a negative first value the count, too, is what a signed word makes of its bits.
    words = count - 65536 if below and count > 32767 else count
    item.add_new("LUTDescriptor", "SS" if below else "US", [words, table.first_mapped, bits])
    if table.explanation:
        item.LUTExplanation = table.explanation[:64]
    if kind is not None:
        item.ModalityLUTType = kind
    item.add_new("LUTData", "OW", np.ascontiguousarray(entries, dtype="<u2").tobytes())
    return item


def _shutter(document: Dataset, facts: FrameFacts) -> None:
    """The image's own shutter, which a state must name to keep (PS3.3 C.7.6.11, C.11.12)."""
    if facts.shutter is None:
        return
    shutter = facts.shutter
    document.ShutterShape = list(shutter.shapes)
    if "RECTANGULAR" in shutter.shapes:
        document.ShutterLeftVerticalEdge, document.ShutterRightVerticalEdge = shutter.left, shutter.right
        document.ShutterUpperHorizontalEdge, document.ShutterLowerHorizontalEdge = shutter.upper, shutter.lower
    if "CIRCULAR" in shutter.shapes:
        document.CenterOfCircularShutter, document.RadiusOfCircularShutter = list(shutter.centre), shutter.radius
    if "POLYGONAL" in shutter.shapes:
        document.VerticesOfThePolygonalShutter = [part for corner in shutter.vertices for part in corner]
    document.ShutterPresentationValue = shutter.value or 0


def _draw(document: Dataset, seen: Sequence[Seen]) -> None:
    annotations = [annotation for one in seen if (annotation := _annotation(one)) is not None]
    if not annotations:
        return
    layer = Dataset()
    layer.GraphicLayer, layer.GraphicLayerOrder = LAYER, 1
    layer.GraphicLayerDescription = "Measurements"
    document.GraphicLayerSequence = [layer]
    document.GraphicAnnotationSequence = annotations


def _annotation(one: Seen) -> Dataset | None:
    shapes = [shape for measurement in one.measurements for shape in _shapes(measurement)]
    texts = [text for measurement in one.measurements if (text := _text(measurement)) is not None]
    if not shapes and not texts:
        return None
    item = Dataset()
    item.ReferencedImageSequence, item.GraphicLayer = [_reference(one)], LAYER
    if texts:
        item.TextObjectSequence = texts
    if shapes:
        item.GraphicObjectSequence = shapes
    return item


def _shapes(measurement: Measurement) -> list[Dataset]:
    tool, points = measurement.tool, measurement.points
    if tool == "circle" and len(points) == 2:
        return [_graphic("CIRCLE", points)]
    if tool == "ellipse" and len(points) == 4:
        return [_graphic("ELLIPSE", points)]
    if len(points) == 1 or tool == "points":
        return [_graphic("POINT", (point,)) for point in points]
    if tool in _TWO_LINES:
        return [_graphic("POLYLINE", points[n : n + 2]) for n in range(0, len(points) - 1, 2)]
    if tool in _CLOSED:
        corners = rectangle_corners(points) if tool == "rectangle" else points
        return [_graphic("POLYLINE", (*corners, corners[0]))]
    return [_graphic("POLYLINE", points)]


def _graphic(kind: str, points: Sequence[ImagePoint]) -> Dataset:
    if len(points) > _MOST_POINTS:
        raise ReaderError(f"An outline has {len(points)} points, and a state holds {_MOST_POINTS}.", "Draw it simpler.")
    item = Dataset()
    item.GraphicAnnotationUnits, item.GraphicDimensions = "PIXEL", 2
    item.NumberOfGraphicPoints, item.GraphicType = len(points), kind
    item.GraphicData = [float(part) for point in points for part in point]
    if kind in ("CIRCLE", "ELLIPSE") or (kind == "POLYLINE" and len(points) > 2 and points[0] == points[-1]):
        item.GraphicFilled = "N"
    return item


def _text(measurement: Measurement) -> Dataset | None:
    lines = text_lines(measurement)
    if not lines or not measurement.points:
        return None
    item = Dataset()
    item.AnchorPointAnnotationUnits = "PIXEL"
    item.UnformattedTextValue = "\r\n".join(lines)[:1024]
    arrow = measurement.tool == "arrow"
    at = measurement.points[-1] if arrow else max(measurement.points, key=lambda point: point[0])
    item.AnchorPoint = [float(at[0]), float(at[1])]
    item.AnchorPointVisibility = "Y" if arrow else "N"
    return item
