"""What would change: the studies of this desk's disk hung with a protocol and without it, told study by study."""

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Progress
from readingroom.hanging.drafting import replaced_in
from readingroom.hanging.protocol import Protocol
from readingroom.session.desk import Desk
from readingroom.session.media_work import MediaWork
from readingroom.session.simulating import Simulation, simulate_job
from readingroom.ui.polish import label


class SimulationDialog(QDialog):
    """A bar with a way to stop, then each study whose layout would be another, and why."""

    def __init__(self, parent: QWidget, desk: Desk, protocol: Protocol) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"What “{protocol.name}” would change – Reading Room")
        self.resize(820, 520)
        self.setModal(False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.count = label("Hanging the studies on this desk…", "Bright", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.leave = QPushButton("Stop")
        self.leave.clicked.connect(self._stop_or_close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        for widget in (self.count, self.bar, self.text):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave)
        column.addLayout(row)
        self.work: MediaWork[Simulation] | None = MediaWork(desk, self._progress, self._ended, self._failed)
        before = desk.protocols()
        self.work.start(simulate_job(before, replaced_in(before, protocol), desk.glass))

    def _progress(self, progress: Progress) -> None:
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)

    def _rest(self) -> None:
        self.work = None
        self.bar.hide()
        self.leave.setText("Close")

    def _ended(self, found: Simulation | None) -> None:
        self._rest()
        if found is None:
            self.count.setText("Stopped.")
            return
        unread = f" {len(found.unread)} could not be read." if found.unread else ""
        if not found.looked_at:
            self.count.setText(f"There is no study on this desk's disk to try it on.{unread}")
            return
        many = len(found.changed)
        self.count.setText(f"{many} of {found.looked_at} studies on this desk would hang otherwise.{unread}")
        lines = [
            line for one in found.changed for line in (one.words, *(f"    {place}" for place in one.viewports), "")
        ]
        self.text.setPlainText("\n".join(lines))

    def _failed(self, error: ReaderError) -> None:
        self._rest()
        self.count.setText(f"{error.problem} {error.remedy}")

    def _stop_or_close(self) -> None:
        if self.work is None:
            self.close()
        else:
            self.work.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leaving stops it."""
        if self.work is not None:
            self.work.forget()
        super().closeEvent(event)
