"""The real windows on a profile of the benchmark's own, in a temporary folder."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter
from types import TracebackType
from typing import Self

from PySide6.QtCore import QEventLoop, Qt, QTimer

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.main import build, build_desk, leave
from readingroom.render.choose import choose_engine, warm
from readingroom.render.engine import Engine
from readingroom.settings.load import save
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings, DiskSettings, Settings, WorklistSettings
from readingroom.ui.application import Application
from readingroom.ui.pulse import Pulse
from readingroom.ui.viewport import Viewport
from readingroom.ui.windows.workstation import Workstation

SIZE = (1600, 1200)


class Beats:
    """How long the reader's thread answers nothing: the longest gap between beats that are due every millisecond."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last = perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(1)

    def _beat(self) -> None:
        now = perf_counter()
        self.longest_s, self._last = max(self.longest_s, now - self._last), now

    def stop(self) -> float:
        """No more beats; the longest gap in seconds."""
        self._timer.stop()
        return self.longest_s


class Stage:
    """A workstation that can be waited for, built as the program's front door builds it."""

    def __init__(self, folder: Path, archives: tuple[ArchiveSettings, ...], engine: Engine | None = None) -> None:
        self.application = Application()
        self.profile = Profile(folder)
        disk, lists = DiskSettings(keep_free_gb=0.0), WorklistSettings(days=0, refresh_s=0.0)
        save(self.profile, Settings(archives, disk=disk, worklist=lists))
        self.house = build(self.profile)
        self.desk = build_desk(self.house, self.application.home)
        self.engine = engine or choose_engine("auto")
        self.desk.pools.cpu.submit(warm, self.engine, done=_nothing, failed=_raised, ticket=Ticket())
        self.station = Workstation(self.application, self.desk, self.engine, Pulse())

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
        """Let the windows live, asleep between events as in use, until something is so."""
        end = monotonic() + most_s
        while not until():
            if monotonic() > end:
                raise ReaderError("The windows did not get there in time.", "Run the benchmark on a quiet machine.")
            # The pulse ticks ten times a second, so this returns.
            self.application.qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def open(self, study_uid: str) -> None:
        """Click: the row of a study in the worklist is opened."""
        entries = self.station.reading_list.entries
        entry = next((one for one in entries if one.row.study_uid == study_uid), None)
        if entry is None:
            raise ReaderError("The worklist has no row for the benchmark's own examination.", "Please report it.")
        self.station.open_entry(entry)

    def fit(self) -> None:
        """The reading window at the size of the benchmark."""
        self.station.reading.showNormal()
        self.station.reading.resize(*SIZE)
        self.turn()

    def turn(self) -> None:
        """Let everything that waits be done, and drawn."""
        for _ in range(3):
            self.application.qt.processEvents()

    def arrived(self) -> None:
        """Return when everything that was painted is on the display: a question to it is answered after all before it."""
        if self.application.qt.platformName() == "xcb":
            self.application.qt.primaryScreen().grabWindow(0, 0, 0, 1, 1)

    def viewport(self, tile: int = 0) -> Viewport:
        """One viewport of the reading window."""
        return self.station.reading.grid.viewports[tile]

    def pixels_are_shown(self, tile: int = 0) -> bool:
        """Whether a viewport's picture has an image in it."""
        return bool(self.viewport(tile).picture.layers)

    def all_decoded(self) -> bool:
        """Whether every frame of the case is in memory; ReaderError where one cannot be decoded."""
        case = self.desk.case
        refs = [ref for stack in case.stacks for ref in stack.frames] if case is not None else []
        for ref in refs:
            if (trouble := self.desk.book.trouble(ref)) is not None:
                raise trouble
        return bool(refs) and all(self.desk.book.has(ref) for ref in refs)


def _nothing(_: object) -> None:
    """Nothing follows."""


def _raised(error: Exception) -> None:
    raise error
