"""Before the windows open: a bar for the first start, and a plain word when the desk cannot open."""

from PySide6.QtCore import QEventLoop, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QProgressBar, QPushButton, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.ui.theme import Theme


class FirstStart(QWidget):
    """A small window with what is being made, how far it is, and a way out."""

    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("FirstStart")
        self.setWindowTitle("Reading Room")
        self.setFixedSize(520, 190)
        self._loop = QEventLoop()
        self._finished = False
        title = QLabel("Preparing the demo region")
        title.setObjectName("Title")
        self._text = QLabel("Three trusts, made once on this machine and kept.")
        self._text.setObjectName("Faint")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._count = QLabel("")
        self._count.setObjectName("Faint")
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self._cancel)
        foot = QHBoxLayout()
        foot.addWidget(self._count, 1)
        foot.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(10)
        for widget in (title, self._text, self._bar):
            column.addWidget(widget)
        column.addStretch(1)
        column.addLayout(foot)

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self._bar.setRange(0, max(0, progress.total))
        self._bar.setValue(progress.done)
        self._count.setText(f"{progress.done} of {progress.total} {progress.unit}" if progress.total else "")
        if progress.text:
            self._text.setText(progress.text)

    def wait(self) -> None:
        """Stay here until the work is finished."""
        if not self._finished:
            self._loop.exec()
        self.hide()

    def finish(self) -> None:
        """The work is over."""
        self._finished = True
        self._loop.quit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window cancels the work; it goes when the work has stopped."""
        if not self._finished:
            self._cancel()
            event.ignore()

    def _cancel(self) -> None:
        self._text.setText("Stopping…")
        self.cancelled.emit()


def say(error: ReaderError, theme: Theme) -> None:
    """A problem and its remedy in a window of their own."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Reading Room", error.problem)
    box.setInformativeText(error.remedy)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()
