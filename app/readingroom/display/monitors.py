"""Which monitor this is, whether it may be read on, and how large its pixels are: what is on file, judged on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display import calibration
from readingroom.display.calibration import Figures, Response
from readingroom.display.words import day
from readingroom.settings.monitor_tables import LARGEST_PITCH_MM, SMALLEST_PITCH_MM, day_of
from readingroom.settings.sections import MonitorSettings

MEASURE = "Measure it in the window (Measure…), or enter readings: readingroom monitors --calibrate {name} --luminance FILE.csv"
_MOST_OBLONG = 0.02
_ROLE_WORDS = {
    "colour": "it is for colour images",
    "report": "it is for reports",
    "projector": "it is a projector",
    "other": "it is not for reading",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """What a monitor tells of itself. screen: its socket as the system names it, e.g. DP-1; "" for what it keeps silent.

    width_px, height_px: its own pixels; width_mm, height_mm: 0 where it does not say, and what it says may be wrong.
    """

    screen: str
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    width_px: int = 0
    height_px: int = 0
    width_mm: float = 0.0
    height_mm: float = 0.0

    @property
    def title(self) -> str:
        """What a reader calls it: "EIZO RX350", else its socket."""
        model = self.model if self.model.startswith(self.manufacturer) else f"{self.manufacturer} {self.model}"
        return model.strip() or self.screen or "this monitor"

    @property
    def pitch_mm(self) -> float | None:
        """Millimetres from pixel to pixel by the size that the monitor tells, or None where that cannot be."""
        if not (self.width_px > 0 and self.height_px > 0):
            return None
        across, down = self.width_mm / self.width_px, self.height_mm / self.height_px
        square = abs(across - down) <= _MOST_OBLONG * max(across, down)
        return across if square and SMALLEST_PITCH_MM <= across <= LARGEST_PITCH_MM else None


@dataclass(frozen=True, slots=True, eq=False)
class Monitor:
    """A monitor as it stands on a day.

    reasons: why it is no diagnostic display, empty where it is one. table: P-value to driving level, shape (256,), None
    where too little was measured. pitch_mm: None where unknown; pitch_measured: with a ruler, not by the monitor's word.
    """

    name: str
    role: str = ""
    figures: Figures | None = None
    table: NDArray[np.uint8] | None = None
    checked: date | None = None
    valid_until: date | None = None
    reasons: tuple[str, ...] = ()
    remedy: str = ""
    pitch_mm: float | None = None
    pitch_measured: bool = False

    @property
    def is_diagnostic(self) -> bool:
        """Whether a valid check says that images may be read on it."""
        return not self.reasons

    @property
    def verdict(self) -> str:
        """One line: "diagnostic display, check valid until …" or "not a diagnostic display: …"."""
        if self.is_diagnostic:
            return f"diagnostic display, check valid until {day(self.valid_until)}"
        return f"not a diagnostic display: {'; '.join(self.reasons)}"


def judged(screen: Screen, present: Sequence[Screen], on_file: Sequence[MonitorSettings], today: date) -> Monitor:
    """A connected monitor as it stands; present: all that are connected, so that two alike are not taken for another."""
    found = matching(screen, on_file)
    pitch = screen.pitch_mm
    if found is None:
        reason = f"no check on file for {screen.title}"
        return Monitor(screen.title, reasons=(reason,), remedy=_remedy(screen.screen), pitch_mm=pitch)
    alike = [other for other in present if other != screen and matching(other, on_file) is found]
    if alike:
        reason = f"{found.name} cannot be told from another monitor of its kind"
        remedy = "Add its serial number, or its screen, to its [[monitor]] table: readingroom monitors shows both."
        return Monitor(found.name, found.role, reasons=(reason,), remedy=remedy, pitch_mm=pitch)
    return as_filed(found, today, pitch)


def as_filed(filed: MonitorSettings, today: date, told_pitch_mm: float | None = None) -> Monitor:
    """A monitor by its [[monitor]] table alone; told_pitch_mm: of a pixel as the monitor itself tells it."""
    checked = day_of(filed.checked)
    until = _until(checked, filed.valid_days)
    measured, trouble = _measured(filed)
    reasons = [trouble] if trouble else []
    if filed.role != "diagnostic":
        reasons.append(_ROLE_WORDS.get(filed.role, f"its role is {filed.role}"))
    if measured is not None:
        if checked is None or until is None:
            reasons.append(f"no day of a check of {filed.name} on file")
        elif checked > today:
            reasons.append(f"the check of {filed.name} is dated {day(checked)}, which is still to come")
        elif until < today:
            reasons.append(f"the check of {filed.name} expired on {day(until)}")
        short = calibration.shortcomings(measured)
        reasons += [f"failed: {'; '.join(short)}"] if short else []
    applies = measured is not None and calibration.is_worth_applying(measured)
    return Monitor(
        name=filed.name,
        role=filed.role,
        figures=calibration.figures(measured) if measured is not None else None,
        table=calibration.table(measured) if measured is not None and applies else None,
        checked=checked,
        valid_until=until,
        reasons=tuple(reasons),
        remedy=_remedy(filed.name) if reasons and filed.role == "diagnostic" else "",
        pitch_mm=filed.pitch_mm or told_pitch_mm,
        pitch_measured=bool(filed.pitch_mm),
    )


def matching(screen: Screen, on_file: Sequence[MonitorSettings]) -> MonitorSettings | None:
    """The table about a monitor: all that it names is as the monitor tells, and no other names more; None for none."""
    told = (screen.manufacturer, screen.model, screen.serial, screen.screen)
    best: MonitorSettings | None = None
    most = 0
    for filed in on_file:
        wanted = (filed.manufacturer, filed.model, filed.serial, filed.screen)
        named = [(want, have) for want, have in zip(wanted, told, strict=True) if want]
        if len(named) > most and all(want == have for want, have in named):
            best, most = filed, len(named)
    return best


def table_for(screen: Screen, on_file: Sequence[MonitorSettings]) -> MonitorSettings:
    """The table about a monitor, or a new one that holds what tells it from others: its serial number, else its socket."""
    found = matching(screen, on_file)
    if found is not None:
        return found
    taken = {filed.name for filed in on_file}
    names = (screen.title, f"{screen.title} {screen.serial or screen.screen}", screen.screen)
    name = next((name for name in names if name not in taken), screen.title)
    socket = "" if screen.serial else screen.screen
    return MonitorSettings(name, screen.manufacturer, screen.model, screen.serial, socket)


def _measured(filed: MonitorSettings) -> tuple[Response | None, str]:
    if not filed.luminance:
        return None, f"no luminance of {filed.name} on file"
    levels, luminance = zip(*filed.luminance, strict=True)
    try:
        return calibration.response(levels, luminance, filed.ambient_cd_m2), ""
    except ReaderError as error:
        return None, f"failed: {error.problem}".rstrip(".")


def _until(checked: date | None, valid_days: int) -> date | None:
    if checked is None:
        return None
    try:
        return checked + timedelta(days=valid_days)
    except OverflowError:
        return date.max


def _remedy(name: str) -> str:
    quoted = f'"{name}"' if " " in name else name
    return MEASURE.format(name=quoted or "NAME") + "."
