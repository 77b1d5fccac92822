"""readingroom report: a report begun, shown, checked, signed and added to, through the same code as the window."""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.main import House, build, local_now
from readingroom.record.finding import Measurement
from readingroom.record.study import FrameRef, Study
from readingroom.reporting.check import check
from readingroom.reporting.draft import ADDENDUM, Draft, addendum_draft, draft, filled, from_json, paragraph
from readingroom.reporting.sr_read import ReportRead, newest, read_report
from readingroom.reporting.template import Template
from readingroom.session.reports import REPORT, keep, reconciled, send_waiting, sign_report, template_of
from readingroom.settings.places import Profile
from readingroom.verbs.front import Answer
from readingroom.verbs.measurement_file import Drawn, read_drawn
from readingroom.verbs.report_case import (
    ReportCase,
    compared,
    comparison,
    keep_measurements,
    measurements_of,
    opened,
    view_of,
    with_reader,
)

ACTIONS = ("new", "show", "check", "sign", "addendum")
_ONLY_FOR = {
    "template": ("new",),
    "set": ("new", "addendum"),
    "measurements": ("new",),
    "text": ("addendum",),
    "waive": ("sign", "addendum"),
}


def declare(parser: argparse.ArgumentParser) -> None:
    """new, show, check, sign or addendum, and a study."""
    parser.add_argument("action", choices=ACTIONS, help="what to do with the report")
    parser.add_argument("study_uid", metavar="STUDY_UID")
    parser.add_argument("--template", metavar="ID", help="new: this template instead of the one that fits")
    parser.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", help="new: write into a field; may be repeated"
    )
    parser.add_argument("--measurements", metavar="M.json", help="new: measurements to link into the report")
    parser.add_argument("--text", metavar="TEXT", help="addendum: what is added")
    parser.add_argument("--reader", metavar="NAME", default="", help="who writes or signs, e.g. Okafor^Ada^^Dr")
    parser.add_argument("--registration", metavar="ID", default="", help="the reader's registration number")
    parser.add_argument("--waive", metavar="RULE=REASON", action="append", help="sign: let a concern pass, and why")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Do one action."""
    for name, actions in _ONLY_FOR.items():
        if getattr(options, name) is not None and options.action not in actions:
            raise ReaderError(f"--{name} is not for report {options.action}.", f"It is for: {', '.join(actions)}.")
    with ExitStack() as stack:
        if options.action in ("new", "sign", "addendum"):
            from readingroom.cache.desk_lock import DeskLock

            stack.enter_context(DeskLock(profile.folder))
        house = with_reader(build(profile), options.reader, options.registration)
        for door in (house.doors.shelf, house.doors.journal, house.doors.outbox):
            close = getattr(door, "close", None)
            if close is not None:
                stack.callback(close)
        act = {"new": _new, "show": _show, "check": _check, "sign": _sign, "addendum": _addendum}[options.action]
        return act(house, options)


def _new(house: House, options: argparse.Namespace) -> Answer:
    case, at = opened(house, options.study_uid), local_now()
    held = _held(house, case.study.uid)
    if held is None:
        template = (
            house.templates.named(options.template) if options.template else house.templates.for_study(case.study)
        )
        priors, known = comparison(house, case)
        held = draft(template, case.study, priors, house.settings.reader, at, known)
    elif held.state != "draft":
        raise ReaderError(f"The report of this study is {held.state}.", "Use: readingroom report addendum")
    elif options.template not in (None, held.template_id):
        raise ReaderError(
            f"There is a draft in the template {held.template_id}.", "Leave out --template to go on writing it."
        )
    template = template_of(held, house.templates)
    if options.measurements:
        held = _with_measurements(house, case.study, held, template, Path(options.measurements))
    for name, text in _pairs(options.set, "--set FIELD=VALUE").items():
        if template.field(name) is None:
            names = ", ".join(field.id for field in template.fields())
            raise ReaderError(f"The template {template.id} has no field “{name}”.", f"It has: {names}.")
        held = held.write(name, text, at)
    keep(house.doors.journal, held)
    texts = {field.id: held.text(field.id) for field in template.fields()} | dict(held.fields)
    fields = {"draft": held.study_uid, "state": held.state, "template": held.template_id, "fields": texts}
    return Answer(fields, (f"draft of {held.study_uid} in {template.title}", *_lines(_sections(held, template))))


def _with_measurements(house: House, study: Study, held: Draft, template: Template, path: Path) -> Draft:
    """The draft with each measurement computed on its image, kept in the case, and linked to a field that takes it."""
    made = list(measurements_of(house, study.uid))
    for drawn in read_drawn(path):
        measurement = _measured(house, study, drawn)
        made = [m for m in made if m.tracking_uid != measurement.tracking_uid] + [measurement]
        field = template.field(drawn.field) if drawn.field else None
        if drawn.field and field is None:
            raise ReaderError(f"The template {template.id} has no field “{drawn.field}”.", "Correct the measurements.")
        if field is None:
            takes = (f for f in template.fields() if any(measurement.value(concept) for concept in f.link))
            field = next((f for f in takes if not held.text(f.id).strip()), None)
        if field is not None:
            held = held.link(field, measurement, local_now())
    keep_measurements(house, study, made)
    return held


def _measured(house: House, study: Study, drawn: Drawn) -> Measurement:
    from readingroom.measure.evaluate import evaluate
    from readingroom.pixels.decode import decode
    from readingroom.session.fetch import bring_object

    images = [i for i in study.instances() if i.is_image and (i.sop_uid == drawn.sop_uid or not drawn.sop_uid)]
    if len(images) != 1:
        problem = "is on an image that this study does not have" if drawn.sop_uid else "does not say on which image"
        raise ReaderError(f"The measurement “{drawn.label or drawn.tool}” {problem}.", "Give its sop_uid.")
    image = images[0]
    part10 = house.doors.shelf.get(image.sop_uid, study.uid)
    if part10 is None:
        received = bring_object(house.doors.region, house.doors.shelf, study, image.series_uid, image.sop_uid, Ticket())
        part10 = received.part10
    frame = decode(part10, drawn.frame)
    values, basis = evaluate(drawn.tool, drawn.points, frame)
    return Measurement(
        drawn.tool, FrameRef(study.uid, image.series_uid, image.sop_uid, drawn.frame), drawn.points, values, basis,
        drawn.label or drawn.tool, drawn.tracking_uid, house.settings.reader.name, local_now(),
    ).identified()  # fmt: skip


def _check(house: House, options: argparse.Namespace) -> Answer:
    held = _draft_or_refuse(house, options.study_uid)
    case = opened(house, options.study_uid)
    template = template_of(held, house.templates)
    found = check(held, template, view_of(house, case, held, measurements_of(house, case.study.uid)))
    lines = [f"{c.severity:<4}  {c.rule:<11}  {c.text}" for c in found] or ["nothing stands against signing"]
    return Answer({"concerns": [asdict(concern) for concern in found], "silent": list(case.silent)}, tuple(lines))


def _sign(house: House, options: argparse.Namespace) -> Answer:
    held = _draft_or_refuse(house, options.study_uid)
    if held.state == "stored":
        raise ReaderError("This report is signed and stored.", "Use: readingroom report addendum")
    if held.state != "draft":
        return _send(house, options.study_uid)
    return _signed(house, opened(house, options.study_uid), held, options)


def _addendum(house: House, options: argparse.Namespace) -> Answer:
    held, case, at = _held(house, options.study_uid), opened(house, options.study_uid), local_now()
    if held is not None and held.state != "stored" and held.template_id != ADDENDUM.id:
        raise ReaderError(f"The report of this study is {held.state}.", "Sign and store it first.")
    if held is not None and held.state in ("sending", "failed"):
        raise ReaderError("An addendum of this study is not stored yet.", "Use: readingroom outbox --retry")
    texts = _pairs(options.set, "--set FIELD=VALUE")
    text = options.text if options.text is not None else texts.get("addendum", "")
    before = newest([report for report, _ in _standing(house, case)])
    if before is None:
        raise ReaderError("There is no signed report to add to.", "Use: readingroom report new")
    if held is None or held.state != "draft":
        held = addendum_draft(case.study.uid, before.sop_uid, house.settings.reader, at)
    held = held.write("addendum", text, at) if text.strip() else held
    keep(house.doors.journal, held)
    return _signed(house, case, held, options)


def _signed(house: House, case: ReportCase, held: Draft, options: argparse.Namespace) -> Answer:
    doors, reader = house.doors, house.settings.reader
    measured = measurements_of(house, case.study.uid)
    for archived in case.archived:
        if archived.report.sop_uid == held.predecessor:
            _put_on_shelf(house, archived.report, archived.part10)
    sign_report(
        doors.region, doors.shelf, doors.outbox, doors.journal, doors.audit, held, template_of(held, house.templates),
        view_of(house, case, held, measured), compared(house, held), reader, local_now(),
        _pairs(options.waive, "--waive RULE=REASON"),
    )  # fmt: skip
    return _send(house, case.study.uid)


def _send(house: House, study_uid: str) -> Answer:
    doors = house.doors
    sent = send_waiting(doors.region, doors.outbox, doors.journal, doors.audit, local_now(), study_uid)
    held = _held(house, study_uid)
    state = held.state if held else ""
    stored = [{"sop_uid": one.sop_uid, "kind": one.kind, "verified": one.verified} for one in sent]
    problems = [{"sop_uid": s.sop_uid, "problem": s.problem, "remedy": s.remedy} for s in sent if not s.verified]
    lines = [
        f"{s.kind} {s.sop_uid}: " + (f"stored in {s.archive}, read back equal" if s.verified else s.problem)
        for s in sent
    ]
    return Answer({"state": state, "stored": stored, "problems": problems}, (state, *lines), 1 if problems else 0)


def _show(house: House, options: argparse.Namespace) -> Answer:
    held = _held(house, options.study_uid)
    stored = [{"sop_uid": w.sop_uid, "kind": w.kind} for w in house.doors.outbox.stored_for(options.study_uid)]
    if held is not None and held.state == "draft":
        sections = _sections(held, template_of(held, house.templates))
        fields = {"state": held.state, "template": held.template_id, "sections": sections, "stored": stored}
        return Answer(fields, ("draft", *_lines(sections)))
    case = opened(house, options.study_uid)
    report = newest([read for read, _ in _standing(house, case)])
    if report is None:
        raise ReaderError("There is no report of this study.", "Use: readingroom report new")
    known = {one["sop_uid"] for one in stored}
    stored += [{"sop_uid": a.report.sop_uid, "kind": REPORT} for a in case.archived if a.report.sop_uid not in known]
    sections = [{"title": title, "text": text} for title, text in report.sections]
    state = held.state if held is not None else report.state
    fields = {
        "state": state, "sections": sections, "stored": stored, "sop_uid": report.sop_uid, "signed": report.state,
        "author": report.author, "verified_at": report.verified_at, "silent": list(case.silent),
        "numbers": [asdict(number) for number in report.numbers],
    }  # fmt: skip
    return Answer(fields, (f"{state}: {report.author} {report.verified_at}".strip(), *_lines(sections)))


def _standing(house: House, case: ReportCase) -> list[tuple[ReportRead, bytes]]:
    """Every signed report of the study: waiting here, stored from here, or in an archive; each once."""
    outbox = house.doors.outbox
    ours = [w for w in (*outbox.stored_for(case.study.uid), *outbox.waiting()) if w.kind == REPORT]
    found = {w.sop_uid: (read_report(w.part10), w.part10) for w in ours if w.study_uid == case.study.uid}
    for archived in case.archived:
        if archived.report.state in ("signed", "addendum"):
            found.setdefault(archived.report.sop_uid, (archived.report, archived.part10))
    return list(found.values())


def _put_on_shelf(house: House, report: ReportRead, part10: bytes) -> None:
    from readingroom.record.search import Received

    house.doors.shelf.put(Received(report.study_uid, report.series_uid, report.sop_uid, part10))


def _held(house: House, study_uid: str) -> Draft | None:
    kept = house.doors.journal.newest("draft", study_uid)
    return reconciled(from_json(kept), house.doors.outbox, local_now()) if kept is not None else None


def _draft_or_refuse(house: House, study_uid: str) -> Draft:
    held = _held(house, study_uid)
    if held is None:
        raise ReaderError("There is no draft of this study at this desk.", "Use: readingroom report new")
    if held.state == "draft" and not held.author and house.settings.reader.name:
        return replace(held, author=house.settings.reader.name)
    return held


def _pairs(written: Sequence[str] | None, shape: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for one in written or ():
        name, sign, text = one.partition("=")
        if not sign or not name.strip():
            raise ReaderError(f"“{one}” is not written as {shape}.", f"Write {shape}.")
        pairs[name.strip()] = text
    return pairs


def _sections(held: Draft, template: Template) -> list[dict[str, str]]:
    return [
        {"title": section.title, "text": "\n".join(paragraph(section, field, text) for field, text in fields)}
        for section, fields in filled(held, template)
    ]


def _lines(sections: Sequence[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for section in sections:
        lines += ["", str(section["title"]).upper(), *str(section["text"]).splitlines()]
    return lines
