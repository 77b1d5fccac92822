"""Work off the reader's thread: lanes, tickets, pools, and the way home.

A job is a module-level function with plain arguments; it touches only its arguments. Its result is delivered on
the reader's thread, unless its ticket was cancelled meanwhile.
"""

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from time import perf_counter
from typing import Any

from readingroom.base.errors import Cancelled


class Lane(IntEnum):
    """How soon: what is visible, its neighbours, the rest."""

    NOW = 0
    NEXT = 1
    LATER = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is: done of total (0 when unknown), in unit, with one line of text."""

    done: int
    total: int
    unit: str
    text: str = ""


class Ticket:
    """Permission to go on: cancelled once, for good, when the reader leaves."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._ends: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether the reader has left."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Drop whatever holds this ticket: before its start, at its next checkpoint, or at delivery."""
        with self._lock:
            self._cancelled.set()
            ends, self._ends = self._ends, []
        for end in ends:
            end()

    def when_cancelled(self, end: Callable[[], None]) -> Callable[[], None]:
        """Have `end` called, once, by whoever cancels (now, where that was before); the answer calls it off.

        For what waits and looks at no checkpoint meanwhile: a socket. `end` is quick and raises nothing.
        """
        with self._lock:
            gone = self._cancelled.is_set()
            if not gone:
                self._ends.append(end)
        if gone:
            end()

        def stop() -> None:
            with self._lock:
                if end in self._ends:
                    self._ends.remove(end)

        return stop

    def checkpoint(self) -> None:
        """Raise Cancelled if the reader has left."""
        if self._cancelled.is_set():
            raise Cancelled


class Homecoming:
    """Results on their way to the reader's thread, drained in short turns so that the glass never waits.

    `wake` is called (from any thread) once per burst; it must have `drain` called soon on the reader's thread.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._woken = False

    def bring(self, delivery: Callable[[], None]) -> None:
        """Queue a delivery for the reader's thread."""
        with self._lock:
            self._waiting.append(delivery)
            wake, self._woken = not self._woken, True
        if wake:
            self._wake()

    def drain(self, budget_s: float = 0.004) -> None:
        """Deliver for at most budget_s seconds; what is left is woken for again."""
        end = perf_counter() + budget_s
        try:
            while self._deliver_one() and perf_counter() < end:
                pass
        finally:
            # A delivery that raises must not keep those behind it from ever coming home.
            with self._lock:
                self._woken = again = bool(self._waiting)
            if again:
                self._wake()

    def _deliver_one(self) -> bool:
        with self._lock:
            if not self._waiting:
                return False
            delivery = self._waiting.popleft()
        delivery()
        return True


class Pool:
    """Threads that take jobs by lane, then by arrival."""

    def __init__(self, name: str, threads: int, home: Homecoming) -> None:
        self._home = home
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._ready = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit[T](
        self,
        job: Callable[..., T],
        *arguments: Any,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        ticket: Ticket,
        lane: Lane = Lane.NEXT,
    ) -> None:
        """Run job(*arguments) on a thread; deliver `done` or `failed` at home unless the ticket is cancelled."""

        def run() -> None:
            if ticket.cancelled:
                return
            try:
                result = job(*arguments)
            except Cancelled:
                return
            except Exception as error:  # noqa: BLE001  (carried home and shown there)
                trouble = error
                self._home.bring(lambda: None if ticket.cancelled else failed(trouble))
                return
            self._home.bring(lambda: None if ticket.cancelled else done(result))

        with self._ready:
            if self._closed:
                return
            heapq.heappush(self._heap, (int(lane), next(self._order), run))
            self._ready.notify()

    def close(self, wait_s: float = 2.0) -> None:
        """Take no more jobs, forget the waiting ones, and wait for those that run."""
        with self._ready:
            self._closed = True
            self._heap.clear()
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(wait_s)

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._heap and not self._closed:
                    self._ready.wait()
                if self._closed:
                    return
                run = heapq.heappop(self._heap)[2]
            run()
            # What it was about may be large, and this thread may wait long for the next.
            del run
