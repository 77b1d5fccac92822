"""Which of the patient's earlier examinations takes which role of a protocol: nth, oldest, nearest to an age, baseline."""

from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.hanging.priors import doubt
from readingroom.hanging.protocol import PriorRole, Selector
from readingroom.hanging.rules import holds, refused_by
from readingroom.hanging.tables import Tables, plain
from readingroom.hanging.traits import Traits, study_traits
from readingroom.record.study import Study

_ORDER = {"nth": 0, "nearest": 1, "baseline": 2, "oldest": 3}


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier examination, ready to be asked; age_days is None where a date is missing."""

    study: Study
    traits: Traits
    age_days: float | None


def earlier_of(study: Study, priors: Sequence[Study], tables: Tables) -> tuple[tuple[Earlier, ...], tuple[str, ...]]:
    """The same patient's examinations that came before, newest first; and UIDs of studies of somebody else."""
    found, strangers = [], []
    for prior in priors:
        if prior.uid == study.uid:
            continue
        if doubt(study.patient, prior.patient):
            strangers.append(prior.uid)
            continue
        age = float((study.date - prior.date).days) if study.date and prior.date else None
        later = age == 0 and study.time is not None and prior.time is not None and prior.time > study.time
        if age is None or (age >= 0 and not later):
            found.append(Earlier(prior, study_traits(prior, tables), age))
    found.sort(key=_newest_first)
    return tuple(found), tuple(strangers)


def roles_of(
    wanted: Sequence[PriorRole], current: Traits, earlier: Sequence[Earlier], tables: Tables
) -> dict[str, Study]:
    """The prior of each role that one can take; a study takes one role, nth before nearest, baseline and oldest."""
    taken: dict[str, Study] = {}
    for role in sorted(wanted, key=lambda one: (_ORDER[one.role], one.nth, one.age_days, one.id)):
        fitting = [
            one
            for one in earlier
            if _in_time(role, one) and all(holds(rule, one.traits, current) for rule in role.require)
        ]
        free = [one for one in fitting if one.study.uid not in {study.uid for study in taken.values()}]
        chosen = _chosen(role, fitting, free, tables)
        if chosen is not None:
            taken[role.id] = chosen.study
    return taken


def why_not(role: PriorRole, current: Traits, one: Earlier) -> str:
    """What speaks against a study in a role, in words; "" where nothing does."""
    if not _in_time(role, one):
        return "its age is not asked for"
    return refused_by(Selector(role.require), one.traits, current)


def _newest_first(one: Earlier) -> tuple[float, float, str]:
    clock = one.study.time
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second if clock is not None else 0
    return float("inf") if one.age_days is None else one.age_days, -float(seconds), one.study.uid


def _in_time(role: PriorRole, one: Earlier) -> bool:
    if role.between_days is None:
        return True
    return one.age_days is not None and role.between_days[0] <= one.age_days <= role.between_days[1]


def _chosen(role: PriorRole, fitting: Sequence[Earlier], free: Sequence[Earlier], tables: Tables) -> Earlier | None:
    if role.role == "nth":
        return fitting[role.nth - 1] if len(fitting) >= role.nth and fitting[role.nth - 1] in free else None
    if not free:
        return None
    if role.role == "nearest":
        aged = [one for one in free if one.age_days is not None]
        return min(aged, key=lambda one: abs((one.age_days or 0.0) - role.age_days), default=None)
    if role.role == "baseline":
        named = [one for one in free if tables.baseline.search(plain(one.study.description))]
        return named[0] if named else free[-1]
    return free[-1]
