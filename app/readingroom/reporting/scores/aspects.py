"""ASPECTS, the Alberta stroke programme early CT score (Barber et al., Lancet 2000;355:1670–4)."""

from collections.abc import Iterable

from readingroom.base.errors import ReaderError
from readingroom.reporting.scores.score import Score

SOURCE = "Barber et al., Lancet 2000;355:1670"
REGIONS = {
    "C": "caudate", "L": "lentiform nucleus", "IC": "internal capsule", "I": "insular ribbon", "M1": "M1", "M2": "M2",
    "M3": "M3", "M4": "M4", "M5": "M5", "M6": "M6",
}  # fmt: skip


def aspects(affected: Iterable[str]) -> Score:
    """Ten, less one for each region of one middle cerebral artery territory with early ischaemic change."""
    found = list(dict.fromkeys(affected))
    unknown = [region for region in found if region not in REGIONS]
    if unknown:
        raise ReaderError(f"“{unknown[0]}” is no ASPECTS region.", f"Use: {', '.join(REGIONS)}.")
    reasons = tuple(f"{region}: {REGIONS[region]}" for region in REGIONS if region in found)
    return Score(str(10 - len(found)), reasons, "", SOURCE)
