"""The list of measurements as a file for a spreadsheet, written off the reader's thread."""

from functools import partial
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Lane, Ticket
from readingroom.base.log import unforeseen
from readingroom.reporting.measurement_table import table_of
from readingroom.session.desk import Desk, Notice
from readingroom.session.measurement_list import Asked, MeasurementRows, listed


def export_table(desk: Desk, path: Path, asked: Asked | None = None) -> None:
    """Write what the list shows as CSV (reporting.measurement_table); said when it is done, or why it is not."""
    case = desk.case
    if case is None:
        return
    rows = MeasurementRows().rows(case, desk.documents.reports, asked or Asked())
    if not rows:
        desk.notice(ReaderError("The list is empty.", "Measure something, or empty its filter."))
        return
    desk.pools.io.submit(
        write_table, path, table_of(listed(rows)),
        done=partial(_done, desk, path, len(rows)), failed=partial(_failed, desk), ticket=Ticket(), lane=Lane.NOW,
    )  # fmt: skip


def write_table(path: Path, table: bytes) -> None:
    """The file, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(table)
        unfinished.replace(path)
    except (OSError, ValueError) as error:
        unfinished.unlink(missing_ok=True)
        raise ReaderError(f"{path} cannot be written ({error}).", "Choose another folder.") from error


def _done(desk: Desk, path: Path, count: int, _: None) -> None:
    desk.noticed.tell(Notice(f"{count} measurements are in {path}.", "They name the patient's images: keep it safe."))


def _failed(desk: Desk, error: Exception) -> None:
    desk.notice(error if isinstance(error, ReaderError) else unforeseen(error, "writing the table"), "red")
