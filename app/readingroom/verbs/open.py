"""readingroom open: a study in the workstation that is open, or in one that is started for it."""

import argparse
import re
from urllib.parse import parse_qs, urlsplit

from readingroom.base.errors import ReaderError
from readingroom.settings.places import Profile
from readingroom.verbs.front import Answer

SCHEME = "readingroom"
_UID = re.compile(r"[0-9]+(\.[0-9]+)+")
_REMEDY = "Name a Study Instance UID, or readingroom://open?study=UID."


def declare(parser: argparse.ArgumentParser) -> None:
    """STUDY_UID or a link."""
    parser.add_argument("what", metavar="STUDY_UID|readingroom://…", help="the study, or a link that names it")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Hand the study to the open workstation; where none is open on this profile, start one and stay until it ends."""
    from readingroom.ui.doorbell import ring

    study_uid = study_of(options.what)
    if ring(profile.folder, study_uid):
        return Answer({"study_uid": study_uid, "handed_over": True}, ("handed to the workstation that is open",))
    from readingroom.main import open_workstation

    code = open_workstation(profile, study_uid=study_uid)
    return Answer({"study_uid": study_uid, "handed_over": False}, (), code)


def study_of(what: str) -> str:
    """The Study Instance UID that a word or a link names; ReaderError for anything else."""
    uid = what
    if what.lower().startswith(f"{SCHEME}:"):
        try:
            link = urlsplit(what)
            named = parse_qs(link.query).get("study", [])
        except ValueError as error:
            raise ReaderError(f"“{what[:80]}” is no link of Reading Room.", _REMEDY) from error
        uid = named[0] if len(named) == 1 else link.netloc if not link.query else ""
    if len(uid) > 64 or not _UID.fullmatch(uid):
        raise ReaderError(f"“{what[:80]}” names no study.", _REMEDY)
    return uid
