"""One display set in colours over another: its own voxels at its own resolution, on whatever plane is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.display import words
from readingroom.display.mpr import DRAFT_HATCH, HATCH_GREY, MprView, pane_plane
from readingroom.display.palettes import Palette, palette_named
from readingroom.display.picture import Badge, Layer, Picture, Tone
from readingroom.display.stack import Stack
from readingroom.geometry.joined import Join, in_space
from readingroom.geometry.lattice import Lattice
from readingroom.geometry.plane import Plane
from readingroom.geometry.reformat import Slab, slab_of, view_matrix
from readingroom.measure.refused import Refused
from readingroom.measure.suv import suv_of
from readingroom.pixels.filling import WORDS
from readingroom.pixels.frame import SuvTags, Voi
from readingroom.pixels.trilinear import missing
from readingroom.pixels.voi import grey_level
from readingroom.pixels.voxels import Voxels
from readingroom.record.study import Vector

GAP_PX, GAP_EVERY_PX = 2, 12
"""Stripes where planes of the over are missing: this wide, one in so many pixels, so that what lies below can be read."""
ALPHA = 0.5
ALPHA_STEP = 0.1
MODALITIES = ("PT", "NM", "MR", "CT")
"""What is laid over something else, in the order in which it is chosen."""
_UPTAKE_TO = {"g/ml{SUVbw}": 7.0}
"""Up to where uptake is shown at first, where its unit is one that readers compare."""
MOST_FEW = 4096
"""Of fewer different words than these a sample between two would be rounded visibly."""


@dataclass(frozen=True, slots=True, eq=False)
class Over:
    """What is laid over: voxels in the other's frame of reference, and what their values are called.

    Shown value = factor times modality value, in unit. notes: what a reader must know of it, each for the image.
    """

    voxels: Voxels
    stack: Stack
    factor: float = 1.0
    unit: str = ""
    notes: tuple[Badge, ...] = ()

    @property
    def gone(self) -> bool:
        """Whether planes of it are missing."""
        return None in self.voxels.lattice.planes

    @property
    def title(self) -> str:
        """The series by its name: "PT Whole body AC"."""
        return f"{self.stack.modality} {self.stack.description}".strip()

    def values_of(self, words_: NDArray[np.float64]) -> NDArray[np.float64]:
        """Words, also interpolated ones, in unit."""
        return self.voxels.values_of(words_) * self.factor


@dataclass(frozen=True, slots=True, eq=False)
class Fusion:
    """How it is laid over: alpha from 0 to 1; voi in the over's unit; nothing is drawn below threshold (in that unit)."""

    palette: Palette
    voi: Voi
    alpha: float = ALPHA
    threshold: float | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.alpha) and 0 <= self.alpha <= 1):
            raise ValueError("alpha is from 0 to 1")


@dataclass(frozen=True, slots=True, eq=False)
class Overlaid:
    """An over as it is laid: what viewports are given. table: (65 536, 4) blue, green, red, drawn for its words."""

    over: Over
    how: Fusion
    table: NDArray[np.uint8]


def over_of(voxels: Voxels, stack: Stack, join: Join, uptake: Sequence[SuvTags] = ()) -> Over:
    """A volume made ready to be laid over a series of the frame of reference that join leads to.

    uptake: what every image says about SUV, for scans whose images were taken one after the other; else the middle one's.
    """
    factor, unit = 1.0, voxels.facts.unit
    notes: list[Badge] = []
    if voxels.facts.modality == "PT":
        factor, unit, notes = uptake_factor(voxels, uptake)
    if join.by is not None:
        notes.append(Badge(registered(join), Tone.AMBER))
    if voxels.lattice.note:
        notes.append(Badge(f"{stack.modality}: {voxels.lattice.note}", Tone.AMBER))
    placed = replace(_spread(voxels), lattice=in_space(voxels.lattice, join))
    return Over(placed, stack, factor, unit, tuple(notes))


def registered(join: Join) -> str:
    """By which registration two frames of reference are joined: "REGISTERED by an object of 24 Nov 2026 (Name)"."""
    if join.by is None:
        return ""
    return f"REGISTERED by an object of {words.day(join.by.on)}" + (f" ({join.by.by})" if join.by.by else "")


def uptake_factor(voxels: Voxels, uptake: Sequence[SuvTags]) -> tuple[float, str, list[Badge]]:
    """SUV by body weight where it holds, else the unit of the scanner with the reason."""
    tags = voxels.facts.suv
    corrected = tags is not None and "ATTN" in tags.corrected
    notes = [Badge("Attenuation corrected") if corrected else Badge("NAC: NOT corrected for attenuation", Tone.AMBER)]
    try:
        suv = suv_of(tags)
        if suv.reference.startswith("acquisition time"):
            # Decay is corrected to the scan's start: the first bed's time counts for all of them.
            timed = [one for one in uptake if one.acquired_time]
            first = min(timed, key=lambda one: (one.acquired_date, one.acquired_time), default=tags)
            suv = suv_of(first)
        return suv.factor, suv.unit, notes
    except Refused as refused:
        return 1.0, voxels.facts.unit, [*notes, Badge(refused.problem, Tone.AMBER)]


def _spread(voxels: Voxels) -> Voxels:
    """Few values in words over all of 16 bits, so that what is interpolated is not rounded to whole counts.

    Padding takes the least value: nothing may be interpolated with a number that is none.
    """
    padding = voxels.facts.padding
    if (voxels.slope, voxels.intercept) != (voxels.facts.slope, voxels.facts.intercept):
        padding = None
    here = [n for n, plane in enumerate(voxels.lattice.planes) if plane is not None]
    pictures = {n: _unpadded(voxels.words[n], padding) for n in here}
    ends = [(int(one.min()), int(one.max())) for one in pictures.values() if one.size]
    low, high = min((end[0] for end in ends), default=0), max((end[1] for end in ends), default=0)
    few = high - low < MOST_FEW
    if padding is None and not few and len(here) == voxels.lattice.slices:
        return voxels
    times = WORDS // max(1, high - low) if few else 1
    words_ = np.zeros(voxels.words.shape, np.uint16)
    for n in here:
        plane = voxels.words[n].astype(np.int32)
        if padding is not None:
            plane[(plane >= padding[0]) & (plane <= padding[1])] = low
        words_[n] = (plane - low) * times
    intercept = voxels.intercept + low * voxels.slope
    return replace(voxels, words=words_, slope=voxels.slope / times, intercept=intercept)


def _unpadded(stored: NDArray[Any], padding: tuple[int, int] | None) -> NDArray[Any]:
    return stored if padding is None else stored[(stored < padding[0]) | (stored > padding[1])]


def first_fusion(over: Over) -> Fusion:
    """Uptake in hot iron from 0; anything else in its own window, or from its least to its greatest value."""
    most = _UPTAKE_TO.get(over.unit)
    vois = over.voxels.facts.vois
    if most is not None:
        return Fusion(palette_named("hot-iron"), Voi(most / 2, most, "LINEAR_EXACT"))
    if over.voxels.facts.modality not in ("PT", "NM") and vois and vois[0].table is None:
        return Fusion(palette_named("hot-metal-blue"), replace(vois[0], explanation=""))
    ends = over.values_of(np.array([over.voxels.words.min(), over.voxels.words.max()], np.float64))
    low, high = (float(end) for end in ends)
    low = min(0.0, low) if over.voxels.facts.modality in ("PT", "NM") else low
    return Fusion(palette_named("hot-iron"), Voi((low + high) / 2, max(high - low, 1e-6), "LINEAR_EXACT"))


def colours_of(values: NDArray[np.float64], how: Fusion) -> NDArray[np.uint8]:
    """Values of an over (any shape, in its unit) as blue, green, red and 255; 0 for what is not drawn at all."""
    level = np.floor(grey_level(np.nan_to_num(values), how.voi) + 0.5).astype(np.intp)
    made = np.full((*values.shape, 4), 255, np.uint8)
    made[..., :3] = how.palette.entries[level][..., ::-1]
    drawn = np.isfinite(values)
    if how.threshold is not None:
        drawn &= values >= how.threshold
    made[~drawn, 3] = 0
    return made


def laid(grey: NDArray[np.uint8], colours: NDArray[np.uint8], alpha: float) -> NDArray[np.uint8]:
    """Grey levels under colours (blue, green, red, drawn) as RGB: grey × (1 − alpha) + colour × alpha, rounded half up."""
    share = np.where(colours[..., 3:] > 0, alpha, 0.0)
    mixed = grey[..., None] * (1.0 - share) + colours[..., 2::-1] * share
    return np.floor(mixed + 0.5).astype(np.uint8)


def overlaid(over: Over, how: Fusion) -> Overlaid:
    """An over with its colour table; made once for a window, so that engines know the table again."""
    every = np.arange(65536, dtype=np.uint16).view(over.voxels.words.dtype).astype(np.float64)
    return Overlaid(over, how, colours_of(over.values_of(every), how))


def plane_slab(over: Over, plane: Plane, slab_mm: float, mode: str, draft: bool = False) -> Slab:
    """The over's own samples of a slab that is as thick as the one below it."""
    slab = slab_of(over.voxels.lattice, plane, slab_mm, mode)
    if draft and slab.samples > 3:
        fewer = slab.samples // 2 | 1
        return Slab(slab.mode, fewer, slab.step_mm * slab.samples / fewer)
    return slab


def plane_layer(laid_over: Overlaid, plane: Plane, slab: Slab) -> Layer:
    """An over on a plane whose pixels are those of the glass; over planes that are missing too, until `without_gaps`."""
    over, how = laid_over.over, laid_over.how
    matrix = view_matrix(over.voxels.lattice, plane, slab)
    mode = (slab.mode, slab.samples) if slab.samples > 1 else ("thin", 1)
    return Layer(over.voxels.words, matrix, laid_over.table, slab=mode, alpha=how.alpha)


def image_layer(laid_over: Overlaid, plane: Plane, camera_matrix: NDArray[np.float64]) -> Layer:
    """An over on an image: camera_matrix leads from pixels of the glass to those of the image (centres at integers)."""
    layer = plane_layer(laid_over, plane, Slab())
    return replace(layer, matrix=layer.matrix @ camera_matrix)


def meets(over: Over, plane: Plane) -> bool:
    """Whether a plane's rectangle comes near the over at all: else nothing is drawn, and that is said."""
    corners = [plane.to_patient(x, y) for x in (0.0, float(plane.columns)) for y in (0.0, float(plane.rows))]
    places = np.array([[*corner, 1.0] for corner in corners]) @ over.voxels.lattice.to_voxel.T
    sizes = (over.voxels.lattice.columns, over.voxels.lattice.rows, over.voxels.lattice.slices)
    return all(
        float(places[:, n].max()) > -0.5 and float(places[:, n].min()) < size - 0.5 for n, size in enumerate(sizes)
    )


def caption(over: Over, how: Fusion) -> tuple[str, ...]:
    """What is laid over, with its window in its unit, palette and share: for the corner beside the base's window."""
    least = f", from {how.threshold:.4g}" if how.threshold is not None else ""
    return (
        f"over: {over.title}",
        f"{words.window(how.voi, '', over.unit)}{least}",
        f"{how.palette.title}  ·  α {how.alpha:.0%}",
    )


def without_gaps(layer: Layer, over: Over, size: tuple[int, int], slab: Slab, draft: bool = False) -> tuple[Layer, ...]:
    """The layer of an over that is drawn nowhere where it would rest on missing planes, and stripes there over what lies below."""
    if not over.gone:
        return (layer,)
    width, height = size
    coarse = DRAFT_HATCH if draft else 1
    wider = np.diag([float(coarse), float(coarse), 1.0, 1.0])
    few = missing(over.voxels.lattice, layer.matrix @ wider, -(-width // coarse), -(-height // coarse), slab)
    if not few.any():
        return (layer,)
    gone = few.repeat(coarse, 0).repeat(coarse, 1)[:height, :width].astype(np.uint8)
    y, x = np.ogrid[:height, :width]
    stripes = ((x + y) % GAP_EVERY_PX < GAP_PX) * gone.astype(np.uint16)
    return replace(layer, hidden=gone), Layer(stripes, np.eye(4), _stripe_table(), smooth=False)


@cache
def _stripe_table() -> NDArray[np.uint8]:
    table = np.zeros((65536, 4), np.uint8)
    table[1] = HATCH_GREY, HATCH_GREY, HATCH_GREY, 255
    return table


def fused(
    picture: Picture, laid_over: Overlaid, layers: tuple[Layer, ...], plane: Plane, at: Vector | None
) -> Picture:  # fmt: skip
    """A picture with what is laid over it (layers, as `without_gaps` gives them): above its first layer, in its caption, its badges and its readout.

    plane: what the picture shows. at: the point of the patient under the pointer.
    """
    over = laid_over.over
    away = () if meets(over, plane) else (Badge(f"{over.stack.modality} does not reach here", Tone.AMBER),)
    missing = (Badge(f"{over.stack.modality}: planes missing, not drawn there", Tone.RED),) if over.gone else ()
    readout = picture.words.readout
    if at is not None:
        readout = "  ·  ".join(part for part in (readout, reading(over, at)) if part)
    said = replace(
        picture.words, readout=readout, badges=(*picture.words.badges, *over.notes, *missing, *away),
        bottom_right=(*caption(over, laid_over.how), *picture.words.bottom_right),
    )  # fmt: skip
    return replace(picture, layers=(picture.layers[0], *layers, *picture.layers[1:]), words=said)


def over_pane(
    picture: Picture, laid_over: Overlaid, view: MprView, pane: str, lattice: Lattice, size: tuple[int, int],
    draft: bool,
) -> Picture:  # fmt: skip
    """A pane of a volume with another series laid over it: the same plane, and as thick a slab of its own voxels."""
    plane = pane_plane(view, pane, lattice, *size)
    slab = plane_slab(laid_over.over, plane, view.slab_mm, view.mode, draft)
    layers = without_gaps(plane_layer(laid_over, plane, slab), laid_over.over, size, slab, draft)
    return fused(picture, laid_over, layers, plane, None)


def reading(over: Over, point_mm: Vector) -> str:
    """What the over's nearest voxel says at a point: "SUVbw 5.23"; "" outside it."""
    lattice = over.voxels.lattice
    column, row, deep = (round(float(part)) for part in (lattice.to_voxel @ np.array([*point_mm, 1.0]))[:3])
    if not (0 <= column < lattice.columns and 0 <= row < lattice.rows and 0 <= deep < lattice.slices):
        return f"{over.stack.modality} outside"
    if lattice.planes[deep] is None:
        return f"{over.stack.modality} missing plane"
    value = float(over.values_of(np.asarray(over.voxels.words[deep, row, column], np.float64)))
    return f"{over.stack.modality} {words.reading(value, over.unit)}"


def candidates(base: Stack, stacks: Sequence[Stack]) -> tuple[Stack, ...]:
    """What of an examination may be laid over a series: volumes of another modality or another series, uptake first."""
    found = [
        one for one in stacks
        if one.study_uid == base.study_uid and one.kind == "stack" and one.id != base.id
        and one.modality in MODALITIES and one.modality != base.modality and len(one.frames) > 1
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (MODALITIES.index(one.modality), -len(one.frames))))
