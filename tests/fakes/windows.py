"""The real windows on a profile of a test's own, in front of whatever region the test plays."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter, sleep
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import QEvent

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from readingroom.main import build, build_desk, leave
from readingroom.render.choose import choose_engine
from readingroom.session.desk import Notice
from readingroom.settings.load import save
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings, DiskSettings, ReaderSettings, Settings, WorklistSettings
from readingroom.ui.application import Application
from readingroom.ui.pulse import Pulse
from readingroom.ui.screens import Screens
from readingroom.ui.windows.workstation import Workstation


class Windows:
    """A workstation that is watched: what it said, what it raised where nobody catches, how long it ever stood still."""

    def __init__(
        self, folder: Path, archives: tuple[ArchiveSettings, ...] = (), region: Any = None, keep_free_gb: float = 0.0,
        screens: Screens | None = None,
    ) -> None:  # fmt: skip
        self.profile = Profile(folder)
        if not self.profile.settings.exists():
            reader = ReaderSettings("Okafor^Ada^^Dr", "1234567", "Test trust")
            lists = WorklistSettings(days=0, refresh_s=0.0, next_cases=0)
            disk = DiskSettings(keep_free_gb=keep_free_gb)
            save(self.profile, Settings(archives, reader, disk, worklist=lists))
        self.raised: list[BaseException] = []
        self._hook = sys.excepthook
        sys.excepthook = lambda kind, error, trace: self.raised.append(error)
        self.application = Application()
        house = build(self.profile)
        if region is not None:
            house = replace(house, doors=replace(house.doors, region=region))
        self.house = house
        self.desk = build_desk(house, self.application.home)
        self.station = Workstation(self.application, self.desk, choose_engine("cpu"), Pulse(), screens)
        self.said: list[Notice] = []
        self.desk.noticed.listen(self.said.append)
        self.longest_stall_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def show(self, answered: bool = True) -> Self:
        """Open the windows; answered: wait for the list."""
        self.station.show()
        if answered:
            self.wait(lambda: not self.station.reading_list.asking)
        return self

    def turn(self) -> None:
        """One turn of the event loop, timed."""
        began = perf_counter()
        self.application.qt.processEvents()
        self.longest_stall_s = max(self.longest_stall_s, perf_counter() - began)
        sleep(0.002)

    def wait(self, until: Callable[[], object], most_s: float = 20.0) -> None:
        """Let the windows live until something is so; AssertionError with what was said where it never is."""
        end = monotonic() + most_s
        while not until():
            assert monotonic() < end, f"it never came to that; said: {self.words}; raised: {self.raised}"
            self.turn()
        self.turn()

    def rest(self, seconds: float) -> None:
        """Let the windows live for a while."""
        end = monotonic() + seconds
        while monotonic() < end:
            self.turn()

    def open(self, study_uid: str) -> None:
        """Open a row of the list."""
        self.station.open_entry(next(e for e in self.station.reading_list.entries if e.row.study_uid == study_uid))

    def open_whole(self, study_uid: str) -> None:
        """Open a row of the list and wait until everything that comes has come and is on the glass."""
        self.open(study_uid)
        self.wait(lambda: self.desk.case is not None and self.desk.case.study.uid == study_uid)
        self.wait(lambda: self.settled)
        self.rest(0.1)

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way and every visible frame is there or known not to come."""
        case = self.desk.case
        if case is None or self.desk.loader.busy:
            return False
        refs = [case.frame_at(tile) for tile in case.visible_tiles()]
        troubled = self.desk.loader.problem
        return all(r is None or self.desk.book.has(r) or troubled(r.series_uid) is not None for r in refs)

    @property
    def words(self) -> str:
        """Everything that was said in notices."""
        return " | ".join(f"{n.tone}: {n.problem} {n.remedy}" for n in self.said)

    def message(self, tile: int = 0) -> str:
        """What stands in a viewport instead of an image, "" where an image is."""
        viewport = self.station.reading.grid.viewports[tile]
        viewport.refresh()
        message = viewport.picture.message
        return f"{message.problem} {message.remedy}" if message is not None else ""

    def badges(self, tile: int = 0) -> tuple[str, ...]:
        """The badges of a viewport."""
        viewport = self.station.reading.grid.viewports[tile]
        viewport.refresh()
        return tuple(badge.text for badge in viewport.picture.words.badges)

    def close(self) -> None:
        """Leave as the program does."""
        try:
            self.station.close()
            self.desk.close()
            leave(self.house)
            self.application.qt.processEvents()
            self.application.qt.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        finally:
            sys.excepthook = self._hook
