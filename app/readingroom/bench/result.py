"""What a benchmark answers: its value beside a limit or a peer measured in the same run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. value: the median; limit: the peer's median or the fixed limit, in the same unit.

    goal: the ratio that the design asks for, None where it asks for none; low and high: the spread of the runs.
    """

    name: str
    value: float
    unit: str
    limit: float
    runs: int
    peer: str
    goal: float | None = None
    low: float = 0.0
    high: float = 0.0
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value against limit."""
        return self.value / self.limit if self.limit > 0 else None


def result(
    name: str, values: Sequence[float], unit: str, limit: float, peer: str, goal: float | None = None, note: str = ""
) -> Result:
    """A result of several runs: the median counts."""
    return Result(name, median(values), unit, limit, len(values), peer, goal, min(values), max(values), note)


def timed_ms(work: Callable[[], object]) -> float:
    """Milliseconds of one piece of work."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000.0


def in_turn_ms(ours: Callable[[], object], peer: Callable[[], object], runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of two pieces of work, run in turn so that a busy machine slows both; the first turn not counted."""
    ours()
    peer()
    turns = [(timed_ms(ours), timed_ms(peer)) for _ in range(runs)]
    return [turn[0] for turn in turns], [turn[1] for turn in turns]
