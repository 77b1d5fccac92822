"""The viewports of the reading window, in rows and columns as the case says, made once and kept."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from readingroom.display.camera import pixel_aspect
from readingroom.display.tables import Tables
from readingroom.hanging.placing import Area
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
    """As many viewports as the case has tiles on one monitor, counted from 0; the maximised one alone fills the glass."""

    def __init__(
        self, desk: Desk, engine: Engine, theme: Theme, pulse: Pulse, seat: int = 0,
        seeing: Seeing | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.setObjectName("Ground")
        self._desk, self._engine, self._theme, self._pulse = desk, engine, theme, pulse
        self.seat = seat
        self._tables = Tables()
        self.seeing = seeing if seeing is not None else Seeing(desk)
        self.viewports: list[Viewport] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._arranged: tuple[object, ...] = ()
        self._shown: Case | None = None
        self._stops = (
            desk.case_opened.listen(self._case_changed),
            desk.case_changed.listen(self._case_changed),
            desk.frame_arrived.listen(self._arrived),
            desk.counts_changed.listen(lambda _: pulse.soon(self, self._all_dirty)),
            self.seeing.fusing.changed.listen(lambda _: self._all_dirty()),
        )
        self._case_changed(desk.case)

    def sit(self, seat: int) -> None:
        """Show the tiles of another monitor from now on."""
        if seat != self.seat:
            self.seat, self._arranged = seat, ()
            self._case_changed(self._desk.case)

    def leave(self) -> None:
        """Show nothing any more: the window goes."""
        for stop in self._stops:
            stop()
        for viewport in self.viewports:
            self._pulse.forget(viewport)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say how much room the images have."""
        super().resizeEvent(event)
        self._even_out()
        on_glass_of(self._desk, event.size().width(), event.size().height(), self.seat)

    def _even_out(self) -> None:
        """Leave the odd pixels free at the edges, so that viewports are equally large: one scale is one scale."""
        case = self._desk.case
        filled = case is None or case.maximised in case.tiles_on(self.seat) or self.seat >= len(case.boards)
        rows, columns = (1, 1) if filled or case is None else case.boards[self.seat].layout
        spare = (self.width() - 2 * (columns - 1)) % columns, (self.height() - 2 * (rows - 1)) % rows
        self._grid.setContentsMargins(0, 0, *spare)

    def walk(self, step: int) -> None:
        """Magnify the next field of the active image one to one, and with it those that hang beside."""
        case, viewport = self._desk.case, self.active()
        if case is not None and viewport is not None:
            self._desk.change(walked(case, viewport.tile, *viewport.device_size(), step), "Walk…")

    def _case_changed(self, case: Case | None) -> None:
        tiles = case.tiles_on(self.seat) if case is not None else range(1)
        places = case.places[tiles.start : tiles.stop] if case is not None else ((0, 0, 1, 1),)
        maximised = case.maximised if case is not None and case.maximised in tiles else None
        arrangement = (places, maximised, tiles.start)
        moved = case is not None and (self._shown is None or case.active != self._shown.active)
        if arrangement != self._arranged:
            self._arranged = arrangement
            held = any(viewport.hasFocus() for viewport in self.viewports)
            self._arrange(places, tiles, maximised)
            self._even_out()
            if held and (active := self.active()) is not None:
                # What is hidden for a moment loses the keys to whatever comes next: the report.
                active.setFocus()
        if moved:
            self._take_keys()
        self._shown = case
        self._all_dirty()

    def _take_keys(self) -> None:
        """Where the active viewport moved to this monitor from another, its window has the keys as well."""
        holder = QApplication.focusWidget()
        active = self.active()
        if active is None or not isinstance(holder, Viewport) or holder.window() is self.window():
            return
        if self.window().isVisible():
            self.window().activateWindow()
            active.setFocus()

    def _arrange(self, places: Sequence[Area], tiles: range, maximised: int | None) -> None:
        while len(self.viewports) < len(places):
            tile = tiles.start + len(self.viewports)
            viewport = Viewport(self._desk, tile, self._engine, self._tables, self._theme, self._pulse, self.seeing)
            self.viewports.append(viewport)
        for number, viewport in enumerate(self.viewports):
            self._grid.removeWidget(viewport)
            viewport.hide()
            if viewport.tile != tiles.start + number:
                viewport.hand.cancel()
                viewport.tile = tiles.start + number
        for line in range(4):
            self._grid.setRowStretch(line, 0)
            self._grid.setColumnStretch(line, 0)
        if maximised is not None:
            self._place(maximised - tiles.start, 0, 0, 1, 1)
            return
        for number, place in enumerate(places):
            self._place(number, *place)

    def _place(self, number: int, row: int, column: int, rows: int, columns: int) -> None:
        self._grid.addWidget(self.viewports[number], row, column, rows, columns)
        for line in range(row, row + rows):
            self._grid.setRowStretch(line, 1)
        for line in range(column, column + columns):
            self._grid.setColumnStretch(line, 1)
        self.viewports[number].show()

    def _arrived(self, ref: FrameRef) -> None:
        case = self._desk.case
        if case is None:
            return
        here, visible = case.tiles_on(self.seat), case.visible_tiles()
        for viewport in self.viewports:
            if viewport.tile in here and viewport.tile in visible and case.frame_at(viewport.tile) == ref:
                viewport.mark_dirty()

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
        case = self._desk.case
        tiles = case.tiles_on(self.seat) if case is not None else range(0)
        here = [viewport for viewport in self.viewports if viewport.tile in tiles]
        frames = [viewport.frame() for viewport in here]
        aspects = tuple(pixel_aspect(frame.facts) if frame is not None else 1.0 for frame in frames)
        return tuple(viewport.device_size() for viewport in here), aspects

    def active(self) -> Viewport | None:
        """The viewport that keys act on, None where it is on another monitor."""
        case = self._desk.case
        tiles = case.tiles_on(self.seat) if case is not None else range(0)
        number = case.active - tiles.start if case is not None and case.active in tiles else -1
        return self.viewports[number] if 0 <= number < len(self.viewports) else None
