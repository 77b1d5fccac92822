"""readingroom priors: the patient's earlier examinations over all archives, each with the reasons for its rank."""

import argparse
from contextlib import closing
from typing import Any

from readingroom.archive.learn import region_of
from readingroom.base.errors import ReaderError
from readingroom.base.uid import is_uid
from readingroom.cache.shelf import open_shelf
from readingroom.hanging.priors import worth_opening
from readingroom.record.search import StudyRow
from readingroom.record.study import Study
from readingroom.session.fetch import open_study
from readingroom.session.priors import PriorsFound, find_priors
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """STUDY_UID."""
    parser.add_argument("study_uid", metavar="STUDY_UID")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Ask every archive; exit code 1 where one was silent."""
    study_uid = options.study_uid.strip()
    if not is_uid(study_uid):
        raise ReaderError(f"“{study_uid}” is no Study Instance UID.", "Copy it from: readingroom search")
    settings, secrets = load(profile), open_secrets(profile)
    with (
        closing(region_of(profile, settings.archives, secrets)) as region,
        closing(open_shelf(profile.cache, secrets.desk_key(), settings.disk)) as shelf,
    ):
        study = open_study(region, shelf, study_uid)
        found = find_priors(region, shelf, study)
    if not study.patient.id:
        raise ReaderError("This study has no patient identifier.", "Priors cannot be looked for.")
    return Answer(_fields(study, found), _lines(study, found), 1 if found.silent else 0)


def _fields(study: Study, found: PriorsFound) -> dict[str, Any]:
    opened = {prior.row.study_uid for prior in worth_opening(found.priors)}
    return {
        "study_uid": study.uid,
        "asked": list(found.asked),
        "silent": [{"name": s.name, "problem": s.problem, "remedy": s.remedy} for s in found.silent],
        "priors": [
            {
                **_row(prior.row), "score": prior.score, "reasons": list(prior.reasons),
                "opened_beside": prior.row.study_uid in opened,
            }
            for prior in found.priors
        ],
        "doubtful": [{**_row(one.row), "why": one.why} for one in found.doubtful],
    }  # fmt: skip


def _row(row: StudyRow) -> dict[str, Any]:
    return {
        "study_uid": row.study_uid,
        "date": row.date.isoformat() if row.date else None,
        "modalities": list(row.modalities),
        "description": row.description,
        "body_part": row.body_part,
        "institution": row.institution,
        "held_by": list(row.held_by),
    }


def _lines(study: Study, found: PriorsFound) -> tuple[str, ...]:
    lines = [f"{study.patient.display_name}, {study.patient.display_id}: {study.description or study.uid}"]
    for prior in found.priors:
        lines.append(f"{prior.score:+4d}  {_words(prior.row)}")
        lines.append(f"      {'; '.join(prior.reasons)}")
    for one in found.doubtful:
        lines.append(f"  ?   {_words(one.row)}")
        lines.append(f"      not taken as a prior: {one.why}")
    lines += [f"✗ {s.name} did not say what it holds: {s.problem} {s.remedy}" for s in found.silent]
    answered = len(found.asked) - len(found.silent)
    count = len(found.priors)
    lines.append(
        f"{count} prior{'' if count == 1 else 's'}; {answered} of {len(found.asked)} archives answered"
        f"{': incomplete' if found.silent else ''}"
    )
    return tuple(lines)


def _words(row: StudyRow) -> str:
    day = f"{row.date:%Y-%m-%d}" if row.date else "no date   "
    kinds = "/".join(row.modalities) or "?"
    return f"{day}  {kinds:8} {row.description}  [{', '.join(row.held_by)}]  {row.study_uid}"
