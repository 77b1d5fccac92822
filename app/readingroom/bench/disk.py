"""What the desk asks of its disk: an examination found again, a sentence kept."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from readingroom.base.errors import ReaderError
from readingroom.bench.phantom import SERIES, STUDY, noise_series
from readingroom.bench.result import Result, result, timed_ms
from readingroom.cache.journal import Journal
from readingroom.cache.shelf import Shelf
from readingroom.record.search import Received

KEY = bytes(range(32))
IMAGES = 300
REOPEN_LIMIT_S = 0.2
REFRESH_MS = 1000 / 60


def measured(name: str, runs: int) -> Iterator[Result]:
    """Either of the two."""
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        if name == "cache-reopen":
            yield _reopened(Path(place), runs)
        else:
            yield _written(Path(place), runs)


def _reopened(place: Path, runs: int) -> Result:
    """Opening the shelf anew and reading every object of a study, deciphered, with the disk's own cache warm."""
    shelf = Shelf(place, KEY)
    for number, part10 in enumerate(noise_series(IMAGES, 512, 512), 1):
        shelf.put(Received(STUDY, SERIES, f"{SERIES}.{number}", part10))
    shelf.close()
    values = [_read_s(place) for _ in range(runs + 1)][1:]
    words = "the design's limit for 300 images of 0.5 MB, warm"
    return result("cache-reopen", values, "s", REOPEN_LIMIT_S, words, 1.0)


def _read_s(place: Path) -> float:
    began = perf_counter()
    shelf = Shelf(place, KEY)
    came = sum(shelf.get(uid, STUDY) is not None for uid in shelf.sop_uids(STUDY))
    taken = perf_counter() - began
    shelf.close()
    if came != IMAGES:
        raise ReaderError(f"The shelf gave {came} of {IMAGES} images back.", "Please report it.")
    return taken


def _written(place: Path, runs: int) -> Result:
    """One durable write of a draft; it runs off the reader's thread."""
    journal = Journal(place / "journal.sqlite", KEY)
    words = {"text": "The lungs are clear. " * 200}
    values = [timed_ms(lambda: journal.write("draft", STUDY, words)) for _ in range(20 * runs)]
    journal.close()
    return result("journal-write", values, "ms", REFRESH_MS, "one display refresh", 1.0, "a draft of 4 kB, durable")
