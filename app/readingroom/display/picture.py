"""One finished viewport as a value: layers of pixels, graphics in screen pixels, and words. Nothing here draws."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display.camera import Letters, ScreenPoint
from readingroom.display.completeness import Strip
from readingroom.pixels.table import PARTS, FineTable

SLAB_MODES = ("thin", "max", "min", "mean")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Pixels, where they lie on the view, and how they become grey or colour: all that an engine needs to know.

    pixels: (rows, columns) or (slices, rows, columns), int16 or uint16; or RGB (rows, columns, 3) uint8, table None.
    Words of 32 bits, which engines make of large images, count in PARTS of a stored unit. Never written to after it was handed over: engines recognise an array by its identity.
    matrix: 4 x 4, view pixel (column, row, slab sample, 1) to voxel index (column, row, slice, 1).
    table: 65 536 entries for the raw 16-bit patterns, uint8 grey (65536,) or (65536, 4) blue, green, red, alpha.
    slab: how `n` samples one third column apart, centred on the view plane, become one value; ("thin", 1) for one.
    alpha: share of this layer over those below it. outline: draw only the borders of equal values, and never value 0.
    padding: inclusive range of stored units that is no image; a smooth layer of one slice mixes no value with it.
    fine: what goes before the table where a stored unit is several greys.
    hidden: (rows, columns) of the view, uint8: where it is not 0 nothing of this layer is drawn, below it lies what it lies on.
    """

    pixels: NDArray[Any]
    matrix: NDArray[np.float64]
    table: NDArray[np.uint8] | None
    slab: tuple[str, int] = ("thin", 1)
    smooth: bool = True
    alpha: float = 1.0
    outline: bool = False
    padding: tuple[int, int] | None = None
    fine: FineTable | None = None
    hidden: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        kind = (self.pixels.dtype.name, self.pixels.ndim)
        grey = kind in {("int16", 2), ("int16", 3), ("uint16", 2), ("uint16", 3), ("int32", 2), ("uint32", 2)}
        colour = kind == ("uint8", 3) and self.pixels.shape[2] == 3
        mode, samples = self.slab
        if not (grey and self.table is not None) and not (colour and self.table is None):
            raise ValueError(f"no layer can be made of {kind[0]} pixels in {kind[1]} dimensions with this table")
        if mode not in SLAB_MODES or samples < 1 or (samples > 1 and (mode == "thin" or not self.is_volume)):
            raise ValueError(f"no slab can be made as {mode} of {samples}")

    @property
    def is_colour(self) -> bool:
        """Whether the pixels are RGB."""
        return self.table is None

    @property
    def parts(self) -> int:
        """Into how many parts of a stored unit the pixels count."""
        return PARTS if self.pixels.dtype.itemsize == 4 else 1

    @property
    def is_volume(self) -> bool:
        """Whether the pixels have slices."""
        return self.pixels.ndim == 3 and not self.is_colour

    @property
    def extent(self) -> tuple[int, int, int]:
        """(columns, rows, slices)."""
        slices = self.pixels.shape[0] if self.is_volume else 1
        rows, columns = self.pixels.shape[1:] if self.is_volume else self.pixels.shape[:2]
        return int(columns), int(rows), int(slices)


class Role(StrEnum):
    """What a graphic is; the theme gives each role its colour."""

    MEASUREMENT = "measurement"
    DRAWING = "drawing"
    READ_ONLY = "read_only"
    REFERENCE = "reference"
    REFERENCE_CURRENT = "reference_current"
    PRESENTATION = "presentation"


@dataclass(frozen=True, slots=True)
class PolylineGraphic:
    """Straight lines through points. owner: tracking UID of the measurement, "" for none; colour: in place of its role's."""

    points: tuple[ScreenPoint, ...]
    role: Role
    owner: str = ""
    dashed: bool = False
    selected: bool = False
    closed: bool = False
    colour: tuple[int, int, int] | None = None
    filled: bool = False


@dataclass(frozen=True, slots=True)
class EllipseGraphic:
    """Every point centre + cos(t) first + sin(t) second; first and second are half-axes as screen vectors."""

    centre: ScreenPoint
    first: ScreenPoint
    second: ScreenPoint
    role: Role
    owner: str = ""
    dashed: bool = False
    selected: bool = False
    colour: tuple[int, int, int] | None = None
    filled: bool = False


@dataclass(frozen=True, slots=True)
class LabelGraphic:
    """Lines of text with the left end of the first line's middle at anchor; foot: what the text belongs to."""

    anchor: ScreenPoint
    lines: tuple[str, ...]
    role: Role
    owner: str = ""
    selected: bool = False
    foot: ScreenPoint | None = None
    colour: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class HandleGraphic:
    """A point that can be taken hold of; index: which point of the measurement it is."""

    at: ScreenPoint
    index: int
    role: Role
    owner: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceLineGraphic:
    """Where another image cuts this one; name: its slice, written at the end of the line."""

    start: ScreenPoint
    end: ScreenPoint
    name: str
    role: Role = Role.REFERENCE
    dashed: bool = False


Graphic = PolylineGraphic | EllipseGraphic | LabelGraphic | HandleGraphic | ReferenceLineGraphic


class Tone(StrEnum):
    """How loud a badge is: said, look here, stop."""

    CALM = "calm"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Badge:
    """A word that must not be overlooked; large: not even by who looks at nothing but the image."""

    text: str
    tone: Tone = Tone.CALM
    large: bool = False


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar of length_px screen pixels (vertical) that stands for length_mm; text says so, with its basis."""

    length_px: float
    length_mm: float
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The text over an image: lines of the four corners, edge letters, badges, scale bar, and what the cursor is on.

    outer: "left" or "right" where badges, scale bar and readout stand on that side, because the other is tissue.
    """

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()
    letters: Letters = field(default_factory=Letters)
    badges: tuple[Badge, ...] = ()
    scale_bar: ScaleBar | None = None
    readout: str = ""
    outer: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What stands where the image would be: a problem with its remedy, or calmly what is on its way."""

    problem: str
    remedy: str = ""
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One viewport: what is drawn from bottom to top. Layers are empty where message is given; strip: what was read of its series."""

    layers: tuple[Layer, ...] = ()
    graphics: tuple[Graphic, ...] = ()
    words: Words = field(default_factory=Words)
    message: Message | None = None
    strip: Strip | None = None
