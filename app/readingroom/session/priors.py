"""Looking for the priors of a study: every archive is asked, the patient is matched, and who did not answer is named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from readingroom.hanging.priors import Doubtful, Prior, doubtful, relevant
from readingroom.record.patient import Patient
from readingroom.record.search import Query, RegionAnswer, Silence, StudyRow
from readingroom.record.study import Study
from readingroom.session.ports import Region, Shelf


@dataclass(frozen=True, slots=True)
class PriorsFound:
    """What the region and this desk hold of the study's patient.

    doubtful: studies that may be the patient's and are no priors, with the reason. asked: the archives, nearest first;
    silent: those of them that did not say.
    """

    priors: tuple[Prior, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()
    asked: tuple[str, ...] = ()
    silent: tuple[Silence, ...] = ()


def find_priors(region: Region, shelf: Shelf, study: Study) -> PriorsFound:
    """The patient's other studies, by number first, then by name and birth date for those under another number.

    What only this desk holds is among them, so that an archive that is down hides nothing that was fetched.
    """
    answers = [region.search(query) for query in _questions(study.patient)]
    if not answers:
        return PriorsFound(asked=region.names)
    rows = _rows(answers, shelf.rows())
    silent = {silence.name: silence for answer in answers for silence in answer.silent}
    return PriorsFound(
        priors=relevant(study, rows),
        doubtful=doubtful(study, rows),
        asked=region.names,
        silent=tuple(silent[name] for name in region.names if name in silent),
    )


def _questions(patient: Patient) -> list[Query]:
    questions = [Query(patient_id=patient.id)] if patient.id else []
    family, given = ([*patient.name.split("=")[0].split("^"), ""])[:2]
    # A name alone would bring every Smith of the region: without a birth date nobody could tell them apart.
    if family.strip() and given.strip() and patient.birth_date is not None:
        questions.append(Query(name=f"{family} {given.split(' ')[0]}"))
    return questions


def _rows(answers: Sequence[RegionAnswer], here: Sequence[StudyRow]) -> tuple[StudyRow, ...]:
    """Every row once; one that is in conflict stays beside its other."""
    found: dict[tuple[str, Patient], StudyRow] = {}
    for row in (row for answer in answers for row in answer.rows):
        known = found.get((row.study_uid, row.patient))
        found[row.study_uid, row.patient] = row if known is None else _both(known, row)
    listed = {study_uid for study_uid, _ in found}
    return (*found.values(), *(row for row in here if row.study_uid not in listed))


def _both(one: StudyRow, other: StudyRow) -> StudyRow:
    return replace(
        one, held_by=tuple(dict.fromkeys((*one.held_by, *other.held_by))), conflict=one.conflict or other.conflict
    )
