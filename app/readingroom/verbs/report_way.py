"""The way of a report to the archive without a window: what is held here, what stands, the signature and the storing."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.main import House, local_now
from readingroom.record.search import Received
from readingroom.reporting.draft import Draft, from_json
from readingroom.reporting.sr_read import SIGNED_STATES, ReportRead, read_report
from readingroom.session.reports import REPORT, reconciled, send_waiting, sign_report, template_of
from readingroom.verbs.front import Answer
from readingroom.verbs.report_case import ReportCase, compared, measurements_of, view_of


def held_draft(house: House, study_uid: str) -> Draft | None:
    """The draft of a study at this desk, in the state that the outbox proves."""
    kept = house.doors.journal.newest("draft", study_uid)
    return reconciled(from_json(kept), house.doors.outbox, local_now()) if kept is not None else None


def standing(house: House, case: ReportCase) -> list[tuple[ReportRead, bytes]]:
    """Every signed report of the study: waiting here, stored from here, or in an archive; each once."""
    outbox = house.doors.outbox
    ours = [w for w in (*outbox.stored_for(case.study.uid), *outbox.waiting()) if w.kind == REPORT]
    found = {w.sop_uid: (read_report(w.part10), w.part10) for w in ours if w.study_uid == case.study.uid}
    for archived in case.archived:
        if archived.report.state in SIGNED_STATES:
            found.setdefault(archived.report.sop_uid, (archived.report, archived.part10))
    return list(found.values())


def _put_on_shelf(house: House, report: ReportRead, part10: bytes) -> None:
    house.doors.shelf.put(Received(report.study_uid, report.series_uid, report.sop_uid, part10))


def signed(house: House, case: ReportCase, held: Draft, options: argparse.Namespace) -> Answer:
    """Sign a draft, store it and read it back; exit code 1 where it waits in the outbox."""
    doors, reader = house.doors, house.settings.reader
    measured = measurements_of(house, case.study.uid)
    for archived in case.archived:
        if archived.report.sop_uid == held.predecessor:
            _put_on_shelf(house, archived.report, archived.part10)
    given = sign_report(
        doors.region, doors.shelf, doors.outbox, doors.journal, doors.audit, held, template_of(held, house.templates),
        view_of(house, case, held, measured), compared(house, held), reader, local_now(),
        pairs(options.waive, "--waive RULE=REASON"),
    )  # fmt: skip
    answer = send(house, case.study.uid)
    noted = [{"rule": c.rule, "text": c.text} for c in given.noted]
    lines = (*answer.lines, *(f"note: {c.text}" for c in given.noted))
    return replace(answer, fields={**answer.fields, "noted": noted}, lines=lines)


def send(house: House, study_uid: str) -> Answer:
    """Try to store what waits of a study."""
    doors = house.doors
    sent = send_waiting(doors.region, doors.outbox, doors.journal, doors.audit, local_now(), study_uid)
    held = held_draft(house, study_uid)
    state = held.state if held else ""
    stored = [{"sop_uid": one.sop_uid, "kind": one.kind, "verified": one.verified} for one in sent]
    problems = [{"sop_uid": s.sop_uid, "problem": s.problem, "remedy": s.remedy} for s in sent if not s.verified]
    lines = [
        f"{s.kind} {s.sop_uid}: " + (f"stored in {s.archive}, read back equal" if s.verified else s.problem)
        for s in sent
    ]
    return Answer({"state": state, "stored": stored, "problems": problems}, (state, *lines), 1 if problems else 0)


def pairs(written: Sequence[str] | None, shape: str) -> dict[str, str]:
    """Options written as NAME=TEXT, or ReaderError."""
    found: dict[str, str] = {}
    for one in written or ():
        name, sign, text = one.partition("=")
        if not sign or not name.strip():
            raise ReaderError(f"“{one}” is not written as {shape}.", f"Write {shape}.")
        found[name.strip()] = text
    return found
