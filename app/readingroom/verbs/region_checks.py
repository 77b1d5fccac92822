"""What doctor looks at in the region: whether every archive answers, and whether this desk's clock is theirs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import perf_counter

from readingroom.base.errors import ReaderError
from readingroom.record.search import Query
from readingroom.settings.secrets import Secrets, archive_secret
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.checks import Check

MOST_APART = timedelta(minutes=2)
CLOCK_REMEDY = "Set this machine's clock by a time server: reports and the audit trail carry its time."


def region_checks(archives: Sequence[ArchiveSettings], secrets: Secrets, now: datetime) -> list[Check]:
    """Each archive asked once, then the clock; now has a time zone."""
    from readingroom.archive.open import open_archives

    if not archives:
        remedy = "Add an [[archive]] to settings.toml; its keys: readingroom settings"
        return [Check("archives", False, "No archive is configured.", remedy), _clock([], secrets, now, None)]
    region = open_archives(archives, secrets)
    try:
        began = perf_counter()
        answer = region.search(Query(limit=1))
        took_ms = (perf_counter() - began) * 1000
        silent = {one.name: one for one in answer.silent}
        checks = [
            Check(f"archive {name}", False, silent[name].problem, silent[name].remedy or "Look at the archive.")
            if name in silent
            else Check(f"archive {name}", True, f"answers (all asked at once, {took_ms:.0f} ms)")
            for name in answer.asked
        ]
        heard = [one for one in archives if one.name in answer.answered]
        future = region.search(Query(date_from=now.date() + timedelta(days=1), limit=1)) if heard else None
        newest = max((row.date for row in future.rows if row.date), default=None) if future else None
        return [*checks, _clock(heard, secrets, now, newest)]
    finally:
        region.close()


def _clock(archives: Sequence[ArchiveSettings], secrets: Secrets, now: datetime, future: date | None) -> Check:
    """This desk's clock against the Date header (RFC 9110 6.6.1) of the archives, and against a study of the future."""
    said = f"{now:%Y-%m-%d %H:%M:%S %z}"
    if future is not None and future > now.date() + timedelta(days=1):
        return Check("clock", False, f"{said}, but a study is dated {future}.", CLOCK_REMEDY)
    for archive in archives:
        theirs = _time_of(archive, secrets) if archive.kind == "dicomweb" else None
        if theirs is None:
            continue
        apart = now + (datetime.now(UTC) - now.astimezone(UTC)) - theirs
        if abs(apart) > MOST_APART:
            ahead = "ahead of" if apart > timedelta(0) else "behind"
            found = f"{said}: {abs(apart).total_seconds():.0f} s {ahead} {archive.name}."
            return Check("clock", False, found, CLOCK_REMEDY)
        return Check("clock", True, f"{said}, as {archive.name} has it")
    return Check("clock", True, f"{said}; no archive tells its time")


def _time_of(archive: ArchiveSettings, secrets: Secrets) -> datetime | None:
    from readingroom.archive.line import Line

    line = Line(archive, secrets.get(archive_secret(archive.name)) if archive.auth != "none" else None)
    try:
        _, headers = line.get_json("studies", {"limit": "1"})
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except (ReaderError, ValueError, TypeError):
        return None
    finally:
        line.close()
    return theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
