"""Objects that arrive by C-STORE, on the association of a C-GET or at this desk's own port after a C-MOVE.

They are kept as the bytes that came: a preamble and file meta are put before them, and nothing is encoded again.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, Full, Queue
from typing import Any

from readingroom.archive.dimse_line import COMMITMENT, PLAIN, SYNTAXES, tls_context
from readingroom.archive.header import identity_of
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.base.log import LOG
from readingroom.record.search import Received
from readingroom.settings.sections import ArchiveSettings

_AHEAD = 24
"""Objects that may have arrived and not been taken: an archive faster than the shelf waits."""
_LOOK_S = 0.05
_SUCCESS = 0x0000
_REFUSED = 0x0124
_NO_ROOM = 0xA700
_NOT_UNDERSTOOD = 0xC000


class Delivery:
    """Objects on their way from the network's thread to the reader's, in order, few at a time."""

    def __init__(self, study_uid: str, series_uid: str = "", sop_uid: str = "", issuer: str = "") -> None:
        self._wanted = study_uid, series_uid, sop_uid
        self._issuer = issuer
        self._queue: Queue[Received] = Queue(_AHEAD)
        self._ended = threading.Event()
        self._left = threading.Event()
        self._error: ReaderError | None = None
        self.count = 0

    def awaits(self, received: Received) -> bool:
        """Whether this object was asked for here."""
        named = received.study_uid, received.series_uid, received.sop_uid
        return all(not wanted or name in wanted.split("\\") for wanted, name in zip(self._wanted, named, strict=True))

    def take(self, received: Received) -> int:
        """Pass one object on; waits while the reader's side is behind. The status of the C-STORE answer."""
        while not self._left.is_set():
            try:
                self._queue.put(self._of_the_archive(received), timeout=_LOOK_S)
            except Full:
                continue
            self.count += 1
            return _SUCCESS
        return _NO_ROOM

    def take_event(self, event: Any) -> int:
        """Pass on what a C-STORE request brought."""
        received = received_of(event)
        return self.take(received) if received is not None else _NOT_UNDERSTOOD

    def _of_the_archive(self, received: Received) -> Received:
        """Its patient's identifier is the archive's own where the object names no issuer."""
        patient = received.patient
        if patient is None or patient.issuer or not self._issuer:
            return received
        return replace(received, patient=replace(patient, issuer=self._issuer))

    def end(self, error: ReaderError | None = None) -> None:
        """Nothing more comes; error: why not."""
        self._error = error
        self._ended.set()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes."""
        return self._ended.is_set()

    def leave(self) -> None:
        """Nobody waits any more."""
        self._left.set()

    def objects(self, ticket: Ticket) -> Iterator[Received]:
        """Every object as it comes; Cancelled when the reader leaves, ReaderError at the end where it went wrong."""
        while True:
            ticket.checkpoint()
            ended = self._ended.is_set()
            try:
                yield self._queue.get(timeout=0.0 if ended else _LOOK_S)
            except Empty:
                if ended:
                    break
        if self._error is not None:
            raise self._error


def received_of(event: Any) -> Received | None:
    """What a C-STORE request brought, as the bytes of the data set that came; None where it names no study."""
    try:
        part10 = event.encoded_dataset(include_meta=True)
        named = identity_of(part10)
    except (ReaderError, AttributeError, ValueError) as error:
        LOG.warning("an object came by C-STORE that cannot be read (%s)", type(error).__name__)
        return None
    return Received(named.study_uid, named.series_uid, named.sop_uid, part10, named.patient)


@dataclass(frozen=True, slots=True)
class Committed:
    """A storage commitment report (PS3.4 J.3.3): SOP Instance UIDs kept, and the failure reason of each refused."""

    kept: frozenset[str]
    refused: dict[str, int] = field(default_factory=dict)


class OwnPort:
    """This desk's own port: takes objects that a C-MOVE of ours asked for, and commitment reports; nothing else."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._server: Any = None
        self._deliveries: list[Delivery] = []
        self._reports: dict[str, Queue[Committed]] = {}

    @property
    def is_open(self) -> bool:
        """Whether the settings give this desk a port at all."""
        return self._settings.own_port > 0

    def expect(self, delivery: Delivery) -> None:
        """From now on objects that this delivery awaits are taken; ReaderError where the port cannot be opened."""
        self._listen()
        with self._lock:
            self._deliveries.append(delivery)

    def forget(self, delivery: Delivery) -> None:
        """Take no more for it."""
        with self._lock:
            if delivery in self._deliveries:
                self._deliveries.remove(delivery)

    def expect_report(self, transaction_uid: str) -> "Queue[Committed]":
        """Where the report of a storage commitment transaction will be found."""
        if self.is_open:
            self._listen()
        with self._lock:
            return self._reports.setdefault(transaction_uid, Queue(1))

    def forget_report(self, transaction_uid: str) -> None:
        """A report that comes now is too late."""
        with self._lock:
            self._reports.pop(transaction_uid, None)

    def close(self) -> None:
        """Stop listening."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.shutdown()

    def take(self, event: Any) -> int:
        """What a C-STORE request brought, for whoever waits for it; what nobody asked for is refused."""
        received = received_of(event)
        if received is None:
            return _NOT_UNDERSTOOD
        with self._lock:
            waiting = next((one for one in self._deliveries if one.awaits(received)), None)
        return waiting.take(received) if waiting is not None else _REFUSED

    def report(self, event: Any) -> tuple[int, None]:
        """A storage commitment report, for whoever waits for it."""
        transaction, found = committed_of(event.event_information)
        with self._lock:
            waiting = self._reports.get(transaction)
        if waiting is None:
            return 0x0110, None
        if waiting.empty():
            waiting.put(found)
        return _SUCCESS, None

    def _listen(self) -> None:
        with self._lock:
            if self._server is None:
                self._server = _server(self._settings, self.take, self.report)


def committed_of(information: Any) -> tuple[str, Committed]:
    """Transaction UID and content of an N-EVENT-REPORT (PS3.4 J.3.3.1)."""
    kept = frozenset(str(one.ReferencedSOPInstanceUID) for one in information.get("ReferencedSOPSequence", None) or ())
    refused = {
        str(one.ReferencedSOPInstanceUID): int(one.get("FailureReason", 0x0110) or 0x0110)
        for one in information.get("FailedSOPSequence", None) or ()
    }
    return str(information.get("TransactionUID", "")), Committed(kept - refused.keys(), refused)


def _server(settings: ArchiveSettings, take: Callable[[Any], int], report: Callable[[Any], tuple[int, None]]) -> Any:
    from pynetdicom import AE, evt

    from readingroom.archive.dimse_line import VERIFICATION, no_delay, quick_ack

    entity = AE(ae_title=settings.own_aet)
    entity.require_called_aet = True
    entity.maximum_pdu_size = 128 * 1024
    entity.network_timeout = max(60.0, settings.timeout_s * 8)
    for one in storage_classes():
        entity.add_supported_context(one, list(SYNTAXES))
    entity.add_supported_context(VERIFICATION, list(PLAIN))
    entity.add_supported_context(COMMITMENT, list(PLAIN), scu_role=True, scp_role=True)
    handlers = [
        (evt.EVT_CONN_OPEN, no_delay),
        (evt.EVT_DATA_RECV, quick_ack),
        (evt.EVT_C_STORE, take),
        (evt.EVT_N_EVENT_REPORT, report),
    ]
    try:
        context = tls_context(settings, server=True) if settings.tls else None
        return entity.start_server(("", settings.own_port), block=False, evt_handlers=handlers, ssl_context=context)
    except OSError as error:
        raise ReaderError(
            f"This desk cannot receive at its port {settings.own_port} ({error.strerror or error}).",
            "Close the other program that uses it, or choose another own_port and tell the archives' owners.",
        ) from error


def storage_classes() -> Sequence[str]:
    """Every storage SOP class that is known (PS3.4 B.5)."""
    from pynetdicom import AllStoragePresentationContexts

    return [str(one.abstract_syntax) for one in AllStoragePresentationContexts]
