"""readingroom monitors: which monitors there are, what is on file for each, a new calibration, and test patterns."""

import argparse
import re
from dataclasses import replace
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.display import calibration
from readingroom.display.monitors import Monitor, Screen, as_filed, judged, matching, table_for
from readingroom.display.patterns import PATTERNS, explanation, pattern
from readingroom.display.words import day
from readingroom.settings.load import load
from readingroom.settings.monitor_file import put_monitor
from readingroom.settings.places import Profile
from readingroom.settings.sections import MONITOR_ROLES, MonitorSettings
from readingroom.verbs.files import written
from readingroom.verbs.front import Answer
from readingroom.verbs.glass_checks import screens_here
from readingroom.verbs.luminance_file import read_luminance

GIVEN = ("luminance", "ambient", "role", "checked", "valid_days", "pitch", "manufacturer", "model", "serial", "screen")
SIZE = re.compile(r"(\d{1,6})[x×](\d{1,6})")


def declare(parser: argparse.ArgumentParser) -> None:
    """--calibrate NAME with what was measured, or --pattern NAME --size WxH --out P.png."""
    parser.add_argument("--calibrate", metavar="NAME", help="keep what was measured on this monitor (or its socket)")
    parser.add_argument("--luminance", metavar="FILE.csv", help="two columns: level 0 to 255, cd/m²")
    parser.add_argument("--ambient", type=float, metavar="CD_M2", help="the room's light on the switched-off screen")
    parser.add_argument("--role", choices=MONITOR_ROLES, help="what the monitor is for (default: diagnostic)")
    parser.add_argument("--checked", metavar="DAY", help="day of the measurement (default: today)")
    parser.add_argument("--valid-days", type=int, metavar="N", help="for so many days it is valid (default: 365)")
    parser.add_argument("--pitch", type=float, metavar="MM", help="a pixel's size, measured with a ruler")
    for key in ("manufacturer", "model", "serial", "screen"):
        parser.add_argument(f"--{key}", metavar="TEXT", help=f"{key} as the monitor tells it, if it is not connected")
    parser.add_argument("--pattern", metavar="NAME", help=f"draw a test pattern: {', '.join(PATTERNS[:8])} …")
    parser.add_argument("--size", metavar="WxH", help="with --pattern: the monitor's own pixels")
    parser.add_argument("--through", metavar="NAME", help="with --pattern: through this monitor's table")
    parser.add_argument("--out", metavar="P.png", help="with --pattern: grey 8-bit PNG")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """List, calibrate or draw; exit code 1 where a diagnostic monitor that was calibrated is none."""
    if options.pattern is not None:
        return _drawn(options, profile)
    if options.calibrate is not None:
        return _calibrated(options, profile)
    given = [name for name in (*GIVEN, "size", "out", "through") if getattr(options, name) is not None]
    if given:
        raise ReaderError(
            f"--{given[0].replace('_', '-')} alone says nothing.", "Add --calibrate NAME or --pattern NAME."
        )
    return _listed(profile)


def _listed(profile: Profile) -> Answer:
    on_file = load(profile).monitors
    screens, trouble = screens_here()
    today = date.today()
    found = [(judged(screen, screens, on_file, today), screen) for screen in screens]
    connected = {id(matching(screen, on_file)) for screen in screens}
    absent = [(as_filed(filed, today), None) for filed in on_file if id(filed) not in connected]
    rows = [*found, *absent]
    lines = [line for monitor, screen in rows for line in _lines(monitor, screen)]
    if trouble:
        lines.append(f"Connected monitors are not listed: {trouble}.")
    fields: dict[str, Any] = {"monitors": [_fields(monitor, screen) for monitor, screen in rows], "patterns": PATTERNS}
    return Answer(fields, tuple(lines))


def _calibrated(options: argparse.Namespace, profile: Profile) -> Answer:
    if all(getattr(options, name) is None for name in GIVEN):
        raise ReaderError("Nothing was measured.", "Add --luminance FILE.csv, or --pitch MM, --role, --ambient …")
    on_file = load(profile).monitors
    screens, _ = screens_here()
    before, screen = _named(options.calibrate, on_file, screens)
    filed = _filled(before, options)
    if filed.luminance:
        levels, luminance = zip(*filed.luminance, strict=True)
        calibration.response(levels, luminance, filed.ambient_cd_m2)
    put_monitor(profile, filed)
    seen = as_filed(filed, date.today(), screen.pitch_mm if screen is not None else None)
    fields = {"monitors": [_fields(seen, screen)], "settings": str(profile.settings)}
    wanting = filed.role == "diagnostic" and not seen.is_diagnostic
    kept = f"Kept in {profile.settings}; windows that are open follow when Reading Room starts again."
    return Answer(fields, (*_lines(seen, screen), kept), 1 if wanting else 0)


def _named(
    name: str, on_file: tuple[MonitorSettings, ...], screens: tuple[Screen, ...]
) -> tuple[MonitorSettings, Screen | None]:
    """The table of that name, or a new one for the connected monitor, else the socket, of that name."""
    filed = next((one for one in on_file if one.name == name), None)
    if filed is not None:
        return filed, next((screen for screen in screens if matching(screen, on_file) is filed), None)
    called = [screen for screen in screens if name in (screen.screen, screen.title, screen.serial)]
    if len(called) > 1:
        sockets = ", ".join(screen.screen for screen in called)
        raise ReaderError(f"Several monitors are called {name}.", f"Name the socket: {sockets}.")
    if not called:
        return MonitorSettings(name, screen=name), None
    return table_for(called[0], on_file), called[0]


def _filled(before: MonitorSettings, options: argparse.Namespace) -> MonitorSettings:
    """A table with what was given on the command line in place of what it held."""
    keys = {"ambient": "ambient_cd_m2", "pitch": "pitch_mm"}
    changed = {
        keys.get(name, name): getattr(options, name)
        for name in GIVEN
        if name != "luminance" and getattr(options, name) is not None
    }
    if before.screen == before.name and any(changed.get(key) for key in ("manufacturer", "model", "serial")):
        changed.setdefault("screen", "")
    numbers = [value for value in changed.values() if isinstance(value, float)]
    if not all(isfinite(value) and value >= 0 for value in numbers):
        raise ReaderError("A size or a luminance is negative or no number.", "Give millimetres and cd/m².")
    if changed.get("valid_days", 1) < 1:
        raise ReaderError("A check is valid for a day at least.", "Give --valid-days 1 or more.")
    if options.luminance is not None:
        changed["luminance"] = read_luminance(Path(options.luminance))
        changed.setdefault("checked", date.today().isoformat())
    return replace(before, **changed)


def _drawn(options: argparse.Namespace, profile: Profile) -> Answer:
    if options.out is None or options.size is None:
        raise ReaderError(
            "A pattern needs a size and a file.", "Add --size WxH (the monitor's own pixels) --out P.png."
        )
    found = SIZE.fullmatch(options.size)
    if found is None:
        raise ReaderError(f"“{options.size}” is no size.", "Write width and height in pixels, e.g. 1536x2048.")
    drawn = pattern(options.pattern, int(found[1]), int(found[2]))
    if options.through is not None:
        filed = next((one for one in load(profile).monitors if one.name == options.through), None)
        steps = as_filed(filed, date.today()).table if filed is not None else None
        if steps is None:
            raise ReaderError(f"There is no table for {options.through}.", "Add one: readingroom monitors --calibrate.")
        drawn = steps[drawn]

    def save(path: Path) -> None:
        from PIL import Image

        Image.fromarray(drawn).save(path, format="PNG")

    written(Path(options.out), save)
    name, (height, width) = options.pattern.lower(), drawn.shape
    fields = {"out": options.out, "pattern": name, "columns": width, "rows": height, "through": options.through}
    return Answer(fields, (f"{name} at {width}×{height} pixels in {options.out}", explanation(name)))


def _fields(monitor: Monitor, screen: Screen | None) -> dict[str, Any]:
    figures = monitor.figures
    share = figures.ambient_share if figures is not None and isfinite(figures.ambient_share) else None
    return {
        "name": monitor.name,
        "connected": screen is not None,
        "screen": screen.screen if screen is not None else None,
        "manufacturer": screen.manufacturer if screen is not None else None,
        "model": screen.model if screen is not None else None,
        "serial": screen.serial if screen is not None else None,
        "pixels": [screen.width_px, screen.height_px] if screen is not None else None,
        "role": monitor.role or None,
        "calibrated": monitor.table is not None,
        "lmin": figures.lmin_cd_m2 if figures is not None else None,
        "lmax": figures.lmax_cd_m2 if figures is not None else None,
        "ratio": figures.ratio if figures is not None else None,
        "max_deviation": figures.max_deviation if figures is not None else None,
        "own_deviation": figures.own_deviation if figures is not None else None,
        "ambient_share": share,
        "greys": figures.greys if figures is not None else None,
        "checked": monitor.checked.isoformat() if monitor.checked is not None else None,
        "valid_until": monitor.valid_until.isoformat() if monitor.valid_until is not None else None,
        "pitch_mm": monitor.pitch_mm,
        "pitch_measured": monitor.pitch_measured,
        "diagnostic": monitor.is_diagnostic,
        "verdict": monitor.verdict,
        "reasons": list(monitor.reasons),
        "remedy": monitor.remedy or None,
    }


def _lines(monitor: Monitor, screen: Screen | None) -> tuple[str, ...]:
    where = f" ({screen.screen}, {screen.width_px}×{screen.height_px})" if screen is not None else " (not connected)"
    lines = [f"{monitor.name}{where}: {monitor.verdict}"]
    figures = monitor.figures
    if figures is not None:
        table = "" if monitor.table is not None else ", no table is applied"
        lines.append(
            f"    {figures.lmin_cd_m2:.2f} to {figures.lmax_cd_m2:.0f} cd/m², ratio {figures.ratio:.0f} (aim "
            f"{calibration.AIM_RATIO:.0f}), contrast within {figures.max_deviation:.1%} of the standard (by itself "
            f"{figures.own_deviation:.1%}), {figures.greys} greys{table}"
        )
    if monitor.checked is not None:
        lines.append(f"    checked {day(monitor.checked)}")
    if monitor.pitch_mm is not None:
        source = "measured" if monitor.pitch_measured else "as the monitor says"
        lines.append(f"    pixel pitch {monitor.pitch_mm:.4f} mm, {source}")
    return (*lines, *((f"    → {monitor.remedy}",) if monitor.remedy else ()))
