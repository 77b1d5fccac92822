"""What more the selected measurement says: the spread of its values, or the values along its line."""

from dataclasses import dataclass

from readingroom.base.errors import ReaderError
from readingroom.measure.distribution import Distribution
from readingroom.measure.evaluate import REGIONS, described
from readingroom.measure.profile import PROFILED, LineProfile, profile_along
from readingroom.record.finding import Measurement, Value
from readingroom.session.desk import Desk


@dataclass(frozen=True, slots=True, eq=False)
class ValuesShown:
    """values: numbers beside those of the measurement; spread or line: what is drawn; problem: why nothing can be."""

    values: tuple[Value, ...] = ()
    spread: Distribution | None = None
    line: LineProfile | None = None
    problem: str = ""

    @property
    def unit(self) -> str:
        """The unit of the pixel values."""
        return next((value.unit for value in self.values if value.concept == "Median"), "")


def values_shown(desk: Desk, one: Measurement) -> ValuesShown:
    """Computed anew on the stored values of its image, on the scale that the case has for it now."""
    case, frame = desk.case, desk.frame(one.frame)
    if one.space is not None:
        return ValuesShown(problem="Drawn on a plane through the volume: its values are in the window of planes.")
    if one.tool not in REGIONS and one.tool not in PROFILED:
        return ValuesShown(problem="A region has a histogram, a length or a path a profile.")
    if case is None or frame is None:
        return ValuesShown(problem="Its image is not here. Click its row to go there.")
    scale = case.calibration_of(one.frame)
    try:
        if one.tool in PROFILED:
            return ValuesShown(line=profile_along(one.tool, one.points, frame, scale))
        values, spread = described(one.tool, one.points, frame, scale)
    except ReaderError as error:
        return ValuesShown(problem=f"{error.problem} {error.remedy}")
    return ValuesShown(values, spread, None, "" if spread is not None else "There are no grey values here.")
