"""readingroom outbox: what is signed and not yet stored, why, and another try."""

import argparse
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.cache.outbox_store import OutboxStore
from readingroom.record.search import Waiting
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import Secrets, open_secrets
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """--retry."""
    parser.add_argument("--retry", action="store_true", help="try to store everything that waits, now")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """List what waits; with --retry, try to store it first. Exit code 1 where something still waits after a try."""
    secrets = open_secrets(profile)
    with closing(OutboxStore(profile.outbox, secrets.desk_key())) as store:
        stored = _retried(profile, secrets, store) if options.retry else []
        waiting = store.waiting()
    fields: dict[str, Any] = {"waiting": [_fields(item) for item in waiting]}
    fields |= {"stored": stored} if options.retry else {}
    lines = [f"{one['kind']} of {one['study_uid']} stored in {one['archive']}, read back equal" for one in stored]
    lines += [
        f"{item.kind} of {item.study_uid} for {item.archive}, since {item.since}, {item.attempts} attempts:"
        f" {item.problem or 'not tried yet'} {item.remedy}".rstrip()
        for item in waiting
    ]
    return Answer(fields, tuple(lines) or ("Nothing waits to be stored.",), 1 if options.retry and waiting else 0)


def _retried(profile: Profile, secrets: Secrets, store: OutboxStore) -> list[dict[str, str]]:
    """What is stored and verified now, of what waited."""
    from readingroom.archive.learn import region_of
    from readingroom.audit import Audit
    from readingroom.cache.journal import Journal
    from readingroom.session.reports import send_waiting

    archives = load(profile).archives
    if not archives and store.waiting():
        raise ReaderError("No archive is configured to store in.", "Add an [[archive]] to settings.toml.")
    key = secrets.desk_key()
    with ExitStack() as stack:
        region = stack.enter_context(closing(region_of(profile, archives, secrets)))
        journal = stack.enter_context(closing(Journal(profile.journal, key)))
        before = {item.sop_uid: item for item in store.waiting()}
        sent = send_waiting(region, store, journal, Audit(profile.audit, key), datetime.now().astimezone())
    return [
        {"sop_uid": one.sop_uid, "kind": one.kind, "study_uid": before[one.sop_uid].study_uid, "archive": one.archive}
        for one in sent
        if one.verified and one.sop_uid in before
    ]


def _fields(item: Waiting) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "study_uid": item.study_uid,
        "sop_uid": item.sop_uid,
        "archive": item.archive,
        "since": item.since,
        "attempts": item.attempts,
        "problem": item.problem or "not tried yet",
        "remedy": item.remedy,
    }
