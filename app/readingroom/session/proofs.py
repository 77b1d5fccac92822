"""Seeing once, for each archive at the end of a slow line, whether it packs images without loss."""

from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Lane, Pool, Ticket
from readingroom.base.log import unforeseen
from readingroom.record.search import Received
from readingroom.record.study import Study
from readingroom.session.way import Ways


class Proofs:
    """Has archives proved in the background; `settled` is told when one is. Lives on the reader's thread."""

    def __init__(self, io: Pool, ways: Ways) -> None:
        self._io, self._ways = io, ways
        self.settled: Event[str] = Event()
        self.troubled: Event[ReaderError] = Event()

    def begin(self, study: Study, stored: Received, ticket: Ticket) -> None:
        """Have the archive of a study proved on an object that is here as it is stored."""
        from readingroom.session.packing import prove_job

        archive = self._ways.begin_proof(study)
        if archive is not None:
            self._io.submit(
                prove_job, archive, stored, ticket,
                done=partial(self._proved, archive.name), failed=partial(self._not_proved, archive.name),
                ticket=ticket, lane=Lane.NOW,
            )  # fmt: skip

    def _proved(self, name: str, packs: bool) -> None:
        self._ways.end_proof(name, packs)
        self.settled.tell(name)

    def _not_proved(self, name: str, error: Exception) -> None:
        self._ways.end_proof(name, False)
        self.troubled.tell(error if isinstance(error, ReaderError) else unforeseen(error, "bringing images"))
        self.settled.tell(name)
