"""What stands against a signature: each concern with the way to its field, and a reason where it may be waived."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from readingroom.reporting.check import NOTE, STOP, Concern
from readingroom.ui.polish import label

LEAST_HEIGHT = 150
"""Layout pixels that the concerns take at least, where they need so many; what has no room is scrolled to."""


class ConcernsBox(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, sign: Callable[[dict[str, str]], None], go_to: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("Concerns")
        self._sign, self._go_to = sign, go_to
        self.concerns: tuple[Concern, ...] = ()
        self.reasons: dict[str, QLineEdit] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(8)
        self.hide()

    def show_concerns(self, concerns: tuple[Concern, ...]) -> None:
        """Show these concerns; reasons already typed stay."""
        if concerns == self.concerns:
            return
        typed = {rule: line.text() for rule, line in self.reasons.items()}
        self.concerns = concerns
        self._clear()
        self.setVisible(bool(concerns))
        if not concerns:
            return
        self._column.addWidget(label("BEFORE SIGNING", "Heading"))
        self._column.addWidget(self._rows(concerns, typed), 1)
        self._column.addLayout(self._foot())
        self._judge()

    def _clear(self) -> None:
        self.reasons = {}
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
            elif (layout := item.layout()) is not None:
                while (inner := layout.takeAt(0)) is not None:
                    if (widget := inner.widget()) is not None:
                        widget.hide()
                        widget.deleteLater()

    def _rows(self, concerns: tuple[Concern, ...], typed: dict[str, str]) -> QScrollArea:
        """All of them, to be scrolled where there is no room: a line that is cut is a line that is not read."""
        inner, around = QWidget(), QScrollArea()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        for concern in concerns:
            column.addWidget(self._row(concern, typed))
        around.setWidget(inner)
        around.setWidgetResizable(True)
        around.setFrameShape(QFrame.Shape.NoFrame)
        around.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        around.setMinimumHeight(min(inner.sizeHint().height(), LEAST_HEIGHT))
        return around

    def _row(self, concern: Concern, typed: dict[str, str]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        tone = {STOP: "Red", NOTE: "Faint"}.get(concern.severity, "Amber")
        head = QHBoxLayout()
        head.addWidget(label(concern.text, tone, wrap=True), 1)
        if concern.where:
            show = QPushButton("Show")
            show.clicked.connect(partial(self._go_to, concern.where))
            head.addWidget(show)
        column.addLayout(head)
        if concern.waivable and concern.severity not in (STOP, NOTE) and concern.rule not in self.reasons:
            reason = QLineEdit(typed.get(concern.rule, ""))
            reason.setPlaceholderText("Sign all the same, because…")
            reason.textChanged.connect(self._judge)
            self.reasons[concern.rule] = reason
            column.addWidget(reason)
        return box

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        back = QPushButton("Back to the report")
        back.clicked.connect(lambda: self.show_concerns(()))
        self.anyway = QPushButton("Sign with these reasons")
        self.anyway.setObjectName("Primary")
        self.anyway.clicked.connect(self._sign_anyway)
        row.addStretch(1)
        row.addWidget(back)
        row.addWidget(self.anyway)
        return row

    def _judge(self) -> None:
        stopped = any(c.severity == STOP or not c.waivable for c in self.concerns if c.severity != NOTE)
        self.anyway.setEnabled(not stopped and all(line.text().strip() for line in self.reasons.values()))

    def _sign_anyway(self) -> None:
        self._sign({rule: line.text().strip() for rule, line in self.reasons.items()})
