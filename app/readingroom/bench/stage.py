"""The real windows on a profile of the benchmark's own, in a temporary folder."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from readingroom.base.errors import ReaderError
from readingroom.main import build, build_desk, leave
from readingroom.render.choose import choose_engine
from readingroom.session.opening import open_case
from readingroom.settings.load import save
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings, DiskSettings, Settings, WorklistSettings
from readingroom.ui.application import Application
from readingroom.ui.pulse import Pulse
from readingroom.ui.viewport import Viewport
from readingroom.ui.windows.workstation import Workstation

SIZE = (1600, 1200)


class Stage:
    """A workstation that can be waited for."""

    def __init__(self, folder: Path, archives: tuple[ArchiveSettings, ...]) -> None:
        self.profile = Profile(folder)
        disk, lists = DiskSettings(keep_free_gb=0.0), WorklistSettings(days=0, refresh_s=0.0)
        save(self.profile, Settings(archives, disk=disk, worklist=lists))
        self.application = Application()
        self.house = build(self.profile)
        self.desk = build_desk(self.house, self.application.home)
        self.station = Workstation(self.application, self.desk, choose_engine("auto"), Pulse())

    def __enter__(self) -> Self:
        self.station.show()
        self.wait(lambda: not self.station.reading_list.asking)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.station.close()
        self.desk.close()
        leave(self.house)
        self.application.qt.processEvents()

    def wait(self, until: Callable[[], object], most_s: float = 60.0) -> None:
        """Let the windows live until something is so."""
        end = monotonic() + most_s
        while not until():
            if monotonic() > end:
                raise ReaderError("The windows did not get there in time.", "Run the benchmark on a quiet machine.")
            self.application.qt.processEvents()
            sleep(0.001)

    def open(self, study_uid: str) -> None:
        """Click: the study is to be opened, its window at the size of the benchmark."""
        open_case(self.desk, study_uid)
        self.station.reading.showNormal()
        self.station.reading.resize(*SIZE)

    def viewport(self, tile: int = 0) -> Viewport:
        """One viewport of the reading window."""
        return self.station.reading.grid.viewports[tile]

    def pixels_are_shown(self, tile: int = 0) -> bool:
        """Whether a viewport's picture has an image in it."""
        return bool(self.viewport(tile).picture.layers)

    def all_decoded(self) -> bool:
        """Whether every frame of the case is in memory."""
        case = self.desk.case
        return case is not None and all(self.desk.book.has(ref) for stack in case.stacks for ref in stack.frames)
