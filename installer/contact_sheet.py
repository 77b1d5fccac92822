"""Contact sheets of the hanging: every examination of a region on desks of one, two and three monitors, looked at one by one.

    .venv/bin/python installer/contact_sheet.py FOLDER [PROFILE]

Each desk is a screen configuration of Qt's off-screen platform, in a process of its own. The examinations are those of
the tests, one at least for every protocol, with priors (sheet_studies). Every stage gives one strip: all monitors from
left to right, under a caption that is orange where a machine already sees what a radiologist would not accept.
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

STRIP, UPRIGHT_STRIP, CAPTION, PAGE = 560, 760, 26, 2400
"""Height of a strip of wide and of upright monitors and of its caption, and the size of a sheet, in pixels."""


WITHOUT = ("mr-heart", "spect-ct", "secondary-capture", "xr-dental")
"""Protocols without a role for a prior, and examinations whose prior nothing proves to be of the same region."""


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
        from readingroom.main import build, build_desk
        from readingroom.render.choose import choose_engine
        from readingroom.settings.load import load, save
        from readingroom.settings.places import Profile
        from readingroom.settings.sections import MonitorSettings, WorklistSettings
        from readingroom.ui.application import Application
        from readingroom.ui.pulse import Pulse
        from readingroom.ui.windows.workstation import Workstation

        profile = Profile(profile_folder)
        self.application = Application()
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

    def stages(self, entry: Any, expected: str, has_prior: bool) -> Iterator[tuple[Any, str]]:
        """A strip for each stage of an examination and what is to be looked at in it; none where its images do not come."""
        from readingroom.session.staging import next_stage

        uid = entry.row.study_uid
        self.station.open_entry(entry)
        if not self.live(lambda: self.desk.case is not None and self.desk.case.study.uid == uid and self._here()):
            print(f"not here in time: {entry.row.description}")
            return
        self.live(lambda: self.desk.case.priors, 4.0 if has_prior else 0.5)
        self.rest(0.3)
        seen: list[frozenset[str]] = []
        for _ in self.desk.case.stages:
            self.live(self._here)
            self.rest(0.12)
            case = self.desk.case
            doubts = doubts_about(case, expected, seen)
            words = f"{case.hung_because[0] if case.hung_because else ''}: {case.stages[case.stage]}"
            windows = (self.station.reading, *self.station.spread.windows)
            there = sorted(windows, key=lambda one: one.geometry().x())
            caption = f"{case.study.description}   {words}   {'; '.join(doubts)}"
            yield strip_of([one.grab().toImage() for one in there], caption, bool(doubts)), "; ".join(doubts)
            next_stage(self.desk)

    def close(self) -> None:
        """Leave."""
        self.station.close()
        self.desk.close()


def doubts_about(case: Any, expected: str, seen: list[frozenset[str]]) -> list[str]:
    """What a machine can see of a stage that a radiologist would not accept; what it shows is added to what was seen."""
    found = []
    because = case.hung_because[0] if case.hung_because else ""
    if expected and expected not in because:
        found.append(f"to be hung by {expected}")
    shown = [{case.tiles[tile].stack_id for tile in case.tiles_on(n)} - {""} for n in range(len(case.boards))]
    if not any(shown):
        found.append("nothing hangs")
    silent = [n for n, view in enumerate(case.tiles) if not view.stack_id and not case.why_empty(n)]
    found += [f"monitor {case.monitor_of(n) + 1} is empty without words" for n in silent]
    whole = frozenset(f"{view.stack_id} {view.voi}" for view in case.tiles if view.stack_id)
    if whole in seen:
        found.append("shows what another stage shows")
    seen.append(whole)
    owners = {case.stack_at(n).study_uid for n, view in enumerate(case.tiles) if view.stack_id}
    if not owners <= {case.study.uid, *(prior.uid for prior in case.priors)}:
        found.append("another patient's image")
    return found


def shoot(desk: str, folder: Path, profile_folder: Path, only: str) -> None:
    """Every examination of the archives on one desk, as strips and sheets; only: of these protocols."""
    photographer = Photographer(desk, profile_folder)
    listed = json.loads((profile_folder / "sheet.json").read_text("utf-8"))
    entries = {entry.row.study_uid: entry for entry in photographer.station.reading_list.entries}
    page: list[Any] = []
    pages, count, begun = 0, 0, monotonic()
    for name, protocol, protocol_name, study_uid in listed:
        if only and protocol not in only.split(","):
            continue
        if study_uid not in entries:
            print(f"not in the worklist: {name}")
            continue
        for strip, doubts in photographer.stages(entries[study_uid], protocol_name, protocol not in WITHOUT):
            count += 1
            if doubts:
                print(f"look at {desk}-{pages:02d} {protocol} ({name}): {doubts}", flush=True)
            page.append(strip)
            if len(page) == on_a_page(page[0]):
                sheet_of(page).save(str(folder / f"sheet-{desk}-{pages:02d}.png"))
                page, pages = [], pages + 1
    if page:
        sheet_of(page).save(str(folder / f"sheet-{desk}-{pages:02d}.png"))
    photographer.close()
    print(f"desk {desk}: {count} stages in {monotonic() - begun:.0f} s")


def strip_of(pictures: list[Any], caption: str, doubtful: bool = False) -> Any:
    """The monitors side by side at one height, under their caption."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    height = STRIP if pictures[0].width() > pictures[0].height() else UPRIGHT_STRIP
    small = [one.scaledToHeight(height, Qt.TransformationMode.SmoothTransformation) for one in pictures]
    width = sum(one.width() + 4 for one in small)
    strip = QImage(width, height + CAPTION, QImage.Format.Format_RGB32)
    strip.fill(QColor(40, 44, 52))
    with QPainter(strip) as painter:
        painter.setPen(QColor(255, 170, 90) if doubtful else QColor(230, 230, 230))
        painter.drawText(QRect(4, 0, width - 8, CAPTION), Qt.AlignmentFlag.AlignVCenter, caption)
        at = 0
        for one in small:
            painter.drawImage(at, CAPTION, one)
            at += one.width() + 4
    return strip


def across_a_page(strip: Any) -> int:
    """How many strips of this size lie side by side."""
    return max(1, PAGE // (int(strip.width()) + 8))


def on_a_page(strip: Any) -> int:
    """How many strips of this size fill a sheet."""
    return across_a_page(strip) * max(1, PAGE // (int(strip.height()) + 8))


def sheet_of(strips: list[Any]) -> Any:
    """Strips on one sheet, row by row."""
    from PySide6.QtGui import QColor, QImage, QPainter

    wide, high = max(one.width() for one in strips) + 8, max(one.height() for one in strips) + 8
    across = across_a_page(strips[0])
    rows = -(-len(strips) // across)
    sheet = QImage(wide * across, rows * high, QImage.Format.Format_RGB32)
    sheet.fill(QColor(20, 22, 26))
    with QPainter(sheet) as painter:
        for number, strip in enumerate(strips):
            painter.drawImage(number % across * wide, number // across * high, strip)
    return sheet


def make_profile(folder: Path) -> None:
    """A profile whose one archive is a folder with an examination for every protocol."""
    from readingroom.hanging.library import usual_protocols
    from readingroom.settings.load import save, write_default
    from readingroom.settings.places import Profile
    from readingroom.settings.sections import ArchiveSettings, ReaderSettings
    from sheet_studies import write_studies

    if (folder / "sheet.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    sheets, names = write_studies(folder / "region"), {one.id: one.name for one in usual_protocols().usable}
    profile = Profile(folder)
    archive = ArchiveSettings("Sheets", "folder", "Invented", path=str(folder / "region"))
    save(profile, replace(write_default(profile, (archive,)), reader=ReaderSettings("Sheet^Reader", "0", "Invented")))
    listed = [(one.name, one.protocol, names[one.protocol], one.study_uid) for one in sheets]
    (folder / "sheet.json").write_text(json.dumps(listed), "utf-8")


def main() -> int:
    """Every desk, each in a process of its own; exit code 1 where one failed."""
    parser = argparse.ArgumentParser(description="Contact sheets of the hanging on one, two and three monitors.")
    parser.add_argument("folder", type=Path, help="where the sheets are written")
    parser.add_argument(
        "profile",
        type=Path,
        nargs="?",
        help="where the studies are kept for another time; a passing place where left out",
    )
    parser.add_argument("--desk", choices=tuple(DESKS), action="append", help="this desk only")
    parser.add_argument("--only", default="", metavar="ID,…", help="examinations of these protocols only")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.here:
        shoot(options.desk[0], options.folder, options.profile, options.only)
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        profile = options.profile or Path(scratch) / "profile"
        make_profile(profile)
        for desk in options.desk or DESKS:
            plan = screen_file(desk, Path(scratch))
            command = [sys.executable, __file__, str(options.folder), str(profile), "--desk", desk, "--here"]
            command += ["--only", options.only]
            platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={plan}", "QT_LOGGING_RULES": "qt.qpa.*=false"}
            failed |= subprocess.run(command, env={**os.environ, **platform}, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
