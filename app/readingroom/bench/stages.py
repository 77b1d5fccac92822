"""From the key of the next stage to its pixels with everything in memory, beside two refreshes of the display."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.bench.phantom import BODY, body_study
from readingroom.bench.result import Result, result, timed_ms
from readingroom.bench.stage import SIZE, Stage
from readingroom.session.staging import next_stage
from readingroom.settings.sections import ArchiveSettings

SERIES = (20, 12, 12, 8, 8, 8)
TWO_FRAMES_MS = 2000.0 / 60.0
PER_RUN = 6


def measured(name: str, runs: int) -> Iterator[Result]:
    """Every stage in turn; the first round, in which images are decoded, is not counted."""
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        folder = Path(place) / "archive"
        folder.mkdir()
        for number, part10 in enumerate(body_study(SERIES)):
            (folder / f"{number:04}.dcm").write_bytes(part10)
        with Stage(Path(place) / "profile", (ArchiveSettings("bench", "folder", path=str(folder)),)) as stage:
            stage.open(BODY)
            stage.wait(lambda: stage.pixels_are_shown())
            stage.fit()
            yield _figure(name, stage, runs)


def _figure(name: str, stage: Stage, runs: int) -> Result:
    case = stage.desk.case
    if case is None or len(case.stages) < 2:
        raise ReaderError("The benchmark's own examination hangs in one stage only.", "Please report it.")

    def change() -> None:
        next_stage(stage.desk)
        stage.station.pulse.draw_now()
        stage.viewport().repaint()
        stage.arrived()

    for _ in case.stages:
        change()
        stage.wait(lambda: _is_whole(stage))
    values = []
    for _ in range(PER_RUN * runs):
        values.append(timed_ms(change))
        if not _is_whole(stage):
            raise ReaderError("A stage was shown without its pixels.", "Please report it.")
        stage.turn()
    words = (
        f"two refreshes at 60 Hz, {len(case.stages)} stages, {SIZE[0]}×{SIZE[1]}, {stage.application.qt.platformName()}"
    )
    return result(name, values, "ms", TWO_FRAMES_MS, words, 1.0)


def _is_whole(stage: Stage) -> bool:
    """Whether every viewport that has a series shows its pixels."""
    case = stage.desk.case
    return case is not None and all(stage.pixels_are_shown(n) for n in case.visible_tiles() if case.tiles[n].stack_id)
