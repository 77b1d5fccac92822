"""Takes the pictures of the README: the real windows on the demo region, drawn off-screen, saved as PNG.

    .venv/bin/python installer/screens.py [FOLDER]

Uses a profile of its own in a temporary folder; about a minute where the demo region has to be made.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from readingroom.main import build, build_desk, make_demo
from readingroom.record.finding import ImagePoint
from readingroom.render.choose import choose_engine
from readingroom.session import reporting_desk
from readingroom.session.arranging import scroll_to
from readingroom.session.measuring import measure
from readingroom.settings.places import Profile
from readingroom.ui.application import Application
from readingroom.ui.pulse import Pulse
from readingroom.ui.windows.mpr import SLABS_MM, MprWindow
from readingroom.ui.windows.workstation import Workstation

SIZE = (1720, 1000)
SCREEN = {"x": 0, "y": 0, "width": 1920, "height": 1200, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
NODULE = ("chest-nodule-current", "chest-nodule-prior")


def put_up_a_screen() -> None:
    """Windows keep to their monitor: off the screen it must be as large as the pictures are to be."""
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        plan = Path(tempfile.mkdtemp()) / "screens.json"
        plan.write_text(json.dumps({"windowFrameMargins": False, "screens": [{"name": "desk", **SCREEN}]}), "utf-8")
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={plan}"


class Studio:
    """The workstation with a photographer in it."""

    def __init__(self, folder: Path, profile: Profile) -> None:
        self.folder = folder
        put_up_a_screen()
        self.application = Application()
        make_demo(profile, lambda progress: None, lambda: None)
        self.region = profile.folder / "demo-region"
        self.truth = json.loads((self.region / "truth.json").read_text("utf-8"))["cases"]
        house = build(profile)
        self.desk = build_desk(house, self.application.home)
        self.station = Workstation(self.application, self.desk, choose_engine("cpu"), Pulse())

    def wait(self, until: Callable[[], object], most_s: float = 60.0) -> None:
        """Let the windows live until something is so."""
        end = monotonic() + most_s
        while not until():
            if monotonic() > end:
                raise SystemExit("the windows did not get there in time")
            self.application.qt.processEvents()
            sleep(0.005)

    def rest(self, seconds: float) -> None:
        """Let the windows live for a while."""
        end = monotonic() + seconds
        self.wait(lambda: monotonic() > end)

    def take(self, widget: QWidget, name: str) -> None:
        """One picture."""
        self.rest(0.6)
        path = self.folder / f"{name}.png"
        if not widget.grab().save(str(path)):
            raise SystemExit(f"{path} could not be written")
        print(path)

    def show(self) -> None:
        """Open the windows."""
        self.station.show()
        self.station.worklist.resize(1600, 900)
        self.wait(lambda: self.station.reading_list.answer is not None)

    def open(self, case_key: str) -> None:
        """Open an examination from the worklist and wait for its images and its prior."""
        uid = self.truth[case_key]["study_uid"]
        entry = next(e for e in self.station.reading_list.entries if e.row.study_uid == uid)
        self.station.open_entry(entry)
        self.station.reading.showNormal()
        self.station.reading.resize(*SIZE)
        self.wait(self._all_here)
        self.rest(1.5)

    def _all_here(self) -> bool:
        case = self.desk.case
        if case is None or self.desk.loader.busy:
            return False
        refs = [case.frame_at(tile) for tile in case.visible_tiles()]
        return all(ref is None or self.desk.frame(ref) is not None for ref in refs)

    def key(self, tile: int, key: Qt.Key) -> None:
        """Press a key on a viewport."""
        self.desk.activate(tile)
        QTest.keyClick(self.station.reading.grid.viewports[tile], key)
        self.rest(0.2)

    def close(self) -> None:
        """Leave."""
        self.station.close()
        self.desk.close()


def to_nodule(studio: Studio, tile: int, case_key: str) -> dict[str, Any]:
    """Scroll a viewport to the nodule of a case, in the lung window."""
    nodule: dict[str, Any] = studio.truth[case_key]["nodule"]
    case = studio.desk.case
    stack = case.stack_at(tile) if case is not None else None
    assert stack is not None
    index = next(n for n, ref in enumerate(stack.frames) if ref.sop_uid == nodule["sop_uid"])
    scroll_to(studio.desk, tile, index)
    studio.key(tile, Qt.Key.Key_4)
    return nodule


def enlarge(studio: Studio, tile: int, about: ImagePoint, times: float) -> None:
    """Magnify a viewport with an image point in its middle."""
    case, viewport = studio.desk.case, studio.station.reading.grid.viewports[tile]
    camera = viewport.camera()
    assert case is not None and camera is not None
    width, height = viewport.device_size()
    px, py = camera.to_screen(*about)
    pan = ((width / 2 - px) * times, (height / 2 - py) * times)
    studio.desk.view(tile, replace(case.tiles[tile], zoom=camera.zoom * times, pan=pan))
    studio.rest(0.4)


def measure_nodules(studio: Studio) -> None:
    """The nodule today and two years ago, each measured and linked into the report."""
    case = studio.desk.case
    assert case is not None
    studio.desk.change(replace(case, linked=False))
    for tile, case_key in reversed(tuple(enumerate(NODULE))):
        nodule = to_nodule(studio, tile, case_key)
        enlarge(studio, tile, nodule["centre_image"], 2.6)
        studio.key(tile, Qt.Key.Key_M)
        measure_exactly(studio, tile, nodule["diameter_image"])
        studio.key(tile, Qt.Key.Key_S)


def measure_exactly(studio: Studio, tile: int, points: list[ImagePoint]) -> None:
    """A length whose ends lie where the truth says: a mouse on a screen of this size would be off by a tenth."""
    case = studio.desk.case
    ref = case.frame_at(tile) if case is not None else None
    assert ref is not None
    measure(studio.desk, "length", ref, points)
    studio.rest(0.2)


def take_planes(studio: Studio) -> None:
    """Three planes through the chest, two of them turned, as a slab."""
    studio.key(0, Qt.Key.Key_D)
    window = next(w for w in studio.application.qt.topLevelWidgets() if isinstance(w, MprWindow))
    studio.wait(lambda: window.volume is not None)
    window.slab.setCurrentIndex(SLABS_MM.index(20.0))
    window.slab.activated.emit(window.slab.currentIndex())
    QTest.keyClick(window.panes["axial"], Qt.Key.Key_0)
    window.turn("axial", 12.0)
    studio.rest(0.6)
    studio.take(window, "planes")
    window.close()


def fail_to_store(studio: Studio) -> None:
    """Sign while the archive cannot take anything: the report waits in the outbox, and says why."""
    trust = studio.region / studio.truth[NODULE[0]]["trust"]
    (trust / "stored").write_text("a file where the archive would make its folder", encoding="utf-8")
    reporting_desk.write(studio.desk, "impression", "The nodule in the right upper lobe has grown from 6.2 to 9.8 mm.")
    waived = {concern.rule: "seen on the soft kernel" for concern in reporting_desk.concerns(studio.desk)}
    reporting_desk.sign_now(studio.desk, waived)
    studio.wait(lambda: _state(studio) == "failed")
    studio.station.show_outbox()


def _state(studio: Studio) -> str:
    case = studio.desk.case
    return case.draft.state if case is not None and case.draft is not None else ""


def write_report(studio: Studio) -> None:
    """A report with linked numbers, its impression still to be written."""
    case, panel = studio.desk.case, studio.station.reading.report
    assert case is not None
    template = reporting_desk.template_for(studio.desk, case)
    numbers = [field for field in template.fields() if field.kind == "number" and field.link]
    for field, measurement in zip(numbers, reversed(case.measurements), strict=False):
        reporting_desk.link(studio.desk, field, measurement)
    reporting_desk.write(studio.desk, template.sections[0].fields[0].id, "Nodule on the scan of 2024. Growth?")
    studio.rest(0.3)
    panel.sign_or_check()


def main() -> int:
    """Take every picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / "resources" / "manual" / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="readingroom-screens-") as place:
        studio = Studio(folder, Profile(Path(place)))
        studio.show()
        studio.take(studio.station.worklist, "worklist")
        studio.open(NODULE[0])
        measure_nodules(studio)
        studio.take(studio.station.reading, "reading")
        take_planes(studio)
        write_report(studio)
        studio.take(studio.station.reading, "report")
        fail_to_store(studio)
        studio.take(studio.station.reading, "not-stored")
        assert studio.station.outbox is not None
        studio.take(studio.station.outbox, "outbox")
        studio.station.outbox.close()
        studio.open("mr-brain")
        studio.take(studio.station.reading, "brain")
        studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
