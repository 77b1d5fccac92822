"""Scrolling together: by patient position in one frame of reference, by a registration, or by an offset that is shown.

Never by index: where neither is known a viewport stays where it is and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.geometry.joined import Registration, joined_or_none
from readingroom.geometry.plane import Plane, dot
from readingroom.record.study import Vector
from readingroom.session.case import Case, Link
from readingroom.session.tiling import paged

PARALLEL = 0.985
"""Least cosine between two normals (about 10 degrees) for stacks that scroll together."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a place in one stack is found in another.

    matrix: LPS mm to LPS mm where a registration says so, None within one frame of reference. offset_mm: along the normal,
    where the reader linked the two at the slices shown, None else; then nothing is known across the plane.
    """

    matrix: NDArray[np.float64] | None = None
    offset_mm: float | None = None
    registration: Registration | None = None

    def point(self, at_mm: Vector) -> Vector:
        """Where a patient point of the one lies in the other, for ways by position."""
        return at_mm if self.matrix is None else _vector(self.matrix @ np.array((*at_mm, 1.0)))

    def direction(self, along: Vector) -> Vector:
        """A direction of the one in the other."""
        if self.matrix is None:
            return along
        turned = self.matrix[:3, :3] @ np.array(along)
        return _vector(turned / (float(np.linalg.norm(turned)) or 1.0))

    @property
    def is_whole(self) -> bool:
        """Whether points are known, not only depths."""
        return self.offset_mm is None


def way(source: Stack, target: Stack, links: Sequence[Link], registrations: Sequence[Registration]) -> Way | None:
    """How places of one stack are found in another: the same space, a registration, the reader's offset; else None."""
    join = joined_or_none(source.frame_of_reference_uid, target.frame_of_reference_uid, registrations)
    if join is not None:
        return Way(join.matrix, None, join.by)
    offset = offset_between(links, source.id, target.id)
    return Way(None, offset) if offset is not None else None


def scrolled(case: Case, tile: int, index: int, registrations: Sequence[Registration] = ()) -> Case:
    """The case with a tile at another image and, when linked, its companions at the same place in the patient."""
    if case.is_tiled:
        return paged(case, index)
    stack = case.stack_at(tile)
    if stack is None:
        return case
    view = case.tiles[tile].at(index, len(stack.frames))
    moved = case.with_tile(tile, view)
    if not case.linked:
        return moved
    plane = stack.plane(view.index)
    if plane is None:
        return moved
    tiles = tuple(
        old if n == tile or not in_step(view, old) else _followed(case, stack, plane, old, registrations)
        for n, old in enumerate(moved.tiles)
    )
    return replace(moved, tiles=tiles)


def in_step(view: ViewState, other: ViewState) -> bool:
    """Whether two viewports scroll in one group: the protocol may keep apart what it named apart."""
    mine, far = view.in_group("scroll"), other.in_group("scroll")
    return not mine or not far or mine == far


def _followed(
    case: Case, source: Stack, plane: Plane, view: ViewState, registrations: Sequence[Registration]
) -> ViewState:
    target = case.stack(view.stack_id)
    found = way(source, target, case.links, registrations) if target is not None and target.id != source.id else None
    if target is None or found is None or not _lies_along(found.direction(plane.normal), target):
        return view
    if found.offset_mm is not None:
        return view.at(nearest_depth(target, plane.depth_mm + found.offset_mm, plane), len(target.frames))
    middle = found.point(plane.to_patient(plane.columns / 2, plane.rows / 2))
    return view.at(target.nearest(middle), len(target.frames))


def placed_at(case: Case, tile: int, at_mm: Vector, registrations: Sequence[Registration] = ()) -> Case:
    """The case with every viewport in which a patient point of a tile is known at its image nearest to the point."""
    source = case.stack_at(tile)
    if source is None:
        return case
    tiles = []
    for n, view in enumerate(case.tiles):
        target = case.stack(view.stack_id)
        found = way(source, target, case.links, registrations) if target is not None and n != tile else None
        if target is None or found is None or not found.is_whole or target.plane(view.index) is None:
            tiles.append(view)
        else:
            tiles.append(view.at(target.nearest(found.point(at_mm)), len(target.frames)))
    return replace(case, tiles=tuple(tiles))


def parallel(plane: Plane, stack: Stack) -> bool:
    """Whether a stack lies parallel to a plane, so that "the same place" means something."""
    return _lies_along(plane.normal, stack)


def _lies_along(normal: Vector, stack: Stack) -> bool:
    other = stack.plane(0)
    return other is not None and abs(dot(normal, other.normal)) >= PARALLEL


def nearest_depth(stack: Stack, depth_mm: float, along: Plane) -> int:
    """The index whose plane lies nearest to a depth along a given normal."""
    best, least = 0, float("inf")
    for index in range(len(stack.frames)):
        plane = stack.plane(index)
        if plane is not None:
            away = abs(dot(plane.position_mm, along.normal) - depth_mm)
            if away < least:
                best, least = index, away
    return best


def offset_between(links: Sequence[Link], source: str, target: str) -> float | None:
    """The captured offset from source to target in millimetres, either way round, or None."""
    for link in links:
        if (link.source, link.target) == (source, target):
            return link.offset_mm
        if (link.source, link.target) == (target, source):
            return -link.offset_mm
    return None


def captured(case: Case, registrations: Sequence[Registration] = ()) -> tuple[Link, ...]:
    """Links between all parallel stacks on the glass that nothing else joins, at the slices that are shown now.

    Asked for by the reader, never made unasked: only a reader sees that two slices are the same place. Offsets between
    stacks that are not on the glass stay.
    """
    links: list[Link] = []
    shown = [(case.stack_at(n), case.tiles[n]) for n in case.visible_tiles()]
    for first, (one, view) in enumerate(shown):
        plane = one.plane(view.index) if one is not None else None
        if one is None or plane is None:
            continue
        for other, far in shown[first + 1 :]:
            far_plane = other.plane(far.index) if other is not None else None
            if other is None or far_plane is None or other.id == one.id or not parallel(plane, other):
                continue
            if way(one, other, (), registrations) is None and offset_between(links, one.id, other.id) is None:
                offset = dot(far_plane.position_mm, plane.normal) - plane.depth_mm
                links.append(Link(one.id, other.id, round(offset, 3)))
    on_glass = {stack.id for stack, _ in shown if stack is not None}
    kept = [link for link in case.links if not {link.source, link.target} <= on_glass]
    return (*kept, *links)


def _vector(a: NDArray[np.float64]) -> Vector:
    return float(a[0]), float(a[1]), float(a[2])
