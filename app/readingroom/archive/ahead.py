"""Reading on while what came is still being put away: the line is never idle because a disk is slow for a moment."""

import threading
from collections import deque
from collections.abc import Callable, Iterator

MOST_BYTES = 64 << 20


def read_ahead[T](items: Iterator[T], size: Callable[[T], int], most_bytes: int = MOST_BYTES) -> Iterator[T]:
    """The items, read on a thread of their own, at most most_bytes (and one item) ahead of whoever takes them.

    What the items raise is raised after those before it were taken; leaving off closes them.
    """
    reading = _Reading(items, size, most_bytes)
    threading.Thread(target=reading.run, name="reading ahead", daemon=True).start()
    try:
        while (one := reading.next()) is not None:
            yield one[0]
    finally:
        reading.leave()


class _Reading[T]:
    def __init__(self, items: Iterator[T], size: Callable[[T], int], most_bytes: int) -> None:
        self._items, self._size, self._most_bytes = items, size, most_bytes
        self._turn = threading.Condition()
        self._here: deque[T] = deque()
        self._bytes = 0
        self._over = self._left = False
        self._trouble: Exception | None = None

    def run(self) -> None:
        """Read until the end, or until nobody takes any more."""
        try:
            for one in self._items:
                if not self._add(one):
                    break
        except Exception as error:  # noqa: BLE001  (raised where the items are taken)
            self._trouble = error
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()
            with self._turn:
                self._over = True
                self._turn.notify_all()

    def next(self) -> tuple[T] | None:
        """The next item, or None at the end."""
        with self._turn:
            while not self._here and not self._over:
                self._turn.wait()
            if self._here:
                one = self._here.popleft()
                self._bytes -= self._size(one)
                self._turn.notify_all()
                return (one,)
        if self._trouble is not None:
            raise self._trouble
        return None

    def leave(self) -> None:
        """Nobody takes any more."""
        with self._turn:
            self._left = True
            self._turn.notify_all()

    def _add(self, one: T) -> bool:
        with self._turn:
            while self._bytes > self._most_bytes and not self._left:
                self._turn.wait()
            self._here.append(one)
            self._bytes += self._size(one)
            self._turn.notify_all()
            return not self._left
