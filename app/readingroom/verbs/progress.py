"""Progress on a terminal: what is done, what is left, the rate; nothing where nobody looks."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from readingroom.base.jobs import Progress


@contextmanager
def shown_progress(title: str) -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr for the time of a piece of work; call the answer with each Progress."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeRemainingColumn())  # fmt: skip
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None, rate="")

        def show(progress: Progress) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:.0f} {progress.unit}/s" if speed else ""
            text = f"{title}: {progress.text}" if progress.text else title
            bar.update(task, completed=progress.done, total=progress.total or None, description=text, rate=rate)

        yield show
