"""readingroom doctor: what is right on this desk, what is not, and what to do about it."""

import argparse
from dataclasses import asdict
from datetime import datetime

from readingroom.base.errors import ReaderError
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.settings.sections import Settings
from readingroom.verbs.checks import Check, desk_checks, python_check
from readingroom.verbs.front import Answer
from readingroom.verbs.glass_checks import glass_checks, monitor_checks
from readingroom.verbs.region_checks import region_checks


def declare(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Look at everything; exit code 1 where something is not right."""
    settings, first = _settings(profile)
    secrets = open_secrets(profile)
    checks = [python_check(), first, *desk_checks(profile, settings, secrets)]
    checks += glass_checks(settings.display.engine)
    checks += monitor_checks(settings.monitors)
    try:
        checks += region_checks(settings.archives, secrets, datetime.now().astimezone())
    except ReaderError as error:
        checks.append(Check("archives", False, error.problem, error.remedy))
    fields = {"checks": [{k: v for k, v in asdict(one).items() if v != "" or k != "remedy"} for one in checks]}
    wrong = [one for one in checks if not one.ok]
    return Answer(fields, (*_lines(checks), _verdict(len(wrong))), 1 if wrong else 0)


def _settings(profile: Profile) -> tuple[Settings, Check]:
    try:
        settings = load(profile)
    except ReaderError as error:
        return Settings(), Check("settings", False, error.problem, error.remedy)
    found = str(profile.settings) if profile.settings.exists() else f"defaults; there is no {profile.settings} yet"
    return settings, Check("settings", True, found)


def _lines(checks: list[Check]) -> list[str]:
    width = max(len(one.name) for one in checks)
    lines: list[str] = []
    for one in checks:
        lines.append(f"{'ok ' if one.ok else 'NO '} {one.name:<{width}}  {one.found}")
        if one.remedy:
            lines.append(f"    {'':<{width}}  → {one.remedy}")
    return lines


def _verdict(wrong: int) -> str:
    if not wrong:
        return "Everything is right."
    return f"{wrong} {'thing is' if wrong == 1 else 'things are'} not right."
