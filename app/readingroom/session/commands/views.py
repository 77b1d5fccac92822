"""Commands that change how the active viewport looks."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from readingroom.display.presets import Preset
from readingroom.display.view import ViewState
from readingroom.session import fusing, subtracting
from readingroom.session.arranging import hang_stack, scroll_by, scroll_to, set_layout, to_viewport, toggle_maximised
from readingroom.session.beside import compare, flicker
from readingroom.session.case import Case
from readingroom.session.commands.registry import Command
from readingroom.session.desk import Desk, Notice
from readingroom.session.reported import toggle_reported
from readingroom.session.staging import hang_again, next_stage, previous_stage, view_as_hung
from readingroom.session.sync import captured
from readingroom.session.tiling import toggle_tiles
from readingroom.session.true_size import show_true_size


def _active(change: Callable[[ViewState], ViewState], step: str) -> Callable[[Desk], None]:
    def run(desk: Desk) -> None:
        if desk.case is not None:
            desk.view(desk.case.active, change(desk.case.tiles[desk.case.active]), step)

    return run


def _case(change: Callable[[Case], Case], step: str) -> Callable[[Desk], None]:
    def run(desk: Desk) -> None:
        if desk.case is not None:
            desk.change(change(desk.case), step)

    return run


def _scroll(images: int) -> Callable[[Desk], None]:
    def run(desk: Desk) -> None:
        if desk.case is not None:
            scroll_by(desk, desk.case.active, images)

    return run


def _edge(last: bool) -> Callable[[Desk], None]:
    def run(desk: Desk) -> None:
        if desk.case is not None and (stack := desk.case.stack_at(desk.case.active)) is not None:
            scroll_to(desk, desk.case.active, len(stack.frames) - 1 if last else 0)

    return run


def _next_stack(step: int) -> Callable[[Desk], None]:
    def run(desk: Desk) -> None:
        case = desk.case
        if case is None:
            return
        here = case.stack_at(case.active)
        study = here.study_uid if here is not None else case.study.uid
        choices = [s for s in case.stacks if s.study_uid == study and s.is_read]
        if not choices:
            return
        at = next((n for n, s in enumerate(choices) if here is not None and s.id == here.id), -step)
        hang_stack(desk, case.active, choices[(at + step) % len(choices)].id)

    return run


def apply_preset(preset: Preset) -> Callable[[Desk], None]:
    """The window of a preset on the active viewport."""
    return _active(lambda v: v.windowed(preset.centre, preset.width, preset.function, preset.name), "Window preset")


def _link_here(desk: Desk) -> None:
    case = desk.case
    if case is None:
        return
    made = captured(case, desk.documents.registrations)
    desk.change(replace(case, linked=True, links=made), "Link at these slices")
    new = [link for link in made if link not in case.links]
    if not new:
        joined = "All parallel series on the glass are joined by their positions, by a registration or by this offset already."
        desk.noticed.tell(Notice(joined))


def _layout(rows: int, columns: int) -> Callable[[Desk], None]:
    return lambda desk: set_layout(desk, rows, columns)


def _own_window(view: ViewState) -> ViewState:
    return replace(view, voi=None, voi_name="", inverted=False)


def apply_state(sop_uid: str) -> Callable[[Desk], None]:
    """Look at the active viewport through a presentation state, "" for none."""

    def change(view: ViewState) -> ViewState:
        # A window that the hanging or the reader chose before must not stand in front of the state's own.
        through = replace(view, presentation=sop_uid)
        return replace(through, voi=None, voi_name="") if sop_uid else through

    return _active(change, "Presentation state")


def _toggle_state(desk: Desk) -> None:
    case = desk.case
    ref = case.frame_at(case.active) if case is not None else None
    if case is None or ref is None:
        return
    states = desk.documents.states_for(ref)
    apply_state(states[0].sop_uid if states and not case.tiles[case.active].presentation else "")(desk)


VIEW_COMMANDS: tuple[Command, ...] = (
    Command("view.next", "Next image", _scroll(1), ("Down",)),
    Command("view.previous", "Previous image", _scroll(-1), ("Up",)),
    Command("view.ten-on", "Ten images on", _scroll(10), ("PgDown",)),
    Command("view.ten-back", "Ten images back", _scroll(-10), ("PgUp",)),
    Command("view.first", "First image", _edge(False), ("Home",)),
    Command("view.last", "Last image", _edge(True), ("End",)),
    Command("view.next-series", "Next series", _next_stack(1), ("Right",)),
    Command("view.previous-series", "Previous series", _next_stack(-1), ("Left",)),
    Command("view.own-window", "The image's own window", _active(_own_window, "Own window"), ("0",)),
    Command("view.invert", "Invert", _active(lambda v: replace(v, inverted=not v.inverted), "Invert"), ("I",)),
    Command("view.mirror", "Flip left to right", _active(ViewState.mirrored, "Flip"), ("H",)),
    Command("view.flip", "Flip top to bottom", _active(ViewState.upside_down, "Flip"), ("V",)),
    Command("view.turn", "Rotate 90° clockwise", _active(lambda v: v.turned(90), "Rotate"), ("R",)),
    Command("view.turn-back", "Rotate 90° anticlockwise", _active(lambda v: v.turned(-90), "Rotate"), ("Shift+R",)),
    Command("view.fit", "Fit to viewport", _active(lambda v: replace(v, zoom=None, pan=(0.0, 0.0)), "Fit"), ("F",)),
    Command("view.one-to-one", "One to one", _active(lambda v: replace(v, zoom=1.0, pan=(0.0, 0.0)), "One to one"), ("O",)),
    Command("view.true-size", "True size", show_true_size, ("Shift+O",)),
    Command("view.reset", "As it was hung", view_as_hung, ("Backspace",)),
    Command("view.smooth", "Smooth or pixels", _active(lambda v: replace(v, smooth=not v.smooth), "Smoothing")),
    Command("view.link", "Scroll together", _case(lambda c: replace(c, linked=not c.linked), "Link"), ("L",)),
    Command(
        "view.link-here", "Link at these slices", _link_here, ("Ctrl+J",),
        says="Series without a common space scroll together from the slices shown, by an offset that stands on both.",
    ),
    Command(
        "view.unlink", "Take the offsets back", _case(lambda c: replace(c, links=()), "Take the offsets back"),
        ("Ctrl+Shift+J",), says="Series without a common space scroll each for itself again.",
    ),
    Command(
        "view.lines", "Reference lines",
        _case(lambda c: replace(c, reference_lines=not c.reference_lines), "Reference lines"), ("X",),
    ),
    Command(
        "view.text", "Text on images", _case(lambda c: replace(c, text_shown=not c.text_shown), "Text on images"), ("T",),
    ),
    Command("view.subtract", "Subtract the mask", subtracting.toggle, ("-",), says="Take the mask off an angiogram, or put it back."),
    Command("view.mask-here", "This frame is the mask", subtracting.mask_here, ("=",)),
    *(
        Command(f"view.mask-{where}{much}", f"Mask {where}{said}", subtracting.move(down * px, right * px), (f"{held}+{key}",))
        for where, key, down, right in (("left", "Left", 0, -1), ("right", "Right", 0, 1), ("up", "Up", -1, 0), ("down", "Down", 1, 0))
        for much, said, px, held in (("", " by a tenth of a pixel", subtracting.FINE_PX, "Shift"), ("-far", " by a pixel", subtracting.COARSE_PX, "Alt"))
    ),
    Command("view.fuse", "Lay another series over", fusing.toggle, ("Ctrl+F",), says="PET, SPECT, MR or CT of the same space in colours."),
    Command("view.presentation", "Presentation state", _toggle_state, ("Y",)),
    Command(
        "view.segments", "Segments", _case(lambda c: replace(c, segments_shown=not c.segments_shown), "Segments"), ("B",),
    ),
    Command(
        "view.rejected", "Rejected images",
        _case(lambda c: replace(c, rejected_shown=not c.rejected_shown), "Rejected images"), ("J",),
    ),
    Command("view.reported", "Measurements of reports", toggle_reported, ("Shift+M",)),
    Command("view.fill", "Fill the glass", lambda desk: toggle_maximised(desk, desk.case.active if desk.case else 0), ("Return",)),
    Command(
        "view.next-viewport", "Next viewport", partial(to_viewport, step=1), ("Ctrl+Tab",),
        says="The next image on any monitor; Tab does it while an image has the focus.",
    ),
    Command(
        "view.previous-viewport", "Previous viewport", partial(to_viewport, step=-1), ("Ctrl+Shift+Tab",),
        says="The image before on any monitor; Shift+Tab does it while an image has the focus.",
    ),
    Command("layout.tiles", "Tile mode", toggle_tiles, ("Shift+G",), "Layout", says="One series over all viewports, by the page."),
    Command("layout.compare", "Compare with the prior", compare, ("Shift+C",), "Layout", says="Current and prior side by side."),
    Command("view.flicker", "Flicker between current and prior", flicker, ("Shift+B",), says="The other one, in place."),
    Command("stage.next", "Next stage", next_stage, (".",), "Layout"),
    Command("stage.previous", "Previous stage", previous_stage, (",",), "Layout"),
    Command("stage.again", "Hang again by the protocol", hang_again, ("Ctrl+H",), "Layout"),
    Command("layout.1x1", "Layout 1×1", _layout(1, 1), ("Ctrl+1",), "Layout"),
    Command("layout.1x2", "Layout 1×2", _layout(1, 2), ("Ctrl+2",), "Layout"),
    Command("layout.2x1", "Layout 2×1", _layout(2, 1), ("Ctrl+Shift+2",), "Layout"),
    Command("layout.1x3", "Layout 1×3", _layout(1, 3), ("Ctrl+3",), "Layout"),
    Command("layout.2x2", "Layout 2×2", _layout(2, 2), ("Ctrl+4",), "Layout"),
    Command("layout.2x3", "Layout 2×3", _layout(2, 3), ("Ctrl+6",), "Layout"),
    Command("layout.3x3", "Layout 3×3", _layout(3, 3), ("Ctrl+9",), "Layout"),
    Command("layout.4x4", "Layout 4×4", _layout(4, 4), ("Ctrl+0",), "Layout"),
)  # fmt: skip
