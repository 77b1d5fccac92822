"""ACR TI-RADS 2017 for thyroid nodules on ultrasound (Tessler et al., J Am Coll Radiol 2017;14:587–95)."""

from collections.abc import Iterable

from readingroom.base.errors import ReaderError
from readingroom.reporting.scores.score import Score, chosen, positive

SOURCE = "ACR TI-RADS: Tessler et al., J Am Coll Radiol 2017;14:587"
COMPOSITION = {"cystic": 0, "spongiform": 0, "mixed": 1, "solid": 2}
ECHOGENICITY = {"anechoic": 0, "hyperechoic or isoechoic": 1, "hypoechoic": 2, "very hypoechoic": 3}
SHAPE = {"wider than tall": 0, "taller than wide": 3}
MARGIN = {"smooth": 0, "ill-defined": 0, "lobulated or irregular": 2, "extrathyroidal extension": 3}
FOCI = {"none": 0, "large comet-tail": 0, "macrocalcifications": 1, "peripheral": 2, "punctate": 3}
_SIZES_MM = {"TR3": (25.0, 15.0), "TR4": (15.0, 10.0), "TR5": (10.0, 5.0)}
"""Largest diameter from which (aspiration, follow-up) is advised."""


def ti_rads(
    composition: str, echogenicity: str, shape: str, margin: str, foci: Iterable[str], largest_mm: float
) -> Score:
    """The level of a nodule and what is advised at its largest diameter; the points of all foci are added.

    ReaderError for a sum of one point, which the publication gives no level.
    """
    positive(largest_mm, "The largest diameter")
    if composition == "spongiform":
        return Score("TR1", ("spongiform: no points from other features",), "No aspiration.", SOURCE)
    found = list(dict.fromkeys(foci)) or ["none"]
    points = {
        composition: chosen(COMPOSITION, composition, "composition"),
        echogenicity: chosen(ECHOGENICITY, echogenicity, "echogenicity"),
        shape: chosen(SHAPE, shape, "shape"),
        margin: chosen(MARGIN, margin, "margin"),
        **{one: chosen(FOCI, one, "kind of echogenic focus") for one in found},
    }
    total = sum(points.values())
    reasons = (*(f"{feature}: {n}" for feature, n in points.items()), f"{total} points")
    return Score(_level(total), reasons, _advice(_level(total), largest_mm), SOURCE)


def _level(total: int) -> str:
    if total == 1:
        raise ReaderError(
            "One point has no TI-RADS level.", "Score the echogenicity of the solid part of a mixed nodule."
        )
    return "TR1" if total == 0 else "TR2" if total == 2 else "TR3" if total == 3 else "TR4" if total <= 6 else "TR5"


def _advice(level: str, largest_mm: float) -> str:
    if level not in _SIZES_MM:
        return "No aspiration."
    aspirate, follow = _SIZES_MM[level]
    if largest_mm >= aspirate:
        return "Fine-needle aspiration."
    return "Follow-up." if largest_mm >= follow else "No follow-up by size."
