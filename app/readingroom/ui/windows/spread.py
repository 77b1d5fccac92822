"""The windows of a desk on its monitors: which shows what, and where each goes when monitors come, go or change."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from readingroom.display.desk_plan import Place, Plan, held, planned, role_of
from readingroom.display.monitors import judged
from readingroom.hanging.placing import Monitor
from readingroom.session.desk import Desk, Notice
from readingroom.session.staging import sit_at
from readingroom.ui.grid import ViewportGrid
from readingroom.ui.screens import Screens, rect
from readingroom.ui.windows.images import ImageWindow
from readingroom.ui.windows.monitors import MonitorsWindow
from readingroom.ui.windows.reading import ReadingWindow


class Spread:
    """The reading window on its home monitor, and a window of images on each other monitor that is read on."""

    def __init__(
        self, desk: Desk, reading: ReadingWindow, screens: Screens, make: Callable[[int], ImageWindow]
    ) -> None:
        self._desk, self._reading, self._screens, self._make = desk, reading, screens, make
        self.windows: list[ImageWindow] = []
        self.places: tuple[Place, ...] = ()
        self.plan = Plan(0, (0,))
        self._several = False
        self._left = False
        screens.changed.listen(lambda _: self.arrange())
        reading.shown.connect(self._reading_shown)
        reading.actions_.bind("window.monitors", self.show_roles)
        self.arrange()

    def arrange(self) -> None:
        """Look up the monitors anew and put every window where it belongs; the case hangs anew on what is there."""
        places = self._screens.present()
        if self._left or not places:
            return
        before = len(self.plan.images)
        # On the one monitor of a desk that never had more the reader puts the windows himself.
        self._several = self._several or len(places) > 1
        self.places, self.plan = places, planned(places, self._desk.settings.monitors)
        seats = self.plan.images
        sit_at(self._desk, tuple(self._monitor(seat, n) for seat, n in enumerate(seats)))
        self._desk.judged.clear()
        self._reading.sit(seats.index(self.plan.home) if self.plan.home in seats else None)
        others = [seat for seat, n in enumerate(seats) if n != self.plan.home]
        while len(self.windows) > len(others):
            self.windows.pop().leave()
        for number, seat in enumerate(others):
            if number == len(self.windows):
                self._add(seat)
            self.windows[number].sit(seat)
        self._reading.further = tuple(self.windows)
        self._put()
        if before != len(seats) and self._desk.case is not None:
            count = f"{len(seats)} monitors" if len(seats) > 1 else "one monitor"
            self._desk.noticed.tell(Notice(f"Images hang on {count} now.", "Nothing that you did is lost."))

    def show_roles(self) -> None:
        """What each monitor is for; what is chosen is in force at once."""
        window = MonitorsWindow(self._desk, self._screens, self._reading, self.arrange)
        window.show()
        window.activateWindow()

    def put_home(self, window: QWidget) -> None:
        """Put a window that is opened for the first time on the home monitor, where there are several."""
        if len(self.places) > 1:
            room = self.places[self.plan.home].room
            width, height = min(window.width(), room.width), min(window.height(), room.height)
            left, top = room.left + (room.width - width) // 2, room.top + (room.height - height) // 2
            window.setGeometry(left, top, width, height)

    def leave(self) -> None:
        """Close the windows for good."""
        self._left = True
        for window in self.windows:
            if isValid(window):
                window.leave()
        self.windows.clear()

    def _monitor(self, seat: int, number: int) -> Monitor:
        """The monitor of a seat as the hanging sees it: with the room that its images have there, where that is known."""
        place = self.places[number]
        on_file, today = self._desk.settings.monitors, self._desk.now().date()
        stands = judged(place.screen, tuple(one.screen for one in self.places), on_file, today)
        grid = next((grid for grid in self._grids() if grid.seat == seat and grid.isVisible()), None)
        stays = grid is not None and rect(grid.window().geometry()).overlap(place.room)
        room = (grid.width(), grid.height()) if grid is not None and stays else (place.room.width, place.room.height)
        return Monitor(*room, role_of(place.screen, on_file), stands.is_diagnostic)

    def _grids(self) -> tuple[ViewportGrid, ...]:
        return (self._reading.grid, *(window.grid for window in self.windows if isValid(window)))

    def _add(self, seat: int) -> None:
        window = self._make(seat)
        for action in self._reading.actions_.actions.values():
            window.addAction(action)
        window.destroyed.connect(self._gone)
        self.windows.append(window)

    def _gone(self) -> None:
        """The system took a window away that nobody closed: it comes again."""
        self.windows = [window for window in self.windows if isValid(window)]
        if not self._left:
            QTimer.singleShot(0, self._reading, self.arrange)

    def _put(self) -> None:
        """Show the windows on their monitors, as long as the reading window is shown."""
        if not self._reading.isVisible():
            for window in self.windows:
                window.hide()
        elif self._several:
            self._fill()
        self._hold()

    def _fill(self) -> None:
        self._screens.fill(self._reading, self.places[self.plan.home])
        others = [n for n in self.plan.images if n != self.plan.home]
        for window, number in zip(self.windows, others, strict=True):
            self._screens.fill(window, self.places[number])
            window.monitor.judge()
        self._reading.monitor.judge()

    def _hold(self) -> None:
        """No window lies where no monitor is."""
        for window in QApplication.topLevelWidgets():
            if not window.isVisible() or window.isMaximized() or window.isFullScreen() or window.isMinimized():
                continue
            there = held(rect(window.geometry()), self.places, self.plan.home)
            if there != rect(window.geometry()):
                window.setGeometry(QRect(there.left, there.top, there.width, there.height))

    def _reading_shown(self, shown: bool) -> None:
        if self._left:
            return
        if shown:
            QTimer.singleShot(0, self._reading, self._put)
        else:
            for window in self.windows:
                window.hide()
