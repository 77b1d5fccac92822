"""How the change of a lesion and the sum of the targets are said, in a window and without one."""

from readingroom.display import words
from readingroom.measure.growth import Growth


def grown(growth: Growth | None) -> str:
    """A change in words: "  +3.2 mm (+25 %) in 92 days, doubles in 103 days"; within its error it says so."""
    if growth is None:
        return ""
    share = f" ({growth.percent:+.0f} %)" if growth.percent is not None else ""
    said = f"  {growth.change:+.1f} {words.unit(growth.unit)}{share} in {growth.days} days"
    if not growth.certain:
        return f"{said}, within the error of measuring"
    if growth.doubling_days is None:
        return said
    return f"{said}, {'doubles' if growth.doubling_days > 0 else 'halves'} in {abs(growth.doubling_days):.0f} days"


def sum_words(total: float | None) -> str:
    """The sum of the target lesions at one examination."""
    return words.millimetres(total) if total is not None else "a target was not measured"
