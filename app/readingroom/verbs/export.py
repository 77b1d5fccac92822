"""readingroom export: a study to a folder, a disc or an ISO image, or as a teaching case without its patient."""

import argparse
from contextlib import ExitStack, closing
from pathlib import Path

from readingroom.archive.learn import region_of
from readingroom.archive.media import Media
from readingroom.audit import EXPORT, Audit
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.base.uid import is_uid
from readingroom.cache.shelf import open_shelf
from readingroom.record.deidentify import DATES, REMOVED
from readingroom.record.media import DISC, FOLDER, ISO
from readingroom.session.exporting import Exported, ExportOrder, export_study
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress


def declare(parser: argparse.ArgumentParser) -> None:
    """STUDY_UID, where to, and what with."""
    parser.add_argument("study_uid", metavar="STUDY_UID")
    parser.add_argument("--to", metavar="DIR", help="a new or empty folder")
    parser.add_argument("--iso", metavar="FILE.iso", help="a new ISO 9660 image with a disc's directory in it")
    parser.add_argument("--dicomdir", action="store_true", help="with a disc's directory (DICOMDIR) and its file names")
    parser.add_argument("--deidentify", action="store_true", help="PS3.15 Basic Profile: a teaching case")
    parser.add_argument(
        "--dates",
        choices=DATES,
        default=REMOVED,
        help="of a teaching case: removed, or all moved by one number of days",
    )
    parser.add_argument(
        "--burned-in-seen", action="store_true",
        help="the images that may show a name in their pixels were looked at, and none does",
    )  # fmt: skip


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Fetch what is missing and write; exit code 1 where an object was left out."""
    order = _order(options)
    settings, secrets = load(profile), open_secrets(profile)
    key = secrets.desk_key()
    with ExitStack() as stack:
        region = stack.enter_context(closing(region_of(profile, settings.archives, secrets)))
        shelf = stack.enter_context(closing(open_shelf(profile.cache, key, settings.disk)))
        progress = stack.enter_context(shown_progress("export"))
        exported = export_study(region, shelf, Media, order, Ticket(), progress)
        without = f" without the patient, as {exported.case}" if exported.deidentified else ""
        told = f"{len(exported.files)} files to {order.to}{without}"
        Audit(profile.audit, key).record(EXPORT, order.study_uid, told, settings.reader.name)
    return _answer(order, exported)


def _order(options: argparse.Namespace) -> ExportOrder:
    study_uid = options.study_uid.strip()
    if not is_uid(study_uid):
        raise ReaderError(f"“{study_uid}” is no Study Instance UID.", "Copy it from: readingroom search")
    if bool(options.to) == bool(options.iso):
        raise ReaderError("One place must be named.", "Give either --to DIR or --iso FILE.iso.")
    kind = ISO if options.iso else DISC if options.dicomdir else FOLDER
    to = Path(options.iso or options.to).expanduser().absolute()
    return ExportOrder(study_uid, to, kind, options.deidentify, options.dates, options.burned_in_seen)


def _answer(order: ExportOrder, exported: Exported) -> Answer:
    fields = {
        "study_uid": order.study_uid, "to": str(order.to), "files": list(exported.files),
        "deidentified": exported.deidentified, "case": exported.case or None, "left_out": exported.left_out,
        "warnings": list(exported.warnings),
    }  # fmt: skip
    who = f"as teaching case {exported.case}" if exported.deidentified else exported.study.patient.display_name
    lines = [f"{exported.study.description or order.study_uid}, {who}: {len(exported.files)} files in {order.to}"]
    lines += [f"! {warning}" for warning in exported.warnings]
    return Answer(fields, tuple(lines), 1 if exported.left_out else 0)
