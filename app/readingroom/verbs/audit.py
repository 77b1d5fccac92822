"""readingroom audit: whether the trail is whole, and what it says."""

import argparse
from dataclasses import asdict

from readingroom.audit import Audit, Verdict
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """verify or show."""
    parser.add_argument("what", choices=("verify", "show"), help="verify the chain, or show the events")
    parser.add_argument("--study", metavar="STUDY_UID", help="show: of this study only")
    parser.add_argument("--last", metavar="N", type=int, help="show: the newest N only")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Verify the chain; with show, list the events too."""
    audit = Audit(profile.audit, open_secrets(profile).desk_key())
    verdict = audit.verify()
    code = 0 if verdict.intact else 1
    fields = {key: value for key, value in asdict(verdict).items() if value is not None}
    if options.what == "verify":
        return Answer(fields, (_words(verdict),), code)
    events = [event for event in audit.events() if options.study in (None, event.study_uid)]
    events = events[-options.last :] if options.last and options.last > 0 else events
    shown = [{**asdict(event), "at": event.at.isoformat()} for event in events]
    lines = [
        f"{event.number:>6}  {event.at:%Y-%m-%d %H:%M:%S}Z  {event.meaning:<28} {event.study_uid} {event.detail}"
        f" {event.actor}".rstrip()
        for event in events
    ]
    return Answer({**fields, "shown": shown}, (*lines, _words(verdict)), code)


def _words(verdict: Verdict) -> str:
    if verdict.intact:
        return f"{verdict.events} events; the chain is intact."
    return f"{verdict.events} events; THE CHAIN IS BROKEN at event {verdict.first_broken}. Keep the file and tell whoever answers for this desk."
