"""Objects off an archive by C-GET, or by C-MOVE to this desk's own port where C-GET is not offered."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from readingroom.archive.dimse_find import identifier
from readingroom.archive.dimse_line import (
    GET,
    MOST_CONTEXTS,
    MOVE,
    SYNTAXES,
    DimseLine,
    NotOffered,
    hang_up,
    is_pending,
    offered,
    status_of,
)
from readingroom.archive.dimse_receive import Delivery, OwnPort, storage_classes
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.base.log import LOG
from readingroom.record.search import Received

_PATIENCE_S = 2.0
_NO_DESTINATION = 0xA801


class Retrieval:
    """The retrieving half of one archive; learns whether it offers C-GET."""

    def __init__(self, line: DimseLine, own: OwnPort, get: bool = True) -> None:
        self._line = line
        self._own = own
        self._no_get = not get

    def objects(
        self, study_uid: str, series_uid: str, sop_uid: str, classes: Sequence[str], ticket: Ticket
    ) -> Iterator[Received]:
        """What lies under these identifiers, as it comes; classes: SOP classes to expect, empty = any.

        sop_uid: one, several with a backslash between them, or "" for all.

        ReaderError at the end where the archive failed for some or all.
        """
        given = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series_uid, "SOPInstanceUID": sop_uid}
        level = "IMAGE" if sop_uid else "SERIES" if series_uid else "STUDY"
        asked = identifier(level, (), {key: value for key, value in given.items() if value})
        wanted = study_uid, series_uid, sop_uid, self._line.settings.issuer
        if not self._no_get:
            nothing = True
            try:
                for one in self._pulled(Delivery(*wanted), lambda d, hold: self._get(asked, classes, d, hold), ticket):
                    nothing = False
                    yield one
                return
            except ReaderError as error:
                # An archive may offer C-GET and then refuse the roles or the objects: the other way may be open.
                if not isinstance(error, NotOffered) and not (nothing and self._own.is_open):
                    raise
        yield from self._pulled(Delivery(*wanted), lambda d, hold: self._move(asked, d, hold), ticket)
        self._no_get = True

    def _pulled(
        self, delivery: Delivery, work: Callable[[Delivery, Callable[[Any], None]], None], ticket: Ticket
    ) -> Iterator[Received]:
        """The network's half on a thread of its own: leaving aborts its association at once."""
        held: list[Any] = []
        thread = threading.Thread(target=_run, args=(self._line, delivery, work, held.append), daemon=True)
        thread.name = f"retrieve-{self._line.name}"
        thread.start()
        try:
            yield from delivery.objects(ticket)
        finally:
            delivery.leave()
            if not delivery.has_ended:
                for association in held:
                    hang_up(association)
                thread.join(_PATIENCE_S)

    def _get(self, asked: Any, classes: Sequence[str], delivery: Delivery, hold: Callable[[Any], None]) -> None:
        from pynetdicom import build_role, evt

        # One context for each transfer syntax: an object then comes in the one in which it is stored.
        if classes and len(classes) * len(SYNTAXES) < MOST_CONTEXTS:
            storage = [context for syntax in SYNTAXES for context in offered(classes, [syntax])]
        else:
            classes = list(classes or storage_classes())[: MOST_CONTEXTS - 1]
            storage = offered(classes, SYNTAXES)
        roles = [build_role(one, scp_role=True) for one in classes]
        handlers = [(evt.EVT_C_STORE, delivery.take_event)]
        with self._line.associated([*offered([GET]), *storage], roles, handlers, patient=True) as association:
            hold(association)
            if GET not in {str(one.abstract_syntax) for one in association.accepted_contexts}:
                raise NotOffered(f"{self._line.name} does not offer C-GET.", "Set own_port for C-MOVE.")
            self._finish(association.send_c_get(asked, GET), delivery)

    def _move(self, asked: Any, delivery: Delivery, hold: Callable[[Any], None]) -> None:
        if not self._own.is_open:
            raise NotOffered(
                f"{self._line.name} sends nothing on request (no C-GET), and this desk has no port of its own.",
                "Set own_port, and ask the archive's owner to register this desk's title, address and that port.",
            )
        self._own.expect(delivery)
        try:
            with self._line.associated(offered([MOVE]), patient=True) as association:
                hold(association)
                moved = association.send_c_move(asked, self._line.settings.own_aet, MOVE)
                self._finish(moved, delivery)
        finally:
            self._own.forget(delivery)

    def _finish(self, answers: Iterator[tuple[Any, Any]], delivery: Delivery) -> None:
        """Follow the answers to the last, and judge it."""
        last: Any = None
        for last, _ in answers:
            if not is_pending(status_of(last)):
                break
        status = status_of(last) if last is not None else None
        name = self._line.name
        if status is None:
            raise ReaderError(
                f"The answer of {name} broke off after {delivery.count} object{'' if delivery.count == 1 else 's'}.",
                "What arrived is kept; the rest is asked for again.",
            )
        failed = int(last.get("NumberOfFailedSuboperations", 0) or 0)
        if status == _NO_DESTINATION:
            raise ReaderError(
                f"{name} does not know where {self._line.settings.own_aet} is.",
                "Ask its owner to register this desk's title, address and own_port.",
            )
        if failed or status not in (0x0000, 0xB000):
            raise ReaderError(
                f"{name} could not send {failed or 'all'} of the objects (status {status:04X}).",
                "What arrived is kept; ask its owner why, or ask another archive.",
            )
        if not delivery.count:
            raise not_here(name)


def not_here(name: str) -> ReaderError:
    """That an archive does not have what was asked for."""
    return ReaderError(f"{name} does not have this study.", "Search again, or ask another archive.")


def _run(
    line: DimseLine,
    delivery: Delivery,
    work: Callable[[Delivery, Callable[[Any], None]], None],
    hold: Callable[[Any], None],
) -> None:
    try:
        work(delivery, hold)
    except ReaderError as error:
        delivery.end(error)
    except (OSError, RuntimeError, ValueError) as error:
        delivery.end(line.said(error))
    except Exception as error:  # noqa: BLE001  (a defect on this thread is told on the reader's)
        LOG.exception("defect while retrieving by DIMSE")
        problem = f"Retrieving from {line.name} failed for an unforeseen reason ({type(error).__name__})."
        delivery.end(ReaderError(problem, "The log tells more; please report it."))
    else:
        delivery.end()
