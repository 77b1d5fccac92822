"""What a [[monitor]] table may hold beyond words and numbers: a measured luminance, a day, an identity of its own."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.sections import Luminance, MonitorSettings

LUMINANCE_WORDS = "a list of [level 0 to 255, cd/m²]"
SMALLEST_PITCH_MM, LARGEST_PITCH_MM = 0.02, 2.0
_REMEDY = "Write for example luminance = [[0, 0.8], [15, 1.3], [255, 410.0]], or use: readingroom monitors --calibrate."


def luminance_from(path: Path, place: str, value: Any) -> Luminance:
    """Measured luminance as it stands in the file; ReaderError where it is none."""
    problem = f"{path}, {place}: luminance must be {LUMINANCE_WORDS}"
    if not isinstance(value, list | tuple) or not all(isinstance(one, list | tuple) and len(one) == 2 for one in value):
        raise ReaderError(f"{problem}.", _REMEDY)
    for level, measured in value:
        if type(level) is not int or not 0 <= level <= 255:
            raise ReaderError(f"{problem}; found level {level!r}.", _REMEDY)
        if type(measured) not in (int, float) or not math.isfinite(measured) or measured < 0:
            raise ReaderError(f"{problem}; found {measured!r} cd/m² at level {level}.", _REMEDY)
    found = Luminance((level, float(measured)) for level, measured in value)
    if found and (len(found) < 2 or (found[0][0], found[-1][0]) != (0, 255)):
        raise ReaderError(f"{path}, {place}: luminance does not go from level 0 to level 255.", _REMEDY)
    if any(after[0] <= before[0] for before, after in pairwise(found)):
        raise ReaderError(f"{path}, {place}: the levels of luminance do not rise.", _REMEDY)
    return found


def check_monitor(path: Path, place: str, monitor: MonitorSettings, before: Sequence[MonitorSettings]) -> None:
    """ReaderError where a table cannot stand beside those before it."""
    if not monitor.name.strip():
        raise ReaderError(f"{path}, {place}: name is empty.", "Name the monitor as readers know it.")
    if any(monitor.name == other.name for other in before):
        raise ReaderError(f"{path}, {place}: the name “{monitor.name}” is taken.", "Give every monitor its own name.")
    if not any(identity(monitor)):
        raise ReaderError(
            f"{path}, {place}: nothing says which monitor it is.",
            "Give manufacturer, model and serial, or screen, as told by: readingroom monitors.",
        )
    if any(identity(monitor) == identity(other) for other in before):
        raise ReaderError(f"{path}, {place}: another table is about the same monitor.", "Keep one of the two.")
    if monitor.checked and day_of(monitor.checked) is None:
        raise ReaderError(
            f"{path}, {place}: checked must be a day; found “{monitor.checked}”.", 'Write for example "2026-11-24".'
        )
    if monitor.pitch_mm and not SMALLEST_PITCH_MM <= monitor.pitch_mm <= LARGEST_PITCH_MM:
        raise ReaderError(
            f"{path}, {place}: a pixel of {monitor.pitch_mm:g} mm cannot be.",
            f"Give the millimetres of one pixel, {SMALLEST_PITCH_MM:g} to {LARGEST_PITCH_MM:g}, or 0 if not measured.",
        )


def identity(monitor: MonitorSettings) -> tuple[str, str, str, str]:
    """What a table compares with a monitor: manufacturer, model, serial, screen; "" is not compared."""
    return monitor.manufacturer, monitor.model, monitor.serial, monitor.screen


def day_of(text: str) -> date | None:
    """The day that a text names, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
