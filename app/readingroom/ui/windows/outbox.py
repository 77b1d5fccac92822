"""The outbox: what is signed and not yet confirmed by an archive, why, and the way to try again."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from readingroom.display.words import moment
from readingroom.record.search import Waiting
from readingroom.session.desk import Outgoing
from readingroom.ui.polish import label


class OutboxWindow(QDialog):
    """One card per object that waits; nothing here can be deleted."""

    def __init__(self, parent: QWidget, outgoing: Callable[[], Outgoing], send: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Outbox – Reading Room")
        self.resize(720, 460)
        self._outgoing = outgoing
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(label("Outbox", "Title"))
        self._line = label("", "Faint", wrap=True)
        column.addWidget(self._line)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        column.addWidget(self._scroll, 1)
        again = QPushButton("Send again")
        again.setObjectName("Primary")
        again.clicked.connect(send)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(again)
        column.addLayout(row)
        self._again = again
        self.refresh()

    def refresh(self) -> None:
        """Show what waits now."""
        outgoing = self._outgoing()
        waiting = outgoing.waiting
        self._again.setEnabled(bool(waiting))
        self._line.setText(
            "Signed and safe on this desk, not yet confirmed by an archive. Each is tried again by itself every minute."
            if waiting else "Nothing waits: everything signed at this desk was stored and read back equal."
        )  # fmt: skip
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for item in waiting:
            column.addWidget(self._card(item, outgoing.names.get(item.study_uid, item.study_uid)))
        column.addStretch(1)
        self._scroll.setWidget(inside)

    def _card(self, item: Waiting, name: str) -> QWidget:
        card = QWidget()
        card.setObjectName("Concerns")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(3)
        since = datetime.fromisoformat(item.since)
        kind = {"report": "Report", "measurements": "Measurements"}.get(item.kind, item.kind)
        column.addWidget(label(f"{kind} – {name}", "Bright"))
        tries = f", tried {item.attempts} time{'s' if item.attempts != 1 else ''}" if item.attempts else ""
        column.addWidget(label(f"for {item.archive}, signed {moment(since.date(), since.time())}{tries}", "Faint"))
        if item.problem:
            column.addWidget(label(item.problem, "Red", wrap=True))
        if item.remedy:
            column.addWidget(label(item.remedy, "", wrap=True))
        return card
