"""Decoding one image in each transfer syntax: beside the bare codec, beside a library, and on two threads."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from time import perf_counter
from typing import Any

import numpy as np

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Homecoming, Pool, Ticket
from readingroom.bench.codings import Coding, codings
from readingroom.bench.result import Result, in_turn_ms

SMALL, LARGE = 512, 2048
TURNS_PER_RUN = 3
LEAST_ROUND_MS = 15.0
"""A round of one side: so long that a thread's start is little in it, so short that the machine may be quiet for it."""
BUSY = 1.2
"""From this load on two threads seldom have two cores: then there are more rounds, of which the least count."""
GOAL = 1.15
SPEED_UP = 1.8
PLUGINS = ("pylibjpeg", "gdcm", "pillow", "pyjpegls", "pydicom")


def measured(name: str, runs: int) -> Iterator[Result]:
    """decode: 512×512 beside codec and library; large-decode: 2048×2048 beside the codec; two-threads: both sizes.

    Every figure is the least of its turns, which are taken alternately: what else the machine does only adds.
    """
    if name == "two-threads":
        for size, middle in ((SMALL, ""), (LARGE, "large-")):
            for syntax, make in codings(size).items():
                yield _on_two_threads(f"two-threads-{middle}{syntax}", make(), size, runs)
        return
    size = SMALL if name == "decode" else LARGE
    for syntax, make in codings(size).items():
        coding = make()
        yield _beside_codec(f"{name}-{syntax}", coding, size, runs)
        if size == SMALL:
            yield _beside_library(syntax, coding, size, runs)


def _ours(name: str, coding: Coding) -> Callable[[], object]:
    """The whole way that an image takes: from Part 10 bytes to a frame with its facts."""
    from readingroom.pixels.decode import decode

    if not np.array_equal(decode(coding.part10).stored, coding.pixels):
        raise ReaderError(f"Decoding gave other pixels than were encoded ({name}).", "Please report it.")
    return lambda: decode(coding.part10)


def _beside_codec(name: str, coding: Coding, size: int, runs: int) -> Result:
    """Beside the fastest codec alone, which is handed the bare stream and reads no header.

    No goal for a small image: there the codec takes less time than any reading of a header.
    """
    peer = min(coding.bare, key=lambda one: _least_ms(coding.bare[one], 3))
    ours, theirs = in_turn_ms(_ours(name, coding), coding.bare[peer], _turns(size, runs))
    return _least(name, ours, min(theirs), f"{peer}, given the bare stream", size, GOAL if size == LARGE else None)


def _beside_library(syntax: str, coding: Coding, size: int, runs: int) -> Result:
    """Beside pydicom with the fastest of its decoders: from the same bytes to an array."""
    name = f"library-{syntax}"
    libraries = _libraries(coding, () if syntax in ("uncompressed", "deflated") else PLUGINS)
    peer = min(libraries, key=lambda one: _least_ms(libraries[one], 1))
    ours, theirs = in_turn_ms(_ours(name, coding), libraries[peer], _turns(size, runs))
    return _least(name, ours, min(theirs), f"{peer}, from the same bytes", size)


def _libraries(coding: Coding, plugins: tuple[str, ...]) -> dict[str, Callable[[], Any]]:
    """pydicom with each decoder that is installed and answers with the right pixels."""
    found: dict[str, Callable[[], Any]] = {}
    for plugin in ("", *plugins):
        decoded = partial(_by_library, coding.part10, plugin)
        try:
            right = np.allclose(decoded(), coding.pixels, atol=2)
        except (RuntimeError, ValueError, NotImplementedError, AttributeError, TypeError):
            continue
        if right:
            found[f"pydicom ({plugin or 'own choice'})"] = decoded
    if not found:
        raise ReaderError("No decoder of pydicom reads this image.", "Install pylibjpeg.")
    return found


def _by_library(part10: bytes, plugin: str) -> Any:
    from pydicom import dcmread
    from pydicom.pixels import pixel_array

    return pixel_array(dcmread(BytesIO(part10)), decoding_plugin=plugin)


def _on_two_threads(name: str, coding: Coding, size: int, runs: int) -> Result:
    """Milliseconds for each image on two threads, beside those of one thread over the speed-up that is asked for."""
    ours = _ours(name, coding)
    images = max(2, 2 * round(LEAST_ROUND_MS / _least_ms(ours, 3)))
    one, two = Pool("one", 1, Homecoming(lambda: None)), Pool("two", 2, Homecoming(lambda: None))
    try:
        _on(one, 1, ours, 2)
        _on(two, 2, ours, 4)
        rounds = _turns(size, runs) * (4 if _load() > BUSY else 1)
        turns = [(_on(one, 1, ours, images), _on(two, 2, ours, images)) for _ in range(rounds)]
    finally:
        one.close()
        two.close()
    single, double = min(turn[0] for turn in turns), [turn[1] for turn in turns]
    words = f"one thread ÷ {SPEED_UP}: two are {single / min(double):.2f} times as fast"
    return _least(name, double, single / SPEED_UP, words, size, 1.0)


def _on(pool: Pool, threads: int, work: Callable[[], object], images: int) -> float:
    """Milliseconds for each of so many images, shared evenly by a pool's threads."""
    from queue import Queue

    ends: Queue[Exception | None] = Queue()
    ticket = Ticket()

    def several() -> None:
        for _ in range(images // threads):
            work()
        ends.put(None)

    began = perf_counter()
    for _ in range(threads):
        pool.submit(several, done=lambda _: None, failed=ends.put, ticket=ticket)
    for _ in range(threads):
        if (failure := ends.get()) is not None:
            raise failure
    return (perf_counter() - began) * 1000.0 / images


def _load() -> float:
    """Processes that want a core, on average over the last minute; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _turns(size: int, runs: int) -> int:
    return TURNS_PER_RUN * runs if size == SMALL else 2 * runs


def _least_ms(work: Callable[[], object], turns: int) -> float:
    return min(in_turn_ms(work, lambda: None, turns)[0])


def _least(name: str, ours: list[float], limit: float, peer: str, size: int, goal: float | None = GOAL) -> Result:
    note = f"{size}×{size}, load {_load():.1f}"
    return Result(name, min(ours), "ms", limit, len(ours), peer, goal, min(ours), max(ours), note)
