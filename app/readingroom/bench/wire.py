"""From a real archive to the glass, beside curl fetching the same bytes."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from readingroom.base.errors import ReaderError
from readingroom.bench.memory import resident_mb
from readingroom.bench.orthanc import OrthancServer, orthanc_is_here
from readingroom.bench.phantom import SERIES, STUDY, noise_series
from readingroom.bench.result import Result, result
from readingroom.bench.stage import Stage
from readingroom.settings.sections import ArchiveSettings

IMAGES = 300
RELATED = 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*'


def wire(runs: int) -> Iterator[Result]:
    """Click to first image, click to whole series, reopening from the cache, and memory, on a 300-image CT."""
    if reason := orthanc_is_here() or ("" if shutil.which("curl") else "curl is not installed"):
        raise ReaderError(f"The wire cannot be measured: {reason}.", "Install orthanc, orthanc-dicomweb and curl.")
    with (
        tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place,
        OrthancServer(Path(place) / "orthanc") as archive,
    ):
        for part10 in noise_series(IMAGES, 512, 512):
            archive.put(part10)
        yield from _measured(Path(place), archive.url, max(1, min(runs, 3)))


def _measured(place: Path, url: str, runs: int) -> Iterator[Result]:
    first, whole, curl_first, curl_whole, reopened, grown, decoded = [], [], [], [], [], 0.0, 0.0
    series = f"{url}/studies/{STUDY}/series/{SERIES}"
    for run in range(runs):
        curl_first.append(_curl(f"{series}/metadata", "Accept: application/dicom+json", "--compressed")
                          + _curl(f"{series}/instances/{SERIES}.{IMAGES // 2 + 1}", RELATED))  # fmt: skip
        curl_whole.append(_curl(series, RELATED))
        doors = (ArchiveSettings("Orthanc", "dicomweb", url=url),)
        with Stage(place / f"profile-{run}", doors) as stage:
            before = resident_mb()
            began = perf_counter()
            stage.open(STUDY)
            stage.wait(stage.pixels_are_shown)
            first.append(perf_counter() - began)
            stage.wait(lambda: _here(stage) == IMAGES)
            whole.append(perf_counter() - began)
            stage.wait(stage.all_decoded)
            grown, decoded = resident_mb() - before, stage.desk.book.held_bytes / 1e6
            reopened.append(_reopen(stage))
    yield result("first-image", first, "s", sorted(curl_first)[runs // 2], "curl of its metadata and its bytes", 1.3)
    yield result("whole-series", whole, "s", sorted(curl_whole)[runs // 2], "curl of the WADO-RS series", 1.3,
                 "300 images, 157 MB, onto the encrypted shelf")  # fmt: skip
    yield result("cache-reopen", reopened, "s", 0.2, "limit of the design, 300 slices warm", 1.0)
    yield result("memory", [grown], "MB", decoded, "the decoded frames", 1.5)


def _here(stage: Stage) -> int:
    case = stage.desk.case
    return sum(stage.desk.loader.received(s) for s in case.study.series) if case is not None else 0


def _reopen(stage: Stage) -> float:
    """Seconds to read everything of the study from the shelf, deciphered."""
    from readingroom.cache.shelf import open_shelf

    key = stage.house.secrets.desk_key()
    stage.desk.keeper.flush_now()
    began = perf_counter()
    shelf = open_shelf(stage.profile.cache, key, stage.house.settings.disk)
    for uid in shelf.sop_uids(STUDY):
        shelf.get(uid, STUDY)
    took = perf_counter() - began
    shelf.close()
    return took


def _curl(url: str, header: str, *more: str) -> float:
    began = perf_counter()
    subprocess.run(["curl", "-sS", "-f", "-o", "/dev/null", "-H", header, *more, url], check=True)
    return perf_counter() - began
