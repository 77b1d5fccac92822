"""The reports that the archives already hold of a study: read before one is written over, added to or signed beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.search import Silence
from readingroom.record.study import Instance, Study
from readingroom.reporting.issued import moment
from readingroom.reporting.sr_read import ReportRead, read_report
from readingroom.session.fetch import unlike
from readingroom.session.ports import Region, Shelf

REPORT_CLASSES = frozenset(f"1.2.840.10008.5.1.4.1.1.88.{tail}" for tail in ("11", "22", "33"))
_NO_REPORTS = ("Imaging Measurement Report", "Imaging Report Measurements")


@dataclass(frozen=True, slots=True)
class ArchivedReport:
    """One report as an archive holds it."""

    report: ReportRead
    part10: bytes
    archive: str


def archived_reports(
    region: Region, shelf: Shelf, study: Study, ticket: Ticket
) -> tuple[tuple[ArchivedReport, ...], tuple[Silence, ...]]:
    """Every report of the study in any archive that holds it, each once, and the archives that could not say."""
    found: dict[str, ArchivedReport] = {}
    silent: list[Silence] = []
    for name in study.held_by or region.names:
        try:
            listed = region.archive(name).study(study.uid)
            for instance in listed.instances():
                if instance.sop_class in REPORT_CLASSES and instance.sop_uid not in found:
                    read = _read(region, shelf, study, name, instance, ticket)
                    if read is not None:
                        found[instance.sop_uid] = read
        except ReaderError as error:
            silent.append(Silence(name, error.problem, error.remedy))
    return tuple(found.values()), tuple(silent)


def newer_report(reports: Sequence[ArchivedReport], own: frozenset[str], since: datetime) -> str:
    """Who signed a report that is not our own after a moment, and when; "" where nobody did."""
    # What our own report took the place of was read when ours was written.
    own |= {uid for archived in reports if archived.report.sop_uid in own for uid in archived.report.predecessors}
    for archived in reports:
        at = moment(archived.report.verified_at or archived.report.written)
        if archived.report.sop_uid in own or archived.report.state == "draft" or at is None:
            continue
        # A DT may be of whole seconds: what was signed in the second in which the draft began counts as newer.
        if at >= since.astimezone().replace(microsecond=0):
            return f"by {archived.report.author or 'somebody unnamed'}, {at:%d.%m.%Y %H:%M}, in {archived.archive}"
    return ""


def _read(
    region: Region, shelf: Shelf, study: Study, archive: str, instance: Instance, ticket: Ticket
) -> ArchivedReport | None:
    part10 = shelf.get(instance.sop_uid, study.uid)
    if part10 is None:
        received = region.archive(archive).object(study.uid, instance.series_uid, instance.sop_uid, ticket)
        if unlike(study, instance.series_uid, received):
            return None
        part10 = received.part10
    report = read_report(part10)
    return None if report.title in _NO_REPORTS else ArchivedReport(report, part10, archive)
