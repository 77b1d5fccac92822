"""The viewports of the reading window, in rows and columns as the case says, made once and kept."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from readingroom.display.camera import pixel_aspect
from readingroom.display.tables import Tables
from readingroom.record.study import FrameRef
from readingroom.render.engine import Engine
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.seeing import Seeing
from readingroom.session.staging import on_glass_of
from readingroom.session.together import walked
from readingroom.ui.pulse import Pulse
from readingroom.ui.theme import Theme
from readingroom.ui.viewport import Viewport


class ViewportGrid(QWidget):
    """As many viewports as the case has tiles; the maximised one alone fills the glass."""

    def __init__(self, desk: Desk, engine: Engine, theme: Theme, pulse: Pulse) -> None:
        super().__init__()
        self.setObjectName("Ground")
        self._desk, self._engine, self._theme, self._pulse = desk, engine, theme, pulse
        self._tables = Tables()
        self.seeing = Seeing(desk)
        self.viewports: list[Viewport] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._arranged: tuple[object, ...] = ()
        self._shown: Case | None = None
        desk.case_opened.listen(self._case_changed)
        desk.case_changed.listen(self._case_changed)
        desk.frame_arrived.listen(self._arrived)
        desk.counts_changed.listen(lambda _: pulse.soon(self, self._all_dirty))
        self.seeing.fusing.changed.listen(lambda _: self._all_dirty())
        self._case_changed(desk.case)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say how much room the images have."""
        super().resizeEvent(event)
        case = self._desk.case
        self._even_out(case.layout if case is not None and case.maximised is None else (1, 1))
        on_glass_of(self._desk, event.size().width(), event.size().height())

    def _even_out(self, layout: tuple[int, int]) -> None:
        """Leave the odd pixels free at the edges, so that viewports are equally large: one scale is one scale."""
        rows, columns = layout
        spare = (self.width() - 2 * (columns - 1)) % columns, (self.height() - 2 * (rows - 1)) % rows
        self._grid.setContentsMargins(0, 0, *spare)

    def walk(self, step: int) -> None:
        """Magnify the next field of the active image one to one, and with it those that hang beside."""
        case, viewport = self._desk.case, self.active()
        if case is not None and viewport is not None:
            self._desk.change(walked(case, viewport.tile, *viewport.device_size(), step), "Walk…")

    def _case_changed(self, case: Case | None) -> None:
        places = case.places if case is not None else ((0, 0, 1, 1),)
        arrangement = (places, case.maximised if case is not None else None)
        if arrangement != self._arranged:
            self._arranged = arrangement
            held = any(viewport.hasFocus() for viewport in self.viewports)
            self._arrange(places, case.maximised if case is not None else None)
            self._even_out(case.layout if case is not None and case.maximised is None else (1, 1))
            if held:
                # What is hidden for a moment loses the keys to whatever comes next: the report.
                self.viewports[case.active if case is not None else 0].setFocus()
        self._shown = case
        self._all_dirty()

    def _arrange(self, places: Sequence[tuple[int, int, int, int]], maximised: int | None) -> None:
        while len(self.viewports) < len(places):
            tile = len(self.viewports)
            viewport = Viewport(self._desk, tile, self._engine, self._tables, self._theme, self._pulse, self.seeing)
            self.viewports.append(viewport)
        for viewport in self.viewports:
            self._grid.removeWidget(viewport)
            viewport.hide()
        for line in range(4):
            self._grid.setRowStretch(line, 0)
            self._grid.setColumnStretch(line, 0)
        if maximised is not None:
            self._place(maximised, 0, 0, 1, 1)
            return
        for tile, place in enumerate(places):
            self._place(tile, *place)

    def _place(self, tile: int, row: int, column: int, rows: int, columns: int) -> None:
        self._grid.addWidget(self.viewports[tile], row, column, rows, columns)
        for line in range(row, row + rows):
            self._grid.setRowStretch(line, 1)
        for line in range(column, column + columns):
            self._grid.setColumnStretch(line, 1)
        self.viewports[tile].show()

    def _arrived(self, ref: FrameRef) -> None:
        case = self._desk.case
        if case is None:
            return
        for tile in case.visible_tiles():
            if case.frame_at(tile) == ref:
                self.viewports[tile].mark_dirty()

    def _all_dirty(self) -> None:
        for viewport in self.viewports:
            if viewport.isVisibleTo(self):
                viewport.mark_dirty()

    def paint_now(self) -> None:
        """Compose and paint what is on the glass at once, not at the next beat."""
        self._grid.activate()
        for viewport in self.viewports:
            if viewport.isVisibleTo(self):
                viewport.refresh()
        self.repaint()

    def calibrate(self, table: NDArray[np.uint8] | None) -> None:
        """Draw for a monitor with this table from now on, None for one without."""
        self._tables.calibrate(table)
        self._all_dirty()

    def glass(self) -> tuple[tuple[tuple[int, int], ...], tuple[float, ...]]:
        """Each viewport's device pixels, and each image's row spacing over its column spacing (1 while it is not here)."""
        frames = [viewport.frame() for viewport in self.viewports]
        aspects = tuple(pixel_aspect(frame.facts) if frame is not None else 1.0 for frame in frames)
        return tuple(viewport.device_size() for viewport in self.viewports), aspects

    def active(self) -> Viewport | None:
        """The viewport that keys act on."""
        case = self._desk.case
        return self.viewports[case.active] if case is not None and case.active < len(self.viewports) else None
