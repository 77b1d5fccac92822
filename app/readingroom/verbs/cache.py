"""readingroom cache: what this desk holds of the archives, whether it is whole, and how to shred it."""

import argparse
from contextlib import ExitStack, closing
from dataclasses import asdict
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.cache.desk_lock import DeskLock
from readingroom.cache.evict import destroy
from readingroom.cache.shelf import Shelf, open_shelf
from readingroom.cache.study_pages import Damaged
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

ALL = ""


def declare(parser: argparse.ArgumentParser) -> None:
    """--verify, --evict, --wipe [STUDY_UID]."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--verify", action="store_true", help="read every record again")
    what.add_argument("--evict", action="store_true", help="drop the longest unused studies above the budget")
    what.add_argument("--wipe", metavar="STUDY_UID", nargs="?", const=ALL, help="shred one study, or everything")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Count, verify, evict or wipe."""
    settings = load(profile)
    with ExitStack() as stack:
        if options.evict or options.wipe is not None:
            stack.enter_context(DeskLock(profile.folder))
        try:
            secrets = open_secrets(profile)
            shelf = stack.enter_context(closing(open_shelf(profile.cache, secrets.desk_key(), settings.disk)))
        except ReaderError:
            if options.wipe != ALL:
                raise
            count = destroy(profile.cache)
            return Answer({"wiped": None, "files": count}, (f"The cache could not be opened; {count} files deleted.",))
        wiped, evicted, damaged = _done(options, shelf, profile)
        fields: dict[str, Any] = {**_counts(shelf), "budget_bytes": int(settings.disk.budget_gb * 1e9)}
        fields |= {"encrypted": True, "key": secrets.where(), "damaged": [asdict(one) for one in damaged]}
        fields |= {"wiped": wiped, "evicted": evicted}
        if options.wipe and not wiped:
            raise ReaderError(f"The study {options.wipe} is not on this desk.", "See: readingroom cache")
    return Answer(fields, _lines(fields, damaged, options.verify), 1 if damaged else 0)


def _done(options: argparse.Namespace, shelf: Shelf, profile: Profile) -> tuple[int, int, tuple[Damaged, ...]]:
    """What was asked for: studies wiped, studies evicted, records found damaged."""
    if options.wipe is not None:
        return _wiped(shelf, options.wipe or None, profile), 0, ()
    if options.evict:
        return 0, shelf.evict(), ()
    if options.verify:
        with shown_progress("verify") as show:
            return 0, 0, shelf.verify(lambda done, total: show(Progress(done, total, "records")))
    return 0, 0, ()


def _wiped(shelf: Shelf, study_uid: str | None, profile: Profile) -> int:
    from readingroom.audit import STUDY_DELETED, Audit

    count = shelf.wipe(study_uid)
    if count:
        detail = "wiped from this desk" if study_uid else f"{count} studies wiped from this desk"
        Audit(profile.audit, open_secrets(profile).desk_key()).record(STUDY_DELETED, study_uid or "", detail)
    return count


def _counts(shelf: Shelf) -> dict[str, int]:
    usage = shelf.usage()
    frames = described = 0
    for row in shelf.rows():
        here = shelf.sop_uids(row.study_uid)
        study = shelf.study(row.study_uid)
        images = [i for i in study.instances() if i.sop_uid in here] if study else []
        frames += sum(image.frames for image in images)
        described += len(images)
    # An object without metadata counts as one frame.
    return {
        "studies": usage.studies,
        "objects": usage.objects,
        "frames": frames + usage.objects - described,
        "bytes": usage.bytes,
    }


def _lines(fields: dict[str, Any], damaged: tuple[Damaged, ...], verified: bool) -> tuple[str, ...]:
    lines = [
        f"{fields['studies']} studies, {fields['objects']} objects, {fields['frames']} frames,"
        f" {fields['bytes'] / 1e9:.2f} of {fields['budget_bytes'] / 1e9:.0f} GB, sealed; key in {fields['key']}"
    ]
    lines += [f"{fields['wiped']} studies wiped"] if fields["wiped"] else []
    lines += [f"{fields['evicted']} studies evicted"] if fields["evicted"] else []
    lines += ["every record is whole"] if verified and not damaged else []
    lines += [f"damaged: {one.study_uid} {one.sop_uid} {one.problem} Fetch the study again." for one in damaged]
    return tuple(lines)
