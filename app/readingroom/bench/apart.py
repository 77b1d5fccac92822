"""Each benchmark in a process of its own, so that none inherits another's memory, threads or imports."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep

import readingroom
from readingroom.base.errors import ReaderError
from readingroom.bench.catalogue import Bench, bench_named
from readingroom.bench.result import Result

MOST_S = 300.0
LEAVE_S = 20.0
CHILD = "import sys; from readingroom.bench.apart import child; child(*sys.argv[1:])"


def run_apart(bench: Bench, runs: int, variables: Mapping[str, str]) -> tuple[Result, ...]:
    """The results of a benchmark run in a fresh process; ReaderError where it could not be run.

    variables: environment beyond this process's own. However it ends, whatever it started ends with it.
    """
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as place:
        out, told = Path(place) / "results.json", Path(place) / "stderr.txt"
        words = [sys.executable, "-c", CHILD, bench.name, str(runs), str(out)]
        # Into a file: a pipe would stay open as long as anything that the benchmark started.
        with told.open("wb") as stderr:
            process = subprocess.Popen(
                words, env={**environment(place), **variables}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=stderr, start_new_session=True,
            )  # fmt: skip
        try:
            code = process.wait(MOST_S)
        except subprocess.TimeoutExpired:
            problem = f"{bench.name} took more than {MOST_S:.0f} s."
            raise ReaderError(problem, "Run it alone, on a quiet machine, with fewer --runs.") from None
        finally:
            _end(process)
        return _results(bench, out, code, told.read_text(encoding="utf-8", errors="replace"))


def environment(place: str) -> dict[str, str]:
    """This process's environment, with our own package found, temporary files in a folder, and the keyring left alone."""
    own = str(Path(readingroom.__file__).parents[1])
    paths = os.pathsep.join(filter(None, (own, os.environ.get("PYTHONPATH", ""))))
    return {
        **os.environ, "PYTHONPATH": paths, "TMPDIR": place, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"
    }  # fmt: skip


def child(name: str, runs: str, out: str) -> None:
    """In the fresh process: run one benchmark and leave its results, or why there are none, in a file."""
    bench = bench_named(name)
    try:
        found = import_module(f"readingroom.bench.{bench.room}").measured(bench.name, int(runs))
        answer: object = [asdict(one) for one in found]
    except ReaderError as error:
        answer = {"problem": error.problem, "remedy": error.remedy}
    Path(out).write_text(json.dumps(answer), encoding="utf-8")


def _results(bench: Bench, out: Path, code: int, said: str) -> tuple[Result, ...]:
    if code or not out.exists():
        last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
        raise ReaderError(f"{bench.name} ended with exit code {code}: {last}", "Please report it.")
    answer = json.loads(out.read_text(encoding="utf-8"))
    if isinstance(answer, dict):
        raise ReaderError(answer["problem"], answer["remedy"])
    return tuple(Result(**one) for one in answer)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and all that it started (an archive, a curl), by asking, then by force.

    An interrupt would not do: Qt prints what is raised in its callbacks and goes on.
    """
    if os.name != "posix":
        process.kill()
        process.wait()
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        _tell(process, sign)
        end = monotonic() + LEAVE_S
        while (alive := _tell(process, 0)) and monotonic() < end:
            sleep(0.02)
        if not alive:
            return


def _tell(process: "subprocess.Popen[bytes]", sign: int) -> bool:
    """Signal the process's group (0: only ask); whether any of it is still there."""
    process.poll()
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return False
    return True
