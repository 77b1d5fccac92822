"""The line to one archive that speaks DIMSE (PS3.7): associations, TLS, and every failure in words."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.sections import ArchiveSettings

VERIFICATION = "1.2.840.10008.1.1"
FIND = "1.2.840.10008.5.1.4.1.2.2.1"
MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
GET = "1.2.840.10008.5.1.4.1.2.2.3"
COMMITMENT = "1.2.840.10008.1.20.1"
COMMITMENT_INSTANCE = "1.2.840.10008.1.20.1.1"
PLAIN = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")
SYNTAXES = (
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.202",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.4.110",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2",
)
"""Transfer syntaxes in which an object may come: as it is stored, whichever it is."""
MOST_CONTEXTS = 128
"""Presentation contexts of one association: odd numbers of one byte (PS3.8 9.3.2.2)."""
PATIENT_TIMES = 4.0
"""A study may take so many times the limit of a search before its first byte."""

_REJECTED = {
    (1, 3): ("does not know this desk as “{own}”", "Ask its owner to register this desk's title, address and port."),
    (1, 7): ("is not called “{aet}”", "Ask its owner for the archive's title (aet)."),
    (3, 1): ("is busy", "Try again in a minute."),
    (3, 2): ("has no line free", "Try again in a minute."),
}


class NotOffered(ReaderError):
    """The archive does not offer a service, or this desk cannot make use of it."""


class DimseLine:
    """Associations with one archive. Safe to use from several threads: each call has an association of its own."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self.settings = settings
        self.name = settings.name
        self.limit_s = settings.timeout_s
        self._open: set[Any] = set()
        self._lock = threading.Lock()

    @contextmanager
    def associated(
        self,
        contexts: Sequence[Any],
        roles: Sequence[Any] = (),
        handlers: Sequence[tuple[Any, ...]] = (),
        patient: bool = False,
    ) -> Iterator[Any]:
        """An association, released at the end and aborted where something fails; patient: wait longer than a search.

        ReaderError where there is none, with the reason as the archive or the network gives it.
        """
        entity = self._entity(patient)
        address = (self.settings.host, self.settings.port)
        tls = (tls_context(self.settings), self.settings.host) if self.settings.tls else None
        try:
            association = entity.associate(
                *address,
                contexts=list(contexts),
                ae_title=self.settings.aet,
                ext_neg=list(roles) or None,
                tls_args=tls,
                evt_handlers=[*_quick(), *handlers],
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise self.said(error) from error
        if not association.is_established:
            raise self._why_not(association)
        with self._lock:
            self._open.add(association)
        try:
            yield association
        except BaseException:
            association.abort()
            raise
        else:
            association.release() if association.is_established else association.abort()
        finally:
            with self._lock:
                self._open.discard(association)

    def accepted(self, contexts: Sequence[Any], roles: Sequence[Any] = ()) -> frozenset[str]:
        """Which abstract syntaxes of these the archive accepts; one association, nothing asked."""
        with self.associated(contexts, roles) as association:
            return frozenset(str(one.abstract_syntax) for one in association.accepted_contexts)

    def close(self) -> None:
        """Abort what is still open."""
        with self._lock:
            left = list(self._open)
        for association in left:
            hang_up(association)

    def said(self, error: Exception) -> ReaderError:
        """What an exception of the network means, in words."""
        place = f"{self.settings.host}:{self.settings.port}"
        if isinstance(error, ReaderError):
            return error
        if isinstance(error, ssl.SSLCertVerificationError):
            said = error.verify_message or "it cannot be verified"
            return ReaderError(
                f"{self.name} has a certificate that is not trusted ({said}).",
                "Ask its owner for the authority's certificate, and name its file (ca_file).",
            )
        if isinstance(error, ssl.SSLError):
            return ReaderError(
                f"{self.name} does not agree on TLS ({error.reason or type(error).__name__}).",
                "Check that its port speaks TLS, and this desk's certificate (client_cert, client_key).",
            )
        if isinstance(error, socket.gaierror):
            return ReaderError(
                f"{self.name} was not found: no machine is called {self.settings.host}.",
                "Check the address and the network.",
            )
        if isinstance(error, TimeoutError):
            return self.late()
        if isinstance(error, ConnectionRefusedError):
            return ReaderError(
                f"{self.name} is down: nothing answers at {place}.", "Check that it runs, and the address."
            )
        return ReaderError(
            f"The line to {self.name} broke ({type(error).__name__}).", "Check the network and try again."
        )

    def late(self) -> ReaderError:
        """That it did not answer in time."""
        return ReaderError(
            f"{self.name} did not answer within {self.limit_s:g} s.",
            "Check the network, or allow it more time (timeout_s).",
        )

    def broke_off(self) -> ReaderError:
        """That it ended the association in the middle."""
        return ReaderError(f"{self.name} broke off.", "Try again, or ask another archive.")

    def _entity(self, patient: bool) -> Any:
        from pynetdicom import AE

        entity = AE(ae_title=self.settings.own_aet)
        entity.connection_timeout = self.limit_s
        entity.acse_timeout = self.limit_s
        entity.dimse_timeout = self.limit_s * (PATIENT_TIMES if patient else 1.0)
        entity.network_timeout = self.limit_s * PATIENT_TIMES
        entity.maximum_pdu_size = 128 * 1024
        return entity

    def _why_not(self, association: Any) -> ReaderError:
        """Why no association came about: rejected in words of its own, or no connection at all."""
        primitive = association.acceptor.primitive
        if association.is_rejected and primitive is not None:
            key = primitive.result_source, primitive.diagnostic
            words, remedy = _REJECTED.get(key, ("refused the association", "Ask its owner why it refuses this desk."))
            said = words.format(own=self.settings.own_aet, aet=self.settings.aet)
            return ReaderError(f"{self.name} {said}.", remedy)
        if association.rejected_contexts and not association.accepted_contexts:
            return NotOffered(f"{self.name} does not offer this.", "Ask its owner which DICOM services it offers.")
        return self._knocked()

    def _knocked(self) -> ReaderError:
        """What a bare connection meets, where an association only says that it failed."""
        try:
            with socket.create_connection((self.settings.host, self.settings.port), self.limit_s) as bare:
                if self.settings.tls:
                    with tls_context(self.settings).wrap_socket(bare, server_hostname=self.settings.host):
                        pass
        except (OSError, ReaderError) as error:
            return self.said(error)
        return ReaderError(
            f"{self.name} hung up without a word.",
            "Check its title (aet) and port, and whether it expects TLS (tls = true).",
        )


def tls_context(settings: ArchiveSettings, server: bool = False) -> ssl.SSLContext:
    """TLS as the settings ask for it (PS3.15 B.12); ReaderError where a named file cannot be used."""
    purpose = ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH
    try:
        context = ssl.create_default_context(purpose, cafile=settings.ca_file or None)
        if settings.client_cert:
            context.load_cert_chain(settings.client_cert, settings.client_key or None)
    except (OSError, ValueError) as error:
        named = settings.client_cert or settings.ca_file
        raise ReaderError(
            f"The certificate of {settings.name} cannot be used: {named} ({type(error).__name__}).",
            "Name PEM files that you may read: ca_file, client_cert, client_key.",
        ) from error
    if not settings.verify_tls and not server:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if server and settings.ca_file:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def hang_up(association: Any) -> None:
    """Abort an association from another thread than the one that waits on it, which then waits no longer."""
    association.abort()
    association.dimse.msg_queue.put((None, None))


def status_of(answer: Any) -> int | None:
    """The status of a DIMSE answer, or None where none came."""
    return int(answer.Status) if "Status" in answer else None


def is_pending(status: int | None) -> bool:
    """Whether more is to come (PS3.7 C)."""
    return status in (0xFF00, 0xFF01)


def offered(classes: Sequence[str], syntaxes: Sequence[str] = PLAIN) -> list[Any]:
    """Presentation contexts, one for each class."""
    from pynetdicom import build_context

    return [build_context(one, list(syntaxes)) for one in classes]


def _quick() -> list[tuple[Any, ...]]:
    """Handlers that keep the line from waiting for itself.

    An archive that writes an answer in two pieces waits for our acknowledgement of the first, which Linux delays by
    40 ms; TCP_QUICKACK has to be asked for again after each reception.
    """
    from pynetdicom import evt

    return [(evt.EVT_CONN_OPEN, no_delay), (evt.EVT_DATA_RECV, quick_ack)]


def no_delay(event: Any) -> None:
    """Send small pieces at once."""
    _set(event, getattr(socket, "TCP_NODELAY", None))
    quick_ack(event)


def quick_ack(event: Any) -> None:
    """Acknowledge at once, where the system can."""
    _set(event, getattr(socket, "TCP_QUICKACK", None))


def _set(event: Any, option: int | None) -> None:
    transport = event.assoc.dul.socket
    bare = getattr(transport, "socket", None)
    if option is None or bare is None:
        return
    try:
        bare.setsockopt(socket.IPPROTO_TCP, option, 1)
    except OSError:
        # A line that is just closing needs no speed.
        return
