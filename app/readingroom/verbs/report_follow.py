"""What follows a signed report, without a window: an addendum, an amendment, a withdrawal."""

import argparse
from dataclasses import asdict, replace

from readingroom.base.errors import ReaderError
from readingroom.main import House, local_now
from readingroom.reporting.draft import ADDENDUM, WITHDRAWAL, Draft, addendum_draft
from readingroom.reporting.following import amendment_draft, body_of, changes, withdrawal_draft
from readingroom.reporting.sr_read import ReportRead, document_of, newest
from readingroom.session.reports import keep, template_of
from readingroom.verbs.front import Answer
from readingroom.verbs.report_case import ReportCase, measurements_of, opened
from readingroom.verbs.report_way import held_draft, pairs, signed, standing


def add(house: House, options: argparse.Namespace) -> Answer:
    """Sign and store an addendum to the report that stands."""
    case, before, _, held = _earlier(house, options, ADDENDUM.id)
    texts = pairs(options.set, "--set FIELD=VALUE")
    text = options.text if options.text is not None else texts.get("addendum", "")
    if held is None:
        held = addendum_draft(case.study.uid, before.sop_uid, house.settings.reader, local_now())
    held = held.write("addendum", text, local_now()) if text.strip() else held
    keep(house.doors.journal, held)
    return signed(house, case, held, options)


def amend(house: House, options: argparse.Namespace) -> Answer:
    """Sign and store the report that stands with changed fields; the answer says what was changed."""
    case, before, raw, held = _earlier(house, options, "")
    if held is None:
        measured = measurements_of(house, case.study.uid)
        held = amendment_draft(raw, house.templates.usable, measured, house.settings.reader, local_now())
    body = body_of(document_of(raw), house.templates.usable)
    template = template_of(held, house.templates)
    for name, text in pairs(options.set, "--set FIELD=VALUE").items():
        if template.field(name) is None:
            names = ", ".join(field.id for field in template.fields())
            raise ReaderError(f"The report has no field “{name}”.", f"It has: {names}.")
        held = held.write(name, text, local_now())
    held = replace(held, reason=options.reason.strip()) if options.reason is not None else held
    changed = changes(body, held, template)
    if not changed:
        raise ReaderError("Nothing is changed against the signed report.", "Give --set FIELD=VALUE.")
    keep(house.doors.journal, held)
    answer = signed(house, case, held, options)
    lines = [f"{one.label}: “{one.before}” → “{one.after}”" for one in changed]
    fields = {**answer.fields, "predecessor": before.sop_uid, "changes": [asdict(one) for one in changed]}
    return replace(answer, fields=fields, lines=(*answer.lines, *lines))


def withdraw(house: House, options: argparse.Namespace) -> Answer:
    """Store that the report that stands is withdrawn, and why; nothing is deleted."""
    case, before, _, held = _earlier(house, options, WITHDRAWAL.id)
    if not (options.reason or "").strip() and held is None:
        raise ReaderError("A report is withdrawn for a reason.", "Give --reason TEXT.")
    if held is None:
        held = withdrawal_draft(case.study.uid, before.sop_uid, house.settings.reader, local_now())
    if (options.reason or "").strip():
        held = held.write("reason", options.reason.strip(), local_now())
    keep(house.doors.journal, held)
    return signed(house, case, held, options)


def _earlier(
    house: House, options: argparse.Namespace, template_id: str
) -> tuple[ReportCase, ReportRead, bytes, Draft | None]:
    """The case, the report that stands and its bytes, and the draft to go on with; template_id: "" for an amendment."""
    held, case = held_draft(house, options.study_uid), opened(house, options.study_uid)
    same = held is not None and (held.amends if not template_id else held.template_id == template_id)
    follows = held is not None and bool(held.predecessor)
    if held is not None and held.state in ("sending", "failed"):
        what = "What follows the report" if follows else "The report"
        raise ReaderError(f"{what} of this study is not stored yet.", "Use: readingroom outbox --retry")
    found = {report.sop_uid: (report, raw) for report, raw in standing(house, case)}
    before = newest([report for report, _ in found.values()])
    if held is not None and held.state == "draft" and not same and (held.predecessor or before is None):
        raise ReaderError("Another report of this study is in writing.", "Use: readingroom report sign")
    if before is None:
        raise ReaderError("There is no signed report that this could follow.", "Use: readingroom report new")
    if before.state == "withdrawn":
        raise ReaderError("The report of this study is withdrawn.", "Use: readingroom report new")
    if held is not None and held.state == "draft" and not same:
        raise ReaderError("A new report of this study is in writing.", "Use: readingroom report sign")
    going_on = held if held is not None and held.state == "draft" else None
    if going_on is not None and going_on.predecessor in found:
        # What was begun goes on against the report it was begun on; the checks say where a newer one stands.
        before = found[going_on.predecessor][0]
    return case, before, found[before.sop_uid][1], going_on
