"""Study, series, instance and frame, as values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time

from readingroom.record.patient import Patient

Vector = tuple[float, float, float]
Cosines = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, order=True)
class FrameRef:
    """One frame of one stored object; frame counts from 1 as in DICOM (PS3.3 10.3)."""

    study_uid: str
    series_uid: str
    sop_uid: str
    frame: int = 1


@dataclass(frozen=True, slots=True)
class FramePlace:
    """Where one frame lies and what tells it from its neighbours, as far as the header says.

    position_mm and orientation: LPS, PS3.3 C.7.6.2.1.1; spacing_mm: (between rows, between columns).
    marks: what splits a series, e.g. ("b_value", "1000"), ("temporal_position", "3"). number: by which images that follow
    each other are counted. thickness_mm, between_mm: what the header says; never taken for the distance of positions.
    """

    position_mm: Vector | None = None
    orientation: Cosines | None = None
    spacing_mm: tuple[float, float] | None = None
    marks: tuple[tuple[str, str], ...] = ()
    number: int | None = None
    thickness_mm: float | None = None
    between_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One stored object as its header describes it; places has one entry per frame, or one for all.

    frame_of_reference_uid: of this object, where its series may have several. withdrawn: frames (from 1) that a rejection note takes out of the examination; they are in no stack.
    detector_spacing_mm: Imager Pixel Spacing (between rows, between columns); magnification: the estimated radiographic one.
    """

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class: str
    number: int | None
    rows: int
    columns: int
    frames: int
    places: tuple[FramePlace, ...] = (FramePlace(),)
    image_type: tuple[str, ...] = ()
    acquisition_number: int | None = None
    content_time: str = ""
    view: str = ""
    laterality: str = ""
    patient_orientation: tuple[str, ...] = ()
    frame_time_ms: float | None = None
    transfer_syntax: str = ""
    series_of_reference: str = ""
    withdrawn: tuple[int, ...] = ()
    view_modifiers: tuple[str, ...] = ()
    detector_spacing_mm: tuple[float, float] | None = None
    magnification: float | None = None
    frame_of_reference_uid: str = ""

    @property
    def is_image(self) -> bool:
        """Whether the object has pixels that a viewport can show."""
        return self.rows > 0 and self.columns > 0

    def place(self, frame: int) -> FramePlace:
        """Where a frame lies (frame from 1)."""
        return self.places[frame - 1] if frame <= len(self.places) else self.places[0]

    def frame_refs(self) -> Iterator[FrameRef]:
        """Every frame of this object that was not withdrawn, in order."""
        for frame in range(1, max(1, self.frames) + 1):
            if frame in self.withdrawn:
                continue
            yield FrameRef(self.study_uid, self.series_uid, self.sop_uid, frame)


@dataclass(frozen=True, slots=True)
class Series:
    """One series; expected is the archive's own count, None when it gave none.

    facts: (keyword, value) of what its first object says of how it was made, several values joined by a backslash.
    """

    uid: str
    number: int | None
    modality: str
    description: str
    body_part: str = ""
    laterality: str = ""
    frame_of_reference_uid: str = ""
    protocol: str = ""
    kernel: str = ""
    slice_thickness_mm: float | None = None
    instances: tuple[Instance, ...] = ()
    expected: int | None = None
    facts: tuple[tuple[str, str], ...] = ()

    def fact(self, keyword: str) -> str:
        """What the first object says under this keyword, "" where it says nothing."""
        return next((value for name, value in self.facts if name == keyword), "")


@dataclass(frozen=True, slots=True)
class SetAside:
    """An object that came under a study and is not shown with it, and why: it names another patient or study."""

    series_uid: str
    sop_uid: str
    problem: str


@dataclass(frozen=True, slots=True)
class Study:
    """One examination: what it is, whose it is, who holds it, its series, and what was set aside from it."""

    uid: str
    patient: Patient
    date: date | None
    time: time | None
    description: str
    accession: str = ""
    institution: str = ""
    referrer: str = ""
    procedure_code: tuple[str, str, str] | None = None
    series: tuple[Series, ...] = ()
    expected: int | None = None
    held_by: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities in series order, each once."""
        return tuple(dict.fromkeys(s.modality for s in self.series if s.modality))

    def series_named(self, uid: str) -> Series | None:
        """The series with this UID, or None."""
        return next((s for s in self.series if s.uid == uid), None)

    def instances(self) -> Iterator[Instance]:
        """Every object of the study in series order."""
        for series in self.series:
            yield from series.instances

    def with_series(self, series: Series) -> "Study":
        """This study with one series put in, in place of the one with the same UID or at the end."""
        kept = [series if s.uid == series.uid else s for s in self.series]
        if series.uid not in {s.uid for s in self.series}:
            kept.append(series)
        return replace(self, series=tuple(kept))
