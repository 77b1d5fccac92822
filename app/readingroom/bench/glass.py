"""Frame times of the real viewports, beside a bare blit of a finished image in the same layout."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from readingroom.bench.catalogue import LAYOUTS
from readingroom.bench.phantom import STUDY, noise_folder
from readingroom.bench.result import Result, result, timed_ms
from readingroom.bench.stage import SIZE, Stage
from readingroom.record.study import FrameRef
from readingroom.render.choose import choose_engine
from readingroom.render.cpu import CpuEngine
from readingroom.render.engine import Engine
from readingroom.session.arranging import set_layout
from readingroom.settings.sections import ArchiveSettings
from readingroom.ui.application import start

SHAPES = {"512": (512, 512, 40), "2048": (2048, 2048, 12), "3000x2500": (3000, 2500, 12)}
SCROLL_GOAL, WINDOW_GOAL, GPU_GOAL = 4.0, 3.0, 2.0
FRAMES_PER_RUN = 6

Change = Callable[[Stage, int], None]


class Blit(QWidget):
    """Paints one finished image, nothing else: the least that showing a picture costs."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One drawImage."""
        with QPainter(self) as painter:
            painter.drawImage(0, 0, self.image)


def measured(name: str, runs: int) -> Iterator[Result]:
    """Every layout of one image size with the CPU engine, and with the GPU engine where a graphics card draws."""
    shape = name.removeprefix("scroll-")
    rows, columns, images = SHAPES[shape]
    application = start()
    engines: list[Engine] = [CpuEngine()]
    if (best := choose_engine("auto")).name != engines[0].name:
        engines.append(best)
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        folder = noise_folder(Path(place) / "archive", images, rows, columns)
        for engine in engines:
            doors = (ArchiveSettings("bench", "folder", path=str(folder)),)
            with Stage(Path(place) / engine.name, doors, engine) as stage:
                stage.open(STUDY)
                stage.wait(stage.all_decoded)
                stage.fit()
                yield from _figures(stage, shape, runs)
    application.qt.quit()


def _figures(stage: Stage, shape: str, runs: int) -> Iterator[Result]:
    for layout in LAYOUTS:
        yield _layout(stage, f"scroll-{shape}-{layout[0]}x{layout[1]}", layout, runs, _other_images, fresh=True)
    yield _layout(stage, f"again-{shape}-1x1", (1, 1), runs, _other_images)
    if shape == "512":
        yield _layout(stage, "window-512-1x1", (1, 1), runs, _other_window)


def _other_images(stage: Stage, step: int) -> None:
    """Every viewport scrolls to another image, each to one of its own."""
    case = stage.desk.case
    assert case is not None
    count = len(case.stacks[0].frames)
    tiles = tuple(
        replace(view, stack_id=case.stacks[0].id, index=(step + n) % count) for n, view in enumerate(case.tiles)
    )
    stage.desk.change(replace(case, tiles=tiles))


def _other_window(stage: Stage, step: int) -> None:
    case = stage.desk.case
    assert case is not None
    stage.desk.view(0, case.tiles[0].windowed(40 + step, 400 + 2 * step))


def _layout(stage: Stage, name: str, layout: tuple[int, int], runs: int, change: Change, fresh: bool = False) -> Result:
    """One figure. fresh: no image was drawn before, so that nothing an engine remembers of it helps."""
    set_layout(stage.desk, *layout)
    tiles = range(layout[0] * layout[1])
    change(stage, 0)
    stage.wait(lambda: all(stage.pixels_are_shown(tile) for tile in tiles))
    stage.turn()

    def frame(step: int) -> None:
        change(stage, step)
        stage.station.pulse.draw_now()
        # Painting one now paints with it all that waits in the window, as a turn of the event loop does.
        stage.viewport().repaint()
        stage.arrived()

    case = stage.desk.case
    warming = 3 if fresh or case is None else len(case.stacks[0].frames)
    values = []
    for step in range(1, warming + 1 + FRAMES_PER_RUN * runs):
        if fresh:
            _renew(stage, len(tiles), step)
        taken = timed_ms(lambda s=step: frame(s))  # type: ignore[misc]
        stage.turn()
        values += [taken] if step > warming else []
    return _beside_blit(stage, name, layout, values)


def _renew(stage: Stage, tiles: int, step: int) -> None:
    """Put copies in place of the frames that are shown next: other arrays, which nothing has seen yet."""
    case = stage.desk.case
    assert case is not None
    refs: Sequence[FrameRef] = case.stacks[0].frames
    for n in range(tiles):
        ref = refs[(step + n) % len(refs)]
        frame = stage.desk.frame(ref)
        assert frame is not None
        stored = frame.stored.copy()
        stored.setflags(write=False)
        stage.desk.book.put(ref, replace(frame, stored=stored))


def _beside_blit(stage: Stage, name: str, layout: tuple[int, int], values: list[float]) -> Result:
    size = stage.station.reading.grid.size()
    peer = _blit_ms(stage, layout, (size.width(), size.height()), len(values))
    platform = stage.application.qt.platformName()
    on_display, gpu = platform != "offscreen", stage.engine.name != CpuEngine.name
    goal = GPU_GOAL if gpu else WINDOW_GOAL if name.startswith("window") else SCROLL_GOAL
    words = f"bare blit of finished images, {size.width()}×{size.height()} of {SIZE[0]}×{SIZE[1]}, {platform}"
    note = "" if on_display else "drawn into memory only: the design's goal counts the way to a display"
    return result(f"{name}-gpu" if gpu else name, values, "ms", peer, words, goal if on_display else None, note)


def _blit_ms(stage: Stage, layout: tuple[int, int], size: tuple[int, int], runs: int) -> float:
    """Median milliseconds to paint finished images of all viewports of a layout."""
    window = QWidget()
    window.resize(*size)
    grid = QGridLayout(window)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(2)
    blits = [Blit() for _ in range(layout[0] * layout[1])]
    for number, blit in enumerate(blits):
        grid.addWidget(blit, number // layout[1], number % layout[1])
    window.show()
    stage.wait(lambda: window.windowHandle().isExposed())
    stage.turn()
    for blit in blits:
        blit.image = QImage(blit.size(), QImage.Format.Format_RGB32)
        blit.image.fill(0x404040)

    def paint() -> None:
        for blit in blits:
            blit.update()
        blits[0].repaint()
        stage.arrived()

    values = sorted(timed_ms(paint) for _ in range(3 * runs))
    window.close()
    window.deleteLater()
    stage.turn()
    return values[len(values) // 2]
