"""Who the patient is: identity, demographics, and when two records are the same person."""

import unicodedata
from dataclasses import dataclass
from datetime import date

NHS_ISSUERS = frozenset({"NHS", "2.16.840.1.113883.2.1.4.1", "https://fhir.nhs.uk/Id/nhs-number"})


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient as one archive knows them; name in DICOM PN form "Family^Given^Middle^Prefix^Suffix"."""

    id: str
    issuer: str
    name: str
    birth_date: date | None
    sex: str

    @property
    def display_name(self) -> str:
        """The name as a banner shows it: FAMILY, Given Middle (Prefix)."""
        return display_name(self.name)

    def age_at(self, day: date | None) -> str:
        """Age on a day in the unit a clinician says: "3 d", "7 w", "14 m" under two years, else "71 y"; "" if unknown."""
        if self.birth_date is None or day is None or day < self.birth_date:
            return ""
        days = (day - self.birth_date).days
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        years = day.year - self.birth_date.year - before_birthday
        if years >= 2:
            return f"{years} y"
        if days < 28:
            return f"{days} d"
        if days < 91:
            return f"{days // 7} w"
        months = (day.year - self.birth_date.year) * 12 + day.month - self.birth_date.month
        return f"{months - (day.day < self.birth_date.day)} m"

    @property
    def display_id(self) -> str:
        """The identifier as it is read aloud: an NHS number 3-3-4, any other as it stands."""
        if self.issuer in NHS_ISSUERS and is_nhs_number(self.id):
            digits = _digits(self.id)
            return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
        return self.id


def display_name(name: str) -> str:
    """A DICOM person name (PS3.5 6.2.1) as FAMILY, Given Middle (Prefix); the first component group that is filled."""
    group = next((part for part in name.split("=") if part.strip("^ ")), "")
    family, given, middle, prefix, _ = ([part.strip() for part in group.split("^")] + [""] * 5)[:5]
    first = " ".join(part for part in (given, middle) if part)
    text = ", ".join(part for part in (family.upper(), first) if part)
    return f"{text} ({prefix})" if prefix and text else text or "(no name)"


def is_nhs_number(text: str) -> bool:
    """Whether text is an NHS number: ten digits, weights 10..2, modulus 11, and not one digit repeated."""
    digits = _digits(text)
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(int(d) * (10 - n) for n, d in enumerate(digits[:9])) % 11
    return check != 10 and int(digits[9]) == check % 11


def doubt(patient: Patient) -> str:
    """ "" or, in words, what is wrong with an identifier that is said to be an NHS number (NHS Data Dictionary, modulus 11)."""
    if patient.issuer not in NHS_ISSUERS or not patient.id or is_nhs_number(patient.id):
        return ""
    digits = _digits(patient.id)
    if len(digits) != 10:
        return f"{patient.id} is no NHS number: it has not ten digits"
    return f"{digits[:3]} {digits[3:6]} {digits[6:]} is no NHS number: its check digit is wrong"


def evidence(one: Patient, other: Patient) -> tuple[str, ...]:
    """What speaks for two records being one person, in words; without any, nothing may be merged.

    An identifier counts only under its issuer; a birth date only beside a name, and a name by family and given name.
    """
    found: list[str] = []
    if one.id and _plain(one.id) == _plain(other.id) and _issuer(one) == _issuer(other):
        found.append(f"identifier {one.display_id}")
    name = _name_key(one.name)
    if all(name) and name == _name_key(other.name):
        born = one.birth_date is not None and one.birth_date == other.birth_date
        found.append(f"{one.display_name}, born {one.birth_date:%d %b %Y}" if born else one.display_name)
    return tuple(found)


def differences(one: Patient, other: Patient) -> tuple[str, ...]:
    """What speaks against two records being one person, in words; empty when nothing does.

    A missing value contradicts nothing. Names are compared by their family and first given name without accents and case.
    """
    found: list[str] = []
    if one.id and other.id and _issuer(one) == _issuer(other) and _plain(one.id) != _plain(other.id):
        found.append(f"identifier {one.display_id} is not {other.display_id}")
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        found.append(f"born {one.birth_date:%d %b %Y} is not {other.birth_date:%d %b %Y}")
    if one.sex in ("M", "F") and other.sex in ("M", "F") and one.sex != other.sex:
        found.append(f"sex {one.sex} is not {other.sex}")
    if any(_name_key(one.name)) and any(_name_key(other.name)) and _name_key(one.name) != _name_key(other.name):
        found.append(f"{one.display_name} is not {other.display_name}")
    return tuple(found)


def _digits(text: str) -> str:
    plain = text.replace(" ", "").replace("-", "")
    return plain if plain.isascii() and plain.isdigit() else ""


def _plain(text: str) -> str:
    return text.replace(" ", "").replace("-", "").casefold()


def _issuer(patient: Patient) -> str:
    """Who gave the identifier: the NHS under any of its names is one."""
    return "NHS" if patient.issuer in NHS_ISSUERS else patient.issuer


def _name_key(name: str) -> tuple[str, str]:
    family, given = ([*name.split("=")[0].split("^"), ""])[:2]
    return _letters(family), _letters(given.split(" ")[0])


def _letters(text: str) -> str:
    return "".join(c for c in without_accents(text) if c.isalnum())


_LETTERS_OF_THEIR_OWN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)


def without_accents(text: str) -> str:
    """Text without case and accents, letters that have no plain form written as they are transcribed: Søren, soren."""
    plain = text.casefold()
    if plain.isascii():
        return plain
    folded = unicodedata.normalize("NFKD", plain.translate(_LETTERS_OF_THEIR_OWN))
    return "".join(c for c in folded if not unicodedata.combining(c))
