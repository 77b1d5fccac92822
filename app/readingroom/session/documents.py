"""What the documents of a case say about its images: presentation states, key selections, segmentations, measurements.

Lives on the reader's thread; its jobs read objects from the shelf and touch only their arguments.
"""

from collections import OrderedDict
from functools import partial

from readingroom.base.errors import ReaderError
from readingroom.base.events import Event
from readingroom.base.jobs import Lane, Pool, Ticket
from readingroom.base.log import unforeseen
from readingroom.display.key_objects import KEY_OBJECT_SELECTION, KeySelection, key_selection
from readingroom.display.presentation_state import APPLIED, KINDS, PresentationState, presentation_state
from readingroom.display.registration import SPATIAL_REGISTRATION, registration
from readingroom.display.segment_layers import SegmentPicture, segment_pictures
from readingroom.display.segmentation import (
    SEGMENTATION_CLASSES,
    Segmentation,
    SegmentFrame,
    opened_segmentation,
    segmentation,
)
from readingroom.geometry.joined import Registration
from readingroom.geometry.plane import Plane
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import Encoded, header
from readingroom.pixels.frame import Frame
from readingroom.record.study import FrameRef, Instance
from readingroom.reporting.sr_measurements_read import SrContent, read_measurements
from readingroom.session.case import Case
from readingroom.session.loader import Loader
from readingroom.session.ports import Shelf

MEASUREMENT_CLASSES = frozenset(
    f"1.2.840.10008.5.1.4.1.1.88.{tail}" for tail in ("11", "22", "33", "34", "35", "50", "65", "69")
)
"""Structured reports that may say something at coordinates: text, enhanced, comprehensive, 3D, extensible, CAD."""
READ_CLASSES = frozenset(
    {*KINDS, KEY_OBJECT_SELECTION, SPATIAL_REGISTRATION, *SEGMENTATION_CLASSES, *MEASUREMENT_CLASSES}
)
MOST_PICTURES = 96
MOST_OVER = 24

Read = PresentationState | KeySelection | SrContent | Registration | tuple[Segmentation, Encoded]


class Documents:
    """What was read of the open case's documents; `changed` is told when more is known."""

    def __init__(self, shelf: Shelf, cpu: Pool, loader: Loader) -> None:
        self._shelf, self._cpu, self._loader = shelf, cpu, loader
        self.changed: Event[str] = Event()
        self.troubled: Event[ReaderError] = Event()
        self._start_over("")

    def _start_over(self, study_uid: str) -> None:
        self._study_uid, self._ticket = study_uid, Ticket()
        self._asked: set[str] = set()
        self._states: dict[str, PresentationState] = {}
        self._selections: dict[str, KeySelection] = {}
        self._contents: dict[str, SrContent] = {}
        self._registrations: dict[str, Registration] = {}
        self._segmentations: dict[str, tuple[Segmentation, Encoded]] = {}
        self._segmentation_refs: dict[str, FrameRef] = {}
        self._pictures: OrderedDict[tuple[str, FrameRef], tuple[SegmentPicture, ...]] = OrderedDict()
        self._lying: dict[tuple[str, FrameRef], tuple[SegmentFrame, ...]] = {}
        self._drawing = False
        self._frames: OrderedDict[FrameRef, Frame] = OrderedDict()
        self._decoding: set[FrameRef] = set()

    def look_at(self, case: Case | None) -> None:
        """Read what is on the shelf of this case and was not read yet; what was known of another case is forgotten."""
        study_uid = case.study.uid if case is not None else ""
        if study_uid != self._study_uid:
            self._ticket.cancel()
            self._start_over(study_uid)
        for study in (case.study, *case.priors) if case is not None else ():
            for instance in study.instances():
                if instance.sop_class in READ_CLASSES and instance.sop_uid not in self._asked:
                    self._ask(instance)

    def _ask(self, instance: Instance) -> None:
        ref = FrameRef(instance.study_uid, instance.series_uid, instance.sop_uid)
        if not self._loader.is_here(ref):
            return
        self._asked.add(instance.sop_uid)
        self._cpu.submit(
            read_job, self._shelf, ref, instance.sop_class,
            done=partial(self._came, ref), failed=self._failed, ticket=self._ticket, lane=Lane.LATER,
        )  # fmt: skip

    def _came(self, ref: FrameRef, read: Read) -> None:
        if isinstance(read, PresentationState):
            self._states[ref.sop_uid] = read
        elif isinstance(read, KeySelection):
            self._selections[ref.sop_uid] = read
        elif isinstance(read, SrContent):
            self._contents[ref.sop_uid] = read
        elif isinstance(read, Registration):
            self._registrations[ref.sop_uid] = read
        else:
            self._segmentations[ref.sop_uid] = read
            self._segmentation_refs[ref.sop_uid] = ref
        self.changed.tell(ref.series_uid)

    def _failed(self, error: Exception) -> None:
        self.troubled.tell(error if isinstance(error, ReaderError) else unforeseen(error, "reading a document"))

    def state(self, sop_uid: str) -> PresentationState | None:
        """The presentation state of this SOP Instance UID, or None while it is not read."""
        return self._states.get(sop_uid)

    def states_for(self, ref: FrameRef) -> tuple[PresentationState, ...]:
        """The presentation states that can be laid over a frame, newest first."""
        found = [s for s in self._states.values() if s.kind in APPLIED and s.is_for(ref)]
        return tuple(sorted(found, key=lambda state: (state.created, state.sop_uid), reverse=True))

    @property
    def selections(self) -> tuple[KeySelection, ...]:
        """Every key object selection and rejection note."""
        return tuple(self._selections.values())

    @property
    def reports(self) -> tuple[SrContent, ...]:
        """Every structured report that measured or marked something, oldest first."""
        found = [one for one in self._contents.values() if one.groups or any(mark.graphics for mark in one.marks)]
        return tuple(sorted(found, key=lambda one: (one.at.isoformat() if one.at else "", one.sop_uid)))

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """Every spatial registration that could be read."""
        return tuple(self._registrations.values())

    def selections_for(self, ref: FrameRef) -> tuple[KeySelection, ...]:
        """The selections that mark a frame."""
        return tuple(one for one in self._selections.values() if one.is_for(ref))

    @property
    def segmentations(self) -> tuple[tuple[FrameRef, Segmentation], ...]:
        """Every segmentation that is read, with the object it is of."""
        return tuple((self._segmentation_refs[uid], of) for uid, (of, _) in self._segmentations.items())

    def segmentation(self, sop_uid: str) -> Segmentation | None:
        """A segmentation of the case, or None while it is not read."""
        found = self._segmentations.get(sop_uid)
        return found[0] if found is not None else None

    def segment_names(self, sop_uid: str) -> tuple[str, ...]:
        """What a segmentation marks, each with who or what drew it; empty while it is not read."""
        found = self.segmentation(sop_uid)
        # A label map may describe its background, which marks nothing (PS3.3 C.8.20.2).
        return tuple(one.words for one in found.segments if one.number > 0) if found is not None else ()

    def frame(self, ref: FrameRef) -> Frame | None:
        """A frame that lies over another one, decoded for that alone; None, and begun, while it is not here."""
        if ref in self._frames:
            self._frames.move_to_end(ref)
            return self._frames[ref]
        if ref not in self._decoding and self._loader.is_here(ref):
            self._decoding.add(ref)
            self._cpu.submit(
                frame_job, self._shelf, ref,
                done=partial(self._decoded, ref), failed=self._failed, ticket=self._ticket, lane=Lane.NOW,
            )  # fmt: skip
        return None

    def _decoded(self, ref: FrameRef, frame: Frame) -> None:
        self._decoding.discard(ref)
        self._frames[ref] = frame
        while len(self._frames) > MOST_OVER:
            self._frames.popitem(last=False)
        self.changed.tell(ref.series_uid)

    def has_segments(self, ref: FrameRef, plane: Plane | None, frame_of_reference_uid: str) -> bool:
        """Whether a segmentation has a frame on an image."""
        segmentations = [of for of, _ in self._segmentations.values()]
        return any(self._on(of, ref, plane, frame_of_reference_uid) for of in segmentations)

    def _on(self, of: Segmentation, ref: FrameRef, plane: Plane | None, space: str) -> tuple[SegmentFrame, ...]:
        if plane is None:
            return of.on(ref, plane, space)
        name = of.sop_uid, ref
        if name not in self._lying:
            self._lying[name] = of.on(ref, plane, space)
        return self._lying[name]

    def segments_on(
        self, ref: FrameRef, plane: Plane | None, frame_of_reference_uid: str
    ) -> tuple[SegmentPicture, ...]:
        """The segments on an image as far as they are drawn already; the rest is begun, and changed tells when it came."""
        found: list[SegmentPicture] = []
        for of, opened in self._segmentations.values():
            name = of.sop_uid, ref
            if name in self._pictures:
                self._pictures.move_to_end(name)
                found.extend(self._pictures[name])
            elif not self._drawing and (frames := self._on(of, ref, plane, frame_of_reference_uid)):
                # One at a time: an opened object is not read from two threads at once.
                self._drawing = True
                self._cpu.submit(
                    segment_pictures, of, opened, frames, plane,
                    done=partial(self._drawn, name), failed=partial(self._not_drawn, name), ticket=self._ticket,
                    lane=Lane.NOW,
                )  # fmt: skip
        return tuple(found)

    def _drawn(self, name: tuple[str, FrameRef], pictures: tuple[SegmentPicture, ...]) -> None:
        self._drawing = False
        self._pictures[name] = pictures
        while len(self._pictures) > MOST_PICTURES:
            self._pictures.popitem(last=False)
        self.changed.tell(name[1].series_uid)

    def _not_drawn(self, name: tuple[str, FrameRef], error: Exception) -> None:
        self._drawn(name, ())
        self._failed(error)


def frame_job(shelf: Shelf, ref: FrameRef) -> Frame:
    """A frame of the shelf, decoded."""
    part10 = shelf.get(ref.sop_uid, ref.study_uid)
    if part10 is None:
        raise ReaderError("An image left the cache.", "Open the study again to fetch it.")
    return decode(part10, ref.frame)


def read_job(shelf: Shelf, ref: FrameRef, sop_class: str) -> Read:
    """A document of the shelf as what it is."""
    part10 = shelf.get(ref.sop_uid, ref.study_uid)
    if part10 is None:
        raise ReaderError("A document left the cache.", "Open the study again to fetch it.")
    if sop_class in SEGMENTATION_CLASSES:
        opened = opened_segmentation(part10)
        return segmentation(opened.header), opened
    if sop_class == SPATIAL_REGISTRATION:
        return registration(header(part10))
    if sop_class in MEASUREMENT_CLASSES:
        return read_measurements(part10)
    return key_selection(header(part10)) if sop_class == KEY_OBJECT_SELECTION else presentation_state(header(part10))
