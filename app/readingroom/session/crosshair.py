"""One point of the patient in every viewport in which it is known: pointed at in one, met in all."""

from collections.abc import Sequence
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.display.compose import CrossMark
from readingroom.geometry.joined import Registration
from readingroom.geometry.plane import dot
from readingroom.record.finding import ImagePoint
from readingroom.session.case import Case, Crosshair
from readingroom.session.desk import Desk
from readingroom.session.sync import placed_at, way

TOOL = "crosshair"
NEAR_MM = 0.5
"""Where neighbours are not known, a point farther than this from an image lies beside it."""


def meet(desk: Desk, tile: int, point: ImagePoint) -> None:
    """Every viewport that shares the space of a tile's image, or is registered to it, goes to a point of that image."""
    case = desk.case
    stack = case.stack_at(tile) if case is not None else None
    plane = stack.plane(case.tiles[tile].index) if case is not None and stack is not None else None
    if case is None or stack is None:
        return
    if plane is None:
        remedy = "Point in a series whose images are placed in the patient."
        desk.notice(ReaderError("This image has no place in the patient.", remedy), "calm")
        return
    at_mm = plane.to_patient(*point)
    placed = placed_at(case, tile, at_mm, desk.documents.registrations)
    desk.change(replace(placed, crosshair=Crosshair(at_mm, stack.id)))


def mark_on(case: Case, tile: int, registrations: Sequence[Registration] = ()) -> CrossMark | None:
    """Where the point lies on a tile's image, and whether in it or beside it; None where it is not known or not asked for.

    Beside: farther from the image than half the way to its neighbour.
    """
    mark, target = case.crosshair, case.stack_at(tile)
    source = case.stack(mark.stack_id) if mark is not None else None
    plane = target.plane(case.tiles[tile].index) if target is not None else None
    if case.tool != TOOL or mark is None or source is None or target is None or plane is None:
        return None
    found = way(source, target, case.links, registrations)
    if source.id != target.id and (found is None or not found.is_whole):
        return None
    point = mark.at_mm if found is None else found.point(mark.at_mm)
    index = case.tiles[tile].index
    beside = [other for n in (index - 1, index + 1) if (other := target.plane(n)) is not None]
    half = min((abs(dot(other.position_mm, plane.normal) - plane.depth_mm) / 2 for other in beside), default=NEAR_MM)
    return CrossMark(plane.to_image(point), abs(plane.distance_mm(point)) > max(half, NEAR_MM) + 1e-6)
