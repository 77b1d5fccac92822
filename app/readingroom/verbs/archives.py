"""readingroom archives: each configured archive probed, and what its administrator could act on."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from readingroom.archive.advice import Advice, advice
from readingroom.archive.learn import learn
from readingroom.archive.profile import Probe
from readingroom.archive.profile_book import ProfileBook
from readingroom.base.errors import ReaderError
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """--only NAME, --report, --kept."""
    parser.add_argument("--only", metavar="NAME", action="append", help="only this archive; repeat for more")
    parser.add_argument("--report", action="store_true", help="what each archive's administrator could act on")
    parser.add_argument("--kept", action="store_true", help="use what was found within the last week where it is kept")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Probe every archive at once, and keep what was found; exit code 1 where one does not answer."""
    every = load(profile).archives
    by_name = {one.name: one for one in every}
    names = options.only or list(by_name)
    for name in names:
        if name not in by_name:
            known = ", ".join(by_name) or "none is configured"
            raise ReaderError(f"No archive is called “{name}”.", f"The archives of this desk: {known}.")
    settings = [by_name[name] for name in names]
    fresh = learn(profile.archives, settings, open_secrets(profile), again=not options.kept)
    book = ProfileBook(profile.archives)
    kept = {one.name: was.probe for one in settings if one.name not in fresh and (was := book.kept(one))}
    found = [fresh.get(name) or kept[name] for name in names]
    told = [advice(one, by_name[one.name]) if options.report else () for one in found]
    fields = {"archives": [_fields(one, by_name[one.name], said) for one, said in zip(found, told, strict=True)]}
    if not found:
        return Answer(
            fields, ("No archive is configured. Add an [[archive]] to settings.toml; its keys: readingroom settings",)
        )
    pairs = zip(found, told, strict=True)
    lines = [line for one, said in pairs for line in (_report(one, said) if options.report else _lines(one))]
    return Answer(fields, tuple(lines), 0 if all(one.ok for one in found) else 1)


def _fields(one: Probe, settings: ArchiveSettings, said: Sequence[Advice]) -> dict[str, Any]:
    problem = {} if one.ok else {"problem": one.problem, "remedy": one.remedy}
    head = {"name": one.name, "trust": settings.trust, "kind": settings.kind, "ok": one.ok}
    told = {"advice": [asdict(words) for words in said]} if said else {}
    return {**head, **problem, "ms": round(one.ms, 1), "can": dict(one.can), **told}


def _report(one: Probe, said: Sequence[Advice]) -> list[str]:
    """The archive's part of the report, to be handed to its administrator as it is."""
    known = " ".join(filter(None, (str(one.can.get("product") or ""), str(one.can.get("server") or ""))))
    head = f"{one.name}{f' ({known})' if known else ''}"
    lines = [f"{head}: {f'answers in {one.ms:.0f} ms' if one.ok else 'does not answer'}"]
    for number, words in enumerate(said, 1):
        lines += [f"  {number}. {words.problem}", f"     → {words.change}"]
    return [*lines, *([] if said else ["  Nothing to change."]), ""]


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
    if isinstance(value, dict):
        return " | ".join(f"{key} {_words(one)}" for key, one in value.items()) or "none"
    if value is None:
        return "not known"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
