"""Frame times of the real viewports, beside a bare blit of a finished image in the same layout."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from readingroom.bench.phantom import STUDY, noise_series
from readingroom.bench.result import Result, result, timed_ms
from readingroom.bench.stage import SIZE, Stage
from readingroom.session.arranging import set_layout
from readingroom.settings.sections import ArchiveSettings

SHAPES = {"512": (512, 512, 40), "2048": (2048, 2048, 8), "3000x2500": (3000, 2500, 6)}
LAYOUTS = ((1, 1), (2, 2), (3, 3))


class Blit(QWidget):
    """Paints one finished image, nothing else: the least that showing a picture costs."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One drawImage."""
        QPainter(self).drawImage(0, 0, self.image)


def blit_ms(rows: int, columns: int, size: tuple[int, int], runs: int) -> float:
    """Median milliseconds to paint finished images of all viewports of a layout."""
    window = QWidget()
    window.resize(*size)
    grid = QGridLayout(window)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(2)
    blits = [Blit() for _ in range(rows * columns)]
    for number, blit in enumerate(blits):
        grid.addWidget(blit, number // columns, number % columns)
    window.show()
    grid.activate()
    QApplication.processEvents()
    for blit in blits:
        blit.image = QImage(blit.size(), QImage.Format.Format_RGB32)
        blit.image.fill(0x404040)

    def paint() -> None:
        for blit in blits:
            blit.repaint()

    values = sorted(timed_ms(paint) for _ in range(runs * 2))
    window.close()
    window.deleteLater()
    return values[len(values) // 2]


def scroll(runs: int) -> Iterator[Result]:
    """Scrolling (compose, render, paint) in every layout and image size, and window drags in one."""
    for name, (rows, columns, images) in SHAPES.items():
        with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
            yield from _shape(Path(place), name, rows, columns, images, runs)


def _shape(place: Path, name: str, rows: int, columns: int, images: int, runs: int) -> Iterator[Result]:
    folder = place / "archive"
    folder.mkdir()
    for number, part10 in enumerate(noise_series(images, rows, columns)):
        (folder / f"{number:04}.dcm").write_bytes(part10)
    with Stage(place / "profile", (ArchiveSettings("bench", "folder", path=str(folder)),)) as stage:
        stage.open(STUDY)
        stage.wait(stage.all_decoded)
        for layout in LAYOUTS:
            yield _layout(stage, f"scroll-{name}-{layout[0]}x{layout[1]}", layout, images, runs, _next_image)
        if name == "512":
            yield _layout(stage, "window-512-1x1", (1, 1), images, runs, _next_window)


def _next_image(stage: Stage, step: int, images: int) -> None:
    case = stage.desk.case
    assert case is not None
    tiles = tuple(replace(view, stack_id=case.stacks[0].id, index=step % images) for view in case.tiles)
    stage.desk.change(replace(case, tiles=tiles))


def _next_window(stage: Stage, step: int, images: int) -> None:
    case = stage.desk.case
    assert case is not None
    stage.desk.view(0, case.tiles[0].windowed(40 + step % 50, 400 + step % 90))


def _layout(
    stage: Stage, name: str, layout: tuple[int, int], images: int, runs: int, change: Callable[[Stage, int, int], None]
) -> Result:
    set_layout(stage.desk, *layout)
    change(stage, 0, images)
    stage.wait(lambda: all(stage.pixels_are_shown(tile) for tile in range(layout[0] * layout[1])))
    viewports = [stage.viewport(tile) for tile in range(layout[0] * layout[1])]

    def frame(step: int) -> None:
        change(stage, step, images)
        for viewport in viewports:
            viewport.refresh()
            viewport.repaint()

    for step in range(1, 6):
        frame(step)
    values = [timed_ms(lambda s=step: frame(s)) for step in range(6, 6 + 8 * runs)]  # type: ignore[misc]
    grid = stage.station.reading.grid.size()
    peer = blit_ms(*layout, (grid.width(), grid.height()), 8 * runs)
    words = f"bare blit of finished images, {grid.width()}×{grid.height()} of a window {SIZE[0]}×{SIZE[1]}"
    return result(name, values, "ms", peer, words, 3.0 if name.startswith("window") else 4.0)
