"""Opening a case: metadata first, then the hanging as the reader left it, then the priors that matter."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from threading import Thread
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.display.stack import stacks
from readingroom.hanging.hang import hang
from readingroom.hanging.library import Protocols, usual_protocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.wanted import rows_to_open
from readingroom.record.patient import Patient, differences
from readingroom.record.study import Study
from readingroom.reporting.draft import Draft, from_json
from readingroom.session.case import Case, is_whole
from readingroom.session.comparing import with_priors
from readingroom.session.desk import Desk, Doors, Notice
from readingroom.session.fetch import find_study, open_study
from readingroom.session.foremost import bring_foremost, take_foremost
from readingroom.session.memory import arrangement_from_json, patient_from_json
from readingroom.session.ports import Journal, Region, Shelf
from readingroom.session.priors import PriorsFound, find_priors
from readingroom.session.reports import reconciled, template_of
from readingroom.session.seating import carried, followed
from readingroom.session.staging import on_other_monitors


@dataclass(frozen=True, slots=True)
class Opened:
    """What an io thread found: the case as it was left, what of each study is here already, and what must be said.

    news: an archive described the study, so that its metadata are to be kept.
    read: what the journal keeps of what was read of it.
    """

    case: Case
    here: Mapping[str, frozenset[str]]
    troubles: tuple[ReaderError, ...]
    news: bool = False
    read: Mapping[str, Any] | None = None


def open_case(desk: Desk, study_uid: str, held_by: Sequence[str] = (), patient: Patient | None = None) -> None:
    """Open a study: the case before is kept in the journal, and nothing of it can arrive any more.

    patient: whom the reader chose; a study that turns out to be somebody else's is not opened.
    """
    desk.stopped_by = ()
    desk.ticket.cancel()
    desk.ticket = Ticket()
    desk.reads.open("")
    desk.keeper.flush()
    desk.loader.open(desk.ticket)
    desk.lap.clear()
    unwritten = {kind: desk.keeper.unwritten(kind, study_uid) for kind in ("case", "draft", "read")}
    desk.pools.io.submit(
        open_job, desk.doors, study_uid, tuple(held_by), patient, desk.settings.reader.name, desk.now(), unwritten,
        desk.protocols, desk.glass,
        done=partial(_opened, desk, desk.glass), failed=partial(_not_opened, desk), ticket=desk.ticket, lane=Lane.NOW,
    )  # fmt: skip
    bring_foremost(desk, study_uid, held_by)
    # Only now, so that the archive is at work while the windows are cleared.
    desk.put_case(None, opening=study_uid)


def open_job(
    doors: Doors, study_uid: str, held_by: Sequence[str], patient: Patient | None, reader: str, at: datetime,
    unwritten: Mapping[str, Mapping[str, Any] | None], protocols: Callable[[], Protocols] = usual_protocols,
    glass: tuple[Monitor, ...] = (Monitor(),),
) -> Opened:  # fmt: skip
    """The study's metadata, and what this desk kept of it; the opening is in the audit trail before it is shown.

    unwritten: "case" and "draft" as the reader left them, where they are newer than the journal.
    """
    troubles: list[ReaderError] = []
    recorded = _beside(lambda: doors.audit.record("110103", study_uid, "opened", reader))
    try:
        study, news = find_study(doors.region, doors.shelf, study_uid, held_by, patient)
    finally:
        trouble = recorded.exception()
        if isinstance(trouble, ReaderError):
            troubles.append(trouble)
        elif trouble is not None:
            raise trouble
    kept, draft = _kept(doors, study, at, unwritten, troubles)
    uids = (kept or {}).get("priors", ())
    priors = tuple(prior for uid in uids if (prior := doors.shelf.study(uid)) is not None)
    here = {one.uid: doors.shelf.sop_uids(one.uid) for one in (study, *priors)}
    case = hung(study, priors, protocols(), glass)
    try:
        case = as_left(case, kept) if kept is not None else case
    except ReaderError as error:
        troubles.append(error)
    return Opened(replace(case, draft=draft), here, tuple(troubles), news, _read(doors, study, unwritten, troubles))


def _beside(work: Callable[[], None]) -> Future[None]:
    """Work done on a thread of its own while the archive is waited for."""
    found: Future[None] = Future()

    def run() -> None:
        try:
            work()
            found.set_result(None)
        except Exception as error:  # noqa: BLE001  (looked at by whoever waits)
            found.set_exception(error)

    Thread(target=run, name="beside the archive", daemon=True).start()
    return found


def _read(
    doors: Doors, study: Study, unwritten: Mapping[str, Mapping[str, Any] | None], troubles: list[ReaderError]
) -> Mapping[str, Any] | None:
    """What was read of a study at this desk; what is damaged is said, and counts as not read."""
    try:
        return unwritten.get("read") or doors.journal.newest("read", study.uid)
    except ReaderError as error:
        troubles.append(error)
        return None


def _kept(
    doors: Doors, study: Study, at: datetime, unwritten: Mapping[str, Mapping[str, Any] | None],
    troubles: list[ReaderError],
) -> tuple[Mapping[str, Any] | None, Draft | None]:  # fmt: skip
    """What this desk kept of a study: arrangement and draft; what is damaged or somebody else's is said and left out."""
    found: dict[str, Mapping[str, Any] | None] = {}
    for kind in ("case", "draft"):
        try:
            found[kind] = unwritten.get(kind) or doors.journal.newest(kind, study.uid)
        except ReaderError as error:
            troubles.append(error)
    kept, draft = found.get("case"), None
    try:
        written = found.get("draft")
        draft = reconciled(from_json(written), doors.outbox, at) if written else None
    except ReaderError as error:
        troubles.append(error)
    before = patient_from_json(kept) if kept else None
    if before is not None and _somebody_else(before, study.patient):
        words = "; ".join(differences(before, study.patient))
        text = f"What was measured and written under this study's identifier was somebody else's ({words})."
        troubles.append(ReaderError(text, "It is not shown here. Ask the archive which patient is right."))
        return None, None
    return kept, draft


def _somebody_else(before: Patient, now: Patient) -> bool:
    """Whether two patients are not one; a name that was corrected under the same number and birth date is one."""
    same = before.id == now.id and before.issuer == now.issuer and before.birth_date == now.birth_date
    return bool(differences(before, now)) and not (same and before.id and before.birth_date)


def _opened(desk: Desk, glass: tuple[Monitor, ...], opened: Opened) -> None:
    study = opened.case.study
    desk.loader.know(opened.here)
    take_foremost(desk, study)
    desk.reads.open(study.uid, opened.read)
    # A monitor may have come or gone while the study was on its way.
    desk.put_case(opened.case if glass == desk.glass else on_other_monitors(desk, opened.case))
    if opened.news:
        # Behind the first image: what is lost of it when the plug is pulled is only asked for again.
        desk.pools.disk.submit(
            desk.doors.shelf.put_study, study, done=lambda _: None, failed=partial(_not_kept, desk), ticket=Ticket()
        )
    for trouble in opened.troubles:
        desk.notice(trouble, "red")
    for problem in dict.fromkeys(aside.problem for aside in study.set_aside):
        count = sum(aside.problem == problem for aside in study.set_aside)
        text = f"{count} object{'s' if count > 1 else ''} of this study set aside and not shown: {problem}"
        desk.noticed.tell(Notice(text, "Tell the trust that holds it.", "red"))
    look_for_priors(desk, study)
    keep_here(desk)


def keep_here(desk: Desk) -> None:
    """Have the shelf keep what is open or next, what is unfinished and what waits in the outbox, whatever its budget."""
    case = desk.case
    is_open = (case.study.uid, *(prior.uid for prior in case.priors)) if case is not None else ()
    desk.pools.disk.submit(
        pin_job, desk.doors, (*is_open, *desk.next_up),
        done=lambda _: None, failed=partial(_not_kept, desk), ticket=Ticket(),
    )  # fmt: skip


def _not_kept(desk: Desk, error: Exception) -> None:
    desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "keeping studies"))


def pin_job(doors: Doors, is_open: tuple[str, ...]) -> None:
    """Pin on the shelf."""
    waiting = {item.study_uid for item in doors.outbox.waiting()}
    drafts = {uid: doors.journal.newest("draft", uid) or {} for uid in doors.journal.keys("draft")}
    unfinished = {uid for uid, kept in drafts.items() if kept.get("state") != "stored"}
    doors.shelf.pin({*is_open, *waiting, *unfinished})


def _not_opened(desk: Desk, error: Exception) -> None:
    trouble = error if isinstance(error, ReaderError) else unforeseen(error, "opening a study")
    desk.not_opened(trouble)
    desk.notice(trouble, "red")


def hung(
    study: Study,
    priors: tuple[Study, ...] = (),
    protocols: Protocols | None = None,
    glass: tuple[Monitor, ...] = (Monitor(),),
) -> Case:
    """A fresh case of a study and its opened priors, hung by the protocol that fits it best.

    glass: the monitors that images have.
    """
    everything = tuple(stack for one in (study, *priors) for stack in stacks(one))
    hanging = hang(study, everything, priors, protocols, glass)
    return Case(
        study=study, stacks=everything, priors=priors, layout=hanging.layout, areas=hanging.areas,
        further=hanging.boards[1:], tiles=hanging.tiles, hung_further=hanging.boards[1:],
        hung_empty=hanging.empty, hung_because=hanging.reasons, hung_as=tuple(view.stack_id for view in hanging.tiles), hung_layout=hanging.layout,
        stages=tuple(stage.name for stage in hanging.stages), read_in=hanging.read_in,
    )  # fmt: skip


def as_left(case: Case, kept: Mapping[str, Any]) -> Case:
    """The case arranged as the journal says it was left; a stack that is gone leaves its viewport empty.

    ReaderError where what the journal has is no arrangement.
    """
    try:
        arranged = replace(case, **arrangement_from_json(kept))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _not_as_left(error) from error
    if kept.get("as_hung") and len(arranged.boards) != len(case.boards):
        # Left as it hung, on other monitors: it hangs as it does on these.
        tiles = carried(case.tiles, arranged.tiles)
        arranged = replace(arranged.with_boards(case.boards, tiles), active=followed(arranged, tiles))
    known = {stack.id for stack in case.stacks}
    tiles = tuple(view if view.stack_id in known else replace(view, stack_id="") for view in arranged.tiles)
    whole = is_whole(arranged.boards, len(tiles)) and arranged.active >= 0
    if not whole or not (arranged.maximised is None or 0 <= arranged.maximised < len(tiles)):
        raise _not_as_left(ValueError("layout"))
    return replace(arranged, tiles=tiles, active=min(arranged.active, len(tiles) - 1))


def _not_as_left(error: Exception) -> ReaderError:
    problem = f"How this case was left at this desk is damaged ({error!r})."
    return ReaderError(problem, "It is opened as new; measurements that were signed are in the archive.")


def look_for_priors(desk: Desk, study: Study) -> None:
    """Ask the region for the patient's other studies; the most relevant one is opened beside."""
    if not study.patient.id:
        desk.noticed.tell(Notice("This study has no patient identifier.", "Priors cannot be looked for.", "amber"))
        return
    desk.pools.io.submit(
        find_priors, desk.doors.region, desk.doors.shelf, study,
        done=partial(_priors_found, desk, study), failed=partial(_priors_not_found, desk),
        ticket=desk.ticket, lane=Lane.NEXT,
    )  # fmt: skip


def _priors_found(desk: Desk, study: Study, found: PriorsFound) -> None:
    case = desk.case
    if case is None or case.study.uid != study.uid:
        return
    for silence in found.silent:
        text = f"{silence.name} did not answer: priors there are not listed. {silence.problem}"
        desk.noticed.tell(Notice(text, silence.remedy, "amber"))
    rows = tuple(prior.row for prior in found.priors)
    silent = tuple(silence.name for silence in found.silent)
    desk.change(_told(desk, case, replace(case, prior_rows=rows, silent=silent, found=found)))
    already = {prior.uid for prior in case.priors}
    for row in rows_to_open(study, found.priors, desk.protocols()):
        if row.study_uid not in already:
            open_prior(desk, row.study_uid, row.held_by)


def _priors_not_found(desk: Desk, error: Exception) -> None:
    desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "looking for priors"))


@dataclass(frozen=True, slots=True)
class PriorOpened:
    """What an io thread found of a prior: its metadata, what of it is here, and the case hung with it."""

    prior: Study
    here: frozenset[str]
    beside: Case


def open_prior(desk: Desk, study_uid: str, held_by: Sequence[str] = ()) -> None:
    """Open an earlier study of the same patient beside the current one."""
    case = desk.case
    if case is None:
        return
    desk.pools.io.submit(
        prior_job, desk.doors.region, desk.doors.shelf, study_uid, tuple(held_by), case.study, case.priors, desk.protocols,
        desk.glass,
        done=partial(_prior_opened, desk), failed=partial(_priors_not_found, desk),
        ticket=desk.ticket, lane=Lane.NEXT,
    )  # fmt: skip


def prior_job(
    region: Region, shelf: Shelf, study_uid: str, held_by: Sequence[str], study: Study, priors: tuple[Study, ...],
    protocols: Callable[[], Protocols] = usual_protocols, glass: tuple[Monitor, ...] = (Monitor(),),
) -> PriorOpened:  # fmt: skip
    """The prior's metadata, and how the case hangs with it."""
    prior = open_study(region, shelf, study_uid, held_by)
    return PriorOpened(prior, shelf.sop_uids(prior.uid), hung(study, (*priors, prior), protocols(), glass))


def _prior_opened(desk: Desk, opened: PriorOpened) -> None:
    case, prior = desk.case, opened.prior
    if case is None or case.study_of(prior.uid) is not None:
        return
    against = differences(case.study.patient, prior.patient)
    if against:
        text = f"A study listed as a prior belongs to somebody else ({'; '.join(against)}) and was not opened."
        desk.noticed.tell(Notice(text, "Tell the trust that holds it.", "red"))
        return
    # Where another prior came meanwhile, the case is hung with both.
    together = (*case.priors, prior)
    fresh = (
        opened.beside if opened.beside.priors == together else hung(case.study, together, desk.protocols(), desk.glass)
    )
    grown = replace(case, stacks=fresh.stacks, priors=fresh.priors, stages=fresh.stages)
    if case.is_as_hung and case.stage == 0 and case.hung_as != fresh.hung_as:
        grown = _rehung(grown, fresh)
    desk.loader.know({prior.uid: opened.here})
    desk.change(_told(desk, case, grown))
    keep_here(desk)


def _rehung(case: Case, fresh: Case) -> Case:
    """The case as it hangs with the prior; what hung before keeps its place in the stack, its window and its size."""
    tiles = carried(fresh.tiles, case.tiles)
    held = case.tiles[case.active].stack_id
    active = next((n for n, view in enumerate(tiles) if held and view.stack_id == held), None)
    filled = active if case.maximised == case.active else None
    return replace(
        case, layout=fresh.layout, areas=fresh.areas, further=fresh.further, tiles=tiles, active=active or 0, maximised=filled, hung_because=fresh.hung_because,
        hung_as=fresh.hung_as, hung_empty=fresh.hung_empty, hung_layout=fresh.hung_layout, hung_further=fresh.hung_further,
    )  # fmt: skip


def _told(desk: Desk, before: Case, after: Case) -> Case:
    """The case with the report's own sentences about priors made true again."""
    if after.draft is None:
        return after
    return with_priors(before, after, template_of(after.draft, desk.templates), desk.settings.reader)


def resume(desk: Desk) -> None:
    """Open again what was open when the desk was left, by intent or by accident, unless the reader was faster."""
    desk.pools.io.submit(
        left_job, desk.doors.journal,
        done=partial(_left, desk), failed=partial(_not_opened, desk), ticket=desk.ticket, lane=Lane.NOW,
    )  # fmt: skip


def left_job(journal: Journal) -> dict[str, Any]:
    """What was open when the desk was left; empty where nothing was."""
    return journal.newest("desk", "open") or {}


def _left(desk: Desk, left: dict[str, Any]) -> None:
    if left.get("study_uid") and desk.case is None and not desk.opening:
        open_case(desk, str(left["study_uid"]), tuple(left.get("held_by", ())))


def close_case(desk: Desk) -> None:
    """Put the case away; it can be opened again as it is now."""
    desk.reads.open("")
    desk.keeper.flush()
    desk.ticket.cancel()
    desk.ticket = Ticket()
    desk.loader.open(desk.ticket)
    desk.lap.clear()
    desk.put_case(None)
