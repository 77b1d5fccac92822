"""Why this layout: the tree of rules that were met and of what was not taken, in a window of its own."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from readingroom.session.commands.registry import WHY
from readingroom.session.desk import Desk
from readingroom.session.staging import hang_again, next_stage, previous_stage, why
from readingroom.ui.commanded import commanded
from readingroom.ui.pulse import Pulse


class WhyWindow(QWidget):
    """The explanation of the case that is open, following it from stage to stage."""

    def __init__(self, desk: Desk, pulse: Pulse, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("Ground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The keys stay with the images: stages are gone through while this is looked at.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("Why this layout?")
        self.resize(720, 820)
        self._desk, self._pulse, self._closed = desk, pulse, False
        self._shown: tuple[object, ...] = ()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        for words, run in (("Previous stage", previous_stage), ("Next stage", next_stage), ("Hang again", hang_again)):
            button = QPushButton(words)
            button.clicked.connect(lambda _=False, run=run: run(desk))
            column.addWidget(button)
        self._stops = (
            desk.case_changed.listen(lambda _: None if self._closed else pulse.dirty(self, self.refresh)),
            desk.case_opened.listen(self._other_case),
        )
        self.actions_ = commanded(self, desk, WHY, {"why.close": self.close})
        self.refresh()

    def refresh(self) -> None:
        """Show why the case hangs as it does now; what the reader scrolled to in the text stays."""
        case = self._desk.case
        shown = () if case is None else (case.study.uid, case.stage, case.stages, case.is_as_hung, len(case.stacks))
        # Scrolling changes the case as well, and explains nothing anew.
        if self._closed or shown == self._shown:
            return
        self._shown = shown
        place = self.text.verticalScrollBar().value()
        self.text.setPlainText(why(self._desk))
        self.text.verticalScrollBar().setValue(place)

    def _other_case(self, case: object) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Listen no more."""
        self._closed = True
        self._pulse.forget(self)
        for stop in self._stops:
            stop()
        super().closeEvent(event)
