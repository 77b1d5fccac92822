"""What is read ahead comes in order, with its failures, never too far ahead, and is left where nobody takes it."""

import threading
from collections.abc import Iterator

import pytest
from tests.fakes.dicomweb_faults import wait_until

from readingroom.archive.ahead import read_ahead


def test_everything_comes_in_order() -> None:
    assert list(read_ahead(iter(range(200)), lambda _: 1, 5)) == list(range(200))


def test_a_failure_comes_after_what_came_before_it() -> None:
    def breaking() -> Iterator[int]:
        yield from range(3)
        raise ValueError("broken")

    came = []
    with pytest.raises(ValueError, match="broken"):
        came.extend(read_ahead(breaking(), lambda _: 1))
    assert came == [0, 1, 2]


def test_it_reads_no_further_ahead_than_it_may_and_stops_when_it_is_left() -> None:
    taken: list[int] = []
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            for n in range(1000):
                taken.append(n)
                yield n
        finally:
            closed.set()

    items = read_ahead(endless(), lambda _: 10, 50)
    assert next(items) == 0
    assert wait_until(lambda: len(taken) >= 7)
    assert not wait_until(lambda: len(taken) > 9, within_s=0.1)
    items.close()  # type: ignore[attr-defined]
    assert closed.wait(2)
