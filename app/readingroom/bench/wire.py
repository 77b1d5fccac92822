"""From a real archive to the glass, beside curl fetching the same bytes."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from readingroom.base.errors import ReaderError
from readingroom.bench.orthanc import OrthancServer, orthanc_is_here
from readingroom.bench.phantom import SERIES, STUDY, noise_series
from readingroom.bench.result import Result, result
from readingroom.bench.stage import Stage
from readingroom.settings.sections import ArchiveSettings

IMAGES = 300
JSON = ("-H", "Accept: application/dicom+json", "--compressed")
RELATED = ("-H", 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*')
MOST_RUNS = 5
DECODED_LIMIT_S = 1.2


def measured(name: str, runs: int) -> Iterator[Result]:
    """From the click to the first image painted, the whole series on the encrypted shelf, and every image decoded."""
    if reason := orthanc_is_here() or ("" if shutil.which("curl") else "curl is not installed"):
        raise ReaderError(f"The wire cannot be measured: {reason}.", "Install orthanc, orthanc-dicomweb and curl.")
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        server = OrthancServer(Path(place) / "orthanc")
        try:
            archive = server.start()
            for part10 in noise_series(IMAGES, 512, 512):
                archive.put(part10)
            _settled()
            yield from _beside_curl(Path(place), archive.url, min(runs, MOST_RUNS))
        except (RuntimeError, OSError) as error:
            raise ReaderError(f"The wire cannot be measured: {error}", "Look at Orthanc's own log.") from error
        finally:
            server.stop()


def _beside_curl(place: Path, url: str, runs: int) -> Iterator[Result]:
    clicks, curl_first, curl_whole = [], [], []
    series = f"{url}/studies/{STUDY}/series/{SERIES}"
    metadata, middle = f"{url}/studies/{STUDY}/metadata", f"{series}/instances/{SERIES}.{IMAGES // 2 + 1}"
    # Once uncounted, so that neither side pays for the archive's first reading of its own disk.
    for run in range(-1, runs):
        alone = _curl_s((*JSON, metadata), (*RELATED, middle)), _curl_s((*RELATED, series))
        with tempfile.TemporaryDirectory(dir=place) as profile:
            ours = _click(Path(profile), url)
        _settled()
        if run >= 0:
            curl_first.append(alone[0])
            curl_whole.append(alone[1])
            clicks.append(ours)
    first, whole, decoded = ([click[part] for click in clicks] for part in range(3))
    yield result("first-image", first, "s", median(curl_first), "curl of the metadata and that image", 2.0)
    words = f"with its metadata: {IMAGES} images, 157 MB, sealed and on the shelf while they are decoded"
    yield result("whole-series", whole, "s", median(curl_whole), "curl of the series as one WADO-RS stream", 1.3, words)
    yield result(
        "all-decoded", decoded, "s", DECODED_LIMIT_S, "the design's limit for 300 images, archive to memory", 1.0
    )


def _click(folder: Path, url: str) -> tuple[float, float, float]:
    """Seconds from the click to the first image painted, the last object on the shelf, and the last image decoded."""
    with Stage(folder, (ArchiveSettings("Orthanc", "dicomweb", url=url),)) as stage:
        began = perf_counter()
        stage.open(STUDY)
        stage.wait(stage.pixels_are_shown)
        stage.viewport().repaint()
        stage.arrived()
        first = perf_counter() - began
        stage.wait(lambda: _here(stage) == IMAGES)
        whole = perf_counter() - began
        stage.wait(stage.all_decoded)
        return first, whole, perf_counter() - began


def _settled() -> None:
    """Wait until the disk has what was written before, so that its writing is not counted with what follows."""
    if hasattr(os, "sync"):
        os.sync()


def _here(stage: Stage) -> int:
    case = stage.desk.case
    return sum(stage.desk.loader.received(s) for s in case.study.series) if case is not None else 0


def _curl_s(*requests: tuple[str, ...]) -> float:
    """Seconds for one curl to fetch several addresses one after the other over one connection."""
    words = ["curl"]
    for number, request in enumerate(requests):
        words += ["--next"] if number else []
        words += ["-sS", "-f", "-o", "/dev/null", *request]
    began = perf_counter()
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ReaderError(f"curl could not fetch from Orthanc: {done.stderr.strip()}", "Look at Orthanc's own log.")
    return perf_counter() - began
