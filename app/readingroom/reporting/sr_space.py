"""Measurements on planes through a volume in a structured report: coordinates in space, and the plane they lie on."""

from collections.abc import Mapping, Sequence
from math import hypot

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.geometry.plane import cross, dot, unit
from readingroom.geometry.reformat import sum_of
from readingroom.record.finding import ImagePoint, InSpace, Measurement
from readingroom.record.study import Vector
from readingroom.reporting.sr_graphics import SrGraphic
from readingroom.reporting.sr_interop import OWN_TAG, drawn, points_of, tracking_identifier
from readingroom.reporting.sr_items import Code

COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34"
PLANE: Code = ("PLANE", "99READINGROOM", "Plane of measurement")
SOURCE: Code = ("121112", "DCM", "Source of Measurement")
_SQUARE = (1.0, 1.0)
_CLOSED = frozenset({"rectangle", "polygon", "freehand"})


def graphic_in_space(measurement: Measurement, space: InSpace, concept: str) -> tuple[str, tuple[Vector, ...]]:
    """Graphic Type and LPS millimetres of one number (PS3.3 C.18.9.1.2); a circle, which space has not, is an ellipse."""
    depth = _depth(space)
    kind, points = drawn(measurement.tool, concept, _flat(space), _SQUARE)
    if kind == "CIRCLE":
        (x, y), edge = points
        r = hypot(edge[0] - x, edge[1] - y)
        kind, points = "ELLIPSE", ((x - r, y), (x + r, y), (x, y - r), (x, y + r))
    if measurement.tool in _CLOSED:
        kind = "POLYGON"
    return kind, tuple(_lifted(point, space.row, space.column, depth) for point in points)


def identifier_in_space(tool: str) -> str:
    """The Tracking Identifier of what was drawn in space; Cornerstone expects no ellipse where it reads a circle."""
    return f"{OWN_TAG}{tool}" if tool == "circle" else tracking_identifier(tool, "", ((0.0, 0.0), (1.0, 1.0)))


def coordinates_in_space(graphic: str, points_mm: Sequence[Vector], frame_of_reference_uid: str) -> Dataset:
    """A SCOORD3D item that a number is inferred from."""
    if not frame_of_reference_uid:
        raise ReaderError(
            "The images name no frame of reference, so no coordinates in space can be stored.",
            "Measure on the images themselves.",
        )
    item = Dataset()
    item.RelationshipType, item.ValueType = "INFERRED FROM", "SCOORD3D"
    item.GraphicType = graphic
    item.GraphicData = [float(part) for point in points_mm for part in point]
    item.ReferencedFrameOfReferenceUID = frame_of_reference_uid
    return item


def plane_text(space: InSpace) -> str:
    """The plane in words that are read back: "row 1 0 0; column 0 0 -1; slab 10 mm max"."""
    row, column = (" ".join(repr(part) for part in direction) for direction in (space.row, space.column))
    return f"row {row}; column {column}; slab {space.slab_mm!r} mm {space.mode}"


def space_read(tool: str, graphics: Sequence[SrGraphic], plane: str) -> tuple[str, InSpace] | None:
    """Tool and place of a group that this program drew in space; None where it is another's, or does not fit its tool."""
    found = _plane_read(plane)
    spaces = {graphic.space for graphic in graphics}
    if found is None or not tool or not graphics or len(spaces) > 1 or not all(g.points_mm for g in graphics):
        return None
    row, column = found["row"], found["column"]
    normal = unit(cross(row, column))
    depth = dot(graphics[0].points_mm[0], normal)
    flat = [
        (g.concept, _kind(g.kind, tool), tuple((dot(p, row), dot(p, column)) for p in g.points_mm)) for g in graphics
    ]
    known, points = points_of("ellipse" if tool == "circle" else tool, flat)
    if not known or (tool == "circle" and len(points) != 4):
        return None
    if tool == "circle":
        points = ((points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2), points[1]
        known = "circle"
    lifted = tuple(_lifted(point, row, column, depth) for point in points)
    thick, _, mode = plane.rpartition("slab ")[2].partition(" mm ")
    return known, InSpace(lifted, spaces.pop(), row, column, float(thick), mode)


def _kind(kind: str, tool: str) -> str:
    return "POLYLINE" if kind == "POLYGON" and tool in _CLOSED else kind


def _plane_read(plane: str) -> Mapping[str, Vector] | None:
    found: dict[str, Vector] = {}
    for part in plane.split(";"):
        name, *numbers = part.split() or [""]
        if name in ("row", "column") and len(numbers) == 3:
            try:
                x, y, z = (float(number) for number in numbers)
            except ValueError:
                return None
            found[name] = x, y, z
    return found if len(found) == 2 and " mm " in plane else None


def _flat(space: InSpace) -> tuple[ImagePoint, ...]:
    return tuple((dot(p, space.row), dot(p, space.column)) for p in space.points_mm)


def _depth(space: InSpace) -> float:
    return dot(space.points_mm[0], unit(cross(space.row, space.column)))


def _lifted(point: ImagePoint, row: Vector, column: Vector, depth: float) -> Vector:
    return sum_of((row, point[0]), (column, point[1]), (unit(cross(row, column)), depth))
