"""Editors for the fields of a report: a text that grows, a number with its unit, a choice."""

from collections.abc import Callable
from itertools import takewhile

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from readingroom.reporting.template import Field
from readingroom.ui.polish import name_widget

Written = Callable[[str, str], None]
MEASUREMENT_MIME = "application/x-readingroom-measurement"


class GrowingText(QPlainTextEdit):
    """A text editor as tall as what it says."""

    def __init__(self, least_lines: int, dropped: Callable[[str, int], None]) -> None:
        super().__init__()
        self._least = least_lines
        self._dropped = dropped
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().contentsChanged.connect(self._grow)
        self._grow()

    def sizeHint(self) -> QSize:
        """As tall as the text."""
        return QSize(240, self._wanted())

    def _wanted(self) -> int:
        lines = max(self._least, int(self.document().size().height()))
        return int(lines * self.fontMetrics().lineSpacing() + 18)

    def _grow(self) -> None:
        self.setFixedHeight(self._wanted())

    def resizeEvent(self, event: object) -> None:
        """Other width, other lines."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._grow()

    def put(self, text: str) -> None:
        """Change only what differs: the cursor stays with its words, and comes to stand behind what is put in at it."""
        before = self.toPlainText()
        same = _alike(before, text)
        rest = _alike(before[same:][::-1], text[same:][::-1])
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(before[:same]))
        cursor.setPosition(_units(before[: len(before) - rest]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[same : len(text) - rest])

    def letters_before_cursor(self) -> int:
        """Where the cursor stands, counted in letters and not in Qt's UTF-16 units."""
        units = self.toPlainText().encode("utf-16-le", "surrogatepass")
        return len(units[: 2 * self.textCursor().position()].decode("utf-16-le", "replace"))

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """A measurement can be dropped into the text."""
        return source.hasFormat(MEASUREMENT_MIME) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """A measurement becomes a linked number; anything else comes as plain text."""
        if source.hasFormat(MEASUREMENT_MIME):
            uid = bytes(source.data(MEASUREMENT_MIME).data()).decode()
            self._dropped(uid, self.letters_before_cursor())
        else:
            self.insertPlainText(source.text())


def _alike(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _units(text: str) -> int:
    """The length of a text as Qt counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class FieldEditor(QWidget):
    """One field with its label; `written` is told (field id, text) at every change by the reader."""

    def __init__(self, field: Field, written: Written, link: Callable[[str, str, int | None], None]) -> None:
        super().__init__()
        self.field = field
        self._written, self._link = written, link
        self._quiet = False
        self._label = QLabel(field.label)
        name_widget(self._label, "Faint")
        self._editor = self._made()
        self._note = QLabel("")
        self._note.setWordWrap(True)
        self._note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._label)
        if field.unit:
            row = QHBoxLayout()
            row.setSpacing(8)
            unit = QLabel(field.unit)
            name_widget(unit, "Faint")
            row.addWidget(self._editor, 1)
            row.addWidget(unit)
            column.addLayout(row)
        else:
            column.addWidget(self._editor)
        column.addWidget(self._note)

    def _made(self) -> QWidget:
        field = self.field
        if field.kind == "choice":
            box = QComboBox()
            box.addItems(["", *field.choices])
            box.currentTextChanged.connect(self._tell)
            return box
        if field.kind == "number":
            line = QLineEdit()
            line.textChanged.connect(self._tell)
            line.setPlaceholderText("type, or drag here")
            return line
        text = GrowingText(1, lambda uid, position: self._link(field.id, uid, position))
        text.textChanged.connect(lambda: self._tell(text.toPlainText()))
        if field.normal:
            text.setPlaceholderText(field.normal)
        return text

    def _tell(self, text: str) -> None:
        if not self._quiet:
            self._written(self.field.id, text)

    @property
    def editor(self) -> QWidget:
        """The widget that is typed into."""
        return self._editor

    def text(self) -> str:
        """What stands in the field."""
        if isinstance(self._editor, GrowingText):
            return self._editor.toPlainText()
        if isinstance(self._editor, QComboBox):
            return self._editor.currentText()
        assert isinstance(self._editor, QLineEdit)
        return self._editor.text()

    def position(self) -> int | None:
        """Where the cursor stands in a text field, in letters."""
        return self._editor.letters_before_cursor() if isinstance(self._editor, GrowingText) else None

    def show_text(self, text: str) -> None:
        """Show what the draft says; the cursor stays where it was."""
        if self.text() == text:
            return
        self._quiet = True
        if isinstance(self._editor, GrowingText):
            self._editor.put(text)
        elif isinstance(self._editor, QComboBox):
            if self._editor.findText(text) < 0:
                self._editor.addItem(text)
            self._editor.setCurrentText(text)
        elif isinstance(self._editor, QLineEdit):
            self._editor.setText(text)
        self._quiet = False

    def show_state(self, stale: bool, concern: str, writable: bool) -> None:
        """Amber where a number changed since it was dictated, or what a check says of this field."""
        note = concern or ("The measured number changed since it was dictated: look again." if stale else "")
        self._note.setText(note)
        self._note.setVisible(bool(note))
        name_widget(self._note, "Amber")
        if isinstance(self._editor, GrowingText | QLineEdit):
            self._editor.setReadOnly(not writable)
        else:
            self._editor.setEnabled(writable)

    def take_focus(self) -> None:
        """Put the cursor at the end of the field."""
        self._editor.setFocus()
        if isinstance(self._editor, GrowingText):
            self._editor.moveCursor(QTextCursor.MoveOperation.End)

    def fill_normal(self) -> None:
        """Put the normal text in where nothing was written."""
        if self.field.normal and not self.text().strip():
            self._written(self.field.id, self.field.normal)
