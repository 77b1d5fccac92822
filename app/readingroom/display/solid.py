"""A volume in three dimensions as a value: from where it is seen, what is cut away, and the words and letters over it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.display.mpr import Said, edge_letters, fitted_zoom, scale_bar
from readingroom.display.picture import (
    Badge,
    Graphic,
    HandleGraphic,
    LabelGraphic,
    PolylineGraphic,
    Role,
    Tone,
    Words,
)
from readingroom.display.transfer import Transfer
from readingroom.geometry import axes
from readingroom.geometry.lattice import Lattice
from readingroom.geometry.plane import Plane, cross, dot
from readingroom.geometry.reformat import sum_of
from readingroom.record.study import Vector

VIEWS: dict[str, tuple[Vector, Vector]] = {
    "A": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "P": ((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "L": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    "R": ((0.0, -1.0, 0.0), (0.0, 0.0, -1.0)),
    "F": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "H": ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
}
"""Where the viewer stands, and what then runs to the right and down (LPS): from the front the patient's left is right."""
FROM = {"A": "the front", "P": "behind", "L": "the left", "R": "the right", "F": "the feet", "H": "the head"}
CUBE_PX = 26.0
LEAST_BOX_MM = 2.0
_FACES = ((0, "R", "L"), (1, "A", "P"), (2, "F", "H"))


@dataclass(frozen=True, slots=True)
class Box:
    """What is kept, in LPS millimetres: low and high along each of the patient's axes."""

    low: Vector
    high: Vector

    def with_face(self, axis: int, is_high: bool, at_mm: float) -> "Box":
        """One face moved, never through the other."""
        low, high = list(self.low), list(self.high)
        if is_high:
            high[axis] = max(at_mm, low[axis] + LEAST_BOX_MM)
        else:
            low[axis] = min(at_mm, high[axis] - LEAST_BOX_MM)
        return Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))

    def holds(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points (n, 3) are kept."""
        return np.asarray(np.all((points >= np.array(self.low)) & (points <= np.array(self.high)), axis=1))


@dataclass(frozen=True, slots=True)
class SolidView:
    """row, column: what runs to the right and down on the screen (LPS). centre_mm: what lies in the middle.

    zoom: device pixels per millimetre, None to fit; parallel projection, so that a millimetre is one everywhere.
    clip: None for the whole volume. without_bed: what is not joined to the patient is left out.
    """

    centre_mm: Vector
    transfer: Transfer
    row: Vector = VIEWS["A"][0]
    column: Vector = VIEWS["A"][1]
    zoom: float | None = None
    clip: Box | None = None
    without_bed: bool = False

    @property
    def look(self) -> Vector:
        """The way the viewer looks."""
        return cross(self.row, self.column)


def first_solid(lattice: Lattice, transfer: Transfer) -> SolidView:
    """The whole volume from the front."""
    corners = lattice.corners()
    x, y, z = (float(part) for part in (corners.min(axis=0) + corners.max(axis=0)) / 2)
    return SolidView((x, y, z), transfer)


def seen_from(view: SolidView, letter: str) -> SolidView:
    """A standard view: A, P, L, R, H or F names where the viewer stands."""
    row, column = VIEWS[letter]
    return replace(view, row=row, column=column)


def seen_at(view: SolidView, azimuth_deg: float, elevation_deg: float) -> SolidView:
    """From the front, then so far round to the patient's left, then so far up towards the head."""
    around = _turn((0.0, 0.0, 1.0), azimuth_deg)
    row = _vector(around @ np.array(VIEWS["A"][0]))
    tilt = _turn(row, -elevation_deg)
    return replace(view, row=row, column=_vector(tilt @ around @ np.array(VIEWS["A"][1])))


def turned_by(view: SolidView, right_deg: float, down_deg: float) -> SolidView:
    """The volume follows the hand: so far to the right and down."""
    turn = _turn(view.column, right_deg) @ _turn(view.row, -down_deg)
    row = turn @ np.array(view.row)
    row = row / np.linalg.norm(row)
    column = turn @ np.array(view.column)
    column = column - row * (column @ row)
    return replace(view, row=_vector(row), column=_vector(column / np.linalg.norm(column)))


def around_by(view: SolidView, degrees: float) -> SolidView:
    """The viewer goes round the patient's long axis, as a rotating MIP is read."""
    turn = _turn((0.0, 0.0, 1.0), degrees)
    return replace(
        view, row=_vector(turn @ np.array(view.row)), column=_vector(turn @ np.array(view.column))
    )  # fmt: skip


def solid_plane(view: SolidView, lattice: Lattice, width: int, height: int) -> Plane:
    """The plane through the middle of the view, as large as the picture: pixels to patient along the line of sight."""
    mm = 1.0 / (view.zoom or fitted_zoom(lattice, width, height))
    origin = sum_of((view.centre_mm, 1.0), (view.row, -(width - 1) / 2 * mm), (view.column, -(height - 1) / 2 * mm))
    return Plane(origin, view.row, view.column, (mm, mm), height, width)


def whole_box(lattice: Lattice) -> Box:
    """The box around all voxels."""
    corners = lattice.corners()
    low, high = _vector(corners.min(axis=0)), _vector(corners.max(axis=0))
    return Box(low, high)


def box_of(text: str) -> Box:
    """A box written x0,x1,y0,y1,z0,z1 in LPS millimetres; ReaderError for anything else."""
    try:
        numbers = [float(part) for part in text.split(",")]
        (x0, x1), (y0, y1), (z0, z1) = (sorted(numbers[n : n + 2]) for n in (0, 2, 4))
        if len(numbers) != 6 or not np.isfinite(numbers).all() or min(x1 - x0, y1 - y0, z1 - z0) <= 0:
            raise ValueError(text)
    except ValueError as error:
        remedy = "Write x0,x1,y0,y1,z0,z1 in LPS millimetres, two different numbers each."
        raise ReaderError(f"“{text}” is no box.", remedy) from error
    return Box((x0, y0, z0), (x1, y1, z1))


def solid_words(
    view: SolidView, lattice: Lattice, plane: Plane, said: Said, notes: tuple[str, ...], draft: bool
) -> Words:
    """The corners of a rendering: how it is drawn, from where, what was taken away, and that nothing is measured on it."""
    letter = next((name for name, way in VIEWS.items() if _alike(way, (view.row, view.column))), "")
    where = f"seen from {FROM[letter]}" if letter else f"seen from {axes.opposite(axes.letters(view.look))}"
    edited = " (edited)" if view.transfer.edited else ""
    return Words(
        top_left=said.whose,
        top_right=(*said.which, "3D rendering: not for measuring"),
        bottom_left=(f"{view.transfer.title}{edited}", where, *(("reduced sampling",) if draft else ())),
        letters=edge_letters(plane),
        badges=(*said.notes, *_badges(view, lattice), *(Badge(note, Tone.AMBER) for note in notes)),
        scale_bar=scale_bar(plane, plane.rows),
        readout=said.readout,
    )


def cube(view: SolidView, width: int, height: int, ratio: float) -> Iterator[Graphic]:
    """A small cube of the patient's axes above the lower right corner; the faces that are seen carry their letters."""
    size = CUBE_PX * ratio
    cx, cy = width - 2.6 * size, height - 3.0 * size
    for axis, low, high in _FACES:
        for sign, letter in ((-1.0, low), (1.0, high)):
            normal = _unit_along(axis, sign)
            if dot(normal, view.look) > -1e-6:
                continue
            u, v = _unit_along((axis + 1) % 3, 1.0), _unit_along((axis + 2) % 3, 1.0)
            corners = [sum_of((normal, 1.0), (u, a), (v, b)) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            points = tuple((cx + dot(c, view.row) * size / 1.4, cy + dot(c, view.column) * size / 1.4) for c in corners)
            yield PolylineGraphic(points, Role.REFERENCE, closed=True)
            if dot(normal, view.look) < -0.35:
                x, y = (cx + dot(normal, view.row) * size / 1.4, cy + dot(normal, view.column) * size / 1.4)
                yield LabelGraphic((x - 6 * ratio, y), (letter,), Role.REFERENCE)


def clip_graphics(view: SolidView, plane: Plane) -> Iterator[Graphic]:
    """The clip box as lines, with a grip in the middle of each face; index: 2 × axis, one more for the high face."""
    if view.clip is None:
        return
    ends = (view.clip.low, view.clip.high)
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for a in (0, 1):
            for b in (0, 1):
                corner = [0.0, 0.0, 0.0]
                corner[u], corner[v] = ends[a][u], ends[b][v]
                line = []
                for end in ends:
                    corner[axis] = end[axis]
                    line.append(plane.to_image((corner[0], corner[1], corner[2])))
                yield PolylineGraphic(tuple(line), Role.REFERENCE, owner="clip", dashed=True)
    for index in range(6):
        yield HandleGraphic(plane.to_image(face_middle(view.clip, index)), index, Role.REFERENCE, owner="clip")


def face_middle(box: Box, index: int) -> Vector:
    """The middle of a face of a box."""
    middle = [(low + high) / 2 for low, high in zip(box.low, box.high, strict=True)]
    middle[index // 2] = (box.high if index % 2 else box.low)[index // 2]
    return middle[0], middle[1], middle[2]


def face_dragged(view: SolidView, index: int, dx_mm: float, dy_mm: float) -> SolidView:
    """A face of the clip box follows the hand as far as its own axis is seen; one that points at the viewer stays."""
    if view.clip is None:
        return view
    axis, is_high = index // 2, bool(index % 2)
    right, down = view.row[axis], view.column[axis]
    seen = right * right + down * down
    if seen < 0.02:
        return view
    moved = (dx_mm * right + dy_mm * down) / seen
    now = (view.clip.high if is_high else view.clip.low)[axis]
    return replace(view, clip=view.clip.with_face(axis, is_high, now + moved))


def _badges(view: SolidView, lattice: Lattice) -> Iterator[Badge]:
    lost = lattice.planes.count(None)
    if lost:
        yield Badge(f"{lost} plane{'s' if lost > 1 else ''} missing: left open, not bridged", Tone.RED)
    if lattice.note and not lost:
        yield Badge(lattice.note, Tone.AMBER)
    if view.without_bed:
        yield Badge("BED REMOVED", Tone.AMBER)
    if view.clip is not None:
        yield Badge("CLIPPED", Tone.AMBER)


def _alike(one: tuple[Vector, Vector], other: tuple[Vector, Vector]) -> bool:
    return all(dot(a, b) > 1 - 1e-6 for a, b in zip(one, other, strict=True))


def _unit_along(axis: int, sign: float) -> Vector:
    return (sign if axis == 0 else 0.0, sign if axis == 1 else 0.0, sign if axis == 2 else 0.0)


def _turn(about: Vector, degrees: float) -> NDArray[np.float64]:
    x, y, z = about
    angle = np.radians(degrees)
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew)


def _vector(a: NDArray[np.float64]) -> Vector:
    return float(a[0]), float(a[1]), float(a[2])
