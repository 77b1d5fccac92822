"""What a reader's hand does to a viewport, in image coordinates and in pixels of the glass."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from readingroom.ui.viewport import Viewport

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
PLAIN = Qt.KeyboardModifier.NoModifier


def at(viewport: Viewport, x: float, y: float) -> QPoint:
    """Where an image point lies on the viewport, in layout pixels."""
    camera = viewport.camera()
    assert camera is not None
    px, py = camera.to_screen(x, y)
    return QPoint(round(px / viewport.ratio), round(py / viewport.ratio))


def drag(
    widget: QWidget, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT,
    held: Qt.KeyboardModifier = PLAIN, steps: int = 4,
) -> None:  # fmt: skip
    """Press, move in steps, release."""
    QTest.mousePress(widget, button, held, start)
    for step in range(1, steps + 1):
        QTest.mouseMove(widget, start + (end - start) * step / steps)
        QApplication.processEvents()
    QTest.mouseRelease(widget, button, held, end)
    QApplication.processEvents()


def turn_wheel(widget: QWidget, notches: int, held: Qt.KeyboardModifier = PLAIN) -> None:
    """Turn the wheel over the middle of a widget; positive is towards the reader: on through the stack."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, -120 * notches), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def press(widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, key, held)
    QApplication.processEvents()


def hover(widget: QWidget, spot: QPoint) -> None:
    """Move the pointer over a widget with no button held."""
    there = QPointF(spot)
    event = QMouseEvent(
        QEvent.Type.MouseMove, there, widget.mapToGlobal(there), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, PLAIN
    )
    QApplication.sendEvent(widget, event)
