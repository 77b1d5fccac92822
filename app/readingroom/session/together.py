"""What viewports share: magnification, place and window go from one to its companions, mirrored between two breasts."""

from dataclasses import replace
from math import ceil

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging.breasts import head_of, pixel_mm
from readingroom.session.case import Case


def shared(case: Case, tile: int, view: ViewState) -> Case:
    """The case with one tile's view changed and, when linked, its companions' with it.

    Companions are those on the glass in the same group of a kind ("zoom", "pan", "window"). Magnification is shared in millimetres
    per screen pixel, whatever the pitch of each detector; where one of the two has no millimetre, it is not shared. A
    pan is shared in screen pixels, mirrored between images that hang on opposite edges: towards the nipple is towards
    the nipple. A fitted view fits all.
    """
    before = case.tiles[tile]
    moved = case.with_tile(tile, view)
    if not case.linked or view.stack_id != before.stack_id:
        return moved
    changed = {
        "zoom": view.zoom != before.zoom,
        "pan": view.pan != before.pan,
        "window": (view.voi, view.inverted) != (before.voi, before.inverted),
    }
    groups = {kind: name for kind, is_new in changed.items() if is_new and (name := view.in_group(kind))}
    if not groups:
        return moved
    tiles = tuple(
        _followed(case, tile, view, other, groups) if n != tile and other.stack_id else other
        for n, other in enumerate(moved.tiles)
    )
    return replace(moved, tiles=tiles)


def _followed(case: Case, tile: int, view: ViewState, other: ViewState, groups: dict[str, str]) -> ViewState:
    if groups.get("zoom") and other.in_group("zoom") == groups["zoom"]:
        other = replace(other, zoom=_same_size(case, view, other))
    if groups.get("pan") and other.in_group("pan") == groups["pan"]:
        sign = -1.0 if _edge(view) and _edge(other) and _edge(view) != _edge(other) else 1.0
        other = replace(other, pan=(sign * view.pan[0], view.pan[1]))
    if groups.get("window") and other.in_group("window") == groups["window"]:
        other = replace(other, voi=view.voi, voi_name=view.voi_name, inverted=view.inverted)
    return other


def _edge(view: ViewState) -> str:
    return view.anchor if view.is_upright else ""


def _same_size(case: Case, view: ViewState, other: ViewState) -> float | None:
    """The companion's magnification at the same millimetres per screen pixel; its own where that is not known."""
    if view.zoom is None:
        return None
    here, there = finer_mm_of(case, view), finer_mm_of(case, other)
    return other.zoom if here is None or there is None else other.zoomed(view.zoom * (there / here)).zoom


def finer_mm_of(case: Case, view: ViewState) -> float | None:
    """Millimetres of a stack's pixel along its finer-spaced axis, as its header says; None where it does not."""
    size = size_of(case, case.stack(view.stack_id))
    return min(size) if size is not None else None


def size_of(case: Case, stack: Stack | None) -> tuple[float, float] | None:
    """(between rows, between columns) in millimetres of a stack's pixels as its header says, None where it does not."""
    if stack is None:
        return None
    return pixel_mm(stack, head_of(stack, case.study_of(stack.study_uid)))


def walked(case: Case, tile: int, width: int, height: int, step: int) -> Case:
    """The case with the next field of an image magnified one to one, and its companions at the mirrored field.

    width, height: device pixels of the viewport. Every pixel of the detector is on one device pixel of the active
    viewport; companions of another pitch keep its millimetres. Fields begin at the chest wall at the top, go towards the
    nipple and then down, and leave out nothing; after the last comes the whole image. As many fields as the largest
    companion needs.
    """
    view, stack = case.tiles[tile], case.stack_at(tile)
    if stack is None:
        return case
    places = _fields(view, *_largest(case, view, stack), width, height)
    at = next((n for n, pan in enumerate(places) if view.zoom == 1.0 and _near(view.pan, pan)), None)
    to = (0 if step > 0 else len(places) - 1) if at is None else at + step
    if not 0 <= to < len(places):
        return shared(case, tile, replace(view, zoom=None, pan=(0.0, 0.0)))
    return shared(case, tile, replace(view, zoom=1.0, pan=places[to]))


def _largest(case: Case, view: ViewState, stack: Stack) -> tuple[float, float]:
    """(width, height) in pixels of this image that holds it and every companion."""
    own = size_of(case, stack)
    sizes = [_turned(view, float(stack.columns), float(stack.rows))]
    group = view.in_group("zoom")
    for other in case.tiles if group and case.linked and own is not None else ():
        far, size = case.stack(other.stack_id), size_of(case, case.stack(other.stack_id))
        if far is not None and size is not None and own is not None and other.in_group("zoom") == group:
            times = min(size) / min(own)
            sizes.append(_turned(other, far.columns * times, far.rows * times))
    return max(w for w, _ in sizes), max(h for _, h in sizes)


def _turned(view: ViewState, wide: float, tall: float) -> tuple[float, float]:
    return (wide, tall) if view.rotation % 180 == 0 else (tall, wide)


def _fields(view: ViewState, wide: float, tall: float, width: int, height: int) -> list[tuple[float, float]]:
    """The pan of each field, row by row from the chest wall."""
    across, down = max(1, ceil(wide / width)), max(1, ceil(tall / height))
    shifts = [n * (wide - width) / (across - 1) if across > 1 else 0.0 for n in range(across)]
    drops = [(tall - height) / 2 - n * (tall - height) / (down - 1) if down > 1 else 0.0 for n in range(down)]
    edge = _edge(view)
    if edge:
        columns = [-shift if edge == "left" else shift for shift in shifts]
    else:
        columns = [(wide - width) / 2 - shift if across > 1 else 0.0 for shift in shifts]
    return [(float(round(x)), float(round(y))) for y in drops for x in columns]


def _near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < 2 and abs(one[1] - other[1]) < 2
