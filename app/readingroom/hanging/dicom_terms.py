"""What DICOM's Hanging Protocol and ours call the same thing (PS3.3 C.23)."""

HANGING_PROTOCOL_STORAGE = "1.2.840.10008.5.1.4.38.1"
PRIVATE_GROUP = 0x0073
PRIVATE_CREATOR = "READINGROOM HANGING 1"
"""Our private block: element 01 the protocol as YAML, element 02 a digest of the standard attributes it belongs to."""
DOCUMENT, DIGEST = 0x01, 0x02

VOI_TYPES = {
    "Lung": "LUNG", "Mediastinum": "MEDIASTINUM", "Abdomen": "ABDO_PELVIS", "Liver": "LIVER", "Bone": "BONE", "Brain": "BRAIN",
}  # fmt: skip
WINDOWS = {term: name for name, term in VOI_TYPES.items()} | {"SOFT_TISSUE": "Abdomen", "POST_FOSSA": "Brain"}
"""VOI Type (0072,0702) to our windows for CT."""
PLANES = {"axial": "TRANSVERSE", "coronal": "CORONAL", "sagittal": "SAGITTAL", "oblique": "OBLIQUE"}
PLANE_NAMES = {term: name for name, term in PLANES.items()}
KEYWORDS = {"laterality": "ImageLaterality", "view": "ViewPosition", "body_region": "BodyPartExamined"}
"""Derived attributes that a header attribute stands for."""
NAMES = {"ImageLaterality": "laterality", "Laterality": "laterality", "ViewPosition": "view"}
NUMBER_NAMES = {"SliceThickness": "thickness_mm", "DiffusionBValue": "b_value", "Rows": "rows"}
LIMIT_NAMES = {"GREATER_THAN": "gt", "GREATER_OR_EQUAL": "ge", "LESS_THAN": "lt", "LESS_OR_EQUAL": "le"}
LEVELS = {"shipped": "MANUFACTURER", "site": "SITE", "user": "SINGLE_USER"}
DAYS = {
    "SECONDS": 1 / 86400,
    "MINUTES": 1 / 1440,
    "HOURS": 1 / 24,
    "DAYS": 1.0,
    "WEEKS": 7.0,
    "MONTHS": 30.44,
    "YEARS": 365.25,
}
"""Relative Time Units (0072,003A) in days."""
