"""A line to type into beside what was just drawn: words for an arrow, a vertebra's name, millimetres of a line."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

WIDTH_PX = 220
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class AskBox(QLineEdit):
    """Enter gives what was typed, Escape and nothing typed drop it; leaving it is Enter. It answers once and goes."""

    def __init__(
        self,
        parent: QWidget,
        at: QPoint,
        hint: str,
        text: str,
        done: Callable[[str], None],
        dropped: Callable[[], None],
    ) -> None:
        super().__init__(text, parent)
        self._done, self._dropped, self._answered = done, dropped, False
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setFixedWidth(WIDTH_PX)
        self.adjustSize()
        x = max(0, min(at.x() + 12, parent.width() - WIDTH_PX))
        y = max(0, min(at.y() - self.height() // 2, parent.height() - self.height()))
        self.move(x, y)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def answer(self, drop: bool = False) -> None:
        """Give what was typed, or drop it; later answers are none."""
        if self._answered:
            return
        self._answered = True
        text = self.text().strip()
        self.hide()
        self.deleteLater()
        if text and not drop:
            self._done(text)
        else:
            self._dropped()
        if isinstance(parent := self.parent(), QWidget):
            parent.setFocus()

    def event(self, event: QEvent) -> bool:
        """Enter and Escape are the box's own, whatever they do in the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _ENDS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape end it; every other key is typed and fires nothing else."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.answer()
        elif event.key() == Qt.Key.Key_Escape:
            self.answer(drop=True)
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Clicking elsewhere keeps what was typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.answer()
