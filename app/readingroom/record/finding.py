"""A measurement as evidence: where it was drawn, what it says, in which unit and on which basis."""

from dataclasses import dataclass, replace
from datetime import datetime

from readingroom.base.uid import new_uid
from readingroom.record.study import FrameRef, Vector

ImagePoint = tuple[float, float]
"""(x, y) = (column, row) in DICOM image coordinates: the centre of the first pixel is (0.5, 0.5) (PS3.3 C.10.5.1.2)."""


@dataclass(frozen=True, slots=True)
class Value:
    """One number with its unit (UCUM, or "px") and its error bar; concept is the DICOM code meaning, e.g. "Length"."""

    concept: str
    value: float
    unit: str
    plus_minus: float | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a millimetre may be believed: unit "mm" or "px", and the words that go with every number.

    text: e.g. "mm", "mm at detector", "mm (calibrated: FIDUCIAL)", "px: no pixel spacing". certain: False draws dotted.
    """

    unit: str
    text: str
    source: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class InSpace:
    """Where a measurement lies that was drawn on a plane through a volume.

    points_mm: LPS millimetres in frame_of_reference_uid (PS3.3 C.18.9), by tool what Measurement.points are. row, column:
    the plane's directions, of length one. slab_mm: its thickness, 0 for a thin plane; mode: mean, max or min.
    """

    points_mm: tuple[Vector, ...]
    frame_of_reference_uid: str
    row: Vector
    column: Vector
    slab_mm: float = 0.0
    mode: str = "mean"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement on one frame. tracking_uid is the lesion's identity and stays for years (DCM 112040).

    points: image coordinates; their meaning depends on the tool: length 2 ends; ellipse major ends then minor ends
    (PS3.3 C.18.6.1.2). values: computed by the measure room only. space: where it was drawn on a plane through a volume;
    then it has no points, and frame is the image nearest to it.
    """

    tool: str
    frame: FrameRef
    points: tuple[ImagePoint, ...]
    values: tuple[Value, ...]
    basis: Basis
    label: str = ""
    tracking_uid: str = ""
    author: str = ""
    at: datetime | None = None
    finding: tuple[str, str, str] | None = None
    site: tuple[str, str, str] | None = None
    space: InSpace | None = None

    def identified(self) -> "Measurement":
        """This measurement with a tracking UID of its own, if it had none."""
        return self if self.tracking_uid else replace(self, tracking_uid=new_uid())

    def value(self, concept: str) -> Value | None:
        """The value of a concept, or None."""
        return next((v for v in self.values if v.concept == concept), None)
