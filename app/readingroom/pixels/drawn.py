"""The voxels that a rendering in three dimensions draws: the volume's own array, or where it must differ a smaller copy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.geometry.lattice import Lattice
from readingroom.pixels.voxels import Voxels

Mask = NDArray[np.bool_]
PATIENT_HU = -300.0
"""Above this lies body; foam of a mattress lies below."""
MOST_VOXELS = 80_000_000
"""What is shaded needs three bytes more for each voxel: above this the mean of neighbours is drawn, and said."""
GRID_MM = 3.0
THINNEST_MM = 8.0
"""What is nowhere thicker than twice this is a table top, not an arm."""
LEAST_PART = 0.01
REACH = 3
_TISSUE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """words: (slices, rows, columns), the volume's own array where shared. to_patient: 4 x 4, their index to LPS mm.

    steps: voxels of the volume for each of them along columns, rows and slices. note: what differs, "" for nothing.
    """

    words: NDArray[Any]
    to_patient: NDArray[np.float64]
    steps: tuple[int, int, int] = (1, 1, 1)
    shared: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """Where the patient is on a coarse grid: mask (slices, rows, columns), steps as in Drawn."""

    mask: Mask
    steps: tuple[int, int, int]

    def slice_mask(self, number: int, rows: int, columns: int) -> Mask:
        """The mask of one slice of the volume, shape (rows, columns)."""
        x, y, z = self.steps
        plane = self.mask[min(number // z, self.mask.shape[0] - 1)]
        across = np.minimum(np.arange(columns) // x, plane.shape[1] - 1)
        down = np.minimum(np.arange(rows) // y, plane.shape[0] - 1)
        return np.asarray(plane[down[:, None], across[None, :]])


def drawn_of(voxels: Voxels, most: int, patient: Patient | None = None) -> Drawn:
    """The voxels to draw, at most so many; a copy only where planes are missing, padding is bright, or the bed goes.

    Over the limit the mean of neighbours stands for them, finest axis first. Missing planes take the least word: they
    are left open, and a block of which one plane is missing is missing.
    """
    lattice = voxels.lattice
    steps = _steps(lattice, most)
    if steps == (1, 1, 1) and patient is None and None not in lattice.planes and not _bright_padding(voxels):
        return Drawn(voxels.words, lattice.to_patient)
    x, y, z = steps
    least = _least(voxels)
    shape = (lattice.slices // z, lattice.rows // y, lattice.columns // x)
    words = np.full(shape, least, voxels.words.dtype)
    for n in range(shape[0]):
        numbers = range(n * z, (n + 1) * z)
        if all(lattice.planes[k] is not None for k in numbers):
            block = np.stack([_plane(voxels, k, patient, least) for k in numbers])
            words[n] = _mean(block, shape[1:], (x, y))
    moved = np.diag((float(x), float(y), float(z), 1.0))
    moved[:3, 3] = (x - 1) / 2, (y - 1) / 2, (z - 1) / 2
    mm = max(float(np.linalg.norm(a)) * s for a, s in zip((lattice.across, lattice.down, lattice.deep), steps, strict=True))  # fmt: skip
    note = f"drawn from voxels of {mm:.2g} mm" if steps != (1, 1, 1) else ""
    return Drawn(words, lattice.to_patient @ moved, steps, shared=False, note=note)


def patient_of(voxels: Voxels) -> Patient:
    """Where the patient is: what is thick and joined, with all that it encloses slice by slice; the bed is neither."""
    from scipy import ndimage

    lattice = voxels.lattice
    sides = (lattice.across, lattice.down, lattice.deep)
    x, y, z = (max(1, round(GRID_MM / float(np.linalg.norm(side)))) for side in sides)
    coarse = np.stack([voxels.words[n, ::y, ::x] for n in range(0, lattice.slices, z)])
    values = voxels.values_of(coarse).astype(np.float32)
    solid = values > (PATIENT_HU if voxels.facts.unit == "HU" else _tissue_floor(values))
    for n, number in enumerate(range(0, lattice.slices, z)):
        solid[n] &= lattice.planes[number] is not None
    # A skull without a brain is hollow, and so is a table: only the largest thing may count what it encloses.
    opened = ndimage.binary_erosion(solid | _enclosed(solid), _face(), border_value=1)
    labels, count = ndimage.label(opened, _face())
    if not count:
        return Patient(np.ones(solid.shape, bool), (x, y, z))
    kept = _body_parts(labels, solid)
    # Thin bone where a slice is open grows back along itself, then everything a little beyond its skin.
    body = ndimage.binary_dilation(kept[labels], _face(), iterations=REACH, mask=solid | kept[labels])
    body = ndimage.binary_dilation(body, _face(), iterations=2)
    return Patient(body | _enclosed(body), (x, y, z))


def _enclosed(solid: Mask) -> Mask:
    """What lies inside a wall on any of the three planes, small gaps in the wall closed."""
    from scipy import ndimage

    wall = ndimage.binary_dilation(solid, _face())
    found = np.zeros(solid.shape, bool)
    for axis in range(3):
        planes = np.moveaxis(wall, axis, 0)
        filled = np.stack([ndimage.binary_fill_holes(plane) for plane in planes])
        found |= np.moveaxis(filled, 0, axis)
    return np.asarray(ndimage.binary_erosion(found, _face(), border_value=1))


def _body_parts(labels: NDArray[np.int32], solid: Mask) -> Mask:
    """Which labels are body: the largest, and what is thick through and through, as an arm is and a table is not."""
    from scipy import ndimage

    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    thick = ndimage.binary_erosion(solid, _face(), iterations=max(1, round(THINNEST_MM / GRID_MM)), border_value=1)
    survives = np.bincount(labels[thick], minlength=sizes.size) > 0
    kept = survives & (sizes >= LEAST_PART * sizes.max())
    kept[int(sizes.argmax())] = True
    kept[0] = False
    return np.asarray(kept)


def _steps(lattice: Lattice, most: int) -> tuple[int, int, int]:
    """Voxels to take together along columns, rows and slices until few enough are left, the finest axis first."""
    sizes = np.array([lattice.columns, lattice.rows, lattice.slices], float)
    lengths = np.array([np.linalg.norm(side) for side in (lattice.across, lattice.down, lattice.deep)])
    steps = np.ones(3)
    while float(np.prod(np.maximum(1, sizes // steps))) > most:
        open_ = sizes // (steps + 1) >= 2
        if not open_.any():
            break
        steps[int(np.argmin(np.where(open_, lengths * (steps + 1), np.inf)))] += 1
    return int(steps[0]), int(steps[1]), int(steps[2])


def _plane(voxels: Voxels, number: int, patient: Patient | None, least: int) -> NDArray[Any]:
    plane: NDArray[Any] = voxels.words[number]
    padding = voxels.facts.padding if _bright_padding(voxels) else None
    if padding is not None:
        plane = np.where((plane < padding[0]) | (plane > padding[1]), plane, plane.dtype.type(least))
    if patient is not None:
        plane = np.where(patient.slice_mask(number, *plane.shape), plane, plane.dtype.type(least))
    return plane


def _mean(block: NDArray[Any], shape: tuple[int, ...], steps: tuple[int, int]) -> NDArray[Any]:
    x, y = steps
    if block.shape[0] == x == y == 1:
        return np.asarray(block[0])
    rows, columns = shape
    cut = block[:, : rows * y, : columns * x].astype(np.float32).mean(axis=0)
    return np.asarray(np.rint(cut.reshape(rows, y, columns, x).mean(axis=(1, 3))).astype(block.dtype))


def _bright_padding(voxels: Voxels) -> bool:
    """Whether padding would be seen: it lies above the least of the picture. Words that were spread know none."""
    facts = voxels.facts
    if facts.padding is None or (facts.slope, facts.intercept) != (voxels.slope, voxels.intercept):
        return False
    return facts.padding[1] * (1 if voxels.slope > 0 else -1) > 0


def _least(voxels: Voxels) -> int:
    """The word of the least value: air, wherever a picture has any."""
    here = [n for n, plane in enumerate(voxels.lattice.planes) if plane is not None]
    end = min if voxels.slope > 0 else max
    return int(end(getattr(voxels.words[n], "min" if voxels.slope > 0 else "max")() for n in here))


def _tissue_floor(values: NDArray[np.float32]) -> float:
    low = float(values.min())
    return low + _TISSUE * (float(np.percentile(values, 99)) - low)


def _face() -> Mask:
    from scipy import ndimage

    return np.asarray(ndimage.generate_binary_structure(3, 1))
