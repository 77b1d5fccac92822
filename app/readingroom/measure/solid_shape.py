"""The volume of a body by its diameters."""

from collections.abc import Sequence
from math import pi, sqrt

from readingroom.measure.calibration import Spacing
from readingroom.measure.length import length_value
from readingroom.measure.refused import Refused
from readingroom.record.finding import ImagePoint, Value

MM3_PER_ML = 1000.0


def ellipsoid_volume(diameters: Sequence[Value]) -> Value:
    """The volume of an ellipsoid of three diameters, pi / 6 times their product, in ml (mm3 / 1000), with its ±.

    The relative errors of the diameters add as independent ones; Refused unless all three are millimetres.
    """
    if len(diameters) != 3:
        raise Refused(f"An ellipsoid needs 3 diameters and got {len(diameters)}.", "Measure three of them.")
    if any(diameter.unit != "mm" for diameter in diameters):
        raise Refused("A diameter is not in millimetres, so there is no volume.", "Calibrate the image first.")
    volume = pi / 6 * diameters[0].value * diameters[1].value * diameters[2].value / MM3_PER_ML
    relative = sqrt(sum(((diameter.plus_minus or 0.0) / diameter.value) ** 2 for diameter in diameters))
    return Value("Volume", volume, "ml", volume * relative)


def ellipsoid_values(points: Sequence[ImagePoint], spacing: Spacing) -> tuple[Value, ...]:
    """Volume and diameters of three lines on one image (six points), or of two, the shorter of which counts twice."""
    if len(points) not in (4, 6):
        raise Refused(f"The tool ellipsoid needs 4 or 6 points and got {len(points)}.", "Draw two diameters, or three.")
    lines = [length_value(points[n : n + 2], spacing, f"Diameter {n // 2 + 1}") for n in range(0, len(points), 2)]
    if len(lines) == 2:
        # A body round its long axis: every diameter across is the short one, and its error counts twice as well.
        longer, shorter = sorted(lines, key=lambda line: line.value, reverse=True)
        volume = ellipsoid_volume((longer, shorter, shorter))
        errors = [(longer.plus_minus or 0.0) / longer.value, 2 * (shorter.plus_minus or 0.0) / shorter.value]
        relative = sqrt(errors[0] ** 2 + errors[1] ** 2)
        return Value("Volume", volume.value, "ml", volume.value * relative), longer, shorter
    return ellipsoid_volume(lines), *lines
