"""Which images something in a document is meant for."""

from dataclasses import dataclass

from readingroom.record.study import FrameRef


@dataclass(frozen=True, slots=True)
class Target:
    """An image, or some frames of it (from 1), that something in a document is meant for."""

    sop_uid: str
    frames: tuple[int, ...] = ()

    def is_frame(self, ref: FrameRef) -> bool:
        """Whether a frame is meant."""
        return self.sop_uid == ref.sop_uid and (not self.frames or ref.frame in self.frames)
