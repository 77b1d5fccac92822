"""Standardised uptake values by body weight, lean body mass, body surface and ideal weight, refused by what is missing."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

from readingroom.measure.refused import Refused
from readingroom.pixels.frame import SuvTags

UNITS = {
    "bw": "g/ml{SUVbw}", "lbm": "g/ml{SUVlbm}", "lbm-james128": "g/ml{SUVlbm(James128)}",
    "lbm-janma": "g/ml{SUVlbm(Janma)}", "bsa": "cm2/ml{SUVbsa}", "ibw": "g/ml{SUVibw}",
}  # fmt: skip
"""What uptake is divided by, and the unit it then has (PS3.16 CID 85)."""
NAMES = {
    "bw": "SUVbw", "lbm": "SUVlbm (120)", "lbm-james128": "SUVlbm (James 128)", "lbm-janma": "SUVlbm (Janmahasatian)",
    "bsa": "SUVbsa (DuBois)", "ibw": "SUVibw",
}  # fmt: skip
_STORED_AS = {
    "": "bw", "BW": "bw", "LBM": "lbm", "LBMJAMES128": "lbm-james128", "LBMJANMA": "lbm-janma", "BSA": "bsa", "IBW": "ibw",
}  # fmt: skip
"""SUV Type (0054,1006); where it is absent, SUVbw is meant (PS3.3 C.8.9.1)."""
_SHORTEST_DOSE_BQ = 1e5
_LONGEST_HALF_LIVES = 10.0
_ASK = "Read uptake in the units of the scanner, or ask the sending trust for the original series."


@dataclass(frozen=True, slots=True)
class Suv:
    """SUV = factor times modality value, in unit; reference says which time the dose was decayed to."""

    factor: float
    reference: str
    unit: str = UNITS["bw"]


def suv_of(tags: SuvTags | None, by: str = "bw") -> Suv:
    """The SUV factor for each modality value by the QIBA rules; Refused names the tag that is missing or absurd.

    by: "bw" body weight (PS3.16 126410), "lbm" lean body mass with the multiplier 120 that men were once given by a
    misprint and that DICOM kept for this name (126411), "lbm-james128" with James's own 128 (126415), "lbm-janma" after
    Janmahasatian (126414), "bsa" body surface (126412), "ibw" ideal body weight (126413).
    BQML: what it is divided by over the dose decayed from injection to the start of the scan (DecayCorrection START), or
    over the dose as injected (ADMIN). CNTS only with the Philips factors (7053,1000) or (7053,1009); GML and CM2ML are
    SUV already. The series time counts only if it is not after the acquisition.
    """
    if tags is None:
        raise _missing("Units")
    if by not in UNITS:
        raise Refused(f"There is no SUV by “{by}”.", f"Use one of: {', '.join(UNITS)}.")
    private = dict(tags.private)
    if tags.units in ("GML", "CM2ML"):
        return _as_stored(tags, by)
    if tags.units == "CNTS":
        scale = _number(private.get("7053,1000"))
        if scale:
            return Suv(scale * _size(tags, by) / _size(tags, "bw"), "Philips SUV scale factor", UNITS[by])
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
    size, dose = _size(tags, by), _dose(tags)
    if tags.decay_correction == "ADMIN":
        return Suv(to_activity * size / dose, "injection (ADMIN)", UNITS[by])
    half_life = _half_life(tags)
    reference, words = _reference_time(tags, private)
    elapsed = _elapsed(tags, reference, half_life)
    return Suv(to_activity * size / (dose * 2.0 ** (-elapsed / half_life)), words, UNITS[by])


def _as_stored(tags: SuvTags, by: str) -> Suv:
    """Pixels that are SUV already, of the type they were stored as or turned into another."""
    stored = "bsa" if tags.units == "CM2ML" and not tags.suv_type else _STORED_AS.get(tags.suv_type)
    if stored is None or (stored == "bsa") != (tags.units == "CM2ML"):
        raise Refused(
            f"SUV cannot be given: Units {tags.units} with SUVType “{tags.suv_type}” is not understood.", _ASK
        )
    share = 1.0 if stored == by else _size(tags, by) / _size(tags, stored)
    return Suv(share, "the scan by the scanner itself", UNITS[by])


def _size(tags: SuvTags, by: str) -> float:
    """What uptake is divided by: grams, or square centimetres of surface (PS3.16 126410 to 126415; kg and cm in them).

    Surface: DuBois and DuBois, Arch Intern Med 1916;17:863. Ideal weight: Sugawara et al., Radiology 1999;213:521.
    """
    if by == "bw":
        return _weight(tags) * 1000.0
    height = _height_cm(tags)
    if by == "bsa":
        return float(_weight(tags) ** 0.425 * height**0.725 * 0.007184 * 10_000.0)
    male = _is_male(tags)
    if by == "ibw":
        found = 48.0 + 1.06 * (height - 152.0) if male else 45.5 + 0.91 * (height - 152.0)
    else:
        found = _lean_kg(by, _weight(tags), height, male)
    if found <= 0:
        what = "ideal weight" if by == "ibw" else "lean body mass"
        raise Refused(f"SUV cannot be given: PatientSize {height / 100:g} m gives no {what}.", _ASK)
    return found * 1000.0


def _lean_kg(by: str, weight_kg: float, height_cm: float, male: bool) -> float:
    """Lean body mass: James, Research on Obesity, HMSO 1976, or Janmahasatian et al., Clin Pharmacokinet 2005;44:1051.

    The quadratic formulas fall again in great obesity, which the one of Janmahasatian was made to avoid (Tahari et al.,
    J Nucl Med 2014;55:1481).
    """
    if by == "lbm-janma":
        body_mass_index = weight_kg / (height_cm / 100.0) ** 2
        return 9270.0 * weight_kg / (6680.0 + 216.0 * body_mass_index if male else 8780.0 + 244.0 * body_mass_index)
    squared = (weight_kg / height_cm) ** 2
    if not male:
        return 1.07 * weight_kg - 148.0 * squared
    return 1.10 * weight_kg - (128.0 if by == "lbm-james128" else 120.0) * squared


def _height_cm(tags: SuvTags) -> float:
    if tags.height_m is None:
        raise _missing("PatientSize")
    if not (isfinite(tags.height_m) and 0.3 <= tags.height_m <= 2.6):
        raise Refused(f"SUV cannot be given: PatientSize {tags.height_m:g} m is no height.", _ASK)
    return tags.height_m * 100.0


def _is_male(tags: SuvTags) -> bool:
    if tags.sex.upper() not in ("M", "F"):
        raise Refused(f"SUV cannot be given: PatientSex is “{tags.sex or 'missing'}”, not M or F.", _ASK)
    return tags.sex.upper() == "M"


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
