"""What doctor looks at on the disk of this desk: settings, key, cache, journal, outbox, audit trail."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from readingroom.base.errors import ReaderError
from readingroom.settings.places import Profile
from readingroom.settings.secrets import WHERE_WORDS, Secrets
from readingroom.settings.sections import Settings

OLDEST_PYTHON = (3, 12)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is right, what was found, and what to do where it is not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def check(name: str, look: Callable[[], Check | str]) -> Check:
    """The check of that name; what look says is right unless it says otherwise or raises ReaderError."""
    try:
        found = look()
    except ReaderError as error:
        return Check(name, False, error.problem, error.remedy)
    return found if isinstance(found, Check) else Check(name, True, found)


def python_check() -> Check:
    """The Python that runs this."""
    found = f"Python {platform.python_version()} on {platform.system()} {platform.release()} ({platform.machine()})"
    ok = sys.version_info[:2] >= OLDEST_PYTHON
    return Check("python", ok, found, "" if ok else "Install Python 3.12 or newer and run installer/dev.py again.")


def desk_checks(profile: Profile, settings: Settings, secrets: Secrets) -> Iterator[Check]:
    """Key, cache, free space, journal, outbox and audit trail of a profile."""
    yield check("keyring", lambda: _keyring(secrets))
    yield check("cache", lambda: _cache(profile, settings, secrets))
    yield check("disk", lambda: _disk(profile, settings))
    yield check("journal", lambda: _journal(profile, secrets))
    yield check("outbox", lambda: _outbox(profile, secrets))
    yield check("audit", lambda: _audit(profile, secrets))


def _keyring(secrets: Secrets) -> Check | str:
    where = secrets.where()
    found = f"The desk key lies in {where}." if where != WHERE_WORDS["passphrase"] else f"The desk key lies {where}."
    if where != WHERE_WORDS["file"]:
        return found
    return Check(
        "keyring",
        False,
        found,
        "Whoever can read the profile folder can read the cache. Before the first patient: set up the system's keyring"
        " (on Linux gnome-keyring or KWallet), or READINGROOM_PASSPHRASE, and begin with a new profile.",
    )


def _cache(profile: Profile, settings: Settings, secrets: Secrets) -> str:
    from readingroom.cache.shelf import open_shelf

    with closing(open_shelf(profile.cache, secrets.desk_key(), settings.disk)) as shelf:
        usage = shelf.usage()
    return f"{usage.studies} studies, {usage.bytes / 1e9:.2f} of {settings.disk.budget_gb:g} GB, sealed, in {profile.cache}"


def _disk(profile: Profile, settings: Settings) -> Check | str:
    try:
        with tempfile.TemporaryFile(dir=profile.folder) as file:
            file.write(b"written")
        free = shutil.disk_usage(profile.folder).free
    except OSError as error:
        raise ReaderError(
            f"{profile.folder} cannot be written: {error.strerror or error}.", "Make the profile folder writable."
        ) from error
    found = f"{free / 1e9:.1f} GB free at {profile.folder}"
    if free >= settings.disk.keep_free_gb * 1e9:
        return found
    remedy = f"Free space: {settings.disk.keep_free_gb:g} GB are to stay free ([disk] keep_free_gb)."
    return Check("disk", False, found, remedy)


def _journal(profile: Profile, secrets: Secrets) -> str:
    from readingroom.cache.journal import Journal

    with closing(Journal(profile.journal, secrets.desk_key())) as journal:
        return f"{len(journal.keys('draft'))} drafts"


def _outbox(profile: Profile, secrets: Secrets) -> Check | str:
    from readingroom.cache.outbox_store import OutboxStore

    with closing(OutboxStore(profile.outbox, secrets.desk_key())) as store:
        waiting = store.waiting()
    if not waiting:
        return "nothing waits to be stored"
    since = min(item.since for item in waiting)
    found = f"{len(waiting)} signed objects are not stored yet, the oldest since {since}: {waiting[0].problem}".rstrip(
        ": "
    )
    return Check("outbox", False, found, "See: readingroom outbox, and: readingroom outbox --retry")


def _audit(profile: Profile, secrets: Secrets) -> Check | str:
    from readingroom.audit import Audit

    verdict = Audit(profile.audit, secrets.desk_key()).verify()
    if verdict.intact:
        return f"{verdict.events} events, chain intact"
    found = f"The chain of {verdict.events} events is broken at event {verdict.first_broken}."
    return Check("audit", False, found, "Keep the file and tell whoever answers for this desk.")
