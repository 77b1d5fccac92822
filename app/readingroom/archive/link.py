"""How fast the line to an archive is, measured on what came over it."""

import threading
from collections import deque

FAST_BYTES_S = 25e6
"""200 Mbit/s: above it a series comes as it is stored, in one stream; below it the slice on screen comes first."""
_SMALLEST = 64 * 1024


class Link:
    """Bytes per second over the last transfers; small answers say more about the archive than about the line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[tuple[int, float]] = deque(maxlen=32)

    def saw(self, size: int, seconds: float) -> None:
        """One transfer of size bytes."""
        if size >= _SMALLEST and seconds > 0:
            with self._lock:
                self._seen.append((size, seconds))

    @property
    def bytes_per_s(self) -> float | None:
        """The measured speed, or None before anything large has come."""
        with self._lock:
            if not self._seen:
                return None
            return sum(size for size, _ in self._seen) / sum(seconds for _, seconds in self._seen)

    @property
    def kind(self) -> str:
        """ "LAN", "slow", or "" while not measured."""
        speed = self.bytes_per_s
        return "" if speed is None else "LAN" if speed >= FAST_BYTES_S else "slow"
