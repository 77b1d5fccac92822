"""A reader in a process of its own, on a desk with the nodule's examination: begins and is killed, or goes on and signs.

python -m tests.stories.nodule_reader PROFILE ARCHIVES TRUTH (begin | finish) OUT

ARCHIVES: JSON list of archive settings. What was on the glass is written to OUT as JSON before the process is killed.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from tests.fakes.windows import Windows

from readingroom.settings.sections import ArchiveSettings

NONE = Qt.KeyboardModifier.NoModifier
HALF = "A nodule in the right upper lobe has grown, and half a sen"


def arrangement(glass: Windows) -> dict[str, Any]:
    """What a reader would miss if it were not there again."""
    case = glass.desk.case
    assert case is not None
    return {
        "layout": list(case.layout),
        "slices": [view.index for view in case.tiles],
        "stacks": [view.stack_id for view in case.tiles],
        "window": [case.tiles[0].voi.centre, case.tiles[0].voi.width] if case.tiles[0].voi else None,
        "lengths": [m.values[0].value for m in case.measurements],
        "labels": [m.label for m in case.measurements],
        "impression": glass.station.reading.report.editors["impression"].text(),
    }


def scroll_to(glass: Windows, sop_uid: str) -> None:
    """Scroll the first viewport by keys to an image."""
    case = glass.desk.case
    assert case is not None
    stack = case.stack_at(0)
    assert stack is not None
    wanted = next(n for n, ref in enumerate(stack.frames) if ref.sop_uid == sop_uid)
    viewport = glass.station.reading.grid.viewports[0]
    viewport.setFocus()
    for _ in range(abs(wanted - case.tiles[0].index)):
        QTest.keyClick(viewport, Qt.Key.Key_Down if wanted > case.tiles[0].index else Qt.Key.Key_Up)
    glass.wait(lambda: glass.desk.case is not None and glass.desk.case.tiles[0].index == wanted)
    glass.wait(lambda: viewport.frame() is not None)


def measure(glass: Windows, truth: dict[str, Any]) -> None:
    """Fill the glass, magnify, and draw the diameter with the mouse."""
    viewport = glass.station.reading.grid.viewports[0]
    QTest.keyClick(viewport, Qt.Key.Key_M)
    glass.rest(0.2)
    camera = viewport.camera()
    assert camera is not None
    a, b = (
        QPoint(*(round(value / viewport.ratio) for value in camera.to_screen(*point)))
        for point in truth["diameter_image"]
    )
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, NONE, a)
    QTest.mouseMove(viewport, b)
    glass.rest(0.1)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, NONE, b)
    glass.wait(lambda: glass.desk.case is not None and len(glass.desk.case.measurements) == 1)


def begin(glass: Windows, truth: dict[str, Any], out: Path) -> None:
    """Open from the list, scroll, window, measure, link, type half a sentence, and be killed within a second."""
    glass.open_whole(truth["study_uid"])
    glass.station.reading.showNormal()
    glass.station.reading.resize(1700, 1000)
    glass.rest(0.3)
    scroll_to(glass, truth["nodule"]["sop_uid"])
    viewport, panel = glass.station.reading.grid.viewports[0], glass.station.reading.report
    QTest.keyClick(viewport, Qt.Key.Key_4)
    for _ in range(6):
        glass.desk.view(0, glass.desk.case.tiles[0].zoomed(viewport.camera().zoom * 1.15))  # type: ignore[union-attr]
        glass.rest(0.05)
    centre_on(glass, truth["nodule"])
    measure(glass, truth["nodule"])
    length = glass.desk.case.measurements[0]  # type: ignore[union-attr]
    panel._link("nodule_diameter", length.tracking_uid, None)
    panel.go_to_field("impression")
    QTest.keyClicks(panel.editors["impression"].editor, HALF)
    glass.rest(1.0)
    out.write_text(json.dumps(arrangement(glass)), encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)


def centre_on(glass: Windows, nodule: dict[str, Any]) -> None:
    """Pan the nodule into the middle of the viewport."""
    from dataclasses import replace

    viewport, case = glass.station.reading.grid.viewports[0], glass.desk.case
    camera = viewport.camera()
    assert camera is not None and case is not None
    px, py = camera.to_screen(*nodule["centre_image"])
    width, height = viewport.device_size()
    view = case.tiles[0]
    glass.desk.view(0, replace(view, pan=(view.pan[0] + width / 2 - px, view.pan[1] + height / 2 - py)))
    glass.rest(0.2)


def finish(glass: Windows, out: Path) -> None:
    """The case is there again as it was left; finish the sentence, sign, and see it stored."""
    glass.wait(lambda: glass.desk.case is not None and glass.settled, 40)
    glass.rest(0.3)
    found = arrangement(glass)
    panel = glass.station.reading.report
    panel.go_to_field("impression")
    QTest.keyClicks(panel.editors["impression"].editor, "tence is whole now.")
    glass.station.reading.sign_or_check()
    for reason in panel.concerns.reasons.values():
        reason.setText("for the story")
    if panel.concerns.isVisible():
        panel.concerns.anyway.click()
    glass.wait(lambda: glass.desk.case.draft.state in ("stored", "failed"), 60)  # type: ignore[union-attr]
    found["state"], found["chip"] = glass.desk.case.draft.state, panel.state.text()  # type: ignore[union-attr]
    found["said"] = glass.words
    out.write_text(json.dumps(found), encoding="utf-8")


def main(profile: str, archives: str, truth: str, what: str, out: str) -> None:
    """One of the two."""
    doors = tuple(ArchiveSettings(**one) for one in json.loads(archives))
    case = json.loads(Path(truth).read_text("utf-8"))["cases"]["chest-nodule-current"]
    with Windows(Path(profile), doors) as glass:
        glass.show()
        if what == "begin":
            begin(glass, case, Path(out))
        finish(glass, Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
