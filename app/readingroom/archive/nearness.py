"""Which archive is nearest: the one that has been answering fastest, as measured; the settings' order where alike."""

import threading
from collections import deque
from collections.abc import Sequence
from math import floor, log2
from statistics import median

_ALIKE_S = 0.2
"""Answers within so many seconds are alike: their order would change from one search to the next."""
_REMEMBERED = 5


class Nearness:
    """Seconds to the answers of each archive; safe to use from several threads."""

    def __init__(self, names: Sequence[str]) -> None:
        self._order = {name: place for place, name in enumerate(names)}
        self._took_s: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def saw(self, name: str, seconds: float) -> None:
        """One answer."""
        with self._lock:
            self._took_s.setdefault(name, deque(maxlen=_REMEMBERED)).append(seconds)

    def sorted(self, names: Sequence[str]) -> list[str]:
        """Nearest first; an archive is farther only where it takes about twice as long."""
        with self._lock:
            usual = {name: median(took) for name, took in self._took_s.items()}

        def place(name: str) -> tuple[int, int]:
            took = usual.get(name, 0.0)
            return (floor(log2(took / _ALIKE_S)) + 1 if took > _ALIKE_S else 0), self._order.get(name, 0)

        return sorted(names, key=place)
