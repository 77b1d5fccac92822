"""What was measured on a monitor is kept in the settings file and in force at once."""

from collections.abc import Callable
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.session.desk import Desk, Notice
from readingroom.settings.sections import MonitorSettings, Settings


def keep_monitor(desk: Desk, filed: MonitorSettings, then: Callable[[], None]) -> None:
    """Keep a monitor's table, in the background; then, when it is in force. Why not is told where it cannot be kept."""

    def kept(settings: Settings) -> None:
        desk.settings = replace(desk.settings, monitors=settings.monitors)
        said = f", checked {filed.checked}" if filed.checked else f" as a {filed.role} monitor"
        desk.noticed.tell(Notice(f"{filed.name} is kept in the settings{said}."))
        then()

    def not_kept(error: Exception) -> None:
        desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "keeping a monitor"), "red")

    if desk.put_monitor is None:
        not_kept(ReaderError("This desk has no settings file to keep a monitor in.", "Use: readingroom monitors."))
        return
    desk.pools.disk.submit(desk.put_monitor, filed, done=kept, failed=not_kept, ticket=Ticket(), lane=Lane.NOW)
