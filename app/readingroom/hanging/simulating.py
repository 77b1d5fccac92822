"""What a change of protocols would do: studies hung by those before and those after, and where the layouts differ, why."""

from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.display.stack import stacks
from readingroom.display.words import day
from readingroom.hanging.hang import Hanging, hang
from readingroom.hanging.library import Protocols
from readingroom.hanging.placing import Monitor, Placed
from readingroom.hanging.priors import doubt
from readingroom.record.search import StudyRow
from readingroom.record.study import Study

MOST_STUDIES = 200


@dataclass(frozen=True, slots=True)
class Changed:
    """A study that would hang otherwise; why: what decides it; viewports: each difference of its first stage, in words."""

    study: Study
    before: Hanging
    after: Hanging
    why: str
    viewports: tuple[str, ...]

    @property
    def words(self) -> str:
        """One line for a reader."""
        what = self.study.description or "/".join(self.study.modalities)
        return f"{what} of {day(self.study.date)}, {self.study.patient.display_name}: {self.why}"


def latest(rows: Sequence[StudyRow], most: int = MOST_STUDIES) -> tuple[StudyRow, ...]:
    """The newest studies of a list, those without a date last."""
    return tuple(sorted(rows, key=_when, reverse=True)[:most])


def _when(row: StudyRow) -> tuple[str, str, str]:
    return (row.date.isoformat() if row.date else "", row.time.isoformat() if row.time else "", row.study_uid)


def priors_among(study: Study, rows: Sequence[StudyRow]) -> tuple[str, ...]:
    """The UIDs of the same patient's other studies in a list that are not later than this one."""
    return tuple(
        row.study_uid
        for row in rows
        if row.study_uid != study.uid
        and not doubt(study.patient, row.patient)
        and (row.date is None or study.date is None or row.date <= study.date)
    )


def simulated(
    study: Study, priors: Sequence[Study], before: Protocols, after: Protocols, monitors: Sequence[Monitor] = (Monitor(),)
) -> Changed | None:  # fmt: skip
    """How a study with its priors would hang otherwise after a change of protocols, None where it would not."""
    every = [stack for one in (study, *priors) for stack in stacks(one)]
    old, new = (hang(study, every, priors, library, monitors) for library in (before, after))
    viewports = _differences(old, new)
    if not viewports and _id(old) == _id(new) and _stages(old) == _stages(new):
        return None
    return Changed(study, old, new, _why(old, new), viewports)


def _id(hanging: Hanging) -> str:
    return hanging.matched.protocol.id if hanging.matched is not None else ""


def _stages(hanging: Hanging) -> tuple[tuple[str, frozenset[tuple[str, object]]], ...]:
    return tuple((stage.name, frozenset(stage.shows())) for stage in hanging.stages)


def _why(old: Hanging, new: Hanging) -> str:
    def said(hanging: Hanging) -> str:
        found = hanging.matched
        if found is None:
            return "no protocol"
        return f"“{found.protocol.name}” ({found.protocol.level}, score {found.score})"

    if _id(old) == _id(new):
        return f"{said(new)} is another than before"
    against = next((one.why for one in new.rejected if one.protocol_id == _id(old)), "it is not there any more")
    return f"{said(new)} instead of {said(old)}: {_id(old) or 'no protocol'}: {against}"


def _differences(old: Hanging, new: Hanging) -> tuple[str, ...]:
    """What is seen first, place by place, where it is not the same."""
    said = []
    if _grids(old) != _grids(new):
        said.append(f"grid {_in_words(_grids(old))} becomes {_in_words(_grids(new))}")
    before, after = _placed(old), _placed(new)
    for place in sorted({*before, *after}):
        was, will = _shown(before.get(place)), _shown(after.get(place))
        if was != will:
            said.append(f"monitor {place[0] + 1}, row {place[1] + 1}, column {place[2] + 1}: {was} becomes {will}")
    if not said and old.views != new.views:
        said.append("the same series, shown otherwise: turned, magnified or at another image")
    return tuple(said)


def _grids(hanging: Hanging) -> tuple[tuple[int, int], ...]:
    return hanging.shown.grids if hanging.shown is not None else ()


def _in_words(grids: tuple[tuple[int, int], ...]) -> str:
    return " + ".join(f"{rows}×{columns}" for rows, columns in grids) or "nothing"


def _placed(hanging: Hanging) -> dict[tuple[int, int, int], Placed]:
    return {(p.monitor, p.area[0], p.area[1]): p for p in (hanging.shown.placed if hanging.shown is not None else ())}


def _shown(placed: Placed | None) -> str:
    if placed is None or placed.stack is None:
        return "nothing"
    window = placed.port.window
    name = "" if window is None else window.name or f"C {window.centre:g} W {window.width:g}"
    return f"{placed.stack.description or placed.stack.modality}{f' ({name})' if name else ''}"
