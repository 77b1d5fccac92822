"""PI-RADS v2.1: the overall category from zone and scores (Turkbey et al., Eur Urol 2019;76:340–51).

For examinations of adequate quality; the ways around a sequence that cannot be scored are left out, but for a missing
dynamic series.
"""

from readingroom.base.errors import ReaderError
from readingroom.reporting.scores.score import Score

SOURCE = "PI-RADS v2.1: Turkbey et al., Eur Urol 2019;76:340"


def pi_rads(zone: str, t2: int, dwi: int, enhancement: bool | None = None) -> Score:
    """The category of a lesion of the "peripheral" or "transition" zone; enhancement: early, None where not done."""
    if t2 not in range(1, 6) or dwi not in range(1, 6):
        raise ReaderError("T2 and DWI are scored from 1 to 5.", "Score both.")
    reasons = [f"{zone} zone", f"T2 {t2}", f"DWI {dwi}"]
    if zone == "peripheral":
        raised = dwi == 3 and enhancement is True
        reasons += ["early enhancement raises DWI 3"] if raised else []
        category = 4 if raised else dwi
    elif zone == "transition":
        raised = (t2 == 2 and dwi >= 4) or (t2 == 3 and dwi == 5)
        reasons += [f"DWI {dwi} raises T2 {t2}"] if raised else []
        category = t2 + 1 if raised else t2
    else:
        raise ReaderError(f"“{zone}” is no zone here.", "Use one of: peripheral, transition.")
    return Score(str(category), tuple(reasons), "", SOURCE)
