"""readingroom settings: the settings file's schema, where it lies, and the secrets that must not lie in it."""

import argparse
import getpass
import sys
from dataclasses import asdict
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.settings.schema import current, schema, schema_lines
from readingroom.settings.secrets import archive_secret, open_secrets
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """--secret ARCHIVE [--forget]."""
    parser.add_argument("--secret", metavar="ARCHIVE", help="keep the password or token of an archive (asked for)")
    parser.add_argument("--forget", action="store_true", help="with --secret: forget it")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Show the schema and what is in force, or keep or forget one archive's secret."""
    settings = load(profile)
    if options.secret is not None:
        if options.secret not in {archive.name for archive in settings.archives}:
            known = ", ".join(archive.name for archive in settings.archives) or "none"
            raise ReaderError(f"No archive is named “{options.secret}”.", f"Name one of the settings file: {known}.")
        return _secret(options.secret, options.forget, profile)
    if options.forget:
        raise ReaderError("--forget needs --secret ARCHIVE.", "Say which archive's secret is to be forgotten.")
    path, exists = profile.settings, profile.settings.exists()
    fields: dict[str, Any] = {
        "path": str(path),
        "exists": exists,
        "schema": [asdict(key) for key in schema()],
        "current": current(settings),
    }
    state = "in force now" if exists else "not there yet: the defaults are in force"
    return Answer(fields, (f"{path} ({state})", "", *schema_lines()))


def _secret(archive: str, forget: bool, profile: Profile) -> Answer:
    secrets = open_secrets(profile)
    where = secrets.where()
    if forget:
        secrets.delete(archive_secret(archive))
        return Answer({"archive": archive, "kept": False}, (f"The secret of {archive} is forgotten.",))
    if sys.stdin.isatty():
        secret = getpass.getpass(f"Password or token of {archive}: ")
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise ReaderError("No secret was given.", "Type it when asked, or send it on standard input.")
    secrets.set(archive_secret(archive), secret)
    fields = {"archive": archive, "kept": True, "desk_key": where}
    return Answer(fields, (f"The secret of {archive} is kept, sealed. The desk key lies in {where}.",))
