"""Builds the house: opens the profile's doors, introduces them to the desk, and puts the desk behind the glass."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Homecoming, Lane, Pool, Progress, Ticket
from readingroom.base.log import start_log, unforeseen
from readingroom.hanging.library import protocols_of_desk
from readingroom.hanging.own import OwnProtocols
from readingroom.reporting.template import Templates
from readingroom.session.desk import Desk, Doors, Notice, Pools
from readingroom.session.own_keys import take_up
from readingroom.settings.key_map import write_key_map
from readingroom.settings.load import load, save, write_default
from readingroom.settings.monitor_file import put_monitor
from readingroom.settings.places import Profile, resources
from readingroom.settings.secrets import Secrets, open_secrets
from readingroom.settings.sections import ArchiveSettings, ReaderSettings, Settings


@dataclass(frozen=True, slots=True)
class House:
    """Everything behind the glass of one profile."""

    profile: Profile
    settings: Settings
    secrets: Secrets
    doors: Doors
    templates: Templates


def build(profile: Profile) -> House:
    """Open the doors of a profile; ReaderError where one stays shut."""
    from readingroom.archive.learn import region_of
    from readingroom.archive.media import Media
    from readingroom.audit import Audit
    from readingroom.cache.journal import Journal
    from readingroom.cache.outbox_store import OutboxStore
    from readingroom.cache.shelf import open_shelf
    from readingroom.reporting.template import templates

    settings = load(profile)
    secrets = open_secrets(profile)
    key = secrets.desk_key()
    doors = Doors(
        region=region_of(profile, settings.archives, secrets),
        shelf=open_shelf(profile.cache, key, settings.disk),
        journal=Journal(profile.journal, key),
        outbox=OutboxStore(profile.outbox, key),
        audit=Audit(profile.audit, key),
        media=Media,
    )
    return House(profile, settings, secrets, doors, templates(resources() / "templates"))


def local_now() -> datetime:
    """The time on this desk, with its zone."""
    return datetime.now().astimezone()


def build_desk(house: House, home: Homecoming, now: Callable[[], datetime] = local_now) -> Desk:
    """The desk of a house: two threads decode (or one per core, up to four), eighteen wait for archives, one writes."""
    decoders = max(2, min(4, os.cpu_count() or 2))
    pools = Pools(home, Pool("io", 18, home), Pool("cpu", decoders, home), Pool("disk", 1, home))
    desk = Desk(house.doors, pools, house.settings, house.templates, now)
    desk.put_monitor = partial(put_monitor, house.profile)
    desk.own_protocols = OwnProtocols(house.profile.hanging, house.settings.hanging.site)
    desk.protocols = cache(desk.own_protocols.read)
    desk.keys.put = partial(write_key_map, house.profile.keys)
    take_up(desk, house.profile.keys)
    return desk


def demo_settings(profile: Profile, region: Path) -> Settings:
    """The demo profile's own settings: the three trusts of the demo region as folder archives, and a reader."""
    from readingroom.demo.patients import TRUSTS

    archives = tuple(
        ArchiveSettings(name=trust.name, kind="folder", trust=trust.name, path=str(region / trust.folder), issuer="NHS")
        for trust in TRUSTS
    )
    reader = ReaderSettings("Demo^Reader^^Dr", "0000000", "Demo region")
    settings = replace(write_default(profile, archives), reader=reader)
    save(profile, settings)
    return settings


def make_demo(profile: Profile, progress: Callable[[Progress], None], checkpoint: Callable[[], None]) -> None:
    """Make the demo region in a profile, where it is not there yet, and settings that point at it."""
    from readingroom.demo.region import region_is_complete, write_region

    region = profile.folder / "demo-region"
    if not region_is_complete(region):
        write_region(region, progress, None, checkpoint)
    if not profile.settings.exists():
        demo_settings(profile, region)


def open_workstation(profile: Profile, demo: bool = False, study_uid: str = "") -> int:
    """Open the workstation, with a study where one is named, and stay until the reader leaves; the exit code."""
    from readingroom.cache.desk_lock import DeskLock
    from readingroom.render.choose import choose_engine, warm
    from readingroom.ui.application import run, start

    application = start()
    with ExitStack() as stack:
        try:
            stack.enter_context(DeskLock(profile.folder))
            start_log(profile.log)
            if demo:
                application.make_first(lambda progress, checkpoint: make_demo(profile, progress, checkpoint))
            house = build(profile)
        except ReaderError as error:
            return application.refuse(error)
        stack.callback(leave, house)
        desk = build_desk(house, application.home)
        engine = choose_engine(house.settings.display.engine)
        desk.pools.cpu.submit(warm, engine, done=lambda _: None, failed=partial(_cold, desk), ticket=Ticket())
        learn_archives(house, desk)
        return run(application, desk, engine, remarks(house), profile.folder, study_uid)


def learn_archives(house: House, desk: Desk) -> None:
    """Ask, when nothing else is to be done, the archives of which nothing fresh is known what they can do."""
    from readingroom.archive.learn import learn

    desk.pools.io.submit(
        learn, house.profile.archives, house.settings.archives, house.secrets,
        done=lambda _: None, failed=partial(_unlearnt, desk), ticket=Ticket(), lane=Lane.LATER,
    )  # fmt: skip


def _unlearnt(desk: Desk, error: Exception) -> None:
    told = error if isinstance(error, ReaderError) else unforeseen(error, "asking the archives what they can do")
    desk.notice(told, "amber")


def _cold(desk: Desk, error: Exception) -> None:
    desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "starting the engine that draws"), "red")


def remarks(house: House) -> tuple[Notice, ...]:
    """What is not as it should be at this desk, said when it opens."""
    found = [Notice(error.problem, error.remedy, "amber") for error in house.templates.broken]
    site = house.settings.hanging.site
    if site or house.profile.hanging.is_dir():
        broken = protocols_of_desk(house.profile.hanging, site).broken
        found += [Notice(error.problem, error.remedy, "amber") for error in broken]
    if house.secrets.is_bare:
        text = f"No keyring: the key of this desk lies in {house.secrets.where()}."
        found.append(Notice(text, "See: readingroom doctor", "amber"))
    if house.doors.region.names == ():
        found.append(Notice("No archive is configured.", "Add an [[archive]] table: readingroom settings", "amber"))
    return tuple(found)


def leave(house: House) -> None:
    """Close the doors: everything that is kept is on the disk when this returns."""
    for door in (house.doors.region, house.doors.shelf, house.doors.journal, house.doors.outbox):
        close = getattr(door, "close", None)
        if close is not None:
            close()
