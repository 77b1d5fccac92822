"""What the Basic Application Level Confidentiality Profile does to each attribute (PS3.15 Table E.1-1), as data."""

from dataclasses import dataclass
from enum import Enum
from functools import cache

EDITION = "dicomfields_2026c"
"""The edition of the table, in the name that the library of the table gives it."""


class Action(Enum):
    """An action code of PS3.15 Table E.1-1a; compound codes leave the choice to what the object requires."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    NEW_UID = "U"
    EMPTY_OR_DUMMY = "Z/D"
    REMOVE_OR_EMPTY = "X/Z"
    REMOVE_OR_DUMMY = "X/D"
    REMOVE_OR_ANY = "X/Z/D"
    CLEAN_REFERENCES = "X/Z/U*"


_CATEGORIES = {
    "X_TAGS": Action.REMOVE,
    "Z_TAGS": Action.EMPTY,
    "D_TAGS": Action.DUMMY,
    "U_TAGS": Action.NEW_UID,
    "Z_D_TAGS": Action.EMPTY_OR_DUMMY,
    "X_Z_TAGS": Action.REMOVE_OR_EMPTY,
    "X_D_TAGS": Action.REMOVE_OR_DUMMY,
    "X_Z_D_TAGS": Action.REMOVE_OR_ANY,
    "X_Z_U_STAR_TAGS": Action.CLEAN_REFERENCES,
}


@dataclass(frozen=True, slots=True)
class ProfileTable:
    """Actions by tag number, and for repeating groups as (tag, mask): (0x50000000, 0xFF000000) is every curve."""

    single: dict[int, Action]
    repeating: tuple[tuple[int, int, Action], ...]

    def action(self, tag: int) -> Action | None:
        """What is done to an attribute, None where the profile leaves it as it is."""
        found = self.single.get(tag)
        if found is not None:
            return found
        return next((action for wanted, mask, action in self.repeating if tag & mask == wanted & mask), None)


@cache
def basic_profile() -> ProfileTable:
    """The table as dicom-anonymizer keeps it from the standard, read once."""
    from dicomanonymizer.dicomfields_selector import dicom_anonymization_database_selector

    table = dicom_anonymization_database_selector(EDITION)
    single: dict[int, Action] = {}
    repeating: list[tuple[int, int, Action]] = []
    for name, action in _CATEGORIES.items():
        for entry in table[name]:
            tag = (entry[0] << 16) | entry[1]
            if len(entry) == 2:
                single[tag] = action
            else:
                repeating.append((tag, (entry[2] << 16) | entry[3], action))
    return ProfileTable(single, tuple(repeating))
