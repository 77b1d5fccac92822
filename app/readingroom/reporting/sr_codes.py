"""The codes of a diagnostic report: sections, their items, measured concepts and units (PS3.16 TID 2000)."""

from readingroom.reporting.sr_items import Code

TITLE: Code = ("18748-4", "LN", "Diagnostic imaging study")
LANGUAGE: Code = ("121049", "DCM", "Language of Content Item and Descendants")
ENGLISH: Code = ("en-GB", "RFC5646", "English (United Kingdom)")
OBSERVER_TYPE: Code = ("121005", "DCM", "Observer Type")
PERSON: Code = ("121006", "DCM", "Person")
DEVICE: Code = ("121007", "DCM", "Device")
OBSERVER_NAME: Code = ("121008", "DCM", "Person Observer Name")
OBSERVER_ORGANISATION: Code = ("121009", "DCM", "Person Observer's Organization Name")
DEVICE_UID: Code = ("121012", "DCM", "Device Observer UID")
DEVICE_NAME: Code = ("121013", "DCM", "Device Observer Name")
TRACKING_UID: Code = ("112040", "DCM", "Tracking Unique Identifier")
ADDENDUM: Code = ("121078", "DCM", "Addendum")
AMENDMENT: Code = ("Amendment", "99READINGROOM", "Amendment")
WITHDRAWAL: Code = ("Withdrawal", "99READINGROOM", "Report withdrawn")
TEMPLATE: Code = ("ReportTemplate", "99READINGROOM", "Report template")
REJECTED: Code = ("113037", "DCM", "Rejected for Patient Safety Reasons")
KEY_OBJECT_DESCRIPTION: Code = ("113012", "DCM", "Key Object Description")

SECTIONS: dict[str, tuple[Code, Code]] = {
    "history": (("121060", "DCM", "History"), ("121060", "DCM", "History")),
    "technique": (
        ("121064", "DCM", "Current Procedure Descriptions"),
        ("121065", "DCM", "Procedure Description"),
    ),
    "comparison": (
        ("121066", "DCM", "Prior Procedure Descriptions"),
        ("121065", "DCM", "Procedure Description"),
    ),
    "findings": (("121070", "DCM", "Findings"), ("121071", "DCM", "Finding")),
    "impression": (("121072", "DCM", "Impressions"), ("121073", "DCM", "Impression")),
    "recommendation": (("121074", "DCM", "Recommendations"), ("121075", "DCM", "Recommendation")),
}
"""By role: the container (PS3.16 CID 7001) and the items in it (CID 7002)."""

CONCEPTS: dict[str, Code] = {
    "Length": ("410668003", "SCT", "Length"),
    "Long Axis": ("103339001", "SCT", "Long Axis"),
    "Short Axis": ("103340004", "SCT", "Short Axis"),
    "Angle": ("1483009", "SCT", "Angle"),
    "Cobb angle": ("285285000", "SCT", "Cobb angle"),
    "Area": ("42798000", "SCT", "Area"),
    "Mean": ("373098007", "SCT", "Mean"),
    "Standard Deviation": ("386136009", "SCT", "Standard Deviation"),
    "Minimum": ("255605001", "SCT", "Minimum"),
    "Maximum": ("56851009", "SCT", "Maximum"),
    "Diameter": ("81827009", "SCT", "Diameter"),
    "Volume": ("118565006", "SCT", "Volume"),
    "Perimeter": ("131191004", "SCT", "Perimeter"),
    "Median": ("373099004", "SCT", "Median"),
    "Time": ("410670007", "SCT", "Time"),
    "Peak Systolic Velocity": ("11726-7", "LN", "Peak Systolic Velocity"),
    "End Diastolic Velocity": ("11653-3", "LN", "End Diastolic Velocity"),
    "Resistivity Index": ("12023-8", "LN", "Resistivity Index"),
    "Systolic to Diastolic Velocity Ratio": ("12144-2", "LN", "Systolic to Diastolic Velocity Ratio"),
    "Cardiothoracic ratio": ("CTR", "99READINGROOM", "Cardiothoracic ratio"),
}
UNITS: dict[str, Code] = {
    "mm": ("mm", "UCUM", "mm"),
    "cm": ("cm", "UCUM", "cm"),
    "mm2": ("mm2", "UCUM", "mm2"),
    "ml": ("ml", "UCUM", "ml"),
    "s": ("s", "UCUM", "s"),
    "/min": ("/min", "UCUM", "/min"),
    "cm/s": ("cm/s", "UCUM", "cm/s"),
    "deg": ("deg", "UCUM", "deg"),
    "HU": ("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "[hnsf'U]": ("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "g/ml{SUVbw}": ("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight"),
    "g/ml{SUVlbm}": ("g/ml{SUVlbm}", "UCUM", "Standardized Uptake Value lean body mass"),
    "g/ml{SUVlbm(James128)}": (
        "g/ml{SUVlbm(James128)}",
        "UCUM",
        "Standardized Uptake Value lean body mass (James 128 multiplier)",
    ),
    "g/ml{SUVlbm(Janma)}": ("g/ml{SUVlbm(Janma)}", "UCUM", "Standardized Uptake Value lean body mass (Janma)"),
    "cm2/ml{SUVbsa}": ("cm2/ml{SUVbsa}", "UCUM", "Standardized Uptake Value body surface area"),
    "g/ml{SUVibw}": ("g/ml{SUVibw}", "UCUM", "Standardized Uptake Value ideal body weight"),
    "Bq/ml": ("Bq/ml", "UCUM", "Becquerels/milliliter"),
    "counts": ("{counts}", "UCUM", "Counts"),
    "counts/s": ("{counts}/s", "UCUM", "Counts per second"),
    "g/ml": ("g/ml", "UCUM", "g/ml"),
    "mg/ml": ("mg/ml", "UCUM", "mg/ml"),
    "ml/min/ml": ("ml/min/ml", "UCUM", "ml/min/ml"),
    "Gy": ("Gy", "UCUM", "Gy"),
    "%": ("%", "UCUM", "Percent"),
    "px": ("1", "UCUM", "px"),
    "px2": ("1", "UCUM", "px2"),
    "1": ("1", "UCUM", "no units"),
    "": ("1", "UCUM", "no units"),
}
SCHEMES: dict[str, tuple[str, str]] = {
    "99GMC": ("GMC reference number", "General Medical Council"),
    "99HCPC": ("HCPC registration number", "Health and Care Professions Council"),
    "99REGISTER": ("Registration number", "Register not stated"),
    "99READINGROOM": ("Reading Room concepts", "Reading Room"),
}
"""Private coding schemes: name and responsible organisation (PS3.3 C.12.1.1.7)."""


def concept_code(concept: str) -> Code:
    """The code of a measured concept; one without a code gets our private scheme, its own words as value."""
    known = CONCEPTS.get(concept)
    value = "".join(word[:1].upper() + word[1:] for word in concept.split())[:16] or "Number"
    return known or (value, "99READINGROOM", concept[:64] or "Number")


def unit_code(unit: str) -> Code:
    """The code of a unit; one that is not known is kept as it stands, as UCUM annotations are."""
    return UNITS.get(unit) or (f"{{{unit[:14]}}}", "UCUM", unit[:64])


def registration_code(registration: str) -> Code:
    """A registration number with its register: seven digits are the GMC's, two letters and digits the HCPC's."""
    plain = registration.strip()
    digits = plain.isascii() and plain.isdigit()
    if digits and len(plain) == 7:
        scheme = "99GMC"
    elif plain[:2].isalpha() and plain[2:].isdigit():
        scheme = "99HCPC"
    else:
        scheme = "99REGISTER"
    return plain, scheme, SCHEMES[scheme][0]
