"""What the hand draws on the planes of a volume: the tools of the images, in millimetres of the patient."""

from collections.abc import Callable

from readingroom.base.errors import ReaderError
from readingroom.display.annotate import REACH_PX, Hit, hit
from readingroom.display.mpr import MprView
from readingroom.display.picture import Graphic
from readingroom.display.plane_marks import flat, flat_point, lifted, marks_on
from readingroom.geometry.plane import Plane, cross, dot, unit
from readingroom.measure.in_space import LINES, evaluate_in_space
from readingroom.record.finding import Basis, ImagePoint, InSpace, Measurement, Value
from readingroom.record.study import Vector
from readingroom.session.desk import Desk
from readingroom.session.measuring import deleted, select
from readingroom.session.measuring_planes import in_volume, measure_in_space, moved_in_space
from readingroom.session.volumes import Volume
from readingroom.tools import drawing
from readingroom.tools.drawing import Drawing
from readingroom.tools.pointer import Pointer

UNDER_THE_HAND = "under the hand"
TOOLS = (
    ("", "Planes"), ("length", "Length"), ("bidirectional", "Two diameters"), ("angle", "Angle"),
    ("ellipse", "Ellipse ROI"), ("circle", "Circle ROI"), ("rectangle", "Rectangle ROI"), ("polygon", "Polygon ROI"),
    ("freehand", "Freehand ROI"), ("probe", "Probe"),
)  # fmt: skip
"""What the left button does on a plane: move the planes, or draw."""


class PlaneHand:
    """One window's hand: at most one drawing or one handle at a time, on one pane.

    volume, view: what is looked at now. dirty: have it drawn anew.
    """

    def __init__(
        self, desk: Desk, volume: Callable[[], Volume | None], view: Callable[[], MprView], dirty: Callable[[], None]
    ) -> None:
        self._desk, self._volume, self._view, self._dirty = desk, volume, view, dirty
        self.tool = ""
        self._drawing: Drawing | None = None
        self._on: Plane | None = None
        self._under: Measurement | None = None
        self._held: tuple[Hit, InSpace, ImagePoint] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being drawn or held."""
        return self._drawing is not None or self._held is not None

    def graphics(self, plane: Plane, ratio: float) -> tuple[Graphic, ...]:
        """The measurements that lie on a plane, and what is under the hand."""
        case, volume = self._desk.case, self._volume()
        if case is None or volume is None:
            return ()
        shown = [*in_volume(case, volume.stack), *([self._under] if self._under is not None else [])]
        return marks_on(shown, plane, volume.voxels.lattice, case.selected, ratio)

    def press(self, plane: Plane, at: tuple[float, float], shift: bool, ratio: float) -> bool:
        """Take hold of a measurement, or begin or go on to draw; False where the press is for the planes."""
        if self._drawing is None and self._take_hold(plane, at, ratio):
            return True
        if not self.tool:
            return False
        self._drop_if_left(plane)
        if self._drawing is None:
            self._on = plane
        self._drawing = drawing.pressed(self._drawing, self.tool, self._pointer(plane, at, shift))
        self._show()
        self._finish()
        return True

    def move(self, plane: Plane, at: tuple[float, float], shift: bool) -> bool:
        """Go on with what was begun; False where nothing was."""
        if self._held is not None:
            self._move_held(plane.to_patient(*at))
            return True
        self._drop_if_left(plane)
        if self._drawing is None:
            return False
        self._drawing = drawing.moved(self._drawing, self._pointer(plane, at, shift))
        self._show()
        return True

    def release(self, plane: Plane, at: tuple[float, float], shift: bool) -> None:
        """End a gesture."""
        self._held = None
        self._desk.history.end_step()
        if self._drawing is not None:
            self._drawing = drawing.released(self._drawing, self._pointer(plane, at, shift))
            self._finish()

    def end(self) -> None:
        """What is drawn by clicks ends with the points that were put."""
        if self._drawing is not None:
            self._drawing = drawing.finished(self._drawing)
            self._finish()

    def drop(self) -> bool:
        """Drop what is under the hand; whether there was anything."""
        busy = self.is_busy
        self._drawing = self._under = self._held = None
        self._dirty()
        return busy

    def delete(self) -> None:
        """Delete the selected measurement."""
        if self._desk.case is not None and self._desk.case.selected:
            deleted(self._desk, self._desk.case.selected)

    def _take_hold(self, plane: Plane, at: tuple[float, float], ratio: float) -> bool:
        case = self._desk.case
        found = hit(self.graphics(plane, ratio), *at, REACH_PX * ratio)
        held = next((m for m in case.measurements if found and m.tracking_uid == found.uid), None) if case else None
        if found is None or held is None or held.space is None:
            if case is not None and case.selected and not self.tool:
                select(self._desk, "")
            return False
        select(self._desk, found.uid)
        self._held = found, held.space, flat_point(plane.to_patient(*at), held.space.row, held.space.column)
        return True

    def _move_held(self, point: Vector) -> None:
        case, volume = self._desk.case, self._volume()
        if self._held is None or case is None or volume is None:
            return
        found, space, start = self._held
        tool = next((m.tool for m in case.measurements if m.tracking_uid == found.uid), "")
        now = flat_point(point, space.row, space.column)
        if found.handle is not None:
            changed = drawing.with_handle(tool, flat(space), found.handle, now)
        else:
            changed = drawing.shifted(flat(space), (now[0] - start[0], now[1] - start[1]))
        moved_in_space(self._desk, volume, found.uid, self._lift(changed, space), dragging=True)

    def _lift(self, points: tuple[ImagePoint, ...], space: InSpace) -> tuple[Vector, ...]:
        return lifted(points, space.row, space.column, dot(space.points_mm[0], unit(cross(space.row, space.column))))

    def _pointer(self, plane: Plane, at: tuple[float, float], shift: bool) -> Pointer:
        image = flat_point(plane.to_patient(*at), plane.row, plane.column)
        return Pointer(image, at, 1.0 / plane.spacing_mm[0], shift)

    def _space(self, made: Drawing) -> InSpace | None:
        volume, on = self._volume(), self._on
        if volume is None or on is None:
            return None
        view = self._view()
        points = lifted(made.points, on.row, on.column, on.depth_mm)
        mode = view.mode if view.slab_mm else "mean"
        return InSpace(points, volume.stack.frame_of_reference_uid, on.row, on.column, view.slab_mm, mode)

    def _show(self) -> None:
        """What is under the hand with its numbers as they would be; regions of a slab are measured when they are drawn."""
        made, volume = self._drawing, self._volume()
        space = self._space(made) if made is not None and made.has_size else None
        self._under = None
        if made is not None and space is not None and volume is not None:
            values: tuple[Value, ...] = ()
            basis = Basis("mm", "mm", "drawing")
            if made.is_whole and (made.tool in LINES or not space.slab_mm):
                try:
                    values, basis = evaluate_in_space(made.tool, space, volume.voxels)
                except ReaderError as error:
                    basis = Basis("px", error.problem, "refused", False)
            ref = volume.stack.frames[0]
            self._under = Measurement(made.tool, ref, (), values, basis, tracking_uid=UNDER_THE_HAND, space=space)
        self._dirty()

    def _finish(self) -> None:
        made, volume = self._drawing, self._volume()
        if made is None or not made.done:
            return
        space = self._space(made)
        self._drawing = self._under = None
        if made.has_size and space is not None and volume is not None:
            measure_in_space(self._desk, volume, made.tool, space)
        self._dirty()

    def _drop_if_left(self, plane: Plane) -> None:
        """A drawing begun on one plane is never ended on another."""
        on = self._on
        if self._drawing is not None and on is not None:
            same = (on.row, on.column) == (plane.row, plane.column) and abs(on.depth_mm - plane.depth_mm) < 1e-6
            if not same:
                self._drawing = self._under = None
