"""One viewport: shows its tile of the case, exactly; hands the pointer to the hand."""

from collections.abc import Callable
from time import monotonic, perf_counter

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from readingroom.base.errors import ReaderError
from readingroom.display.camera import Camera
from readingroom.display.compose import Shown, camera_of, compose, unseen
from readingroom.display.picture import Message, Picture, Tone
from readingroom.display.tables import Tables
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.voi import range_voi
from readingroom.record.finding import ImagePoint
from readingroom.render.engine import Engine
from readingroom.session.arranging import to_viewport
from readingroom.session.desk import Desk
from readingroom.session.reads import OnGlass
from readingroom.session.seeing import Seeing
from readingroom.session.shown import on_glass, seen_view, shown_on
from readingroom.ui.ask_box import AskBox
from readingroom.ui.hand import Hand
from readingroom.ui.painter import PicturePainter
from readingroom.ui.panels.tray import STACK_MIME
from readingroom.ui.pulse import Pulse
from readingroom.ui.qimage import as_image
from readingroom.ui.theme import Theme

LENS_PX = 260
LENS_TIMES = 2.0


class Viewport(QWidget):
    """Tile number `tile` of the open case. `painted` tells seconds spent per frame, for measuring."""

    painted = Signal(float)

    def __init__(
        self, desk: Desk, tile: int, engine: Engine, tables: Tables, theme: Theme, pulse: Pulse, seeing: Seeing | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.desk, self.tile = desk, tile
        self.seeing = seeing or Seeing(desk)
        self._engine, self.tables, self._theme, self._pulse = engine, tables, theme, pulse
        self._painter = PicturePainter(theme, self.font())
        self.picture = Picture()
        self._image: QImage | None = None
        self._layers_shown: tuple[object, ...] = ()
        self._composed: OnGlass | None = None
        self.cursor_at: ImagePoint | None = None
        self.lens_at: QPointF | None = None
        self.hand = Hand(self)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(80, 80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def ratio(self) -> float:
        """Device pixels per layout pixel."""
        return float(self.devicePixelRatioF())

    def device_size(self) -> tuple[int, int]:
        """(width, height) in device pixels."""
        return max(1, round(self.width() * self.ratio)), max(1, round(self.height() * self.ratio))

    def frame(self) -> Frame | None:
        """The frame that the tile asks for, if it is here."""
        case = self.desk.case
        ref = case.frame_at(self.tile) if case is not None else None
        return self.desk.frame(ref) if ref is not None else None

    def shown_frame(self) -> Frame | None:
        """What is drawn: the frame, or while it is on its way its preview, on which nothing can be measured."""
        case = self.desk.case
        ref = case.frame_at(self.tile) if case is not None else None
        return self.desk.shown_frame(ref) if ref is not None else None

    def camera(self) -> Camera | None:
        """Where the image lies on this viewport, or None without an image."""
        case, frame = self.desk.case, self.frame()
        if case is None or frame is None or self.tile >= len(case.tiles):
            return None
        return camera_of(seen_view(self.desk, case.tiles[self.tile], frame), frame.facts, *self.device_size())

    def window_to_drag(self, frame: Frame, voi: Voi) -> tuple[Voi, float]:
        """A window that a drag can begin from (a lookup table becomes the range of the pixels), and that range."""
        whole = range_voi(self.seeing.difference(self.desk.case, self.tile, frame))
        return (Voi(whole.centre, whole.width) if voi.table is not None else voi), whole.width

    def device_point(self, at: QPointF) -> tuple[float, float]:
        """A layout point of this widget in device pixels."""
        return at.x() * self.ratio, at.y() * self.ratio

    def image_point(self, at: QPointF) -> ImagePoint | None:
        """The image point under a layout point, or None without an image."""
        camera = self.camera()
        return camera.to_image(*self.device_point(at)) if camera is not None else None

    def ask(self, at: ImagePoint, hint: str, text: str, done: Callable[[str], None]) -> None:
        """Ask for a line of text beside an image point; dropped, nothing was drawn."""
        camera = self.camera()
        px, py = camera.to_screen(*at) if camera is not None else (0.0, 0.0)
        AskBox(self, QPoint(round(px / self.ratio), round(py / self.ratio)), hint, text, done, self.mark_dirty)

    def mark_dirty(self) -> None:
        """Compose and paint at the next refresh of the display."""
        self._pulse.dirty(self, self.refresh)

    def refresh(self) -> None:
        """Compose the picture from the case as it is now, and paint it."""
        started = perf_counter()
        self._compose()
        self.update()
        self.painted.emit(perf_counter() - started)

    def _compose(self) -> None:
        case = self.desk.case
        self._composed = None
        width, height = self.device_size()
        if case is None or self.tile >= len(case.tiles):
            self.picture, self._image = Picture(message=self._why_empty()), None
            return
        if not any(stack.is_image for stack in case.stacks):
            self.picture, self._image = Picture(message=unseen(case.study, case.stacks)), None
            return
        shown: Shown = shown_on(self.desk, case, self.tile, self.hand.drawing, self.cursor_at, width, height)
        view, stack = case.tiles[self.tile], case.stack_at(self.tile)
        frame, shown = self.seeing.seen(view, stack, self.shown_frame(), shown)
        try:
            self.picture = compose(view, stack, frame, shown, width, height, self.tables, self.ratio)
            self._render(width, height)
            if stack is not None and frame is not None and self.picture.layers:
                self._composed = on_glass(self.desk, view, stack, frame, self.tables)
        except ReaderError as error:
            self.picture = Picture(message=Message(error.problem, error.remedy, Tone.RED))
            self._image = None

    def _why_empty(self) -> Message:
        if self.desk.opening:
            return Message("Opening…")
        if self.desk.refused is not None:
            return Message(self.desk.refused.problem, self.desk.refused.remedy, Tone.RED)
        return Message("No case is open.", "Choose one in the worklist (Ctrl+L).")

    def _render(self, width: int, height: int) -> None:
        layers = self.picture.layers
        if not layers:
            self._image, self._layers_shown = None, ()
            return
        asked = (
            width,
            height,
            *((id(la.pixels), id(la.table), la.matrix.tobytes(), la.smooth, la.alpha) for la in layers),
        )
        if asked != self._layers_shown or self._image is None:
            self._image = as_image(self._engine.render(layers, width, height))
            self._layers_shown = asked

    def paintEvent(self, event: QPaintEvent) -> None:
        """The engine's pixels, then lines and words, then the edge of the active viewport."""
        # A painter that an exception leaves open takes the whole program down at the next turn.
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        self._painter.paint(painter, self.picture, self._image, self.width(), self.height(), self.ratio)
        self.desk.reads.painted(self.tile, self._composed, monotonic())
        if self.lens_at is not None and self.picture.layers:
            self._lens(painter, self.lens_at)
        case = self.desk.case
        if case is not None and case.active == self.tile and len(case.visible_tiles()) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(self._theme.colour("active-viewport"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _lens(self, painter: QPainter, at: QPointF) -> None:
        """A round lens with the image around the pointer rendered anew at twice the magnification."""
        from dataclasses import replace

        import numpy as np

        side = round(LENS_PX * self.ratio)
        px, py = self.device_point(at)
        lens = np.diag([1 / LENS_TIMES, 1 / LENS_TIMES, 1.0, 1.0])
        lens[0, 3], lens[1, 3] = px - side / 2 / LENS_TIMES, py - side / 2 / LENS_TIMES
        layers = tuple(replace(layer, matrix=layer.matrix @ lens) for layer in self.picture.layers)
        image = as_image(self._engine.render(layers, side, side))
        box = QRectF(at.x() - LENS_PX / 2, at.y() - LENS_PX / 2, LENS_PX, LENS_PX)
        edge = QPainterPath()
        edge.addEllipse(box)
        painter.save()
        painter.setClipPath(edge)
        painter.drawImage(box, image)
        painter.restore()
        painter.setPen(QPen(self._theme.colour("accent"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)

    def hideEvent(self, event: QHideEvent) -> None:
        """What is hidden is not being read."""
        self.desk.reads.painted(self.tile, None, monotonic())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, another picture, in the same paint: never a stretched one."""
        self._compose()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The hand takes hold."""
        self.setFocus()
        self.hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The hand moves; the value under the pointer is read."""
        self.cursor_at = self.image_point(event.position())
        self.hand.move(event)
        self.mark_dirty()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The hand lets go."""
        self.hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click fills the glass, or gives it back."""
        self.hand.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls; with Ctrl it zooms about the pointer."""
        self.hand.wheel(event)
        event.accept()

    def _tabbed(self, event: QKeyEvent) -> bool:
        """Whether a key was a Tab that went on to another image; in the report it goes from field to field as everywhere."""
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self.desk.case is None or held or event.key() not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        back = event.key() == Qt.Key.Key_Backtab or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        to_viewport(self.desk, -1 if back else 1)
        return True

    def event(self, event: QEvent) -> bool:
        """Enter ends what is drawn by clicks before it may mean anything else; Tab goes from image to image across monitors."""
        # Not in focusNextPrevChild: Qt calls that as well where a viewport with the focus is hidden.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._tabbed(event):
            return True
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hand.draws_by_clicks
            if ends and (event.type() == QEvent.Type.ShortcutOverride or self.hand.end_drawing()):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and self._walked(event):
                return True
        return super().event(event)

    def _walked(self, event: QKeyEvent) -> bool:
        """Tab goes from image to image across monitors; in the report it goes from field to field as everywhere.

        The focus chain is not asked: it also moves when a viewport is hidden, and nobody pressed a key then.
        """
        steps = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() not in steps or held or self.desk.case is None:
            return False
        to_viewport(self.desk, steps[Qt.Key(event.key())])
        event.accept()
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button windows: no menu."""
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer comes."""
        self.hand.show_cursor()

    def leaveEvent(self, event: object) -> None:
        """The pointer leaves: nothing is read any more."""
        self.cursor_at = self.lens_at = None
        self.mark_dirty()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A series may be dropped here."""
        if event.mimeData().hasFormat(STACK_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hang the series that was dropped."""
        from readingroom.session.arranging import hang_stack

        stack_id = bytes(event.mimeData().data(STACK_MIME).data()).decode()
        hang_stack(self.desk, self.tile, stack_id)
        event.acceptProposedAction()
