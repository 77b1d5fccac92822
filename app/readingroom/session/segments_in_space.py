"""The case's segmentations over planes: made when they are first shown, off the reader's thread."""

from dataclasses import replace
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.display.picture import Badge, Picture, Tone
from readingroom.display.segment_volume import SegmentVolume, check_space, segment_volume, segmented
from readingroom.display.segmentation import Segmentation, opened_segmentation, segmentation
from readingroom.display.stack import Stack
from readingroom.geometry.plane import Plane
from readingroom.record.study import FrameRef
from readingroom.session.desk import Desk
from readingroom.session.ports import Shelf


class SegmentsInSpace:
    """What one window shows of them; lives on the reader's thread until it is closed."""

    def __init__(self, desk: Desk, stack: Stack, shown: bool = False) -> None:
        self._desk, self._stack, self._ticket = desk, stack, Ticket()
        self.shown = shown
        self.changed: Event[str] = Event()
        self._volumes: dict[str, SegmentVolume] = {}
        self._troubles: dict[str, ReaderError] = {}
        self._asked: set[str] = set()
        self._stop = desk.documents.changed.listen(lambda _: self.changed.tell("") if self.shown else None)

    def close(self) -> None:
        """Nothing more is read or told."""
        self._ticket.cancel()
        self._stop()

    def toggle(self) -> None:
        """Show or hide them; where there is none in this space, that is said."""
        known = self._desk.documents.segmentations
        if not self.shown and all(self._reason(of) is not None for _, of in known):
            problem = (
                "The case's segmentations have another Frame of Reference." if known else "No segmentation is here."
            )
            self._desk.notice(ReaderError(problem, "Open the planes of the series that one was drawn on."))
            return
        self.shown = not self.shown
        self.changed.tell("")

    @property
    def volumes(self) -> tuple[SegmentVolume, ...]:
        """Those that can be shown with the stack, as far as they are read; the rest is begun and `changed` tells of it."""
        for ref, of in self._desk.documents.segmentations:
            if of.sop_uid not in self._asked and self._reason(of) is None:
                self._asked.add(of.sop_uid)
                self._desk.pools.cpu.submit(
                    volume_job, self._desk.doors.shelf, ref, done=partial(self._made, of.sop_uid),
                    failed=partial(self._failed, of.sop_uid), ticket=self._ticket, lane=Lane.NEXT,
                )  # fmt: skip
        return tuple(self._volumes.values())

    def laid(self, picture: Picture, plane: Plane, ratio: float, draft: bool, thick: bool) -> Picture:
        """A picture of a plane with them over it, and with what must be said of them; as it is while they are hidden.

        thick: the picture is a slab; segments are of the plane in its middle.
        """
        if not self.shown:
            return picture
        made = segmented(picture, self.volumes, plane, ratio, draft)
        notes = tuple(self._notes(thick))
        return replace(made, words=replace(made.words, badges=(*made.words.badges, *notes)))

    def _notes(self, thick: bool) -> list[Badge]:
        waiting = self._asked - set(self._volumes) - set(self._troubles)
        apart = sum(self._reason(of) is not None for _, of in self._desk.documents.segmentations)
        said = [Badge("Segments are on their way", Tone.AMBER)] if waiting else []
        said += [Badge("Segments: the plane in the middle of the slab", Tone.AMBER)] if thick and self._volumes else []
        said += [Badge(f"NOT SHOWN: {error.problem}", Tone.RED) for error in self._troubles.values()]
        other = f"{apart} segmentation{'s' if apart > 1 else ''} of another Frame of Reference not shown"
        return said + ([Badge(other, Tone.AMBER)] if apart else [])

    def _reason(self, of: Segmentation) -> ReaderError | None:
        try:
            check_space(of, self._stack.frame_of_reference_uid)
        except ReaderError as error:
            return error
        return None

    def _made(self, sop_uid: str, volume: SegmentVolume) -> None:
        self._volumes[sop_uid] = volume
        self.changed.tell("")

    def _failed(self, sop_uid: str, error: Exception) -> None:
        what = "reading a segmentation"
        self._troubles[sop_uid] = error if isinstance(error, ReaderError) else unforeseen(error, what)
        self.changed.tell("")


def volume_job(shelf: Shelf, ref: FrameRef) -> SegmentVolume:
    """A segmentation of the shelf in space."""
    part10 = shelf.get(ref.sop_uid, ref.study_uid)
    if part10 is None:
        raise ReaderError("A segmentation left the cache.", "Open the study again to fetch it.")
    # Opened anew: an object is not read from two threads at once, and images may draw the same one.
    opened = opened_segmentation(part10)
    return segment_volume(segmentation(opened.header), opened)
