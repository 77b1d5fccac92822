"""How a lesion changed between two examinations, and whether the change is larger than the error of measuring it."""

from dataclasses import dataclass
from datetime import date
from math import hypot, log

from readingroom.measure.refused import Refused
from readingroom.record.finding import Value

POWERS = {"mm": 3.0, "cm": 3.0, "mm2": 1.5, "ml": 1.0, "mm3": 1.0}
"""The power that makes a volume of a number of this unit, for a body that keeps its shape."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The change of one number over days, in its own unit, with the ± that both errors make together.

    certain: whether the change is larger than that ±; where an error bar is missing it never is. doubling_days: in how
    many days the volume doubles (negative: halves) at this pace for a body that keeps its shape; None where the change is
    not certain, the days are none, or a number is not positive.
    """

    days: int
    change: float
    percent: float | None
    unit: str
    plus_minus: float | None
    certain: bool
    doubling_days: float | None


def growth_of(before: Value, before_on: date, now: Value, now_on: date) -> Growth:
    """The growth from one value to a later one of the same unit; Refused where the units differ.

    Doubling time by Schwartz (Cancer 1961;14:1272): days × ln 2 / ln(volume now / volume before).
    """
    if before.unit != now.unit:
        raise Refused(
            f"{before.concept} was in {before.unit} and is in {now.unit} now, so they do not compare.",
            "Measure both in the same unit.",
        )
    days, change = (now_on - before_on).days, now.value - before.value
    error = None if None in (before.plus_minus, now.plus_minus) else hypot(before.plus_minus or 0, now.plus_minus or 0)
    certain = error is not None and abs(change) > error
    percent = 100.0 * change / before.value if before.value > 0 else None
    return Growth(days, change, percent, now.unit, error, certain, _doubling(before, now, days) if certain else None)


def _doubling(before: Value, now: Value, days: int) -> float | None:
    power = POWERS.get(now.unit)
    if power is None or days <= 0 or before.value <= 0 or now.value <= 0 or before.value == now.value:
        return None
    return days * log(2.0) / (power * log(now.value / before.value))
