"""Keys and buttons as people write them: read, put into one spelling, and judged as to whether a text wants them.

A key is named by the character that it writes, never by its place: on AZERTY and QWERTZ a command stays with its letter.
"""

import re
from dataclasses import dataclass

MODIFIERS = ("Meta", "Ctrl", "Alt", "Shift", "Num")
"""In the order in which they are written; Num is a key of the number pad."""
SPELLINGS = {
    "escape": "Esc", "delete": "Del", "insert": "Ins", "pageup": "PgUp", "pagedown": "PgDown", "control": "Ctrl",
    "enter": "Enter", "return": "Return", "spacebar": "Space", "win": "Meta", "option": "Alt", "keypad": "Num",
    "plus": "+", "comma": ",",
}  # fmt: skip
NAMED = (
    "Esc", "Tab", "Backtab", "Backspace", "Return", "Enter", "Ins", "Del", "Pause", "Print", "Home", "End", "Left", "Up",
    "Right", "Down", "PgUp", "PgDown", "Space", "Menu", "Help", "Back", "Forward", "Media Play", "Media Stop",
    "Media Previous", "Media Next", "Volume Down", "Volume Up", "Volume Mute",
    *(f"F{number}" for number in range(1, 36)),
)  # fmt: skip
_NAMED = {name.lower(): name for name in NAMED}
_OF_A_TEXT = frozenset(
    ("Backspace", "Return", "Enter", "Ins", "Del", "Home", "End", "Left", "Up", "Right", "Down", "PgUp", "PgDown", "Space", "Tab", "Backtab")
)  # fmt: skip
BUTTONS = ("Left", "Middle", "Right", "Back", "Forward")
_BUTTONS = {name.lower(): name for name in BUTTONS}
WHEEL, DOUBLE = "Wheel", "Double"
_HELD = ("Ctrl", "Alt", "Shift")
_F_KEY = re.compile(r"F[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Chord:
    """One key with what is held beside it; key as in the portable names of Qt ("A", "F13", "PgUp", "+")."""

    key: str
    held: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """In the one spelling: "Ctrl+Shift+Z"."""
        return "+".join((*self.held, self.key))

    @property
    def is_of_a_text(self) -> bool:
        """Whether a text that is written would want it for itself: letters, editing keys, and what AltGr writes."""
        commanding = {"Ctrl", "Alt", "Meta"} & set(self.held)
        if len(self.key) == 1:
            # Windows sends AltGr as Ctrl+Alt: on many layouts those write @, € or braces.
            return not commanding or {"Ctrl", "Alt"} <= commanding
        return self.key in _OF_A_TEXT and not commanding


def chord(text: str) -> Chord | None:
    """A key as it is written ("ctrl+z", "Escape", "Num+5"), None where that is no key."""
    parts = _parts(text)
    if not parts:
        return None
    held = [_spelt(part) for part in parts[:-1]]
    key = _spelt(parts[-1])
    if len(key) == 1 and key.isprintable() and not key.isspace():
        key = key.upper() if len(key.upper()) == 1 else key
    elif key.lower() in _NAMED:
        key = _NAMED[key.lower()]
    else:
        return None
    names = [next((name for name in MODIFIERS if name.lower() == one.lower()), "") for one in held]
    if "" in names or len(set(names)) != len(names):
        return None
    return Chord(key, tuple(name for name in MODIFIERS if name in names))


def gesture(text: str) -> str | None:
    """What a hand does with the mouse in the one spelling, None where it is nothing of that.

    Buttons, one or two at once ("Left+Right"), a wheel, with a button held or not ("Right+Wheel"), "Double Left"; each
    after modifiers ("Ctrl+Wheel").
    """
    parts = [_spelt(part) for part in text.split("+")]
    held = [name for name in _HELD if any(part.lower() == name.lower() for part in parts)]
    rest = [part for part in parts if part.lower() not in {name.lower() for name in _HELD}]
    if len(held) + len(rest) != len(parts) or not 1 <= len(rest) <= 2 or len(held) > 2:
        return None
    double = rest[0].split()
    if len(rest) == 1 and len(double) == 2 and double[0].lower() == DOUBLE.lower():
        button = _BUTTONS.get(double[1].lower())
        return "+".join((*held, f"{DOUBLE} {button}")) if button else None
    wheel = rest[-1].lower() == WHEEL.lower()
    buttons = [_BUTTONS.get(part.lower(), "") for part in (rest[:-1] if wheel else rest)]
    if "" in buttons or len(set(buttons)) != len(buttons):
        return None
    ordered = [name for name in BUTTONS if name in buttons]
    return "+".join((*held, *ordered, *([WHEEL] if wheel else [])))


def _parts(text: str) -> list[str]:
    text = text.strip()
    if text == "+":
        return ["+"]
    if text.endswith("++"):
        return [*text[:-2].split("+"), "+"]
    return text.split("+") if text else []


def _spelt(part: str) -> str:
    part = part.strip()
    return SPELLINGS.get(part.lower().replace(" ", ""), part)
