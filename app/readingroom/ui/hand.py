"""What the hand does on a viewport: translates Qt's pointer into the tools, and their results into the desk."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from readingroom.base.errors import ReaderError
from readingroom.display.annotate import REACH_PX, Hit, hit
from readingroom.display.camera import Camera, pixel_aspect, zoomed_about
from readingroom.display.compose import window_of
from readingroom.display.picture import Picture
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.measure.evaluate import evaluate
from readingroom.pixels.frame import Frame, Voi
from readingroom.record.finding import Basis, ImagePoint, Measurement, Value
from readingroom.record.study import FrameRef
from readingroom.session.arranging import scroll_by, scroll_to
from readingroom.session.case import Case
from readingroom.session.crosshair import meet
from readingroom.session.desk import Desk
from readingroom.session.measuring import measure, moved, select
from readingroom.session.mouse import DRAGS, TOOL, mouse_of
from readingroom.session.shown import seen_view
from readingroom.settings.chords import WHEEL
from readingroom.tools import dragging, drawing
from readingroom.tools.drawing import DRAWN, Drawing, led_along
from readingroom.tools.pointer import Pointer
from readingroom.ui.mouse import asked_for, button_of, buttons_of
from readingroom.ui.words_asked import asked, is_asked

MEASURED_AS = {"calibrate": "length", "calibrate_ball": "length"}
"""What a drawing that is no measurement shows under the hand."""
UNDER_THE_HAND = "under the hand"


class Surface(Protocol):
    """What the hand needs of the viewport that it works on."""

    desk: Desk
    tile: int
    tables: Tables
    picture: Picture
    lens_at: QPointF | None

    @property
    def ratio(self) -> float:
        """Device pixels per layout pixel."""
        ...

    def frame(self) -> Frame | None:
        """The frame that is shown."""
        ...

    def camera(self) -> Camera | None:
        """Where it lies."""
        ...

    def device_point(self, at: QPointF) -> tuple[float, float]:
        """A layout point in device pixels."""
        ...

    def image_point(self, at: QPointF) -> ImagePoint | None:
        """The image point under a layout point."""
        ...

    def window_to_drag(self, frame: Frame, voi: Voi) -> tuple[Voi, float]:
        """A window that a drag can begin from, and the range of the values."""
        ...

    def ask(self, at: ImagePoint, hint: str, text: str, done: Callable[[str], None]) -> None:
        """Ask for a line of text beside an image point."""
        ...

    def mark_dirty(self) -> None:
        """Draw again at the next refresh."""
        ...

    def setCursor(self, cursor: Qt.CursorShape, /) -> None:
        """Show another cursor."""
        ...


class Hand:
    """One viewport's hand: at most one drag, one drawing or one handle at a time."""

    def __init__(self, viewport: Surface) -> None:
        self._viewport = viewport
        self._desk = viewport.desk
        self._drag = ""
        self._from = QPointF()
        self._view = ViewState()
        self._voi: Voi | None = None
        self._range = 1.0
        self._zoom = 1.0
        self._drawing: Drawing | None = None
        self._drawn_on: FrameRef | None = None
        self._held: tuple[Hit, tuple[ImagePoint, ...], ImagePoint] | None = None
        self._wheel_at = 0.0
        self._wheel_rest = 0.0
        self.drawing: Measurement | None = None

    @property
    def _tile(self) -> int:
        return self._viewport.tile

    def cancel(self) -> None:
        """Drop what is under the hand."""
        self._drawing = self.drawing = self._held = None
        self._drag = ""
        self._viewport.lens_at = None
        self._viewport.mark_dirty()

    def show_cursor(self) -> None:
        """A cross where something is drawn, an arrow else."""
        tool = self._desk.case.tool if self._desk.case is not None else ""
        self._viewport.setCursor(Qt.CursorShape.CrossCursor if tool in DRAWN else Qt.CursorShape.ArrowCursor)

    def _here(self) -> Case | None:
        """The open case, where it has a viewport at this place: a layout or another case may have taken it away."""
        case = self._desk.case
        return case if case is not None and self._tile < len(case.tiles) else None

    def press(self, event: QMouseEvent) -> None:
        """Take hold of a handle, begin to draw, or begin to drag."""
        case = self._here()
        if case is None:
            return
        self._desk.activate(self._tile)
        self._desk.history.end_step()
        does = self._gesture(event)
        if len(buttons_of(event)) > 1:
            if does in DRAGS:
                self.cancel()
                self._hold(event, case.tool if does == TOOL else does)
            return
        if does not in DRAGS:
            self._run(does)
            return
        tool = case.tool if does == TOOL else does
        if does == TOOL and self._take_hold(event):
            return
        self._hold(event, tool)

    def _hold(self, event: QMouseEvent, tool: str) -> None:
        if tool in DRAWN:
            self._draw(event, tool)
        elif tool == "magnifier":
            self._viewport.lens_at = event.position()
            self._viewport.mark_dirty()
        else:
            self._begin_drag(event.position(), tool)

    def move(self, event: QMouseEvent) -> None:
        """Go on with what was begun."""
        if self._held is not None:
            self._move_held(event)
        elif self._drawing is not None:
            self._drawing = self._led(drawing.moved(self._drawing, self._pointer(event)))
            self._show_drawing()
        elif self._viewport.lens_at is not None:
            self._viewport.lens_at = event.position()
        elif self._drag:
            self._go_on(event.position())

    def release(self, event: QMouseEvent) -> None:
        """End what was begun."""
        self._held = None
        self._viewport.lens_at = None
        self._drag = ""
        if self._drawing is not None:
            self._drawing = drawing.released(self._drawing, self._pointer(event))
            self._finish()
        self._viewport.mark_dirty()

    def double_click(self, event: QMouseEvent) -> None:
        """What the map says (the viewport fills the glass), unless something is drawn; what is drawn by clicks ends."""
        case = self._here()
        if self._drawing is not None:
            self.end_drawing()
            return
        does = mouse_of(self._desk.keys.held)
        if f"Double {button_of(event)}" not in does:
            self.press(event)
            return
        # Two clicks with a tool that draws are two points, not a wish to fill the glass.
        if case is not None and not (case.tool in DRAWN and does.get(button_of(event)) == TOOL):
            self.cancel()
            self._desk.activate(self._tile)
            self._run(does.get(f"Double {button_of(event)}", ""))

    @property
    def draws_by_clicks(self) -> bool:
        """Whether points are being put one by one."""
        return self._drawing is not None and self._drawing.tool in drawing.BY_CLICKS

    def end_drawing(self) -> bool:
        """End what is drawn by clicks with the points that were put; whether there was such a thing."""
        if self._drawing is None or not self.draws_by_clicks:
            return False
        self._drawing = drawing.finished(self._drawing)
        self._finish()
        self._viewport.mark_dirty()
        return True

    def wheel(self, event: QWheelEvent) -> None:
        """What the wheel does by the reader's map, with what is held beside it; scrolling is faster when turned faster."""
        case = self._here()
        if case is None:
            return
        self._desk.activate(self._tile)
        # Some systems turn the wheel sideways while Alt is held.
        turned = event.angleDelta()
        notches = (turned.y() or turned.x()) / 120.0
        does = asked_for(mouse_of(self._desk.keys.held), event, WHEEL)
        if does == "zoom":
            self._zoom_about(event.position(), 1.15**notches)
            return
        self._wheel_rest -= notches
        if abs(self._wheel_rest) < 0.95:
            return
        rest, now = self._wheel_rest, monotonic()
        since, self._wheel_at, self._wheel_rest = now - self._wheel_at, now, 0.0
        if does == "scroll":
            stack = case.stack_at(self._tile)
            images = dragging.wheel_images(rest, since, len(stack.frames) if stack else 1)
            scroll_by(self._desk, self._tile, images)
        elif does == "ten":
            scroll_by(self._desk, self._tile, round(rest) * 10)
        elif does in ("series", "stage"):
            on, back = {
                "series": ("view.next-series", "view.previous-series"),
                "stage": ("stage.next", "stage.previous"),
            }[does]
            self._run(on if rest > 0 else back)

    def _gesture(self, event: QMouseEvent) -> str:
        return asked_for(mouse_of(self._desk.keys.held), event, "")

    def _run(self, command: str) -> None:
        if command:
            self._desk.keys.wanted.tell(command)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        viewport = self._viewport
        camera, frame = viewport.camera(), viewport.frame()
        screen = viewport.device_point(event.position())
        image = camera.to_image(*screen) if camera is not None else (0.0, 0.0)
        held = event.modifiers()
        return Pointer(
            image, screen, camera.zoom if camera is not None else 1.0,
            bool(held & Qt.KeyboardModifier.ShiftModifier), bool(held & Qt.KeyboardModifier.ControlModifier),
            pixel_aspect(frame.facts) if frame is not None else 1.0,
        )  # fmt: skip

    def _take_hold(self, event: QMouseEvent) -> bool:
        viewport, case = self._viewport, self._desk.case
        found = hit(viewport.picture.graphics, *viewport.device_point(event.position()), REACH_PX * viewport.ratio)
        point = viewport.image_point(event.position())
        if case is None or found is None or point is None or self._drawing is not None:
            if case is not None and case.selected and self._drawing is None and case.tool not in DRAWN:
                select(self._desk, "")
            return False
        measurement = next((m for m in case.measurements if m.tracking_uid == found.uid), None)
        if measurement is None:
            return False
        select(self._desk, found.uid)
        self._held = (found, measurement.points, point)
        return True

    def _move_held(self, event: QMouseEvent) -> None:
        point = self._viewport.image_point(event.position())
        case = self._desk.case
        if self._held is None or point is None or case is None:
            return
        found, points, start = self._held
        measurement = next((m for m in case.measurements if m.tracking_uid == found.uid), None)
        if measurement is None:
            return
        if found.handle is not None:
            changed = drawing.with_handle(measurement.tool, points, found.handle, point)
        else:
            changed = drawing.shifted(points, (point[0] - start[0], point[1] - start[1]))
        moved(self._desk, found.uid, changed, dragging=True)

    def _draw(self, event: QMouseEvent, tool: str) -> None:
        frame = self._viewport.frame()
        if frame is None:
            return
        self._drop_if_left(frame)
        if self._drawing is None:
            self._drawn_on = frame.facts.ref
        self._drawing = drawing.pressed(self._drawing, tool, self._pointer(event))
        self._show_drawing()
        self._finish()

    def _led(self, drawn: Drawing) -> Drawing:
        """A live wire finds the edge from its last point to the pointer."""
        frame = self._viewport.frame()
        if drawn.tool != "livewire" or drawn.done or not drawn.placed or frame is None or frame.is_colour:
            return drawn
        from readingroom.tools.livewire import edge_between

        return led_along(drawn, edge_between(frame.stored, drawn.placed[-1], drawn.now.image))

    def _show_drawing(self) -> None:
        """What is under the hand with its numbers as they would be, on the frame that it is drawn on."""
        frame = self._viewport.frame()
        self._drop_if_left(frame)
        if self._drawing is None or frame is None or not self._drawing.has_size:
            self.drawing = None
            return
        points, basis = self._drawing.points, Basis("px", "px", "drawing")
        values: tuple[Value, ...] = ()
        try:
            if self._drawing.is_whole:
                scale = self._desk.case.calibration_of(frame.facts.ref) if self._desk.case is not None else None
                values, basis = evaluate(MEASURED_AS.get(self._drawing.tool, self._drawing.tool), points, frame, scale)
        except ReaderError as error:
            values, basis = (), Basis("px", error.problem, "refused", False)
        self.drawing = Measurement(
            self._drawing.tool, frame.facts.ref, points, values, basis, tracking_uid=UNDER_THE_HAND
        )

    def _finish(self) -> None:
        frame = self._viewport.frame()
        self._drop_if_left(frame)
        finished = self._drawing
        if finished is None or not finished.done:
            return
        self._drawing = self.drawing = None
        if frame is None or not finished.has_size:
            return
        if is_asked(finished.tool):
            asked(self._desk, self._viewport, finished.tool, frame.facts.ref, finished.points)
        else:
            measure(self._desk, finished.tool, frame.facts.ref, finished.points)

    def _drop_if_left(self, frame: Frame | None) -> None:
        """A drawing begun on one image is never ended on another that was scrolled to."""
        if self._drawing is not None and (frame is None or frame.facts.ref != self._drawn_on):
            self._drawing = self.drawing = None

    def _begin_drag(self, at: QPointF, tool: str) -> None:
        case, frame, camera = self._desk.case, self._viewport.frame(), self._viewport.camera()
        if case is None:
            return
        self._drag, self._from, self._view = tool, at, case.tiles[self._tile]
        self._zoom = camera.zoom if camera is not None else 1.0
        self._voi = (
            window_of(seen_view(self._desk, self._view, frame), frame, self._viewport.tables)
            if frame is not None
            else None
        )
        if tool == "crosshair":
            self._meet(at)
        if frame is not None and self._voi is not None and tool == "window":
            self._voi, self._range = self._viewport.window_to_drag(frame, self._voi)

    def _go_on(self, at: QPointF) -> None:
        case, ratio = self._here(), self._viewport.ratio
        right, down = at.x() - self._from.x(), at.y() - self._from.y()
        view = case.tiles[self._tile] if case is not None else None
        if case is None or view is None or view.stack_id != self._view.stack_id:
            # Another series hangs here now: the window or the place of the one before is not for it.
            self._drag = ""
            return
        if self._drag == "crosshair":
            self._meet(at)
        elif self._drag == "scroll":
            stack = case.stack_at(self._tile)
            images = dragging.scrolled_by(down, len(stack.frames) if stack is not None else 1)
            scroll_to(self._desk, self._tile, self._view.index + images)
        elif self._drag == "window" and self._voi is not None:
            changed = dragging.windowed_by(view, self._voi, right, down, self._range)
            self._desk.view(self._tile, changed, "Window…")
        elif self._drag == "zoom":
            self._desk.view(self._tile, view.zoomed(dragging.zoomed_by(self._zoom, down)), "Zoom…")
        elif self._drag == "pan":
            changed = dragging.panned_by(view, self._view.pan, (right * ratio, down * ratio))
            self._desk.view(self._tile, replace(changed, zoom=view.zoom), "Pan…")

    def _meet(self, at: QPointF) -> None:
        point = self._viewport.image_point(at)
        if point is not None:
            meet(self._desk, self._tile, point)

    def _zoom_about(self, at: QPointF, factor: float) -> None:
        case, camera = self._here(), self._viewport.camera()
        if case is None or camera is None:
            return
        px, py = self._viewport.device_point(at)
        changed = zoomed_about(case.tiles[self._tile], camera, camera.zoom * factor, px, py)
        self._desk.view(self._tile, changed, "Zoom…")
