"""readingroom measure --series: one measurement on a plane through a volume, its points in the patient."""

import argparse
from collections.abc import Callable
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.geometry.plane import cross, dot, unit
from readingroom.geometry.reformat import DIRECTIONS, MODES, SKEW, sum_of
from readingroom.measure.in_space import evaluate_in_space
from readingroom.measure.refused import Refused
from readingroom.pixels.encoded import header
from readingroom.pixels.voxels import voxels_of
from readingroom.record.finding import InSpace, Measurement, Value
from readingroom.record.study import Vector
from readingroom.reporting.sr_measurements import measurement_report
from readingroom.session.memory_room import volume_budget
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.verbs.files import written
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress
from readingroom.verbs.series_files import SeriesAtHand, counted, series_at


def declare(parser: argparse.ArgumentParser) -> None:
    """The series, the plane, the slab."""
    parser.add_argument(
        "--series", metavar="DIR|UID", help='on a plane through this volume: points are "x,y,z x,y,z …" in LPS mm'
    )
    parser.add_argument("--plane", choices=tuple(DIRECTIONS), help="with --series: the plane's directions")
    parser.add_argument("--row", metavar="x,y,z", help="with --series: direction along a row, LPS, instead of --plane")
    parser.add_argument("--column", metavar="x,y,z", help="with --series: direction down a column, LPS")
    parser.add_argument(
        "--slab", type=float, default=0.0, metavar="MM", help="with --series: thickness (default: thin)"
    )
    parser.add_argument("--mode", choices=MODES, default="mean", help="with --series: how a slab becomes one value")
    parser.add_argument("--label", default="", help="with --series and --out: what it is called")
    parser.add_argument("--out", metavar="SR.dcm", help="with --series: a Comprehensive 3D SR of it")


def run(options: argparse.Namespace, profile: Profile, value_fields: Callable[[Value], dict[str, Any]]) -> Answer:
    """Make the volume, measure on its plane, say; with --out keep it as DICOM."""
    if options.file or not options.series:
        raise ReaderError("Name one image or one series.", "Give FILE, or --series DIR and a plane.")
    if options.calibrate:
        raise Refused("A volume has millimetres of its own.", "Leave out --calibrate.")
    row, column = _directions(options)
    if not isfinite(options.slab) or options.slab < 0:
        raise ReaderError("A slab has a thickness in millimetres.", "Give --slab a number, 0 for a thin plane.")
    points = tuple(_vector(word) for word in options.points.split())
    if not points:
        raise Refused("There are no points.", 'Write them as "x,y,z x,y,z …" in LPS mm.')
    at = series_at(options.series, profile)
    space = InSpace(points, at.stack.frame_of_reference_uid, row, column, options.slab, options.mode)
    lattice = at.stack.lattice()
    with shown_progress("measure") as show:
        voxels = voxels_of(lattice, counted(at, show), volume_budget(load(profile).display.volume_memory_mb))
    values, basis = evaluate_in_space(options.tool, space, voxels)
    middle = sum_of(*((point, 1 / len(points)) for point in points))
    ref = at.stack.frames[at.stack.nearest(middle)]
    made = Measurement(options.tool, ref, (), values, basis, options.label, space=space).identified()
    note = "; ".join(part for part in (*at.notes, voxels.lattice.note) if part)
    fields = {
        "tool": made.tool, "points_mm": [list(point) for point in points],
        "frame_of_reference_uid": space.frame_of_reference_uid, "row": list(row), "column": list(column),
        "slab_mm": space.slab_mm, "mode": space.mode, "values": [value_fields(value) for value in values],
        "basis": basis.text, "basis_unit": basis.unit, "basis_source": basis.source, "certain": basis.certain,
        "nearest_sop_uid": ref.sop_uid, "tracking_uid": made.tracking_uid, "note": note,
    }  # fmt: skip
    lines = [f"{value.concept:<20} {words.amount(value)}" for value in values]
    lines += [f"{'basis':<20} {basis.text}", *([f"note: {note}"] if note else [])]
    if options.out:
        _write(Path(options.out), made, at, profile)
        fields["out"] = options.out
        lines.append(f"written: {options.out}")
    return Answer(fields, tuple(lines))


def _write(path: Path, made: Measurement, at: SeriesAtHand, profile: Profile) -> None:
    source = header(at.part10_of(made.frame.sop_uid))
    now = datetime.now().astimezone()
    part10 = measurement_report([made], {made.frame.sop_uid: source}, load(profile).reader, now)
    written(path, lambda unfinished: _save(unfinished, part10))


def _save(path: Path, part10: bytes) -> None:
    path.write_bytes(part10)


def _directions(options: argparse.Namespace) -> tuple[Vector, Vector]:
    if options.plane and not (options.row or options.column):
        return DIRECTIONS[options.plane]
    if options.plane or not (options.row and options.column):
        raise ReaderError(
            "The plane is not named.", "Give --plane axial, coronal or sagittal, or --row and --column together."
        )
    row, column = _vector(options.row), _vector(options.column)
    lengths = dot(row, row), dot(column, column)
    if min(lengths) < 1e-12 or abs(dot(unit(row), unit(column))) > SKEW:
        raise ReaderError("Row and column are not at right angles.", "Give two directions at right angles.")
    right = unit(row)
    # What little they are off is taken from the column.
    return right, unit(cross(cross(right, unit(column)), right))


def _vector(text: str) -> Vector:
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Refused(f"“{text}” is no point or direction.", "Write three numbers: x,y,z in LPS mm.") from error
    if not all(map(isfinite, (x, y, z))):
        raise Refused(f"“{text}” is no point or direction.", "Write three finite numbers: x,y,z in LPS mm.")
    return x, y, z
