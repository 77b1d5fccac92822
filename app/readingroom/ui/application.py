"""The application: one process, its first words, its windows, its end."""

import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Progress, Ticket
from readingroom.base.log import unforeseen
from readingroom.render.engine import Engine
from readingroom.session.desk import Desk, Notice
from readingroom.settings.places import resources
from readingroom.ui.homecoming import HomecomingBell
from readingroom.ui.pulse import Pulse
from readingroom.ui.sweeper import Sweeper
from readingroom.ui.theme import Theme, apply_theme

Work = Callable[[Callable[[Progress], None], Callable[[], None]], None]


class Application:
    """The Qt application with its theme, and the way home for results."""

    def __init__(self) -> None:
        found = QApplication.instance()
        if found is None:
            QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        self.qt = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
        self.qt.setApplicationName("Reading Room")
        self.qt.setDesktopFileName("readingroom")
        self.theme: Theme = apply_theme(self.qt, resources() / "theme")
        self.bell = HomecomingBell()
        self.sweeper = Sweeper()

    @property
    def home(self) -> Any:
        """Where the pools bring their results."""
        return self.bell.home

    def make_first(self, work: Work) -> None:
        """Do a long piece of work before the windows open, behind a bar with a cancel; raises what it raised."""
        from readingroom.ui.first_start import FirstStart

        ticket = Ticket()
        window = FirstStart(self.theme)
        troubles: list[BaseException] = []

        def show(progress: Progress) -> None:
            window.show_progress(progress)
            self.sweeper.tick(monotonic())

        def run() -> None:
            try:
                work(lambda progress: self.home.bring(lambda: show(progress)), ticket.checkpoint)
            except BaseException as error:  # noqa: BLE001  (raised again on the reader's thread)
                troubles.append(error)
            finally:
                self.home.bring(window.finish)

        window.cancelled.connect(ticket.cancel)
        worker = threading.Thread(target=run, name="first start", daemon=True)
        worker.start()
        worker.join(0.4)
        if worker.is_alive():
            window.show()
        window.wait()
        worker.join()
        if troubles and isinstance(troubles[0], Cancelled):
            raise ReaderError("The demo region was not finished.", "Start again when there is time: about a minute.")
        if troubles:
            raise troubles[0]

    def refuse(self, error: ReaderError) -> int:
        """Say on the glass and on stderr why the desk cannot open; the answer is exit code 2."""
        from readingroom.ui.first_start import say

        print(f"problem: {error.problem}\nremedy: {error.remedy}", file=sys.stderr)  # noqa: T201
        if self.qt.platformName() != "offscreen":
            say(error, self.theme)
        return 2


def start() -> Application:
    """The application, ready for windows; ReaderError where its theme cannot be read, or where there is no screen."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in screens):
        # Qt would end the process here without a word that a reader understands.
        raise ReaderError(
            "There is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "Start it in a desktop session, through ssh -X, or without windows: readingroom --help",
        )
    return Application()


def run(
    application: Application, desk: Desk, engine: Engine, remarks: tuple[Notice, ...], folder: Path, study_uid: str = ""
) -> int:
    """Open the windows (and a study), say the remarks, take what other starts hand over, stay until the last closes."""
    from readingroom.ui.doorbell import Doorbell
    from readingroom.ui.windows.workstation import Workstation

    workstation = Workstation(application, desk, engine, Pulse())
    sys.excepthook = partial(_say_defect, desk)
    workstation.show(study_uid)
    doorbell = Doorbell(folder, workstation.asked_to_open)
    for remark in remarks:
        desk.noticed.tell(remark)
    code = application.qt.exec()
    doorbell.close()
    workstation.close()
    try:
        desk.close()
    except ReaderError as error:
        return application.refuse(error)
    return code


def _say_defect(desk: Desk, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught on the reader's thread stands on the glass, not only on a terminal that nobody reads."""
    if isinstance(error, ReaderError):
        desk.notice(error, "red")
    elif isinstance(error, Exception):
        desk.notice(unforeseen(error, "working at this desk"), "red")
    else:
        sys.__excepthook__(kind, error, trace)
