"""Whether a row is what was asked for, and how the question is put to QIDO-RS. Archives ignore keys they do not know."""

import fnmatch
import re
import unicodedata
from dataclasses import replace

from readingroom.archive.dialect import Dialect
from readingroom.record.patient import is_nhs_number
from readingroom.record.search import Query, StudyRow

STUDY_FIELDS = (
    "StudyDate,StudyTime,AccessionNumber,ModalitiesInStudy,StudyDescription,InstitutionName,ReferringPhysicianName,"
    "PatientName,PatientID,IssuerOfPatientID,PatientBirthDate,PatientSex,StudyInstanceUID,StudyID,BodyPartExamined,"
    "RequestedProcedurePriority,NumberOfStudyRelatedSeries,NumberOfStudyRelatedInstances"
)


def tidy(query: Query) -> Query:
    """The query without stray spaces; an NHS number as its ten digits."""
    identifier = query.patient_id.strip()
    if is_nhs_number(identifier):
        identifier = re.sub(r"[ -]", "", identifier)
    return replace(
        query,
        patient_id=identifier,
        name=query.name.strip(),
        accession=query.accession.strip(),
        modality=query.modality.strip().upper(),
        description=query.description.strip(),
        study_uid=query.study_uid.strip(),
    )


def qido(query: Query, dialect: Dialect = Dialect()) -> dict[str, str]:  # noqa: B008  (a frozen value)
    """A tidy query as QIDO-RS parameters (PS3.18 8.3.4). Of several words the longest is asked; `matches` checks the rest.

    What an archive of this dialect does not search by, or would match letter by letter, is not asked but checked here.
    """
    asked: dict[str, str] = {"includefield": STUDY_FIELDS}
    keys = {
        "StudyInstanceUID": query.study_uid,
        "PatientID": _as_is(query.patient_id),
        "AccessionNumber": _as_is(query.accession),
        "PatientName": _contains(query.name),
        "StudyDescription": _contains(query.description),
        "ModalitiesInStudy": query.modality,
    }
    asked |= {key: value for key, value in keys.items() if value}
    if query.date_from or query.date_to:
        ends = [f"{day:%Y%m%d}" if day else "" for day in (query.date_from, query.date_to)]
        asked["StudyDate"] = "-".join(ends)
    return _in(dialect, asked)


def _in(dialect: Dialect, asked: dict[str, str]) -> dict[str, str]:
    if not dialect.wildcards:
        name = re.split(r"[*?]", asked.get("PatientName", "").strip("*"))[0]
        wild = [key for key, value in asked.items() if "*" in value or "?" in value]
        asked = {key: value for key, value in asked.items() if key not in wild}
        if name and dialect.fuzzy:
            asked |= {"PatientName": name, "fuzzymatching": "true"}
    if dialect.keys:
        known = {*dialect.keys, "includefield", "fuzzymatching"}
        asked = {key: value for key, value in asked.items() if key in known}
    return asked


def matches(row: StudyRow, query: Query) -> bool:
    """Whether a row fits a tidy query, accents and case ignored in names and descriptions."""
    wanted = set(query.modality.split(",")) - {""}
    checks = (
        not query.study_uid or row.study_uid in query.study_uid.split(","),
        not query.patient_id or _identifier(row.patient.id, query.patient_id),
        not query.accession or _identifier(row.accession, query.accession),
        _has_words(row.patient.name, query.name),
        _has_words(row.description, query.description),
        # What an archive does not tell is no reason to hide an examination.
        not wanted or not row.modalities or bool(wanted & set(row.modalities)),
        query.date_from is None or (row.date is not None and row.date >= query.date_from),
        query.date_to is None or (row.date is not None and row.date <= query.date_to),
    )
    return all(checks)


def _contains(words: str) -> str:
    parts = _words(words)
    if not parts:
        return ""
    # A letter with an accent may be stored with or without it, and may be several bytes: any letters stand in for it.
    longest = max((_as_is(part) for part in parts), key=lambda part: len(part.replace("*", "")))
    return re.sub(r"\*+", "*", f"*{longest}*")


def _as_is(value: str) -> str:
    """A value in letters that need no escape in a URL, the others as wildcards: not every archive undoes an escape."""
    return re.sub(r"[^A-Za-z0-9._~*?,:/@-]+", "*", value)


def _words(words: str) -> list[str]:
    return [part for part in re.split(r"[\s,^=]+", words) if part.strip("*")]


def _has_words(value: str, words: str) -> bool:
    here = plain(value)
    return all(_wild(here, plain(word)) for word in _words(words))


def _wild(value: str, word: str) -> bool:
    if "*" in word or "?" in word:
        return fnmatch.fnmatchcase(value, f"*{word}*".replace("[", "[[]"))
    return word in value


def _identifier(value: str, wanted: str) -> bool:
    one, other = (re.sub(r"[ -]", "", text).casefold() for text in (value, wanted))
    return fnmatch.fnmatchcase(one, other.replace("[", "[[]")) if "*" in other or "?" in other else one == other


def plain(value: str) -> str:
    """Text without case and accents, the letters of other scripts kept."""
    folded = unicodedata.normalize("NFKD", value.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))
