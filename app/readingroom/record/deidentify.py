"""A study without its patient: the Basic Application Level Confidentiality Profile (PS3.15 E) over whole objects.

One Deidentifier serves one export: the same old identifier becomes the same new one in every object, and nothing that
was written down leads back. What cannot be cleaned with certainty (text of reports, documents) is refused.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.record.confidential import Action, ProfileTable, basic_profile

REMOVED, SHIFTED = "removed", "shifted"
DATES = (REMOVED, SHIFTED)
"""Dates are taken out, or all moved back by one number of days (Retain Longitudinal Temporal Information, Modified)."""
_STANDARD_UIDS = "1.2.840.10008."
_KEPT_UIDS = frozenset({0x0008010C, 0x00080117, 0x00080118})
"""UIDs of coding schemes, context groups and mapping resources: they name no instance."""
_DUMMIES = {"DA": "19000101", "TM": "000000", "DT": "19000101000000", "AS": "000Y", "UR": "urn:removed"}
_TEXTS = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_BIRTH = frozenset({0x00100030, 0x00100032})
_MOST_SHIFT_DAYS = 3650


@dataclass
class Deidentifier:
    """The new names of one export; dates: how dates are treated."""

    dates: str = REMOVED
    table: ProfileTable = field(default_factory=basic_profile)
    case: str = field(default_factory=lambda: secrets.token_hex(4).upper())
    shift_days: int = field(default_factory=lambda: 1 + secrets.randbelow(_MOST_SHIFT_DAYS))
    uids: dict[str, str] = field(default_factory=dict)

    def clean(self, dataset: Any) -> None:
        """Clean a pydicom data set and its file meta in place; ReaderError where it can only be refused."""
        problem = text_problem(dataset)
        if problem:
            raise ReaderError(problem, "It is left out: nobody can be sure that its text does not name the patient.")
        try:
            self._clean_whole(dataset)
        except (ValueError, TypeError, KeyError, AttributeError, NotImplementedError, OverflowError) as error:
            raise ReaderError(
                f"Its header cannot be read whole ({type(error).__name__}), so it cannot be cleaned.", "It is left out."
            ) from error

    def _clean_whole(self, dataset: Any) -> None:
        traces = traces_of(dataset)
        self._clean_items(dataset, enhanced=0x52009229 in dataset)
        left = [trace for trace in traces if _names(dataset, trace)]
        if left:
            raise ReaderError(
                f"Its header still names the patient in free text ({len(left)} of the names to be removed).",
                "It is left out. Report the kind of object, without the patient.",
            )
        self._say_so(dataset)
        self._clean_meta(dataset)

    def uid(self, old: str) -> str:
        """The new UID in place of an old one, the same for the same."""
        if not old or old.startswith(_STANDARD_UIDS):
            return old
        return self.uids.setdefault(old, new_uid())

    def _clean_items(self, dataset: Any, enhanced: bool) -> None:
        from pydicom.datadict import dictionary_has_tag

        for tag in list(dataset.keys()):
            # Curves and overlay planes are drawings over the image: whole groups go, no plane is left without its bits.
            drawn = tag.group & 0xFF00 in (0x5000, 0x6000)
            unknown = not dictionary_has_tag(tag) and self.table.action(int(tag)) is None
            if tag.is_private or drawn or unknown:
                del dataset[tag]
                continue
            self._clean_element(dataset, dataset[tag], enhanced)

    def _clean_element(self, dataset: Any, element: Any, enhanced: bool) -> None:
        tag, action = int(element.tag), self.table.action(int(element.tag))
        if element.VR in ("DA", "DT", "TM") and tag not in _BIRTH:
            self._clean_date(dataset, element, action, enhanced)
        elif element.VR == "UI" and tag not in _KEPT_UIDS and action is not Action.REMOVE:
            _put(element, self.uid)
        elif element.VR == "SQ" and action in (None, Action.CLEAN_REFERENCES, Action.NEW_UID):
            for item in element.value or ():
                self._clean_items(item, enhanced)
        elif action is not None:
            _treat(dataset, element, action, enhanced)

    def _clean_date(self, dataset: Any, element: Any, action: Action | None, enhanced: bool) -> None:
        if self.dates == SHIFTED and (element.VR == "TM" or action is not Action.REMOVE or _is_longitudinal(element)):
            if element.VR != "TM":
                _put(element, lambda value: shifted(value, self.shift_days))
            return
        # What the table does not name is a date all the same.
        _treat(dataset, element, action or Action.REMOVE_OR_EMPTY, enhanced)

    def _say_so(self, dataset: Any) -> None:
        """PS3.15 E.2 and E.3.6: that the identity was removed, and how."""
        from pydicom.dataset import Dataset

        dataset.PatientName = f"Teaching^{self.case}"
        dataset.PatientID = f"RR-{self.case}"
        dataset.PatientIdentityRemoved = "YES"
        dataset.LongitudinalTemporalInformationModified = "MODIFIED" if self.dates == SHIFTED else "REMOVED"
        codes = [("113100", "Basic Application Confidentiality Profile")]
        if self.dates == SHIFTED:
            codes.append(("113107", "Retain Longitudinal Temporal Information Modified Dates Option"))
        dataset.DeidentificationMethod = ["Reading Room", "PS3.15 Table E.1-1 Basic Profile"]
        items = []
        for value, meaning in codes:
            item = Dataset()
            item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
            items.append(item)
        dataset.DeidentificationMethodCodeSequence = items

    def _clean_meta(self, dataset: Any) -> None:
        from pydicom.dataset import FileMetaDataset

        before, meta = dataset.file_meta, FileMetaDataset()
        meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        meta.TransferSyntaxUID = before.TransferSyntaxUID
        dataset.file_meta, dataset.preamble = meta, b"\0" * 128


def text_problem(dataset: Any) -> str:
    """Why an object cannot be cleaned by its header alone, in words; "" where it can: it is an image."""
    modality = str(dataset.get("Modality", ""))
    if "ContentSequence" in dataset or modality in ("SR", "KO"):
        return "A structured report or key object note holds free text."
    if "EncapsulatedDocument" in dataset:
        return "An encapsulated document (PDF, CDA) may name the patient on any page."
    if modality == "PR" or "GraphicAnnotationSequence" in dataset:
        return "A presentation state may hold text that was written on the image."
    if not dataset.get("Rows") or not dataset.get("Columns"):
        return "An object that is no image holds text that the profile does not know."
    return ""


def burned_in_problem(dataset: Any) -> str:
    """Why the pixels themselves may name the patient, in words; "" where they do not, as far as the header says.

    PS3.3 C.7.6.1.1.1 Burned In Annotation; where it is absent, kinds of images that are known for it.
    """
    said = str(dataset.get("BurnedInAnnotation", "")).strip().upper()
    if said == "YES":
        return "its pixels hold burned-in annotation, as the header says"
    if said == "NO":
        return ""
    modality, sop_class = str(dataset.get("Modality", "")), str(dataset.get("SOPClassUID", ""))
    if sop_class.startswith("1.2.840.10008.5.1.4.1.1.7"):
        return "it is a secondary capture, and the header does not say whether text is burned in"
    if burned_in_risk(modality):
        return f"the header of this {modality} image does not say whether text is burned in"
    return ""


def burned_in_risk(modality: str) -> bool:
    """Whether images of a modality are known for text in their pixels."""
    return modality in ("US", "IVUS", "ES", "XC", "GM", "OP", "OT", "XA", "RF", "SC", "DG", "BI")


def shifted(value: str, days: int) -> str:
    """A DA or DT value moved back by whole days, its time of day kept; "" where it is no date."""
    match = re.match(r"(\d{4})\.?(\d{2})\.?(\d{2})(.*)", value.strip())
    if match is None:
        return ""
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])) - timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{day:%Y%m%d}{match[4]}"


def traces_of(dataset: Any) -> tuple[str, ...]:
    """What would give the patient away if it stood anywhere in the header: names, numbers, institution."""
    found: list[str] = []
    for keyword in ("PatientName", "OtherPatientNames", "ReferringPhysicianName", "OperatorsName"):
        parts = re.split(r"[\^=\\ ,]+", str(dataset.get(keyword, "") or ""))
        found += [part for part in parts if len(part) >= 4]
    for keyword in ("PatientID", "AccessionNumber", "InstitutionName", "OtherPatientIDs", "PatientAddress"):
        value = str(dataset.get(keyword, "") or "").strip()
        found += [value] if len(value) >= 4 else []
    return tuple(dict.fromkeys(found))


def _names(dataset: Any, trace: str) -> bool:
    pattern = re.compile(rf"(?<!\w){re.escape(trace)}(?!\w)", re.IGNORECASE)

    def within(items: Any) -> bool:
        for element in items:
            if element.VR == "SQ":
                if any(within(item) for item in element.value or ()):
                    return True
            elif element.VR in _TEXTS and pattern.search(str(element.value or "")):
                return True
        return False

    return within(dataset)


def _treat(dataset: Any, element: Any, action: Action, enhanced: bool) -> None:
    """An action of the table; an enhanced object needs dummies where a plain one needs nothing (types 1 and 3)."""
    emptied = action in (Action.EMPTY, Action.REMOVE_OR_EMPTY)
    if action is Action.REMOVE or (element.VR not in _TEXTS | set(_DUMMIES) and not emptied):
        del dataset[element.tag]
    elif emptied:
        element.value = [] if element.VR == "SQ" else None
    elif action is Action.DUMMY or enhanced:
        element.value = _DUMMIES.get(element.VR, "REMOVED")
    elif action is Action.EMPTY_OR_DUMMY:
        element.value = None
    else:
        del dataset[element.tag]


def _put(element: Any, change: Callable[[str], str]) -> None:
    if element.value is None or element.value == "":
        return
    many = element.VM > 1
    element.value = [change(str(one)) for one in element.value] if many else change(str(element.value))


def _is_longitudinal(element: Any) -> bool:
    """Dates of what was done to the patient are moved with the others; those of administration go (table: X)."""
    return str(element.keyword).startswith(
        ("Acquisition", "Series", "Content", "Study", "Radiopharmaceutical", "Contrast")
    )
