"""Brings a case: objects from the archives to the shelf, frames from the shelf to the glass, by what is looked at.

Lives on the reader's thread; its jobs touch only their arguments. Nothing is queued ahead of need: each time a job
comes home the next most wanted one is chosen, so a scroll re-orders everything within one job.

Over a fast line a series comes as one stream, and what is looked at singly beside it. Over a slow one everything comes
singly, the slice on screen first and outwards from it, packed without loss where the archive was seen to do that.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Homecoming, Lane, Pool, Ticket
from readingroom.base.log import unforeseen
from readingroom.pixels.frame import Frame
from readingroom.record.search import Received
from readingroom.record.study import FrameRef, Instance, Series, Study
from readingroom.session.case import Case
from readingroom.session.fetch import Failure, unlike
from readingroom.session.fetch_plan import decode_order, faces, fetch_order, likely_frame_bytes, series_order, visible
from readingroom.session.frames import FrameBook
from readingroom.session.loader_jobs import Brought, Foremost, LeftShelf, decode_job, object_job, shelve_job, stream_job
from readingroom.session.ports import Region, Shelf
from readingroom.session.previews import Previews
from readingroom.session.proofs import Proofs
from readingroom.session.ripe import Ripe
from readingroom.session.way import Ways

STREAMS = 2
OPEN_BYTES = 256 << 20
"""Most bytes of multi-frame objects kept at hand between their frames, and of what came and is not decoded yet."""
RETRY_AFTER_S = (2.0, 4.0, 8.0, 15.0)
GIVE_UP_AFTER = 3
"""Objects of a series that fail one after the other until the series is left alone for a while."""


class Loader:
    """The way of one case from the archives to the glass."""

    def __init__(self, region: Region, shelf: Shelf, book: FrameBook, home: Homecoming, io: Pool, cpu: Pool) -> None:
        self._region, self._shelf, self._book = region, shelf, book
        self._home, self._io, self._cpu = home, io, cpu
        self._decoders, self.ways = 3, Ways(region)
        self.previews = Previews(io, self.ways, book)
        self.previews.arrived.listen(self._preview_came)
        self.frame_arrived: Event[FrameRef] = Event()
        self.counts_changed: Event[str] = Event()
        self.troubled: Event[ReaderError] = Event()
        self.strayed: Event[ReaderError] = Event()
        self._proofs = Proofs(io, self.ways)
        self._proofs.settled.listen(lambda _: self._pump_archives())
        self._proofs.troubled.listen(self.troubled.tell)
        self._start_over(Ticket())

    def _start_over(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self.ways.stopped()
        self.previews.open(ticket)
        self._case: Case | None = None
        self._here: dict[str, set[str]] = {}
        self._decoding: set[FrameRef] = set()
        self._ripe: Ripe | None = None
        self.foremost: Foremost | None = None
        self._fetching: dict[str, str] = {}
        self._streaming: dict[str, Ticket] = {}
        self._finished: set[str] = set()
        self._broken: set[str] = set()
        self._passed_over: set[str] = set()
        self._in_a_row: dict[str, int] = {}
        self._attempts: dict[str, int] = {}
        self._retry_at: dict[str, float] = {}
        self._problems: dict[str, ReaderError] = {}
        self._strays: dict[str, Failure] = {}
        self._clock = 0.0
        self._open: OrderedDict[str, bytes] = OrderedDict()
        self._fresh: OrderedDict[str, bytes] = OrderedDict()
        self._fresh_bytes = 0

    def open(self, ticket: Ticket) -> None:
        """Forget the case before; everything that was on its way for it is dropped."""
        self._ticket.cancel()
        self._book.clear()
        self._start_over(ticket)

    def know(self, here: Mapping[str, Collection[str]]) -> None:
        """What is on the shelf already of a study that is about to be looked at: study UID → its SOP Instance UIDs."""
        for study_uid, sop_uids in here.items():
            self._here.setdefault(study_uid, set()).update(sop_uids)

    def look_at(self, case: Case) -> None:
        """The case as it is on the glass now: what it shows is brought and decoded first."""
        for study in (case.study, *case.priors):
            if study.uid not in self._here:
                self._here[study.uid] = set(self._shelf.sop_uids(study.uid))
        self._case, self._ripe = case, None
        self._pump_archives()
        self._pump_decoders()

    def take_ahead(self, study: Study, ahead: Foremost) -> None:
        """Take an object that came before its study was known, where it belongs to it: for the glass, then the shelf."""
        came, frame = ahead.received, ahead.frame
        series = study.series_named(came.series_uid)
        listed = series is not None and any(one.sop_uid == came.sop_uid for one in series.instances)
        known = came.sop_uid in self._fetching or came.sop_uid in self._here.get(study.uid, ())
        if not listed or known or unlike(study, came.series_uid, came):
            return
        self._fetching[came.sop_uid] = came.series_uid
        if frame is not None:
            self._book.put(frame.facts.ref, frame, keep=visible(self._case) if self._case else ())
            self.frame_arrived.tell(frame.facts.ref)
        self._io.submit(
            shelve_job, self._shelf, study, came,
            done=partial(self._object_came, study), failed=partial(self._object_failed, came.series_uid, came.sop_uid),
            ticket=self._ticket, lane=Lane.NOW,
        )  # fmt: skip

    def tick(self, now_s: float) -> None:
        """Try again what failed, when its time has come."""
        self._clock = now_s
        due = [uid for uid, at in self._retry_at.items() if at <= now_s]
        for uid in due:
            del self._retry_at[uid]
            self._finished.discard(uid)
            self._in_a_row.pop(uid, None)
        if due:
            self._passed_over.clear()
            self._pump_archives()

    def received(self, series: Series) -> int:
        """How many objects of a series are on the shelf."""
        here = self._here.get(series.instances[0].study_uid, set()) if series.instances else set()
        return sum(instance.sop_uid in here for instance in series.instances)

    def absent(self, series: Series) -> tuple[Instance, ...]:
        """The objects of a series that are not on the shelf."""
        here = self._here.get(series.instances[0].study_uid, set()) if series.instances else set()
        return tuple(one for one in series.instances if one.sop_uid not in here)

    def is_here(self, ref: FrameRef) -> bool:
        """Whether the object of a frame is on the shelf."""
        return ref.sop_uid in self._here.get(ref.study_uid, ())

    def problem(self, series_uid: str) -> ReaderError | None:
        """Why a series could not be brought, until it could."""
        return self._problems.get(series_uid)

    @property
    def strays(self) -> tuple[Failure, ...]:
        """What an archive sent along that does not belong to the case, and was kept apart."""
        return tuple(self._strays.values())

    @property
    def busy(self) -> bool:
        """Whether anything is on its way from an archive."""
        return bool(self._streaming or self._fetching)

    def _pump_archives(self) -> None:
        case = self._case
        if case is None:
            return
        for ref in visible(case):
            study = case.study_of(ref.study_uid)
            if study is not None and len(self._fetching) < self.ways.most_at_once(study, looked_at=True):
                self._fetch_one(study, ref.series_uid, ref.sop_uid, Lane.NOW)
        self._pump_singly(case)
        self.previews.look_at(case, self._here)
        # A stream takes the line, the archive and this machine: it begins when what is looked at is on the glass.
        waiting = any(ref.sop_uid in self._fetching or ref in self._decoding for ref in visible(case))
        for study, series_uid in series_order(case) if not waiting else ():
            if len(self._streaming) >= STREAMS:
                return
            self._stream(study, series_uid)

    def _pump_singly(self, case: Case) -> None:
        """Ask for the next objects of those series that do not come as streams."""
        singly = {uid for study, uid in series_order(case) if self._way(study, uid) == "singly"}
        for study, series_uid, sop_uid in fetch_order(case) if singly else ():
            if series_uid in singly and sop_uid not in self._here.get(study.uid, ()):
                if self.ways.is_held(study, series_uid, series_uid in self._fetching.values()):
                    continue
                if len(self._fetching) >= (2 if self.previews.busy else self.ways.most_at_once(study)):
                    return
                self._fetch_one(study, series_uid, sop_uid, Lane.NEXT)

    def _preview_came(self, ref: FrameRef) -> None:
        if self.previews.frame(ref) is not None:
            self.frame_arrived.tell(ref)
        if self._case is not None:
            self.previews.look_at(self._case, self._here)
        if not self.previews.busy:
            self._pump_archives()

    def _way(self, study: Study, series_uid: str) -> str:
        series = study.series_named(series_uid)
        if series is None or series_uid in self._streaming:
            return ""
        here = self.received(series)
        if here == len(series.instances):
            return ""
        return self.ways.way(study, here, series_uid in self._broken, bool(self._here.get(study.uid)))

    def _fetch_one(self, study: Study, series_uid: str, sop_uid: str, lane: Lane) -> None:
        if sop_uid in self._here.get(study.uid, ()) or sop_uid in self._fetching or sop_uid in self._passed_over:
            return
        if self._in_a_row.get(series_uid, 0) >= GIVE_UP_AFTER:
            return
        self._fetching[sop_uid] = series_uid
        self._io.submit(
            object_job, self._region, self._shelf, study, series_uid, sop_uid,
            self.ways.packed_by(study, series_uid), self._ticket,
            done=partial(self._object_came, study), failed=partial(self._object_failed, series_uid, sop_uid),
            ticket=self._ticket, lane=lane,
        )  # fmt: skip

    def _object_came(self, study: Study, brought: Brought) -> None:
        received = brought.received
        self._fetching.pop(received.sop_uid, None)
        self._in_a_row.pop(received.series_uid, None)
        self.ways.learnt(study, brought)
        if self.ways.to_prove(study, received) and self._missing(study) > 1:
            self._proofs.begin(study, received, self._ticket)
        self._arrived(received)
        series = study.series_named(received.series_uid)
        if series is not None and self.received(series) == len(series.instances):
            self._attempts.pop(series.uid, None)
            self._finished.add(series.uid)
        self._pump_archives()

    def _missing(self, study: Study) -> int:
        here = self._here.get(study.uid, set())
        return sum(instance.sop_uid not in here for instance in study.instances())

    def _object_failed(self, series_uid: str, sop_uid: str, error: Exception) -> None:
        self._fetching.pop(sop_uid, None)
        self._passed_over.add(sop_uid)
        self._in_a_row[series_uid] = self._in_a_row.get(series_uid, 0) + 1
        self._remember(series_uid, error)
        self._pump_archives()

    def _stream(self, study: Study, series_uid: str) -> None:
        series = study.series_named(series_uid)
        if series is None or series_uid in self._finished or self._way(study, series_uid) != "stream":
            return
        missing = frozenset(i.sop_uid for i in series.instances) - self._here.get(study.uid, set())
        self._streaming[series_uid] = own = Ticket()
        self._ticket.when_cancelled(own.cancel)
        shown = {ref.series_uid for ref in visible(self._case)} if self._case else set()
        self._io.submit(
            stream_job, self._region, self._shelf, study, series, missing, own, self._tell_home(self._ticket),
            done=partial(self._streamed, series_uid), failed=partial(self._stream_failed, series_uid),
            ticket=own, lane=Lane.NEXT if series_uid in shown else Lane.LATER,
        )  # fmt: skip

    def _tell_home(self, ticket: Ticket) -> Callable[[Received], None]:
        def arrived(received: Received) -> None:
            self._home.bring(lambda: None if ticket.cancelled else self._arrived(received))

        return arrived

    def _leave_streams(self, case: Case) -> None:
        """Streams that run over a line that turned out to be slow end at once: the slice on screen goes first."""
        slow = [uid for study, uid in series_order(case) if uid in self._streaming and self.ways.is_slow(study)]
        for series_uid in slow:
            self._streaming.pop(series_uid).cancel()
            self._broken.add(series_uid)
        if slow:
            self._pump_archives()

    def _arrived(self, received: Received) -> None:
        self._here.setdefault(received.study_uid, set()).add(received.sop_uid)
        if self._ripe is not None:
            self._ripe.came(received.sop_uid)
        # What waits to be asked for again is still missing, whatever else of its series comes meanwhile.
        if received.series_uid not in self._retry_at:
            self._problems.pop(received.series_uid, None)
        self.counts_changed.tell(received.series_uid)
        self._keep_fresh(received)
        if self._case is not None:
            for ref in visible(self._case):
                if ref.sop_uid == received.sop_uid and not self._book.has(ref) and ref not in self._decoding:
                    self._decode(ref)
            if self._streaming:
                self._leave_streams(self._case)
        self._pump_decoders()

    def _keep_fresh(self, received: Received) -> None:
        """Hold what just came until it is decoded, so that it is not read from the shelf and deciphered again."""
        if self._book.has(FrameRef(received.study_uid, received.series_uid, received.sop_uid)):
            return
        # What comes twice (as it is stored, after it came packed) is counted once.
        self._fresh_bytes += len(received.part10) - len(self._fresh.pop(received.sop_uid, b""))
        self._fresh[received.sop_uid] = received.part10
        while self._fresh_bytes > OPEN_BYTES and len(self._fresh) > 1:
            self._fresh_bytes -= len(self._fresh.popitem(last=False)[1])

    def _streamed(self, series_uid: str, came: tuple[int, tuple[Failure, ...]]) -> None:
        still_missing, strays = came
        self._streaming.pop(series_uid, None)
        for stray in strays:
            if stray.sop_uid not in self._strays:
                self._strays[stray.sop_uid] = stray
                self.strayed.tell(ReaderError(stray.problem, stray.remedy))
        if still_missing:
            self._broken.add(series_uid)
        else:
            self._finished.add(series_uid)
            self._attempts.pop(series_uid, None)
            self._problems.pop(series_uid, None)
        self.counts_changed.tell(series_uid)
        self._pump_archives()

    def _stream_failed(self, series_uid: str, error: Exception) -> None:
        self._streaming.pop(series_uid, None)
        self._finished.add(series_uid)
        self._remember(series_uid, error)
        self._pump_archives()

    def _remember(self, series_uid: str, error: Exception) -> None:
        trouble = error if isinstance(error, ReaderError) else unforeseen(error, "bringing images")
        # An image asked for singly and its series fail together: that is one attempt, not two.
        if series_uid not in self._retry_at:
            attempt = self._attempts.get(series_uid, 0)
            self._attempts[series_uid] = attempt + 1
            self._retry_at[series_uid] = self._clock + RETRY_AFTER_S[min(attempt, len(RETRY_AFTER_S) - 1)]
        # Every series of a silent archive fails alike: that is one thing to say, not one for each.
        news = trouble.problem not in {known.problem for known in self._problems.values()}
        self._problems[series_uid] = trouble
        self.counts_changed.tell(series_uid)
        if news:
            self.troubled.tell(trouble)

    def _pump_decoders(self) -> None:
        case = self._case
        if case is None or len(self._decoding) >= self._decoders:
            return
        if self._ripe is None:
            self._ripe, self._sought = Ripe(decode_order(case), self.is_here), {*visible(case), *faces(case)}
        while len(self._decoding) < self._decoders and (entry := self._ripe.take()) is not None:
            ref = entry[1]
            if ref in self._decoding or self._book.has(ref) or not self.is_here(ref):
                continue
            if ref not in self._sought and not self._book.room_for(likely_frame_bytes(case, ref)):
                self._ripe.put_back(entry)
                return
            self._decode(ref)

    def _decode(self, ref: FrameRef) -> None:
        self._decoding.add(ref)
        fresh = self._fresh.pop(ref.sop_uid, None)
        self._fresh_bytes -= len(fresh) if fresh is not None else 0
        self._cpu.submit(
            decode_job, self._shelf, ref, fresh or self._open.get(ref.sop_uid),
            done=partial(self._decoded, ref), failed=partial(self._undecodable, ref), ticket=self._ticket, lane=Lane.NOW,
        )  # fmt: skip

    def _decoded(self, ref: FrameRef, brought: tuple[Frame, bytes]) -> None:
        frame, part10 = brought
        self._decoding.discard(ref)
        if frame.facts.frames > 1:
            self._open[ref.sop_uid] = part10
            while sum(map(len, self._open.values())) > OPEN_BYTES and len(self._open) > 1:
                self._open.popitem(last=False)
        self.previews.drop(ref)
        on_glass = visible(self._case) if self._case else ()
        self._book.put(ref, frame, keep=on_glass)
        self.frame_arrived.tell(ref)
        if ref in on_glass:
            self._pump_archives()
        self._pump_decoders()

    def _undecodable(self, ref: FrameRef, error: Exception) -> None:
        self._decoding.discard(ref)
        if isinstance(error, LeftShelf):
            self._lost(ref, error)
            return
        self._book.fail(ref, error if isinstance(error, ReaderError) else unforeseen(error, "bringing images"))
        self.frame_arrived.tell(ref)
        self._pump_archives()
        self._pump_decoders()

    def _lost(self, ref: FrameRef, error: LeftShelf) -> None:
        """An object that the shelf no longer gives is fetched again, a moment later."""
        self._here.get(ref.study_uid, set()).discard(ref.sop_uid)
        self._ripe = None
        if ref.series_uid not in self._retry_at:
            self._remember(ref.series_uid, error)
        self._pump_decoders()
