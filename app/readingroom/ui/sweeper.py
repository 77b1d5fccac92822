"""Circles of garbage are collected on the reader's thread and on no other.

A collection that starts on a worker's thread may walk over a window that Qt is taking down at that moment (Shiboken
lets go of the interpreter in the middle of it), or delete a QObject on a thread that is not its own: the process dies.
"""

import gc
from time import monotonic

YOUNG = 2_000
"""New containers since the last look that are worth one."""
EVERY = 10
"""Looks at a generation before the next older one is looked at, as in Python's own collector."""
REST_S = 2.0
"""Between two looks at everything that was made since settle(): some milliseconds each."""


class Sweeper:
    """Takes collecting over from the interpreter; tick() is called ten times a second by the pulse."""

    def __init__(self) -> None:
        gc.disable()
        self._rested = monotonic()

    def settle(self) -> None:
        """What stands now (modules, windows) stands for good: looking at it again and again would take a tenth of a second."""
        gc.freeze()

    def tick(self, now: float) -> None:
        """Collect what is due: the young often, everything seldom; now: monotonic seconds."""
        young, middle, old = gc.get_count()
        if old > EVERY and now - self._rested > REST_S:
            self._rested = now
            gc.collect()
        elif middle > EVERY:
            gc.collect(1)
        elif young > YOUNG:
            gc.collect(0)
