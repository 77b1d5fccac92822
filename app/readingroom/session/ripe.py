"""Frames whose objects are here and that wait to be decoded, the most wanted first."""

from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

from readingroom.record.study import FrameRef


class Ripe:
    """The frames of one order of wanting; made anew when what is looked at changes.

    Walking the whole order at each object that comes would take as long as decoding it.
    """

    def __init__(self, order: Iterable[FrameRef], is_here: Callable[[FrameRef], bool]) -> None:
        self._awaited: dict[str, list[tuple[int, FrameRef]]] = {}
        self._heap: list[tuple[int, FrameRef]] = []
        for rank, ref in enumerate(order):
            if is_here(ref):
                self._heap.append((rank, ref))
            else:
                self._awaited.setdefault(ref.sop_uid, []).append((rank, ref))
        heapify(self._heap)

    def came(self, sop_uid: str) -> None:
        """An object is here now."""
        for entry in self._awaited.pop(sop_uid, ()):
            heappush(self._heap, entry)

    def take(self) -> tuple[int, FrameRef] | None:
        """The most wanted frame and its rank, taken out; None where none waits."""
        return heappop(self._heap) if self._heap else None

    def put_back(self, entry: tuple[int, FrameRef]) -> None:
        """A frame that cannot be decoded now after all."""
        heappush(self._heap, entry)
