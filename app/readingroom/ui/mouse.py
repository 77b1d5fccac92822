"""Qt's mouse in the words of a key map: which buttons are held, and what the map says of them."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from readingroom.settings.chords import BUTTONS

_BUTTON_NAMES = {
    Qt.MouseButton.LeftButton: "Left", Qt.MouseButton.MiddleButton: "Middle", Qt.MouseButton.RightButton: "Right",
    Qt.MouseButton.BackButton: "Back", Qt.MouseButton.ForwardButton: "Forward",
}  # fmt: skip
_HELD_NAMES = {
    Qt.KeyboardModifier.ControlModifier: "Ctrl", Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
}  # fmt: skip


def buttons_of(event: QMouseEvent | QWheelEvent) -> list[str]:
    """The buttons that are held, by their names in a key map."""
    return [name for button, name in _BUTTON_NAMES.items() if event.buttons() & button]


def button_of(event: QMouseEvent) -> str:
    """The button that an event is about."""
    return _BUTTON_NAMES.get(event.button(), "")


def asked_for(does: Mapping[str, str], event: QMouseEvent | QWheelEvent, wheel: str) -> str:
    """What is done with just this held; where that means nothing of its own, what is done without modifiers, or buttons."""
    held = [name for key, name in _HELD_NAMES.items() if event.modifiers() & key]
    buttons, last = buttons_of(event), [wheel] if wheel else []
    buttons.sort(key=BUTTONS.index)
    for parts in ([*held, *buttons, *last], [*buttons, *last], [*held, *last] if wheel else [], last):
        found = does.get("+".join(parts)) if parts else None
        if found is not None:
            return found
    return ""
