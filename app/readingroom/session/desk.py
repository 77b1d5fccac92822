"""The desk: one reader's state. Everything changes here, on the reader's thread, and is told as an event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Homecoming, Pool, Ticket
from readingroom.display.monitors import Monitor
from readingroom.display.view import ViewState
from readingroom.hanging.library import Protocols, usual_protocols
from readingroom.hanging.own import OwnProtocols
from readingroom.hanging.placing import Monitor as Place
from readingroom.pixels.frame import Frame
from readingroom.pixels.preview import is_preview
from readingroom.record.search import Waiting
from readingroom.record.study import FrameRef
from readingroom.reporting.check import Concern
from readingroom.reporting.draft import refreshed
from readingroom.reporting.template import Templates
from readingroom.session.case import Case
from readingroom.session.documents import Documents
from readingroom.session.fetch_plan import visible
from readingroom.session.frames import FrameBook
from readingroom.session.growing import OpenVolumes
from readingroom.session.history import History
from readingroom.session.keeper import Keeper
from readingroom.session.lap import Lap
from readingroom.session.loader import Loader
from readingroom.session.ports import Audit, Journal, OutboxStore, Region, Shelf
from readingroom.session.readers_keys import ReadersKeys
from readingroom.session.reads import Reads
from readingroom.session.seating import Seats
from readingroom.session.targets import OpenMedia
from readingroom.session.together import shared
from readingroom.session.withdrawing import withdrawn
from readingroom.settings.key_map import key_map_of
from readingroom.settings.sections import MonitorSettings, Settings


@dataclass(frozen=True, slots=True)
class Doors:
    """What the desk stands among: the region's archives, the local disk, and what is written for others."""

    region: Region
    shelf: Shelf
    journal: Journal
    outbox: OutboxStore
    audit: Audit
    media: OpenMedia


@dataclass(frozen=True, slots=True)
class Pools:
    """Where work is done: io waits for archives, cpu decodes, disk writes in order (one thread)."""

    home: Homecoming
    io: Pool
    cpu: Pool
    disk: Pool


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader must know: problem, remedy, and how grave (calm, amber, red)."""

    problem: str
    remedy: str = ""
    tone: str = "calm"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What waits in the outbox as it was last looked at; names: study UID → whose and which examination it is."""

    waiting: tuple[Waiting, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


class Desk:
    """The one place that changes. `case` is None while no study is open; `refused` is why the last one was not;
    `next_up`: the studies that are brought ahead of need.

    `protocols` reads the hanging protocols, once; `own_protocols` is where the reader's and the site's lie, None where
    nowhere; `seats` are the monitors that images have, and `judged` says how each stands, by its number; one on which
    nothing is shown yet is not in it. `put_monitor` keeps one in the settings file, None where there is none.
    """

    case: Case | None

    def __init__(
        self, doors: Doors, pools: Pools, settings: Settings, templates: Templates, now: Callable[[], datetime]
    ) -> None:
        self.lap = Lap(doors.shelf, lambda error: pools.home.bring(lambda: self.notice(error, "red")))
        self.doors = doors = replace(doors, shelf=self.lap)
        self.pools, self.settings, self.templates, self.now = pools, settings, templates, now
        self.opening, self.case = "", None
        self.judged: dict[int, Monitor] = {}
        self.seats = Seats()
        self.protocols: Callable[[], Protocols] = usual_protocols
        self.own_protocols: OwnProtocols | None = None
        self.put_monitor: Callable[[MonitorSettings], Settings] | None = None
        self.keys = ReadersKeys(key_map_of(settings.keys))
        self.next_up: tuple[str, ...] = ()
        self.refused: ReaderError | None = None
        self.outgoing = Outgoing()
        self.signing = self.sending = self.send_again = False
        self.stopped_by: tuple[Concern, ...] = ()
        self.ticket = Ticket()
        self.book = FrameBook(settings.display.frame_memory_mb << 20)
        self.loader = Loader(doors.region, doors.shelf, self.book, pools.home, pools.io, pools.cpu)
        self.volumes = OpenVolumes(doors.shelf, self.book, pools.home, pools.cpu, settings.display.volume_memory_mb)
        self.documents = Documents(doors.shelf, pools.cpu, self.loader)
        self.keeper, self.history = Keeper(doors.journal, pools.disk), History()
        self.reads = Reads(settings.reader.name, self.keeper.read_changed)
        self.case_changed: Event[Case | None] = Event()
        self.case_opened: Event[Case | None] = Event()
        self.frame_arrived: Event[FrameRef] = self.loader.frame_arrived
        self.counts_changed: Event[str] = self.loader.counts_changed
        self.noticed: Event[Notice] = Event()
        self.outbox_changed: Event[int] = Event()
        self.worklist_changed: Event[int] = Event()
        self.loader.troubled.listen(lambda error: self.notice(error, "amber"))
        self.loader.strayed.listen(lambda error: self.notice(error, "red"))
        self.documents.troubled.listen(lambda error: self.notice(error, "amber"))
        self.documents.changed.listen(self._documents_changed)
        self.counts_changed.listen(lambda _: self.documents.look_at(self.case))
        self.keeper.troubled.listen(lambda error: self.notice(error, "red"))
        self._clock_s = 0.0

    def notice(self, error: ReaderError, tone: str = "amber") -> None:
        """Tell the reader of a failure."""
        self.noticed.tell(Notice(error.problem, error.remedy, tone))

    def change(self, case: Case, step: str = "") -> None:
        """Put a new case in place of the old one; a named step can be undone, one ending in … joins its like."""
        before = self.case
        if before is None or case is before or case == before:
            return
        case = _seen(withdrawn(self.seats.fitted(case), self.documents.selections))
        if step:
            self.history.add(step, before, case)
        self.case = case
        self.keeper.case_changed(case, self._clock_s)
        if case.draft is not None and case.draft is not before.draft:
            self.keeper.draft_changed(case.draft, self._clock_s)
        self.loader.look_at(case)
        self.documents.look_at(case)
        self.case_changed.tell(case)

    def put_case(self, case: Case | None, opening: str = "") -> None:
        """Put another case in place of this one, or none while `opening` is on its way; history starts empty."""
        self.history.clear()
        self.opening, self.refused = opening, None
        self.case = _seen(self.seats.fitted(case)) if case is not None else None
        if not opening:
            self.keeper.open_changed(self.case, self._clock_s)
        if self.case is not None:
            self.keeper.case_changed(self.case, self._clock_s)
        # What is here already is painted before anything is begun that takes time from the glass.
        here = self.case is not None and all(self.book.has(ref) for ref in visible(self.case))
        if self.case is not None and not here:
            self.loader.look_at(self.case)
        self.documents.look_at(self.case)
        self.case_opened.tell(self.case)
        self.case_changed.tell(self.case)
        if self.case is not None and here:
            self.loader.look_at(self.case)

    def not_opened(self, error: ReaderError) -> None:
        """The study that was on its way does not come: why stands where its images would be."""
        self.opening, self.refused = "", error
        self.case_opened.tell(None)
        self.case_changed.tell(None)

    def _documents_changed(self, series_uid: str) -> None:
        """More is known of the images: what is withdrawn leaves the glass, and every viewport is drawn anew."""
        if self.case is not None:
            known = self.case.hidden
            self.change(withdrawn(self.case, self.documents.selections))
            for hidden in self.case.hidden:
                if hidden not in known:
                    self.noticed.tell(Notice(f"{hidden.words}.", "J shows them.", "amber"))
        self.counts_changed.tell(series_uid)

    def undo(self) -> None:
        """Take the last step back."""
        if self.case is not None and (case := self.history.undo(self.case)) is not None:
            self.change(self._followed(case))

    def redo(self) -> None:
        """Do the last undone step again."""
        if self.case is not None and (case := self.history.redo(self.case)) is not None:
            self.change(self._followed(case))

    def _followed(self, case: Case) -> Case:
        """The case with the report's linked numbers following measurements that were taken back or came again."""
        draft = refreshed(case.draft, case.measurements, self.now()) if case.draft is not None else None
        return case if draft is case.draft else replace(case, draft=draft)

    def view(self, tile: int, view: ViewState, step: str = "") -> None:
        """Change how one viewport looks, and with it what its companions share."""
        if self.case is not None and 0 <= tile < len(self.case.tiles):
            self.change(shared(self.case, tile, view), step)

    def activate(self, tile: int) -> None:
        """Make a viewport the one that keys act on."""
        if self.case is not None and tile != self.case.active and 0 <= tile < len(self.case.tiles):
            self.change(replace(self.case, active=tile))

    @property
    def glass(self) -> tuple[Place, ...]:
        """The monitors that images have, from left to right."""
        return self.seats.glass

    def monitor_of(self, tile: int) -> Monitor | None:
        """How the monitor stands that a tile is on, None while that is not known."""
        return self.judged.get(self.case.monitor_of(tile) if self.case is not None else 0)

    def frame(self, ref: FrameRef) -> Frame | None:
        """The decoded frame, or None while it is not here."""
        return self.book.frame(ref)

    def shown_frame(self, ref: FrameRef) -> Frame | None:
        """What may be on the glass: the decoded frame, or while it is on its way its preview, marked as one."""
        found = self.book.frame(ref) or self.loader.previews.frame(ref)
        if found is not None:
            self.loader.previews.on_glass(ref, is_preview(found))
        return found

    def tick(self, now_s: float) -> None:
        """Let time pass: the journal is written, what failed is tried again. Called some times a second."""
        self._clock_s = now_s
        self.reads.tick(now_s)
        self.keeper.tick(now_s)
        self.loader.tick(now_s)

    def close(self) -> None:
        """Leave: everything on its way is dropped, everything the reader did is on the disk when this returns."""
        self.ticket.cancel()
        for pool in (self.pools.disk, self.pools.io, self.pools.cpu):
            pool.close()
        self.reads.open("")
        self.keeper.flush_now()


def _seen(case: Case) -> Case:
    shown = {case.tiles[tile].stack_id for tile in case.visible_tiles() if case.tiles[tile].stack_id}
    return case if shown <= case.seen else replace(case, seen=case.seen | shown)
