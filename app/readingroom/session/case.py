"""One open examination with its priors, as a value: what hangs where, what was measured, what was written."""

from dataclasses import dataclass, field, replace

from readingroom.display.key_objects import Hidden
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging.placing import Board
from readingroom.measure.calibration import UserCalibration
from readingroom.record.finding import Measurement
from readingroom.record.search import StudyRow
from readingroom.record.study import FrameRef, Study, Vector
from readingroom.reporting.draft import Draft
from readingroom.reporting.kept import KeptView, Star
from readingroom.reporting.lesions import Followed
from readingroom.session.priors import PriorsFound


@dataclass(frozen=True, slots=True)
class Link:
    """Two stacks that scroll together across frames of reference: target depth = source depth + offset_mm."""

    source: str
    target: str
    offset_mm: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scale that the reader gave one image."""

    sop_uid: str
    drawn: UserCalibration


@dataclass(frozen=True, slots=True)
class Arranged:
    """How viewports were arranged before one series took them all."""

    layout: tuple[int, int]
    areas: tuple[tuple[int, int, int, int], ...]
    tiles: tuple[ViewState, ...]
    active: int
    further: tuple[Board, ...] = ()


@dataclass(frozen=True, slots=True)
class Crosshair:
    """A point that was pointed at: LPS mm in the space of a stack."""

    at_mm: Vector
    stack_id: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything of the case that is open; each change makes a new one, so that undo is the one before.

    layout: (rows, columns) of the grid; tiles: one view per viewport, row by row; active: index of the tile that keys
    act on. silent: archives that did not say which priors they hold. found: the patient's other studies with the reasons, None until the archives were asked. seen: ids of stacks that were on the glass. linked: tiles scroll together by patient position. reported:
    SOP Instance UIDs of reports whose measurements are drawn on the images, read-only. calibrations: the reader's own
    scales, one for each image at most; marks_shown: whether measurements are drawn; stars and views: key images and views
    that are kept, to go with the report. following: the lesion that the next measurement is of; targets: tracking UIDs of
    the target lesions (RECIST). hung_as, hung_layout: the stacks and
    the grid as the protocol hung them; read_in: stacks that it wants seen in certain classes of windows; tiled: the stack
    that is spread over all viewports, and put_back what hung before; flickers: views of the stacks that flickering
    viewports do not show now; areas: (row, column, rows, columns) that each tile takes of the grid, () where each takes
    one cell, row by row; hung_empty: what is missing in each viewport as hung, in words; further: how the monitors after the first divide, whose tiles follow the first one's; stages: the
    names of its stages, and stage which of them was hung last.
    """

    study: Study
    stacks: tuple[Stack, ...]
    prior_rows: tuple[StudyRow, ...] = ()
    priors: tuple[Study, ...] = ()
    silent: tuple[str, ...] = ()
    layout: tuple[int, int] = (1, 1)
    areas: tuple[tuple[int, int, int, int], ...] = ()
    further: tuple[Board, ...] = ()
    tiles: tuple[ViewState, ...] = (ViewState(),)
    active: int = 0
    maximised: int | None = None
    tool: str = "scroll"
    measurements: tuple[Measurement, ...] = ()
    calibrations: tuple[Calibration, ...] = ()
    marks_shown: bool = True
    crosshair: Crosshair | None = None
    stars: tuple[Star, ...] = ()
    views: tuple[KeptView, ...] = ()
    following: Followed | None = None
    targets: tuple[str, ...] = ()
    selected: str = ""
    draft: Draft | None = None
    seen: frozenset[str] = field(default_factory=frozenset)
    linked: bool = True
    links: tuple[Link, ...] = ()
    reference_lines: bool = True
    text_shown: bool = True
    hung_because: tuple[str, ...] = ()
    hung_as: tuple[str, ...] = ()
    hung_layout: tuple[int, int] = (1, 1)
    hung_further: tuple[Board, ...] = ()
    hung_empty: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    stage: int = 0
    segments_shown: bool = False
    rejected_shown: bool = False
    reported: frozenset[str] = frozenset()
    hidden: tuple[Hidden, ...] = ()
    found: PriorsFound | None = None
    read_in: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tiled: str = ""
    put_back: Arranged | None = None
    flickers: tuple[ViewState, ...] = ()

    def stack(self, stack_id: str) -> Stack | None:
        """The stack with this id, current or prior."""
        return next((s for s in self.stacks if s.id == stack_id), None)

    def stack_at(self, tile: int) -> Stack | None:
        """The stack that hangs in a tile."""
        return self.stack(self.tiles[tile].stack_id) if 0 <= tile < len(self.tiles) else None

    def why_empty(self, tile: int) -> str:
        """What the protocol misses for a tile, in words; "" where nothing was asked for or the reader arranged it."""
        return self.hung_empty[tile] if tile < len(self.hung_empty) and self.is_as_hung else ""

    def frame_at(self, tile: int) -> FrameRef | None:
        """The frame that a tile shows."""
        stack = self.stack_at(tile)
        if stack is None or not stack.frames:
            return None
        return stack.frames[min(self.tiles[tile].index, len(stack.frames) - 1)]

    def study_of(self, study_uid: str) -> Study | None:
        """The current study or an opened prior by its UID."""
        return next((s for s in (self.study, *self.priors) if s.uid == study_uid), None)

    def is_prior(self, stack: Stack) -> bool:
        """Whether a stack belongs to a prior."""
        return stack.study_uid != self.study.uid

    @property
    def is_as_hung(self) -> bool:
        """Whether the viewports still hold what the protocol hung in them."""
        shown = tuple(view.stack_id for view in self.tiles)
        return (self.hung_layout, self.hung_further, self.hung_as) == (self.layout, self.further, shown)

    @property
    def boards(self) -> tuple[Board, ...]:
        """How each monitor divides among its tiles, from the first."""
        return (Board(self.layout, self.areas), *self.further)

    @property
    def places(self) -> tuple[tuple[int, int, int, int], ...]:
        """First row, first column, rows and columns of each tile on its monitor's grid."""
        return tuple(place for board in self.boards for place in board.places)

    def tiles_on(self, monitor: int) -> range:
        """The tiles of a monitor, counted from 0; none of one that there is not."""
        boards = self.boards
        first = sum(board.count for board in boards[:monitor])
        return range(first, first + boards[monitor].count) if 0 <= monitor < len(boards) else range(0)

    def monitor_of(self, tile: int) -> int:
        """The monitor that a tile is on."""
        return next((n for n in range(len(self.boards)) if tile in self.tiles_on(n)), 0)

    @property
    def is_tiled(self) -> bool:
        """Whether one series is spread over all viewports."""
        shown = {view.stack_id for view in self.tiles if view.stack_id}
        return bool(self.tiled) and len(self.tiles) > 1 and shown == {self.tiled} and not self.areas

    def visible_tiles(self) -> tuple[int, ...]:
        """The tiles on the glass: all, but of the monitor that one fills only that one."""
        if self.maximised is None:
            return tuple(range(len(self.tiles)))
        filled = self.tiles_on(self.monitor_of(self.maximised))
        return tuple(tile for tile in range(len(self.tiles)) if tile == self.maximised or tile not in filled)

    def with_tile(self, tile: int, view: ViewState) -> "Case":
        """This case with one tile's view replaced."""
        tiles = tuple(view if n == tile else old for n, old in enumerate(self.tiles))
        return replace(self, tiles=tiles)

    def with_boards(self, boards: tuple[Board, ...], tiles: tuple[ViewState, ...]) -> "Case":
        """This case with its monitors divided so, and a view for each of their tiles."""
        active = min(self.active, len(tiles) - 1)
        first, *further = boards
        return replace(
            self, layout=first.layout, areas=first.areas, further=tuple(further), tiles=tiles, active=active,
            maximised=None,
        )  # fmt: skip

    def with_layout(self, rows: int, columns: int) -> "Case":
        """This case with the active tile's monitor on another grid.

        Tiles keep their order; new ones take stacks of the study not yet shown.
        """
        monitor, count = self.monitor_of(self.active), rows * columns
        here = self.tiles_on(monitor)
        kept = self.tiles[here.start : here.stop][:count]
        before, after = self.tiles[: here.start], self.tiles[here.stop :]
        shown = {view.stack_id for view in (*before, *kept, *after)}
        waiting = [s.id for s in self.stacks if s.study_uid == self.study.uid and s.is_read and s.id not in shown]
        new = [ViewState(stack_id=waiting.pop(0) if waiting else "") for _ in range(count - len(kept))]
        boards = tuple(Board((rows, columns)) if n == monitor else one for n, one in enumerate(self.boards))
        active = min(self.active, here.start + count - 1)
        return replace(self.with_boards(boards, (*before, *kept, *new, *after)), active=active, tiled="", put_back=None)

    def calibration_of(self, ref: FrameRef) -> UserCalibration | None:
        """The reader's own scale for an image, or None."""
        return next((one.drawn for one in self.calibrations if one.sop_uid == ref.sop_uid), None)

    def on_frame(self, ref: FrameRef) -> tuple[Measurement, ...]:
        """The measurements drawn on one frame."""
        return tuple(m for m in self.measurements if m.frame == ref and m.space is None)

    def unseen(self) -> tuple[Stack, ...]:
        """Image stacks of the current study that were never on the glass."""
        return tuple(s for s in self.stacks if s.study_uid == self.study.uid and s.is_read and s.id not in self.seen)


def is_whole(boards: tuple[Board, ...], tiles: int) -> bool:
    """Whether so many tiles cover grids of 1×1 to 4×4 without a gap, none over another."""
    return sum(board.count for board in boards) == tiles and all(_is_covered(board) for board in boards)


def _is_covered(board: Board) -> bool:
    rows, columns = board.layout
    if not (1 <= rows <= 4 and 1 <= columns <= 4):
        return False
    cells = [(r + y, c + x) for r, c, height, width in board.places for y in range(height) for x in range(width)]
    return sorted(cells) == [(r, c) for r in range(rows) for c in range(columns)]
