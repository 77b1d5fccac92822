"""How much this program grows by a whole examination in memory, beside the bytes of its images."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.bench.phantom import STUDY, noise_folder
from readingroom.bench.result import Result, result
from readingroom.bench.stage import Stage
from readingroom.settings.sections import ArchiveSettings

IMAGES = 300
TOLD = Path("/proc/self/statm")


def measured(name: str, runs: int) -> Iterator[Result]:
    """Once, in a process that opened nothing before: what was freed once would hide what is taken now."""
    if not TOLD.exists():
        raise ReaderError("This system does not tell how much memory a program holds.", "Measure it on Linux.")
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        folder = noise_folder(Path(place) / "archive", IMAGES, 512, 512)
        with Stage(Path(place) / "profile", (ArchiveSettings("bench", "folder", path=str(folder)),)) as stage:
            stage.turn()
            before = resident_mb()
            stage.open(STUDY)
            stage.wait(stage.all_decoded)
            stage.turn()
            grown, decoded = resident_mb() - before, stage.desk.book.held_bytes / 1e6
    words = f"{before:.0f} MB before the case was opened"
    yield result("memory", [grown], "MB", decoded, f"{IMAGES} decoded images of 512×512", None, words)


def resident_mb() -> float:
    """Resident megabytes of this process."""
    return int(TOLD.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
