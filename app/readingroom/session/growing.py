"""Volumes that can be looked at while their images come: one array for all who look, planes filled in as they arrive."""

import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Homecoming, Lane, Pool, Progress, Ticket
from readingroom.display.stack import Stack
from readingroom.pixels.decode import decode_frame
from readingroom.pixels.encoded import Encoded, open_lightly
from readingroom.pixels.filling import Filling, bytes_of, shrink_for
from readingroom.pixels.frame import Frame
from readingroom.pixels.voxels import Voxels, snapshot_of
from readingroom.record.study import FrameRef
from readingroom.session.frames import FrameBook
from readingroom.session.memory_room import volume_budget
from readingroom.session.ports import Shelf

CALM_S = 0.4
"""While a volume fills, it is shown anew at most this often."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A stack's voxels as they are now, and how many of its images are not in them because they are not here.

    shared: what everybody who looks at this stack shares; it lives as long as a volume of it does.
    """

    stack: Stack
    voxels: Voxels
    absent: int
    shared: "GrowingVolume | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class _Came:
    """What a turn of filling brought: frames that are in now, and those whose objects cannot be decoded."""

    put: frozenset[int]
    voxels: Voxels | None


class GrowingVolume:
    """One stack's voxels in memory once. Lives on the reader's thread; its jobs touch the filling, one at a time.

    changed: told when there is more to see, when all that is here is in, and on failure.
    """

    def __init__(self, stack: Stack, shelf: Shelf, book: FrameBook, home: Homecoming, cpu: Pool) -> None:
        self.stack = stack
        self._shelf, self._book, self._home, self._cpu = shelf, book, home, cpu
        self._ticket = Ticket()
        self._filling: Filling | None = None
        self._absent: set[int] = set()
        self._busy = self._asked = False
        self._lookers = 0
        self.changed: Event[None] = Event()
        self.progress = Progress(0, len(stack.frames), "images")
        self.failure: ReaderError | Exception | None = None
        self.voxels: Voxels | None = None
        self.held_bytes = 0

    @property
    def at_rest(self) -> bool:
        """Whether everything that was here when it was last looked at is in."""
        return not self._busy and (self._filling is not None or self.failure is not None)

    @property
    def volume(self) -> Volume | None:
        """What can be seen now; None before the first plane."""
        if self.voxels is None:
            return None
        return Volume(self.stack, self.voxels, len(self._absent), self)

    def enter(self, changed: Callable[[None], None]) -> Callable[[], None]:
        """Look at it: `changed` is called as it fills. The answer leaves; nobody left, nothing more is read."""
        self._lookers += 1
        if self._ticket.cancelled:
            self._ticket = Ticket()
        stop = self.changed.listen(changed)

        def leave() -> None:
            nonlocal stop
            if stop is not None:
                stop()
                stop = None  # type: ignore[assignment]
                self._lookers -= 1
                if not self._lookers:
                    self._stop()

        return leave

    def _stop(self) -> None:
        """Read no more; what a job still has in its hands is left to it, and made anew for who comes back."""
        self._ticket.cancel()
        if self._busy:
            self._filling, self.voxels, self._busy = None, None, False

    def begin(self, budget_bytes: int | None) -> None:
        """Find the grid and fill what is here; a stack that is no volume, or too large for any, is a failure."""
        if self._filling is not None:
            self.look()
            return
        self.failure = None
        try:
            lattice = self.stack.lattice()
            shrink = shrink_for(lattice, budget_bytes)
        except ReaderError as error:
            self._failed(error)
            return
        self._filling = Filling(lattice, shrink)
        self.held_bytes = bytes_of(lattice, shrink)
        self._absent = set(range(len(self.stack.frames)))
        self.look()

    def look(self) -> None:
        """Put in what came since: from memory or the shelf, the middle first."""
        if self._busy:
            self._asked = True
            return
        if self._filling is None or not self._absent:
            return
        self._busy, self._asked = True, False
        middle = len(self.stack.frames) // 2
        wanted = tuple(sorted(self._absent, key=lambda n: abs(n - middle)))
        ready = {n: f for n in wanted if (f := self._book.frame(self.stack.frames[n])) is not None}
        ticket, home, me = self._ticket, self._home, weakref.ref(self)

        def told(progress: Progress, voxels: Voxels | None) -> None:
            def tell() -> None:
                growing = me()
                if growing is not None and not ticket.cancelled:
                    growing._told(progress, voxels)

            home.bring(tell)

        self._cpu.submit(
            fill_job, self._shelf, self._filling, self.stack, ready, wanted, ticket, told,
            done=self._came, failed=self._failed, ticket=ticket, lane=Lane.NOW,
        )  # fmt: skip

    def _told(self, progress: Progress, voxels: Voxels | None) -> None:
        self.progress = progress
        if voxels is not None:
            self.voxels = voxels
        self.changed.tell(None)

    def _came(self, came: _Came) -> None:
        self._busy = False
        self._absent -= came.put
        self.progress = Progress(len(self.stack.frames) - len(self._absent), len(self.stack.frames), "images")
        if came.voxels is not None:
            self.voxels = came.voxels
        if self._asked:
            self.look()
        self.changed.tell(None)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.failure = error
        self.changed.tell(None)


class OpenVolumes:
    """The volumes that somebody looks at, each once."""

    def __init__(self, shelf: Shelf, book: FrameBook, home: Homecoming, cpu: Pool, budget_mb: int) -> None:
        self._shelf, self._book, self._home, self._cpu, self._budget_mb = shelf, book, home, cpu, budget_mb
        self._open: weakref.WeakValueDictionary[tuple[str, tuple[FrameRef, ...]], GrowingVolume] = (
            weakref.WeakValueDictionary()
        )

    def of(self, stack: Stack) -> GrowingVolume:
        """The volume of a stack, as full as it is; enter it, then begin it."""
        key = stack.id, stack.frames
        found = self._open.get(key)
        if found is None:
            found = GrowingVolume(stack, self._shelf, self._book, self._home, self._cpu)
            self._open[key] = found
        return found

    @property
    def held_bytes(self) -> int:
        """What all open volumes take."""
        return sum(one.held_bytes for one in self._open.values())

    def budget_bytes(self) -> int | None:
        """What one more volume may take now."""
        return volume_budget(self._budget_mb, self.held_bytes)


def fill_job(
    shelf: Shelf, filling: Filling, stack: Stack, ready: dict[int, Frame], wanted: tuple[int, ...], ticket: Ticket,
    told: Callable[[Progress, Voxels | None], None],
) -> _Came:  # fmt: skip
    """Put wanted frames (by index) into a volume, from those that are ready and the shelf; the answer says which are in."""
    here = shelf.sop_uids(stack.study_uid)
    objects = _Objects(shelf)
    put: set[int] = set()
    total, before, last = len(stack.frames), len(stack.frames) - len(wanted), monotonic()
    for index in wanted:
        ticket.checkpoint()
        ref = stack.frames[index]
        frame = ready.pop(index, None) or (objects.frame(ref) if ref.sop_uid in here else None)
        if frame is None:
            continue
        filling.put(index, frame)
        put.add(index)
        if monotonic() - last >= CALM_S or len(put) + before == 1:
            told(Progress(before + len(put), total, "images"), snapshot_of(filling))
            last = monotonic()
    return _Came(frozenset(put), snapshot_of(filling) if put else None)


class _Objects:
    """Objects from the shelf; the last is kept open, because many frames may be in one."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._open: tuple[str, Encoded | None] = ("", None)

    def frame(self, ref: FrameRef) -> Frame | None:
        """A frame, or None where its object is not there or cannot be decoded: it counts as missing."""
        if self._open[0] != ref.sop_uid:
            part10 = self._shelf.get(ref.sop_uid, ref.study_uid)
            opened = None
            with suppress(ReaderError):
                opened = open_lightly(part10) if part10 is not None else None
            self._open = ref.sop_uid, opened
        if self._open[1] is None:
            return None
        try:
            return decode_frame(self._open[1], ref.frame)
        except ReaderError:
            return None
