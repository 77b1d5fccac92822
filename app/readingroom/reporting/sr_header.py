"""What stands around the content of a stored report: whose it is, what it rests on, who verified it, and its bytes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from readingroom import __version__
from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.record.study import Instance, Study
from readingroom.reporting.sr_codes import SCHEMES, registration_code
from readingroom.reporting.sr_items import coded
from readingroom.settings.sections import ReaderSettings

ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"
_IDENTITY = (
    "PatientName", "PatientID", "IssuerOfPatientID", "IssuerOfPatientIDQualifiersSequence", "PatientBirthDate",
    "PatientSex", "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber",
    "IssuerOfAccessionNumberSequence", "ReferringPhysicianName", "StudyDescription",
)  # fmt: skip
_EMPTY_IF_ABSENT = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
    "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip
_TEXT_VRS = frozenset({"PN", "LO", "SH", "ST", "LT", "UC", "UT"})


def begun(source: Dataset, sop_uid: str, at: datetime) -> Dataset:
    """A new document about the patient and study of a source header, which stays as it is (PS3.3 A.35.2)."""
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    for keyword in _IDENTITY:
        if keyword in source:
            # Through pydicom's decoded value, so that the source's own character set does not come along.
            value = deepcopy(source[keyword].value)
            setattr(made, keyword, _mended(keyword, value) if keyword.endswith(("Date", "Time")) else value)
        elif keyword in _EMPTY_IF_ABSENT:
            setattr(made, keyword, "")
    made.SOPClassUID, made.SOPInstanceUID = ENHANCED_SR, sop_uid
    made.Modality, made.SeriesInstanceUID = "SR", new_uid()
    made.SeriesNumber, made.InstanceNumber = 9000, 1
    made.SeriesDescription = "Report"
    made.Manufacturer, made.ManufacturerModelName, made.SoftwareVersions = "Reading Room", "Reading Room", __version__
    day, clock = f"{at:%Y%m%d}", f"{at:%H%M%S}"
    made.SeriesDate, made.SeriesTime, made.ContentDate, made.ContentTime = day, clock, day, clock
    made.InstanceCreationDate, made.InstanceCreationTime = day, clock
    made.ReferencedPerformedProcedureStepSequence = []
    made.PerformedProcedureCodeSequence = []
    return made


def verified(document: Dataset, reader: ReaderSettings, at: datetime, institution: str) -> None:
    """Mark a document complete, final and verified by a reader (PS3.3 C.17.2); limits by field name."""
    organisation = reader.organisation.strip() or institution.strip() or "Organisation not stated"
    observer = Dataset()
    observer.VerifyingObserverName = limited(reader.name, 64, "The reader's name")
    observer.VerifyingOrganization = limited(organisation, 64, "The organisation")
    observer.VerificationDateTime = at.strftime("%Y%m%d%H%M%S") + (at.strftime("%z")[:5] if at.tzinfo else "")
    observer.VerifyingObserverIdentificationCodeSequence = []
    if reader.registration.strip():
        number = limited(reader.registration, 16, "The registration number")
        observer.VerifyingObserverIdentificationCodeSequence = [coded(registration_code(number))]
    document.CompletionFlag, document.PreliminaryFlag, document.VerificationFlag = "COMPLETE", "FINAL", "VERIFIED"
    document.VerifyingObserverSequence = [observer]


def requested(document: Dataset, source: Dataset) -> None:
    """Name the request that the report answers, as far as the source says (PS3.3 C.17.2, Table C.17-3)."""
    asked = (source.get("RequestAttributesSequence") or [Dataset()])[0]
    request = Dataset()
    request.StudyInstanceUID = document.StudyInstanceUID
    request.ReferencedStudySequence = []
    request.AccessionNumber = document.AccessionNumber
    request.PlacerOrderNumberImagingServiceRequest = _first(source, asked, "PlacerOrderNumberImagingServiceRequest")
    request.FillerOrderNumberImagingServiceRequest = _first(source, asked, "FillerOrderNumberImagingServiceRequest")
    request.RequestedProcedureID = _first(source, asked, "RequestedProcedureID")
    description = _first(source, asked, "RequestedProcedureDescription")
    request.RequestedProcedureDescription = description or document.get("StudyDescription", "")
    request.RequestedProcedureCodeSequence = []
    document.ReferencedRequestSequence = [request]


def evidence(instances: Iterable[tuple[str, str, str, str]]) -> list[Dataset]:
    """A hierarchy of references to (study UID, series UID, SOP class, SOP UID) objects, each once (PS3.3 C.17.2.1)."""
    studies: dict[str, dict[str, dict[str, str]]] = {}
    for study_uid, series_uid, sop_class, sop_uid in instances:
        studies.setdefault(study_uid, {}).setdefault(series_uid, {})[sop_uid] = sop_class
    return [_study_reference(study_uid, by_series) for study_uid, by_series in studies.items()]


def predecessors(documents: Sequence[Dataset]) -> list[Dataset]:
    """The reports that this one takes the place of (PS3.3 C.17.2, Predecessor Documents Sequence)."""
    return evidence((d.StudyInstanceUID, d.SeriesInstanceUID, d.SOPClassUID, d.SOPInstanceUID) for d in documents)


def images_of(study: Study) -> list[tuple[str, str, str, str]]:
    """Every image of a study, as evidence names it."""
    return [named(instance) for instance in study.instances() if instance.is_image and instance.sop_class]


def named(instance: Instance) -> tuple[str, str, str, str]:
    """One object, as evidence names it."""
    return instance.study_uid, instance.series_uid, instance.sop_class, instance.sop_uid


def declare_schemes(document: Dataset) -> None:
    """Declare every private coding scheme that the document uses (PS3.3 C.12.1.1.7)."""
    used = {
        str(element.value) for element in _elements(document) if element.keyword == "CodingSchemeDesignator"
    } & SCHEMES.keys()
    items = []
    for scheme in sorted(used):
        item = Dataset()
        item.CodingSchemeDesignator = scheme
        item.CodingSchemeName, item.CodingSchemeResponsibleOrganization = SCHEMES[scheme]
        items.append(item)
    if items:
        document.CodingSchemeIdentificationSequence = items


def limited(text: str, limit: int, what: str) -> str:
    """Text that fits its value representation (PS3.5 6.2), or ReaderError naming the field."""
    plain = text.strip()
    if len(plain) > limit:
        raise ReaderError(f"{what} has {len(plain)} characters, and a report holds {limit}.", "Shorten it.")
    if "\\" in plain or any(ord(letter) < 32 or ord(letter) == 127 for letter in plain):
        raise ReaderError(f"{what} contains a backslash or a control character.", "Remove it.")
    return plain


def part10(document: Dataset) -> bytes:
    """The document as a Part 10 file, read back and compared letter by letter before it is given away.

    ReaderError where a text would not come back as it was written.
    """
    before = _texts(document)
    broken = next((name for name, text in before if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text)), None)
    if broken is None:
        raw = _written(document)
        after = _texts(dcmread(BytesIO(raw)))
        if before == after:
            return raw
        pairs = zip(before, after, strict=False)
        broken = next((name for (name, text), (_, read) in pairs if text != read), "The text")
    raise ReaderError(
        f"{broken} would not come back from the archive as it was written.",
        "Remove control characters and invisible letters from it.",
    )


def _written(document: Dataset) -> bytes:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = document.SOPClassUID, document.SOPInstanceUID
    document.file_meta = meta
    buffer = BytesIO()
    try:
        document.save_as(buffer, enforce_file_format=True)
    except (UnicodeError, ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
        reason = str(error).splitlines()[0][:120]
        raise ReaderError(f"This report cannot be written as DICOM ({reason}).", "Correct what is named.") from error
    return buffer.getvalue()


def _texts(document: Dataset) -> list[tuple[str, str]]:
    found = []
    for element in _elements(document):
        if element.VR in _TEXT_VRS:
            values = element.value if element.VM > 1 else [element.value]
            found += [(element.name, str(value or "").rstrip(" ")) for value in values]
    return found


def _elements(document: Dataset) -> Iterable[Any]:
    for element in document:
        if element.VR == "SQ":
            for item in element.value:
                yield from _elements(item)
        else:
            yield element


def _mended(keyword: str, value: Any) -> str:
    """A date or time as PS3.5 6.2 writes it today; "" where it is none, which a new object may not repeat."""
    text = str(value or "").strip()
    if keyword.endswith("Time"):
        plain = text.replace(":", "")
        return plain if re.fullmatch(r"([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?", plain) else ""
    plain = text.replace(".", "")
    try:
        return plain if len(plain) == 8 and datetime.strptime(plain, "%Y%m%d") else ""
    except ValueError:
        return ""


def _first(source: Dataset, asked: Dataset, keyword: str) -> Any:
    return deepcopy(source.get(keyword) or asked.get(keyword) or "")


def _study_reference(study_uid: str, by_series: Mapping[str, Mapping[str, str]]) -> Dataset:
    study = Dataset()
    study.StudyInstanceUID = study_uid
    study.ReferencedSeriesSequence = [_series_reference(uid, objects) for uid, objects in by_series.items()]
    return study


def _series_reference(series_uid: str, objects: Mapping[str, str]) -> Dataset:
    series = Dataset()
    series.SeriesInstanceUID = series_uid
    series.ReferencedSOPSequence = [_object_reference(sop_class, uid) for uid, sop_class in objects.items()]
    return series


def _object_reference(sop_class: str, sop_uid: str) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = sop_class, sop_uid
    return reference
