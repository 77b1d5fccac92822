"""A signed report as it is given to others: what it says, about whom, who answers for it; every form is made from this."""

from dataclasses import dataclass
from datetime import date, datetime

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.record.patient import Patient
from readingroom.reporting import sr_tree as tree
from readingroom.reporting.sr_items import Code
from readingroom.reporting.sr_read import ReportRead, document_of, read_report

TITLES = {
    "provisional": "Provisional report", "signed": "Report", "addendum": "Report with addendum",
    "amended": "Amended report", "withdrawn": "REPORT WITHDRAWN",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report in another form: the file's bytes, and what a reader of it must be told."""

    content: bytes
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """A stored report with what its header says. verified and examined are None where the report does not say when."""

    report: ReportRead
    patient: Patient
    examined: date | None
    description: str
    referrer: str
    placer: str
    filler: str
    procedure: Code
    verified: datetime | None

    @property
    def title(self) -> str:
        """What the report is, e.g. "Amended report"."""
        return TITLES[self.report.state]


def issued(part10: bytes) -> Issued:
    """A stored report to be given to others; ReaderError where it is only a draft."""
    report, document = read_report(part10), document_of(part10)
    if report.state not in TITLES:
        raise ReaderError("This report is a draft, and drafts are not given away.", "Sign it first.")
    request = (tree.inside(document, "ReferencedRequestSequence") or (Dataset(),))[0]
    return Issued(
        report=report,
        patient=Patient(
            report.patient_id, tree.word(document, "IssuerOfPatientID"), report.patient_name,
            day_of(tree.word(document, "PatientBirthDate")), tree.word(document, "PatientSex"),
        ),
        examined=day_of(tree.word(document, "StudyDate")),
        description=tree.word(document, "StudyDescription"),
        referrer=tree.word(document, "ReferringPhysicianName"),
        placer=tree.word(request, "PlacerOrderNumberImagingServiceRequest"),
        filler=tree.word(request, "FillerOrderNumberImagingServiceRequest"),
        procedure=tree.code(document, "PerformedProcedureCodeSequence"),
        verified=moment(report.verified_at or report.written),
    )  # fmt: skip


def moment(text: str) -> datetime | None:
    """A DICOM DT (PS3.5 6.2) as a time with its zone, the desk's own where it names none; None where it is none."""
    plain, zone = text.strip(), ""
    if len(plain) > 5 and plain[-5] in "+-":
        plain, zone = plain[:-5], plain[-5:]
    digits = plain.split(".")[0]
    shape = "%Y%m%d%H%M%S"[: {8: 6, 10: 8, 12: 10, 14: 12}.get(len(digits), 0)]
    try:
        return datetime.strptime(digits + zone, shape + ("%z" if zone else "")).astimezone() if shape else None
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """A DICOM DA as a date; None where it is none."""
    try:
        return datetime.strptime(text.strip(), "%Y%m%d").date()
    except ValueError:
        return None


def name_parts(name: str) -> tuple[str, str, str, str, str]:
    """A DICOM person name (PS3.5 6.2.1) as family, given, middle, prefix, suffix: its first group that is filled."""
    group = next((part for part in name.split("=") if part.strip("^ ")), "")
    family, given, middle, prefix, suffix = ([part.strip() for part in group.split("^")] + [""] * 5)[:5]
    return family, given, middle, prefix, suffix


def printable(text: str) -> str:
    """Text without control characters other than line breaks and tabs."""
    plain = "\n".join(text.splitlines())
    return "".join(letter for letter in plain if letter in "\n\t" or (ord(letter) >= 32 and ord(letter) != 127))


def lost(report: Issued) -> tuple[str, ...]:
    """A warning for each section whose control characters no text form can carry."""
    return tuple(
        f"“{title}” holds control characters, which are left out."
        for title, text in report.report.sections
        if printable(text) != "\n".join(text.splitlines())
    )
