"""What is signed and on its way: sent in the background, one sending at a time, and what waits as the reader sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.record.search import Waiting
from readingroom.session.desk import Desk, Doors, Notice, Outgoing
from readingroom.session.reports import REPORT, Sent, send_waiting


@dataclass(frozen=True, slots=True)
class Sending:
    """What one sending came to: each object's fate, where the reports of their studies stand, and what still waits."""

    sent: tuple[Sent, ...]
    states: Mapping[str, str]
    outgoing: Outgoing


def send(desk: Desk, study_uid: str = "") -> None:
    """Try to store what waits in the outbox, of one study or of all, in the background.

    While a sending is under way nothing is sent beside it; another follows when it is over.
    """
    if desk.sending:
        desk.send_again = True
        return
    desk.sending, desk.send_again = True, False
    desk.pools.io.submit(
        send_job, desk.doors, desk.now(), study_uid,
        done=partial(_sent, desk), failed=partial(_not_sent, desk), ticket=Ticket(), lane=Lane.NOW,
    )  # fmt: skip


def send_job(doors: Doors, at: datetime, study_uid: str) -> Sending:
    """Send what waits, and look what is left."""
    uids = {item.study_uid for item in doors.outbox.waiting() if study_uid in ("", item.study_uid)}
    sent = send_waiting(doors.region, doors.outbox, doors.journal, doors.audit, at, study_uid)
    outgoing = outgoing_now(doors)
    return Sending(sent, {uid: _stands(outgoing.waiting, uid) for uid in uids}, outgoing)


def _stands(waiting: Sequence[Waiting], study_uid: str) -> str:
    """Where the report of a study stands that was in the outbox before this sending."""
    left = [item for item in waiting if item.study_uid == study_uid and item.kind == REPORT]
    return "stored" if not left else "failed" if any(item.problem for item in left) else "sending"


def outgoing_now(doors: Doors) -> Outgoing:
    """What waits, with the name of each study as this desk knows it."""
    waiting = doors.outbox.waiting()
    names: dict[str, str] = {}
    for uid in {item.study_uid for item in waiting}:
        study = doors.shelf.study(uid)
        names[uid] = f"{study.patient.display_name}, {study.description}" if study is not None else uid
    return Outgoing(waiting, names)


def _sent(desk: Desk, sending: Sending) -> None:
    for one in sending.sent:
        if not one.verified:
            text = f"{one.archive}: the {one.kind} is not stored. {one.problem}"
            desk.noticed.tell(Notice(text, f"{one.remedy} It waits in the outbox.".strip(), "red"))
    if sending.sent and all(one.verified for one in sending.sent):
        where = ", ".join(dict.fromkeys(one.archive for one in sending.sent))
        desk.noticed.tell(Notice(f"Stored in {where} and read back equal.", "", "calm"))
    for trouble in {one.unsaid.problem: one.unsaid for one in sending.sent if one.unsaid is not None}.values():
        desk.notice(trouble, "red")
    desk.outgoing = sending.outgoing
    _refresh_state(desk, sending.states)
    _over(desk)


def _refresh_state(desk: Desk, states: Mapping[str, str]) -> None:
    """The draft on the glass in the state that the journal has."""
    case = desk.case
    if case is None or case.draft is None or case.draft.state == "draft":
        return
    state = states.get(case.study.uid, case.draft.state)
    if state != case.draft.state:
        desk.change(replace(case, draft=case.draft.in_state(state, desk.now())))


def _not_sent(desk: Desk, error: Exception) -> None:
    desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "sending"), "red")
    _over(desk)


def _over(desk: Desk) -> None:
    desk.sending = False
    desk.outbox_changed.tell(len(desk.outgoing.waiting))
    if desk.send_again:
        send(desk)
