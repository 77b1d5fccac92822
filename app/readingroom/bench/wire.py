"""From a real archive to the glass, beside curl fetching the same bytes."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter

from readingroom.archive.dicomweb import DicomWeb
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.bench.orthanc import OrthancServer, orthanc_is_here
from readingroom.bench.phantom import BODY, SERIES, STUDY, body_study, noise_series
from readingroom.bench.result import Result, result
from readingroom.bench.stage import Beats, Stage
from readingroom.cache.shelf import Shelf
from readingroom.session.fetch import bring_series
from readingroom.settings.sections import ArchiveSettings

IMAGES = 300
WHOLE = (300, 120, 60)
JSON = ("-H", "Accept: application/dicom+json", "--compressed")
RELATED = ("-H", 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*')
MOST_RUNS = 5
DECODED_LIMIT_S = 1.2
STALL_LIMIT_MS = 16.0


def measured(name: str, runs: int) -> Iterator[Result]:
    """From the click to the first image painted, the whole series on the encrypted shelf, and every image decoded."""
    if reason := orthanc_is_here() or ("" if shutil.which("curl") else "curl is not installed"):
        raise ReaderError(f"The wire cannot be measured: {reason}.", "Install orthanc, orthanc-dicomweb and curl.")
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        server = OrthancServer(Path(place) / "orthanc")
        try:
            archive = server.start()
            for part10 in chain(noise_series(IMAGES, 512, 512), body_study(WHOLE)):
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
    first, whole, decoded, stalls = ([click[part] for click in clicks] for part in range(4))
    yield result("first-image", first, "s", median(curl_first), "curl of the metadata and that image", 1.3)
    words = f"with its metadata: {IMAGES} images, 157 MB, sealed and on the shelf while they are decoded"
    yield result("whole-series", whole, "s", median(curl_whole), "curl of the series as one WADO-RS stream", 1.3, words)
    yield result(
        "all-decoded", decoded, "s", DECODED_LIMIT_S, "the design's limit for 300 images, archive to memory", 1.0
    )
    words = "the longest time in which the windows answered nothing while 300 images came and were decoded"
    yield result("stall", [1000 * stall for stall in stalls], "ms", STALL_LIMIT_MS, "one display refresh", 1.0, words)
    yield from _whole_study(place, url, runs)


def _whole_study(place: Path, url: str, runs: int) -> Iterator[Result]:
    """A study of several series on the shelf, from the moment its metadata are here: what the archive sends, and as fast."""
    memory, shelf, theirs = [], [], []
    for run in range(-1, runs):
        alone = _curl_s((*RELATED, f"{url}/studies/{BODY}"))
        with tempfile.TemporaryDirectory(dir=place) as profile:
            seconds = _study_s(url, Path(profile)), _study_s(url, None)
        _settled()
        if run >= 0:
            theirs.append(alone)
            shelf.append(seconds[0])
            memory.append(seconds[1])
    words, peer = f"{sum(WHOLE)} images in {len(WHOLE)} series, 252 MB", "curl of the study as one WADO-RS stream"
    yield result("whole-study", memory, "s", median(theirs), peer, 1.15, f"{words}, in memory, each checked")
    yield result("whole-study-shelf", shelf, "s", median(theirs), peer, None, f"{words}, sealed and on the shelf")


def _study_s(url: str, folder: Path | None) -> float:
    """Seconds from a study's metadata until its last object is here: on a shelf in a folder, or only in memory."""
    door, ticket = DicomWeb(ArchiveSettings("Orthanc", "dicomweb", url=url)), Ticket()
    shelf = Shelf(folder / "shelf", bytes(32)) if folder is not None else None
    try:
        study = door.study(BODY)
        began = perf_counter()
        for series in study.series:
            missing = [one.sop_uid for one in series.instances]
            if shelf is None:
                came = [one.sop_uid for one in door.series_objects(BODY, series.uid, ticket)]
                if sorted(came) != sorted(missing):
                    raise ReaderError("The archive did not send the whole study.", "Look at Orthanc's own log.")
            else:
                bring_series(door, shelf, study, series, missing, ticket, lambda received: None)
        return perf_counter() - began
    finally:
        if shelf is not None:
            shelf.close()
        door.close()


def _click(folder: Path, url: str) -> tuple[float, float, float, float]:
    """Seconds from the click to the first image painted, the last object on the shelf, and the last image decoded.

    The fourth: the longest time in which the windows answered nothing after the first image, in seconds.
    """
    with Stage(folder, (ArchiveSettings("Orthanc", "dicomweb", url=url),)) as stage:
        began = perf_counter()
        stage.open(STUDY)
        stage.wait(stage.pixels_are_shown)
        stage.viewport().repaint()
        stage.arrived()
        first = perf_counter() - began
        beats = Beats()
        stage.wait(lambda: _here(stage) == IMAGES)
        whole = perf_counter() - began
        stage.wait(stage.all_decoded)
        return first, whole, perf_counter() - began, beats.stop()


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
