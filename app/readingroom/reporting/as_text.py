"""A signed report as plain text: who it is about, its sections, who answers for it."""

from readingroom.display import words
from readingroom.record.patient import display_name
from readingroom.reporting.issued import Issued, Rendered, lost, printable


def text_file(report: Issued) -> Rendered:
    """The report as UTF-8, one line break at the end."""
    return Rendered(("\n".join(lines(report)) + "\n").encode("utf-8"), (*report.report.warnings, *lost(report)))


def lines(report: Issued) -> tuple[str, ...]:
    """The report line by line; empty lines stand between its parts."""
    return (*head(report), *body(report), "", *foot(report))


def head(report: Issued) -> tuple[str, ...]:
    """What the report is, whose, and of which examination."""
    examination = f"{report.description or 'Examination'}, {words.day(report.examined)}"
    asked = f"Referred by {display_name(report.referrer)}" if report.referrer.strip("^ ") else ""
    accession = f"Accession {report.report.accession}" if report.report.accession else ""
    said = (report.title, words.patient_banner(report.patient, report.examined), examination, accession, asked)
    return tuple(line for line in said if line)


def body(report: Issued) -> tuple[str, ...]:
    """The sections: an empty line, the title in capitals, the words."""
    found: list[str] = []
    for title, text in report.report.sections:
        found += ["", title.upper(), *printable(text).splitlines()]
    return tuple(found)


def foot(report: Issued) -> tuple[str, ...]:
    """Who answers for the report, when, and which object it is."""
    read = report.report
    at = f"{report.verified:%d.%m.%Y %H:%M}" if report.verified else "at an unknown time"
    number = f", registration {read.registration}" if read.registration else ""
    by = f"Signed by {read.author}{number}, {read.organisation}, {at}" if read.author else "Not signed by anybody"
    replaced = f"In the place of {', '.join(read.predecessors)}" if read.predecessors else ""
    return tuple(line for line in (by, f"Report {read.sop_uid}", replaced) if line)
