"""An examination read from home: Orthanc behind 20 Mbit/s and 40 ms, beside what such a line can carry."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from readingroom.base.errors import ReaderError
from readingroom.bench.orthanc import OrthancServer, orthanc_is_here
from readingroom.bench.phantom import BODY, body_study
from readingroom.bench.result import Result, result
from readingroom.bench.slow_line import HOME, LineApart
from readingroom.bench.stage import Stage
from readingroom.record.study import FrameRef
from readingroom.session.arranging import scroll_to
from readingroom.settings.sections import ArchiveSettings

IMAGES = 300
MOST_RUNS = 3
FIRST_S, PREVIEWS_S, JUMP_S = 1.3, 3.5, 0.4
JUMPS = (0.93, 0.06, 0.85, 0.14, 0.97)
"""Where the reader jumps to, as parts of the series: far from the middle, which comes first."""


def measured(name: str, runs: int) -> Iterator[Result]:
    """From the click: the slice on screen, previews of all, everything; and a jump to an image that is not here."""
    if reason := orthanc_is_here():
        raise ReaderError(f"The line cannot be measured: {reason}.", "Install orthanc and orthanc-dicomweb.")
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        server = OrthancServer(Path(place) / "orthanc")
        try:
            archive = server.start()
            for part10 in body_study((IMAGES,)):
                archive.put(part10)
            yield from _from_home(Path(place), archive.port, min(runs, MOST_RUNS))
        except (RuntimeError, OSError) as error:
            raise ReaderError(f"The line cannot be measured: {error}", "Look at Orthanc's own log.") from error
        finally:
            server.stop()


def _from_home(place: Path, port: int, runs: int) -> Iterator[Result]:
    firsts, previews, wholes, floors, jumps = [], [], [], [], list[float]()
    for run in range(runs):
        with tempfile.TemporaryDirectory(dir=place) as profile, LineApart(port) as line:
            first, preview, whole, floor = _opened(Path(profile), line.port, jumping=None)
        firsts.append(first)
        previews.append(preview)
        wholes.append(whole)
        floors.append(floor)
        if run == 0:
            with tempfile.TemporaryDirectory(dir=place) as profile, LineApart(port) as line:
                _opened(Path(profile), line.port, jumping=jumps)
    limit = "the design's limit at 20 Mbit/s and 40 ms"
    yield result("line-first-image", firsts, "s", FIRST_S, limit, 1.0)
    yield result("line-previews", previews, "s", PREVIEWS_S, limit, 1.0, f"{IMAGES} images, marked as previews")
    words = "the bytes of its images, packed as they came, at 20 Mbit/s"
    yield result("line-complete", wholes, "s", median(floors), words, 1.10, f"{IMAGES} images with previews before")
    yield result("line-jump", jumps, "s", JUMP_S, limit, 1.0, "to an image that is not here, while others come")


def _opened(folder: Path, port: int, jumping: list[float] | None) -> tuple[float, float, float, float]:
    """Seconds to the slice on screen, to a picture of every image, to all of them; and the line's floor for their bytes.

    jumping: where the seconds of jumps are put; it ends after them.
    """
    settings = ArchiveSettings("Orthanc", "dicomweb", url=f"http://127.0.0.1:{port}/dicom-web")
    with Stage(folder, (settings,)) as stage:
        began = perf_counter()
        stage.open(BODY)
        stage.wait(lambda: stage.desk.case is not None)
        refs = stage.desk.case.stacks[0].frames if stage.desk.case is not None else ()
        stage.wait(lambda: stage.desk.book.has(_looked_at(stage)))
        stage.turn()
        first = perf_counter() - began
        previews = stage.desk.loader.previews
        stage.wait(lambda: all(previews.frame(ref) is not None or stage.desk.book.has(ref) for ref in refs))
        preview = perf_counter() - began
        if jumping is not None:
            jumping += [_jump(stage, round(part * len(refs))) for part in JUMPS]
            return first, preview, 0.0, 0.0
        stage.wait(lambda: sum(map(stage.desk.loader.is_here, refs)) == len(refs), 200.0)
        whole = perf_counter() - began
        held = (stage.house.doors.shelf.get(ref.sop_uid, ref.study_uid) for ref in refs)
        return first, preview, whole, sum(len(part10 or b"") for part10 in held) / HOME.down_bytes_s


def _looked_at(stage: Stage) -> FrameRef:
    ref = stage.desk.case.frame_at(0) if stage.desk.case is not None else None
    if ref is None:
        raise ReaderError("The benchmark's examination has no images.", "Please report it.")
    return ref


def _jump(stage: Stage, index: int) -> float:
    """Seconds from a scroll to an image that is not here until its pixels are decoded and drawn."""
    began = perf_counter()
    scroll_to(stage.desk, 0, index)
    ref = _looked_at(stage)
    if stage.desk.book.has(ref):
        raise ReaderError("The image to jump to came before the jump.", "Run the benchmark on a quieter machine.")
    stage.wait(lambda: stage.desk.book.has(ref))
    stage.turn()
    return perf_counter() - began
