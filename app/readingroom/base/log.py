"""The log: what the program did, never who the patient is."""

import logging
import sys
from pathlib import Path

from readingroom.base.errors import ReaderError

LOG = logging.getLogger("readingroom")


def start_log(path: Path | None, verbose: bool = False) -> None:
    """Write the log to a file (rotated by start: the last one is kept as .1) and warnings to stderr.

    Where the file cannot be written the work goes on without it, and a warning says so.
    """
    LOG.setLevel(logging.DEBUG if verbose else logging.INFO)
    LOG.propagate = False
    LOG.handlers.clear()
    shape = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    glass = logging.StreamHandler(sys.stderr)
    glass.setLevel(logging.WARNING)
    glass.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    LOG.addHandler(glass)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.replace(path.with_suffix(".1.log"))
        file = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        LOG.warning("no log is kept: %s cannot be written (%s)", path, error.strerror or error)
        return
    file.setFormatter(shape)
    LOG.addHandler(file)


def unforeseen(error: Exception, doing: str) -> ReaderError:
    """A defect in the reader's words; the log has the rest."""
    LOG.error("unforeseen while %s", doing, exc_info=error)
    return ReaderError(
        f"Something unforeseen went wrong while {doing} ({type(error).__name__}).", "The log tells more."
    )
