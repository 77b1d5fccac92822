"""Exports and imports of the desk: one piece of work off the reader's thread, told as it goes, stopped when it is asked to."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Lane, Progress, Ticket
from readingroom.base.log import unforeseen
from readingroom.record.deidentify import burned_in_risk
from readingroom.record.study import Study
from readingroom.session.desk import Desk, Doors
from readingroom.session.exporting import Exported, ExportOrder, export_study
from readingroom.session.importing import Imported, import_paths

EXPORT, IMPORT = "110106", "110107"
"""Event identifiers of DICOM's audit messages (PS3.16 CID 400)."""

Tell = Callable[[Progress], None]


class MediaWork[Result]:
    """One export or import. `done` is told its result, or None where it was stopped; `failed` why it could not be."""

    def __init__(
        self, desk: Desk, tell: Tell, done: Callable[[Result | None], None], failed: Callable[[ReaderError], None]
    ) -> None:
        self._desk, self._tell, self._done, self._failed = desk, tell, done, failed
        self._stop = Ticket()
        # Stopping must still come home: only leaving the dialog makes nobody listen any more.
        self._listening = Ticket()

    def start(self, job: Callable[[Doors, Ticket, Tell, str], Result]) -> None:
        """Begin."""
        desk = self._desk
        desk.pools.io.submit(
            _stoppable, job, desk.doors, self._stop, self._told, desk.settings.reader.name,
            done=self._done, failed=self._trouble, ticket=self._listening, lane=Lane.NEXT,
        )  # fmt: skip

    def stop(self) -> None:
        """Go no further; what was begun is taken away again, and then `done` is told None."""
        self._stop.cancel()

    def forget(self) -> None:
        """Go no further, and tell nobody."""
        self._stop.cancel()
        self._listening.cancel()

    def _told(self, progress: Progress) -> None:
        self._desk.pools.home.bring(lambda: None if self._listening.cancelled else self._tell(progress))

    def _trouble(self, error: Exception) -> None:
        self._failed(error if isinstance(error, ReaderError) else unforeseen(error, "exporting or importing"))


def _stoppable[Result](
    job: Callable[[Doors, Ticket, Tell, str], Result], doors: Doors, stop: Ticket, tell: Tell, reader: str
) -> Result | None:
    try:
        return job(doors, stop, tell, reader)
    except Cancelled:
        return None


def export_job(order: ExportOrder) -> Callable[[Doors, Ticket, Tell, str], Exported]:
    """The export of an order, with its event in the audit trail."""
    return partial(_export, order)


def _export(order: ExportOrder, doors: Doors, stop: Ticket, tell: Tell, reader: str) -> Exported:
    exported = export_study(doors.region, doors.shelf, doors.media, order, stop, tell)
    without = f" without the patient, as {exported.case}" if exported.deidentified else ""
    doors.audit.record(EXPORT, order.study_uid, f"{len(exported.files)} files to {order.to}{without}", reader)
    return exported


def import_job(paths: Sequence[Path]) -> Callable[[Doors, Ticket, Tell, str], Imported]:
    """The import of paths, with an event for each study in the audit trail."""
    return partial(_import, tuple(paths))


def _import(paths: tuple[Path, ...], doors: Doors, stop: Ticket, tell: Tell, reader: str) -> Imported:
    imported = import_paths(doors.shelf, paths, tell, stop)
    for study_uid, count in imported.studies.items():
        doors.audit.record(IMPORT, study_uid, f"{count} objects from {paths[0]}", reader)
    return imported


def warnings_before(study: Study | None, deidentify: bool) -> tuple[str, ...]:
    """What the reader must know before an export, as far as the study's metadata tells; study: None while not known."""
    if not deidentify:
        return ("Name, number and birth date of the patient go along: give it only to who may have them.",)
    said = ["Descriptions, private elements, overlays and comments are removed; reports and documents are left out."]
    modalities = study.modalities if study is not None else ()
    if any(burned_in_risk(modality) for modality in modalities):
        kinds = "/".join(modality for modality in modalities if burned_in_risk(modality))
        said.append(f"{kinds} images may show the patient's name in their pixels: look at each of them first.")
    return tuple(said)
