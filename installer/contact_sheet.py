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
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

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


class Photographer:
    """The windows of one desk in front of a profile's archives, and someone who takes every stage of a case."""

    def __init__(self, desk: str, profile_folder: Path) -> None:
        from readingroom.main import build, build_desk, make_demo
        from readingroom.render.choose import choose_engine
        from readingroom.settings.load import load, save
        from readingroom.settings.places import Profile
        from readingroom.settings.sections import MonitorSettings, WorklistSettings
        from readingroom.ui.application import Application
        from readingroom.ui.pulse import Pulse
        from readingroom.ui.windows.workstation import Workstation

        profile = Profile(profile_folder)
        self.application = Application()
        if not profile.settings.exists():
            make_demo(profile, lambda progress: None, lambda: None)
        roles = tuple(MonitorSettings(name, screen=name, role=role) for name, _, _, role in DESKS[desk])
        lists = WorklistSettings(days=0, refresh_s=0)
        save(profile, replace(load(profile), monitors=roles, worklist=lists))
        self.desk: Any = build_desk(build(profile), self.application.home)
        self.station = Workstation(self.application, self.desk, choose_engine("cpu"), Pulse())
        self.station.show()
        reading_list = self.station.reading_list
        self.live(lambda: reading_list.answer is not None and not reading_list.asking)

    def live(self, until: Callable[[], object], most_s: float = 40.0) -> bool:
        """Let the windows live until something is so; whether it came to that."""
        end = monotonic() + most_s
        while not until():
            if monotonic() > end:
                return False
            self.application.qt.processEvents()
            sleep(0.005)
        return True

    def rest(self, seconds: float) -> None:
        """Let the windows live for a while."""
        self.live(lambda: False, seconds)

    def _here(self) -> bool:
        case, loader = self.desk.case, self.desk.loader
        if case is None or loader.busy:
            return False
        refs = [case.frame_at(tile) for tile in case.visible_tiles()]
        return all(ref is None or self.desk.book.has(ref) or loader.problem(ref.series_uid) for ref in refs)

    def stages(self, entry: Any) -> Iterator[Any]:
        """A strip for each stage of an examination; none where its images do not come."""
        from readingroom.session.staging import next_stage

        uid = entry.row.study_uid
        self.station.open_entry(entry)
        if not self.live(lambda: self.desk.case is not None and self.desk.case.study.uid == uid and self._here()):
            print(f"not here in time: {entry.row.description}")
            return
        self.rest(1.2)
        for _ in self.desk.case.stages:
            self.live(self._here)
            self.rest(0.4)
            case = self.desk.case
            words = f"{case.hung_because[0] if case.hung_because else ''}: {case.stages[case.stage]}"
            windows = (self.station.reading, *self.station.spread.windows)
            there = sorted(windows, key=lambda one: one.geometry().x())
            yield strip_of([one.grab().toImage() for one in there], f"{case.study.description}   {words}")
            next_stage(self.desk)

    def close(self) -> None:
        """Leave."""
        self.station.close()
        self.desk.close()


def shoot(desk: str, folder: Path, profile_folder: Path) -> None:
    """Every examination of the archives on one desk, as strips and one sheet."""
    photographer = Photographer(desk, profile_folder)
    strips: list[Any] = []
    for entry in photographer.station.reading_list.entries:
        for strip in photographer.stages(entry) if not entry.row.conflict else ():
            strip.save(str(folder / f"{desk}-{len(strips):03d}.png"))
            strips.append(strip)
    photographer.close()
    path = folder / f"sheet-{desk}.png"
    sheet_of(strips).save(str(path))
    print(f"{path}: {len(strips)} stages")


def strip_of(pictures: list[Any], caption: str) -> Any:
    """The monitors side by side at one height, under their caption."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    small = [one.scaledToHeight(STRIP, Qt.TransformationMode.SmoothTransformation) for one in pictures]
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


def sheet_of(strips: list[Any]) -> Any:
    """Strips on one sheet, row by row."""
    from PySide6.QtGui import QColor, QImage, QPainter

    wide = max((one.width() for one in strips), default=1)
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
