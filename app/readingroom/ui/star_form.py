"""Why an image is kept: a reason and a note, asked for on the image itself."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from readingroom.reporting.key_selection import MOST_NOTE, TITLES
from readingroom.ui.polish import label

WIDTH_PX = 300
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class StarForm(QFrame):
    """Enter keeps the image with what stands here, Escape drops it; Up and Down change the reason while a note is typed."""

    def __init__(self, parent: QWidget, title: str, done: Callable[[str, str], None]) -> None:
        super().__init__(parent)
        self._done = done
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.reason, self.note = QComboBox(), QLineEdit()
        for name, code in TITLES.items():
            self.reason.addItem(code[2], name)
        self.reason.setCurrentIndex(max(0, self.reason.findData(title)))
        self.note.setPlaceholderText("Note: what is to be seen")
        self.note.setMaxLength(MOST_NOTE)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(label("★ KEY IMAGE", "Heading"))
        column.addWidget(self.reason)
        column.addWidget(self.note)
        column.addWidget(label("Enter keeps it, Escape does not.", "Faint"))
        self.setFixedWidth(min(WIDTH_PX, max(120, parent.width() - 8)))
        self.adjustSize()
        self.move((parent.width() - self.width()) // 2, max(0, (parent.height() - self.height()) // 2))
        for widget in (self.reason, self.note):
            widget.installEventFilter(self)
        self.show()
        self.note.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Enter and Escape are the form's own, whatever they do in the window."""
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if event.key() in (*_ENTER, Qt.Key.Key_Escape):
                if pressed:
                    self.answer(drop=event.key() == Qt.Key.Key_Escape)
                event.accept()
                return True
            if pressed and watched is self.note and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.reason.setCurrentIndex((self.reason.currentIndex() + step) % self.reason.count())
                return True
        return False

    def answer(self, drop: bool = False) -> None:
        """Keep it or not, and go."""
        if self.isHidden():
            return
        self.hide()
        self.deleteLater()
        if not drop:
            self._done(str(self.reason.currentData()), self.note.text())
        if isinstance(parent := self.parent(), QWidget):
            parent.setFocus()
