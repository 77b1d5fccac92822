"""How a viewport of a protocol shows a stack: window, image to begin with, side of the chest wall."""

from dataclasses import replace
from functools import cache

from readingroom.base.errors import ReaderError
from readingroom.display.presets import Preset, presets
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging.protocol import Port, Window
from readingroom.record.study import Instance
from readingroom.settings.places import resources


def shown_view(port: Port, stack: Stack, head: Instance | None = None) -> ViewState:
    """The view of a stack as its viewport asks for it; head: its first object, for the side of a breast's chest wall."""
    view = ViewState(stack_id=stack.id, index=_first_index(port, stack), inverted=port.invert)
    window = window_for(port.window, stack.modality)
    if window is not None:
        view = view.windowed(window.centre, window.width, window.function, window.name)
    if port.part is not None:
        left, top, right, bottom = port.part
        across, down = float(stack.columns), float(stack.rows)
        view = replace(view, area=(left * across, top * down, right * across, bottom * down))
    mirrored = port.mirror or is_mirrored(port, head)
    return replace(view.zoomed(port.zoom), rotation=port.rotation, flipped=mirrored)


def window_for(window: Window | None, modality: str) -> Preset | None:
    """A window by its numbers, or by the name of a preset of this modality; None for the image's own."""
    if window is None:
        return None
    if not window.name:
        return Preset(modality, "", window.centre, window.width, "")
    return next((one for one in _presets() if one.modality == modality and one.name == window.name), None)


def named_window(view: ViewState, modality: str) -> Window | None:
    """What a protocol can say of a view's window: a preset by its name, numbers for CT; None for all else."""
    voi = view.voi
    if voi is None or voi.table is not None:
        return None
    preset = next((one for one in _presets() if one.modality == modality and one.name == view.voi_name), None)
    if preset is not None and (preset.centre, preset.width, preset.function) == (voi.centre, voi.width, voi.function):
        return Window(preset.name)
    return Window("", voi.centre, voi.width) if modality == "CT" and voi.function == "LINEAR" else None


def is_mirrored(port: Port, head: Instance | None) -> bool:
    """Whether the image must be mirrored for its chest wall to lie where the protocol wants it.

    By Patient Orientation (PS3.3 C.7.6.1.1.1): its first value says where columns grow, A away from the chest wall.
    """
    if not port.chest_wall or head is None or not head.patient_orientation:
        return False
    across = head.patient_orientation[0].strip().upper()[:1]
    wall = {"A": "left", "P": "right"}.get(across, "")
    return bool(wall) and wall != port.chest_wall


def _first_index(port: Port, stack: Stack) -> int:
    if stack.kind != "stack":
        return 0
    return {"first": 0, "last": max(0, len(stack.frames) - 1)}.get(port.start, len(stack.frames) // 2)


@cache
def _presets() -> tuple[Preset, ...]:
    try:
        return presets(resources() / "presets.toml")
    except ReaderError:
        # Said when the reading window opens; here the image's own window stays.
        return ()
