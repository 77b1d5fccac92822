"""Standardised uptake value by body weight (SUVbw), refused by name of what is missing."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

from readingroom.measure.refused import Refused
from readingroom.pixels.frame import SuvTags

UNIT = "g/ml{SUVbw}"
_SHORTEST_DOSE_BQ = 1e5
_LONGEST_HALF_LIVES = 10.0
_ASK = "Read uptake in the units of the scanner, or ask the sending trust for the original series."


@dataclass(frozen=True, slots=True)
class Suv:
    """SUVbw = factor times modality value; reference says which time the dose was decayed to."""

    factor: float
    reference: str


def suv_of(tags: SuvTags | None) -> Suv:
    """The SUVbw factor (g/ml per modality value) by the QIBA rules; Refused names the tag that is missing or absurd.

    BQML: weight in grams over the dose decayed from injection to the start of the scan (DecayCorrection START), or over
    the dose as injected (ADMIN). CNTS only with the Philips factors (7053,1000) or (7053,1009). The series time counts
    only if it is not after the acquisition; a series re-dated later is decayed to the acquisition time.
    """
    if tags is None:
        raise _missing("Units")
    private = dict(tags.private)
    if tags.units == "CNTS":
        scale = _number(private.get("7053,1000"))
        if scale:
            return Suv(scale, "Philips SUV scale factor")
        to_activity = _number(private.get("7053,1009"))
        if not to_activity:
            raise Refused(
                "SUV cannot be given: the pixels are counts without a Philips scale factor (7053,1000).", _ASK
            )
    elif tags.units == "BQML":
        to_activity = 1.0
    else:
        raise Refused(f"SUV cannot be given: Units is “{tags.units or 'missing'}”, not BQML.", _ASK)
    _check_corrections(tags)
    weight, dose = _weight(tags), _dose(tags)
    if tags.decay_correction == "ADMIN":
        return Suv(to_activity * weight * 1000.0 / dose, "injection (ADMIN)")
    half_life = _half_life(tags)
    reference, words = _reference_time(tags, private)
    elapsed = _elapsed(tags, reference, half_life)
    return Suv(to_activity * weight * 1000.0 / (dose * 2.0 ** (-elapsed / half_life)), words)


def _check_corrections(tags: SuvTags) -> None:
    corrected = set(tags.corrected)
    if "ATTN" not in corrected:
        raise Refused("SUV cannot be given: CorrectedImage does not say that attenuation was corrected (ATTN).", _ASK)
    if not corrected & {"DECY", "DECAY"}:
        raise Refused("SUV cannot be given: CorrectedImage does not say that decay was corrected (DECY).", _ASK)
    if tags.decay_correction not in ("START", "ADMIN"):
        raise Refused(
            f"SUV cannot be given: DecayCorrection is “{tags.decay_correction or 'missing'}”, not START or ADMIN.", _ASK
        )


def _weight(tags: SuvTags) -> float:
    if tags.weight_kg is None:
        raise _missing("PatientWeight")
    if not (isfinite(tags.weight_kg) and 0.2 <= tags.weight_kg <= 700.0):
        raise Refused(f"SUV cannot be given: PatientWeight {tags.weight_kg:g} kg is no weight.", _ASK)
    return tags.weight_kg


def _dose(tags: SuvTags) -> float:
    if tags.dose_bq is None:
        raise _missing("RadionuclideTotalDose")
    if not (isfinite(tags.dose_bq) and tags.dose_bq >= _SHORTEST_DOSE_BQ):
        raise Refused(
            f"SUV cannot be given: RadionuclideTotalDose {tags.dose_bq:g} Bq is too small to be becquerels.", _ASK
        )
    return tags.dose_bq


def _half_life(tags: SuvTags) -> float:
    if tags.half_life_s is None:
        raise _missing("RadionuclideHalfLife")
    if not (isfinite(tags.half_life_s) and tags.half_life_s > 1.0):
        raise Refused(f"SUV cannot be given: RadionuclideHalfLife {tags.half_life_s:g} s is no half-life.", _ASK)
    return tags.half_life_s


def _reference_time(tags: SuvTags, private: dict[str, float | str]) -> tuple[datetime, str]:
    series, acquired = _moment(tags.series_date, tags.series_time), _moment(tags.acquired_date, tags.acquired_time)
    if acquired is None:
        raise _missing("AcquisitionDate and AcquisitionTime")
    if series is not None and series <= acquired:
        return series, "series time"
    scanned = _point_in_time(str(private.get("0009,100D", "")))
    if scanned is not None and scanned <= acquired:
        return scanned, "scan time (GE)"
    return acquired, "acquisition time, because the series was dated later"


def _elapsed(tags: SuvTags, reference: datetime, half_life: float) -> float:
    injected = _injected(tags, reference)
    elapsed = (reference - injected).total_seconds()
    if elapsed < 0:
        raise Refused("SUV cannot be given: the scan begins before the injection (RadiopharmaceuticalStartTime).", _ASK)
    if elapsed > _LONGEST_HALF_LIVES * half_life:
        raise Refused(
            "SUV cannot be given: RadiopharmaceuticalStartDateTime lies more than ten half-lives before the scan.", _ASK
        )
    return elapsed


def _injected(tags: SuvTags, reference: datetime) -> datetime:
    if tags.injected_at:
        injected = _point_in_time(tags.injected_at)
        if injected is None:
            raise Refused(
                f"SUV cannot be given: RadiopharmaceuticalStartDateTime “{tags.injected_at}” is no local time.", _ASK
            )
        return injected
    if not tags.injected_time:
        raise _missing("RadiopharmaceuticalStartDateTime")
    injected = _moment(f"{reference:%Y%m%d}", tags.injected_time)
    if injected is None:
        raise Refused(f"SUV cannot be given: RadiopharmaceuticalStartTime “{tags.injected_time}” is no time.", _ASK)
    # A time without a date that lies after the scan is yesterday's: the injection came before midnight.
    return injected if injected <= reference else injected - timedelta(days=1)


def _moment(day: str, clock: str) -> datetime | None:
    return _point_in_time(day.strip() + clock.strip()) if len(day.strip()) == 8 and clock.strip() else None


def _point_in_time(text: str) -> datetime | None:
    """A local DICOM date and time (PS3.5 6.2), None where it is none or names an offset from UTC."""
    found = re.fullmatch(r"(\d{8})(\d{2})(\d{2})?(\d{2})?(?:\.(\d{1,6}))?", text.strip().rstrip("\0"))
    if not found:
        return None
    day, hour, minute, second, fraction = found.groups()
    try:
        moment = datetime.strptime(f"{day}{hour}{minute or '00'}{second or '00'}", "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return moment + timedelta(microseconds=int((fraction or "0").ljust(6, "0")))


def _number(value: float | str | None) -> float | None:
    try:
        number = float(value or 0.0)
    except ValueError:
        return None
    return number if isfinite(number) and number > 0 else None


def _missing(keyword: str) -> Refused:
    return Refused(f"SUV cannot be given: {keyword} is missing.", _ASK)
