"""The people and the trusts of the demo region: all invented; NHS numbers from the range 999, which nobody has."""

import uuid
from dataclasses import dataclass
from datetime import date

REFERENCE_DAY = date(2026, 11, 24)
_ROOT = uuid.UUID("6f1b5e0c-52d4-5e0e-9f64-2d9d30c4d1aa")


def stable_uid(*parts: object) -> str:
    """The same UID for the same parts at every making, under the UUID-derived root 2.25 (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid5(_ROOT, '/'.join(map(str, parts))).int}"


def nhs_check_digit(first_nine: str) -> int | None:
    """The tenth digit by modulus 11, or None where these nine digits cannot be an NHS number."""
    rest = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(first_nine)) % 11
    return None if rest == 10 else rest % 11


def nhs_number(serial: int) -> str:
    """The serial-th NHS-shaped number of the test range 999 with a valid check digit."""
    nine = 999_010_000 + serial * 347
    while (check := nhs_check_digit(str(nine))) is None:
        nine += 1
    return f"{nine}{check}"


@dataclass(frozen=True, slots=True)
class Trust:
    """One hospital trust: key, name, folder of its archive, and the issuer of its local numbers."""

    key: str
    name: str
    folder: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Person:
    """One patient; the name in DICOM PN form."""

    serial: int
    name: str
    birth: date
    sex: str
    weight_kg: float
    height_m: float

    @property
    def nhs(self) -> str:
        """The NHS number, ten digits."""
        return nhs_number(self.serial)

    def local_id(self, trust: Trust) -> str:
        """The number this trust gave the patient."""
        return f"{trust.issuer[0]}{(self.serial * 7919 + sum(map(ord, trust.key)) * 31) % 900_000 + 100_000}"

    def age_string(self, day: date) -> str:
        """Age on a day as DICOM AS: years, below two years months."""
        months = (day.year - self.birth.year) * 12 + day.month - self.birth.month - (day.day < self.birth.day)
        return f"{months // 12:03d}Y" if months >= 24 else f"{months:03d}M"


NORTHGATE = Trust("northgate", "Northgate Hospitals", "northgate", "NORTHGATE")
EASTMERE = Trust("eastmere", "Eastmere General", "eastmere", "EASTMERE")
THORNFIELD = Trust("thornfield", "Thornfield Royal Infirmary", "thornfield", "THORNFIELD")
TRUSTS = (NORTHGATE, EASTMERE, THORNFIELD)

WHITCOMBE = Person(1, "Whitcombe^Arthur^James^Mr", date(1959, 3, 14), "M", 78.0, 1.76)
OYELARAN = Person(2, "Oyelaran^Tunde^^Mr", date(1968, 8, 2), "M", 84.0, 1.80)
MUELLER = Person(3, "Müller-Hargreaves^Zoë^^Ms", date(1991, 12, 9), "F", 61.0, 1.68)
PEMBERTON_DORIS = Person(4, "Pemberton^Doris^May^Mrs", date(1948, 5, 21), "F", 58.0, 1.57)
PEMBERTON_DOROTHY = Person(5, "Pemberton^Dorothy^^Miss", date(1994, 5, 21), "F", 64.0, 1.66)
SZCZESNA = Person(6, "Szczęsna^Małgorzata^^Ms", date(1971, 1, 30), "F", 69.0, 1.63)
FAIRWEATHER = Person(7, "Fairweather^Ruth^Ellen^Mrs", date(1980, 10, 17), "F", 73.0, 1.65)
LLEWELLYN = Person(8, "Llewellyn^Gareth^^Mr", date(1963, 7, 6), "M", 81.0, 1.74)
BRIGHTWELL = Person(9, "Brightwell^Stanley^George^Mr", date(1955, 2, 11), "M", 88.0, 1.72)
ACHTERBERG = Person(10, "Achterberg^Willem^^Mr", date(1974, 9, 25), "M", 92.0, 1.85)
RAHMAN = Person(11, "Rahman^Nadia^^Mrs", date(1985, 4, 3), "F", 66.0, 1.60)
TINDALL = Person(12, "Tindall^Oliver^Jack", date(2021, 6, 18), "M", 18.5, 1.09)
QUAYE = Person(13, "Quaye^Emmanuel^Kofi^Mr", date(1977, 11, 28), "M", 79.0, 1.78)
PEOPLE = (
    WHITCOMBE, OYELARAN, MUELLER, PEMBERTON_DORIS, PEMBERTON_DOROTHY, SZCZESNA, FAIRWEATHER, LLEWELLYN, BRIGHTWELL,
    ACHTERBERG, RAHMAN, TINDALL, QUAYE,
)  # fmt: skip
