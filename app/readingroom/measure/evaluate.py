"""One door to every measurement: a tool, its points and a frame give values and the basis they stand on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from readingroom.measure.angle import angle_value, cobb_value, open_angle_value
from readingroom.measure.calibration import Spacing, UserCalibration, spacing_of
from readingroom.measure.distribution import Distribution, distribution_in, perimeter
from readingroom.measure.length import bidirectional_values, length_value
from readingroom.measure.probe import pixel_of
from readingroom.measure.refused import Refused
from readingroom.measure.region import (
    Patch,
    circle_area,
    circle_patch,
    ellipse_area,
    ellipse_patch,
    polygon_patch,
    polygon_value,
    rectangle_area,
    rectangle_corners,
)
from readingroom.measure.solid_shape import ellipsoid_values
from readingroom.measure.statistics import Statistics, statistics_in
from readingroom.measure.suv import NAMES, suv_of
from readingroom.measure.ultrasound import time_values, velocity_values
from readingroom.pixels.frame import Frame, FrameFacts
from readingroom.record.finding import Basis, ImagePoint, Value

MOST_POINTS = 20_000
POINTS: Mapping[str, tuple[int, int]] = {
    "length": (2, 2),
    "polyline": (2, MOST_POINTS),
    "bidirectional": (4, 4),
    "angle": (3, 3),
    "cobb": (4, 4),
    "open_angle": (4, 4),
    "ellipsoid": (4, 6),
    "velocity": (1, 2),
    "time": (2, 2),
    "ellipse": (4, 4),
    "circle": (2, 2),
    "rectangle": (2, 4),
    "polygon": (3, MOST_POINTS),
    "freehand": (3, MOST_POINTS),
    "livewire": (3, MOST_POINTS),
    "probe": (1, 1),
    "arrow": (2, 2),
    "text": (1, 1),
    "spine": (1, 1),
}
"""Fewest and most points of each tool; a rectangle has two opposite corners or four in order."""

REGIONS = frozenset({"ellipse", "circle", "rectangle", "polygon", "freehand", "livewire"})
"""The tools whose points enclose pixels."""
WORDS = frozenset({"arrow", "text", "spine"})
"""The tools that say something in words and measure nothing."""

TOOLS: tuple[str, ...] = tuple(POINTS)
_LINES: Mapping[str, Callable[[Sequence[ImagePoint], Spacing], tuple[Value, ...]]] = {
    "length": lambda points, spacing: (length_value(points, spacing),),
    "polyline": lambda points, spacing: (length_value(points, spacing),),
    "bidirectional": bidirectional_values,
    "angle": lambda points, spacing: (angle_value(points, spacing),),
    "cobb": lambda points, spacing: (cobb_value(points, spacing),),
    "open_angle": lambda points, spacing: (open_angle_value(points, spacing),),
    "ellipsoid": ellipsoid_values,
}
_TRACES: Mapping[str, Callable[[Sequence[ImagePoint], FrameFacts], tuple[tuple[Value, ...], Basis]]] = {
    "velocity": velocity_values,
    "time": time_values,
}


def evaluate(
    tool: str,
    points: Sequence[ImagePoint],
    frame: Frame,
    calibration: UserCalibration | None = None,
    suv: str = "bw",
) -> tuple[tuple[Value, ...], Basis]:
    """The values of one measurement and the basis they stand on; Refused where a number would not be true.

    points: image coordinates, the centre of the first pixel at (0.5, 0.5); their meaning by tool is that of
    record.finding. Lengths in mm or px, areas in mm2 or px2, angles in deg, each with its ± (measure.uncertainty).
    Values of pixels carry the unit of the modality ("HU" only where the header may be believed), PET is given as SUV
    (suv: by which size of the body, see measure.suv) or says why not; colour frames have geometry only.
    """
    points = [(float(x), float(y)) for x, y in points]
    check_points(tool, points, *frame.stored.shape[:2])
    if tool in WORDS:
        return (), Basis("1", "", "annotation")
    if tool in _TRACES:
        return _TRACES[tool](points, frame.facts)
    if tool == "probe":
        return _probe(points, frame, suv)
    spacing = spacing_of(frame.facts, points, calibration)
    if tool in _LINES:
        return _LINES[tool](points, spacing), spacing.basis
    area, patch = _region(tool, points, spacing, frame)
    return _with_statistics((area,), patch, frame, spacing.basis, suv)


def described(
    tool: str, points: Sequence[ImagePoint], frame: Frame, calibration: UserCalibration | None = None, suv: str = "bw"
) -> tuple[tuple[Value, ...], Distribution | None]:
    """What more a region says: its perimeter, median, percentiles and skewness, and the histogram; nothing for others.

    The unit of the values is that of evaluate; a colour frame has a perimeter only. Refused as evaluate.
    """
    points = [(float(x), float(y)) for x, y in points]
    check_points(tool, points, *frame.stored.shape[:2])
    if tool not in REGIONS:
        return (), None
    spacing = spacing_of(frame.facts, points, calibration)
    around = perimeter(tool, points, spacing.scale)
    values = () if around is None else (Value("Perimeter", around, spacing.basis.unit),)
    if frame.is_colour:
        return values, None
    unit, factor, _ = unit_of(frame.facts, suv)
    found = distribution_in(frame, _region(tool, points, spacing, frame)[1], factor)
    if found is None:
        return values, None
    shares = (Value(f"Percentile {share:g}", value, unit) for share, value in found.percentiles)
    return (*values, Value("Median", found.median, unit), *shares, Value("Skewness", found.skewness, "1")), found


def check_points(tool: str, points: Sequence[ImagePoint], rows: int, columns: int) -> None:
    """Refused where a tool is unknown, has the wrong number of points, or a point lies outside the image."""
    if tool not in POINTS:
        raise Refused(f"There is no measuring tool “{tool}”.", f"Use one of: {', '.join(TOOLS)}.")
    least, most = POINTS[tool]
    uneven = (tool, len(points)) in (("rectangle", 3), ("ellipsoid", 5))
    if not least <= len(points) <= most or uneven:
        needed = {"rectangle": "2 or 4", "ellipsoid": "4 or 6", "velocity": "1 or 2"}.get(
            tool, str(least) if least == most else f"{least} or more"
        )
        raise Refused(f"The tool {tool} needs {needed} points and got {len(points)}.", "Give its points in order.")
    for x, y in points:
        if not (isfinite(x) and isfinite(y) and 0 <= x <= columns and 0 <= y <= rows):
            raise Refused(
                f"The point {x:g},{y:g} lies outside the image of {columns} × {rows} pixels.",
                "Put every point on the image: x from 0 to its columns, y from 0 to its rows.",
            )


def _region(tool: str, points: Sequence[ImagePoint], spacing: Spacing, frame: Frame) -> tuple[Value, Patch]:
    rows, columns = frame.stored.shape[:2]
    if tool == "ellipse":
        return ellipse_area(points, spacing), ellipse_patch(points, rows, columns)
    if tool == "circle":
        return circle_area(points, spacing), circle_patch(points, spacing, rows, columns)
    if tool == "rectangle" and len(points) == 2:
        return rectangle_area(points, spacing), polygon_patch(rectangle_corners(points), rows, columns)
    return polygon_value(points, spacing), polygon_patch(points, rows, columns)


def _probe(points: Sequence[ImagePoint], frame: Frame, suv: str) -> tuple[tuple[Value, ...], Basis]:
    if frame.is_colour:
        raise Refused("A colour image has no values to measure.", "Measure lengths and areas on it instead.")
    place = pixel_of(points[0], *frame.stored.shape[:2])
    basis = Basis("px", "one pixel", "stored value")
    if place is None:
        return (), basis
    import numpy as np

    patch = Patch(place[0], place[1], np.ones((1, 1), dtype=np.bool_))
    values, basis = _with_statistics((), patch, frame, basis, suv)
    return values[:1], basis


def _with_statistics(
    values: tuple[Value, ...], patch: Patch, frame: Frame, basis: Basis, suv: str
) -> tuple[tuple[Value, ...], Basis]:
    if frame.is_colour:
        return values, basis
    if not patch.inside.any():
        raise Refused("The region holds no centre of a pixel.", "Draw a larger region.")
    found = statistics_in(frame, patch)
    if found is None:
        raise Refused(_nothing_here(frame), "Measure where the grey image is.")
    unit, factor, note = unit_of(frame.facts, suv)
    if note:
        basis = replace(basis, text=f"{basis.text}; {note}")
    return values + _statistics_values(found, unit, factor), basis


def _nothing_here(frame: Frame) -> str:
    if frame.facts.supplemental is not None:
        return "The pixels here are colours laid over the image, or padding: their values are no densities."
    return "Every pixel here is padding, not picture."


def _statistics_values(found: Statistics, unit: str, factor: float) -> tuple[Value, ...]:
    return (
        Value("Mean", found.mean * factor, unit),
        Value("Standard Deviation", found.sd * factor, unit),
        Value("Minimum", found.minimum * factor, unit),
        Value("Maximum", found.maximum * factor, unit),
    )


def unit_of(facts: FrameFacts, by: str) -> tuple[str, float, str]:
    """The unit of pixel values, what a modality value is multiplied by, and what is to be said of it; SUV for PET."""
    if facts.modality != "PT":
        return facts.unit, 1.0, ""
    try:
        suv = suv_of(facts.suv, by)
    except Refused as refusal:
        return facts.unit, 1.0, refusal.problem.rstrip(".")
    return suv.unit, suv.factor, f"{NAMES[by]}, decayed to {suv.reference}"
