"""Lung-RADS v2022: the table of sizes of nodules in screening CT (American College of Radiology, November 2022).

Left out: juxtapleural and airway nodules, atypical cysts, features of category 4X, the modifier S, and how a category
steps down when a nodule is stable.
"""

from math import floor

from readingroom.base.errors import ReaderError
from readingroom.reporting.scores.score import Score, positive

SOURCE = "ACR Lung-RADS v2022"
STATES = ("baseline", "new", "growing")


def mean_diameter_mm(long_mm: float, short_mm: float) -> float:
    """The mean of both diameters, to one decimal."""
    both = positive(long_mm, "The long axis") + positive(short_mm, "The short axis")
    return floor(both * 5 + 0.5 + 1e-9) / 10


def has_grown(before_mm: float, now_mm: float, months: float) -> bool:
    """Whether a mean diameter grew by more than 1.5 mm within twelve months; ReaderError over a longer interval."""
    if not 0 < months <= 12:
        raise ReaderError("Growth is defined within twelve months.", "Compare with an examination of the last year.")
    return round(now_mm - before_mm, 6) > 1.5


def lung_rads(kind: str, mean_mm: float, state: str, solid_mm: float = 0.0) -> Score:
    """The category of a "solid", "part-solid" or "ground-glass" nodule at "baseline", "new" or "growing".

    mean_mm: mean diameter of all of it; solid_mm: of the solid part of a part-solid one. ReaderError where the table
    gives no category, or two.
    """
    positive(mean_mm, "The mean diameter")
    if state not in STATES:
        raise ReaderError(f"“{state}” is no state of a nodule.", f"Use one of: {', '.join(STATES)}.")
    if kind == "solid":
        category = _solid(mean_mm, state)
    elif kind == "part-solid":
        category = _part_solid(mean_mm, positive(solid_mm, "The solid part"), state)
    elif kind == "ground-glass":
        category = _ground_glass(mean_mm, state)
    else:
        raise ReaderError(f"“{kind}” is no kind of nodule here.", "Use one of: solid, part-solid, ground-glass.")
    solid = f", solid part {solid_mm:.1f} mm" if kind == "part-solid" else ""
    return Score(category, (f"{kind}, {state}, {mean_mm:.1f} mm{solid}",), _ADVICE[category], SOURCE)


_ADVICE = {
    "2": "Screening CT in 12 months.",
    "3": "CT in 6 months.",
    "4A": "CT in 3 months.",
    "4B": "Further diagnostic assessment.",
}


def _solid(mean_mm: float, state: str) -> str:
    if state == "growing":
        return "4A" if mean_mm < 8 else "4B"
    if state == "new":
        return "2" if mean_mm < 4 else "3" if mean_mm < 6 else "4A" if mean_mm < 8 else "4B"
    return "2" if mean_mm < 6 else "3" if mean_mm < 8 else "4A" if mean_mm < 15 else "4B"


def _part_solid(mean_mm: float, solid_mm: float, state: str) -> str:
    if solid_mm > mean_mm:
        raise ReaderError("The solid part is larger than the nodule.", "Measure both again.")
    if state == "baseline":
        return "2" if mean_mm < 6 else "3" if solid_mm < 6 else "4A" if solid_mm < 8 else "4B"
    if state == "new" and mean_mm < 6:
        if solid_mm >= 4:
            raise ReaderError("The table gives a new nodule of this kind two categories.", "Decide it as the reader.")
        return "3"
    return "4A" if solid_mm < 4 else "4B"


def _ground_glass(mean_mm: float, state: str) -> str:
    if mean_mm < 30:
        return "2"
    if state == "growing":
        raise ReaderError("The table gives a growing nodule of this kind no category.", "Decide it as the reader.")
    return "3"
