"""Which earlier examinations matter for this one, scored and explained; and which may be the patient's, unproven."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readingroom.hanging.regions import contrast_of, is_oncology, regions_of, side_of
from readingroom.hanging.relevance import Relevance, usual_relevance
from readingroom.record.patient import NHS_ISSUERS, Patient, differences, is_nhs_number
from readingroom.record.search import StudyRow
from readingroom.record.study import Study

NOT_IMAGES = frozenset({"SR", "PR", "KO", "DOC"})


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier study with its relevance: points, the reasons they are made of, and whether it is kept regardless."""

    row: StudyRow
    score: int
    reasons: tuple[str, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A study that may be this patient's and is no prior, because its identity is not proven: why, in words."""

    row: StudyRow
    why: str


@dataclass(frozen=True, slots=True)
class _Facts:
    regions: tuple[str, ...]
    side: str
    modalities: frozenset[str]


def relevant(study: Study, history: Iterable[StudyRow], rules: Relevance | None = None) -> tuple[Prior, ...]:
    """The patient's other studies, most relevant first; a row of another or of a doubtful patient is never among them."""
    rules = rules or usual_relevance()
    here = _facts_of(study, rules)
    found = [
        _scored(study, here, row, rules)
        for row in _others(study, history)
        if not row.conflict and row.patient.id and not doubt(study.patient, row.patient)
    ]
    return tuple(
        sorted(found, key=lambda p: (-p.score, -(p.row.date.toordinal() if p.row.date else 0), p.row.study_uid))
    )


def doubtful(study: Study, history: Iterable[StudyRow]) -> tuple[Doubtful, ...]:
    """The rows that name the patient's number, or name and birth date, and cannot be proven to be the patient's."""
    found = []
    for row in _others(study, history):
        why = row.conflict or doubt(study.patient, row.patient)
        if why and _may_be(study.patient, row.patient):
            found.append(Doubtful(row, why))
    return tuple(sorted(found, key=lambda one: (str(one.row.date or ""), one.row.study_uid), reverse=True))


def worth_opening(found: Iterable[Prior], rules: Relevance | None = None) -> tuple[Prior, ...]:
    """The priors that are opened beside the current study without being asked for."""
    least = (rules or usual_relevance()).least_points
    return tuple(prior for prior in found if prior.score >= least or prior.kept)


def doubt(one: Patient, other: Patient) -> str:
    """Why two records are not proven to be one person, in words; "" where the same number of one issuer says so.

    A number is proof only within its issuer. Where an issuer is not named, an NHS number is known by its check digit;
    any other number needs the birth date or the name to agree as well.
    """
    against = differences(one, other)
    if against:
        return "; ".join(against)
    if _number(one.id) != _number(other.id):
        return f"same name and birth date under another number: {other.display_id or 'none'}"
    issuers = {"NHS" if issuer in NHS_ISSUERS else issuer for issuer in (one.issuer, other.issuer)}
    if len(issuers - {""}) > 1:
        return f"the same number from another issuer: {other.issuer} is not {one.issuer}"
    if "" in issuers and not is_nhs_number(one.id) and not (_agree(one, other)):
        return "nothing but the number agrees, and who issued it is not said"
    return ""


def _others(study: Study, history: Iterable[StudyRow]) -> Iterator[StudyRow]:
    for row in history:
        readable = not row.modalities or not set(row.modalities) <= NOT_IMAGES
        if row.study_uid != study.uid and readable:
            yield row


def _may_be(one: Patient, other: Patient) -> bool:
    return _number(one.id) == _number(other.id) or _agree(one, other)


def _agree(one: Patient, other: Patient) -> bool:
    """Whether the name and the birth date are both given and the same."""
    given = bool(one.birth_date and other.birth_date and one.name.strip("^= ") and other.name.strip("^= "))
    nameless = Patient("", "", one.name, one.birth_date, ""), Patient("", "", other.name, other.birth_date, "")
    return given and not differences(*nameless)


def _number(identifier: str) -> str:
    return identifier.replace(" ", "").replace("-", "").casefold()


def _facts_of(study: Study, rules: Relevance) -> _Facts:
    code, meaning = (study.procedure_code[0], study.procedure_code[2]) if study.procedure_code else ("", "")
    texts = (study.description, meaning)
    regions = regions_of(texts, (s.body_part for s in study.series), (code,), rules)
    if not regions:
        regions = regions_of([s.description for s in study.series], rules=rules)
    side = side_of(*texts, laterality=[s.laterality for s in study.series])
    return _Facts(regions, side, frozenset(study.modalities) - NOT_IMAGES)


def _scored(study: Study, here: _Facts, row: StudyRow, rules: Relevance) -> Prior:
    there = _Facts(
        regions_of((row.description,), (row.body_part,), rules=rules), side_of(row.description),
        frozenset(row.modalities) - NOT_IMAGES,
    )  # fmt: skip
    reasons = [
        *_by_place(here, there, rules),
        *_by_method(study.description, row.description, here, there, rules),
        *_by_age(study, row, rules),
    ]
    kept = is_oncology(study.description, row.priority) and is_oncology(row.description)
    words = tuple(f"{text} ({points:+d})" for points, text in reasons)
    words += ("both on a cancer pathway: kept whatever its points",) if kept else ()
    return Prior(row, sum(points for points, _ in reasons), words, kept)


def _by_place(here: _Facts, there: _Facts, rules: Relevance) -> Iterator[tuple[int, str]]:
    points = rules.points
    same = [one for one in here.regions if one in there.regions]
    near = [one for one in there.regions if any(one in rules.beside(region) for region in here.regions)]
    if same:
        yield points["same_region"], f"same region: {', '.join(same)}"
    elif near:
        yield points["adjacent_region"], f"adjacent region: {', '.join(near)}"
    elif here.regions and there.regions:
        yield 0, f"another region: {', '.join(there.regions)}"
    else:
        yield 0, "the region is not said"
    if here.side and here.side == there.side:
        yield points["same_side"], f"same side: {here.side}"
    elif here.side and there.side:
        yield points["opposite_side"], f"opposite side: {there.side}"


def _by_method(one: str, other: str, here: _Facts, there: _Facts, rules: Relevance) -> Iterator[tuple[int, str]]:
    points = rules.points
    same = here.modalities & there.modalities
    pair = next((p for p in rules.pairs if here.modalities & p and there.modalities & p), None)
    if same:
        yield points["same_modality"], f"same modality: {'/'.join(sorted(same))}"
    elif pair is not None:
        yield points["comparable_modality"], f"comparable modality: {'/'.join(sorted(there.modalities & pair))}"
    if one.strip() and one.strip().casefold() == other.strip().casefold():
        yield points["same_procedure"], "same procedure"
    contrast = contrast_of(one)
    if contrast and contrast == contrast_of(other):
        yield points["same_contrast"], f"both {contrast}"


def _by_age(study: Study, row: StudyRow, rules: Relevance) -> Iterator[tuple[int, str]]:
    if study.date is None or row.date is None:
        yield 0, "its date is not said" if row.date is None else "the date of the current study is not said"
        return
    days = (study.date - row.date).days
    months = int(abs(days) / 30.4375)
    age = f"{abs(days)} day{'' if abs(days) == 1 else 's'}" if months < 3 else _years(months)
    words = f"{age} {'older' if days > 0 else 'newer'}" if days else "made on the same day"
    yield rules.points["per_half_year"] * (months // 6), words


def _years(months: int) -> str:
    return f"{months} months" if months < 24 else f"{months // 12} years"
