"""Commands of the case: undo, tools, measurements, closing."""

from collections.abc import Callable
from dataclasses import replace

from readingroom.session.calibrating import uncalibrate
from readingroom.session.commands.registry import Command
from readingroom.session.desk import Desk
from readingroom.session.following import follow
from readingroom.session.marks import copy_along, copy_to_prior, nudge
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
    ("crosshair", "Crosshair", "Shift+X"),
    ("bidirectional", "Two diameters", "Shift+D"),
    ("angle", "Angle", "A"),
    ("cobb", "Cobb angle", "C"),
    ("circle", "Circle ROI", "Shift+E"),
    ("rectangle", "Rectangle ROI", "K"),
    ("freehand", "Freehand ROI", "U"),
    ("polygon", "Polygon ROI", "Shift+U"),
    ("polyline", "Path", "Shift+L"),
    ("livewire", "Edge ROI", "Shift+K"),
    ("open_angle", "Open angle", "Shift+A"),
    ("ellipsoid", "Volume by two diameters", "Shift+V"),
    ("velocity", "Velocity on a trace", "Shift+Q"),
    ("time", "Time on a trace", "Shift+T"),
    ("arrow", "Arrow", "Shift+W"),
    ("text", "Text", "Ctrl+Shift+T"),
    ("spine", "Vertebra", "Shift+S"),
    ("calibrate", "Calibrate by a line", "Shift+J"),
    ("calibrate_ball", "Calibrate by a ball", "Ctrl+Shift+B"),
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


def _hide_marks(desk: Desk) -> None:
    if desk.case is not None:
        desk.change(replace(desk.case, marks_shown=not desk.case.marks_shown), "Measurements shown or hidden")


CASE_COMMANDS: tuple[Command, ...] = (
    Command("case.undo", "Undo", Desk.undo, ("Ctrl+Z",), "Case"),
    Command("case.redo", "Redo", Desk.redo, ("Ctrl+Y", "Ctrl+Shift+Z"), "Case"),
    Command("case.delete", "Delete measurement", _delete_selected, ("Del",), "Case"),
    Command("measure.hide", "Show or hide measurements", _hide_marks, ("Ctrl+M",), "Case"),
    Command("measure.left", "Nudge the measurement left", nudge(-1, 0), ("Ctrl+Left",), "Case"),
    Command("measure.right", "Nudge the measurement right", nudge(1, 0), ("Ctrl+Right",), "Case"),
    Command("measure.up", "Nudge the measurement up", nudge(0, -1), ("Ctrl+Up",), "Case"),
    Command("measure.down", "Nudge the measurement down", nudge(0, 1), ("Ctrl+Down",), "Case"),
    Command("measure.next", "Copy the measurement to the next image", copy_along(1), ("Ctrl+D",), "Case"),
    Command("measure.before", "Copy the measurement to the image before", copy_along(-1), ("Ctrl+Shift+D",), "Case"),
    Command("measure.prior", "Copy the measurement to the prior", copy_to_prior, ("Ctrl+R",), "Case"),
    Command(
        "measure.follow",
        "Follow a lesion",
        follow,
        ("Shift+F",),
        "Case",
        says="The next measurement, or the selected one, is of the prior's lesion that was chosen in the list.",
    ),
    Command("measure.uncalibrate", "Take back the calibration of the image", uncalibrate, (), "Case"),
    Command("case.close", "Close the case", close_case, ("Ctrl+W",), "Case"),
    *(Command(f"tool.{tool}", title, choose_tool(tool), (key,), "Tools") for tool, title, key in (*TOOLS, *MORE_TOOLS)),
)
