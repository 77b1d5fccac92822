"""One [[monitor]] table put into settings.toml, with everything else in the file, comments too, left as it is."""

import re
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.settings.load import as_toml, load, parse, save
from readingroom.settings.monitor_tables import check_monitor
from readingroom.settings.places import Profile
from readingroom.settings.private_file import write_private
from readingroom.settings.sections import MonitorSettings, Settings

_MONITOR = re.compile(r"\s*\[\[\s*monitor\s*\]\]")
_TABLE = re.compile(r"\s*\[\[?\s*[A-Za-z_]")
_BESIDE = re.compile(r"\s*(#|$)")


def put_monitor(profile: Profile, monitor: MonitorSettings) -> Settings:
    """Put a monitor in place of the one of its name, or after the others; the settings that are in force then."""
    before = load(profile)
    at = next((n for n, other in enumerate(before.monitors) if other.name == monitor.name), len(before.monitors))
    others = (*before.monitors[:at], *before.monitors[at + 1 :])
    check_monitor(profile.settings, f"the monitor “{monitor.name}”", monitor, others)
    monitors = (*before.monitors[:at], monitor, *before.monitors[at + 1 :])
    wanted = replace(before, monitors=monitors)
    text = profile.settings.read_text("utf-8-sig") if profile.settings.exists() else ""
    edited = _edited(text, at, as_toml(Settings(monitors=(monitor,))).rstrip("\n"))
    if _reads_as(edited, profile, wanted):
        write_private(profile.settings, edited.encode())
    else:
        save(profile, wanted)
    return wanted


def _reads_as(text: str, profile: Profile, wanted: Settings) -> bool:
    try:
        return parse(text, profile.settings) == wanted
    except ReaderError:
        return False


def _edited(text: str, at: int, table: str) -> str:
    """The text with its table number `at` of monitors replaced, or with one more at its end."""
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if _MONITOR.match(line)]
    if at >= len(starts):
        return "\n".join([*lines, *([""] if lines else []), table, ""])
    first = starts[at]
    after = next((n for n in range(first + 1, len(lines)) if _TABLE.match(lines[n])), len(lines))
    # Comments before the next table belong to that one.
    while after > first + 1 and _BESIDE.match(lines[after - 1]):
        after -= 1
    return "\n".join([*lines[:first], table, *lines[after:], ""])
