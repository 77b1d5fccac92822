"""A presentation state laid over a view and a frame: what is seen through it, and what it draws."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import hypot
from typing import TypeGuard

from readingroom.display.camera import Camera, ScreenPoint
from readingroom.display.colours import Rgb
from readingroom.display.compound import drawn as compound_drawn
from readingroom.display.glass_area import GlassArea
from readingroom.display.picture import Badge, EllipseGraphic, Graphic, LabelGraphic, PolylineGraphic, Role, Tone
from readingroom.display.presentation_state import (
    APPLIED,
    DisplayedArea,
    PresentationState,
    Shape,
    TextObject,
)
from readingroom.display.targets import Target
from readingroom.display.view import ViewState
from readingroom.pixels.frame import Frame, FrameFacts, Voi
from readingroom.pixels.lookup import Modality
from readingroom.record.study import FrameRef

_STEPS_BETWEEN = 8
_POINT_PX = 4.0
_WHITE: Rgb = (255, 255, 255)


def applies(state: PresentationState | None, ref: FrameRef) -> TypeGuard[PresentationState]:
    """Whether a state is there, of a kind that is applied, and meant for the frame."""
    return state is not None and state.kind in APPLIED and state.is_for(ref)


def presented(view: ViewState, state: PresentationState, facts: FrameFacts) -> ViewState:
    """The view as it is on the glass through a state: the state's turn first, then the reader's own on top of it.

    A window, zoom or turn of the reader's goes before or comes on top; without one the state's own holds.
    """
    if not applies(state, facts.ref):
        return view
    area = area_for(state, facts.ref)
    zoom = area.magnification if area is not None and view.zoom is None else view.zoom
    colour = facts.photometric not in ("MONOCHROME1", "MONOCHROME2", "")
    return replace(
        view,
        rotation=(state.rotation + (-view.rotation if state.flipped else view.rotation)) % 360,
        flipped=state.flipped != view.flipped,
        voi=view.voi if view.voi is not None or colour else window_of_state(state, facts),
        voi_name=view.voi_name if view.voi is not None else state.label,
        zoom=zoom,
        area=(area.left, area.top, area.right, area.bottom) if area is not None else None,
    )


def area_for(state: PresentationState, ref: FrameRef) -> DisplayedArea | None:
    """The displayed area of a frame, or None where the state names none or an empty one."""
    found = next((area for area in state.areas if _meant(area.targets, ref)), None)
    return found if found is not None and found.right > found.left and found.bottom > found.top else None


def window_of_state(state: PresentationState, facts: FrameFacts) -> Voi:
    """The state's window for a frame; without one everything that the pixels can hold, from black to white.

    That is the identity that PS3.4 N.2.2 demands in place of an absent VOI, whatever window the image has.
    """
    for softcopy in state.vois:
        if _meant(softcopy.targets, facts.ref):
            return _as_signed(softcopy.voi, state, facts)
    modality = state.modality or Modality()
    if modality.table is not None:
        low, high = 0.0, float((1 << modality.table.bits) - 1)
    else:
        least = -(1 << (facts.bits_stored - 1)) if facts.signed else 0
        ends = (least, least + (1 << facts.bits_stored) - 1)
        low, high = sorted(end * modality.slope + modality.intercept for end in ends)
    return Voi((low + high) / 2, max(high - low, 1e-6), "LINEAR_EXACT", "whole range")


def as_presented(frame: Frame, state: PresentationState) -> Frame:
    """The frame with the state's grey chain, overlays and shutter in place of its own; only to be looked at.

    Measuring goes on with the frame itself: a state changes what is seen, not what was acquired. The image's own
    modality transformation and polarity are not used beside those of a state (PS3.4 N.2.1, N.2.3).
    """
    facts = frame.facts
    own = tuple(plane for plane in facts.overlays if plane.group in state.activated)
    added = tuple(plane for plane in state.overlays if plane.group in state.activated)
    groups = {plane.group for plane in state.overlays}
    overlays = (*(plane for plane in own if plane.group not in groups), *added)
    changed = replace(facts, overlays=overlays, shutter=state.shutter)
    if not frame.is_colour:
        modality = state.modality or Modality()
        alike = modality.table is None and (modality.slope, modality.intercept) == (facts.slope, facts.intercept)
        changed = replace(
            changed, unit=facts.unit if alike and facts.modality_lut is None else "", slope=modality.slope, intercept=modality.intercept, modality_lut=modality.table,
            inverse=state.inverse and state.presentation_lut is None, presentation_lut=state.presentation_lut,
        )  # fmt: skip
    return Frame(frame.stored, changed)


def badges(state: PresentationState, ref: FrameRef, frames: int = 1) -> tuple[Badge, ...]:
    """That the image is seen through a state, and what of the state is not drawn; frames: of the object."""
    said = [Badge(f"PRESENTATION STATE: {state.label or 'unnamed'}", Tone.AMBER)]
    area = area_for(state, ref)
    if area is not None and area.mode == "TRUE SIZE":
        said.append(Badge("The state asks for true size: the area is fitted instead", Tone.AMBER))
    placed: tuple[Shape | TextObject, ...] = (*state.shapes, *state.texts)
    tiled = sum(not _in_reach(one, frames) for one in placed if _meant(one.targets, ref))
    if tiled:
        said.append(Badge(f"Not drawn: {tiled} graphics or texts placed on the whole slide", Tone.AMBER))
    said += [Badge(f"Not drawn: {words}", Tone.AMBER) for words in state.unread[:3]]
    if len(state.unread) > 3:
        said.append(Badge(f"Not drawn: {len(state.unread) - 3} more", Tone.AMBER))
    return tuple(said)


def graphics(state: PresentationState, facts: FrameFacts, camera: Camera, ratio: float = 1.0) -> tuple[Graphic, ...]:
    """Shapes and texts of a state on a frame in screen pixels, the lowest layer first; camera: of the presented view."""
    area = area_for(state, facts.ref)
    corners = (area.left, area.top, area.right, area.bottom) if area else (0.0, 0.0, facts.columns, facts.rows)
    glass = GlassArea(camera, corners)
    order = {layer.name: n for n, layer in enumerate(state.layers)}
    colours = {layer.name: layer.colour for layer in state.layers}
    drawn: list[tuple[int, Graphic]] = []
    for shape in state.shapes:
        if _meant(shape.targets, facts.ref) and _in_reach(shape, facts.frames):
            colour = shape.style.colour or colours.get(shape.layer) or _WHITE
            drawn += [(order.get(shape.layer, 0), g) for g in _shape(shape, glass, colour, ratio)]
    for compound in state.compounds:
        if _meant(compound.targets, facts.ref):
            colour = colours.get(compound.layer) or _WHITE
            drawn += [(order.get(compound.layer, 0), g) for g in compound_drawn(compound, glass, colour, ratio)]
    for words in state.texts:
        if _meant(words.targets, facts.ref) and _in_reach(words, facts.frames):
            colour = words.style.colour or colours.get(words.layer) or _WHITE
            drawn += [(order.get(words.layer, 0), g) for g in _text(words, glass, colour, ratio)]
    return tuple(graphic for _, graphic in sorted(drawn, key=lambda pair: pair[0]))


def _meant(targets: Sequence[Target], ref: FrameRef) -> bool:
    return not targets or any(target.is_frame(ref) for target in targets)


def _in_reach(one: Shape | TextObject, frames: int) -> bool:
    """Whether its place is known on a frame: in the matrix of many tiles it is not."""
    units = (one.units,) if isinstance(one, Shape) else (one.box_units, one.anchor_units)
    return frames == 1 or "MATRIX" not in units


def _as_signed(voi: Voi, state: PresentationState, facts: FrameFacts) -> Voi:
    """A table whose first mapped value was stored as a word although values may be negative (PS3.3 C.11.2.1.1)."""
    negative = facts.signed if state.modality is None else facts.signed or state.modality.intercept < 0
    if voi.table is None or voi.table.first_mapped <= 32767 or not negative:
        return voi
    return replace(voi, table=replace(voi.table, first_mapped=voi.table.first_mapped - 65536))


def _shape(shape: Shape, glass: GlassArea, colour: Rgb, ratio: float) -> Iterator[Graphic]:
    points = shape.points
    at = tuple(glass.place(point, shape.units) for point in points)
    closed = len(points) > 2 and points[0] == points[-1]
    if shape.kind == "POINT":
        for x, y in at:
            reach = _POINT_PX * ratio
            yield PolylineGraphic(((x - reach, y), (x + reach, y)), Role.PRESENTATION, colour=colour)
            yield PolylineGraphic(((x, y - reach), (x, y + reach)), Role.PRESENTATION, colour=colour)
    elif shape.kind == "CIRCLE":
        (cx, cy), (px, py) = points[0], points[1]
        radius = hypot(px - cx, py - cy)
        ends = glass.place((cx + radius, cy), shape.units), glass.place((cx, cy + radius), shape.units)
        yield _ellipse(at[0], ends[0], ends[1], colour, shape.filled)
    elif shape.kind == "ELLIPSE":
        centre = (at[0][0] + at[1][0]) / 2, (at[0][1] + at[1][1]) / 2
        yield _ellipse(centre, at[1], at[3], colour, shape.filled)
    else:
        path = _curve(at, closed) if shape.kind == "INTERPOLATED" else at
        yield PolylineGraphic(
            path,
            Role.PRESENTATION,
            dashed=shape.style.dashed,
            closed=closed,
            colour=colour,
            filled=shape.filled and closed,
        )


def _ellipse(centre: ScreenPoint, first: ScreenPoint, second: ScreenPoint, colour: Rgb, filled: bool) -> EllipseGraphic:
    halves = (first[0] - centre[0], first[1] - centre[1]), (second[0] - centre[0], second[1] - centre[1])
    return EllipseGraphic(centre, halves[0], halves[1], Role.PRESENTATION, colour=colour, filled=filled)


def _curve(points: tuple[ScreenPoint, ...], closed: bool) -> tuple[ScreenPoint, ...]:
    """A smooth curve through points: cubic pieces whose slope at a point is that between its neighbours."""
    if len(points) < 3:
        return points
    before, after = (points[-2], points[1]) if closed else (points[0], points[-1])
    row = (before, *points, after)
    path: list[ScreenPoint] = []
    for n in range(1, len(row) - 2):
        for step in range(_STEPS_BETWEEN):
            t = step / _STEPS_BETWEEN
            path.append((_cubic(row, n, t, 0), _cubic(row, n, t, 1)))
    return (*path, points[-1])


def _cubic(row: Sequence[ScreenPoint], n: int, t: float, axis: int) -> float:
    a, b, c, d = (row[n + k][axis] for k in (-1, 0, 1, 2))
    return b + t * ((c - a) / 2 + t * (a - 2.5 * b + 2 * c - d / 2 + t * (1.5 * b - a / 2 - 1.5 * c + d / 2)))


def _text(words: TextObject, glass: GlassArea, colour: Rgb, ratio: float) -> Iterator[Graphic]:
    foot = glass.place(words.anchor, words.anchor_units) if words.anchor is not None else None
    if words.box is None:
        if foot is not None:
            yield LabelGraphic(foot, words.lines, Role.PRESENTATION, colour=colour)
            if words.anchor_visible:
                yield from _shape(
                    Shape("POINT", (words.anchor or (0, 0),), words.anchor_units, ""), glass, colour, ratio
                )
        return
    corners = [glass.place(corner, words.box_units) for corner in words.box]
    left, top = min(c[0] for c in corners), min(c[1] for c in corners)
    # A label is anchored at the middle of its first line.
    anchor = left, top + 8.0 * ratio
    yield LabelGraphic(
        anchor, words.lines, Role.PRESENTATION, foot=foot if words.anchor_visible else None, colour=colour
    )
