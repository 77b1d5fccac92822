"""Measurements as a DICOM object: Comprehensive SR of TID 1500, in the form that OHIF and Cornerstone read back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.base.uid import is_uid, new_uid
from readingroom.measure.calibration import UserCalibration, spacing_of
from readingroom.measure.evaluate import WORDS
from readingroom.measure.refused import Refused
from readingroom.pixels.attributes import whole
from readingroom.pixels.facts import facts_of
from readingroom.record.finding import InSpace, Measurement, Value
from readingroom.reporting import sr_codes as codes
from readingroom.reporting import sr_items as items
from readingroom.reporting.sr_header import (
    begun,
    declare_schemes,
    evidence,
    limited,
    part10,
    predecessors,
    requested,
)
from readingroom.reporting.sr_interop import concept_of, drawn, spelled_everywhere, tracking_identifier
from readingroom.reporting.sr_items import Code
from readingroom.reporting.sr_measurements_read import SrContent, SrGroup, read_measurements, to_measurements
from readingroom.reporting.sr_space import (
    COMPREHENSIVE_3D_SR,
    PLANE,
    SOURCE,
    coordinates_in_space,
    graphic_in_space,
    identifier_in_space,
    plane_text,
)
from readingroom.settings.sections import ReaderSettings

__all__ = ["SrContent", "SrGroup", "measurement_report", "read_measurements", "to_measurements"]

COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"
TITLE: Code = ("126000", "DCM", "Imaging Measurement Report")
LIBRARY: Code = ("111028", "DCM", "Image Library")
LIBRARY_GROUP: Code = ("126200", "DCM", "Image Library Group")
MEASUREMENTS: Code = ("126010", "DCM", "Imaging Measurements")
GROUP: Code = ("125007", "DCM", "Measurement Group")
TRACKING_IDENTIFIER: Code = ("112039", "DCM", "Tracking Identifier")
FINDING: Code = ("121071", "DCM", "Finding")
FINDING_SITE: Code = ("363698007", "SCT", "Finding Site")
COMMENT: Code = ("121106", "DCM", "Comment")
PROCEDURE: Code = ("121058", "DCM", "Procedure reported")
MODALITY: Code = ("121139", "DCM", "Modality")
BASIS: Code = ("BASIS", "99READINGROOM", "Basis of measurement")
UNCERTAINTY: Code = ("UNCERTAINTY", "99READINGROOM", "Uncertainty of measurement")
_DEVICE_UID = "2.25.218143029371846520193741652093847561029"
_ANY_PROCEDURE: Code = ("363679005", "SCT", "Imaging procedure")
_PROCEDURES: Mapping[str, Code] = {
    "CT": ("25045-6", "LN", "CT unspecified body region"),
    "MR": ("25056-3", "LN", "MRI unspecified body region"),
    "US": ("25061-3", "LN", "Ultrasound unspecified body region"),
    "PT": ("44136-0", "LN", "PET unspecified body region"),
}
_MODALITIES: Mapping[str, str] = {
    "CT": "Computed Tomography", "MR": "Magnetic Resonance", "US": "Ultrasound", "PT": "Positron emission tomography",
    "NM": "Nuclear Medicine", "DX": "Digital Radiography", "CR": "Computed Radiography", "MG": "Mammography",
    "XA": "X-Ray Angiography", "RF": "Radiofluoroscopy",
}  # fmt: skip


def measurement_report(
    measurements: Sequence[Measurement],
    headers: Mapping[str, Dataset],
    reader: ReaderSettings,
    at: datetime,
    previous: Sequence[Dataset] = (),
) -> bytes:
    """Measurements of one study as Part 10 bytes: Comprehensive SR, TID 1500, COMPLETE, UNVERIFIED, in ISO_IR 192.

    headers: by SOP Instance UID, the header of every image measured on; never changed. previous: headers of the reports
    that this one takes the place of. Each measurement is one TID 1501 group and each number has coordinates of its own;
    lengths that are not calibrated are in pixels; the basis and the ± go along as text. Where one was drawn on a plane
    through a volume it is Comprehensive 3D SR, and that one's coordinates are in space. The object has a new SOP
    Instance UID. ReaderError where a header is missing or of another patient or study, or where a text, a code or a
    tracking UID would not survive.
    """
    if not measurements:
        raise ReaderError("There is nothing measured to write.", "Measure something first.")
    made = [measurement.identified() for measurement in measurements]
    images = {m.frame.sop_uid: _header(m, headers) for m in made}
    source = next(iter(images.values()))
    _check_one_study([*images.values(), *previous])
    document = _begun(source, at, previous)
    if any(m.space is not None for m in made):
        document.SOPClassUID = COMPREHENSIVE_3D_SR
    document.CurrentRequestedProcedureEvidenceSequence = evidence(_named(image) for image in images.values())
    document.ContentSequence = [
        *_context(reader, source),
        items.container(LIBRARY, [items.container(LIBRARY_GROUP, list(_library(images.values())))]),
        items.container(MEASUREMENTS, [_group(m, images[m.frame.sop_uid]) for m in made]),
    ]
    declare_schemes(document)
    spelled_everywhere(document.ContentSequence)
    return part10(document)


def _begun(source: Dataset, at: datetime, previous: Sequence[Dataset]) -> Dataset:
    document = begun(source, new_uid(), at)
    document.SOPClassUID = COMPREHENSIVE_SR
    document.SeriesNumber, document.SeriesDescription = 9001, "Measurements"
    document.CompletionFlag, document.VerificationFlag = "COMPLETE", "UNVERIFIED"
    requested(document, source)
    if previous:
        document.PredecessorDocumentsSequence = predecessors(previous)
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "1500"
    document.ContentTemplateSequence = [template]
    document.ValueType, document.ContinuityOfContent = "CONTAINER", "SEPARATE"
    document.ConceptNameCodeSequence = [items.coded(TITLE)]
    return document


def _header(measurement: Measurement, headers: Mapping[str, Dataset]) -> Dataset:
    found = headers.get(measurement.frame.sop_uid)
    same = found is not None and str(found.get("SOPInstanceUID", "")) == measurement.frame.sop_uid
    if found is None or not same:
        raise ReaderError(
            f"The image under the measurement “{measurement.label or measurement.tool}” is not known.",
            "Open the image again, or remove the measurement.",
        )
    if not all(found.get(keyword) for keyword in ("SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID")):
        raise ReaderError(
            "The image that was measured names no examination, series or class, so no report can refer to it.",
            "Have it sent again by who made it.",
        )
    if str(found.get("StudyInstanceUID", "")) != measurement.frame.study_uid:
        raise ReaderError("A measurement and its image name different examinations.", "Open the examination again.")
    return found


def _check_one_study(images: Iterable[Dataset]) -> None:
    seen = {(str(i.get("StudyInstanceUID", "")), str(i.get("PatientID", ""))) for i in images}
    if len(seen) > 1:
        raise ReaderError(
            "These measurements are of several patients or examinations.", "Write one report for each examination."
        )


def _named(image: Dataset) -> tuple[str, str, str, str]:
    return (
        str(image.StudyInstanceUID), str(image.SeriesInstanceUID), str(image.SOPClassUID), str(image.SOPInstanceUID),
    )  # fmt: skip


def _context(reader: ReaderSettings, source: Dataset) -> Iterator[Dataset]:
    """Language, observers, and the procedure (PS3.16 TID 1204, 1001, 1500)."""
    yield items.code_item(items.HAS_CONCEPT_MOD, codes.LANGUAGE, codes.ENGLISH)
    if reader.name.strip():
        yield items.code_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_TYPE, codes.PERSON)
        yield items.name_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_NAME, limited(reader.name, 64, "The reader's name"))
        if reader.organisation.strip():
            yield items.text_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_ORGANISATION, reader.organisation.strip())
    yield items.code_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_TYPE, codes.DEVICE)
    yield items.uid_item(items.HAS_OBS_CONTEXT, codes.DEVICE_UID, _DEVICE_UID)
    yield items.text_item(items.HAS_OBS_CONTEXT, codes.DEVICE_NAME, "Reading Room")
    yield items.code_item(items.HAS_CONCEPT_MOD, PROCEDURE, _procedure(source))


def _procedure(source: Dataset) -> Code:
    for item in source.get("ProcedureCodeSequence") or ():
        code = tuple(str(item.get(k) or "") for k in ("CodeValue", "CodingSchemeDesignator", "CodeMeaning"))
        if all(code):
            return code[0], code[1], code[2]
    return _PROCEDURES.get(str(source.get("Modality", "")), _ANY_PROCEDURE)


def _library(images: Iterable[Dataset]) -> Iterator[Dataset]:
    for image in images:
        entry = items.image_item(items.CONTAINS, str(image.SOPClassUID), str(image.SOPInstanceUID), None)
        name = _MODALITIES.get(modality := str(image.get("Modality", "")))
        if name:
            entry.ContentSequence = [items.code_item("HAS ACQ CONTEXT", MODALITY, (modality, "DCM", name))]
        yield entry


def _group(measurement: Measurement, image: Dataset) -> Dataset:
    if not measurement.values and measurement.tool not in WORDS:
        raise ReaderError(
            f"The measurement “{measurement.label or measurement.tool}” has no numbers.", "Measure it again."
        )
    if not is_uid(measurement.tracking_uid):
        raise ReaderError(
            f"“{measurement.tracking_uid}” is no UID that a measurement can be followed by.",
            "Leave it out, and it is given a new one.",
        )
    if measurement.space is not None:
        return items.container(GROUP, _group_in_space(measurement, measurement.space, image))
    scale = _scale(image, measurement)
    concept = measurement.values[0].concept if measurement.values else ""
    graphic, points = drawn(measurement.tool, concept, measurement.points, scale)
    children = [*_named_group(measurement, tracking_identifier(measurement.tool, graphic, points))]
    children += [_number(measurement, value, image, scale) for value in measurement.values]
    if measurement.tool in WORDS:
        # Without a number the coordinates stand in the group itself: so Cornerstone reads an arrow.
        children.append(items.coordinates_item(items.CONTAINS, graphic, points, _reference(measurement, image)))
        return items.container(GROUP, children)
    return items.container(GROUP, [*children, *_stands_on(measurement)])


def _group_in_space(measurement: Measurement, space: InSpace, image: Dataset) -> list[Dataset]:
    """A measurement with coordinates in space, its plane, and the image that it is nearest to."""
    children = [*_named_group(measurement, identifier_in_space(measurement.tool))]
    for value in measurement.values:
        where = coordinates_in_space(*graphic_in_space(measurement, space, value.concept), space.frame_of_reference_uid)
        children.append(_number_at(measurement, value, where))
    nearest = _reference(measurement, image)
    nearest.RelationshipType, nearest.ConceptNameCodeSequence = items.CONTAINS, [items.coded(SOURCE)]
    return [*children, *_stands_on(measurement), items.text_item(items.CONTAINS, PLANE, plane_text(space)), nearest]


def _named_group(measurement: Measurement, identifier: str) -> Iterator[Dataset]:
    """Which tool, which lesion, what and where it is found, and what the reader calls it."""
    yield from (
        items.text_item(items.HAS_OBS_CONTEXT, TRACKING_IDENTIFIER, identifier),
        items.uid_item(items.HAS_OBS_CONTEXT, codes.TRACKING_UID, measurement.tracking_uid),
    )
    if measurement.finding is not None:
        yield items.code_item(items.CONTAINS, FINDING, _sound(measurement.finding, "finding"))
    if measurement.site is not None:
        yield items.code_item(items.HAS_CONCEPT_MOD, FINDING_SITE, _sound(measurement.site, "finding site"))
    if measurement.label.strip():
        yield items.text_item(items.CONTAINS, COMMENT, measurement.label.strip())


def _stands_on(measurement: Measurement) -> Iterator[Dataset]:
    """The basis and the ± as text."""
    yield items.text_item(items.CONTAINS, BASIS, measurement.basis.text)
    # In ASCII, because dcmjs loses the character set inside sequences.
    errors = [f"{v.concept} +/- {v.plus_minus:.6g} {v.unit}" for v in measurement.values if v.plus_minus is not None]
    if errors:
        yield items.text_item(items.CONTAINS, UNCERTAINTY, "; ".join(errors))


def _sound(code: Code, what: str) -> Code:
    """A code that its value representations hold (PS3.3 8.1, PS3.5 6.2), or ReaderError."""
    value = limited(code[0], 64, f"The code of the {what}")
    scheme = limited(code[1], 16, f"The coding scheme of the {what}")
    meaning = limited(code[2], 64, f"The meaning of the {what}")
    if not (value and scheme and meaning):
        raise ReaderError(f"The code of the {what} is not complete.", "Give its value, its scheme and its meaning.")
    return value, scheme, meaning


def _number(measurement: Measurement, value: Value, image: Dataset, scale: tuple[float, float]) -> Dataset:
    graphic, points = drawn(measurement.tool, value.concept, measurement.points, scale)
    # Older OHIF reads the only child of a number: it must be the coordinates, and nothing beside them.
    where = items.coordinates_item(items.INFERRED_FROM, graphic, points, _reference(measurement, image))
    return _number_at(measurement, value, where)


def _number_at(measurement: Measurement, value: Value, where: Dataset) -> Dataset:
    if not isfinite(value.value):
        raise ReaderError(f"{value.concept} is not a number.", "Measure it again.")
    concept = codes.concept_code(concept_of(measurement.tool, value.concept))
    return items.number_item(items.CONTAINS, concept, value.value, _unit(value.unit), [where])


def _reference(measurement: Measurement, image: Dataset) -> Dataset:
    frame = measurement.frame.frame if whole(image, "NumberOfFrames", 1) > 1 else None
    return items.image_item(items.SELECTED_FROM, str(image.SOPClassUID), str(image.SOPInstanceUID), frame)


def _unit(unit: str) -> Code:
    # Cornerstone writes the square of a pixel as it writes a pixel, and tells them apart by the concept.
    return ("1", "UCUM", "px") if unit in ("px", "px2") else codes.unit_code(unit)


def _scale(image: Dataset, measurement: Measurement) -> tuple[float, float]:
    """(row, column) size of the pixels as they were measured with: only their shape matters here."""
    facts = facts_of(image, measurement.frame.frame)
    if measurement.basis.source == "user":
        return spacing_of(facts, user=UserCalibration((0.0, 0.0), (100.0, 0.0), 100.0)).scale
    try:
        return spacing_of(facts, measurement.points).scale
    except Refused:
        return spacing_of(facts).scale
