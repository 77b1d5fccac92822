"""Brings a case: objects from the archives to the shelf, frames from the shelf to the glass, by what is looked at.

Lives on the reader's thread; its jobs touch only their arguments. Nothing is queued ahead of need: each time a job
comes home the next most wanted one is chosen, so a scroll re-orders everything within one job.
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
from readingroom.record.study import FrameRef, Series, Study
from readingroom.session.case import Case
from readingroom.session.fetch import Failure, bring_missing
from readingroom.session.fetch_plan import decode_order, faces, series_order, visible
from readingroom.session.frames import FrameBook
from readingroom.session.ports import Region, Shelf

STREAMS = 2
OPEN_BYTES = 256 << 20
"""Most bytes of multi-frame objects kept at hand between their frames."""
RETRY_AFTER_S = (2.0, 4.0, 8.0, 15.0)


class LeftShelf(ReaderError):
    """An object that was on the shelf is not there any more, or is damaged there."""


class Loader:
    """The way of one case from the archives to the glass."""

    def __init__(self, region: Region, shelf: Shelf, book: FrameBook, home: Homecoming, io: Pool, cpu: Pool) -> None:
        self._region, self._shelf, self._book = region, shelf, book
        self._home, self._io, self._cpu = home, io, cpu
        self._decoders = 3
        self.frame_arrived: Event[FrameRef] = Event()
        self.counts_changed: Event[str] = Event()
        self.troubled: Event[ReaderError] = Event()
        self.strayed: Event[ReaderError] = Event()
        self._start_over(Ticket())

    def _start_over(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._case: Case | None = None
        self._here: dict[str, set[str]] = {}
        self._decoding: set[FrameRef] = set()
        self._fetching: set[str] = set()
        self._streaming: set[str] = set()
        self._finished: set[str] = set()
        self._attempts: dict[str, int] = {}
        self._retry_at: dict[str, float] = {}
        self._problems: dict[str, ReaderError] = {}
        self._strays: dict[str, Failure] = {}
        self._clock = 0.0
        self._open: OrderedDict[str, bytes] = OrderedDict()

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
        self._case = case
        self._pump_archives()
        self._pump_decoders()

    def tick(self, now_s: float) -> None:
        """Try again what failed, when its time has come."""
        self._clock = now_s
        due = [uid for uid, at in self._retry_at.items() if at <= now_s]
        for uid in due:
            del self._retry_at[uid]
            self._finished.discard(uid)
        if due:
            self._pump_archives()

    def received(self, series: Series) -> int:
        """How many objects of a series are on the shelf."""
        here = self._here.get(series.instances[0].study_uid, set()) if series.instances else set()
        return sum(instance.sop_uid in here for instance in series.instances)

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
            self._fetch_one(case, ref)
        for study, series_uid in series_order(case):
            if len(self._streaming) >= STREAMS:
                return
            self._stream(study, series_uid)

    def _fetch_one(self, case: Case, ref: FrameRef) -> None:
        study = case.study_of(ref.study_uid)
        if study is None or self.is_here(ref) or ref.sop_uid in self._fetching or ref.series_uid in self._retry_at:
            return
        self._fetching.add(ref.sop_uid)
        self._io.submit(
            object_job, self._region, self._shelf, study, ref, self._ticket,
            done=self._object_came, failed=partial(self._object_failed, ref), ticket=self._ticket, lane=Lane.NOW,
        )  # fmt: skip

    def _object_came(self, received: Received) -> None:
        self._fetching.discard(received.sop_uid)
        self._arrived(received)

    def _object_failed(self, ref: FrameRef, error: Exception) -> None:
        self._fetching.discard(ref.sop_uid)
        self._remember(ref.series_uid, error)

    def _stream(self, study: Study, series_uid: str) -> None:
        series = study.series_named(series_uid)
        if series is None or series_uid in self._streaming or series_uid in self._finished:
            return
        missing = frozenset(i.sop_uid for i in series.instances) - self._here.get(study.uid, set())
        if not missing:
            self._finished.add(series_uid)
            return
        self._streaming.add(series_uid)
        shown = {ref.series_uid for ref in visible(self._case)} if self._case else set()
        self._io.submit(
            stream_job, self._region, self._shelf, study, series, missing, self._ticket, self._tell_home(self._ticket),
            done=partial(self._streamed, series_uid), failed=partial(self._stream_failed, series_uid),
            ticket=self._ticket, lane=Lane.NEXT if series_uid in shown else Lane.LATER,
        )  # fmt: skip

    def _tell_home(self, ticket: Ticket) -> Callable[[Received], None]:
        def arrived(received: Received) -> None:
            self._home.bring(lambda: None if ticket.cancelled else self._arrived(received))

        return arrived

    def _arrived(self, received: Received) -> None:
        self._here.setdefault(received.study_uid, set()).add(received.sop_uid)
        # What waits to be asked for again is still missing, whatever else of its series comes meanwhile.
        if received.series_uid not in self._retry_at:
            self._problems.pop(received.series_uid, None)
        self.counts_changed.tell(received.series_uid)
        if self._case is not None:
            for ref in visible(self._case):
                if ref.sop_uid == received.sop_uid and not self._book.has(ref) and ref not in self._decoding:
                    self._decode(ref, received.part10)
        self._pump_decoders()

    def _streamed(self, series_uid: str, came: tuple[int, tuple[Failure, ...]]) -> None:
        still_missing, strays = came
        self._streaming.discard(series_uid)
        self._finished.add(series_uid)
        for stray in strays:
            if stray.sop_uid not in self._strays:
                self._strays[stray.sop_uid] = stray
                self.strayed.tell(ReaderError(stray.problem, stray.remedy))
        if still_missing:
            problem = f"{still_missing} images of this series did not come although the archive lists them."
            self._remember(
                series_uid, ReaderError(problem, "They are asked for again; ask the trust if they stay away.")
            )
        else:
            self._attempts.pop(series_uid, None)
            self._problems.pop(series_uid, None)
        self.counts_changed.tell(series_uid)
        self._pump_archives()

    def _stream_failed(self, series_uid: str, error: Exception) -> None:
        self._streaming.discard(series_uid)
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
        seen = {*visible(case), *faces(case)}
        for ref in decode_order(case):
            if len(self._decoding) >= self._decoders:
                return
            if ref in self._decoding or self._book.has(ref) or not self.is_here(ref):
                continue
            if ref not in seen and not self._book.room_for(_likely_bytes(case, ref)):
                return
            self._decode(ref, None)

    def _decode(self, ref: FrameRef, part10: bytes | None) -> None:
        self._decoding.add(ref)
        self._cpu.submit(
            decode_job, self._shelf, ref, part10 or self._open.get(ref.sop_uid),
            done=partial(self._decoded, ref), failed=partial(self._undecodable, ref), ticket=self._ticket, lane=Lane.NOW,
        )  # fmt: skip

    def _decoded(self, ref: FrameRef, brought: tuple[Frame, bytes]) -> None:
        frame, part10 = brought
        self._decoding.discard(ref)
        if frame.facts.frames > 1:
            self._open[ref.sop_uid] = part10
            while sum(map(len, self._open.values())) > OPEN_BYTES and len(self._open) > 1:
                self._open.popitem(last=False)
        self._book.put(ref, frame, keep=visible(self._case) if self._case else ())
        self.frame_arrived.tell(ref)
        self._pump_decoders()

    def _undecodable(self, ref: FrameRef, error: Exception) -> None:
        self._decoding.discard(ref)
        if isinstance(error, LeftShelf):
            self._lost(ref, error)
            return
        self._book.fail(ref, error if isinstance(error, ReaderError) else unforeseen(error, "bringing images"))
        self.frame_arrived.tell(ref)
        self._pump_decoders()

    def _lost(self, ref: FrameRef, error: LeftShelf) -> None:
        """An object that the shelf no longer gives is fetched again, a moment later."""
        self._here.get(ref.study_uid, set()).discard(ref.sop_uid)
        if ref.series_uid not in self._retry_at:
            self._remember(ref.series_uid, error)
        self._pump_decoders()


def object_job(region: Region, shelf: Shelf, study: Study, ref: FrameRef, ticket: Ticket) -> Received:
    """One object from the first holder that gives it, put on the shelf."""
    from readingroom.session.fetch import bring_object

    return bring_object(region, shelf, study, ref.series_uid, ref.sop_uid, ticket)


def stream_job(
    region: Region, shelf: Shelf, study: Study, series: Series, missing: frozenset[str], ticket: Ticket,
    arrived: Callable[[Received], None],
) -> tuple[int, tuple[Failure, ...]]:  # fmt: skip
    """A series from the first holder that gives it, each object put on the shelf and told home.

    The answer: how many stayed away, and what came along that does not belong.
    """
    trouble: Failure | ReaderError | None = None
    left = set(missing)
    strays: dict[str, Failure] = {}
    known = {aside.sop_uid for aside in study.set_aside}

    def came(received: Received) -> None:
        left.discard(received.sop_uid)
        arrived(received)

    for name in study.held_by or region.names:
        try:
            failures = bring_missing(region.archive(name), shelf, study, series, frozenset(left), ticket, came)
        except ReaderError as error:
            trouble = error
            continue
        strays |= {one.sop_uid: one for one in failures if one.sop_uid not in missing | known}
        trouble = next((one for one in failures if one.sop_uid in left), trouble)
        if not left:
            break
    if left and trouble is not None:
        raise ReaderError(trouble.problem, trouble.remedy)
    return len(left), tuple(strays.values())


def decode_job(shelf: Shelf, ref: FrameRef, part10: bytes | None) -> tuple[Frame, bytes]:
    """The frame of an object on the shelf, or of the bytes that just came; with those bytes."""
    from dataclasses import replace

    from readingroom.pixels.decode import decode

    held = part10 if part10 is not None else _from_shelf(shelf, ref)
    frame = decode(held, ref.frame)
    return replace(frame, facts=replace(frame.facts, ref=ref)), held


def _from_shelf(shelf: Shelf, ref: FrameRef) -> bytes:
    try:
        held = shelf.get(ref.sop_uid, ref.study_uid)
    except ReaderError as error:
        raise LeftShelf(error.problem, "It is fetched again.") from error
    if held is None:
        raise LeftShelf("Images of this series left the cache.", "They are fetched again.")
    return held


def _likely_bytes(case: Case, ref: FrameRef) -> int:
    stack = next((s for s in case.stacks if s.series_uid == ref.series_uid), None)
    return stack.rows * stack.columns * 2 if stack is not None else 1 << 20
