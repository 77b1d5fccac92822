"""Five hundred measurements on a case: the list, the glass and undo, each beside one frame of the display."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from readingroom.bench.phantom import STUDY, noise_folder
from readingroom.bench.result import Result, result, timed_ms
from readingroom.bench.stage import Stage
from readingroom.record.finding import Measurement
from readingroom.session.case import Case
from readingroom.session.measuring import measure, moved
from readingroom.session.memory import case_as_json
from readingroom.settings.sections import ArchiveSettings

COUNT, IMAGES = 500, 50
REFRESH_MS = 1000 / 60
Timed = tuple[list[float], list[float], list[float]]
TOOLS = (
    ("length", ((40.5, 40.5), (90.5, 60.5))), ("circle", ((120.5, 120.5), (140.5, 120.5))),
    ("bidirectional", ((200.5, 60.5), (260.5, 80.5), (225.5, 90.5), (235.5, 50.5))),
    ("ellipse", ((60.5, 200.5), (120.5, 200.5), (90.5, 180.5), (90.5, 220.5))), ("arrow", ((300.5, 300.5), (340.5, 320.5))),
)  # fmt: skip


def measured(name: str, runs: int) -> Iterator[Result]:
    """With ten on each of fifty images, as a long series may have them, in the real window."""
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        folder = noise_folder(Path(place) / "archive", IMAGES, 512, 512)
        doors = (ArchiveSettings("bench", "folder", path=str(folder)),)
        with Stage(Path(place) / "profile", doors) as stage:
            stage.open(STUDY)
            stage.wait(stage.all_decoded)
            stage.fit()
            alone = _drawn_and_undone(stage, runs)
            _draw(stage)
            yield from _figures(stage, runs, alone)


def _case(stage: Stage) -> Case:
    case = stage.desk.case
    assert case is not None
    return case


def _draw(stage: Stage) -> None:
    """All but the last, at once; their numbers are computed as for any other."""
    case = _case(stage)
    frames = case.stacks[0].frames
    kinds = [measure(stage.desk, tool, frames[0], points) for tool, points in TOOLS]
    drawn = [one for one in kinds if one is not None]
    made = tuple(
        replace(
            _moved_to(drawn[n % len(drawn)], n),
            frame=frames[n % IMAGES],
            label=f"Lesion {n}",
            tracking_uid=f"2.25.{n}1",
        )
        for n in range(COUNT - 1)
    )
    stage.desk.change(replace(_case(stage), measurements=made, selected=""), "All")
    stage.turn()


def _moved_to(one: Measurement, n: int) -> Measurement:
    return replace(one, points=tuple((x + n // IMAGES * 12.0, y + n // IMAGES * 9.0) for x, y in one.points))


def _figures(stage: Stage, runs: int, alone: Timed) -> Iterator[Result]:
    """alone: the same with nothing else on the case, so that a busy machine is told from a slow list."""
    among, peer = _drawn_and_undone(stage, runs), "one display refresh"
    said = ("measured, listed, painted", "a handle moved, each step", "taken back, painted")
    for part, values, before, words in zip(("draw", "drag", "undo"), among, alone, said, strict=True):
        note = f"the 500th: {words}; the first: {median(before):.1f} ms"
        yield result(f"measurements-500-{part}", values, "ms", REFRESH_MS, peer, 1.0, note)
    panel = stage.station.reading.measurements
    listed = [timed_ms(lambda: panel.refresh(stage.desk.case)) for _ in range(50)]
    yield result("measurements-500-list", listed, "ms", REFRESH_MS, peer, 1.0, "the list with nothing changed")
    journal = [timed_ms(lambda: case_as_json(_case(stage))) for _ in range(20)]
    yield result("measurements-500-journal", journal, "ms", REFRESH_MS, peer, 1.0, "the case as it goes to the journal")


def _drawn_and_undone(stage: Stage, runs: int) -> Timed:
    """Milliseconds of drawing one, of each step of dragging its handle, and of taking it back."""
    panel, desk, case = stage.station.reading.measurements, stage.desk, _case(stage)
    ref = case.stacks[0].frames[case.tiles[0].index]

    def painted(does: Callable[[], object]) -> float:
        """Milliseconds until what was done stands on the display, in the list and on the image."""

        def work() -> None:
            does()
            stage.station.reading.grid.paint_now()
            panel.list.viewport().repaint()
            stage.arrived()

        return timed_ms(work)

    def drag(n: int) -> None:
        moved(desk, _case(stage).selected, ((100.5, 300.5), (161.5 + n, 330.5)), True)

    drawn, dragged, undone = [], [], []
    for _ in range(max(5, runs) * 2):
        drawn.append(painted(lambda: measure(desk, "length", ref, ((100.5, 300.5), (160.5, 330.5)))))
        dragged += [painted(partial(drag, n)) for n in range(5)]
        stage.turn()
        desk.undo()
        undone.append(painted(desk.undo))
        stage.turn()
    return drawn, dragged, undone
