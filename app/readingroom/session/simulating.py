"""The studies on this desk's disk hung by the protocols before and after a change: which layouts would be others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from readingroom.base.jobs import Progress, Ticket
from readingroom.hanging.library import Protocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.simulating import MOST_STUDIES, Changed, latest, priors_among, simulated
from readingroom.session.desk import Doors
from readingroom.session.ports import Shelf

Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Simulation:
    """How many studies were hung twice, which would hang otherwise, and which could not be read."""

    looked_at: int
    changed: tuple[Changed, ...]
    unread: tuple[str, ...] = ()


def simulate(
    shelf: Shelf, before: Protocols, after: Protocols, monitors: Sequence[Monitor], ticket: Ticket, tell: Tell,
    most: int = MOST_STUDIES,
) -> Simulation:  # fmt: skip
    """Hang the newest studies of the shelf, each with its priors there, by both; Cancelled where the reader stops it."""
    every = shelf.rows()
    rows, changed, unread = latest(every, most), [], []
    for number, row in enumerate(rows):
        ticket.checkpoint()
        tell(Progress(number, len(rows), "studies", row.description))
        study = shelf.study(row.study_uid)
        if study is None:
            unread.append(row.study_uid)
            continue
        priors = [prior for uid in priors_among(study, every) if (prior := shelf.study(uid)) is not None]
        found = simulated(study, priors, before, after, monitors)
        if found is not None:
            changed.append(found)
    tell(Progress(len(rows), len(rows), "studies"))
    return Simulation(len(rows) - len(unread), tuple(changed), tuple(unread))


def simulate_job(
    before: Protocols, after: Protocols, monitors: Sequence[Monitor]
) -> Callable[[Doors, Ticket, Tell, str], Simulation]:
    """The simulation as a piece of work of the desk."""
    return partial(_simulate, before, after, tuple(monitors))


def _simulate(
    before: Protocols, after: Protocols, monitors: tuple[Monitor, ...], doors: Doors, stop: Ticket, tell: Tell, reader: str
) -> Simulation:  # fmt: skip
    return simulate(doors.shelf, before, after, monitors, stop, tell)
