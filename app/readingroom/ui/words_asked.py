"""What is asked after a drawing that words or a size belong to, and what becomes of the answer."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from readingroom.base.errors import ReaderError
from readingroom.measure.evaluate import WORDS
from readingroom.record.finding import ImagePoint
from readingroom.record.study import FrameRef
from readingroom.session.calibrating import TOOLS as CALIBRATING
from readingroom.session.calibrating import calibrate, parsed_mm
from readingroom.session.desk import Desk
from readingroom.session.marks import vertebra_at
from readingroom.session.measuring import measure

_HINTS = {"arrow": "What it points at", "text": "Text", "spine": "Vertebra, e.g. L5"}


class Asks(Protocol):
    """A viewport that can ask for a line of text at an image point."""

    def ask(self, at: ImagePoint, hint: str, text: str, done: Callable[[str], None]) -> None:
        """Show the box; done is called with what was typed, and not where it was dropped."""
        ...


def is_asked(tool: str) -> bool:
    """Whether a drawing of this tool is followed by a question."""
    return tool in WORDS or tool in CALIBRATING


def asked(desk: Desk, viewport: Asks, tool: str, ref: FrameRef, points: tuple[ImagePoint, ...]) -> None:
    """Ask for what belongs to the drawing; it is kept with the answer, and without one there was none."""
    if tool in CALIBRATING:
        hint = "Length in mm" if CALIBRATING[tool] == "line" else "Diameter in mm"
        viewport.ask(points[-1], hint, "", partial(_calibrated, desk, tool, ref, points))
        return
    name = vertebra_at(desk, ref, points[0]) if tool == "spine" else ""
    if name:
        measure(desk, tool, ref, points, name)
        return
    at = points[-1]
    viewport.ask(at, _HINTS[tool], "", lambda text: _put(desk, tool, ref, points, text))


def _still_here(desk: Desk, ref: FrameRef) -> bool:
    """Whether the image is of the case that is open: another may have been opened while the box waited."""
    return desk.case is not None and any(stack.index_of(ref) is not None for stack in desk.case.stacks)


def _put(desk: Desk, tool: str, ref: FrameRef, points: tuple[ImagePoint, ...], text: str) -> None:
    if _still_here(desk, ref):
        measure(desk, tool, ref, points, text.upper() if tool == "spine" else text)


def _calibrated(desk: Desk, tool: str, ref: FrameRef, points: tuple[ImagePoint, ...], text: str) -> None:
    try:
        mm = parsed_mm(text)
    except ReaderError as error:
        desk.notice(error)
        return
    if _still_here(desk, ref):
        calibrate(desk, ref, points, tool, mm)
