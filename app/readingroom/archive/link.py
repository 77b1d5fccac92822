"""How fast the line to an archive is, measured on what came over it."""

import threading
from collections import deque
from time import perf_counter

FAST_BYTES_S = 25e6
"""200 Mbit/s: above it a series comes as it is stored, in one stream; below it the slice on screen comes first."""
_SMALLEST = 64 * 1024
_HINT = 8 * 1024


class Link:
    """Bytes per second over the last transfers. Several at once share the line, so time that overlaps counts once.

    Small answers say more about the archive than about the line: they count only until something large has come.
    """

    def __init__(self, before: float | None = None) -> None:
        """before: bytes per second as they were measured the last time; they hold until something large has come."""
        self._lock = threading.Lock()
        self._before = before
        self._seen: deque[tuple[int, float, float]] = deque(maxlen=32)
        self._hint: float | None = None

    def saw(self, size: int, seconds: float, ended: float | None = None) -> None:
        """One transfer of size bytes; ended: when its last byte was here, by perf_counter, now where it is None."""
        end = perf_counter() if ended is None else ended
        with self._lock:
            if size >= _SMALLEST and seconds > 0:
                self._seen.append((size, end - seconds, end))
            elif size >= _HINT and seconds > 0 and not self._seen:
                self._hint = size / seconds

    @property
    def bytes_per_s(self) -> float | None:
        """The measured speed, or None before anything has come that tells it."""
        with self._lock:
            if not self._seen:
                return self._before or self._hint
            spans = sorted((began, ended) for _, began, ended in self._seen)
            total = sum(size for size, _, _ in self._seen)
        busy_s, until = 0.0, spans[0][0]
        for began, ended in spans:
            busy_s += max(0.0, ended - max(began, until))
            until = max(until, ended)
        return total / max(busy_s, 1e-9)

    @property
    def measured(self) -> float | None:
        """The speed as large transfers of this session tell it, or None; small ones are not worth keeping."""
        return self.bytes_per_s if self._seen else None

    @property
    def kind(self) -> str:
        """ "LAN", "slow", or "" while not measured."""
        speed = self.bytes_per_s
        return "" if speed is None else "LAN" if speed >= FAST_BYTES_S else "slow"
