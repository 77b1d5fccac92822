"""readingroom fetch: a study into the cache, resuming what is there."""

import argparse
from contextlib import ExitStack, closing
from typing import Any

from readingroom.archive.learn import region_of
from readingroom.audit import Audit
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.cache.shelf import open_shelf
from readingroom.session.fetch_study import ORDERS, FetchOutcome, fetch_study
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

_SHOWN = 20
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


def declare(parser: argparse.ArgumentParser) -> None:
    """STUDY_UID, whom to ask, and how."""
    parser.add_argument("study_uid", metavar="STUDY_UID")
    parser.add_argument("--from", dest="archive", metavar="NAME", help="only from this archive")
    parser.add_argument("--order", choices=ORDERS, default="visible", help="what comes first (default: visible)")
    parser.add_argument("--limit-rate", metavar="BYTES_S", help="bytes per second, e.g. 500000, 500k or 2M")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Fetch; exit code 1 where something is missing."""
    settings = load(profile)
    rate = _rate(options.limit_rate)
    secrets = open_secrets(profile)
    key = secrets.desk_key()
    with ExitStack() as stack:
        region = stack.enter_context(closing(region_of(profile, settings.archives, secrets)))
        shelf = stack.enter_context(closing(open_shelf(profile.cache, key, settings.disk)))
        progress = stack.enter_context(shown_progress("fetch"))
        outcome = fetch_study(
            region,
            shelf,
            options.study_uid.strip(),
            from_archive=options.archive,
            order=options.order,
            limit_rate=rate,
            ticket=Ticket(),
            progress=progress,
        )
        Audit(profile.audit, key).record(
            "110104", outcome.study.uid, f"fetched {outcome.received} objects", settings.reader.name
        )
    return Answer(_fields(outcome), _lines(outcome), 0 if outcome.whole else 1)


def _rate(text: str | None) -> float | None:
    if not text:
        return None
    number, unit = (text[:-1], text[-1].lower()) if text[-1].lower() in "kmg" else (text, "")
    try:
        rate = float(number) * _UNITS[unit]
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise ReaderError(f"“{text}” is not a rate.", "Give bytes per second, e.g. 500000, 500k or 2M.")
    return rate


def _fields(outcome: FetchOutcome) -> dict[str, Any]:
    return {
        "study_uid": outcome.study.uid,
        "held_by": list(outcome.study.held_by),
        "expected": outcome.expected,
        "received": outcome.received,
        "bytes": outcome.byte_count,
        "first_image_s": _rounded(outcome.first_image_s),
        "complete_s": _rounded(outcome.complete_s),
        "resumed": outcome.resumed,
        "failed": [{"sop_uid": f.sop_uid, "problem": f.problem, "remedy": f.remedy} for f in outcome.failed],
    }


def _lines(outcome: FetchOutcome) -> tuple[str, ...]:
    patient = outcome.study.patient
    here = f", {outcome.resumed} of them were here" if outcome.resumed else ""
    took = f" in {outcome.complete_s:.2f} s" if outcome.complete_s is not None else ""
    lines = [
        f"{patient.display_name}, {patient.display_id}: {outcome.study.description or outcome.study.uid}",
        f"{outcome.received} of {outcome.expected} objects{here}; {outcome.byte_count / 1e6:.1f} MB{took}",
    ]
    lines += [f"✗ {f.sop_uid or 'objects'}: {f.problem} {f.remedy}".rstrip() for f in outcome.failed[:_SHOWN]]
    if len(outcome.failed) > _SHOWN:
        lines.append(f"… and {len(outcome.failed) - _SHOWN} more; all of them with --json")
    return tuple(lines)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
