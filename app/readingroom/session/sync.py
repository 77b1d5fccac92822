"""Scrolling together: by patient position within a frame of reference, by a captured and shown offset otherwise."""

from dataclasses import replace

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.geometry.plane import Plane, dot
from readingroom.session.case import Case, Link
from readingroom.session.tiling import paged

PARALLEL = 0.985
"""Least cosine between two normals (about 10 degrees) for stacks that scroll together."""


def scrolled(case: Case, tile: int, index: int) -> Case:
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
    tiles = tuple(old if n == tile else _followed(case, stack, plane, old) for n, old in enumerate(moved.tiles))
    return replace(moved, tiles=tiles)


def _followed(case: Case, source: Stack, plane: Plane, view: ViewState) -> ViewState:
    target = case.stack(view.stack_id)
    if target is None or target.id == source.id or not parallel(plane, target):
        return view
    if source.frame_of_reference_uid and source.frame_of_reference_uid == target.frame_of_reference_uid:
        return view.at(target.nearest(plane.to_patient(plane.columns / 2, plane.rows / 2)), len(target.frames))
    offset = offset_between(case.links, source.id, target.id)
    if offset is None:
        return view
    return view.at(nearest_depth(target, plane.depth_mm + offset, plane), len(target.frames))


def parallel(plane: Plane, stack: Stack) -> bool:
    """Whether a stack lies parallel to a plane, so that "the same place" means something."""
    other = stack.plane(0)
    return other is not None and abs(dot(plane.normal, other.normal)) >= PARALLEL


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


def offset_between(links: tuple[Link, ...], source: str, target: str) -> float | None:
    """The captured offset from source to target in millimetres, either way round, or None."""
    for link in links:
        if (link.source, link.target) == (source, target):
            return link.offset_mm
        if (link.source, link.target) == (target, source):
            return -link.offset_mm
    return None


def captured(case: Case) -> tuple[Link, ...]:
    """Links between all parallel stacks on the glass that have no common frame of reference, as they stand now."""
    links: list[Link] = []
    shown = [(case.stack_at(n), case.tiles[n]) for n in range(len(case.tiles))]
    for first, (one, view) in enumerate(shown):
        plane = one.plane(view.index) if one is not None else None
        if one is None or plane is None:
            continue
        for other, far in shown[first + 1 :]:
            far_plane = other.plane(far.index) if other is not None else None
            if other is None or far_plane is None or other.id == one.id or not parallel(plane, other):
                continue
            if one.frame_of_reference_uid != other.frame_of_reference_uid or not one.frame_of_reference_uid:
                offset = dot(far_plane.position_mm, plane.normal) - plane.depth_mm
                links.append(Link(one.id, other.id, round(offset, 3)))
    return tuple(links)
