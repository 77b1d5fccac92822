"""Which earlier examinations matter for this one, scored and explained."""

from collections.abc import Iterable
from dataclasses import dataclass

from readingroom.hanging.regions import NEIGHBOURS, region_of, side_of
from readingroom.record.patient import differences
from readingroom.record.search import StudyRow
from readingroom.record.study import Study

COMPARABLE = ({"CT", "MR"}, {"DX", "CR", "CT"}, {"US", "CT"}, {"PT", "CT"}, {"MG", "US"})


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier study with its relevance: score, and the reasons it is made of."""

    row: StudyRow
    score: int
    reasons: tuple[str, ...]


def relevant(study: Study, history: Iterable[StudyRow]) -> tuple[Prior, ...]:
    """The patient's other studies, most relevant first; a row of another patient is never among them."""
    found = []
    for row in history:
        if row.study_uid == study.uid or row.conflict or differences(study.patient, row.patient):
            continue
        if not row.patient.id or row.patient.id != study.patient.id:
            continue
        if set(row.modalities) <= {"SR", "PR", "KO", "DOC"}:
            continue
        found.append(_scored(study, row))
    return tuple(sorted(found, key=lambda p: (-p.score, -(p.row.date.toordinal() if p.row.date else 0))))


def _scored(study: Study, row: StudyRow) -> Prior:
    reasons: list[tuple[int, str]] = []
    here = region_of(study.description, *(s.body_part for s in study.series))
    there = region_of(row.description, row.body_part)
    if here and here == there:
        reasons.append((50, f"same region: {here}"))
    elif there in NEIGHBOURS.get(here, ()):
        reasons.append((20, f"adjacent region: {there}"))
    here_side, there_side = side_of(study.description), side_of(row.description)
    if here_side and here_side == there_side:
        reasons.append((15, f"same side: {here_side}"))
    elif here_side and there_side:
        reasons.append((-20, f"opposite side: {there_side}"))
    mine, theirs = set(study.modalities), set(row.modalities)
    if mine & theirs - {"SR"}:
        reasons.append((15, f"same modality: {'/'.join(sorted(mine & theirs - {'SR'}))}"))
    elif any(mine & pair and theirs & pair for pair in COMPARABLE):
        reasons.append((8, "comparable modality"))
    if study.description and study.description.casefold() == row.description.casefold():
        reasons.append((20, "same procedure"))
    if study.date and row.date:
        half_years = abs((study.date - row.date).days) // 182
        reasons.append((-half_years, f"{half_years * 6} months apart"))
    return Prior(row, sum(score for score, _ in reasons), tuple(f"{text} ({score:+d})" for score, text in reasons))
