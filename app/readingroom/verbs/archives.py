"""readingroom archives: each configured archive probed."""

import argparse
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from readingroom.archive.open import open_archives
from readingroom.archive.profile import Probe, probe
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """--only NAME."""
    parser.add_argument("--only", metavar="NAME", action="append", help="only this archive; repeat for more")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Probe every archive at once; exit code 1 where one does not answer."""
    settings = load(profile).archives
    with closing(open_archives(settings, open_secrets(profile))) as region:
        doors = [region.archive(name) for name in options.only or region.names]
        with ThreadPoolExecutor(max(1, len(doors))) as together:
            found = list(together.map(probe, doors))
    by_name = {one.name: one for one in settings}
    fields = {"archives": [_fields(one, by_name[one.name]) for one in found]}
    lines = [line for one in found for line in _lines(one)]
    if not found:
        lines = ["No archive is configured. Add an [[archive]] to settings.toml; its keys: readingroom settings"]
    return Answer(fields, tuple(lines), 0 if all(one.ok for one in found) else 1)


def _fields(one: Probe, settings: ArchiveSettings) -> dict[str, Any]:
    said = {} if one.ok else {"problem": one.problem, "remedy": one.remedy}
    head = {"name": one.name, "trust": settings.trust, "kind": settings.kind, "ok": one.ok}
    return {**head, **said, "ms": round(one.ms, 1), "can": dict(one.can)}


def _lines(one: Probe) -> list[str]:
    if not one.ok:
        return [
            f"✗ {one.problem} {one.remedy}" if one.name in one.problem else f"✗ {one.name}: {one.problem} {one.remedy}"
        ]
    can = ", ".join(f"{key.replace('_', ' ')}: {_words(value)}" for key, value in one.can.items())
    return [f"✓ {one.name}: answers in {one.ms:.0f} ms", f"  {can}"]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(value) or "none"
    if value is None:
        return "not known"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
