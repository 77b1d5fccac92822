"""Three planes through one volume as a value: where they meet, how they are turned, and each of them as a picture."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
from numpy.typing import NDArray

from readingroom.display import words
from readingroom.display.camera import Letters, ScreenPoint
from readingroom.display.picture import (
    Badge,
    Graphic,
    HandleGraphic,
    Layer,
    Picture,
    PolylineGraphic,
    Role,
    ScaleBar,
    Tone,
    Words,
)
from readingroom.display.tables import Tables
from readingroom.geometry import axes
from readingroom.geometry.lattice import Lattice
from readingroom.geometry.plane import Plane, cross, dot, unit
from readingroom.geometry.reformat import DIRECTIONS, Slab, slab_of, sum_of, view_matrix, voxel_step_mm
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.trilinear import missing
from readingroom.pixels.voxels import Voxels
from readingroom.record.study import Vector

PANES = ("axial", "coronal", "sagittal")
COLOURS = {"axial": (86, 156, 255), "coronal": (92, 200, 120), "sagittal": (235, 190, 70)}
"""Each plane in one colour wherever it is drawn: blue, green, yellow."""
OPEN_PX = 18.0
"""The lines leave the point where they meet free, so that what is there can be seen."""
HANDLE_SHARE = 0.36
HATCH_GREY = 96
HATCH_PX = 4
"""Width of a stripe where planes are missing."""
MOST_SLAB_MM = 200.0
DRAFT_HATCH = 2
"""While the hand moves, so many pixels each way are told together to be missing."""
_MODES = {"max": "MIP", "min": "MinIP", "mean": "mean"}
_BARS_MM = (200.0, 100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0)


@dataclass(frozen=True, slots=True)
class MprView:
    """point_mm: where the planes meet (LPS). axial, coronal, sagittal: (row, column) of each pane, as it is read.

    centre_mm: what lies in the middle of every pane, but for its own plane's depth. zoom: device pixels per millimetre,
    None to fit. slab_mm: 0 for thin.
    """

    point_mm: Vector
    centre_mm: Vector
    axial: tuple[Vector, Vector] = DIRECTIONS["axial"]
    coronal: tuple[Vector, Vector] = DIRECTIONS["coronal"]
    sagittal: tuple[Vector, Vector] = DIRECTIONS["sagittal"]
    zoom: float | None = None
    slab_mm: float = 0.0
    mode: str = "max"
    voi: Voi | None = None
    voi_name: str = ""
    inverted: bool = False

    @property
    def turned(self) -> bool:
        """Whether one of the planes is not the patient's own."""
        return any(self.is_oblique(pane) for pane in PANES)

    def is_oblique(self, pane: str) -> bool:
        """Whether a pane lies across the patient's own planes."""
        return max(abs(part) for part in self.normal(pane)) < 1 - 1e-9

    def directions(self, pane: str) -> tuple[Vector, Vector]:
        """(row, column) of a pane."""
        return {"axial": self.axial, "coronal": self.coronal, "sagittal": self.sagittal}[pane]

    def normal(self, pane: str) -> Vector:
        """Row times column of a pane."""
        row, column = self.directions(pane)
        return unit(cross(row, column))


def first_view(lattice: Lattice) -> MprView:
    """The patient's own planes through the middle of a volume, on the centre of a voxel."""
    voxel = [float((size - 1) // 2) for size in (lattice.columns, lattice.rows, lattice.slices)]
    x, y, z, _ = lattice.to_patient @ np.array([*voxel, 1.0])
    point = float(x), float(y), float(z)
    return MprView(point, point)


def fitted_zoom(lattice: Lattice, width: int, height: int) -> float:
    """Device pixels per millimetre at which the whole volume is in a pane of that size, whatever the plane."""
    corners = lattice.corners()
    span = corners.max(axis=0) - corners.min(axis=0)
    return float(min(width, height) / max(span.max(), 1e-3))


def pane_plane(view: MprView, pane: str, lattice: Lattice, width: int, height: int) -> Plane:
    """The plane that fills a pane of width × height device pixels."""
    row, column = view.directions(pane)
    normal = view.normal(pane)
    spacing = 1.0 / (view.zoom or fitted_zoom(lattice, width, height))
    deep = dot(view.point_mm, normal) - dot(view.centre_mm, normal)
    origin = sum_of(
        (view.centre_mm, 1.0), (normal, deep), (row, -(width - 1) / 2 * spacing), (column, -(height - 1) / 2 * spacing)
    )
    return Plane(origin, row, column, (spacing, spacing), height, width)


def moved_to(view: MprView, plane: Plane, at: ScreenPoint) -> MprView:
    """The planes meet at a screen point of a pane (device pixels)."""
    return replace(view, point_mm=plane.to_patient(*at))


def thickened(view: MprView, by_mm: float) -> MprView:
    """The slab thicker or thinner, in tenths of a millimetre."""
    return replace(view, slab_mm=round(min(MOST_SLAB_MM, max(0.0, view.slab_mm + by_mm)), 1))


def windowed(view: MprView, voi: Voi, right: float, down: float) -> MprView:
    """The window dragged by pixels: right wider, down darker. voi: as it is now."""
    step = max(voi.width, 20.0) / 300
    return replace(
        view, voi=Voi(voi.centre + down * step, max(1.0, voi.width + right * step), voi.function), voi_name=""
    )


def panned(view: MprView, plane: Plane, dx: float, dy: float) -> MprView:
    """What is in the middle of the panes moved by pixels of one of them."""
    mm = plane.spacing_mm[0]
    return replace(view, centre_mm=sum_of((view.centre_mm, 1.0), (plane.row, -dx * mm), (plane.column, -dy * mm)))


def scrolled(view: MprView, pane: str, lattice: Lattice, steps: int, by_slab: bool = False) -> MprView:
    """A pane goes so many voxels along its normal, or so many times its slab's thickness; the planes never leave the volume."""
    normal = view.normal(pane)
    step = voxel_step_mm(lattice, normal)
    step = max(step, view.slab_mm) if by_slab else step
    depths = lattice.corners() @ np.array(normal)
    depth = dot(view.point_mm, normal)
    wanted = min(max(depth + steps * step, float(depths.min())), float(depths.max()))
    return replace(view, point_mm=sum_of((view.point_mm, 1.0), (normal, wanted - depth)))


def rotated(view: MprView, pane: str, degrees: float) -> MprView:
    """The other two planes turned about a pane's normal, clockwise on that pane, which stays as it is."""
    x, y, z = view.normal(pane)
    angle = np.radians(degrees)
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn = np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew
    made: dict[str, tuple[Vector, Vector]] = {}
    for other in PANES:
        if other == pane:
            continue
        row, column = (turn @ np.array(direction) for direction in view.directions(other))
        # What rounding skews over many small turns is put right each time.
        row = row / np.linalg.norm(row)
        column = column - row * (column @ row)
        made[other] = _vector(row), _vector(column / np.linalg.norm(column))
    return replace(view, **made)  # type: ignore[arg-type]


def meeting_point(view: MprView, plane: Plane) -> ScreenPoint:
    """Where the planes meet on a pane, device pixels."""
    return plane.to_image(view.point_mm)


def pane_picture(
    view: MprView, pane: str, voxels: Voxels, pattern: Frame, size: tuple[int, int], tables: Tables, said: "Said",
    draft: bool = False, ratio: float = 1.0,
) -> Picture:  # fmt: skip
    """One pane. pattern: a frame of the volume's words, for its greys. draft: fewer samples while the hand moves."""
    width, height = size
    lattice = voxels.lattice
    plane = pane_plane(view, pane, lattice, width, height)
    slab = slab_of(lattice, plane, view.slab_mm, view.mode)
    if draft and slab.samples > 3:
        slab = Slab(slab.mode, slab.samples // 2 | 1, slab.step_mm * slab.samples / (slab.samples // 2 | 1))
    voi = view.voi or tables.own_window(pattern)
    matrix = view_matrix(lattice, plane, slab)
    mode = (slab.mode, slab.samples) if slab.samples > 1 else ("thin", 1)
    greys = tables.layer(pattern, voi, view.inverted, matrix, pattern.facts.padding is None)
    layer = replace(greys, pixels=voxels.words, slab=mode, smooth=True, padding=None)
    gone = _hatched(lattice, matrix, width, height, slab, DRAFT_HATCH if draft else 1)
    return Picture(
        layers=(layer, *gone),
        graphics=tuple(_cross(view, pane, plane, ratio)),
        words=_words(view, pane, plane, lattice, voi, said, bool(gone), height),
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What the corners say that is not of the plane: whose, which series, what is missing, what the pointer is on."""

    whose: tuple[str, ...] = ()
    which: tuple[str, ...] = ()
    unit: str = ""
    readout: str = ""
    notes: tuple[Badge, ...] = ()


def reading_at(voxels: Voxels, point_mm: Vector) -> str:
    """What the nearest voxel says, with its place: "HU 41 at L 12.0 P 30.5 H 40.0"; "" outside or on a missing plane."""
    lattice = voxels.lattice
    place = lattice.to_voxel @ np.array([*point_mm, 1.0])
    column, row, deep = (round(float(part)) for part in place[:3])
    if not (0 <= column < lattice.columns and 0 <= row < lattice.rows and 0 <= deep < lattice.slices):
        return ""
    if lattice.planes[deep] is None:
        return "missing plane"
    value = float(voxels.values_of(voxels.words[deep, row, column]))
    sides = (("R", "L"), ("A", "P"), ("F", "H"))
    at = " ".join(f"{sides[n][point_mm[n] > 0]} {abs(point_mm[n]):.1f}" for n in range(3))
    return f"{words.reading(value, voxels.facts.unit)} at {at}"


def _hatched(
    lattice: Lattice, matrix: NDArray[np.float64], width: int, height: int, slab: Slab, coarse: int
) -> tuple[Layer, ...]:
    """Stripes where planes are missing: nothing is interpolated across them. coarse: pixels that are told as one."""
    if None not in lattice.planes:
        return ()
    # The first pixel of each block speaks for it, so that the last of them is in the picture.
    wider = np.diag([float(coarse), float(coarse), 1.0, 1.0])
    size = -(-width // coarse), -(-height // coarse)
    gone = missing(lattice, matrix @ wider, *size, slab)
    if not gone.any():
        return ()
    y, x = np.ogrid[: size[1], : size[0]]
    stripe = HATCH_PX // coarse
    stripes = np.where((x + y) % (2 * stripe) < stripe, np.uint16(1), np.uint16(2)) * gone
    table = np.zeros((65536, 4), np.uint8)
    table[1] = HATCH_GREY, HATCH_GREY, HATCH_GREY, 255
    table[2] = 0, 0, 0, 255
    finer = np.diag([1.0 / coarse, 1.0 / coarse, 1.0, 1.0])
    finer[:2, 3] = 0.5 / coarse - 0.5
    return (Layer(stripes, finer if coarse > 1 else np.eye(4), table, smooth=False),)


def _cross(view: MprView, pane: str, plane: Plane, ratio: float) -> Iterator[Graphic]:
    """The other two planes as lines through the meeting point, each in its colour, with a grip at either end."""
    x, y = meeting_point(view, plane)
    for other in PANES:
        if other == pane:
            continue
        line = cross(view.normal(other), view.normal(pane))
        dx, dy = dot(line, plane.row), dot(line, plane.column)
        long = hypot(dx, dy)
        if long < 1e-6:
            continue
        dx, dy = dx / long, dy / long
        reach = hypot(plane.columns, plane.rows)
        grip = HANDLE_SHARE * min(plane.columns, plane.rows)
        for sign in (-1.0, 1.0):
            near, far = sign * OPEN_PX * ratio, sign * reach
            ends = ((x + dx * near, y + dy * near), (x + dx * far, y + dy * far))
            yield PolylineGraphic(ends, Role.REFERENCE, owner=other, colour=COLOURS[other])
            yield HandleGraphic((x + dx * sign * grip, y + dy * sign * grip), 0, Role.REFERENCE, owner=other)


def _words(
    view: MprView, pane: str, plane: Plane, lattice: Lattice, voi: Voi, said: Said, hatched: bool, height: int
) -> Words:
    thick = f"slab {view.slab_mm:g} mm {_MODES[view.mode]}" if view.slab_mm else "thin"
    normal = view.normal(pane)
    depth = dot(view.point_mm, normal)
    letter = axes.letters(normal, most=1)
    where = f"{axes.opposite(letter) if depth < 0 else letter} {words.millimetres(abs(depth))}"
    oblique = view.is_oblique(pane)
    name = f"{'Oblique, near ' if oblique else ''}{pane}"
    return Words(
        top_left=said.whose,
        top_right=(*said.which, "MPR: reformatted"),
        bottom_left=(name[:1].upper() + name[1:], *(() if oblique else (where,)), thick),
        bottom_right=(words.window(voi, view.voi_name, said.unit),),
        letters=edge_letters(plane),
        badges=(*said.notes, *_badges(view, pane, lattice, hatched)),
        scale_bar=scale_bar(plane, height),
        readout=said.readout,
    )


def _badges(view: MprView, pane: str, lattice: Lattice, hatched: bool) -> Iterator[Badge]:
    if lattice.note:
        yield Badge(lattice.note, Tone.RED if hatched or None in lattice.planes else Tone.AMBER)
    if view.is_oblique(pane):
        yield Badge("OBLIQUE")
    if view.inverted:
        yield Badge("INV", Tone.AMBER)


def edge_letters(plane: Plane) -> Letters:
    """The patient's directions at the edges of a picture."""
    right, bottom = axes.letters(plane.row), axes.letters(plane.column)
    return Letters(axes.opposite(right), right, axes.opposite(bottom), bottom)


def scale_bar(plane: Plane, height: int) -> ScaleBar | None:
    """The longest round length below a third of the height."""
    px_per_mm = 1.0 / plane.spacing_mm[0]
    for length in _BARS_MM:
        if length * px_per_mm <= 0.3 * height:
            return ScaleBar(length * px_per_mm, length, f"{length:g} mm")
    return None


def _vector(a: NDArray[np.float64]) -> Vector:
    return float(a[0]), float(a[1]), float(a[2])
