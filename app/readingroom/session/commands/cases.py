"""Commands of the case: undo, tools, measurements, closing."""

from collections.abc import Callable
from dataclasses import replace

from readingroom.session.commands.registry import Command
from readingroom.session.desk import Desk
from readingroom.session.measuring import deleted
from readingroom.session.opening import close_case

TOOLS: tuple[tuple[str, str, str], ...] = (
    ("scroll", "Scroll", "S"),
    ("window", "Window", "W"),
    ("zoom", "Zoom", "Z"),
    ("pan", "Pan", "P"),
    ("magnifier", "Magnifier", "G"),
    ("length", "Length", "M"),
    ("ellipse", "Ellipse ROI", "E"),
    ("probe", "Probe", "Q"),
)
"""(id, title, key) of what the left button does, each with a button of its own."""
MORE_TOOLS: tuple[tuple[str, str, str], ...] = (
    ("bidirectional", "Two diameters", "Shift+D"),
    ("angle", "Angle", "A"),
    ("cobb", "Cobb angle", "C"),
    ("circle", "Circle ROI", "Shift+E"),
    ("rectangle", "Rectangle ROI", "K"),
    ("freehand", "Freehand ROI", "U"),
    ("polygon", "Polygon ROI", "Shift+U"),
    ("polyline", "Path", "Shift+L"),
)
"""The same for those that share a menu."""


def choose_tool(tool: str) -> Callable[[Desk], None]:
    """Make a tool the one that the left button does."""

    def run(desk: Desk) -> None:
        if desk.case is not None:
            desk.change(replace(desk.case, tool=tool))

    return run


def _delete_selected(desk: Desk) -> None:
    if desk.case is not None and desk.case.selected:
        deleted(desk, desk.case.selected)


CASE_COMMANDS: tuple[Command, ...] = (
    Command("case.undo", "Undo", Desk.undo, ("Ctrl+Z",), "Case"),
    Command("case.redo", "Redo", Desk.redo, ("Ctrl+Y", "Ctrl+Shift+Z"), "Case"),
    Command("case.delete", "Delete measurement", _delete_selected, ("Del",), "Case"),
    Command("case.close", "Close the case", close_case, ("Ctrl+W",), "Case"),
    *(Command(f"tool.{tool}", title, choose_tool(tool), (key,), "Tools") for tool, title, key in (*TOOLS, *MORE_TOOLS)),
)
