"""What doctor looks at on the glass: Qt, monitors, fonts and the engine, in programs of their own that may crash."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

from readingroom.display.monitors import Screen, judged
from readingroom.settings.places import resources
from readingroom.settings.sections import MonitorSettings
from readingroom.verbs.checks import Check

PATIENCE_S = 30.0
SIGNS = "Łéµ±²≥·–"
"""Characters of names and numbers that a font must have."""

_LOOK = """
import json, sys
from PySide6.QtGui import QFontDatabase, QFontMetrics, QFont, QGuiApplication
application = QGuiApplication(["doctor"])
screens = []
for screen in application.screens():
    size, ratio = screen.geometry(), screen.devicePixelRatio()
    screens.append({"name": screen.name(), "width": round(size.width() * ratio), "height": round(size.height() * ratio),
                    "scale": ratio, "refresh_hz": round(screen.refreshRate(), 1), "depth": screen.depth(),
                    "manufacturer": screen.manufacturer(), "model": screen.model(), "serial": screen.serialNumber(),
                    "width_mm": screen.physicalSize().width(), "height_mm": screen.physicalSize().height()})
families = QFontDatabase.families()
wanted = [name for name in json.loads(sys.argv[1]) if name in families]
font = QFont()
font.setFamilies(wanted or [font.defaultFamily()])
metrics = QFontMetrics(font)
print(json.dumps({"platform": application.platformName(), "screens": screens, "families": len(families),
                  "font": (wanted or [font.defaultFamily()])[0],
                  "missing": [sign for sign in sys.argv[2] if not metrics.inFontUcs4(ord(sign))]}))
"""

_DRAW = """
import sys
from readingroom.render.choose import choose_engine
print(choose_engine(sys.argv[1]).name)
"""


def glass_checks(engine: str) -> list[Check]:
    """Qt's platform, the monitors, the fonts, and the engine that would draw."""
    display = _has_display()
    seen, trouble = _told(_LOOK, json.dumps(_families()), SIGNS, off_screen=not display)
    checks = [_platform(seen, trouble, display)]
    if seen is not None:
        checks += [_monitors(seen)] if display else []
        checks.append(_fonts(seen))
    drawn, trouble = _lines(_DRAW, engine, off_screen=not display)
    remedy = 'Run installer/dev.py again; [display] engine = "cpu" draws without a graphics card.'
    found = f"the {drawn.splitlines()[-1]} engine draws" if drawn.strip() else f"No engine can draw: {trouble}"
    return [*checks, Check("engine", bool(drawn.strip()), found, "" if drawn.strip() else remedy)]


def screens_here() -> tuple[tuple[Screen, ...], str]:
    """The monitors that are connected, as they tell of themselves, and why none can be seen ("" where they can)."""
    if not _has_display():
        return (), "there is no display here"
    seen, trouble = _told(_LOOK, json.dumps(_families()), SIGNS, off_screen=False)
    if seen is None:
        return (), f"Qt does not start: {trouble}"
    return tuple(
        Screen(
            one["name"], one["manufacturer"], one["model"], one["serial"],
            one["width"], one["height"], one["width_mm"], one["height_mm"],
        )
        for one in seen["screens"]
    ), ""  # fmt: skip


def monitor_checks(on_file: Sequence[MonitorSettings]) -> list[Check]:
    """Each connected monitor: whether images may be read on it, or what is on file says that it is for something else."""
    screens, _ = screens_here()
    checks: list[Check] = []
    for screen in screens:
        seen = judged(screen, screens, on_file, date.today())
        for_images = seen.role in ("", "diagnostic")
        found = f"{seen.name}: {seen.verdict}"
        checks.append(Check(f"monitor {screen.screen}", seen.is_diagnostic or not for_images, found, seen.remedy))
    return checks


def _platform(seen: dict[str, Any] | None, trouble: str, display: bool) -> Check:
    if seen is None:
        remedy = "Run installer/dev.py again: it names the system libraries that Qt misses."
        return Check("qt", False, f"Qt does not start: {trouble}", remedy)
    if not display:
        return Check("qt", True, "Qt starts; there is no display here, so only the verbs can be used.")
    return Check("qt", True, f"Qt platform {seen['platform']}")


def _monitors(seen: dict[str, Any]) -> Check:
    screens = seen["screens"]
    found = "; ".join(
        f"{s['name']} {s['width']}×{s['height']} at {s['refresh_hz']:g} Hz, {s['depth']} bit, scale {s['scale']:g}"
        for s in screens
    )
    large = any(min(s["width"], s["height"]) >= 1000 for s in screens)
    remedy = "" if large else "Read on a monitor of at least 1000 pixels in height."
    return Check("monitors", large, found or "no monitor", remedy)


def _fonts(seen: dict[str, Any]) -> Check:
    found = f"{seen['font']} of {seen['families']} families"
    if seen["families"] and not seen["missing"]:
        return Check("fonts", True, found)
    lacking = f"; it lacks {' '.join(seen['missing'])}" if seen["missing"] else ""
    return Check("fonts", False, found + lacking, "Install a font with Latin and mathematical signs, e.g. Noto Sans.")


def _families() -> list[str]:
    import tomllib

    try:
        table = tomllib.loads((resources() / "theme" / "dark.toml").read_text("utf-8"))
        return [str(name) for name in table["font"]["families"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _told(code: str, *arguments: str, off_screen: bool) -> tuple[dict[str, Any] | None, str]:
    """What a program of its own printed last, as JSON, or None with the reason."""
    answer, trouble = _lines(code, *arguments, off_screen=off_screen)
    try:
        return dict(json.loads(answer.splitlines()[-1])), ""
    except (ValueError, IndexError):
        return None, trouble or "it said nothing"


def _lines(code: str, *arguments: str, off_screen: bool) -> tuple[str, str]:
    """What a program of its own printed, and why it failed."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    if off_screen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    try:
        ended = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True, text=True, timeout=PATIENCE_S, env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "", f"no answer in {PATIENCE_S:g} s"
    if ended.returncode == 0:
        return ended.stdout, ""
    said = ended.stderr.strip().splitlines()
    return "", said[-1] if said else f"it ended with {ended.returncode}"
