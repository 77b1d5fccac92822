"""The stages of a case's protocol: the next, the one before, and why the case hangs as it does."""

from dataclasses import replace

from readingroom.display.view import ViewState
from readingroom.hanging.explaining import as_text, explanation
from readingroom.hanging.hang import Hanging, hang
from readingroom.hanging.placing import Monitor
from readingroom.session.case import Case
from readingroom.session.desk import Desk, Notice
from readingroom.session.sync import captured


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


def on_glass_of(desk: Desk, width: int, height: int) -> None:
    """The images have so much room from now on: where it is turned, what hangs as the protocol has it is turned as well."""
    turned = Monitor(*desk.glass).is_upright is not Monitor(width, height).is_upright
    desk.glass = (width, height)
    case = desk.case
    if case is None or not turned or not case.is_as_hung or case.maximised is not None:
        return
    hanging = _hanging(desk, case, case.stage)
    if tuple(view.stack_id for view in hanging.tiles) == case.hung_as:
        desk.change(replace(case, layout=hanging.layout, areas=hanging.areas, hung_layout=hanging.layout))


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
    staged = replace(
        case, layout=hanging.layout, areas=hanging.areas, tiles=tiles, active=0, maximised=None, stage=hanging.stage, tiled="", put_back=None,
        stages=tuple(stage.name for stage in hanging.stages), hung_because=hanging.reasons,
        hung_as=tuple(view.stack_id for view in hanging.tiles), hung_layout=hanging.layout, tool=shown.tool or case.tool,
    )  # fmt: skip
    desk.change(replace(staged, links=captured(staged)) if case.linked else staged, "Stage")
    if shown.text or len(hanging.stages) == 1:
        desk.noticed.tell(Notice(f"Stage {hanging.stage + 1} of {len(hanging.stages)}: {shown.name}", shown.text))


def _hanging(desk: Desk, case: Case, stage: int) -> Hanging:
    return hang(case.study, case.stacks, case.priors, desk.protocols(), (Monitor(*desk.glass),), stage=stage)


def _where_it_was(view: ViewState, case: Case) -> ViewState:
    """A stack that was on the glass stays at the image that was shown of it."""
    before = next((old for old in case.tiles if view.stack_id and old.stack_id == view.stack_id), None)
    return view if before is None else replace(view, index=before.index)
