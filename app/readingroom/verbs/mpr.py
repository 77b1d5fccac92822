"""readingroom mpr: one plane through a volume, thin or a slab, as modality values or as a picture."""

import argparse
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.geometry.plane import Plane
from readingroom.geometry.reformat import (
    DIRECTIONS,
    MODES,
    Slab,
    free_plane,
    named_plane,
    slab_of,
    view_matrix,
)
from readingroom.pixels.frame import Voi
from readingroom.pixels.trilinear import missing, reformatted
from readingroom.pixels.voi import default_voi, grey
from readingroom.pixels.voxels import Voxels, voxels_of
from readingroom.record.study import Vector
from readingroom.session.memory_room import volume_budget
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.verbs import mpr_over, segments
from readingroom.verbs.files import written
from readingroom.verbs.front import Answer
from readingroom.verbs.picture_files import save_npy, save_png, size_of
from readingroom.verbs.progress import shown_progress
from readingroom.verbs.series_files import counted, series_at, with_uptake
from readingroom.verbs.window_text import window_of

HATCH_PX = 8
HATCH_GREY = 96


def declare(parser: argparse.ArgumentParser) -> None:
    """SERIES_DIR | SERIES_UID and the plane."""
    # argparse takes "-10,0,0" for an option unless it looks like a negative number to it.
    parser._negative_number_matcher = re.compile(r"^-\.?\d")
    parser.add_argument(
        "series", metavar="SERIES_DIR|SERIES_UID", help="a folder with one series, or a series in the cache"
    )
    parser.add_argument("--plane", choices=tuple(DIRECTIONS), help="through the middle of the volume")
    for name, what in (("origin", "centre of the first pixel"), ("row", "along a row"), ("column", "down a column")):
        parser.add_argument(f"--{name}", metavar="x,y,z", help=f"{what}, LPS")
    parser.add_argument("--spacing", type=float, metavar="MM", help="between pixels (default: the volume's finest)")
    parser.add_argument("--size", metavar="WxH", help="pixels (default: the whole volume)")
    parser.add_argument("--slab", type=float, metavar="MM", help="thickness (default: thin)")
    parser.add_argument("--mode", choices=MODES, default="mean", help="how a slab becomes one value")
    parser.add_argument("--window", metavar="C,W[,FN]", help="of the picture (default: the middle image's own)")
    parser.add_argument("--via", choices=("vtk", "reference"), default="vtk", help="the engine, or plain formulas")
    parser.add_argument(
        "--out",
        metavar="P.png|P.npy",
        help="a picture, or float32 values (NaN: no volume); of the over where there is one",
    )
    mpr_over.declare(parser)
    segments.declare(parser)


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Make the volume, cut it, write; missing planes are hatched in a picture and NaN in an array."""
    if not options.out or Path(options.out).suffix.lower() not in (".png", ".npy"):
        raise ReaderError("No file to write was named.", "Add --out P.png or --out P.npy.")
    size = size_of(options.size) if options.size else None
    voi = window_of(options.window) if options.window else None
    mpr_over.check(options)
    segments.asked(options)
    asked = _directions(options)
    at = series_at(options.series, profile)
    lattice = at.stack.lattice()
    plane = _plane(options, lattice, asked, size)
    slab = slab_of(lattice, plane, options.slab, options.mode)
    with shown_progress("mpr") as show:
        budget = volume_budget(load(profile).display.volume_memory_mb)
        frame_at, uptake = with_uptake(counted(at, show))
        voxels = voxels_of(lattice, frame_at, budget)
    marked = segments.segments_over(options, at.stack.frame_of_reference_uid, voxels, uptake, slab.samples > 1)
    values, gone = _cut(voxels, plane, slab, options.via)
    taken = voxels.words.nbytes
    over = mpr_over.cut_over(options, profile, at, taken, plane, _cut) if options.over else None
    path = Path(options.out)
    if path.suffix.lower() == ".npy":
        wanted = values if over is None else over.values
        written(path, lambda unfinished: save_npy(unfinished, wanted))
    else:
        picture = _picture(voxels, voi or default_voi(at.frame_at(len(at.stack.frames) // 2)), values, gone)
        picture = picture if over is None else over.laid_on(picture)
        picture = picture if marked is None else marked.laid_on(picture, plane)
        written(path, lambda unfinished: save_png(unfinished, picture))
    answer = _answer(
        options, voxels, plane, slab, values, gone, (*at.notes, voxels.lattice.note), _memory(voxels, budget)
    )
    answer = answer if over is None else over.said_in(answer)
    return answer if marked is None else marked.said_in(answer)


def _cut(voxels: Voxels, plane: Plane, slab: Slab, via: str) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Modality values with NaN where there is no volume, and where planes are missing."""
    matrix = view_matrix(voxels.lattice, plane, slab)
    if via == "vtk":
        from readingroom.render.cpu import CpuEngine
        from readingroom.render.planes import sampled

        words, shown = sampled(CpuEngine(), voxels, matrix, plane.columns, plane.rows, slab)
    else:
        words, shown = reformatted(voxels, matrix, plane.columns, plane.rows, slab)
    gone = missing(voxels.lattice, matrix, plane.columns, plane.rows, slab)
    values = voxels.values_of(words).astype(np.float32)
    values[~shown | gone] = np.nan
    return values, gone


def _directions(options: argparse.Namespace) -> tuple[Vector, Vector, Vector] | None:
    free = (options.origin, options.row, options.column)
    if options.plane and not any(free):
        return None
    if options.plane or not all(free):
        raise ReaderError(
            "The plane is not named.",
            "Give --plane axial, coronal or sagittal, or --origin, --row and --column together.",
        )
    origin, row, column = (_vector(text) for text in free)
    return origin, row, column


def _plane(options: argparse.Namespace, lattice: Any, asked: tuple[Vector, Vector, Vector] | None, size: Any) -> Plane:
    if options.spacing is not None and not options.spacing > 0:
        raise ReaderError("Pixels need a spacing above 0 mm.", "Give --spacing a number of millimetres.")
    if asked is None:
        return named_plane(lattice, options.plane, options.spacing, size)
    return free_plane(*asked, options.spacing or lattice.finest_mm, size or (512, 512))


def _vector(text: str) -> Vector:
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ReaderError(f"“{text}” is no point or direction.", "Write three numbers: x,y,z in LPS.") from error
    return x, y, z


def _picture(voxels: Voxels, voi: Voi, values: NDArray[np.float32], gone: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Grey levels; black outside the volume, stripes where planes are missing."""
    shown = grey(np.nan_to_num(values), voi, voxels.facts.inverse)
    shown[np.isnan(values)] = 0
    y, x = np.nonzero(gone)
    shown[y, x] = np.where((x + y) % HATCH_PX < HATCH_PX // 2, HATCH_GREY, 0)
    return shown


def _memory(voxels: Voxels, budget_bytes: int | None) -> dict[str, Any]:
    """What the volume takes, what it might take, and how many pixels each way became one for it (1: none)."""
    return {"bytes": voxels.words.nbytes, "budget_bytes": budget_bytes, "pixels_made_one": voxels.lattice.shrunk}


def _answer(
    options: argparse.Namespace, voxels: Voxels, plane: Plane, slab: Slab, values: NDArray[np.float32],
    gone: NDArray[np.bool_], notes: tuple[str, ...], memory: dict[str, Any],
) -> Answer:  # fmt: skip
    lattice = voxels.lattice
    shown = values[np.isfinite(values)]
    note = "; ".join(part for part in notes if part)
    fields: dict[str, Any] = {
        "out": options.out, "via": options.via, "origin": list(plane.position_mm), "row": list(plane.row),
        "column": list(plane.column), "spacing": plane.spacing_mm[0], "width": plane.columns, "height": plane.rows,
        "slab": {"mode": slab.mode, "samples": slab.samples, "step_mm": slab.step_mm} if slab.samples > 1 else None,
        "tilt_deg": lattice.tilt_deg, "tilt_corrected": lattice.tilt_deg > 0.1, "gaps": list(lattice.gaps),
        "missing_planes": lattice.planes.count(None), "hatched_pixels": int(gone.sum()), "note": note,
        "unit": voxels.facts.unit, "min": float(shown.min()) if shown.size else None,
        "max": float(shown.max()) if shown.size else None, "memory": memory,
    }  # fmt: skip
    what = f"{plane.columns} × {plane.rows} pixels of {plane.spacing_mm[0]:.4g} mm"
    thick = f", {slab.mode} of {slab.samples} samples {slab.step_mm:.4g} mm apart" if slab.samples > 1 else ""
    lines = [what + thick] + ([f"note: {note}"] if note else []) + [f"written: {options.out}"]
    if not shown.size:
        lines.append("note: the plane does not meet the volume")
    return Answer(fields, tuple(lines), 1 if None in lattice.planes else 0)
