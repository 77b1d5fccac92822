"""Monitors that a test plugs and unplugs: the windows' own port, with windows put where a monitor stands."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from readingroom.base.events import Event
from readingroom.display.desk_plan import Place, Rect
from readingroom.display.monitors import Screen
from readingroom.settings.sections import MonitorSettings

LEFT, RIGHT, COLOUR, REPORT = "A1", "A2", "C1", "R1"


def place(serial: str, left: int, width: int, height: int, ratio: float = 1.0, primary: bool = False) -> Place:
    """A monitor of this serial number; width and height in its own pixels."""
    room = Rect(left, 0, round(width / ratio), round(height / ratio))
    return Place(Screen(f"DP-{serial}", "Test", serial, serial, width, height), room, ratio, primary)


def filed(**roles: str) -> tuple[MonitorSettings, ...]:
    """[[monitor]] tables that say what each serial number is for."""
    return tuple(MonitorSettings(serial, serial=serial, role=role) for serial, role in roles.items())


class PluggedMonitors:
    """Monitors as the test says; a window that is put on one fills it."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        self.changed: Event[None] = Event()

    def present(self) -> tuple[Place, ...]:
        return self.places

    def under(self, window: QWidget) -> Screen | None:
        box = window.geometry()
        at = Rect(box.x(), box.y(), box.width(), box.height())
        best = max(self.places, key=lambda one: at.overlap(one.room), default=None)
        return best.screen if best is not None else None

    def fill(self, window: QWidget, on: Place) -> None:
        if window.isMaximized():
            window.showNormal()
        window.setGeometry(on.room.left, on.room.top, on.room.width, on.room.height)
        window.show()

    def plug(self, *places: Place) -> None:
        """These monitors are connected from now on."""
        self.places = places
        self.changed.tell(None)
