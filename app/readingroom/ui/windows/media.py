"""Export and import: what goes where, what must be known before, how far it is, and what came of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.record.deidentify import REMOVED, SHIFTED
from readingroom.record.media import DISC, FOLDER, ISO
from readingroom.record.study import Study
from readingroom.session.desk import Desk
from readingroom.session.exporting import Exported, ExportOrder
from readingroom.session.importing import Imported
from readingroom.session.media_work import MediaWork, export_job, import_job, warnings_before
from readingroom.ui.polish import label

KINDS = ((FOLDER, "Folder"), (DISC, "Folder for a disc, with DICOMDIR"), (ISO, "ISO image of a disc"))
DATES = ((REMOVED, "dates removed"), (SHIFTED, "dates moved, their distances kept"))


class MediaDialog[Result](QDialog):
    """A form, a bar with a way to stop, and the outcome; closing it stops the work."""

    def __init__(self, parent: QWidget, desk: Desk, title: str, verb: str) -> None:
        super().__init__(parent)
        self._desk = desk
        self.work: MediaWork[Result] | None = None
        self._told: Callable[[Result], str] | None = None
        self.setWindowTitle(f"{title} – Reading Room")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 420)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 18)
        self._column.setSpacing(12)
        self._column.addWidget(label(title, "Title"))
        self.form = QWidget()
        self.form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._column.addWidget(self.form)
        self._before = label("", "Amber", wrap=True)
        self._column.addWidget(self._before)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        self._count = label("", "Faint")
        self._outcome = label("", "", wrap=True)
        self._outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside = QScrollArea()
        inside.setWidgetResizable(True)
        self._outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        inside.setWidget(self._outcome)
        for widget in (self.bar, self._count):
            self._column.addWidget(widget)
        self._column.addWidget(inside, 1)
        self._column.addLayout(self._foot(verb))

    def _foot(self, verb: str) -> QHBoxLayout:
        self.go = QPushButton(verb)
        self.go.setObjectName("Primary")
        self.go.setDefault(True)
        self.leave = QPushButton("Close")
        self.leave.clicked.connect(self.stop_or_close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.go)
        return row

    def stop_or_close(self) -> None:
        """Stop what runs; close where nothing runs."""
        if self.work is None:
            self.close()
            return
        self._count.setText("Stopping…")
        self.work.stop()

    @property
    def outcome(self) -> str:
        """What stands as the outcome."""
        return self._outcome.text()

    def _run(self, job: Callable[..., Result], told: Callable[[Result], str]) -> None:
        self._told = told
        self._outcome.setText("")
        self.form.setEnabled(False)
        self.go.setEnabled(False)
        self.leave.setText("Stop")
        self.bar.setRange(0, 0)
        self.bar.show()
        self.work = MediaWork(self._desk, self._show_progress, self._ended, self._failed)
        self.work.start(job)

    def _show_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, max(0, progress.total))
        self.bar.setValue(progress.done)
        self._count.setText(f"{progress.done} of {progress.total} {progress.unit}   {progress.text}")

    def _rest(self) -> None:
        self.work = None
        self.form.setEnabled(True)
        self.go.setEnabled(True)
        self.leave.setText("Close")
        self.bar.hide()
        self._count.setText("")

    def _ended(self, result: Result | None) -> None:
        self._rest()
        if result is None or self._told is None:
            self._outcome.setText(
                "Stopped. What was begun was taken away again; what was fetched or taken in stays here."
            )
        else:
            self._outcome.setText(self._told(result))

    def _failed(self, error: ReaderError) -> None:
        self._rest()
        self._outcome.setText(f"{error.problem}\n{error.remedy}")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leaving stops the work; what was begun is taken away again."""
        if self.work is not None:
            self.work.forget()
        super().closeEvent(event)


class ExportDialog(MediaDialog[Exported]):
    """One study to a folder, a disc or an image of one, with its patient or as a teaching case."""

    def __init__(self, parent: QWidget, desk: Desk, study_uid: str, words: str, study: Study | None) -> None:
        super().__init__(parent, desk, "Export", "Export")
        self._study_uid, self._study = study_uid, study
        self.go.clicked.connect(self.begin)
        grid = QGridLayout(self.form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.addWidget(label(words, "Bright", wrap=True), 0, 0, 1, 3)
        self.kind = QComboBox()
        for kind, name in KINDS:
            self.kind.addItem(name, kind)
        self.to = QLineEdit()
        self.to.setPlaceholderText("a new or empty folder")
        choose = QPushButton("Choose…")
        choose.clicked.connect(self._choose)
        self.without = QCheckBox("Teaching case: without the patient (PS3.15 Basic Profile)")
        self.dates = QComboBox()
        for dates, name in DATES:
            self.dates.addItem(name, dates)
        self.seen = QCheckBox("I looked at the images that may show a name: none does")
        for row, (name, widget) in enumerate((("As", self.kind), ("To", self.to)), 1):
            grid.addWidget(label(name, "Faint"), row, 0)
            grid.addWidget(widget, row, 1)
        grid.addWidget(choose, 2, 2)
        grid.addWidget(self.without, 3, 1)
        grid.addWidget(self.dates, 4, 1)
        grid.addWidget(self.seen, 5, 1)
        grid.setColumnStretch(1, 1)
        self.without.toggled.connect(lambda _: self._judge())
        self.kind.currentIndexChanged.connect(lambda _: self._judge())
        self._judge()

    def _judge(self) -> None:
        iso = self.kind.currentData() == ISO
        self.to.setPlaceholderText("a new file, e.g. case.iso" if iso else "a new or empty folder")
        for widget in (self.dates, self.seen):
            widget.setVisible(self.without.isChecked())
        self._before.setText("\n".join(warnings_before(self._study, self.without.isChecked())))

    def _choose(self) -> None:
        if self.kind.currentData() == ISO:
            found, _ = QFileDialog.getSaveFileName(self, "ISO image", self.to.text() or "case.iso", "ISO image (*.iso)")
        else:
            found = QFileDialog.getExistingDirectory(self, "An empty folder", self.to.text())
        if found:
            self.to.setText(found)

    def begin(self) -> None:
        """Export as the form says."""
        if not self.to.text().strip():
            self._outcome.setText("Say where to: choose a place.")
            return
        order = ExportOrder(
            self._study_uid, Path(self.to.text().strip()).expanduser().absolute(), str(self.kind.currentData()),
            self.without.isChecked(), str(self.dates.currentData()), self.seen.isChecked(),
        )  # fmt: skip
        self._run(export_job(order), self.told)

    def told(self, result: Exported) -> str:
        """How many files there are, and every warning."""
        head = f"{len(result.files)} files are there, whole."
        if result.deidentified:
            head = f"{len(result.files)} files are there, as teaching case {result.case}."
        return "\n".join((head, *result.warnings))


class ImportDialog(MediaDialog[Imported]):
    """A folder, a disc, a USB stick or a ZIP file onto this desk."""

    def __init__(self, parent: QWidget, desk: Desk, imported: Callable[[], None]) -> None:
        super().__init__(parent, desk, "Import", "Import")
        self._imported = imported
        self.go.clicked.connect(self.begin)
        row = QHBoxLayout(self.form)
        row.setContentsMargins(0, 0, 0, 0)
        self.source = QLineEdit()
        self.source.setPlaceholderText("a folder, a disc, an ISO image or a ZIP file")
        folder, file = QPushButton("Folder or disc…"), QPushButton("File…")
        folder.clicked.connect(lambda: self._put(QFileDialog.getExistingDirectory(self, "Folder or disc")))
        file.clicked.connect(lambda: self._put(QFileDialog.getOpenFileName(self, "File")[0]))
        for widget in (self.source, folder, file):
            row.addWidget(widget)
        self._before.hide()

    def _put(self, found: str) -> None:
        if found:
            self.source.setText(found)

    def begin(self) -> None:
        """Import what the form names."""
        if not self.source.text().strip():
            self._outcome.setText("Say what: choose a folder, a disc or a file.")
            return
        self._run(import_job([Path(self.source.text().strip()).expanduser()]), self.told)

    def told(self, result: Imported) -> str:
        """How much is here now, and what was refused, file by file."""
        self._imported()
        studies = f"{len(result.studies)} {'study' if len(result.studies) == 1 else 'studies'}"
        lines = [f"{result.objects} objects of {studies} are on this desk now; they stand in the worklist."]
        if not result.objects:
            lines = ["Nothing was taken in."]
        if result.refused:
            lines.append(f"{len(result.refused)} of {result.files} files were refused:")
        lines += [f"{one.path}: {one.problem} {one.remedy}" for one in result.refused]
        return "\n".join(lines)
