"""One series spread over the viewports: successive images side by side, scrolled by the page, every tool in each."""

from dataclasses import replace

from readingroom.display.view import ViewState
from readingroom.hanging.placing import Board
from readingroom.session.case import Arranged, Case
from readingroom.session.desk import Desk, Notice

USUAL = (3, 3)
TOGETHER = ("zoom:tiles", "pan:tiles", "window:tiles")


def toggle_tiles(desk: Desk) -> None:
    """Spread the active series over the viewports, or put back what hung before; the grid is that of the layout, or 3×3."""
    case = desk.case
    if case is None:
        return
    if case.is_tiled:
        desk.change(put_back(case), "Tile mode")
        return
    stack = case.stack_at(case.active)
    if stack is None or len(stack.frames) < 2:
        desk.noticed.tell(Notice("There is nothing to spread: this series has one image.", "Choose a stack."))
        return
    rows, columns = case.layout if case.layout[0] * case.layout[1] >= 4 and not case.areas else USUAL
    desk.change(spread(case, rows, columns), "Tile mode")


def spread(case: Case, rows: int, columns: int) -> Case:
    """The case with the active series in every viewport, on the page that holds the image that was shown."""
    view = case.tiles[case.active]
    if case.tiled and view.stack_id != case.tiled:
        # The active place is one behind the last image, or had another series dropped on it.
        view = replace(_shown(case, case.tiled), index=view.index)
    kept = case.put_back or Arranged(case.layout, case.areas, case.tiles, case.active, case.further)
    index = view.index
    filled = tuple(replace(view, together=TOGETHER, area=view.area) for _ in range(rows * columns * len(case.boards)))
    tiled = replace(
        case, layout=(rows, columns), areas=(), further=tuple(Board((rows, columns)) for _ in case.further),
        tiles=filled, active=0, maximised=None, tiled=case.tiled or view.stack_id,
        put_back=kept,
    )  # fmt: skip
    return paged(tiled, index)


def paged(case: Case, index: int) -> Case:
    """The page that holds an image, its viewport the active one; places behind the last image stay empty."""
    stack = case.stack(case.tiled)
    if stack is None:
        return case
    index = max(0, min(index, len(stack.frames) - 1))
    each = len(case.tiles)
    first = index // each * each
    like = _shown(case, stack.id)
    tiles = tuple(
        replace(like, index=n) if n < len(stack.frames) else ViewState(index=n) for n in range(first, first + each)
    )
    return replace(case, tiles=tiles, active=index - first)


def _shown(case: Case, stack_id: str) -> ViewState:
    """How a series is shown where it is, or as it came where nothing shows it any more."""
    return next((view for view in case.tiles if view.stack_id == stack_id), ViewState(stack_id, together=TOGETHER))


def put_back(case: Case) -> Case:
    """The case as it hung before its series was spread, with the image and the window that were looked at last."""
    before = case.put_back
    here = case.tiles[case.active]
    if before is None:
        alone = replace(here, together=())
        return replace(case, layout=(1, 1), areas=(), further=(), tiles=(alone,), active=0, maximised=None, tiled="")
    tiles = tuple(
        replace(view, index=here.index, voi=here.voi, voi_name=here.voi_name, inverted=here.inverted)
        if n == before.active and view.stack_id == here.stack_id
        else view
        for n, view in enumerate(before.tiles)
    )
    return replace(
        case, layout=before.layout, areas=before.areas, further=before.further, tiles=tiles, active=before.active, maximised=None, tiled="",
        put_back=None,
    )  # fmt: skip
