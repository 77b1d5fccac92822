"""How a viewport of a protocol shows a stack: window, image to begin with, side of the chest wall."""

from dataclasses import replace
from functools import cache

from readingroom.base.errors import ReaderError
from readingroom.display.presets import Preset, presets
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging.breasts import MAMMOGRAPHY, hung_breast
from readingroom.hanging.protocol import Port, Window
from readingroom.hanging.tables import first, plain, usual_tables
from readingroom.record.study import Instance
from readingroom.settings.places import resources

_SLICED = ("CT", "MR", "PT")


def shown_view(port: Port, stack: Stack, head: Instance | None = None) -> ViewState:
    """The view of a stack as its viewport asks for it; head: its first object, for the side of a breast's chest wall."""
    view = ViewState(stack_id=stack.id, index=first_index(port, stack), inverted=port.invert, together=_shared(port))
    window = window_for(port.window, stack.modality)
    if window is not None:
        view = view.windowed(window.centre, window.width, window.function, window.name)
    if port.part is not None:
        left, top, right, bottom = port.part
        across, down = float(stack.columns), float(stack.rows)
        view = replace(view, area=(left * across, top * down, right * across, bottom * down))
    view = replace(view.zoomed(port.zoom), rotation=port.rotation, flipped=port.mirror)
    by_hand = port.rotation or port.mirror
    if port.chest_wall or (stack.modality == MAMMOGRAPHY and not by_hand):
        return hung_breast(view, stack, head, port.chest_wall, _short_view(head))
    return view


NOTHING_MORE = "Nothing more belongs to this stage."
_SHORT = frozenset({"t1", "t2", "pd", "dwi", "adc", "swi", "flair", "stir", "ct", "mr", "pet", "cta", "mip"})
_WORDS = {"rcc": "R CC", "lcc": "L CC", "rmlo": "R MLO", "lmlo": "L MLO", "p": "prior", "b": "baseline", "o": "oldest"}


def missing_words(port: Port) -> str:
    """What a viewport of a protocol would show and finds nothing for, in words."""
    name = port.show[0] if port.show else ""
    if not name.strip("."):
        return NOTHING_MORE
    words = " ".join(_WORDS.get(one, one.upper() if one in _SHORT else one) for one in name.split("_"))
    return f"Not in this case: {words}."


def _shared(port: Port) -> tuple[str, ...]:
    return port.sync


def _short_view(head: Instance | None) -> str:
    return first(usual_tables().breast_views, plain(head.view)) if head is not None else ""


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


def first_index(port: Port, stack: Stack) -> int:
    """Which image of a stack a viewport shows first, from 0: where it asks, or the middle of what is cut in slices."""
    # Pictures that lie nowhere in space have no middle: they are looked through from the first.
    unplaced = stack.modality not in _SLICED and all(place.position_mm is None for place in stack.places)
    middle = 0 if unplaced or stack.kind != "stack" else len(stack.frames) // 2
    return {"first": 0, "last": max(0, len(stack.frames) - 1)}.get(port.start, middle)


@cache
def _presets() -> tuple[Preset, ...]:
    try:
        return presets(resources() / "presets.toml")
    except ReaderError:
        # Said when the reading window opens; here the image's own window stays.
        return ()
