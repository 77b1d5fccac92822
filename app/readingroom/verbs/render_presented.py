"""render --presentation: one frame as a presentation state wants it to be seen."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display.camera import Camera
from readingroom.display.picture import EllipseGraphic, Graphic, LabelGraphic, PolylineGraphic
from readingroom.display.presentation_state import APPLIED, PresentationState, presentation_state
from readingroom.display.presenting import area_for, as_presented, graphics, presented
from readingroom.display.tables import through_palette
from readingroom.display.view import ViewState
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.pixels.frame import Frame
from readingroom.verbs.files import bytes_of


def frame_over(path: str, number: int, state: PresentationState, frame: Frame) -> Frame | None:
    """The frame that a blending state lays over another one; None for every other state.

    ReaderError where none is named, or one for which the state is not meant.
    """
    if state.kind != "blending":
        return None
    if not path:
        raise ReaderError("A blending state lays images over this one.", "Name one of them with --superimposed FILE.")
    over = decode(bytes_of(Path(path)), number)
    if state.superimposed is None or not state.superimposed.is_for(over.facts.ref):
        raise ReaderError(
            "The state does not lay this image over others.", "Name one that it does with --superimposed."
        )
    if over.is_colour or frame.is_colour:
        raise ReaderError("A blending state is for grey images only.", "Leave out --presentation.")
    return over


def state_for(path: Path, frame: Frame) -> PresentationState:
    """The state in a file, or ReaderError where it is none, of a kind that is not applied, or for other images."""
    state = presentation_state(header(bytes_of(path)))
    if state.kind not in APPLIED:
        raise ReaderError(f"A {state.kind} presentation state is not applied.", "Leave out --presentation.")
    if not state.is_for(frame.facts.ref):
        raise ReaderError(
            "The presentation state is for other images than this frame.", "Name the one that goes with it."
        )
    return state


def seen_through(state: PresentationState, frame: Frame) -> tuple[Frame, ViewState]:
    """The frame to be drawn, and the view that says with which window, how turned and which area of it."""
    return as_presented(frame, state), presented(ViewState(), state, frame.facts)


def turned(picture: NDArray[np.uint8], view: ViewState) -> NDArray[np.uint8]:
    """A picture of one pixel per image pixel turned clockwise, then mirrored (PS3.3 C.10.6)."""
    picture = np.rot90(picture, -(view.rotation // 90), axes=(0, 1))
    return np.ascontiguousarray(picture[:, ::-1] if view.flipped else picture)


def coloured(picture: NDArray[np.uint8], state: PresentationState) -> NDArray[np.uint8]:
    """A grey picture through the state's palette, where it has one."""
    return picture if state.palette is None or picture.ndim == 3 else through_palette(picture, state.palette)


def with_graphics(
    picture: NDArray[np.uint8], state: PresentationState, frame: Frame, view: ViewState
) -> NDArray[np.uint8]:
    """A turned picture of one pixel per image pixel with the state's graphics and texts; grey where all of it is."""
    from PIL import Image, ImageDraw

    height, width = picture.shape[:2]
    rows, columns = frame.stored.shape[:2]
    from dataclasses import replace

    camera = Camera.of(replace(view, zoom=1.0, area=None), rows, columns, 1.0, width, height)
    drawn = graphics(state, frame.facts, camera)
    canvas = Image.fromarray(picture).convert("RGB")
    brush = ImageDraw.Draw(canvas)
    for graphic in drawn:
        _draw(brush, graphic)
    painted = np.asarray(canvas)
    grey = picture.ndim == 2 and all(len(set(_colour(graphic))) == 1 for graphic in drawn)
    return np.ascontiguousarray(painted[..., 0] if grey else painted)


def said(state: PresentationState, frame: Frame) -> dict[str, Any]:
    """The state in the answer's fields."""
    area = area_for(state, frame.facts.ref)
    return {
        "label": state.label, "description": state.description, "creator": state.creator, "kind": state.kind,
        "rotation": state.rotation, "flipped": state.flipped, "shutter": list(state.shutter.shapes) if state.shutter else [],
        "area": [area.left, area.top, area.right, area.bottom, area.mode] if area else None,
        "layers": [layer.name for layer in state.layers],
        "graphics": len(state.shapes), "texts": [" ".join(one.lines) for one in state.texts], "unread": list(state.unread),
    }  # fmt: skip


def _colour(graphic: Graphic) -> tuple[int, int, int]:
    found = graphic.colour if isinstance(graphic, PolylineGraphic | EllipseGraphic | LabelGraphic) else None
    return found or (255, 255, 255)


def _draw(brush: Any, graphic: Graphic) -> None:
    colour = _colour(graphic)
    # Screen points have the centre of the first pixel at 0.5; the brush has it at 0.
    if isinstance(graphic, PolylineGraphic):
        points = [(x - 0.5, y - 0.5) for x, y in graphic.points]
        if graphic.filled:
            brush.polygon(points, fill=colour)
        brush.line([*points, *(points[:1] if graphic.closed else ())], fill=colour)
    elif isinstance(graphic, EllipseGraphic):
        turn = np.linspace(0, 2 * np.pi, 181)
        x = graphic.centre[0] + np.cos(turn) * graphic.first[0] + np.sin(turn) * graphic.second[0] - 0.5
        y = graphic.centre[1] + np.cos(turn) * graphic.first[1] + np.sin(turn) * graphic.second[1] - 0.5
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        if graphic.filled:
            brush.polygon(points, fill=colour)
        brush.line(points, fill=colour)
    elif isinstance(graphic, LabelGraphic):
        brush.multiline_text((graphic.anchor[0], graphic.anchor[1] - 5), "\n".join(graphic.lines), fill=colour)
