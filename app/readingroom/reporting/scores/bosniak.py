"""Bosniak classification of cystic renal masses, version 2019, on CT (Silverman et al., Radiology 2019;292:475–88).

The core alone: wall, septa, nodules and calcification of a mass that is cystic and was imaged before and after contrast
medium. Left out: the further class II masses that are told by their attenuation alone, and MR.
"""

from readingroom.base.errors import ReaderError
from readingroom.reporting.scores.score import Score

SOURCE = "Bosniak 2019: Silverman et al., Radiology 2019;292:475"
MANY_SEPTA, MINIMALLY_THICK_MM, THICK_MM, NODULE_MM = 4, 3, 4, 4


def bosniak_ct(
    wall_mm: int,
    septa: int = 0,
    septum_mm: int = 0,
    protrusion_mm: int = 0,
    acute_margins: bool = False,
    calcified: bool = False,
) -> Score:
    """The class of a cystic mass by its thickest enhancing wall and septum and its largest enhancing protrusion.

    Sizes in whole millimetres, as the classification has them; acute_margins: of the protrusion with its wall or septum.
    """
    if wall_mm < 1 or min(septa, septum_mm, protrusion_mm) < 0 or bool(septa) != bool(septum_mm):
        raise ReaderError("A wall has a thickness, and septa have a number and a thickness.", "Measure them again.")
    thickest = max(wall_mm, septum_mm)
    reasons = [f"wall {wall_mm} mm"]
    reasons += [f"{septa} septa of {septum_mm} mm"] if septa else []
    reasons += [f"protrusion {protrusion_mm} mm, {'acute' if acute_margins else 'obtuse'}"] if protrusion_mm else []
    reasons += ["calcified"] if calcified else []
    if protrusion_mm >= NODULE_MM or (protrusion_mm and acute_margins):
        category = "IV"
    elif protrusion_mm or thickest >= THICK_MM:
        category = "III"
    elif thickest == MINIMALLY_THICK_MM or septa >= MANY_SEPTA:
        category = "IIF"
    else:
        category = "II" if septa or calcified else "I"
    return Score(category, tuple(reasons), "", SOURCE)
