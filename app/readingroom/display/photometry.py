"""Measuring a monitor by hand: a question at a time, an answer from a photometer, until its [[monitor]] table is whole."""

from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

from readingroom.base.errors import ReaderError
from readingroom.display import calibration
from readingroom.settings.sections import Luminance, MonitorSettings

MEASURED = tuple(range(0, 256, 5))
"""The driving levels that are asked for, fine enough for a monitor of any response."""
_LAST = len(MEASURED) + 1


@dataclass(frozen=True, slots=True)
class Measuring:
    """The answers so far: the room's light, a luminance for each of MEASURED in cd/m², the ruler's millimetres.

    ruler_px: pixels of the bar that the ruler is held to. 0 stands for what was passed over.
    """

    ruler_px: int
    answers: tuple[float, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to ask."""
        return len(self.answers) > _LAST

    @property
    def level(self) -> int | None:
        """The driving level to be shown, None where the question is about something else."""
        step = len(self.answers)
        return MEASURED[step - 1] if 1 <= step < _LAST else None

    @property
    def is_about_size(self) -> bool:
        """Whether the ruler is asked for."""
        return len(self.answers) == _LAST

    @property
    def question(self) -> str:
        """What is asked now, with the unit; "" when all is answered."""
        if self.is_done:
            return ""
        if self.is_about_size:
            return f"Length of the white bar of {self.ruler_px} pixels in mm (Enter alone passes it over)"
        if self.level is None:
            return "The room's light on the switched-off screen in cd/m² (Enter alone: the photometer sees it anyway)"
        return f"Luminance of the middle in cd/m²: level {self.level}, {len(self.answers)} of {len(MEASURED)}"

    def answered(self, text: str) -> "Measuring":
        """With one more answer; ReaderError where it cannot be one, and nothing changed."""
        try:
            value = float(text.strip().replace(",", ".")) if text.strip() or self.level is not None else 0.0
        except ValueError:
            value = float("nan")
        if not (isfinite(value) and value >= 0):
            raise ReaderError(f"“{text}” is no number.", "Type what the photometer or the ruler shows.")
        if self.level is not None and self.level > 0 and value < self.answers[-1]:
            raise ReaderError(
                f"{value:g} cd/m² is darker than the level before ({self.answers[-1]:g}).",
                "Measure again, or go back with Backspace.",
            )
        if self.level == MEASURED[-1]:
            calibration.response(MEASURED, (*self.answers[1:], value), self.answers[0])
        return replace(self, answers=(*self.answers, value))

    def back(self) -> "Measuring":
        """Without the last answer."""
        return replace(self, answers=self.answers[:-1])

    def filed(self, before: MonitorSettings, today: date) -> MonitorSettings:
        """The monitor's table with what was measured in place of what it held; only when all is answered."""
        readings = self.answers[1:_LAST]
        measured_mm = self.answers[_LAST]
        return replace(
            before,
            luminance=Luminance(zip(MEASURED, readings, strict=True)),
            ambient_cd_m2=self.answers[0],
            checked=today.isoformat(),
            pitch_mm=round(measured_mm / self.ruler_px, 5) if measured_mm else before.pitch_mm,
        )
