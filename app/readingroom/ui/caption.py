"""Grey words at the foot of a window that is otherwise one picture, pixel for pixel."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter


def draw_caption(painter: QPainter, window: QRect, words: str) -> None:
    """Words on a dark ground in the lower left corner of a window, in layout pixels."""
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    room = QRectF(window).adjusted(24, 24, -24, -24)
    box = painter.boundingRect(room, flags, words).adjusted(-10, -6, 10, 6)
    box.moveBottomLeft(room.bottomLeft())
    painter.fillRect(box, QColor(24, 24, 24))
    painter.setPen(QColor(190, 190, 190))
    painter.drawText(box.adjusted(10, 6, -10, -6), flags, words)
