"""What follows a signed report as DICOM objects: addendum, amendment, withdrawal; each new, the earlier never touched."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.record.finding import Measurement
from readingroom.record.patient import display_name
from readingroom.record.study import Study
from readingroom.reporting import sr_codes as codes
from readingroom.reporting import sr_items as items
from readingroom.reporting import sr_tree as tree
from readingroom.reporting.draft import ADDENDUM, WITHDRAWAL, filled
from readingroom.reporting.following import Body, body_of, changes, number_stands
from readingroom.reporting.sign import Signed
from readingroom.reporting.sr_header import (
    ENHANCED_SR,
    begun,
    declare_schemes,
    evidence,
    limited,
    part10,
    verified,
)
from readingroom.reporting.sr_read import document_of
from readingroom.reporting.sr_report import context, person, rest_on, root, sections
from readingroom.reporting.template import Template

BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"
KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
NOTES = frozenset({codes.ADDENDUM[0], codes.AMENDMENT[0]})
Reference = tuple[str, str, str, str]
"""(study UID, series UID, SOP class, SOP UID)."""


def encode_following(
    signed: Signed,
    previous: bytes,
    study: Study,
    measurements: Sequence[Measurement] = (),
    compared: Sequence[Study] = (),
    templates: Iterable[Template] = (),
) -> tuple[tuple[str, bytes], ...]:
    """The objects that a signed addendum, amendment or withdrawal becomes, as (SOP Instance UID, Part 10 bytes).

    The first is the document; a withdrawal also has a rejection note. ReaderError where the previous report cannot be
    read, is not complete, is withdrawn or is of another examination.
    """
    if signed.template.id == WITHDRAWAL.id:
        note_uid = new_uid()
        withdrawn = encode_withdrawal(signed, previous)
        return (signed.sop_uid, withdrawn), (note_uid, encode_rejection(signed, previous, note_uid))
    if signed.template.id == ADDENDUM.id:
        return ((signed.sop_uid, encode_addendum(signed, previous)),)
    amended = encode_amendment(signed, previous, study, measurements, compared, templates)
    return ((signed.sop_uid, amended),)


def encode_addendum(signed: Signed, previous: bytes) -> bytes:
    """A signed addendum: the previous report unchanged, then the addendum's words, under a new SOP Instance UID.

    The previous report is named as predecessor (PS3.3 C.17.2). ReaderError as encode_following.
    """
    earlier = earlier_report(previous, signed)
    document = _begun_after(earlier, signed)
    for keyword in ("ContentTemplateSequence", "ConceptNameCodeSequence", "ContinuityOfContent"):
        if keyword in earlier:
            setattr(document, keyword, deepcopy(earlier[keyword].value))
    document.ValueType = "CONTAINER"
    added = items.container(codes.ADDENDUM, [*person(signed.reader), _words(codes.ADDENDUM, _written(signed))])
    document.ContentSequence = [*deepcopy(list(earlier.get("ContentSequence") or [])), added]
    declare_schemes(document)
    return part10(document)


def encode_amendment(
    signed: Signed,
    previous: bytes,
    study: Study,
    measurements: Sequence[Measurement] = (),
    compared: Sequence[Study] = (),
    templates: Iterable[Template] = (),
) -> bytes:
    """A signed report with a changed body, the addenda that were there, and a note of what changed and why.

    Numbers that still stand in an unchanged place keep their coordinates. ReaderError as encode_following, and where no
    reason was given or nothing was changed.
    """
    earlier = earlier_report(previous, signed)
    body = body_of(earlier, (signed.template, *templates))
    changed = changes(body, signed.draft, signed.template)
    reason = signed.draft.reason.strip()
    if not reason or not changed:
        what = "why" if not reason else "what"
        raise ReaderError(f"The amendment does not say {what} was changed.", "Give a reason, and change the report.")
    document = _begun_after(earlier, signed)
    _rest_on_both(document, signed, study, measurements, compared)
    linked = {link.tracking_uid for link in signed.draft.links}
    carried = _carried(body, signed, linked)
    notes = [deepcopy(child) for child in tree.children(earlier) if tree.code(child)[0] in NOTES]
    names = ", ".join(dict.fromkeys(change.label for change in changed))
    note = items.container(
        codes.AMENDMENT,
        [
            *person(signed.reader),
            _words(codes.AMENDMENT, f"Reason: {reason}"),
            _words(codes.AMENDMENT, f"Changed: {names}"),
        ],
    )
    written = sections(signed, study, measurements, compared, carried)
    root(document, [*context(signed), *written, *notes, note])
    declare_schemes(document)
    return part10(document)


def encode_withdrawal(signed: Signed, previous: bytes) -> bytes:
    """A signed document that says, in the place of a report, that it is withdrawn, by whom and why."""
    earlier = earlier_report(previous, signed)
    document = _begun_after(earlier, signed)
    root(
        document,
        [*context(signed), items.container(codes.WITHDRAWAL, [_words(codes.WITHDRAWAL, _notice(earlier, signed))])],
    )
    declare_schemes(document)
    return part10(document)


def encode_rejection(signed: Signed, previous: bytes, sop_uid: str) -> bytes:
    """A Key Object Selection that rejects a report and all that it took the place of (IOCM; PS3.16 TID 2010).

    It hides them in archives that follow rejection notes, and deletes nothing.
    """
    earlier = earlier_report(previous, signed)
    rejected = [*_chain(earlier), _reference(earlier)]
    note = begun(earlier, sop_uid, signed.at)
    note.SOPClassUID, note.Modality, note.SeriesDescription = KEY_OBJECT_SELECTION, "KO", "Report withdrawn"
    del note.PerformedProcedureCodeSequence
    _copied(note, earlier, ("ReferencedRequestSequence",))
    note.CurrentRequestedProcedureEvidenceSequence = evidence(rejected)
    reason = items.text_item(items.CONTAINS, codes.KEY_OBJECT_DESCRIPTION, _written(signed))
    references = [items.composite_item(items.CONTAINS, sop_class, uid) for _, _, sop_class, uid in rejected]
    root(note, [*person(signed.reader), reason, *references])
    note.ConceptNameCodeSequence = [items.coded(codes.REJECTED)]
    note.ContentTemplateSequence[0].TemplateIdentifier = "2010"
    declare_schemes(note)
    return part10(note)


def earlier_report(raw: bytes, signed: Signed) -> Dataset:
    """The report that another follows, or ReaderError where nothing may follow it."""
    earlier = document_of(raw)
    if "SOPClassUID" not in earlier or "SOPInstanceUID" not in earlier or "SeriesInstanceUID" not in earlier:
        raise ReaderError("The earlier report is no DICOM report.", "Fetch the report again.")
    if earlier.get("CompletionFlag") != "COMPLETE":
        raise ReaderError("The earlier report is not complete.", "Finish and sign it instead.")
    if earlier.get("StudyInstanceUID") != signed.draft.study_uid:
        raise ReaderError("This and the earlier report belong to different examinations.", "Open the report again.")
    if any(tree.code(child)[0] == codes.WITHDRAWAL[0] for child in tree.children(earlier)):
        raise ReaderError("This report is withdrawn, and nothing can follow it.", "Write a new report.")
    return earlier


def _begun_after(earlier: Dataset, signed: Signed) -> Dataset:
    document = begun(earlier, signed.sop_uid, signed.at)
    document.SOPClassUID = ENHANCED_SR if earlier.SOPClassUID == BASIC_TEXT_SR else earlier.SOPClassUID
    verified(document, signed.reader, signed.at, str(earlier.get("InstitutionName") or ""))
    _copied(
        document, earlier,
        ("ReferencedRequestSequence", "PerformedProcedureCodeSequence", "CurrentRequestedProcedureEvidenceSequence",
         "PertinentOtherEvidenceSequence"),
    )  # fmt: skip
    document.PredecessorDocumentsSequence = evidence([*_chain(earlier), _reference(earlier)])
    return document


def _copied(document: Dataset, earlier: Dataset, keywords: Iterable[str]) -> None:
    for keyword in keywords:
        if keyword in earlier:
            setattr(document, keyword, deepcopy(earlier[keyword].value))


def _rest_on_both(
    document: Dataset, signed: Signed, study: Study, measurements: Sequence[Measurement], compared: Sequence[Study]
) -> None:
    """The evidence of the earlier report and that of the amendment, each object once."""
    keywords = ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence")
    before = {keyword: _listed(document, keyword) for keyword in keywords}
    source = Dataset()
    rest_on(document, signed, source, study, measurements, compared)
    current = list(dict.fromkeys([*before[keywords[0]], *_listed(document, keywords[0])]))
    others = [
        one for one in dict.fromkeys([*before[keywords[1]], *_listed(document, keywords[1])]) if one not in current
    ]
    document.CurrentRequestedProcedureEvidenceSequence = evidence(current)
    if others:
        document.PertinentOtherEvidenceSequence = evidence(others)


def _carried(body: Body, signed: Signed, linked: set[str]) -> Mapping[str, list[Dataset]]:
    """The earlier report's numbers that are not linked anew and still stand in their field."""
    carried: dict[str, list[Dataset]] = {}
    for number in body.numbers:
        field = signed.template.field(number.field)
        if number.tracking_uid in linked and number.tracking_uid:
            continue
        if field is not None and number_stands(number, signed.draft.text(number.field), field.unit):
            carried.setdefault(number.field, []).append(deepcopy(number.item))
    return carried


def _chain(earlier: Dataset) -> list[Reference]:
    return _listed(earlier, "PredecessorDocumentsSequence")


def _listed(document: Dataset, keyword: str) -> list[Reference]:
    return [
        (tree.word(study, "StudyInstanceUID"), tree.word(series, "SeriesInstanceUID"),
         tree.word(one, "ReferencedSOPClassUID"), tree.word(one, "ReferencedSOPInstanceUID"))
        for study in tree.inside(document, keyword)
        for series in tree.inside(study, "ReferencedSeriesSequence")
        for one in tree.inside(series, "ReferencedSOPSequence")
    ]  # fmt: skip


def _reference(document: Dataset) -> Reference:
    return document.StudyInstanceUID, document.SeriesInstanceUID, document.SOPClassUID, document.SOPInstanceUID


def _words(concept: items.Code, text: str) -> Dataset:
    return items.text_item(items.CONTAINS, concept, text)


def _written(signed: Signed) -> str:
    return "\n".join(text for _, fields in filled(signed.draft, signed.template) for _, text in fields)


def _notice(earlier: Dataset, signed: Signed) -> str:
    observer = (tree.inside(earlier, "VerifyingObserverSequence") or (Dataset(),))[-1]
    when = tree.word(observer, "VerificationDateTime") or tree.word(earlier, "ContentDate")
    by = tree.word(observer, "VerifyingObserverName")
    signed_by = f" that {display_name(by)} signed" if by else ""
    limited(signed.reader.name, 64, "The reader's name")
    return f"The report{signed_by} on {_day(when)} is withdrawn. Do not rely on it. Reason: {_written(signed)}"


def _day(stamp: str) -> str:
    return f"{stamp[6:8]}.{stamp[4:6]}.{stamp[:4]}" if len(stamp) >= 8 and stamp[:8].isdigit() else "an unknown day"
