"""Draws the worklist's cells without the style sheet's machinery: a page of rows within one display refresh."""

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from readingroom.ui.theme import Theme
from readingroom.ui.windows.worklist_table import (
    COLUMNS,
    IMAGES,
    PATIENT,
    STATE,
    STATE_WORDS,
    Index,
    WorklistModel,
    ink,
)
from readingroom.worklist.entry import DRAFT, FAILED, SENDING, SIGNED, UNREAD, Entry

STATE_COLOURS = {UNREAD: "text", DRAFT: "accent", SENDING: "amber", SIGNED: "green", FAILED: "red"}
STATE_GROUNDS = {
    UNREAD: "raised",
    DRAFT: "accent-faint",
    SENDING: "amber-deep",
    SIGNED: "green-deep",
    FAILED: "red-deep",
}
PADDING_PX = 10
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class WorklistCells(QStyledItemDelegate):
    """Each cell's ground, then its words elided, or the state of the report as a chip."""

    def __init__(self, theme: Theme, model: WorklistModel, font: QFont, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._colours = {name: theme.colour(name) for name in theme.colours}
        self._plain, self._strong = QFont(font), QFont(font)
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._measures = QFontMetrics(self._plain), QFontMetrics(self._strong)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        entry = self._model.entry(index.row())
        if entry is None:
            return
        column, state, rect = index.column(), option.state, option.rect
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._colours["accent-faint"])
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._colours["raised"])
        if column == STATE:
            self._chip(painter, QRectF(rect), entry)
            return
        strong = column == PATIENT and entry.state == UNREAD
        room = rect.adjusted(PADDING_PX, 0, -PADDING_PX, 0)
        words = COLUMNS[column][2](entry)
        measures = self._measures[strong]
        if measures.horizontalAdvance(words) > room.width():
            words = measures.elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.setFont(self._strong if strong else self._plain)
        selected = bool(state & QStyle.StateFlag.State_Selected) and not entry.row.conflict
        painter.setPen(self._colours["bright" if selected else ink(entry, column)])
        painter.drawText(room, RIGHT if column == IMAGES else LEFT, words)

    def _chip(self, painter: QPainter, rect: QRectF, entry: Entry) -> None:
        words = STATE_WORDS[entry.state]
        width = self._measures[0].horizontalAdvance(words) + 18
        chip = QRectF(rect.left() + PADDING_PX, rect.center().y() - 9.5, width, 19)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours[STATE_GROUNDS[entry.state]])
        painter.drawRoundedRect(chip, 9.5, 9.5)
        painter.setFont(self._plain)
        painter.setPen(self._colours[STATE_COLOURS[entry.state]])
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)
