"""What Qt knows of the monitors."""

from PySide6.QtGui import QGuiApplication, QScreen

from readingroom.display.monitors import Screen


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
