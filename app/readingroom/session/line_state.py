"""How the open case stands on its lines: how fast each is, when what hangs can be read, when everything is here."""

from dataclasses import dataclass

from readingroom.record.study import Study
from readingroom.session.case import Case
from readingroom.session.fetch_plan import likely_bytes
from readingroom.session.loader import Loader

FASTEST_SAID = 1000.0
"""Mbit/s above which a line is only said to be faster than that: this program is what is measured then."""


@dataclass(frozen=True, slots=True)
class LineState:
    """One archive's line. mbit_s: measured, None before. Seconds until what hangs, and all, is here; 0 where it is.

    left_bytes: what may still come over it this month, None where it is not metered.
    """

    archive: str
    mbit_s: float | None
    readable_in_s: float
    complete_in_s: float
    readable: bool
    complete: bool
    left_bytes: int | None = None

    @property
    def words(self) -> str:
        """The line in words: "RM3  18.9 Mbit/s · readable now · complete in 3 min"."""
        parts = [self.archive]
        if self.mbit_s is not None:
            fast = self.mbit_s > FASTEST_SAID
            parts[0] += "  over 1 Gbit/s" if fast else f"  {self.mbit_s:.{1 if self.mbit_s < 100 else 0}f} Mbit/s"
        if self.complete:
            parts.append("complete")
        else:
            parts.append("readable now" if self.readable else _soon("readable", self.readable_in_s))
            parts.append(_soon("complete", self.complete_in_s))
        if self.left_bytes is not None:
            spent = "this month's bytes are spent: nothing is fetched ahead, no previews"
            parts.append(spent if self.left_bytes <= 0 else f"{self.left_bytes / 1e9:.1f} GB left this month")
        return " · ".join(parts)


def line_states(case: Case, loader: Loader) -> tuple[LineState, ...]:
    """One state for each archive behind a line that is measured and sends anything of the case, nearest first."""
    hung = {stack.series_uid for tile in case.visible_tiles() if (stack := case.stack_at(tile)) is not None}
    studies: dict[str, list[Study]] = {}
    for study in (case.study, *case.priors):
        archive = loader.ways.distant(study)
        if archive is not None:
            studies.setdefault(archive.name, []).append(study)
    return tuple(_state(name, found, hung, loader) for name, found in studies.items())


def _state(name: str, studies: list[Study], hung: set[str], loader: Loader) -> LineState:
    archive = loader.ways.distant(studies[0])
    speed = archive.link.bytes_per_s if archive is not None else None
    left = {True: 0.0, False: 0.0}
    missing = {True: 0, False: 0}
    for study in studies:
        for series in study.series:
            absent = loader.absent(series)
            left[series.uid in hung] += loader.ways.seconds_for(study, sum(map(likely_bytes, absent)))
            missing[series.uid in hung] += len(absent)
    return LineState(
        name, speed * 8 / 1e6 if speed is not None else None, left[True], left[True] + left[False],
        not missing[True], not missing[True] and not missing[False], loader.ways.left_bytes(studies[0]),
    )  # fmt: skip


def _soon(what: str, seconds: float) -> str:
    if seconds <= 0:
        return f"{what} later"
    if seconds < 90:
        return f"{what} in {max(1, round(seconds))} s"
    return f"{what} in {round(seconds / 60)} min"
