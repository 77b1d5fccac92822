"""C-STORE of Part 10 objects as the bytes they are, and the archive's commitment to keep them (PS3.4 B and J)."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from queue import Empty
from time import sleep
from typing import Any

from readingroom.archive.dimse_line import COMMITMENT, COMMITMENT_INSTANCE, DimseLine, offered, status_of
from readingroom.archive.dimse_receive import Committed, OwnPort, committed_of
from readingroom.archive.header import Identity, identity_of, tags_of
from readingroom.archive.stow import reason
from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.record.tags import text

_WARNINGS = frozenset({0xB000, 0xB006, 0xB007})
"""Stored, with something coerced or discarded (PS3.4 B.2.3): reading back tells whether it is still what was sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One object sent: what it says it is, and "" or why the archive did not take it."""

    named: Identity
    sop_class: str
    part10: bytes
    problem: str = ""


def sent_by(line: DimseLine, part10s: Sequence[bytes]) -> list[Sent]:
    """Send every object over one association, in the transfer syntax in which it is; ReaderError before the first."""
    objects = [Sent(identity_of(one), text(tags_of(BytesIO(one)), 0x00080016), one) for one in part10s]
    forms = dict.fromkeys((one.sop_class, one.named.transfer_syntax) for one in objects)
    contexts = [context for kind, syntax in forms for context in offered([kind], [syntax])]
    answers: list[Sent] = []
    with line.associated(contexts, patient=True) as association:
        accepted = {(str(c.abstract_syntax), str(c.transfer_syntax[0])): c for c in association.accepted_contexts}
        for number, one in enumerate(objects, start=1):
            context = accepted.get((one.sop_class, one.named.transfer_syntax))
            if context is None:
                problem = "it does not take this kind of object in this transfer syntax"
            else:
                problem = _send(line, association, context, one, number)
            answers.append(Sent(one.named, one.sop_class, one.part10, problem))
    return answers


def commitment(line: DimseLine, own: OwnPort, sent: Sequence[Sent]) -> Committed | None:
    """What the archive commits itself to keep, or None where it does not offer that or does not say so in time."""
    transaction = new_uid()
    reports = own.expect_report(transaction)

    def report(event: Any) -> tuple[int, None]:
        named, found = committed_of(event.event_information)
        if named == transaction and reports.empty():
            reports.put(found)
        return 0x0000, None

    from pynetdicom import evt

    try:
        with line.associated(offered([COMMITMENT]), handlers=[(evt.EVT_N_EVENT_REPORT, report)]) as association:
            answer, _ = association.send_n_action(_asked(transaction, sent), 1, COMMITMENT, COMMITMENT_INSTANCE)
            if status_of(answer) != 0x0000:
                return None
            return reports.get(timeout=line.limit_s)
    except (ReaderError, Empty):
        # Reading back decides then: it proves more than a promise.
        return None
    finally:
        own.forget_report(transaction)


def _asked(transaction: str, sent: Sequence[Sent]) -> Any:
    from pydicom import Dataset

    asked = Dataset()
    asked.TransactionUID = transaction
    asked.ReferencedSOPSequence = []
    for one in sent:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = one.sop_class, one.named.sop_uid
        asked.ReferencedSOPSequence.append(item)
    return asked


def _send(line: DimseLine, association: Any, context: Any, one: Sent, number: int) -> str:
    """ "" where the archive says that it stored it, else why not."""
    if not association.is_established:
        return "it broke off"
    answer = _c_store(association, context, one, number)
    if answer is None:
        return f"it did not answer within {association.dimse_timeout:g} s, or broke off"
    status = int(answer.Status)
    return "" if status == 0x0000 or status in _WARNINGS else reason(status)


def _c_store(association: Any, context: Any, one: Sent, number: int) -> Any:
    """The answer to a C-STORE of exactly these bytes, or None.

    pynetdicom's own call encodes a data set anew; a signed report has to arrive as it was signed. So the request is
    put together here, with the same pause of its reactor.
    """
    from pynetdicom.dimse_primitives import C_STORE

    request = C_STORE()
    request.MessageID, request.Priority = number % 65536, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = one.sop_class, one.named.sop_uid
    request.DataSet = BytesIO(data_set_of(one.part10))
    association._reactor_checkpoint.clear()
    while not association._is_paused and association.is_alive():
        sleep(0.0001)
    try:
        association.dimse.send_msg(request, context.context_id)
        _, answer = association.dimse.get_msg(block=True)
    finally:
        association._reactor_checkpoint.set()
    if answer is None or not isinstance(answer, C_STORE):
        association.abort()
        return None
    return answer


def data_set_of(part10: bytes) -> bytes:
    """The data set's bytes of a Part 10 object, after its file meta (PS3.10 7.1); ReaderError where it has none."""
    if part10[128:132] == b"DICM" and part10[132:140] == b"\x02\x00\x00\x00UL\x04\x00":
        return part10[144 + int.from_bytes(part10[140:144], "little") :]
    raise ReaderError("An object has no file meta with a length.", "Make it anew as DICOM Part 10.")
