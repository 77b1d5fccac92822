"""Stored objects damaged on purpose, and readingroom info run on each of them in a process of its own.

As a program: `python -m tests.unit.verbs.mutations FOLDER COUNT SEED` damages so many objects below a folder and prints
one JSON line for each: what was done, how the process ended, its seconds, its megabytes, and what it said wrong.
"""

import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

MOST_SECONDS = 5.0
MOST_BYTES = 2 << 30
_LONGEST_FILE = 3_000_000
_SIZES = {
    b"\x28\x00\x02\x00": b"\xff\xff",  # samples per pixel
    b"\x28\x00\x10\x00": b"\xff\xff",  # rows
    b"\x28\x00\x11\x00": b"\xff\xff",  # columns
    b"\x28\x00\x00\x01": b"\x40\x00",  # bits allocated
    b"\x28\x00\x01\x01": b"\x00\x00",  # bits stored
    b"\x28\x00\x02\x01": b"\xff\x00",  # high bit
    b"\x60\x00\x10\x00": b"\xff\x7f",  # rows of an overlay
}


def bits_flipped(source: bytes, chance: random.Random) -> bytes:
    """A few bits turned over, mostly where the header is."""
    found = bytearray(source)
    for _ in range(chance.choice((1, 1, 2, 5, 20, 100))):
        end = min(len(found), 4000) if chance.random() < 0.8 else len(found)
        found[chance.randrange(end)] ^= 1 << chance.randrange(8)
    return bytes(found)


def cut_short(source: bytes, chance: random.Random) -> bytes:
    """The beginning of an object, cut in its header or anywhere."""
    end = min(len(source), 4000) if chance.random() < 0.5 else len(source)
    return source[: chance.randrange(end)]


def without_a_tag(source: bytes, chance: random.Random) -> bytes:
    """An object written again without some of its elements; as it is where it cannot be read to be written."""
    from pydicom import dcmread

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = dcmread(BytesIO(source), force=True)
            for tag in chance.sample(list(dataset.keys()), min(len(dataset), chance.choice((1, 1, 2, 4)))):
                del dataset[tag]
            written = BytesIO()
            dataset.save_as(written)
    except Exception:  # noqa: BLE001  (pydicom raises anything on what the world stores; then bits are flipped)
        return bits_flipped(source, chance)
    return written.getvalue()


def absurd_size(source: bytes, chance: random.Random) -> bytes:
    """A size, a number of frames or the length of an element that cannot be."""
    found = bytearray(source)
    places = [(at, value) for tag, value in _SIZES.items() if (at := source.find(tag)) >= 0]
    frames = source.find(b"\x28\x00\x08\x00")
    if frames >= 0 and chance.random() < 0.4:
        length = max(1, min(found[frames + 6] or found[frames + 4], 12))
        found[frames + 8 : frames + 8 + length] = b"9" * length
    elif places and chance.random() < 0.7:
        for at, value in chance.sample(places, chance.randint(1, len(places))):
            found[at + 8 : at + 10] = value if chance.random() < 0.7 else chance.randbytes(2)
    else:
        at = chance.randrange(max(1, min(len(found), 6000) - 4))
        found[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\xfe\xff\xff\x7f", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
    return bytes(found)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (bits_flipped, cut_short, without_a_tag, absurd_size)


def mutated(folder: Path, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """What was done to which file, and the damaged bytes; the same for the same seed."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and 0 < p.stat().st_size < _LONGEST_FILE]
    files = [p for p in files if p.suffix not in (".jsonl", ".md", ".tsv", ".png") and "LICENSES" not in p.parts]
    by_folder: dict[Path, list[Path]] = {}
    for path in files:
        by_folder.setdefault(path.parent, []).append(path)
    chance = random.Random(seed)
    folders = list(by_folder.values())
    for number in range(count):
        path = chance.choice(chance.choice(folders))
        change = MUTATIONS[number % len(MUTATIONS)]
        yield f"{change.__name__} {path.relative_to(folder)} #{number}", change(path.read_bytes(), chance)


def _in_a_child(path: Path, said: Path) -> int:
    """The child: info on one file, its words into a file; never returns."""
    from readingroom.verbs.front import main

    resource.setrlimit(resource.RLIMIT_AS, (4 * MOST_BYTES, 4 * MOST_BYTES))
    with said.open("w") as words:
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
        sys.stdout = sys.stderr = words
        code = 99
        try:
            code = main(["info", "--json", str(path)])
        except BaseException:  # noqa: BLE001  (whatever escapes is what is looked for)
            import traceback

            traceback.print_exc()
        words.flush()
    os._exit(code)


def tried(path: Path, said: Path) -> dict[str, object]:
    """How info on one file ended."""
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        _in_a_child(path, said)
    while True:
        ended, status, used = os.wait4(child, os.WNOHANG)
        seconds = time.perf_counter() - began
        if ended:
            break
        if seconds > 2 * MOST_SECONDS:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    words = said.read_text(errors="replace")
    return {
        "code": os.waitstatus_to_exitcode(status), "seconds": round(seconds, 3), "megabytes": used.ru_maxrss // 1024,
        "traceback": words[-1500:] if "Traceback" in words else "",
    }  # fmt: skip


def failed(result: dict[str, object]) -> bool:
    """Whether a child ended otherwise than an answer or a refusal within bounds."""
    return bool(
        result["code"] not in (0, 1, 2)
        or result["traceback"]
        or float(str(result["seconds"])) > MOST_SECONDS
        or int(str(result["megabytes"])) > MOST_BYTES >> 20
    )


def run(folder: Path, count: int, seed: int) -> Iterator[dict[str, object]]:
    """Every mutation with how it ended."""
    # Imported before the children are made, so that each of them costs milliseconds.
    import readingroom.verbs.front
    import readingroom.verbs.info  # noqa: F401

    with tempfile.TemporaryDirectory() as where:
        path, said = Path(where) / "object.dcm", Path(where) / "said"
        for name, source in mutated(folder, count, seed):
            path.write_bytes(source)
            yield {"name": name} | tried(path, said)


if __name__ == "__main__":
    for one in run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])):
        print(json.dumps(one), flush=True)  # noqa: T201  (this is the program's answer)
