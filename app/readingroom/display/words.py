"""How the reader's glass says numbers, dates, names and windows: one way each, and no number without its unit."""

from datetime import date, time

from readingroom.pixels.frame import Voi
from readingroom.record.finding import Basis, Value
from readingroom.record.patient import Patient

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {
    "mm": "mm",
    "mm2": "mm²",
    "mm3": "mm³",
    "cm": "cm",
    "px": "px",
    "deg": "°",
    "[hnsf'U]": "HU",
    "HU": "HU",
    "g/ml{SUVbw}": "SUVbw",
    "g/ml{SUVlbm}": "SUVlbm",
    "g/ml{SUVlbm(James128)}": "SUVlbm(James128)",
    "g/ml{SUVlbm(Janma)}": "SUVlbm(Janma)",
    "cm2/ml{SUVbsa}": "SUVbsa",
    "g/ml{SUVibw}": "SUVibw",
    "{SUVbw}g/ml": "SUVbw",
    "1": "",
}
_DECIMALS = {"ml": 1, "cm/s": 1, "s": 3, "/min": 0, "mm": 1, "mm2": 1, "deg": 1, "[hnsf'U]": 1, "HU": 1, "px": 1}
_SEXES = {"M": "M", "F": "F", "O": "other"}


def day(value: date | None) -> str:
    """A date as "24 Nov 2026" in any locale; "date unknown" for none."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}" if value is not None else "date unknown"


def clock(value: time | None) -> str:
    """A time of day as "02:10"; "" for none."""
    return f"{value.hour:02}:{value.minute:02}" if value is not None else ""


def moment(on: date | None, at: time | None) -> str:
    """A date and, where known, a time: "24 Nov 2026 02:10"."""
    return " ".join(part for part in (day(on), clock(at)) if part)


def millimetres(value: float) -> str:
    """A length with one decimal: "9.8 mm"."""
    return f"{value:.1f} mm"


def unit(ucum: str) -> str:
    """A UCUM unit as it is read: "mm2" is "mm²"; one that is not known stays as it is."""
    return _UNITS.get(ucum, ucum.strip("{}"))


def amount(value: Value) -> str:
    """A value with its unit and its error bar: "9.8 mm ± 0.4"."""
    decimals = _DECIMALS.get(value.unit, 2)
    name = unit(value.unit)
    joined = "" if name in ("", "°") else " "
    text = f"{value.value:.{decimals}f}{joined}{name}"
    return f"{text} ± {value.plus_minus:.{decimals}f}" if value.plus_minus is not None else text


def basis_words(basis: Basis) -> str:
    """Why the number may be believed, where that is not simply millimetres: "mm at detector"; else ""."""
    return "" if basis.certain and basis.text == basis.unit else basis.text


def reading(value: float, name: str) -> str:
    """A modality value under the cursor with its unit: "HU 41", "Bq/ml 512.3"; "value 41" where it has none."""
    number = f"{value:.0f}" if name == "HU" or float(value).is_integer() else f"{value:.4g}"
    return f"{unit(name) or 'value'} {number}"


def window(voi: Voi, name: str, modality_unit: str) -> str:
    """The window in use: "Lung  C -600 W 1500 HU"; a table is called by its own name."""
    title = name or voi.explanation
    if voi.table is not None:
        return title or voi.table.explanation or "lookup table"
    function = {"LINEAR": "", "LINEAR_EXACT": " exact", "SIGMOID": " sigmoid"}.get(voi.function, f" {voi.function}")
    numbers = f"C {_short(voi.centre)} W {_short(voi.width)}{function} {unit(modality_unit)}".rstrip()
    return f"{title}  {numbers}" if title else numbers


def sex(code: str) -> str:
    """Patient's Sex (PS3.3 C.7.1.1) as it is read; "sex unknown" for none."""
    return _SEXES.get(code, "sex unknown")


def born(patient: Patient, on: date | None) -> str:
    """Date of birth with the age on a day: "3 Feb 1961 (65 y)"."""
    if patient.birth_date is None:
        return "birth date unknown"
    age = patient.age_at(on)
    return f"{day(patient.birth_date)} ({age})" if age else day(patient.birth_date)


def patient_banner(patient: Patient, on: date | None) -> str:
    """Who is on the glass, in one line: name, identifier, birth date with age on a day, sex."""
    parts = (patient.display_name, patient.display_id or "no identifier", born(patient, on), sex(patient.sex))
    return "  ·  ".join(parts)


def magnification(zoom: float) -> str:
    """Device pixels per image pixel, in per cent: "156 %"."""
    return f"{zoom * 100:.0f} %" if zoom >= 0.1 else f"{zoom * 100:.1f} %"


def _short(number: float) -> str:
    return f"{number:.0f}" if abs(number - round(number)) < 1e-6 or abs(number) >= 1000 else f"{number:.4g}"
