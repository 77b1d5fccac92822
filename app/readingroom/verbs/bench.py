"""readingroom bench: the project's own figures, each beside a limit or a peer of the same run."""

import argparse
import shutil
import sys
from contextlib import ExitStack
from io import StringIO
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.bench.apart import run_apart
from readingroom.bench.catalogue import BENCHES, chosen
from readingroom.bench.display import display
from readingroom.bench.result import Result
from readingroom.settings.places import Profile
from readingroom.verbs.front import Answer
from readingroom.verbs.progress import shown_progress

MOST_RUNS = 100
HEADS = ("", "median", "limit", "ratio", "goal", "min–max", "runs", "beside")
LEFT = ("", "beside")


def declare(parser: argparse.ArgumentParser) -> None:
    """Names of benchmarks or figures; all without."""
    names = ", ".join(bench.name for bench in BENCHES)
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"some of: {names}, or one of their figures")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="counted runs of each (default 5)")
    parser.add_argument("--list", action="store_true", help="what can be measured")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Run them one after the other, each in a process of its own; exit 1 where one could not be run."""
    if options.list:
        return _listed()
    if not 1 <= options.runs <= MOST_RUNS:
        raise ReaderError(f"There cannot be {options.runs} runs.", f"--runs takes 1 to {MOST_RUNS}.")
    wanted = chosen(options.name)
    results: list[Result] = []
    skipped: list[dict[str, str]] = []
    with ExitStack() as stack:
        progress = stack.enter_context(shown_progress("bench"))
        on_glass = any(bench.on_glass for bench, _ in wanted)
        variables = stack.enter_context(display()) if on_glass else {}
        for done, (bench, figures) in enumerate(wanted):
            progress(Progress(done, len(wanted), "benchmarks", bench.name))
            try:
                found = run_apart(bench, options.runs, variables)
            except ReaderError as error:
                skipped.append({"name": bench.name, "problem": error.problem, "remedy": error.remedy})
                continue
            results += [one for one in found if one.name.removesuffix("-gpu") in figures]
    fields = {"results": [_fields(one) for one in results], "skipped": skipped}
    lines = (*_table(results), *(f"not run: {one['name']}: {one['problem']} {one['remedy']}" for one in skipped))
    return Answer(fields, lines, 1 if skipped else 0)


def _listed() -> Answer:
    width = max(len(bench.name) for bench in BENCHES)
    lines: list[str] = []
    for bench in BENCHES:
        lines.append(f"{bench.name:<{width}}  {bench.says}")
        if bench.figures != (bench.name,):
            lines.append(f"{'':<{width}}    {', '.join(bench.figures)}")
    benches = [{"name": one.name, "says": one.says, "figures": list(one.figures)} for one in BENCHES]
    return Answer({"benches": benches}, tuple(lines))


def _fields(one: Result) -> dict[str, Any]:
    ratio = one.ratio
    return {
        "name": one.name, "value": round(one.value, 4), "unit": one.unit, "limit": round(one.limit, 4),
        "ratio": None if ratio is None else round(ratio, 3), "runs": one.runs, "peer": one.peer, "goal": one.goal,
        "spread": [round(one.low, 4), round(one.high, 4)], "note": one.note,
    }  # fmt: skip


def _table(results: list[Result]) -> list[str]:
    """Aligned text, in colour on a terminal: a ratio beyond its goal stands out."""
    if not results:
        return []
    if sys.stdout.isatty():
        return _coloured(results)
    rows = [HEADS, *map(_row, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return [
        "  ".join(
            f"{cell:<{width}}" if head in LEFT else f"{cell:>{width}}"
            for head, cell, width in zip(HEADS, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _coloured(results: list[Result]) -> list[str]:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in HEADS:
        table.add_column(head, justify="left" if head in LEFT else "right", no_wrap=head != "beside")
    for one in results:
        style = None if one.goal is None or one.ratio is None else "green" if one.ratio <= one.goal else "red"
        table.add_row(*_row(one), style=style)
    out = StringIO()
    Console(file=out, force_terminal=True, width=shutil.get_terminal_size().columns).print(table)
    return out.getvalue().rstrip("\n").split("\n")


def _row(one: Result) -> tuple[str, ...]:
    ratio = f"{one.ratio:.2f}×" if one.ratio is not None else ""
    goal = f"≤ {one.goal:g}×" if one.goal is not None else ""
    beside = f"{one.peer}; {one.note}" if one.note else one.peer
    return (
        one.name, f"{one.value:.2f} {one.unit}", f"{one.limit:.2f} {one.unit}", ratio, goal,
        f"{one.low:.2f}–{one.high:.2f}", str(one.runs), beside,
    )  # fmt: skip
