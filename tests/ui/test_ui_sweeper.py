"""Garbage is collected on the reader's thread: on another, a collection may meet a window that is being taken down."""

import gc
import threading
from time import monotonic

from tests.fakes.windows import Windows


class Circle:
    """A thing that only a collection can take away, and that notes where it went."""

    def __init__(self, ends: list[str]) -> None:
        self.itself = self
        self.ends = ends

    def __del__(self) -> None:
        self.ends.append(threading.current_thread().name)


def make(ends: list[str]) -> None:
    for _ in range(20_000):
        Circle(ends)


def test_what_a_worker_throws_away_is_collected_by_the_reader_s_thread(glass: Windows) -> None:
    ends: list[str] = []
    assert not gc.isenabled()
    worker = threading.Thread(target=make, args=(ends,), name="worker")
    worker.start()
    worker.join()
    assert not ends
    glass.wait(lambda: len(ends) == 20_000)
    assert set(ends) == {threading.main_thread().name}


def test_what_has_grown_old_goes_too(glass: Windows) -> None:
    ends: list[str] = []
    kept = Circle(ends)
    gc.collect()
    del kept
    sweeper, now = glass.application.sweeper, monotonic()
    for turn in range(2_000):
        if ends:
            break
        young = [[] for _ in range(3_000)]
        sweeper.tick(now + turn)
        del young
    assert ends == [threading.main_thread().name]


def test_what_stood_at_the_start_is_not_looked_at_again_and_what_comes_later_goes(glass: Windows) -> None:
    ends: list[str] = []
    stood, later = Circle(ends), Circle(ends)
    del later
    try:
        glass.application.sweeper.settle()
        assert not any(thing is stood for thing in gc.get_objects())
        came = Circle(ends)
        del came
        gc.collect()
        assert ends == [threading.main_thread().name]
    finally:
        gc.unfreeze()
