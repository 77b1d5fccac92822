"""What the archives can do, known to the desk: kept from before, and asked for again where it is old."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

from readingroom.archive.meter import LineBook
from readingroom.archive.open import Keeper, open_archives
from readingroom.archive.profile import Probe, probe
from readingroom.archive.profile_book import ProfileBook
from readingroom.archive.region import Door, Region
from readingroom.base.log import LOG
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings


def known(path: Path, settings: Sequence[ArchiveSettings]) -> Mapping[str, Mapping[str, Any]]:
    """What is known of each archive, by name, from the last week."""
    book = ProfileBook(path)
    return {one.name: kept.probe.can for one in settings if (kept := book.kept(one)) is not None}


def region_of(profile: Profile, settings: Sequence[ArchiveSettings], secrets: Keeper) -> Region:
    """The archives of a desk as one, each asked as it was learnt to be; what their lines carry is counted."""
    return open_archives(settings, secrets, known(profile.archives, settings), LineBook(profile.lines))


def learn(path: Path, settings: Sequence[ArchiveSettings], secrets: Keeper, again: bool = False) -> dict[str, Probe]:
    """Probe the archives of which nothing fresh is known (again: all of them), keep it; the fresh profiles by name.

    The doors are opened as if nothing were known, so that what an archive has learnt itself is noticed.
    """
    book = ProfileBook(path)
    unknown = [one for one in settings if again or book.kept(one) is None]
    if not unknown:
        return {}
    with closing(open_archives(unknown, secrets)) as region:
        fresh = _together(region.archives)
    book.keep({one.name: (one, fresh[one.name]) for one in unknown})
    return fresh


def _together(doors: Sequence[Door]) -> dict[str, Probe]:
    """Every door probed at once, on threads that do not keep the program from ending."""
    found: dict[str, Probe] = {}

    def ask(door: Door) -> None:
        try:
            found[door.name] = probe(door)
        except Exception as error:  # noqa: BLE001  (a defect in probing one archive is said as its own and hides no other)
            LOG.exception("defect while probing an archive")
            problem = f"Probing {door.name} failed for an unforeseen reason ({type(error).__name__})."
            found[door.name] = Probe(door.name, False, 0.0, problem, "The log tells more; please report it.")

    threads = [Thread(target=ask, args=(door,), name=f"probe-{door.name}", daemon=True) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
