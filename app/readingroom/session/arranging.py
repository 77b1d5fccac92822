"""What a reader does to viewports: scroll, hang, lay out, fill. Each goes through the desk."""

from dataclasses import replace

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging.breasts import MAMMOGRAPHY, head_of
from readingroom.hanging.hang import on_one_scale
from readingroom.hanging.protocol import Port
from readingroom.hanging.showing import first_index, shown_view
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.sync import scrolled
from readingroom.session.tiling import paged, spread


def scroll_to(desk: Desk, tile: int, index: int) -> None:
    """Show another image of a viewport's stack; linked viewports follow."""
    if desk.case is not None and 0 <= tile < len(desk.case.tiles):
        desk.change(scrolled(desk.case, tile, index, desk.documents.registrations))


def scroll_by(desk: Desk, tile: int, images: int) -> None:
    """Scroll some images on or back; where one series is spread over the viewports, so many pages."""
    if desk.case is not None and 0 <= tile < len(desk.case.tiles):
        each = len(desk.case.tiles) if desk.case.is_tiled else 1
        scroll_to(desk, tile, desk.case.tiles[tile].index + images * each)


def zoomed_about(desk: Desk, factor: float, shown: float) -> None:
    """Magnify the active viewport; shown: the zoom it has on the glass now (for a fitted view)."""
    if desk.case is not None:
        view = desk.case.tiles[desk.case.active]
        desk.view(desk.case.active, view.zoomed((view.zoom or shown) * factor), "Zoom…")


def hang_stack(desk: Desk, tile: int, stack_id: str) -> None:
    """Put a stack into a viewport: slices at their middle, pictures at the first, fitted, with its own window."""
    case = desk.case
    stack = case.stack(stack_id) if case is not None else None
    if case is None or stack is None or not 0 <= tile < len(case.tiles):
        return
    first = first_index(Port("", ()), stack)
    if case.is_tiled and stack.id == case.tiled:
        # It is spread over the page already, and one place out of its order would be read for another.
        desk.change(paged(case, first))
        return
    hung = case.with_tile(tile, fresh_view(case, stack, first))
    desk.change(replace(hung, active=tile), "Hang series")


def fresh_view(case: Case, stack: Stack, index: int) -> ViewState:
    """A stack as it is hung by hand: fitted, with its own window; a mammogram by its chest wall, at the scale of the others."""
    view = ViewState(stack_id=stack.id, index=index)
    if stack.modality != MAMMOGRAPHY:
        return view
    view = shown_view(Port("", ()), stack, head_of(stack, case.study_of(stack.study_uid)))
    shown = [case.stack_at(n) for n in range(len(case.tiles))]
    scaled = on_one_scale([*shown, stack], [*case.tiles, view], (case.study, *case.priors))[-1]
    others = next((one.fit_mm for one in case.tiles if one.fit_mm is not None), None)
    return replace(scaled, index=index, fit_mm=others if scaled.fit_mm is not None and others else scaled.fit_mm)


def set_layout(desk: Desk, rows: int, columns: int) -> None:
    """Arrange the viewports in rows and columns, 1×1 to 4×4."""
    if desk.case is not None and 1 <= rows <= 4 and 1 <= columns <= 4:
        case = desk.case
        many = case.is_tiled and rows * columns > 1
        desk.change(spread(case, rows, columns) if many else case.with_layout(rows, columns), "Layout")


def to_viewport(desk: Desk, step: int) -> None:
    """Act on the next viewport from now on, across all monitors; those in which nothing hangs are passed over.

    Where one viewport fills the glass, the next one fills it.
    """
    case = desk.case
    if case is None:
        return
    count = len(case.tiles)
    order = [(case.active + step * n) % count for n in range(1, count)]
    to = next((tile for tile in order if case.stack_at(tile) is not None), case.active)
    if to == case.active:
        return
    if case.maximised is not None and to not in case.visible_tiles():
        desk.change(replace(case, active=to, maximised=to))
        return
    desk.activate(to)


def toggle_maximised(desk: Desk, tile: int) -> None:
    """One viewport fills the glass, or gives it back."""
    if desk.case is not None and 0 <= tile < len(desk.case.tiles):
        filled = None if desk.case.maximised is not None else tile
        desk.change(replace(desk.case, maximised=filled, active=tile), "Fill the glass")
