"""The plug is pulled again and again while the reader types: never more than one second of it is gone."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices
from tests.stories.typist import SENTENCE

REPO = Path(__file__).resolve().parents[2]
TIMES = 8
MOST_LOST_S = 1.0
PATIENCE_S = 60.0


def begin(*words: Path | str) -> "subprocess.Popen[bytes]":
    """A typist."""
    paths = os.pathsep.join((str(REPO), str(REPO / "app"), os.environ.get("PYTHONPATH", "")))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.stories.typist", *map(str, words)], cwd=REPO, stderr=subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": paths},
    )  # fmt: skip


def typed_so_far(log: Path) -> list[tuple[float, int]]:
    """(when, how many letters stood there) of every key; a line that the kill cut in two is left out."""
    if not log.exists():
        return []
    whole = log.read_text("utf-8").rpartition("\n")[0]
    return [(float(when), int(count)) for when, count in (line.split() for line in whole.splitlines())]


def wait_for_text(typist: "subprocess.Popen[bytes]", found: Path) -> str:
    """What stood in the report when the typist's desk opened."""
    end = time.monotonic() + PATIENCE_S
    while not found.exists():
        assert typist.poll() is None, (typist.stderr.read() if typist.stderr else b"")[-3000:].decode()
        assert time.monotonic() < end, "the desk never opened"
        time.sleep(0.02)
    return found.read_text("utf-8")


def test_a_killed_typist_loses_at_most_a_second_of_typing(tmp_path: Path) -> None:
    folder, profile, log = tmp_path / "north", tmp_path / "profile", tmp_path / "typed.txt"
    folder.mkdir()
    for number, part10 in enumerate(slices(3)):
        (folder / f"{number}.dcm").write_bytes(part10)
    rng = random.Random(20261124)
    must_be_there = may_be_there = 0
    for turn in range(TIMES + 1):
        found = tmp_path / f"found-{turn}.txt"
        before = typed_so_far(log)[-1:]
        typist = begin(profile, folder, STUDY, found, log)
        try:
            here = wait_for_text(typist, found)
            assert here == SENTENCE[: len(here)], "the text that came back is the text that was typed"
            assert must_be_there <= len(here) <= may_be_there, f"after kill {turn}: {len(here)} letters, log {before}"
            if turn == TIMES:
                break
            time.sleep(rng.uniform(0.4, 2.2))
        finally:
            killed = time.time()
            typist.send_signal(signal.SIGKILL)
            typist.wait()
            if typist.stderr:
                typist.stderr.close()
        done = typed_so_far(log)
        must_be_there = max((count for when, count in done if when <= killed - MOST_LOST_S), default=len(here))
        may_be_there = (done[-1][1] if done else len(here)) + 1
    assert may_be_there > 50, "the typists typed"
