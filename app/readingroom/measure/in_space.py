"""Measurements on planes through a volume: the same tools, on voxels interpolated one voxel apart."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor, hypot

import numpy as np
from numpy.typing import NDArray

from readingroom.geometry.plane import Plane, cross, dot, subtract, unit
from readingroom.geometry.reformat import slab_of, sum_of, view_matrix, voxel_step_mm
from readingroom.measure.evaluate import POINTS, evaluate
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import Frame, SpacingTags
from readingroom.pixels.trilinear import missing, reformatted
from readingroom.pixels.voxels import Voxels
from readingroom.record.finding import Basis, ImagePoint, InSpace, Value

LINES = frozenset({"length", "polyline", "bidirectional", "angle", "cobb"})
REGIONS = frozenset({"ellipse", "circle", "rectangle", "polygon", "freehand"})
TOOLS = LINES | REGIONS | {"probe"}
"""What can be drawn on a plane through a volume."""
OFF_PLANE = 0.05
"""Points lie on one plane when they are this near to it, in voxels along its normal."""
MOST_SAMPLES = 40_000_000
_CT = "1.2.840.10008.5.1.4.1.1.2"
_KINDS = {"max": "MIP", "min": "MinIP", "mean": "mean"}


def evaluate_in_space(tool: str, space: InSpace, voxels: Voxels) -> tuple[tuple[Value, ...], Basis]:
    """The values of one measurement on a plane through a volume, and the basis they stand on.

    Samples lie one voxel apart along the plane's directions, so that the ± of half a pixel is one of half a voxel; on a
    plane of voxels they are the voxels. Refused where points leave the plane or the volume, or a region rests on planes
    that are missing. Lengths on a MIP or MinIP slab are those of the projection, which the basis says.
    """
    if tool not in TOOLS:
        known = ", ".join(sorted(TOOLS))
        raise Refused(f"{tool} cannot be drawn on a plane through a volume.", f"Use one of: {known}.")
    least, most = POINTS[tool]
    if not least <= len(space.points_mm) <= most:
        raise Refused(
            f"The tool {tool} got {len(space.points_mm)} points.", f"Give it {least} at least, {most} at most."
        )
    _check_places(space, voxels)
    plane, points = _sheet(tool, space, voxels)
    frame, gone = _cut(tool, space, voxels, plane)
    if gone.any() and tool not in LINES and _touches(tool, points, frame, gone):
        raise Refused("The region rests on planes that are missing.", "Measure where the planes are, or wait for them.")
    values, basis = evaluate(tool, points, frame)
    return values, _basis(tool, space, voxels, basis)


def _check_places(space: InSpace, voxels: Voxels) -> None:
    lattice = voxels.lattice
    normal = unit(cross(space.row, space.column))
    allowed = max(1e-3, OFF_PLANE * voxel_step_mm(lattice, normal))
    if any(abs(dot(subtract(point, space.points_mm[0]), normal)) > allowed for point in space.points_mm):
        raise Refused("The points do not lie on one plane.", "Draw them on one plane.")
    places = np.array([[*point, 1.0] for point in space.points_mm]) @ lattice.to_voxel.T
    sizes = np.array([lattice.columns, lattice.rows, lattice.slices])
    if (places[:, :3] < -0.501).any() or (places[:, :3] > sizes - 0.499).any():
        raise Refused("A point lies outside the volume.", "Draw inside it.")


def _sheet(tool: str, space: InSpace, voxels: Voxels) -> tuple[Plane, list[ImagePoint]]:
    """A plane around the points with pixels as large as voxels, on the voxels where it can be, and the points on it."""
    lattice = voxels.lattice
    across, down = voxel_step_mm(lattice, space.row), voxel_step_mm(lattice, space.column)
    anchor = space.points_mm[0] if tool == "probe" else lattice.origin_mm
    at = [
        (dot(subtract(p, anchor), space.row) / across, dot(subtract(p, anchor), space.column) / down)
        for p in space.points_mm
    ]
    reach = max(hypot((a[0] - b[0]) * across, (a[1] - b[1]) * down) for a in at for b in at[:2])
    wide, high = (reach / across, reach / down) if tool in ("ellipse", "circle") else (0.0, 0.0)
    left, top = floor(min(x for x, _ in at) - wide) - 1, floor(min(y for _, y in at) - high) - 1
    columns = ceil(max(x for x, _ in at) + wide) - left + 2
    rows = ceil(max(y for _, y in at) + high) - top + 2
    normal = unit(cross(space.row, space.column))
    deep = dot(subtract(space.points_mm[0], anchor), normal)
    first = sum_of((anchor, 1.0), (space.row, left * across), (space.column, top * down), (normal, deep))
    plane = Plane(first, space.row, space.column, (down, across), rows, columns)
    return plane, [(x - left + 0.5, y - top + 0.5) for x, y in at]


def _cut(tool: str, space: InSpace, voxels: Voxels, plane: Plane) -> tuple[Frame, NDArray[np.bool_]]:
    """Modality values on the plane as a frame, NaN where there is none, and where planes are missing."""
    rows, columns = plane.rows, plane.columns
    facts = voxels.facts
    plain = replace(
        facts, sop_class=_CT, modality="PT" if facts.modality == "PT" else "CT", slope=1.0, intercept=0.0,
        modality_lut=None, padding=None, supplemental=None, regions=(), overlays=(), extra=(), plane=plane,
        rows=rows, columns=columns, spacing=SpacingTags(pixel_spacing=plane.spacing_mm),
    )  # fmt: skip
    if tool in LINES:
        return Frame(np.broadcast_to(np.float32(0.0), (rows, columns)), plain), np.zeros((1, 1), bool)
    slab = slab_of(voxels.lattice, plane, space.slab_mm, space.mode)
    if rows * columns * slab.samples > MOST_SAMPLES:
        raise Refused("The region is too large to be measured through this slab.", "Make the slab thinner.")
    matrix = view_matrix(voxels.lattice, plane, slab)
    words, shown = reformatted(voxels, matrix, columns, rows, slab)
    gone = missing(voxels.lattice, matrix, columns, rows, slab)
    values = np.where(shown & ~gone, voxels.values_of(words), np.nan)
    return Frame(values, plain), gone


def _touches(tool: str, points: Sequence[ImagePoint], frame: Frame, gone: NDArray[np.bool_]) -> bool:
    """Whether any pixel of a region is one of a mask, by the region's own statistics."""
    marked = Frame(np.where(gone, 1.0, 0.0), frame.facts)
    try:
        values, _ = evaluate(tool, points, marked)
    except Refused:
        return False
    return any(value.concept in ("Maximum", "Mean") and value.value > 0 for value in values)


def _basis(tool: str, space: InSpace, voxels: Voxels, basis: Basis) -> Basis:
    """What the number stands on, in words: the kind of plane, and what was made coarser."""
    if space.slab_mm and space.mode != "mean":
        words, certain = f"projected: {_KINDS[space.mode]} of a {space.slab_mm:g} mm slab", False
    elif space.slab_mm:
        words, certain = f"interpolated: mean of a {space.slab_mm:g} mm slab", basis.certain
    else:
        words, certain = "interpolated plane", basis.certain
    if voxels.lattice.shrunk > 1:
        words += f", {voxels.lattice.shrunk} × {voxels.lattice.shrunk} pixels are one"
    unit_, _, rest = basis.text.partition("; ")
    text = f"{'mm' if tool != 'probe' else 'value'} ({words})" + (f"; {rest}" if rest else "")
    return replace(basis, text=text, source=basis.source if unit_ == "mm" else "interpolated", certain=certain)
