"""readingroom search: all archives asked at once; the answer says who did not answer."""

import argparse
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from readingroom.archive.learn import region_of
from readingroom.base.errors import ReaderError
from readingroom.record.patient import Patient, doubt
from readingroom.record.search import Query, RegionAnswer, StudyRow
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer

_FORMS = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y")


def declare(parser: argparse.ArgumentParser) -> None:
    """What is looked for; everything given must match."""
    parser.add_argument("--patient-id", metavar="ID", default="", help="identifier, e.g. an NHS number")
    parser.add_argument("--name", metavar="N", default="", help="parts of the name, in any order")
    parser.add_argument("--accession", metavar="A", default="", help="accession number")
    parser.add_argument("--from", dest="since", metavar="D", help="first day, e.g. 2025-11-03")
    parser.add_argument("--to", dest="until", metavar="D", help="last day")
    parser.add_argument("--modality", metavar="M", default="", help="e.g. CT, or CT,MR")
    parser.add_argument("--description", metavar="T", default="", help="words of the description")
    parser.add_argument("--study", metavar="UID", default="", help="Study Instance UID")
    parser.add_argument(
        "--limit", metavar="N", default="0", help="at most so many studies of each archive, in its own order"
    )


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Ask the region; exit code 1 where an archive stayed silent or two patients share a study."""
    settings = load(profile).archives
    if not settings:
        raise ReaderError("No archive is configured.", "Add an [[archive]] to settings.toml; see: readingroom settings")
    query = Query(
        patient_id=options.patient_id,
        name=options.name,
        accession=options.accession,
        date_from=_day(options.since),
        date_to=_day(options.until),
        modality=options.modality,
        description=options.description,
        study_uid=options.study,
        limit=_count(options.limit),
    )
    with closing(region_of(profile, settings, open_secrets(profile))) as region:
        answer = region.search(query)
    if typed := _mistyped(query.patient_id):
        answer = replace(answer, warnings=(typed, *answer.warnings))
    whole = not answer.silent and not any(row.conflict for row in answer.rows)
    return Answer(_fields(answer), _lines(answer), 0 if whole else 1)


def _mistyped(identifier: str) -> str:
    """What is wrong with an identifier that was meant as an NHS number, as far as its ten digits show."""
    words = doubt(Patient(identifier.strip(), "NHS", "", None, ""))
    return f"{words}; it was looked for as it stands." if "check digit" in words else ""


def _day(text: str | None) -> date | None:
    if not text:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise ReaderError(f"“{text}” is not a day.", "Write it as 2025-11-03.")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ReaderError(f"“{text}” is not a number of studies.", "Give a whole number, 0 for all.")
    return int(text)


def _fields(answer: RegionAnswer) -> dict[str, Any]:
    silent = [{"name": s.name, "problem": s.problem, "remedy": s.remedy} for s in answer.silent]
    return {
        "answered": len(answer.answered),
        "asked": len(answer.asked),
        "answered_names": list(answer.answered),
        "silent": silent,
        "warnings": list(answer.warnings),
        "studies": [_study(row) for row in answer.rows],
    }


def _study(row: StudyRow) -> dict[str, Any]:
    patient = row.patient
    found: dict[str, Any] = {
        "study_uid": row.study_uid,
        "patient": {
            "id": patient.id,
            "issuer": patient.issuer,
            "name": patient.name,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "sex": patient.sex,
        },
        "date": row.date.isoformat() if row.date else None,
        "time": row.time.isoformat() if row.time else None,
        "modalities": list(row.modalities),
        "description": row.description,
        "accession": row.accession,
        "body_part": row.body_part,
        "instances": row.instances,
        "held_by": list(row.held_by),
    }
    return found | ({"conflict": row.conflict} if row.conflict else {})


def _lines(answer: RegionAnswer) -> tuple[str, ...]:
    lines = []
    for row in answer.rows:
        day = f"{row.date:%Y-%m-%d}" if row.date else "no date   "
        kinds = "/".join(row.modalities) or "?"
        born = f"{row.patient.birth_date:%d %b %Y}" if row.patient.birth_date else "?"
        lines.append(
            f"{day}  {kinds:8} {row.patient.display_name}, born {born}, {row.patient.display_id}  {row.description}"
            f"  [{', '.join(row.held_by)}]  {row.study_uid}"
        )
        lines += [f"  ! {row.conflict}"] if row.conflict else []
    lines += [f"! {warning}" for warning in answer.warnings]
    lines += [f"✗ {s.problem} {s.remedy}" for s in answer.silent]
    count = len(answer.rows)
    lines.append(
        f"{count} {'study' if count == 1 else 'studies'}; "
        f"{len(answer.answered)} of {len(answer.asked)} archives answered"
        f"{': incomplete' if answer.silent else ''}"
    )
    return tuple(lines)
