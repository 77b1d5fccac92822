"""The patient's examinations across the region as marks in the order of time, and what may be missing among them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from readingroom.display.words import day
from readingroom.hanging.priors import NOT_IMAGES
from readingroom.record.search import Silence, StudyRow
from readingroom.record.study import Study
from readingroom.session.case import Case

CURRENT, OPENED, PRIOR, DOUBTFUL = "current", "opened", "prior", "doubtful"
MODALITY_COLOURS = {
    "CT": "modality-ct", "MR": "modality-mr", "DX": "modality-film", "CR": "modality-film", "RF": "modality-film",
    "MG": "modality-mg", "US": "modality-us", "PT": "modality-nuclear", "NM": "modality-nuclear", "XA": "modality-xa",
}  # fmt: skip
"""The theme's colour of a modality; any other has "modality-other"."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One examination: what stands on its mark, and in words why it matters or why it is doubtful.

    place: the trust that holds it, others counted; kind: current, opened, prior or doubtful; apart: the time since the
    mark before, "" for the first.
    """

    study_uid: str
    on: date | None
    modality: str
    description: str
    place: str
    kind: str
    words: str
    held_by: tuple[str, ...] = ()
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Marks oldest first, those without a date at the beginning; silent: archives whose examinations may be missing.

    line: one sentence where there is nothing beside the current examination.
    """

    marks: tuple[Mark, ...] = ()
    silent: tuple[Silence, ...] = ()
    line: str = ""


def timeline(case: Case, trusts: Mapping[str, str]) -> Timeline:
    """The timeline of a case; trusts: archive name → the trust it belongs to, where that has another name."""
    found = case.found
    marks = [_current(case.study, trusts)]
    if found is None:
        return Timeline(tuple(marks), (), "Asking the archives for the patient's other examinations…")
    opened = {study.uid for study in case.priors}
    for prior in found.priors:
        kind = OPENED if prior.row.study_uid in opened else PRIOR
        why = "\n".join((*prior.reasons, f"relevance {prior.score:+d}"))
        marks.append(_mark(prior.row, kind, why, trusts))
    marks += [_mark(one.row, DOUBTFUL, f"Not taken as this patient's: {one.why}.", trusts) for one in found.doubtful]
    marks.sort(key=lambda mark: (mark.on or date.min, mark.kind == CURRENT, mark.study_uid))
    answered = f"{len(found.asked) - len(found.silent)} of {len(found.asked)} archives answered"
    line = f"No other examination of this patient was found: {answered}." if len(marks) == 1 else ""
    return Timeline(_spaced(marks), found.silent, line)


def _current(study: Study, trusts: Mapping[str, str]) -> Mark:
    modalities = tuple(m for m in study.modalities if m not in NOT_IMAGES) or study.modalities
    place = _place(study.held_by, trusts) or study.institution or "this desk"
    words = f"Current examination: {study.description or 'without a description'}, {day(study.date)}, {place}"
    shown = "/".join(modalities[:2])
    return Mark(study.uid, study.date, shown, study.description, place, CURRENT, words, study.held_by)


def _mark(row: StudyRow, kind: str, why: str, trusts: Mapping[str, str]) -> Mark:
    modalities = tuple(m for m in row.modalities if m not in NOT_IMAGES) or row.modalities or ("?",)
    place = _place(row.held_by, trusts)
    what = f"{'/'.join(modalities)} {row.description or 'without a description'}, {day(row.date)}"
    how = {OPENED: "Open beside. ", PRIOR: "Enter opens it beside. "}.get(kind, "")
    words = f"{what}\n{how}Held by {', '.join(trusts.get(one, one) for one in row.held_by)}\n{why}"
    return Mark(row.study_uid, row.date, "/".join(modalities[:2]), row.description, place, kind, words, row.held_by)


def _place(held_by: tuple[str, ...], trusts: Mapping[str, str]) -> str:
    names = list(dict.fromkeys(trusts.get(name, name) for name in held_by))
    return f"{names[0]} +{len(names) - 1}" if len(names) > 1 else "".join(names)


def _spaced(marks: list[Mark]) -> tuple[Mark, ...]:
    spaced, before = [], None
    for mark in marks:
        spaced.append(replace(mark, apart=_apart(before, mark.on)))
        before = mark.on or before
    return tuple(spaced)


def _apart(before: date | None, now: date | None) -> str:
    if before is None or now is None:
        return ""
    days = (now - before).days
    if days < 1:
        return "same day"
    if days < 60:
        return f"{days} d"
    months = (now.year - before.year) * 12 + now.month - before.month - (now.day < before.day)
    years, rest = divmod(months, 12)
    return f"{months} m" if months < 24 else f"{years} y {rest} m" if rest else f"{years} y"
