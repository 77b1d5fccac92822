"""The stages of a case's protocol: the next, the one before, and why the case hangs as it does."""

from dataclasses import replace

from readingroom.display.view import ViewState
from readingroom.hanging.explaining import as_text, explanation
from readingroom.hanging.hang import Hanging, hang
from readingroom.hanging.placing import Monitor
from readingroom.session.case import Case
from readingroom.session.desk import Desk, Notice
from readingroom.session.seating import carried, followed


def next_stage(desk: Desk) -> None:
    """Hang the next stage; after the last comes the first."""
    _to_stage(desk, 1)


def previous_stage(desk: Desk) -> None:
    """Hang the stage before; before the first comes the last."""
    _to_stage(desk, -1)


def hang_again(desk: Desk) -> None:
    """Hang the stage anew as the protocol has it, whatever the reader arranged."""
    _to_stage(desk, 0)


def show_stage(desk: Desk, number: int) -> None:
    """Hang a stage by its number, from 0."""
    if desk.case is not None:
        _to_stage(desk, number - desk.case.stage)


def view_as_hung(desk: Desk) -> None:
    """Show the active viewport as its protocol has it, window, inversion and mirroring, at the image that it is at.

    What no viewport of the protocol's stage shows is fitted, with the image's own window.
    """
    case = desk.case
    if case is None:
        return
    now = case.tiles[case.active]
    views = _hanging(desk, case, case.stage).tiles
    # The same stack may hang twice, each time in its own window: its own place is asked first.
    own = views[case.active : case.active + 1] if case.is_as_hung else ()
    hung = next((view for view in (*own, *views) if view.stack_id and view.stack_id == now.stack_id), now.fitted())
    desk.view(case.active, replace(hung, index=now.index, smooth=now.smooth), "Reset view")


def on_glass_of(desk: Desk, width: int, height: int, seat: int = 0) -> None:
    """The images of a monitor have so much room from now on: where it is turned, what hangs as hung is turned as well."""
    if seat < len(desk.glass):
        there = replace(desk.glass[seat], width=width, height=height)
        sit_at(desk, tuple(there if n == seat else one for n, one in enumerate(desk.glass)))


def sit_at(desk: Desk, glass: tuple[Monitor, ...]) -> None:
    """Images have these monitors from now on, from left to right: the case hangs anew on what is there, and loses nothing.

    A case that hangs as its protocol has it is hung by it again; one that the reader arranged keeps his arrangement, and
    monitors that come back show it as they did.
    """
    before, shape = desk.case, desk.seats.shape
    desk.seats.glass = glass
    if before is None or desk.seats.shape == shape:
        return
    back = desk.seats.back(before)
    now = desk.seats.fitted(back if back is not None else on_other_monitors(desk, before))
    desk.seats.leave(before, shape, now)
    desk.change(now)


def on_other_monitors(desk: Desk, case: Case) -> Case:
    """A case as it hangs on the monitors that there are now: by its protocol, or as the reader arranged it."""
    if not case.is_as_hung or not case.stages:
        return case
    hanging = _hanging(desk, case, 0)
    names = [stage.name for stage in hanging.stages]
    name = case.stages[min(case.stage, len(case.stages) - 1)]
    held = case.tiles[case.active].stack_id
    showing = (n for n, stage in enumerate(hanging.stages) if any(held == stack_id for stack_id, _ in stage.shows()))
    at = names.index(name) if name in names else next(showing, 0)
    hanging = _hanging(desk, case, at) if at else hanging
    if hanging.shown is None:
        return case
    tiles = carried(hanging.tiles, case.tiles)
    filled = case.maximised is not None and hanging.boards == case.boards
    return replace(
        _as_hung(case.with_boards(hanging.boards, tiles), hanging), active=followed(case, tiles),
        maximised=case.maximised if filled else None,
    )  # fmt: skip


def _as_hung(case: Case, hanging: Hanging) -> Case:
    return replace(
        case, stage=hanging.stage, stages=tuple(stage.name for stage in hanging.stages), hung_because=hanging.reasons,
        hung_empty=hanging.empty, hung_as=tuple(view.stack_id for view in hanging.tiles), hung_layout=hanging.layout,
        hung_further=hanging.boards[1:],
    )  # fmt: skip


def why(desk: Desk) -> str:
    """Why the open case hangs as it does, line by line; "" while none is open."""
    case = desk.case
    if case is None:
        return ""
    text = as_text(explanation(_hanging(desk, case, case.stage)))
    return text if case.is_as_hung else f"You have arranged this case yourself. As it was hung:\n\n{text}"


def _to_stage(desk: Desk, step: int) -> None:
    case = desk.case
    if case is None or not case.stages:
        return
    wanted = (case.stage + step) % len(case.stages)
    hanging = _hanging(desk, case, wanted)
    shown = hanging.shown
    if shown is None:
        return
    tiles = tuple(_where_it_was(view, case) for view in hanging.tiles)
    hung = replace(_as_hung(case.with_boards(hanging.boards, tiles), hanging), active=0, tiled="", put_back=None)
    staged = replace(hung, tool=shown.tool or case.tool)
    desk.change(staged, "Stage")
    if shown.text or len(hanging.stages) == 1:
        desk.noticed.tell(Notice(f"Stage {hanging.stage + 1} of {len(hanging.stages)}: {shown.name}", shown.text))


def _hanging(desk: Desk, case: Case, stage: int) -> Hanging:
    return hang(case.study, case.stacks, case.priors, desk.protocols(), desk.glass, stage=stage)


def _where_it_was(view: ViewState, case: Case) -> ViewState:
    """A stack that was on the glass stays at the image that was shown of it."""
    before = next((old for old in case.tiles if view.stack_id and old.stack_id == view.stack_id), None)
    return view if before is None else replace(view, index=before.index)
