"""Export… and Import… as commands of both windows."""

from readingroom.display.words import day
from readingroom.session.desk import Desk
from readingroom.session.reading_list import ReadingList
from readingroom.ui.windows.media import ExportDialog, ImportDialog
from readingroom.ui.windows.reading import ReadingWindow
from readingroom.ui.windows.worklist import WorklistWindow


class MediaCommands:
    """Opens the dialogs, on the case that is open or on the row that is chosen."""

    def __init__(self, desk: Desk, reading_list: ReadingList, worklist: WorklistWindow, reading: ReadingWindow) -> None:
        self._desk, self._list, self._worklist, self._reading = desk, reading_list, worklist, reading
        self.dialog: ExportDialog | ImportDialog | None = None
        worklist.offer("list.import", self.import_)
        worklist.offer("list.export", self.export_row)
        reading.actions_.bind("window.export", self.export_case)

    def export_case(self) -> None:
        """Export the case that is open."""
        case = self._desk.case
        if case is not None:
            study = case.study
            words = f"{study.patient.display_name}\n{study.description or '–'}, {day(study.date)}"
            self._show(ExportDialog(self._reading, self._desk, study.uid, words, study))

    def export_row(self) -> None:
        """Export the chosen examination of the worklist."""
        entry = self._worklist.current()
        if entry is not None and not entry.row.conflict:
            row = entry.row
            words = f"{row.patient.display_name}\n{row.description or '–'}, {day(row.date)}"
            self._show(ExportDialog(self._worklist, self._desk, row.study_uid, words, None))

    def import_(self) -> None:
        """Import onto this desk; the list is asked for anew when something came."""
        self._show(ImportDialog(self._worklist, self._desk, self._list.refresh))

    def _show(self, dialog: ExportDialog | ImportDialog) -> None:
        self.dialog = dialog
        dialog.destroyed.connect(lambda: self._gone(dialog))
        dialog.show()

    def _gone(self, dialog: ExportDialog | ImportDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
