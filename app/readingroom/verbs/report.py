"""readingroom report: a report begun, shown, checked, signed and added to, through the same code as the window."""

import argparse
from collections.abc import Callable, Mapping, Sequence
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
from readingroom.reporting.draft import WITHDRAWAL, Draft, draft, filled, paragraph
from readingroom.reporting.sr_read import newest
from readingroom.reporting.template import Template
from readingroom.session.reads import as_fields
from readingroom.session.reports import REPORT, keep, template_of
from readingroom.settings.places import Profile
from readingroom.verbs.front import Answer
from readingroom.verbs.measurement_file import Drawn, read_drawn
from readingroom.verbs.report_case import (
    ReportCase,
    comparison,
    keep_measurements,
    measurements_of,
    opened,
    read_of,
    view_of,
    with_reader,
)
from readingroom.verbs.report_export import FORMS, export
from readingroom.verbs.report_follow import add, amend, withdraw
from readingroom.verbs.report_way import held_draft, pairs, send, signed, standing

ACTIONS = ("new", "show", "check", "sign", "addendum", "amend", "withdraw", "export")
_ONLY_FOR = {
    "template": ("new",),
    "set": ("new", "addendum", "amend"),
    "measurements": ("new",),
    "text": ("addendum",),
    "reason": ("amend", "withdraw"),
    "waive": ("sign", "addendum", "amend", "withdraw"),
    "form": ("export",),
    "out": ("export",),
}
_SPELT = {"form": "as"}


def declare(parser: argparse.ArgumentParser) -> None:
    """new, show, check, sign, addendum, amend, withdraw or export, and a study."""
    parser.add_argument("action", choices=ACTIONS, help="what to do with the report")
    parser.add_argument("study_uid", metavar="STUDY_UID")
    parser.add_argument("--template", metavar="ID", help="new: this template instead of the one that fits")
    parser.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", help="new, amend: write into a field; may be repeated"
    )
    parser.add_argument("--measurements", metavar="M.json", help="new: measurements to link into the report")
    parser.add_argument("--text", metavar="TEXT", help="addendum: what is added")
    parser.add_argument("--reason", metavar="TEXT", help="amend, withdraw: why")
    parser.add_argument("--as", dest="form", choices=FORMS, help="export: in which form")
    parser.add_argument("--out", metavar="F", help="export: into this file")
    parser.add_argument("--reader", metavar="NAME", default="", help="who writes or signs, e.g. Okafor^Ada^^Dr")
    parser.add_argument("--registration", metavar="ID", default="", help="the reader's registration number")
    parser.add_argument("--waive", metavar="RULE=REASON", action="append", help="sign: let a concern pass, and why")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Do one action."""
    for name, actions in _ONLY_FOR.items():
        if getattr(options, name) is not None and options.action not in actions:
            raise ReaderError(
                f"--{_SPELT.get(name, name)} is not for report {options.action}.", f"It is for: {', '.join(actions)}."
            )
    with ExitStack() as stack:
        if options.action not in ("show", "check", "export"):
            from readingroom.cache.desk_lock import DeskLock

            stack.enter_context(DeskLock(profile.folder))
        house = with_reader(build(profile), options.reader, options.registration)
        for door in (house.doors.shelf, house.doors.journal, house.doors.outbox):
            close = getattr(door, "close", None)
            if close is not None:
                stack.callback(close)
        return _ACTS[options.action](house, options)


def _new(house: House, options: argparse.Namespace) -> Answer:
    case, at = opened(house, options.study_uid), local_now()
    held = held_draft(house, case.study.uid)
    if held is None or (held.state == "stored" and held.template_id == WITHDRAWAL.id):
        held = _begun(house, case, options)
    elif held.state != "draft":
        raise ReaderError(f"The report of this study is {held.state}.", "Use: readingroom report addendum")
    elif options.template not in (None, held.template_id):
        raise ReaderError(
            f"There is a draft in the template {held.template_id}.", "Leave out --template to go on writing it."
        )
    template = template_of(held, house.templates)
    if options.measurements:
        held = _with_measurements(house, case.study, held, template, Path(options.measurements))
    for name, text in pairs(options.set, "--set FIELD=VALUE").items():
        if template.field(name) is None:
            names = ", ".join(field.id for field in template.fields())
            raise ReaderError(f"The template {template.id} has no field “{name}”.", f"It has: {names}.")
        held = held.write(name, text, at)
    keep(house.doors.journal, held)
    texts = {field.id: held.text(field.id) for field in template.fields()} | dict(held.fields)
    fields = {"draft": held.study_uid, "state": held.state, "template": held.template_id, "fields": texts}
    return Answer(fields, (f"draft of {held.study_uid} in {template.title}", *_lines(_sections(held, template))))


def _begun(house: House, case: ReportCase, options: argparse.Namespace) -> Draft:
    template = house.templates.named(options.template) if options.template else house.templates.for_study(case.study)
    priors, known = comparison(house, case)
    return draft(template, case.study, priors, house.settings.reader, local_now(), known)


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
    view = view_of(house, case, held, measurements_of(house, case.study.uid))
    found = check(held, template, view)
    lines = [f"{c.severity:<4}  {c.rule:<11}  {c.text}" for c in found] or ["nothing stands against signing"]
    lines += ["what was looked at is not known at this desk"] if view.read is None else []
    concerns = [asdict(concern) for concern in found]
    fields = {"concerns": concerns, "silent": list(case.silent), "read": as_fields(view.read)}
    return Answer(fields, tuple(lines))


def _sign(house: House, options: argparse.Namespace) -> Answer:
    held = _draft_or_refuse(house, options.study_uid)
    if held.state == "stored":
        raise ReaderError("This report is signed and stored.", "Use: readingroom report addendum")
    if held.state != "draft":
        return send(house, options.study_uid)
    return signed(house, opened(house, options.study_uid), held, options)


def _show(house: House, options: argparse.Namespace) -> Answer:
    held = held_draft(house, options.study_uid)
    stored = [{"sop_uid": w.sop_uid, "kind": w.kind} for w in house.doors.outbox.stored_for(options.study_uid)]
    if held is not None and held.state == "draft":
        sections = _sections(held, template_of(held, house.templates))
        study = house.doors.shelf.study(options.study_uid)
        read = as_fields(read_of(house, study)) if study is not None else []
        fields = {
            "state": held.state, "template": held.template_id, "sections": sections, "stored": stored, "read": read,
        }  # fmt: skip
        return Answer(fields, ("draft", *_lines(sections)))
    case = opened(house, options.study_uid)
    report = newest([read for read, _ in standing(house, case)])
    if report is None:
        raise ReaderError("There is no report of this study.", "Use: readingroom report new")
    known = {one["sop_uid"] for one in stored}
    stored += [{"sop_uid": a.report.sop_uid, "kind": REPORT} for a in case.archived if a.report.sop_uid not in known]
    sections = [{"title": title, "text": text} for title, text in report.sections]
    state = held.state if held is not None else report.state
    fields = {
        "state": state, "sections": sections, "stored": stored, "sop_uid": report.sop_uid, "signed": report.state,
        "author": report.author, "verified_at": report.verified_at, "silent": list(case.silent),
        "numbers": [asdict(number) for number in report.numbers], "read": as_fields(read_of(house, case.study)),
    }  # fmt: skip
    return Answer(fields, (f"{state}: {report.author} {report.verified_at}".strip(), *_lines(sections)))


def _draft_or_refuse(house: House, study_uid: str) -> Draft:
    held = held_draft(house, study_uid)
    if held is None:
        raise ReaderError("There is no draft of this study at this desk.", "Use: readingroom report new")
    if held.state == "draft" and not held.author and house.settings.reader.name:
        return replace(held, author=house.settings.reader.name)
    return held


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


_ACTS: dict[str, Callable[[House, argparse.Namespace], Answer]] = {
    "new": _new,
    "show": _show,
    "check": _check,
    "sign": _sign,
    "addendum": add,
    "amend": amend,
    "withdraw": withdraw,
    "export": export,
}
