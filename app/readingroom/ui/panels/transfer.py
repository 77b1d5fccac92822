"""The curve of a rendering: which values keep back how much light, changed by hand and by keys."""

from collections.abc import Callable
from math import hypot

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from readingroom.display.transfer import Transfer
from readingroom.ui.theme import Theme

GRIP_PX, EDGE_PX = 9.0, 14.0
STEP_VALUE, STEP_OPACITY = 0.01, 0.02
_MARGIN = 0.15
_OWN = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete)


class TransferCurve(QWidget):
    """Drag a point; a double click adds one, Del takes one away; Tab chooses, arrows move what is chosen."""

    def __init__(self, theme: Theme, changed: Callable[[Transfer], None]) -> None:
        super().__init__()
        self._theme, self._changed = theme, changed
        self._transfer: Transfer | None = None
        self._held: int | None = None
        self.chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(220, 110)
        self.setAccessibleName("Opacity by value")
        self.setToolTip("Drag a point; double click: another; Del: away; Tab and arrows by keyboard")

    def show_transfer(self, transfer: Transfer) -> None:
        """Show a curve; nothing is told."""
        self._transfer = transfer
        self.chosen = min(self.chosen, len(transfer.opacity) - 1)
        self.update()

    def _range(self) -> tuple[float, float]:
        assert self._transfer is not None
        values = [at for at, _ in self._transfer.opacity]
        wide = max(1.0, values[-1] - values[0])
        return values[0] - _MARGIN * wide, values[-1] + _MARGIN * wide

    def place(self, value: float, opacity: float) -> QPointF:
        """Where a point of the curve is drawn."""
        low, high = self._range()
        wide, tall = self.width() - 2 * EDGE_PX, self.height() - 2 * EDGE_PX
        return QPointF(EDGE_PX + (value - low) / (high - low) * wide, EDGE_PX + (1 - opacity) * tall)

    def _value(self, at: QPointF) -> tuple[float, float]:
        low, high = self._range()
        wide, tall = max(1.0, self.width() - 2 * EDGE_PX), max(1.0, self.height() - 2 * EDGE_PX)
        return low + (at.x() - EDGE_PX) / wide * (high - low), 1 - (at.y() - EDGE_PX) / tall

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curve, its points in their colours, the values at its ends."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.colour("ground"))
            if self._transfer is None:
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            points = [self.place(*point) for point in self._transfer.opacity]
            painter.setPen(QPen(self._theme.colour("accent"), 1.5))
            painter.drawPolyline(QPolygonF(points))
            for n, point in enumerate(points):
                painter.setBrush(QColor(*self._colour_at(self._transfer.opacity[n][0])))
                wide = 2.5 if n == self.chosen and self.hasFocus() else 1.0
                painter.setPen(QPen(self._theme.colour("accent"), wide))
                painter.drawEllipse(point, 5, 5)
            painter.setPen(self._theme.colour("text"))
            value, opacity = self._transfer.opacity[self.chosen]
            said = f"{value:.0f}  ·  {opacity:.2f} per mm"
            painter.drawText(QRectF(self.rect()).adjusted(6, 2, -6, -2), Qt.AlignmentFlag.AlignTop, said)

    def _colour_at(self, value: float) -> tuple[int, int, int]:
        assert self._transfer is not None
        return min(self._transfer.colour, key=lambda point: abs(point[0] - value))[1]

    def _nearest(self, at: QPointF) -> int | None:
        if self._transfer is None:
            return None
        places = [self.place(*point) - at for point in self._transfer.opacity]
        found = min(range(len(places)), key=lambda n: hypot(places[n].x(), places[n].y()))
        return found if hypot(places[found].x(), places[found].y()) <= GRIP_PX else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a point."""
        self._held = self._nearest(event.position())
        if self._held is not None:
            self.chosen = self._held
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The point follows, never past its neighbours."""
        if self._held is not None and self._transfer is not None:
            self._tell(self._transfer.moved(self._held, *self._value(event.position())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The point stays."""
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One point more."""
        if self._transfer is not None and self._nearest(event.position()) is None:
            value, opacity = self._value(event.position())
            self._tell(self._transfer.added(value, opacity))

    def event(self, event: QEvent) -> bool:
        """The keys that move points are the curve's own while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the chosen point, Del takes it away."""
        low, high = self._range() if self._transfer is not None else (0.0, 1.0)
        by = {
            Qt.Key.Key_Left: (-STEP_VALUE, 0.0), Qt.Key.Key_Right: (STEP_VALUE, 0.0),
            Qt.Key.Key_Up: (0.0, STEP_OPACITY), Qt.Key.Key_Down: (0.0, -STEP_OPACITY),
        }.get(Qt.Key(event.key()))  # fmt: skip
        if self._transfer is not None and by is not None:
            value, opacity = self._transfer.opacity[self.chosen]
            self._tell(self._transfer.moved(self.chosen, value + by[0] * (high - low), opacity + by[1]))
        elif self._transfer is not None and event.key() == Qt.Key.Key_Delete:
            self._tell(self._transfer.removed(self.chosen))
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab goes from point to point, and past the last one on."""
        last = len(self._transfer.opacity) - 1 if self._transfer is not None else 0
        wanted = self.chosen + (1 if following else -1)
        if not 0 <= wanted <= last:
            return super().focusNextPrevChild(following)
        self.chosen = wanted
        self.update()
        return True

    def _tell(self, transfer: Transfer) -> None:
        self.show_transfer(transfer)
        self._changed(transfer)
