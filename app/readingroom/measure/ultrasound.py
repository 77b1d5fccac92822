"""Velocities and times on the axes of an ultrasound trace: spectral Doppler and M-mode (PS3.3 C.8.5.5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from readingroom.measure.refused import Refused
from readingroom.measure.uncertainty import HALF_PIXEL, spread
from readingroom.pixels.frame import FrameFacts, UltrasoundRegion
from readingroom.record.finding import Basis, ImagePoint, Value

SECONDS, CENTIMETRES_PER_SECOND = 4, 7
_BASIS = Basis("1", "axes of the ultrasound region", "SequenceOfUltrasoundRegions")


@dataclass(frozen=True, slots=True)
class _Trace:
    """A region whose axes carry what is asked for."""

    region: UltrasoundRegion

    def time_s(self, point: ImagePoint) -> float:
        """Seconds along the trace, from its left edge."""
        return (point[0] - self.region.x0) * abs(self.region.delta_x)

    def velocity(self, point: ImagePoint) -> float:
        """Centimetres per second at a height; away from the transducer is negative where the header says so."""
        zero = self.region.zero_y
        if zero is None:
            raise Refused(
                "The ultrasound region does not say where its base line lies.",
                "Measure the difference of two heights with the scanner's own tool.",
            )
        return self.region.value_y + (point[1] - (zero + HALF_PIXEL)) * self.region.delta_y


def velocity_values(points: Sequence[ImagePoint], facts: FrameFacts) -> tuple[tuple[Value, ...], Basis]:
    """The velocity at a point of a Doppler trace in cm/s; of two points peak and end with the indices drawn from them.

    Two points are peak systole and end diastole: Resistivity Index = (peak - end) / peak and their ratio. The angle
    correction is the scanner's. Refused outside a region whose vertical axis is a velocity with a base line.
    """
    trace = _trace(points, facts, down=CENTIMETRES_PER_SECOND)
    error = HALF_PIXEL * abs(trace.region.delta_y)
    found = [trace.velocity(point) for point in points]
    if len(points) == 1:
        return (Value("Velocity", found[0], "cm/s", error),), _BASIS
    peak, end = found
    if peak == 0:
        raise Refused("The peak lies on the base line, so there is no index.", "Put the first point on the peak.")
    index: Callable[[Sequence[ImagePoint]], float] = lambda p: 1 - trace.velocity(p[1]) / trace.velocity(p[0])  # noqa: E731
    values = [
        Value("Peak Systolic Velocity", peak, "cm/s", error),
        Value("End Diastolic Velocity", end, "cm/s", error),
        Value("Resistivity Index", 1 - end / peak, "1", spread(index, points)),
    ]
    if end != 0:
        ratio: Callable[[Sequence[ImagePoint]], float] = lambda p: trace.velocity(p[0]) / trace.velocity(p[1])  # noqa: E731
        values.append(Value("Systolic to Diastolic Velocity Ratio", peak / end, "1", spread(ratio, points)))
    return tuple(values), _BASIS


def time_values(points: Sequence[ImagePoint], facts: FrameFacts) -> tuple[tuple[Value, ...], Basis]:
    """The time between two points of a trace in seconds and the rate that it would be; Refused where no time runs across."""
    trace = _trace(points, facts, across=SECONDS)
    length_s = abs(trace.time_s(points[1]) - trace.time_s(points[0]))
    if length_s == 0:
        raise Refused("The points lie at one time.", "Draw the line along the trace.")
    error = HALF_PIXEL * 2**0.5 * abs(trace.region.delta_x)
    rate = 60.0 / length_s
    return (Value("Time", length_s, "s", error), Value("Rate", rate, "/min", rate * error / length_s)), _BASIS


def _trace(
    points: Sequence[ImagePoint], facts: FrameFacts, across: int | None = None, down: int | None = None
) -> _Trace:
    inside = [
        region
        for region in facts.regions
        if all(region.x0 <= x <= region.x1 + 1 and region.y0 <= y <= region.y1 + 1 for x, y in points)
    ]
    fit = [r for r in inside if across in (None, r.unit_x) and down in (None, r.unit_y) and _steps(r)]
    if not fit:
        what = "time runs across" if across is not None else "velocity is shown upwards"
        raise Refused(
            f"The points do not lie in one ultrasound region where {what}.",
            "Measure inside the trace; a scan without calibrated regions has none.",
        )
    if any(
        (r.delta_x, r.delta_y, r.zero_y, r.value_y) != (fit[0].delta_x, fit[0].delta_y, fit[0].zero_y, fit[0].value_y)
        for r in fit
    ):
        raise Refused("Two ultrasound regions overlap here and disagree.", "Measure where only one of them lies.")
    return _Trace(fit[0])


def _steps(region: UltrasoundRegion) -> bool:
    return all(isfinite(step) and step != 0 for step in (region.delta_x, region.delta_y))
