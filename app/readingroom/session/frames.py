"""Decoded frames in memory, within a budget, the least recently shown leaving first."""

from collections import OrderedDict
from collections.abc import Iterable

from readingroom.base.errors import ReaderError
from readingroom.pixels.frame import Frame
from readingroom.record.study import FrameRef


class FrameBook:
    """The frames that are ready to be shown, and the reasons of those that cannot be."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._frames: OrderedDict[FrameRef, Frame] = OrderedDict()
        self._troubles: dict[FrameRef, ReaderError] = {}
        self.held_bytes = 0

    def frame(self, ref: FrameRef) -> Frame | None:
        """The decoded frame, or None while it is not here; asking keeps it longest."""
        frame = self._frames.get(ref)
        if frame is not None:
            self._frames.move_to_end(ref)
        return frame

    def trouble(self, ref: FrameRef) -> ReaderError | None:
        """Why a frame cannot be shown, or None."""
        return self._troubles.get(ref)

    def put(self, ref: FrameRef, frame: Frame, keep: Iterable[FrameRef] = ()) -> None:
        """Keep a frame; frames not in `keep` leave, least recently asked for first, while over budget."""
        if ref in self._frames:
            self.held_bytes -= _size(self._frames.pop(ref))
        self._troubles.pop(ref, None)
        self._frames[ref] = frame
        self.held_bytes += _size(frame)
        if self.held_bytes <= self._budget:
            return
        kept = {ref, *keep}
        for old in [r for r in self._frames if r not in kept]:
            if self.held_bytes <= self._budget:
                break
            self.held_bytes -= _size(self._frames.pop(old))

    def fail(self, ref: FrameRef, trouble: ReaderError) -> None:
        """Remember why a frame cannot be shown."""
        self._troubles[ref] = trouble

    def forgive(self, ref: FrameRef) -> None:
        """Forget a reason, so that the frame is tried again."""
        self._troubles.pop(ref, None)

    def has(self, ref: FrameRef) -> bool:
        """Whether a frame is decoded or known not to be decodable."""
        return ref in self._frames or ref in self._troubles

    def room_for(self, size: int) -> bool:
        """Whether size more bytes fit without pushing anything out."""
        return self.held_bytes + size <= self._budget

    def clear(self) -> None:
        """Forget everything: the case was closed."""
        self._frames.clear()
        self._troubles.clear()
        self.held_bytes = 0


def _size(frame: Frame) -> int:
    return frame.stored.nbytes + (frame.unmanaged.nbytes if frame.unmanaged is not None else 0)
