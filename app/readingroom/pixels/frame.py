"""One decoded frame and the facts that came with it, as values. Everything a display or a measurement may use."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.geometry.plane import Plane
from readingroom.record.study import FrameRef


@dataclass(frozen=True, slots=True, eq=False)
class LookupTable:
    """A DICOM lookup table (PS3.3 C.11.1.1, C.11.2.1.1): entry for first_mapped and below is entries[0]."""

    first_mapped: int
    bits: int
    entries: NDArray[np.uint16]
    explanation: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ColourTable:
    """A palette (PS3.3 C.7.6.3.1.5): RGB uint8 entries of shape (n, 3), the first for the stored value first_mapped."""

    first_mapped: int
    entries: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Voi:
    """How modality values become grey: a window with its function (LINEAR, LINEAR_EXACT, SIGMOID) or a table.

    centre and width in modality units (PS3.3 C.11.2); table replaces them where it is given.
    """

    centre: float = 0.0
    width: float = 1.0
    function: str = "LINEAR"
    explanation: str = ""
    table: LookupTable | None = None


@dataclass(frozen=True, slots=True)
class SpacingTags:
    """What the header says about the size of a pixel; each (between rows, between columns) in mm, None where absent."""

    pixel_spacing: tuple[float, float] | None = None
    imager_spacing: tuple[float, float] | None = None
    nominal_scanned: tuple[float, float] | None = None
    calibration_type: str = ""
    calibration_description: str = ""
    magnification: float | None = None
    source_to_detector_mm: float | None = None
    source_to_patient_mm: float | None = None
    aspect_ratio: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """One region of an ultrasound image (PS3.3 C.8.5.5): pixel bounds inclusive, deltas per pixel, unit codes.

    zero_x, zero_y: the image pixel (column, row, from 0) that shows value_x, value_y; None where the header is silent.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    unit_x: int
    unit_y: int
    delta_x: float
    delta_y: float
    spatial_format: int
    data_type: int
    zero_x: int | None = None
    zero_y: int | None = None
    value_x: float = 0.0
    value_y: float = 0.0


@dataclass(frozen=True, slots=True)
class SuvTags:
    """What SUV needs (PS3.3 C.8.9.1, QIBA): each None or "" where the header is silent."""

    units: str = ""
    corrected: tuple[str, ...] = ()
    decay_correction: str = ""
    weight_kg: float | None = None
    height_m: float | None = None
    sex: str = ""
    dose_bq: float | None = None
    half_life_s: float | None = None
    injected_at: str = ""
    injected_time: str = ""
    series_date: str = ""
    series_time: str = ""
    acquired_date: str = ""
    acquired_time: str = ""
    private: tuple[tuple[str, float | str], ...] = ()
    suv_type: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class OverlayPlane:
    """One overlay (PS3.3 C.9.2): bits has shape (rows, columns), origin is 1-based (row, column)."""

    group: int
    bits: NDArray[np.bool_]
    origin: tuple[int, int]
    kind: str = "G"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shutter:
    """A display shutter (PS3.3 C.7.6.11): shapes among RECTANGULAR, CIRCULAR, POLYGONAL; 1-based pixels, edges visible."""

    shapes: tuple[str, ...] = ()
    left: int = 0
    right: int = 0
    upper: int = 0
    lower: int = 0
    centre: tuple[int, int] = (0, 0)
    radius: int = 0
    vertices: tuple[tuple[int, int], ...] = ()
    value: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FrameFacts:
    """What the header of one frame says, gathered once when it is decoded.

    padding: inclusive (low, high) of stored values that are no picture, or None. modality_lut replaces slope and
    intercept. supplemental: stored values from its first on are shown in its colours, whatever the window (PS3.3
    C.7.6.19). unit: of modality values, "HU" only where it may be believed (PS3.3 C.11.1.1.2, CT Image).
    quality: "" original, or what a reader must know ("LOSSY 19:1", "PREVIEW").
    """

    ref: FrameRef
    sop_class: str
    modality: str
    transfer_syntax: str
    frames: int
    rows: int
    columns: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    slope: float = 1.0
    intercept: float = 0.0
    modality_lut: LookupTable | None = None
    unit: str = ""
    vois: tuple[Voi, ...] = ()
    inverse: bool = False
    presentation_lut: LookupTable | None = None
    supplemental: ColourTable | None = None
    pixel_presentation: str = ""
    padding: tuple[int, int] | None = None
    plane: Plane | None = None
    spacing: SpacingTags = field(default_factory=SpacingTags)
    regions: tuple[UltrasoundRegion, ...] = ()
    suv: SuvTags | None = None
    overlays: tuple[OverlayPlane, ...] = ()
    shutter: Shutter | None = None
    patient_orientation: tuple[str, ...] = ()
    laterality: str = ""
    view: str = ""
    frame_time_ms: float | None = None
    lossy: bool = False
    quality: str = ""
    warnings: tuple[str, ...] = ()
    extra: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded frame.

    stored: grey as stored, shape (rows, columns), integers or floats, high bits and overlays removed and sign extended;
    colour as RGB uint8, shape (rows, columns, 3), after palette, colour space and colour profile were resolved. Read-only.
    unmanaged: RGB in its stored depth and before its profile, where that is not what stored holds.
    """

    stored: NDArray[Any]
    facts: FrameFacts
    unmanaged: NDArray[Any] | None = None

    @property
    def is_colour(self) -> bool:
        """Whether the frame is RGB."""
        return self.stored.ndim == 3
