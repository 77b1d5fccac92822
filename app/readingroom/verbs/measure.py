"""readingroom measure: one measurement on one frame, with its numbers, its error bar and its basis."""

import argparse
import re
import sys
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from readingroom.display import words
from readingroom.measure.calibration import UserCalibration
from readingroom.measure.distribution import Distribution
from readingroom.measure.evaluate import POINTS, TOOLS, described, evaluate
from readingroom.measure.refused import Refused
from readingroom.measure.suv import UNITS
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame
from readingroom.plugin.host import Host
from readingroom.record.finding import Basis, ImagePoint, Value
from readingroom.settings.places import Profile, plugins
from readingroom.verbs import measure_in_space
from readingroom.verbs.files import bytes_of
from readingroom.verbs.front import Answer

_EPILOG = (
    "points are DICOM image coordinates, x right and y down, the centre of the first pixel at 0.5,0.5: length, two ends; "
    "bidirectional, ends of one line then of the other; angle, the corner second; cobb, ends of each line; ellipse, ends "
    "of the major axis then of the minor; circle, centre and edge; rectangle, two corners; polygon and polyline, in "
    "order; open_angle, start and end of each line; ellipsoid, ends of two or three diameters; velocity, a point of a "
    "Doppler trace or its peak and end; time, two points of a trace"
)


def declare(parser: argparse.ArgumentParser) -> None:
    """FILE, the tool, its points."""
    # argparse takes "-5,3" for an option unless it looks like a negative number to it.
    parser._negative_number_matcher = re.compile(r"^-\.?\d")
    parser.epilog = _EPILOG
    parser.add_argument("file", metavar="FILE", nargs="?", help="a DICOM image (not with --series)")
    parser.add_argument("--tool", required=True, metavar="TOOL", help=f"{', '.join(TOOLS)}, or a plug-in's")
    parser.add_argument("--points", required=True, metavar='"x,y x,y …"', help="image coordinates")
    measure_in_space.declare(parser)
    parser.add_argument("--frame", type=int, default=1, metavar="N", help="frame, from 1")
    parser.add_argument(
        "--suv", choices=tuple(UNITS), default="bw", help="PET uptake by weight, lean mass, surface or ideal weight"
    )
    parser.add_argument(
        "--calibrate",
        metavar='"x,y x,y MM"',
        help="a line of known length drawn on this image; “sphere” after it for a ball",
    )


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Decode, measure, say; a number that would not be true is refused, exit 2."""
    try:
        if options.series or not options.file:
            return measure_in_space.run(options, profile, value_fields)
        points = parsed_points(options.points)
        calibration = UserCalibration.parse(options.calibrate) if options.calibrate else None
        frame = decode(bytes_of(Path(options.file)), options.frame)
        values, basis = evaluated(options.tool, points, frame, calibration, options.suv)
        more, spread = (
            described(options.tool, points, frame, calibration, options.suv)
            if options.tool in POINTS else ((), None)
        )  # fmt: skip
    except Refused as refusal:
        if not options.json:
            raise
        print(f"problem: {refusal.problem}\nremedy: {refusal.remedy}", file=sys.stderr)
        return Answer({"problem": refusal.problem, "remedy": refusal.remedy, "refused": refusal.problem}, code=2)
    return _answer(options, points, frame, values, basis, more, spread)


def evaluated(
    tool: str,
    points: Sequence[ImagePoint],
    frame: Frame,
    calibration: UserCalibration | None = None,
    suv: str = "bw",
) -> tuple[tuple[Value, ...], Basis]:
    """What a tool of ours or of a plug-in measures; Refused or ReaderError where it does not."""
    if tool in POINTS:
        return evaluate(tool, points, frame, calibration, suv)
    host = Host(plugins())
    names = [measurement.id for measurement in host.measurements()]
    if tool not in names:
        notices = " ".join(str(notice) for notice in host.notices())
        raise Refused(
            f"There is no measuring tool “{tool}”. {notices}".strip(), f"Use one of: {', '.join((*TOOLS, *names))}."
        )
    if calibration is not None:
        raise Refused(f"{tool} takes no calibration line.", "Leave out --calibrate.")
    return host.measurement(tool).evaluate(points, frame.facts)


def parsed_points(text: str) -> tuple[ImagePoint, ...]:
    """Points written as "x,y x,y …"; Refused where they are not."""
    try:
        found = tuple((float(x), float(y)) for x, y in (word.split(",") for word in text.split()))
    except ValueError:
        found = ()
    if not found or not all(isfinite(side) for point in found for side in point):
        raise Refused(f"“{text}” are no points.", 'Write them as "x,y x,y …", e.g. "10.5,20 30.5,40".')
    return found


def value_fields(value: Value) -> dict[str, Any]:
    """One number as JSON; plus_minus only where there is one."""
    fields: dict[str, Any] = {"concept": value.concept, "value": value.value, "unit": value.unit}
    return fields if value.plus_minus is None else fields | {"plus_minus": value.plus_minus}


def _answer(
    options: argparse.Namespace, points: Sequence[ImagePoint], frame: Frame, values: Sequence[Value], basis: Basis,
    more: Sequence[Value], spread: Distribution | None,
) -> Answer:  # fmt: skip
    fields = {
        "tool": options.tool,
        "points": [list(point) for point in points],
        "frame": options.frame,
        "sop_uid": frame.facts.ref.sop_uid,
        "values": [value_fields(value) for value in values],
        "basis": basis.text,
        "basis_unit": basis.unit,
        "basis_source": basis.source,
        "certain": basis.certain,
        "quality": frame.facts.quality,
        "more": [value_fields(value) for value in more],
    }
    if spread is not None:
        fields |= {"pixels": spread.n, "histogram": {"edges": spread.edges.tolist(), "counts": spread.counts.tolist()}}
    lines = [f"{value.concept:<20} {words.amount(value)}" for value in (*values, *more)]
    return Answer(fields, (*lines, f"{'basis':<20} {basis.text}"))
