"""readingroom bench: the project's own figures, each beside a limit or a peer of the same run."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.bench.result import Result
from readingroom.settings.places import Profile
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

BENCHES = {
    "start": "from nothing to a usable worklist",
    "wire": "first image, whole series, cache and memory from Orthanc beside curl",
    "scroll": "frame times of the viewports beside a bare blit",
    "worklist": "20 000 rows filtered and scrolled",
    "journal": "one durable write",
    "decode": "each transfer syntax beside the bare codec",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Names of benchmarks; all without."""
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHES)}; default all")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="counted runs of each (default 5)")
    parser.add_argument("--list", action="store_true", help="what can be measured")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Run them one after the other; exit 1 where one could not be run."""
    if options.list:
        return Answer({"benches": BENCHES}, tuple(f"{name:10} {text}" for name, text in BENCHES.items()))
    unknown = [name for name in options.name if name not in BENCHES]
    if unknown or not 1 <= options.runs <= 100:
        problem = f"There is no benchmark “{unknown[0]}”." if unknown else "--runs takes 1 to 100."
        raise ReaderError(problem, f"Use some of: {', '.join(BENCHES)}.")
    results: list[Result] = []
    skipped: list[dict[str, str]] = []
    names = options.name or list(BENCHES)
    with shown_progress("bench") as progress:
        for done, name in enumerate(names):
            progress(Progress(done, len(names), "benchmarks", name))
            try:
                results += list(_bench(name)(options.runs))
            except ReaderError as error:
                skipped.append({"name": name, "problem": error.problem, "remedy": error.remedy})
    fields = {"results": [_fields(one) for one in results], "skipped": skipped}
    lines = (*_table(results), *(f"not run: {one['name']}: {one['problem']} {one['remedy']}" for one in skipped))
    return Answer(fields, lines, 1 if skipped else 0)


def _bench(name: str) -> Callable[[int], Iterable[Result]]:
    if name == "decode":
        from readingroom.bench.decoding import decoding

        return decoding
    if name == "wire":
        from readingroom.bench.wire import wire

        return wire
    if name == "scroll":
        from readingroom.bench.glass import scroll

        return scroll
    from readingroom.bench import desk_work

    found: Callable[[int], Iterable[Result]] = {
        "start": desk_work.start, "worklist": desk_work.worklist, "journal": desk_work.journal
    }[name]  # fmt: skip
    return found


def _fields(one: Result) -> dict[str, Any]:
    ratio = one.ratio
    return {
        "name": one.name, "value": round(one.value, 4), "unit": one.unit, "limit": round(one.limit, 4),
        "ratio": None if ratio is None else round(ratio, 3), "runs": one.runs, "peer": one.peer, "goal": one.goal,
        "min": round(one.low, 4), "max": round(one.high, 4), "note": one.note,
    }  # fmt: skip


def _table(results: list[Result]) -> list[str]:
    lines = [f"{'':24}{'median':>10}      {'limit':>10} {'ratio':>7} {'goal':>6} {'runs':>5}  beside"]
    for one in results:
        ratio = f"{one.ratio:.2f}×" if one.ratio is not None else ""
        goal = f"{one.goal:g}×" if one.goal is not None else ""
        lines.append(
            f"{one.name:24}{one.value:10.2f} {one.unit:4} {one.limit:10.2f} {ratio:>7} {goal:>6} {one.runs:5}  {one.peer}"
        )
    return lines
