"""What Qt knows of the monitors: which there are, where they stand, and that one came, went or changed."""

from typing import Protocol

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from readingroom.base.events import Event
from readingroom.display.desk_plan import Place, Rect
from readingroom.display.monitors import Screen

SETTLED_MS = 250
"""A monitor that is plugged in tells its size in several steps: so long nothing must change before windows move."""


class Screens(Protocol):
    """The monitors of the desk as the windows need them."""

    changed: Event[None]

    def present(self) -> tuple[Place, ...]:
        """Every connected monitor where it stands."""

    def under(self, window: QWidget) -> Screen | None:
        """The monitor that a window is on."""

    def fill(self, window: QWidget, place: Place) -> None:
        """Show a window so that it fills a monitor."""


def screen_told(screen: QScreen) -> Screen:
    """What a monitor tells of itself, with its size in its own pixels."""
    size, ratio, glass = screen.geometry(), screen.devicePixelRatio(), screen.physicalSize()
    return Screen(
        screen.name(), screen.manufacturer(), screen.model(), screen.serialNumber(),
        round(size.width() * ratio), round(size.height() * ratio), glass.width(), glass.height(),
    )  # fmt: skip


def screens_present() -> tuple[Screen, ...]:
    """Every connected monitor."""
    return tuple(screen_told(screen) for screen in QGuiApplication.screens())


class ConnectedScreens(QObject):
    """The monitors that are connected; `changed` once things have settled after one came, went or changed its scale."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: Event[None] = Event()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._tell)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._added)
            application.screenRemoved.connect(self._moved)
            application.primaryScreenChanged.connect(self._moved)
        for screen in QGuiApplication.screens():
            self._watch(screen)

    def present(self) -> tuple[Place, ...]:
        """Every connected monitor where it stands."""
        first = QGuiApplication.primaryScreen()
        return tuple(
            Place(screen_told(screen), rect(screen.availableGeometry()), screen.devicePixelRatio(), screen is first)
            for screen in QGuiApplication.screens()
        )

    def under(self, window: QWidget) -> Screen | None:
        """The monitor that a window is on."""
        handle = window.windowHandle()
        screen = handle.screen() if handle is not None else None
        return screen_told(screen) if screen is not None else None

    def fill(self, window: QWidget, place: Place) -> None:
        """Show a window maximised on a monitor."""
        for screen in QGuiApplication.screens():
            if screen_told(screen) == place.screen:
                window.setScreen(screen)
        room = place.room
        whole = window.isVisible() and window.isMaximized()
        there = QRect(room.left, room.top, room.width, room.height)
        if whole and there.contains(window.geometry().center()):
            return
        if whole:
            window.showNormal()
        window.setGeometry(there)
        window.showMaximized()

    def _watch(self, screen: QScreen) -> None:
        for signal in (screen.geometryChanged, screen.availableGeometryChanged, screen.logicalDotsPerInchChanged):
            signal.connect(self._moved)

    def _added(self, screen: QScreen) -> None:
        self._watch(screen)
        self._settled.start()

    def _moved(self, what: object = None) -> None:
        self._settled.start()

    def _tell(self) -> None:
        self.changed.tell(None)


def rect(of: QRect) -> Rect:
    """A rectangle of Qt as a value."""
    return Rect(of.x(), of.y(), of.width(), of.height())
