"""One lesion over time: measurements of several examinations paired by their tracking UID, growth and RECIST sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from readingroom.base.errors import ReaderError
from readingroom.measure.growth import Growth, growth_of
from readingroom.measure.refused import Refused
from readingroom.record.finding import Measurement, Value
from readingroom.reporting.scores.recist import Target, sum_mm, target_response
from readingroom.reporting.scores.score import Score

_SIZES = ("Long Axis", "Length", "Diameter", "Volume", "Area", "Maximum", "Mean")
_NODE = "lymph"


@dataclass(frozen=True, slots=True)
class Followed:
    """The identity of a lesion that is to be measured again: what a new measurement of it takes over."""

    tracking_uid: str
    label: str = ""
    finding: tuple[str, str, str] | None = None
    site: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """A lesion as one examination shows it: the day of the examination, its UID, and the measurement."""

    on: date
    study_uid: str
    measurement: Measurement

    def size(self, node: bool) -> Value | None:
        """The number that is followed: the longest diameter, of a lymph node the short axis, else what there is."""
        wanted = ("Short Axis", *_SIZES) if node else _SIZES
        return next((value for name in wanted if (value := self.measurement.value(name)) is not None), None)


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion, its sights from the oldest to the newest; label, finding and site as the newest says."""

    tracking_uid: str
    label: str
    sights: tuple[Sight, ...]

    @property
    def is_node(self) -> bool:
        """Whether finding or site of any sight name a lymph node."""
        codes = [code for sight in self.sights for code in (sight.measurement.finding, sight.measurement.site) if code]
        return any(_NODE in code[2].casefold() for code in codes)

    @property
    def sizes(self) -> tuple[Value | None, ...]:
        """The number that is followed at each sight."""
        return tuple(sight.size(self.is_node) for sight in self.sights)

    def growth(self) -> tuple[Growth | None, ...]:
        """From each sight to the next; None where one was not measured or in another unit."""
        return tuple(
            self._between(n, before, now)
            for n, (before, now) in enumerate(zip(self.sizes, self.sizes[1:], strict=False))
        )

    def _between(self, n: int, before: Value | None, now: Value | None) -> Growth | None:
        if before is None or now is None or before.concept != now.concept:
            return None
        try:
            return growth_of(before, self.sights[n].on, now, self.sights[n + 1].on)
        except Refused:
            return None


def lesions(sights: Iterable[Sight]) -> tuple[Lesion, ...]:
    """Sights paired by tracking UID (DCM 112040), lesions in the order in which they were first seen.

    Of several measurements of one lesion in one examination the newest counts. Nothing is paired by place or name: what
    has no UID of its own is a lesion of its own.
    """
    found: dict[str, dict[str, Sight]] = {}
    for number, sight in enumerate(sorted(sights, key=_moment)):
        uid = sight.measurement.tracking_uid or f"unpaired {number}"
        found.setdefault(uid, {})[sight.study_uid] = sight
    return tuple(
        Lesion(uid, _label(seen.values()), tuple(sorted(seen.values(), key=_moment))) for uid, seen in found.items()
    )


def _moment(sight: Sight) -> tuple[date, str]:
    at = sight.measurement.at
    return sight.on, at.isoformat() if at is not None else ""


def _label(sights: Iterable[Sight]) -> str:
    return next((s.measurement.label for s in reversed(list(sights)) if s.measurement.label), "")


def response(targets: Sequence[Lesion]) -> tuple[tuple[date, float | None, Score | None], ...]:
    """RECIST 1.1 for target lesions by day of examination: the sum in mm and the response since the first.

    A lesion that an examination did not measure makes its sum None and the response NE; one seen first later than the
    others is new, not a target: ReaderError.
    """
    days = sorted({sight.on for lesion in targets for sight in lesion.sights})
    if not days:
        raise ReaderError("There is no target lesion.", "Choose one to five.")
    late = next((lesion for lesion in targets if lesion.sights[0].on != days[0]), None)
    if late is not None:
        raise ReaderError(
            f"“{late.label or late.tracking_uid}” was not measured at baseline, so it is no target.",
            "Leave it out; a new lesion is progress of its own.",
        )
    made: list[tuple[date, float | None, Score | None]] = []
    sums: list[float] = []
    for day in days:
        at = [_target(lesion, day) for lesion in targets]
        total = sum_mm(at)
        made.append((day, total, target_response(at, sums[0], min(sums)) if sums else None))
        if total is not None:
            sums.append(total)
        elif not sums:
            raise ReaderError("A target has no length in millimetres at baseline.", "Measure it there, calibrated.")
    return tuple(made)


def _target(lesion: Lesion, day: date) -> Target:
    sight = next((sight for sight in lesion.sights if sight.on == day), None)
    size = sight.size(lesion.is_node) if sight is not None else None
    site = lesion.sights[-1].measurement.site
    return Target(
        site[2] if site else "", size.value if size is not None and size.unit == "mm" else None, lesion.is_node
    )
