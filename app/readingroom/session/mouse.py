"""What the hand does with the mouse over an image: gestures, what each does by default, and the reader's own."""

from readingroom.settings.key_map import KeyMap

TOOL = "tool"
DRAGS = (TOOL, "scroll", "window", "zoom", "pan", "magnifier")
"""What a held button may do: the tool in the hand, or one of these whatever is in the hand."""
TURNS = ("scroll", "zoom", "ten", "series", "stage")
"""What the wheel may do."""
DEFAULTS: dict[str, str] = {
    "Left": TOOL,
    "Middle": "pan",
    "Right": "window",
    "Left+Right": "scroll",
    "Double Left": "view.fill",
    "Back": "stage.previous",
    "Forward": "stage.next",
    "Wheel": "scroll",
    "Ctrl+Wheel": "zoom",
    "Shift+Wheel": "ten",
    "Right+Wheel": "series",
}
"""Gestures that mean something before a reader says otherwise."""
ACTION_WORDS: dict[str, str] = {
    TOOL: "The tool in the hand",
    "scroll": "Scroll",
    "window": "Window",
    "zoom": "Zoom",
    "pan": "Pan",
    "magnifier": "Magnifier",
    "ten": "Scroll ten images at a time",
    "series": "Next or previous series",
    "stage": "Next or previous stage",
}
"""What gestures do, in the reader's words; anything else is the id of a command."""


def mouse_of(key_map: KeyMap) -> dict[str, str]:
    """Every gesture and what it does, with the reader's own in place of the defaults; "" for nothing."""
    return {**DEFAULTS, **key_map.mouse}


def may_do(gesture: str) -> tuple[str, ...]:
    """What a gesture may do besides running a command."""
    if gesture.endswith("Wheel"):
        return TURNS
    return () if "Double" in gesture else DRAGS
