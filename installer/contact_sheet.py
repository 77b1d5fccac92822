"""Contact sheets of the hanging: every examination of a region on desks of one, two and three monitors, looked at one by one.

    .venv/bin/python installer/contact_sheet.py FOLDER [PROFILE]

Each desk is a screen configuration of Qt's off-screen platform, in a process of its own. Every stage of every protocol
that an examination can hang gives one strip: all monitors from left to right, under a caption.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

DESKS: dict[str, tuple[tuple[str, int, int, str], ...]] = {
    "1": (("ONE", 1920, 1080, "diagnostic"),),
    "1-upright": (("ONE", 1080, 1920, "diagnostic"),),
    "2": (("LEFT", 1536, 2048, "diagnostic"), ("RIGHT", 1536, 2048, "diagnostic")),
    "3": (("LEFT", 1536, 2048, "diagnostic"), ("RIGHT", 1536, 2048, "diagnostic"), ("REPORT", 1920, 1080, "report")),
}
"""Desks by their name: each monitor's socket, size in pixels and role."""

STRIP, CAPTION, ACROSS = 420, 26, 3
"""Height of a strip and of its caption in pixels, and how many strips lie side by side on a sheet."""


def screen_file(desk: str, folder: Path) -> Path:
    """A desk as the off-screen platform reads it."""
    left, screens = 0, []
    for name, width, height, _ in DESKS[desk]:
        screens.append(
            {"name": name, "x": left, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
            | {"logicalBaseDpi": 96}
        )
        left += width
    path = folder / f"desk-{desk}.json"
    path.write_text(json.dumps({"windowFrameMargins": False, "screens": screens}), "utf-8")
    return path


def shoot(desk: str, folder: Path, profile_folder: Path) -> None:
    """Every examination of the region on one desk, as strips and one sheet."""
    from PySide6.QtGui import QImage

    from readingroom.main import build, build_desk, make_demo
    from readingroom.render.choose import choose_engine
    from readingroom.session.staging import next_stage
    from readingroom.settings.load import load, save
    from readingroom.settings.places import Profile
    from readingroom.settings.sections import MonitorSettings, WorklistSettings
    from readingroom.ui.application import Application
    from readingroom.ui.pulse import Pulse
    from readingroom.ui.windows.workstation import Workstation

    profile = Profile(profile_folder)
    application = Application()
    if not profile.settings.exists():
        make_demo(profile, lambda progress: None, lambda: None)
    roles = tuple(MonitorSettings(name, screen=name, role=role) for name, _, _, role in DESKS[desk])
    save(profile, replace(load(profile), monitors=roles, worklist=WorklistSettings(days=0, refresh_s=0)))
    house = build(profile)
    seat = build_desk(house, application.home)
    station = Workstation(application, seat, choose_engine("cpu"), Pulse())

    def live(until: object, most_s: float = 40.0) -> bool:
        end = monotonic() + most_s
        while not until():  # type: ignore[operator]
            if monotonic() > end:
                return False
            application.qt.processEvents()
            sleep(0.005)
        return True

    def rest(seconds: float) -> None:
        end = monotonic() + seconds
        live(lambda: monotonic() > end, seconds + 1)

    def here() -> bool:
        case = seat.case
        if case is None or seat.loader.busy:
            return False
        refs = [case.frame_at(tile) for tile in case.visible_tiles()]
        return all(ref is None or seat.book.has(ref) or seat.loader.problem(ref.series_uid) for ref in refs)

    station.show()
    live(lambda: station.reading_list.answer is not None and not station.reading_list.asking)
    strips: list[QImage] = []
    for entry in station.reading_list.entries:
        if entry.row.conflict:
            continue
        station.open_entry(entry)
        if not live(lambda uid=entry.row.study_uid: seat.case is not None and seat.case.study.uid == uid and here()):  # type: ignore[misc]
            print(f"not here in time: {entry.row.description}")
            continue
        rest(1.2)
        for number in range(len(seat.case.stages) if seat.case is not None else 0):
            live(here)
            rest(0.4)
            case = seat.case
            if case is None:
                break
            words = f"{case.hung_because[0] if case.hung_because else ''}: {case.stages[case.stage]}"
            windows = sorted((station.reading, *station.spread.windows), key=lambda one: one.geometry().x())
            strip = strip_of([window.grab().toImage() for window in windows], f"{case.study.description}   {words}")
            strip.save(str(folder / f"{desk}-{len(strips):03d}-{number}.png"))
            strips.append(strip)
            next_stage(seat)
    station.close()
    seat.close()
    sheet = sheet_of(strips)
    path = folder / f"sheet-{desk}.png"
    sheet.save(str(path))
    print(f"{path}: {len(strips)} stages")


def strip_of(pictures: list[object], caption: str) -> object:
    """The monitors side by side at one height, under their caption."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    small = [one.scaledToHeight(STRIP, Qt.TransformationMode.SmoothTransformation) for one in pictures]  # type: ignore[attr-defined]
    width = sum(one.width() + 4 for one in small)
    strip = QImage(width, STRIP + CAPTION, QImage.Format.Format_RGB32)
    strip.fill(QColor(40, 44, 52))
    with QPainter(strip) as painter:
        painter.setPen(QColor(230, 230, 230))
        painter.drawText(QRect(4, 0, width - 8, CAPTION), Qt.AlignmentFlag.AlignVCenter, caption)
        at = 0
        for one in small:
            painter.drawImage(at, CAPTION, one)
            at += one.width() + 4
    return strip


def sheet_of(strips: list[object]) -> object:
    """Strips on one sheet, row by row."""
    from PySide6.QtGui import QColor, QImage, QPainter

    wide = max((one.width() for one in strips), default=1)  # type: ignore[attr-defined]
    rows = max(1, -(-len(strips) // ACROSS))
    sheet = QImage((wide + 8) * ACROSS, rows * (STRIP + CAPTION + 8), QImage.Format.Format_RGB32)
    sheet.fill(QColor(20, 22, 26))
    with QPainter(sheet) as painter:
        for number, strip in enumerate(strips):
            across, down = number % ACROSS, number // ACROSS
            painter.drawImage(across * (wide + 8), down * (STRIP + CAPTION + 8), strip)
    return sheet


def main() -> int:
    """Every desk, each in a process of its own; exit code 1 where one failed."""
    parser = argparse.ArgumentParser(description="Contact sheets of the hanging on one, two and three monitors.")
    parser.add_argument("folder", type=Path, help="where the sheets are written")
    parser.add_argument(
        "profile", type=Path, nargs="?", help="a profile with archives; a demo region is made where left out"
    )
    parser.add_argument("--desk", choices=tuple(DESKS), action="append", help="this desk only")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.here:
        shoot(options.desk[0], options.folder, options.profile)
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        profile = options.profile or Path(scratch) / "profile"
        for desk in options.desk or DESKS:
            plan = screen_file(desk, Path(scratch))
            command = [sys.executable, __file__, str(options.folder), str(profile), "--desk", desk, "--here"]
            platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={plan}", "QT_LOGGING_RULES": "qt.qpa.*=false"}
            failed |= subprocess.run(command, env={**os.environ, **platform}, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
