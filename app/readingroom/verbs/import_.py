"""readingroom import: a folder, disc, USB stick or ZIP file into this desk's cache; what is refused is said."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from readingroom.audit import IMPORT, Audit
from readingroom.base.jobs import Ticket
from readingroom.cache.shelf import open_shelf
from readingroom.session.importing import Imported, import_paths
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress


def declare(parser: argparse.ArgumentParser) -> None:
    """PATH…"""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="a folder, a disc, an ISO image, a ZIP file or a single file"
    )


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Take in everything below the paths; exit code 1 where something was refused."""
    settings, key = load(profile), open_secrets(profile).desk_key()
    paths = [Path(path).expanduser() for path in options.paths]
    with closing(open_shelf(profile.cache, key, settings.disk)) as shelf, shown_progress("import") as show:
        imported = import_paths(shelf, paths, show, Ticket())
        shelf.flush()
    audit = Audit(profile.audit, key)
    for study_uid, kept in imported.studies.items():
        audit.record(IMPORT, study_uid, f"{kept} objects from {options.paths[0]}", settings.reader.name)
    return _answer(imported)


def _answer(done: Imported) -> Answer:
    fields: dict[str, Any] = {
        "imported": done.objects,
        "studies": [{"study_uid": uid, "objects": count} for uid, count in done.studies.items()],
        "files": done.files,
        "refused": [{"path": one.path, "problem": one.problem, "remedy": one.remedy} for one in done.refused],
    }
    studies = "1 study" if len(done.studies) == 1 else f"{len(done.studies)} studies"
    count = len(done.refused)
    lines = [f"{done.objects} objects of {studies} are on this desk now; {count} of {done.files} files were refused."]
    lines += [f"{one.path}: {one.problem} {one.remedy}" for one in done.refused]
    return Answer(fields, tuple(lines), 1 if done.refused or not done.objects else 0)
