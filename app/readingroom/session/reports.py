"""Reports from draft to archive: the same way for the window and for the command line.

A signed report is first in the outbox, durable, then in an archive; it counts as stored only when an archive listed it
and gave it back equal. Nothing here knows Qt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.pixels.encoded import header
from readingroom.record.finding import Measurement
from readingroom.record.search import StudyRow, Waiting
from readingroom.record.study import Study
from readingroom.reporting.check import CaseView
from readingroom.reporting.draft import OWN_TEMPLATES, WITHDRAWAL, Draft, as_json, draft, from_json
from readingroom.reporting.sign import Signed, sign
from readingroom.reporting.sr_follow import encode_following
from readingroom.reporting.sr_measurements import measurement_report
from readingroom.reporting.sr_report import encode
from readingroom.reporting.template import Template, Templates
from readingroom.session.fetch import bring_object
from readingroom.session.kept_objects import kept_objects
from readingroom.session.ports import Audit, Journal, OutboxStore, Region, Shelf
from readingroom.settings.sections import ReaderSettings

REPORT, MEASUREMENTS, REJECTION = "report", "measurements", "rejection note"


class SignedUnsaid(ReaderError):
    """A report that is signed and safe in the outbox, while what should be written beside it could not be."""

    def __init__(self, signed: Signed, trouble: ReaderError) -> None:
        super().__init__(f"The report is signed and waits in the outbox. {trouble.problem}", trouble.remedy)
        self.signed = signed


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one signed object; problem is "" where it is stored and verified.

    unsaid: why the audit trail could not take it.
    """

    sop_uid: str
    kind: str
    archive: str
    verified: bool
    problem: str = ""
    remedy: str = ""
    unsaid: ReaderError | None = None


def draft_for(
    journal: Journal, outbox: OutboxStore, templates: Templates, study: Study, priors: Sequence[Study | StudyRow],
    reader: ReaderSettings, at: datetime, template_id: str = "",
) -> tuple[Draft, Template]:  # fmt: skip
    """The draft that the journal holds, in the state that the outbox proves, or a new one from a template."""
    kept = journal.newest("draft", study.uid)
    if kept is not None:
        held = reconciled(from_json(kept), outbox, at)
        return held, template_of(held, templates)
    template = templates.named(template_id) if template_id else templates.for_study(study)
    return draft(template, study, priors, reader, at), template


def template_of(held: Draft, templates: Templates) -> Template:
    """The template that a draft is written in."""
    return OWN_TEMPLATES.get(held.template_id) or templates.named(held.template_id)


def reconciled(held: Draft, outbox: OutboxStore, at: datetime) -> Draft:
    """The draft in the state that the outbox proves: a crash between two writes neither loses nor doubles a report."""
    waiting = [w for w in outbox.waiting() if _of(w, held)]
    if waiting:
        state = "failed" if any(w.problem for w in waiting) else "sending"
    elif any(_of(w, held) for w in outbox.stored_for(held.study_uid)):
        state = "stored"
    else:
        state = "draft"
    return held if held.state == state else held.in_state(state, held.changed if state != "draft" else at)


def _of(item: Waiting, held: Draft) -> bool:
    """Whether an object in the outbox is the report that this draft became: signed since the draft was begun."""
    return (
        item.study_uid == held.study_uid and item.kind == REPORT and datetime.fromisoformat(item.since) >= held.started
    )


def _since(held: Draft, at: datetime) -> str:
    """When a draft was signed, never before it was begun: a clock that was set back in between must not divide them."""
    return max(at, held.started).isoformat()


def keep(journal: Journal, held: Draft) -> None:
    """The draft into the journal, durable when this returns."""
    journal.write("draft", held.study_uid, as_json(held))


def source_header(region: Region, shelf: Shelf, study: Study) -> Dataset:
    """The header of one image of the study, from the shelf or else fetched."""
    instances = [i for i in study.instances() if i.is_image] or list(study.instances())
    for instance in instances:
        if (part10 := shelf.get(instance.sop_uid, study.uid)) is not None:
            return header(part10)
    if not instances:
        raise ReaderError("This study has no objects to report on.", "Ask the trust that made it.")
    first = instances[0]
    return header(bring_object(region, shelf, study, first.series_uid, first.sop_uid, Ticket()).part10)


def sign_report(
    region: Region, shelf: Shelf, outbox: OutboxStore, journal: Journal, audit: Audit, held: Draft, template: Template,
    case: CaseView, compared: Sequence[Study], reader: ReaderSettings, at: datetime, waived: Mapping[str, str],
) -> Signed:  # fmt: skip
    """Sign: the objects are in the outbox, durable, when this returns; NotSigned where a concern stops it.

    SignedUnsaid where it is signed, and the journal or the audit trail could not be written.
    """
    if held.state == "draft" and reconciled(held, outbox, at).state != "draft":
        raise ReaderError("This report is signed already.", "Open the study again to see where it stands.")
    signed = sign(held, template, case, reader, at, waived)
    archive = storing_archive(region, case.study)
    made = _objects(region, shelf, outbox, signed, case, compared)
    outbox.put_all(
        [Waiting(uid, case.study.uid, kind, archive, _since(held, at), 0, "", part10) for kind, uid, part10 in made]
    )
    said = "; ".join([*_follows(held), *(f"{rule} waived: {reason}" for rule, reason in signed.waived)])
    try:
        keep(journal, held.in_state("sending", at))
        audit.record("110104", case.study.uid, f"signed {signed.sop_uid} {said}".strip(), reader.name)
    except ReaderError as error:
        raise SignedUnsaid(signed, error) from error
    return signed


def _follows(held: Draft) -> list[str]:
    """What a signature does to the report before, for the audit trail."""
    if not held.predecessor:
        return []
    deed = "amends" if held.amends else "withdraws" if held.template_id == WITHDRAWAL.id else "adds to"
    return [f"{deed} {held.predecessor}"]


def _objects(
    region: Region, shelf: Shelf, outbox: OutboxStore, signed: Signed, case: CaseView, compared: Sequence[Study]
) -> list[tuple[str, str, bytes]]:
    made = kept_objects(shelf, outbox, case.study.uid, case.stars, case.views, signed.reader, signed.at)
    own = [m for m in case.measurements if m.frame.study_uid == case.study.uid]
    if own and not signed.draft.predecessor:
        part10 = measurement_report(own, _headers(shelf, own), signed.reader, signed.at)
        made.append((MEASUREMENTS, str(header(part10).SOPInstanceUID), part10))
    if signed.draft.predecessor:
        earlier = [w.part10 for w in outbox.stored_for(case.study.uid) if w.sop_uid == signed.draft.predecessor]
        # A report that was signed at another desk was fetched to the shelf.
        fetched = earlier[-1] if earlier else shelf.get(signed.draft.predecessor, case.study.uid)
        if fetched is None:
            raise ReaderError("The earlier report is not at this desk.", "Fetch the study again.")
        (uid, report), *notes = encode_following(signed, fetched, case.study, case.measurements, compared)
        return [*made, (REPORT, uid, report), *((REJECTION, uid, note) for uid, note in notes)]
    source = source_header(region, shelf, case.study)
    made.append((REPORT, signed.sop_uid, encode(signed, source, case.study, case.measurements, compared)))
    return made


def _headers(shelf: Shelf, measurements: Sequence[Measurement]) -> dict[str, Dataset]:
    headers: dict[str, Dataset] = {}
    for measurement in measurements:
        ref = measurement.frame
        if ref.sop_uid not in headers:
            part10 = shelf.get(ref.sop_uid, ref.study_uid)
            if part10 is None:
                raise ReaderError(
                    f"The image under “{measurement.label}” is not at this desk.", "Open the study again to fetch it."
                )
            headers[ref.sop_uid] = header(part10)
    return headers


def storing_archive(region: Region, study: Study) -> str:
    """The archive that a report of this study goes to: its nearest holder, else the nearest of the region."""
    names = [name for name in study.held_by if name in region.names] or list(region.names)
    if not names:
        raise ReaderError("No archive is configured to store the report in.", "Add an [[archive]] to settings.toml.")
    return names[0]


def send_waiting(
    region: Region, outbox: OutboxStore, journal: Journal, audit: Audit, at: datetime, study_uid: str = ""
) -> tuple[Sent, ...]:
    """Try to store what waits (of one study, or of all); each comes back verified or with its problem."""
    waiting = [item for item in outbox.waiting() if not study_uid or item.study_uid == study_uid]
    sent = tuple(_send(region, outbox, audit, item) for item in waiting)
    for uid in dict.fromkeys(item.study_uid for item in waiting):
        kept = journal.newest("draft", uid)
        if kept is not None:
            held = from_json(kept)
            now = reconciled(held, outbox, at)
            if now is not held:
                keep(journal, now)
    return sent


def _send(region: Region, outbox: OutboxStore, audit: Audit, item: Waiting) -> Sent:
    try:
        answer = region.archive(item.archive).store([item.part10])[0]
        verified, problem, remedy = answer.verified, answer.problem, answer.remedy
    except ReaderError as error:
        verified, problem, remedy = False, error.problem, error.remedy
    unsaid: ReaderError | None = None
    if verified:
        outbox.stored(item.sop_uid, item.archive)
        try:
            audit.record("110104", item.study_uid, f"stored {item.sop_uid} in {item.archive}, read back equal")
        except ReaderError as error:
            unsaid = error
    else:
        problem = problem or "The archive did not confirm it."
        outbox.put(replace(item, attempts=item.attempts + 1, problem=problem, remedy=remedy))
    return Sent(item.sop_uid, item.kind, item.archive, verified, "" if verified else problem, remedy, unsaid)
