"""The report of the open case: written, linked, checked, signed and sent, each through the desk."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.display.object_kinds import is_picture
from readingroom.record.finding import Measurement
from readingroom.record.search import Waiting
from readingroom.record.study import Study
from readingroom.reporting.check import CaseView, Concern, check
from readingroom.reporting.draft import WITHDRAWAL, Draft, addendum_draft
from readingroom.reporting.following import amendment_draft, withdrawal_draft
from readingroom.reporting.sign import NotSigned, Signed
from readingroom.reporting.template import Field, Template
from readingroom.session.archived_reports import archived_reports, newer_report
from readingroom.session.case import Case
from readingroom.session.comparing import fresh_draft
from readingroom.session.desk import Desk, Doors
from readingroom.session.outgoing import send
from readingroom.session.reports import REPORT, SignedUnsaid, sign_report, template_of
from readingroom.settings.sections import ReaderSettings


def template_for(desk: Desk, case: Case) -> Template:
    """The template of the draft, or the one that the study would get."""
    if case.draft is not None:
        return template_of(case.draft, desk.templates)
    return desk.templates.for_study(case.study)


def begun(desk: Desk, case: Case) -> Draft:
    """The draft of the case, or a fresh one."""
    if case.draft is not None:
        return case.draft
    return fresh_draft(case, template_for(desk, case), desk.settings.reader, desk.now())


def begin(desk: Desk) -> None:
    """Start the report: the pre-filled texts appear, nothing is signed."""
    if desk.case is not None and desk.case.draft is None:
        desk.change(replace(desk.case, draft=begun(desk, desk.case)))


def begin_with(desk: Desk, template_id: str) -> None:
    """Write in another template; what was written is kept where the fields have the same names."""
    case = desk.case
    if case is None or (case.draft is not None and (case.draft.state != "draft" or case.draft.predecessor)):
        return
    fresh = fresh_draft(case, desk.templates.named(template_id), desk.settings.reader, desk.now())
    before = begun(desk, case)
    for field_id, text in before.fields:
        if text.strip() and text != fresh.text(field_id) and before.template_id != template_id:
            fresh = fresh.write(field_id, text, desk.now())
    desk.change(replace(case, draft=fresh))


def write(desk: Desk, field_id: str, text: str) -> None:
    """Put text into a field of the report."""
    case = desk.case
    if case is None:
        return
    held = begun(desk, case)
    if held.state == "draft" and held.text(field_id) != text:
        desk.change(replace(case, draft=held.write(field_id, text, desk.now())))


def link(desk: Desk, field: Field, measurement: Measurement, position: int | None = None) -> None:
    """Put a measured number into a field, where it follows its measurement."""
    case = desk.case
    if case is None:
        return
    try:
        desk.change(replace(case, draft=begun(desk, case).link(field, measurement, desk.now(), position)))
    except ReaderError as error:
        desk.notice(error)


def case_view(desk: Desk, case: Case) -> CaseView:
    """What the checks before signing may know of the case."""
    seen = frozenset(s.series_uid for s in case.stacks if s.id in case.seen) - desk.loader.previews.unread()
    unwatched = frozenset(s.uid for s in case.study.series) - frozenset(
        s.series_uid for s in case.stacks if s.is_read and s.study_uid == case.study.uid
    )
    received = tuple((s.uid, desk.loader.received(s)) for s in case.study.series if s.instances)
    return CaseView(
        study=case.study, measurements=case.measurements, seen_series=seen | unwatched, received=received,
        quality=quality(desk, case), unshown=unshown(desk, case), gaps=gaps(case), opened_priors=frozenset(p.uid for p in case.priors),
        prior_dates=known_days(case), read=desk.reads.sets(case), stars=case.stars,
        views=case.views,
    )  # fmt: skip


def known_days(case: Case) -> tuple[tuple[str, date], ...]:
    """The day of every earlier examination that is known of the patient; none while an archive is silent."""
    rows = ((row.study_uid, row.date) for row in case.prior_rows)
    opened = ((prior.uid, prior.date) for prior in case.priors)
    return () if case.silent else tuple((uid, day) for uid, day in (*rows, *opened) if day is not None)


def unshown(desk: Desk, case: Case) -> tuple[tuple[str, int], ...]:
    """How many images of each series of the study are known not to be showable."""
    stacks = (stack for stack in case.stacks if stack.study_uid == case.study.uid)
    counts: Counter[str] = Counter()
    for stack in stacks:
        counts[stack.series_uid] += sum(desk.book.trouble(ref) is not None for ref in stack.frames)
    for instance in case.study.instances():
        # Slides and video have pixels that no viewport here can show.
        counts[instance.series_uid] += instance.is_image and not is_picture(instance)
    return tuple((uid, count) for uid, count in counts.items() if count)


def gaps(case: Case) -> tuple[tuple[str, str], ...]:
    """Where slices are missing between those that came, by series of the study."""
    stacks = (s for s in case.stacks if s.study_uid == case.study.uid and s.kind == "stack" and s.geometry.gaps)
    return tuple((s.series_uid, ", ".join(str(gap + 1) for gap in s.geometry.gaps[:3])) for s in stacks)


def quality(desk: Desk, case: Case) -> tuple[tuple[str, str], ...]:
    """What must be known of the pixels of each series that was looked at: "LOSSY 19:1"."""
    found: dict[str, str] = {}
    for stack in case.stacks:
        for ref in stack.frames[:1] + stack.frames[len(stack.frames) // 2 :][:1]:
            frame = desk.book.frame(ref)
            if frame is not None and frame.facts.quality:
                found[stack.series_uid] = frame.facts.quality
    for uid, count in desk.loader.previews.only_seen().items():
        found[uid] = f"PREVIEW of {count} image{'' if count == 1 else 's'}"
    return tuple(found.items())


def concerns(desk: Desk) -> tuple[Concern, ...]:
    """What would stop the signature."""
    case = desk.case
    if case is None:
        return ()
    held = begun(desk, case)
    return check(held, template_for(desk, case), case_view(desk, case))


def compared(case: Case) -> tuple[Study, ...]:
    """The opened priors that the report claims to compare with."""
    named = set(case.draft.compared) if case.draft is not None else set()
    return tuple(prior for prior in case.priors if prior.uid in named)


def sign_now(desk: Desk, waived: Mapping[str, str]) -> None:
    """Sign and send in the background; the draft goes to sending, then to stored or failed.

    Before it is signed every holder is asked whether somebody else signed meanwhile. Concerns that stop it are told,
    and kept in `desk.stopped_by` for the panel.
    """
    case = desk.case
    if case is None or desk.signing:
        return
    held = begun(desk, case)
    desk.signing, desk.stopped_by = True, ()
    desk.case_changed.tell(case)
    desk.pools.io.submit(
        sign_job, desk.doors, held, template_for(desk, case), case_view(desk, case), compared(case),
        desk.settings.reader, desk.now(), dict(waived),
        done=partial(_signed, desk), failed=partial(_not_signed, desk, case.study.uid), ticket=Ticket(), lane=Lane.NOW,
    )  # fmt: skip


def sign_job(
    doors: Doors, held: Draft, template: Template, view: CaseView, priors: tuple[Study, ...], reader: ReaderSettings,
    at: datetime, waived: Mapping[str, str],
) -> Signed:  # fmt: skip
    """Ask the holders for a newer report, then sign: the objects are in the outbox when this returns."""
    reports, silent = archived_reports(doors.region, doors.shelf, view.study, Ticket())
    own = {item.sop_uid for item in (*doors.outbox.stored_for(view.study.uid), *doors.outbox.waiting())}
    known = frozenset({*own, held.predecessor})
    view = replace(
        view, newer_report=newer_report(reports, known, held.started), silent=tuple(one.name for one in silent)
    )
    return sign_report(
        doors.region, doors.shelf, doors.outbox, doors.journal, doors.audit, held, template, view, priors, reader, at,
        waived,
    )  # fmt: skip


def _signed(desk: Desk, signed: Signed) -> None:
    desk.signing = False
    case = desk.case
    if case is not None and case.study.uid == signed.draft.study_uid:
        desk.change(replace(case, draft=signed.draft.in_state("sending", signed.at)))
        desk.case_changed.tell(desk.case)
    send(desk, signed.draft.study_uid)


def _not_signed(desk: Desk, study_uid: str, error: Exception) -> None:
    desk.signing = False
    if isinstance(error, SignedUnsaid):
        desk.notice(error, "red")
        _signed(desk, error.signed)
        return
    if isinstance(error, NotSigned):
        desk.stopped_by = error.concerns
    trouble = error if isinstance(error, ReaderError) else unforeseen(error, "signing")
    desk.notice(trouble, "red")
    desk.case_changed.tell(desk.case)


def begin_addendum(desk: Desk) -> None:
    """Start an addendum to the report that is stored."""
    if (earlier := _followed(desk)) is not None:
        _begin(desk, addendum_draft(earlier.study_uid, earlier.sop_uid, desk.settings.reader, desk.now()))


def begin_amendment(desk: Desk, reason: str) -> None:
    """Start to change the report that is stored, for a reason; what cannot be taken apart without loss is told."""
    case, earlier = desk.case, _followed(desk)
    if case is None or earlier is None or not reason.strip():
        return
    try:
        measured, reader = case.measurements, desk.settings.reader
        fresh = amendment_draft(earlier.part10, desk.templates.usable, measured, reader, desk.now())
        _begin(desk, replace(fresh, reason=reason.strip()))
    except ReaderError as error:
        desk.notice(error)


def begin_withdrawal(desk: Desk) -> None:
    """Start to withdraw the report that is stored; its reason is written like any field, and nothing is deleted."""
    if (earlier := _followed(desk)) is not None:
        _begin(desk, withdrawal_draft(earlier.study_uid, earlier.sop_uid, desk.settings.reader, desk.now()))


def _followed(desk: Desk) -> Waiting | None:
    """The stored report that something may follow, as this desk stored it last."""
    case = desk.case
    if case is None or case.draft is None or case.draft.state != "stored":
        return None
    if case.draft.template_id == WITHDRAWAL.id:
        desk.notice(ReaderError("This report is withdrawn, and nothing can follow it.", "Use: readingroom report new"))
        return None
    stored = [w for w in desk.doors.outbox.stored_for(case.study.uid) if w.kind == REPORT]
    return stored[-1] if stored else None


def _begin(desk: Desk, fresh: Draft) -> None:
    if desk.case is not None:
        desk.change(replace(desk.case, draft=fresh))
