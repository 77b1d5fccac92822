"""A window of reformatted pictures gets the greys of the monitor that it is on, and the badge that says what that one is not."""

from PySide6.QtWidgets import QWidget

from readingroom.display.monitors import judged
from readingroom.display.picture import Badge, Tone
from readingroom.display.tables import Tables
from readingroom.session.desk import Desk
from readingroom.ui.screens import screen_told, screens_present


def calibrated(window: QWidget, desk: Desk, tables: Tables) -> tuple[Badge, ...]:
    """Make the tables those of the window's monitor; the badges that warn of it."""
    monitor = judged(screen_told(window.screen()), screens_present(), desk.settings.monitors, desk.now().date())
    tables.calibrate(monitor.table)
    return () if monitor.is_diagnostic else (Badge("Not a diagnostic display", Tone.AMBER),)
