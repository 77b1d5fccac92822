"""What an MR series is weighted for: by its words, by what its header calls it, by the times of its sequence."""

from collections.abc import Mapping

from readingroom.hanging.tables import Tables, Times, first
from readingroom.record.study import Series

UNKNOWN = "unknown"


def weight_of(words: str, types: frozenset[str], series: Series, tables: Tables, has_b_value: bool) -> str:
    """t1, t2, flair, stir, pd, dwi, adc, swi, t2s, mra, dce, perfusion, fmri, fieldmap or "unknown".

    words: plain description and protocol; types: Image Type in capitals, frame type included.
    """
    if series.modality != "MR":
        return UNKNOWN
    named = first(tables.mr_words, words)
    if named:
        return named
    known = types | {series.fact("AcquisitionContrast").upper()}
    by_type = next((name for name, values in tables.mr_types if values & known), "")
    if by_type:
        return by_type
    if has_b_value:
        return "dwi"
    times = {name: _milliseconds(series, f"{name.capitalize()}Time") for name in ("repetition", "echo", "inversion")}
    return next((one.name for one in tables.mr_times if _fits(one, times)), UNKNOWN)


def has_fat_suppression(words: str, series: Series, tables: Tables) -> bool:
    """Whether words or Scan Options say that fat was suppressed."""
    options = set(series.fact("ScanOptions").upper().split("\\"))
    return bool(options & tables.fatsat_options) or bool(tables.fatsat.search(words))


def _milliseconds(series: Series, keyword: str) -> float | None:
    try:
        return float(series.fact(keyword).split("\\")[0])
    except ValueError:
        return None


def _fits(rule: Times, times: Mapping[str, float | None]) -> bool:
    """Every limit that is given is kept; a time that a limit needs and the header lacks fits nothing."""
    for name, (low, high) in (("repetition", rule.repetition), ("echo", rule.echo), ("inversion", rule.inversion)):
        value = times[name]
        if low is None and high is None:
            continue
        if value is None or (low is not None and value <= low) or (high is not None and value >= high):
            return False
    return True
