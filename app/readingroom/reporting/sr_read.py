"""Reading reports back: our own, and whatever else the world stores as structured reports. Lenient, and never silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.record.finding import Value
from readingroom.record.patient import display_name
from readingroom.reporting.sr_codes import AMENDMENT, WITHDRAWAL
from readingroom.reporting.sr_tree import respelled

_DEEPEST = 30
_TRACKING_UID = "112040"
_NOTES = {"121078": "addendum", "55107-7": "addendum", AMENDMENT[0]: "amended", WITHDRAWAL[0]: "withdrawn"}


@dataclass(frozen=True, slots=True)
class ReportNumber:
    """One number of a report; tracking_uid is the measurement's identity where the report names it."""

    concept: str
    value: float
    unit: str
    tracking_uid: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class ReportRead:
    """One stored report.

    state: "draft" (PARTIAL), "provisional" (COMPLETE, not verified), "signed", or what was last done to it after it was
    signed: "addendum" (text added), "amended" (body changed) or "withdrawn" (says that the report must not be relied on).
    sections: (title, text) in reading order. verified_at: DICOM DT as stored, "" where nobody verified it.
    predecessors: SOP Instance UIDs of the reports that this one takes the place of. written: content date and time, to
    tell which came later. images: SOP Instance UIDs that it refers to. patient_id and patient_name as stored.
    """

    sop_uid: str
    series_uid: str
    study_uid: str
    sop_class: str
    state: str
    title: str
    sections: tuple[tuple[str, str], ...] = ()
    numbers: tuple[ReportNumber, ...] = ()
    verified_by: str = ""
    registration: str = ""
    organisation: str = ""
    verified_at: str = ""
    written: str = ""
    predecessors: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    patient_id: str = ""
    patient_name: str = ""
    accession: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def author(self) -> str:
        """Who verified it, as a reader says it: "OKAFOR, Ada (Dr)"; "" where nobody did."""
        return display_name(self.verified_by) if self.verified_by.strip("^ =") else ""


def read_report(part10: bytes) -> ReportRead:
    """A structured report of any kind as sections and numbers; ReaderError where there is no document in the bytes."""
    document = document_of(part10)
    if not _word(document, "SOPInstanceUID") or not (
        _items(document, "ContentSequence") or "VerificationFlag" in document
    ):
        raise ReaderError("This object is not a structured report.", "Open it as an image, or in another program.")
    reader = _Reading()
    reader.walk(_items(document, "ContentSequence"), "", 0)
    observer = (_items(document, "VerifyingObserverSequence") or [Dataset()])[-1]
    registrations = _items(observer, "VerifyingObserverIdentificationCodeSequence")
    return ReportRead(
        sop_uid=_word(document, "SOPInstanceUID"),
        series_uid=_word(document, "SeriesInstanceUID"),
        study_uid=_word(document, "StudyInstanceUID"),
        sop_class=_word(document, "SOPClassUID"),
        state=_state(document, reader.note),
        title=_concept(document)[1] or _word(document, "SeriesDescription") or "Report",
        sections=reader.sections(),
        numbers=tuple(reader.numbers),
        verified_by=_word(observer, "VerifyingObserverName"),
        registration=_word(registrations[0], "CodeValue") if registrations else "",
        organisation=_word(observer, "VerifyingOrganization"),
        verified_at=_word(observer, "VerificationDateTime"),
        written=_word(document, "ContentDate") + _word(document, "ContentTime"),
        predecessors=tuple(_referenced(document, "PredecessorDocumentsSequence")),
        images=tuple(dict.fromkeys(_referenced(document, "CurrentRequestedProcedureEvidenceSequence"))),
        patient_id=_word(document, "PatientID"),
        patient_name=_word(document, "PatientName"),
        accession=_word(document, "AccessionNumber"),
        warnings=tuple(dict.fromkeys(reader.warnings)),
    )


def document_of(part10: bytes) -> Dataset:
    """The whole dataset, decoded to the last element, or ReaderError: half a report must not pass for one."""
    try:
        document = dcmread(BytesIO(part10), force=True)
        document.decode()
        respelled(document)
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise ReaderError(f"The report cannot be read ({reason}).", "Fetch it again.") from error
    return document


SIGNED_STATES = ("signed", "addendum", "amended", "withdrawn")


def newest(reports: Sequence[ReportRead]) -> ReportRead | None:
    """The report that stands: none takes its place, and of several the one verified or written last.

    A withdrawal speaks of the report that it withdraws: it stands only where no other report does.
    """
    replaced = {uid for report in reports for uid in report.predecessors}
    standing = [report for report in reports if report.sop_uid not in replaced] or list(reports)
    return max(standing, key=_rank, default=None)


def _rank(report: ReportRead) -> tuple[bool, str, str]:
    return report.state != "withdrawn", report.verified_at[:14] or report.written[:14], report.sop_uid


class _Reading:
    """One walk through a content tree, collecting what a reader reads; note: what the last note on the report is."""

    def __init__(self) -> None:
        self.numbers: list[ReportNumber] = []
        self.warnings: list[str] = []
        self.note = ""
        self._lines: list[tuple[str, str]] = []

    def sections(self) -> tuple[tuple[str, str], ...]:
        """The texts by their section, one line each; a section that comes again later stays apart."""
        found: list[tuple[str, list[str]]] = []
        for title, line in self._lines:
            if not found or found[-1][0] != title:
                found.append((title, []))
            found[-1][1].append(line)
        return tuple((title, "\n".join(lines)) for title, lines in found)

    def walk(self, children: Sequence[Dataset], section: str, depth: int) -> None:
        """Read items in order; a container with a name of its own begins a section."""
        if depth > _DEEPEST:
            self.warnings.append("Part of the report is nested too deeply and is not shown.")
            return
        for item in children:
            self._item(item, section, depth)

    def _item(self, item: Dataset, section: str, depth: int) -> None:
        kind, relationship = _word(item, "ValueType"), _word(item, "RelationshipType")
        code, meaning = _concept(item)
        children = _items(item, "ContentSequence")
        if kind == "CONTAINER":
            self.note = _NOTES.get(code, self.note)
            self.walk(children, meaning or section, depth + 1)
            return
        if relationship in ("HAS OBS CONTEXT", "HAS CONCEPT MOD", "HAS ACQ CONTEXT"):
            return
        if kind == "NUM":
            self._number(item, meaning, section, children)
        elif kind in ("TEXT", "CODE", "PNAME", "DATE", "TIME", "DATETIME"):
            self._line(section, meaning, _said(item, kind), labelled=kind != "TEXT")
        self.walk(
            [child for child in children if _word(child, "ValueType") not in ("SCOORD", "IMAGE")], section, depth + 1
        )

    def _line(self, section: str, meaning: str, text: str, labelled: bool) -> None:
        if text.strip():
            shown = f"{meaning}: {text}" if labelled and meaning and section else text
            self._lines.append((section or meaning, shown))

    def _number(self, item: Dataset, meaning: str, section: str, children: Sequence[Dataset]) -> None:
        measured = (_items(item, "MeasuredValueSequence") or [Dataset()])[0]
        try:
            value = float(_word(measured, "NumericValue").split("\\")[0])
        except ValueError:
            self.warnings.append(f"{meaning or 'A number'} has no value.")
            return
        units = _items(measured, "MeasurementUnitsCodeSequence")
        unit = _code(units[0]) if units else ("", "")
        uid = next((_word(c, "UID") for c in children if _concept(c)[0] == _TRACKING_UID), "")
        shown = unit[1] if unit[0] == "1" and unit[1].startswith("px") else unit[0]
        self.numbers.append(ReportNumber(meaning, value, shown, uid, section))
        amount = words.amount(Value(meaning, value, shown))
        if not any(title == section and amount in line for title, line in self._lines):
            self._line(section, meaning, amount, labelled=True)


def _state(document: Dataset, note: str) -> str:
    if _word(document, "VerificationFlag") == "VERIFIED":
        return note or "signed"
    return "provisional" if _word(document, "CompletionFlag") == "COMPLETE" else "draft"


def _said(item: Dataset, kind: str) -> str:
    if kind == "CODE":
        codes = _items(item, "ConceptCodeSequence")
        return _code(codes[0])[1] if codes else ""
    keyword = {"TEXT": "TextValue", "PNAME": "PersonName"}.get(kind, kind.title())
    text = _word(item, "DateTime" if kind == "DATETIME" else keyword)
    return "\n".join(text.splitlines())


def _concept(item: Dataset) -> tuple[str, str]:
    names = _items(item, "ConceptNameCodeSequence")
    return _code(names[0]) if names else ("", "")


def _code(item: Dataset) -> tuple[str, str]:
    value = _word(item, "CodeValue") or _word(item, "LongCodeValue") or _word(item, "URNCodeValue")
    return value, _word(item, "CodeMeaning")


def _referenced(document: Dataset, keyword: str) -> Iterator[str]:
    for study in _items(document, keyword):
        for series in _items(study, "ReferencedSeriesSequence"):
            for item in _items(series, "ReferencedSOPSequence"):
                yield _word(item, "ReferencedSOPInstanceUID")


def _items(item: Dataset, keyword: str) -> list[Dataset]:
    found = item.get(keyword)
    return (
        [one for one in found if isinstance(one, Dataset)]
        if isinstance(found, list | tuple) or _sequence(found)
        else []
    )


def _sequence(found: Any) -> bool:
    return hasattr(found, "__iter__") and not isinstance(found, str | bytes)


def _word(item: Dataset, keyword: str) -> str:
    value = item.get(keyword)
    return "" if value is None else str(value).strip()
