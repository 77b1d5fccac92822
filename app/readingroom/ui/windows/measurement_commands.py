"""What the reading window does with measurements beside drawing them: values, table, key images, kept views."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QWidget

from readingroom.record.study import FrameRef
from readingroom.render.engine import Engine
from readingroom.session.desk import Desk
from readingroom.session.keeping import can_star, keep_view, star, unstar
from readingroom.session.kept_badges import star_of
from readingroom.session.table_export import export_table
from readingroom.ui.ask_box import WIDTH_PX, AskBox
from readingroom.ui.keys import Does
from readingroom.ui.panels.measurements import MeasurementsPanel
from readingroom.ui.pulse import Pulse
from readingroom.ui.star_form import StarForm
from readingroom.ui.theme import Theme
from readingroom.ui.viewport import Viewport
from readingroom.ui.windows.lesions import LesionWindow
from readingroom.ui.windows.measured import MeasuredWindow


class MeasurementCommands:
    """Opens the windows and forms over the reading window."""

    def __init__(
        self, desk: Desk, theme: Theme, engine: Engine, pulse: Pulse, window: QWidget, panel: MeasurementsPanel,
        active: Callable[[], Viewport | None],
    ) -> None:  # fmt: skip
        self._desk, self._theme, self._pulse, self._window, self._panel = desk, theme, pulse, window, panel
        self._engine = engine
        self._active, self._star_title = active, "of-interest"

    @property
    def own(self) -> dict[str, Does]:
        """What is done here, by the ids of the command table."""
        return {
            "window.values": self.show_values, "window.table": self.ask_table, "window.star": self.star,
            "window.lesions": self.show_lesions,
            "window.keep-view": self.keep_view,
        }  # fmt: skip

    def show_values(self) -> None:
        """The selected measurement in full."""
        if self._desk.case is not None:
            MeasuredWindow(self._desk, self._theme, self._pulse, self._window).show()

    def star(self) -> None:
        """Ask why the image is kept, and star it; take the star of a starred one back."""
        case, ref, viewport = self._desk.case, can_star(self._desk), self._active()
        if case is None or ref is None or viewport is None:
            return
        if star_of(case, ref) is not None:
            unstar(self._desk, ref)
            return
        StarForm(viewport, self._star_title, partial(self._starred, ref))

    def _starred(self, ref: FrameRef, title: str, note: str) -> None:
        self._star_title = title
        star(self._desk, ref, title, note)

    def keep_view(self) -> None:
        """Ask for a name and keep what the active viewport shows."""
        viewport = self._active()
        if viewport is None or can_star(self._desk) is None:
            return
        middle = QPoint(viewport.width() // 2 - WIDTH_PX // 2, viewport.height() // 2)
        area = shown_area(viewport)
        AskBox(
            viewport, middle, "What this view shows", "", partial(keep_view, self._desk, area), lambda: None
        )  # fmt: skip

    def show_lesions(self) -> None:
        """Every lesion over time."""
        if self._desk.case is not None:
            LesionWindow(self._desk, self._theme, self._engine, self._pulse, self._window).show()

    def ask_table(self) -> None:
        """Ask for a file and write the list into it."""
        case = self._desk.case
        if case is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Measurements as a table", str(Path.home() / "measurements.csv"), "Table (*.csv)"
        )
        if name:
            export_table(self._desk, Path(name), self._panel.asked)


def shown_area(viewport: Viewport) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of what a viewport shows, in image coordinates; None where it fits the whole image."""
    case, camera = viewport.desk.case, viewport.camera()
    view = case.tiles[viewport.tile] if case is not None and viewport.tile < len(case.tiles) else None
    if view is None or camera is None or (view.zoom is None and view.pan == (0.0, 0.0)):
        return view.area if view is not None else None
    wide, high = viewport.device_size()
    corners = camera.to_image(0.0, 0.0), camera.to_image(float(wide), float(high))
    (left, right), (top, bottom) = (sorted(corner[axis] for corner in corners) for axis in (0, 1))
    return left, top, right, bottom
