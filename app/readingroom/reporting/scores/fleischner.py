"""Incidental pulmonary nodules, Fleischner Society 2017 (MacMahon et al., Radiology 2017;284:228–43).

For adults of 35 years and more without known cancer and without immunosuppression.
"""

from math import floor

from readingroom.base.errors import ReaderError
from readingroom.reporting.scores.score import Score, positive

SOURCE = "Fleischner 2017: MacMahon et al., Radiology 2017;284:228"
_SOLID = {
    ("<6", False, False): "No routine follow-up.",
    ("<6", False, True): "Optional CT at 12 months.",
    ("<6", True, False): "No routine follow-up.",
    ("<6", True, True): "Optional CT at 12 months.",
    ("6-8", False, False): "CT at 6–12 months, then consider CT at 18–24 months.",
    ("6-8", False, True): "CT at 6–12 months, then CT at 18–24 months.",
    ("6-8", True, False): "CT at 3–6 months, then consider CT at 18–24 months.",
    ("6-8", True, True): "CT at 3–6 months, then CT at 18–24 months.",
    (">8", False, False): "Consider CT at 3 months, PET/CT or tissue sampling.",
    (">8", False, True): "Consider CT at 3 months, PET/CT or tissue sampling.",
    (">8", True, False): "CT at 3–6 months, then consider CT at 18–24 months.",
    (">8", True, True): "CT at 3–6 months, then CT at 18–24 months.",
}
"""By size in mm, whether there are several, and whether the risk is high."""
_SUBSOLID = {
    ("ground-glass", "<6"): "No routine follow-up.",
    ("ground-glass", "≥6"): "CT at 6–12 months to confirm persistence, then CT every 2 years until 5 years.",
    ("part-solid", "<6"): "No routine follow-up.",
    (
        "part-solid",
        "≥6",
    ): "CT at 3–6 months to confirm persistence; if unchanged with a solid part below 6 mm, CT every year for 5 years.",
}
_SEVERAL = {
    "<6": "CT at 3–6 months; if stable, consider CT at 2 and 4 years.",
    "≥6": "CT at 3–6 months; then by the most suspicious nodule.",
}


def fleischner(kind: str, mean_mm: float, several: bool, high_risk: bool, age_years: int) -> Score:
    """What is advised for a nodule ("solid", "part-solid", "ground-glass"); mean_mm is rounded to the whole millimetre.

    ReaderError for a patient to whom the guideline does not apply.
    """
    if age_years < 35:
        raise ReaderError("The guideline is for patients of 35 years and more.", "Decide it as the reader.")
    size = floor(positive(mean_mm, "The mean diameter") + 0.5)
    if kind == "solid":
        band = "<6" if size < 6 else "6-8" if size <= 8 else ">8"
        advice = _SOLID[(band, several, high_risk)]
    elif kind in ("part-solid", "ground-glass"):
        band = "<6" if size < 6 else "≥6"
        advice = _SEVERAL[band] if several else _SUBSOLID[(kind, band)]
    else:
        raise ReaderError(f"“{kind}” is no kind of nodule here.", "Use one of: solid, part-solid, ground-glass.")
    risk = ("high risk" if high_risk else "low risk",) if kind == "solid" else ()
    return Score(band, (kind, "several" if several else "single", f"{size} mm", *risk), advice, SOURCE)
