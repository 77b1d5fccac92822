"""A signed report as a DICOM object: Enhanced SR of TID 2000, verified, with its measurements as evidence."""

from collections.abc import Iterator, Mapping, Sequence

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.record.finding import Measurement, Value
from readingroom.record.study import FrameRef, Instance, Study
from readingroom.reporting import sr_codes as codes
from readingroom.reporting import sr_items as items
from readingroom.reporting.draft import Link, filled, paragraph
from readingroom.reporting.sign import Signed
from readingroom.reporting.sr_header import (
    begun,
    declare_schemes,
    evidence,
    images_of,
    limited,
    named,
    part10,
    requested,
    verified,
)
from readingroom.settings.sections import ReaderSettings


def encode(
    signed: Signed,
    source: Dataset,
    study: Study,
    measurements: Sequence[Measurement] = (),
    compared: Sequence[Study] = (),
) -> bytes:
    """A signed report as Part 10 bytes: Enhanced SR, TID 2000, COMPLETE, FINAL, VERIFIED, in ISO_IR 192.

    source: the header of any object of the study, never changed. measurements: those that the draft links; each becomes a
    NUM with its coordinates copied and the image it was drawn on. compared: the priors that the report names. ReaderError
    where the header is of another study, a measured image is unknown, or a text would not survive.
    """
    if source.get("StudyInstanceUID") != signed.draft.study_uid or study.uid != signed.draft.study_uid:
        raise ReaderError("The report and the images belong to different examinations.", "Open the examination again.")
    document = begun(source, signed.sop_uid, signed.at)
    verified(document, signed.reader, signed.at, str(source.get("InstitutionName") or study.institution))
    requested(document, source)
    if study.procedure_code and all(study.procedure_code):
        document.PerformedProcedureCodeSequence = [items.coded(study.procedure_code)]
    rest_on(document, signed, source, study, measurements, compared)
    root(document, [*context(signed), *sections(signed, study, measurements, compared)])
    declare_schemes(document)
    return part10(document)


def root(document: Dataset, children: Sequence[Dataset]) -> None:
    """Make a document the root of a report by TID 2000 (PS3.16) with these children."""
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "2000"
    document.ValueType, document.ContinuityOfContent = "CONTAINER", "SEPARATE"
    document.ConceptNameCodeSequence = [items.coded(codes.TITLE)]
    document.ContentTemplateSequence = [template]
    document.ContentSequence = list(children)


def context(signed: Signed) -> Iterator[Dataset]:
    """What holds for a whole report: its language, the template it was written in, and who says it."""
    yield items.code_item(items.HAS_CONCEPT_MOD, codes.LANGUAGE, codes.ENGLISH)
    yield items.text_item(items.HAS_CONCEPT_MOD, codes.TEMPLATE, signed.template.id)
    yield from person(signed.reader)


def person(reader: ReaderSettings) -> Iterator[Dataset]:
    """Who says what follows (PS3.16 TID 1001, 1003)."""
    yield items.code_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_TYPE, codes.PERSON)
    yield items.name_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_NAME, limited(reader.name, 64, "The reader's name"))
    if reader.organisation.strip():
        yield items.text_item(items.HAS_OBS_CONTEXT, codes.OBSERVER_ORGANISATION, reader.organisation.strip())


def sections(
    signed: Signed,
    study: Study,
    measurements: Sequence[Measurement],
    compared: Sequence[Study],
    carried: Mapping[str, Sequence[Dataset]] | None = None,
) -> Iterator[Dataset]:
    """The sections of a report as containers; carried: by field id, NUM items of an earlier report that still stand."""
    by_uid = {measurement.tracking_uid: measurement for measurement in measurements}
    known = {i.sop_uid: i for one in (study, *compared) for i in one.instances()}
    for section, fields in filled(signed.draft, signed.template):
        title, concept = codes.SECTIONS[section.role]
        inside = []
        for field, text in fields:
            inside.append(items.text_item(items.CONTAINS, concept, paragraph(section, field, text)))
            for link in signed.draft.links:
                measurement = by_uid.get(link.tracking_uid)
                value = measurement.value(link.concept) if measurement and link.field == field.id else None
                if measurement is not None and value is not None:
                    inside.append(_number(link, measurement, value, known))
            inside.extend((carried or {}).get(field.id, ()))
        yield items.container(title, inside)


def _number(link: Link, measurement: Measurement, value: Value, known: dict[str, Instance]) -> Dataset:
    instance = _measured(measurement.frame, known)
    if measurement.space is not None:
        # Enhanced SR holds coordinates on images only (PS3.3 A.35.2.3.1); those in space stand in the measurement report.
        child = items.uid_item(items.HAS_PROPERTIES, codes.TRACKING_UID, link.tracking_uid)
        concept, unit = codes.concept_code(value.concept), codes.unit_code(value.unit)
        return items.number_item(items.CONTAINS, concept, value.value, unit, [child])
    place = instance.place(measurement.frame.frame)
    graphic, points = items.graphic_of(
        measurement.tool, value.concept, measurement.points, place.spacing_mm or (1.0, 1.0)
    )
    frame = measurement.frame.frame if instance.frames > 1 else None
    image = items.image_item(items.SELECTED_FROM, instance.sop_class, instance.sop_uid, frame)
    children = [
        # Enhanced SR lets a NUM have no observation context (PS3.3 A.35.2.3.1.2); its identity is a property.
        items.uid_item(items.HAS_PROPERTIES, codes.TRACKING_UID, link.tracking_uid),
        items.coordinates_item(items.INFERRED_FROM, graphic, points, image),
    ]
    return items.number_item(
        items.CONTAINS, codes.concept_code(value.concept), value.value, codes.unit_code(value.unit), children
    )


def _measured(frame: FrameRef, known: dict[str, Instance]) -> Instance:
    instance = known.get(frame.sop_uid)
    if instance is None or not instance.sop_class:
        raise ReaderError(
            "A measurement in this report was made on an image that is not in this examination or its priors.",
            "Remove the number's link, or measure again.",
        )
    return instance


def rest_on(
    document: Dataset,
    signed: Signed,
    source: Dataset,
    study: Study,
    measurements: Sequence[Measurement],
    compared: Sequence[Study],
) -> None:
    """Images of the study as current evidence; priors compared, and images measured on, as other evidence."""
    current = images_of(study)
    if not current and "SOPInstanceUID" in source and "SOPClassUID" in source:
        current = [(study.uid, str(source.SeriesInstanceUID), str(source.SOPClassUID), str(source.SOPInstanceUID))]
    linked = {link.tracking_uid for link in signed.draft.links}
    used = {m.frame.sop_uid for m in measurements if m.tracking_uid in linked}
    others = [named(i) for prior in compared for i in prior.instances() if i.sop_uid in used]
    others += [r for prior in compared if prior.uid in signed.draft.compared for r in images_of(prior)]
    document.CurrentRequestedProcedureEvidenceSequence = evidence(current)
    if others:
        document.PertinentOtherEvidenceSequence = evidence(others)
