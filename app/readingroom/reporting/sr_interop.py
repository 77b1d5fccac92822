"""What Cornerstone's tools and ours are called, and how each is drawn in a measurement report."""

from collections.abc import Iterable, Sequence
from math import dist

from pydicom.dataset import Dataset

from readingroom.measure.length import longer_first
from readingroom.record.finding import ImagePoint
from readingroom.reporting.sr_codes import CONCEPTS
from readingroom.reporting.sr_items import Code, graphic_of

TAG = "Cornerstone3DTools@^0.1.0:"
OWN_TAG = "ReadingRoom@1:"
_LEGACY_TAG = "cornerstoneTools@^4.0.0:"
_NAMES = {
    "length": "Length",
    "bidirectional": "Bidirectional",
    "angle": "Angle",
    "cobb": "CobbAngle",
    "ellipse": "EllipticalROI",
    "circle": "CircleROI",
    "rectangle": "RectangleROI",
    "polygon": "PlanarFreehandROI",
    "freehand": "PlanarFreehandROI",
    "livewire": "PlanarFreehandROI",
    "polyline": "PlanarFreehandROI",
    "probe": "Probe",
    "arrow": "ArrowAnnotate",
}
_TOOLS = {name: tool for tool, name in _NAMES.items()} | {"PlanarFreehandROI": "freehand", "RectangleRoi": "rectangle"}
NOT_UNDERSTOOD = ""
_CLOSED_PX = 0.01


def tracking_identifier(tool: str, graphic: str, points: Sequence[ImagePoint]) -> str:
    """The Tracking Identifier (112039) that says which tool drew: Cornerstone's name for what it knows, else our own.

    A circle that is drawn as a path, because its pixels are not square, is a freehand outline to everybody else. A path
    that ends where it began keeps our name: Cornerstone would take its length for an area.
    """
    if tool == "polyline" and dist(points[0], points[-1]) < _CLOSED_PX:
        return f"{OWN_TAG}{tool}"
    name = _NAMES.get("freehand" if tool == "circle" and graphic == "POLYLINE" else tool)
    return f"{TAG}{name}" if name else f"{OWN_TAG}{tool}"


def tool_named(identifier: str) -> str:
    """The tool that a Tracking Identifier names; "" where it is nobody's that we know."""
    if identifier.startswith(OWN_TAG):
        return identifier[len(OWN_TAG) :]
    for tag in (TAG, _LEGACY_TAG):
        if identifier.startswith(tag):
            return _TOOLS.get(identifier[len(tag) :].split(":")[0], NOT_UNDERSTOOD)
    return NOT_UNDERSTOOD


def drawn(
    tool: str, concept: str, points: Sequence[ImagePoint], scale: tuple[float, float]
) -> tuple[str, tuple[ImagePoint, ...]]:
    """GraphicType and points of one number in the form that Cornerstone reads; scale: (between rows, between columns).

    An angle repeats its corner; an arrow begins with its tip; an ellipse begins with its longer axis in the image (PS3.3 C.18.6.1.2).
    """
    if tool == "angle" and len(points) == 3:
        return "POLYLINE", (points[0], points[1], points[1], points[2])
    if tool == "ellipse" and len(points) == 4:
        return "ELLIPSE", longer_first(points, (1.0, 1.0))
    if tool == "arrow":
        return "POLYLINE", tuple(reversed(points))
    return graphic_of(tool, concept, points, scale)


def points_of(
    tool: str, graphics: Sequence[tuple[str, str, tuple[ImagePoint, ...]]]
) -> tuple[str, tuple[ImagePoint, ...]]:
    """Tool and points of a group from its (concept, GraphicType, points); ("", points) where they do not fit the tool.

    The inverse of drawn.
    """
    if not graphics:
        return NOT_UNDERSTOOD, ()
    concept, graphic, points = graphics[0]
    if tool == "bidirectional":
        axes = {concept.casefold(): points for concept, _, points in graphics}
        both = (*axes.get("long axis", ()), *axes.get("short axis", ()))
        return (tool, both) if len(both) == 4 else (NOT_UNDERSTOOD, points)
    if tool == "angle" and len(points) == 4 and points[1] == points[2]:
        return tool, (points[0], points[1], points[3])
    if tool == "arrow" and len(points) == 2:
        points = points[1], points[0]
    # A path may end where it began and still be a path: its number says so.
    closed = len(points) > 3 and points[0] == points[-1] and concept != "Length"
    if tool in ("rectangle", "freehand") and graphic == "POLYLINE":
        if closed:
            points = points[:-1]
        elif tool == "freehand":
            tool = "polyline"
    fits = {
        "length": graphic == "POLYLINE" and len(points) == 2,
        "polyline": graphic == "POLYLINE" and len(points) >= 2,
        "cobb": graphic == "POLYLINE" and len(points) == 4,
        "angle": graphic == "POLYLINE" and len(points) == 3,
        "ellipse": graphic == "ELLIPSE" and len(points) == 4,
        "circle": graphic == "CIRCLE" and len(points) == 2,
        "rectangle": graphic == "POLYLINE" and len(points) == 4,
        "freehand": graphic in ("POLYLINE", "POLYGON") and len(points) >= 3,
        "probe": graphic == "POINT" and len(points) >= 1,
        "arrow": graphic == "POLYLINE" and len(points) == 2,
    }
    if tool not in fits:
        return tool, points
    return (tool, points[:1] if tool == "probe" else points) if fits[tool] else (NOT_UNDERSTOOD, points)


def spelled_everywhere(items: Iterable[Dataset]) -> None:
    """Name the character set again in every item with letters beyond ASCII (PS3.5 7.5.3).

    dcmjs, and so OHIF with files, forgets the document's character set inside sequences.
    """
    for item in items:
        for element in list(item):
            if element.VR == "SQ":
                spelled_everywhere(element.value)
            elif not str(element.value).isascii():
                item.SpecificCharacterSet = "ISO_IR 192"


def concept_of(tool: str, concept: str) -> str:
    """The concept under which a number is written: Cornerstone knows every angle as a Cobb angle."""
    return "Cobb angle" if tool == "angle" and concept == "Angle" else concept


def concept_read(tool: str, code: Code) -> str:
    """The concept of a number that was read, in our words where the code is one of ours."""
    ours = next((name for name, known in CONCEPTS.items() if known[:2] == code[:2]), code[2])
    return "Angle" if tool == "angle" and ours == "Cobb angle" else ours
