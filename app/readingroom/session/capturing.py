"""What is on the glass, as the hanging rules see it, and a desk's own protocols: captured, tried, saved, put back."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from readingroom.base.errors import ReaderError
from readingroom.display.camera import Camera
from readingroom.display.view import ViewState
from readingroom.hanging.capturing import Captured, Seen, SeenPort, captured
from readingroom.hanging.drafting import Trial, tried
from readingroom.hanging.hang import hang
from readingroom.hanging.own import Before, OwnProtocols, fresh_id, put_back
from readingroom.hanging.placing import Monitor
from readingroom.hanging.protocol import Protocol
from readingroom.session.case import Case
from readingroom.session.desk import Desk

WHOLE = (0.0, 0.0, 1.0, 1.0)


def seen_of(
    case: Case, glass: tuple[Monitor, ...], sizes: Sequence[tuple[int, int]] = (), aspects: Sequence[float] = ()
) -> Seen:
    """What a case shows; sizes: each viewport's device pixels, by which its magnification becomes a part of the image.

    aspects: each image's row spacing over its column spacing, 1 where it is not known. Where sizes are not known only the
    magnification itself is taken.
    """
    ports = []
    boards = case.boards
    held = [n for n in range(len(boards)) if any(case.tiles[tile].stack_id for tile in case.tiles_on(n))] or [0]
    places = case.places
    for number, tile in ((number, tile) for number, board in enumerate(held) for tile in case.tiles_on(board)):
        area = places[tile]
        size = sizes[tile] if tile < len(sizes) else (0, 0)
        aspect = aspects[tile] if tile < len(aspects) else 1.0
        view = case.tiles[tile]
        ports.append(SeenPort(number, area, view, _part(case, tile, view, size, aspect), _sync(case, tile)))
    there = tuple(glass[n] for n in held if n < len(glass))
    return Seen(
        case.study, case.stacks, case.priors, tuple(boards[n].layout for n in held), tuple(ports), there, case.tool
    )


def _part(
    case: Case, tile: int, view: ViewState, size: tuple[int, int], aspect: float
) -> tuple[float, float, float, float] | None:
    """The part of the image that the glass shows, None where all of it is fitted or it is shown one to one."""
    stack = case.stack_at(tile)
    if stack is None or not stack.rows or not stack.columns:
        return None
    if view.area is not None and view.zoom is None and view.pan == (0.0, 0.0):
        left, top, right, bottom = view.area
    elif (view.zoom is None and view.pan == (0.0, 0.0)) or view.zoom == 1.0 or 0 in size:
        return None
    else:
        camera = Camera.of(view, stack.rows, stack.columns, aspect, *size)
        corners = (camera.to_image(0.0, 0.0), camera.to_image(float(size[0]), float(size[1])))
        (left, right), (top, bottom) = (sorted(axis) for axis in zip(*corners, strict=True))
    across, down = stack.columns, stack.rows
    edges = (left / across, top / down, right / across, bottom / down)
    kept = tuple(round(max(-4.0, min(5.0, edge)), 4) for edge in edges)
    return None if kept == WHOLE else (kept[0], kept[1], kept[2], kept[3])


def _sync(case: Case, tile: int) -> tuple[str, ...]:
    """What a viewport shares with others: the groups it was hung with; scrolling, where the reader has them linked."""
    stack, own = case.stack_at(tile), case.tiles[tile].together
    place = stack.places[0] if stack is not None and stack.places else None
    if not case.linked or place is None or place.orientation is None or case.tiles[tile].in_group("scroll"):
        return own
    return (*own, "scroll:linked")


def capture(
    desk: Desk, name: str = "", keep_stages: bool = False, sizes: Sequence[tuple[int, int]] = (),
    aspects: Sequence[float] = (),
) -> Captured:  # fmt: skip
    """A protocol of what the reader sees now; keep_stages: with the other stages of the protocol that hung the case."""
    case = desk.case
    if case is None or not any(view.stack_id for view in case.tiles):
        raise ReaderError("There is nothing on the glass to capture.", "Open an examination and arrange it.")
    library = desk.protocols()
    seen = seen_of(case, desk.glass, sizes, aspects)
    name = name.strip() or f"{case.study.description or '/'.join(case.study.modalities)}"[:64]
    base, stage = _hung_by(desk, case) if keep_stages else (None, None)
    taken = (one.id for one in (*library.usable, *library.disabled))
    found = captured(seen, fresh_id(name, taken), name, library, base, stage, stage_name=name if base is None else "")
    if case.maximised is None:
        return found
    filled = "One viewport fills the glass: the grid behind it was captured."
    return replace(found, notes=(filled, *found.notes))


def add_stage(
    desk: Desk, protocol: Protocol, name: str, sizes: Sequence[tuple[int, int]] = (), aspects: Sequence[float] = ()
) -> Captured:
    """A protocol with what the reader sees now as a further stage."""
    case = desk.case
    if case is None:
        raise ReaderError("There is nothing on the glass to capture.", "Open an examination and arrange it.")
    seen = seen_of(case, desk.glass, sizes, aspects)
    own = replace(protocol, level="user")
    found = captured(seen, protocol.id, protocol.name, desk.protocols(), own, stage_name=name)
    kept = replace(found.protocol, level=protocol.level, source=protocol.source, applies_to=protocol.applies_to)
    return replace(found, protocol=kept)


def hung_by(desk: Desk) -> Protocol | None:
    """The protocol that hung the open case, None where none did."""
    return _hung_by(desk, desk.case)[0] if desk.case is not None else None


def _hung_by(desk: Desk, case: Case) -> tuple[Protocol | None, int | None]:
    hanging = hang(case.study, case.stacks, case.priors, desk.protocols(), desk.glass, stage=case.stage)
    found, shown = hanging.matched, hanging.shown
    if found is None or shown is None:
        return None, None
    at = next((n for n, stage in enumerate(found.protocol.stages) if stage.id == shown.id), None)
    return found.protocol, at


def try_on_case(desk: Desk, protocol: Protocol) -> Trial | None:
    """What a protocol would do to the open case, None while none is open."""
    case = desk.case
    if case is None:
        return None
    return tried(protocol, desk.protocols(), case.study, case.stacks, case.priors, desk.glass)


def save_protocol(desk: Desk, protocol: Protocol, level: str) -> Before:
    """Save a protocol for the reader or the site; it is used from the next hanging on."""
    before = _folders(desk).save(protocol, level)
    read_again(desk)
    return before


def delete_protocol(desk: Desk, protocol: Protocol) -> Before:
    """Delete one of the desk's own protocols."""
    before = _folders(desk).remove(protocol)
    read_again(desk)
    return before


def undo_change(desk: Desk, before: Before) -> None:
    """Put a protocol's file back as it was."""
    put_back(before)
    read_again(desk)


def read_again(desk: Desk) -> None:
    """Read the protocols of the desk anew."""
    desk.protocols = cache(_folders(desk).read)


def _folders(desk: Desk) -> OwnProtocols:
    if desk.own_protocols is None:
        raise ReaderError("This desk keeps no hanging protocols of its own.", "Start Reading Room with a profile.")
    return desk.own_protocols
