"""Draws real images with an engine and by the plain formulas and prints, as JSON, how much differs. Run as a program."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from readingroom.base.errors import ReaderError
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.voi import default_voi
from readingroom.render.choose import choose
from readingroom.render.offscreen import draw
from readingroom.verbs.render import by_reference

MOST_BYTES = 40_000_000
Drawing = tuple[tuple[int, int] | None, bool, Voi | None]


def drawings(frame: Frame) -> Iterator[Drawing]:
    """Size, inversion and window of each picture: as it is, small, large, narrow, and by every function."""
    voi = None if frame.is_colour else default_voi(frame)
    yield None, False, voi
    yield (200, 100), True, voi
    yield (700, 500), False, voi
    if voi is not None:
        yield (333, 444), False, Voi(voi.centre, max(1.0, voi.width / 20), "LINEAR")
        yield (256, 256), False, Voi(voi.centre, voi.width, "SIGMOID")
        yield (431, 300), True, Voi(voi.centre, max(1.0, voi.width / 3), "LINEAR_EXACT")


def sample(folder: Path) -> Iterator[Path]:
    """Two images of every folder on record."""
    taken: dict[Path, int] = {}
    for line in (folder / "references.jsonl").read_text("utf-8").splitlines():
        path = folder / json.loads(line)["path"]
        taken[path.parent] = taken.get(path.parent, 0) + 1
        if taken[path.parent] <= 2:
            yield path


def main() -> None:
    folder, preference = Path(sys.argv[1]), sys.argv[2]
    choice = choose(preference)
    answer: dict[str, object] = {"engine": choice.engine.name, "reason": choice.reason}
    worst: list[list[object]] = []
    count = 0
    for path in sample(folder):
        try:
            frame = decode(path.read_bytes())
        except ReaderError:
            continue
        if frame.stored.nbytes > MOST_BYTES:
            continue
        for size, inverted, voi in drawings(frame):
            ours = by_reference(frame, voi, inverted, size)
            drawn = draw(frame, voi, inverted, choice.engine, *(size or (None, None)))
            gap = np.abs(ours.astype(int) - drawn)
            gap = gap.max(axis=-1) if gap.ndim == 3 else gap
            count += 1
            worst.append([float((gap <= 1).mean()), int(gap.max()), str(path.relative_to(folder)), size, inverted])
    worst.sort(key=lambda one: float(str(one[0])))
    print(json.dumps(answer | {"count": count, "worst": worst[:20]}))  # noqa: T201


if __name__ == "__main__":
    main()
