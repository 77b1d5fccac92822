"""From display sets to viewports: one stage of a protocol on the monitors that there are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from readingroom.display.stack import Stack
from readingroom.hanging.choosing import Pick
from readingroom.hanging.protocol import CURRENT, Layout, Port, Protocol, Screen, Stage, Window

EMPTY = "."
SPARE = "other "
"""How viewports are called that no protocol asked for: no name in a file has a space."""
Area = tuple[int, int, int, int]
"""First row, first column (from 0), rows and columns that a viewport takes of its monitor's grid."""
MOST_ON_A_MONITOR = 4
COLOUR = "colour"
COLOUR_MODALITIES = frozenset({"US", "IVUS", "XC", "GM", "SM", "ES", "OP", "DMS", "OPT"})
"""Modalities whose images lose what they say on a grey monitor."""
_ROLES = (COLOUR, "report", "projector")
UPRIGHT = 1.15
"""Height over width from which a monitor is an upright one; below, a row of images stays a row."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor's image area in pixels; 0 × 0 where it is not known, and taken for a wide one.

    role: diagnostic, colour, report, projector or other, "" where nobody said; checked: a valid check says that images
    may be read on it.
    """

    width: int = 0
    height: int = 0
    role: str = ""
    checked: bool = False

    @property
    def is_upright(self) -> bool:
        """Whether it is so much higher than wide that images are larger one above the other."""
        return self.height > UPRIGHT * self.width


@dataclass(frozen=True, slots=True)
class Board:
    """How one monitor divides among its viewports: rows and columns; areas: one for each viewport, () for one cell each."""

    layout: tuple[int, int] = (1, 1)
    areas: tuple[Area, ...] = ()

    @property
    def count(self) -> int:
        """How many viewports it has."""
        return len(self.areas) or self.layout[0] * self.layout[1]

    @property
    def places(self) -> tuple[Area, ...]:
        """The area of each viewport, row by row."""
        columns = self.layout[1]
        return self.areas or tuple((n // columns, n % columns, 1, 1) for n in range(self.count))


@dataclass(frozen=True, slots=True)
class Placed:
    """One viewport: where on which monitor (counted from 0), and what it shows; stack None for an empty place."""

    monitor: int
    area: Area
    port: Port
    stack: Stack | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class HungStage:
    """One stage as it hangs: the grid (rows, columns) of each monitor, and its viewports in the order of reading."""

    id: str
    name: str
    grids: tuple[tuple[int, int], ...]
    placed: tuple[Placed, ...]
    tool: str = ""
    text: str = ""

    def shows(self) -> frozenset[tuple[str, Window | None]]:
        """What is seen in it: (stack, window)."""
        return frozenset((one.stack.id, one.port.window) for one in self.placed if one.stack is not None)

    def wanted(self) -> frozenset[tuple[str, Window | None]]:
        """What of it the protocol asked for: without the series that only fill a monitor."""
        asked = (one for one in self.placed if not one.port.id.startswith(SPARE))
        return frozenset((one.stack.id, one.port.window) for one in asked if one.stack is not None)


@dataclass(frozen=True, slots=True)
class _Grid:
    rows: tuple[tuple[str, ...], ...]
    turns: bool


def placed_stage(
    protocol: Protocol, stage: Stage, picks: Mapping[str, Pick], spare: Sequence[Stack], monitors: Sequence[Monitor]
) -> HungStage | None:
    """A stage on these monitors, or None where a display set that it needs is missing or nothing would be seen.

    spare: stacks of the current study for viewports and monitors with nothing to show, in the order of reading.
    """
    if any(picks[need].stack is None for need in stage.needs):
        return None
    for layout in sorted(stage.layouts, key=lambda one: -len(one.screens)):
        ports = _ports(protocol, layout)
        shown = _filled(ports, picks)
        if stage.fill_unmatched:
            shown |= _from_spare(ports, shown, picks, spare)
        numbers = for_images([stack for stack, _ in shown.values()], monitors)
        where = _where(layout, numbers, monitors)
        if len(where) < len(layout.screens):
            continue
        grids = [_without_gaps(screen, layout, shown, ports, picks) for screen in layout.screens]
        if len(layout.screens) > 1 and not all(_holds_any(grid, shown) for grid in grids):
            continue
        if not any(_holds_any(grid, shown) for grid in grids):
            return None
        if len(grids) == 1:
            grids = _spread(grids[0], len(numbers))
            where = numbers[: len(grids)]
        return _hung(stage, dict(zip(where, grids, strict=True)), ports, shown, spare, monitors)
    return None


def for_images(stacks: Sequence[Stack], monitors: Sequence[Monitor]) -> list[int]:
    """The numbers of the monitors that these images belong on: colour on a colour monitor, all else beside it."""
    colour = [n for n, one in enumerate(monitors) if one.role == COLOUR]
    others = [n for n in range(len(monitors)) if n not in colour]
    return (colour or others) if _is_colour(stacks) else (others or colour)


def _is_colour(stacks: Sequence[Stack]) -> bool:
    return bool(stacks) and all(stack.modality in COLOUR_MODALITIES for stack in stacks)


def _where(layout: Layout, numbers: Sequence[int], monitors: Sequence[Monitor]) -> list[int]:
    """A monitor for each screen: one of the role that it asks for where there is one, the others from left to right."""
    found: dict[int, int] = {}
    for n, screen in enumerate(layout.screens):
        if screen.role in _ROLES:
            of_role = [at for at, one in enumerate(monitors) if one.role == screen.role and at not in found.values()]
            found |= {n: of_role[0]} if of_role else {}
    for n, screen in enumerate(layout.screens):
        if n not in found:
            anywhere = range(len(monitors)) if screen.role in _ROLES else ()
            free = [at for at in (*numbers, *anywhere) if at not in found.values()]
            found |= {n: free[0]} if free else {}
    return [found[n] for n in range(len(layout.screens)) if n in found]


def plain_stage(stage_id: str, name: str, stacks: Sequence[Stack], monitors: Sequence[Monitor]) -> HungStage:
    """Stacks side by side in their order, each with its own window."""
    grids: dict[int, tuple[int, int]] = {}
    placed = list(_dealt(stacks, range(len(monitors)), monitors, grids))
    return HungStage(stage_id, name, _in_order(grids), tuple(placed))


def _dealt(
    stacks: Sequence[Stack], free: Sequence[int], monitors: Sequence[Monitor], grids: dict[int, tuple[int, int]]
) -> Iterator[Placed]:
    """Stacks on the free monitors, colour ones apart where there is a colour monitor; the grids are noted in `grids`."""
    there = [monitors[n] for n in free]
    piles: dict[tuple[int, ...], list[Stack]] = {}
    for stack in stacks:
        piles.setdefault(tuple(for_images([stack], there)), []).append(stack)
    for numbers, pile in piles.items():
        for n, share in enumerate(_shares(pile, len(numbers))):
            at = free[numbers[n]]
            grids[at] = _grid_for(len(share), monitors[at])
            yield from _side_by_side(share, at, monitors[at])


def _in_order(grids: Mapping[int, tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The grid of each monitor up to the last one that holds anything; 1 × 1 for one between them that holds nothing."""
    return tuple(grids.get(n, (1, 1)) for n in range(max(grids, default=-1) + 1))


def _ports(protocol: Protocol, layout: Layout) -> dict[str, Port]:
    names = dict.fromkeys(n for screen in layout.screens for row in screen.grid for n in row if n != EMPTY)
    return {name: protocol.port(name) for name in names}


def _filled(ports: Mapping[str, Port], picks: Mapping[str, Pick]) -> dict[str, tuple[Stack, str]]:
    """What each viewport shows and under which name: first choices first, so that a second choice doubles none."""
    shown: dict[str, tuple[Stack, str]] = {}
    taken: set[tuple[str, Window | None]] = set()
    for name, port in ports.items():
        stack = picks[port.show[0]].stack
        if stack is not None and (port.repeat or (stack.id, port.window) not in taken):
            shown[name] = (stack, port.show[0])
            taken.add((stack.id, port.window))
    for name, port in ports.items():
        for other in port.show[1:]:
            stack = picks[other].stack
            if name in shown or stack is None:
                continue
            if port.repeat or stack.id not in {one.id for one, _ in shown.values()}:
                shown[name] = (stack, other)
    return {name: shown[name] for name in ports if name in shown}


def _from_spare(
    ports: Mapping[str, Port], shown: Mapping[str, tuple[Stack, str]], picks: Mapping[str, Pick], spare: Sequence[Stack]
) -> dict[str, tuple[Stack, str]]:
    """Series that hang nowhere, for viewports of the current examination that have nothing."""
    seen = {stack.id for stack, _ in shown.values()}
    free = [stack for stack in spare if stack.id not in seen]
    found: dict[str, tuple[Stack, str]] = {}
    for name, port in ports.items():
        if name not in shown and free and not port.keep_empty and _is_current(port, picks):
            found[name] = (free.pop(0), "")
    return found


def _is_current(port: Port, picks: Mapping[str, Pick]) -> bool:
    return all(picks[name].wanted.source == CURRENT for name in port.show)


def _without_gaps(
    screen: Screen, layout: Layout, shown: Mapping[str, object], ports: Mapping[str, Port], picks: Mapping[str, Pick]
) -> _Grid:
    """The grid without rows and columns in which nothing hangs; one of the current study alone closes up altogether."""

    def stays(name: str) -> bool:
        return name in shown or (name != EMPTY and ports[name].keep_empty)

    rows = [row for row in screen.grid if any(stays(name) for name in row)]
    columns = [n for n in range(len(screen.grid[0])) if any(stays(row[n]) for row in rows)]
    kept = tuple(tuple(row[n] for n in columns) for row in rows)
    names = list(dict.fromkeys(name for row in kept for name in row))
    gaps = [name for name in names if not stays(name)]
    spans = sum(len(row) for row in kept) > len(names) or EMPTY in names
    if gaps and not spans and all(_is_current(ports[name], picks) for name in names):
        left = [name for name in names if name not in gaps]
        height, width = _grid_for(len(left), Monitor())
        left += [EMPTY] * (height * width - len(left))
        kept = tuple(tuple(left[r * width : (r + 1) * width]) for r in range(height))
    return _Grid(kept, layout.turns)


def _holds_any(grid: _Grid, shown: Mapping[str, object]) -> bool:
    return any(name in shown for row in grid.rows for name in row)


def _spread(grid: _Grid, monitors: int) -> list[_Grid]:
    """One screen's columns on as many monitors as take at least one each, as evenly as they can; no viewport is cut in two."""
    columns = len(grid.rows[0])
    for parts in range(min(monitors, columns), 1, -1):
        each, more = divmod(columns, parts)
        edges = [n * each + min(n, more) for n in range(parts + 1)]
        if not any(row[c] == row[c - 1] != EMPTY for row in grid.rows for c in edges[1:-1]):
            return [_Grid(tuple(row[left:right] for row in grid.rows), grid.turns) for left, right in pairwise(edges)]
    return [grid]


def _turned(grid: _Grid, upright: bool) -> tuple[tuple[str, ...], ...]:
    """A row as a column on an upright monitor, a column as a row on a wide one."""
    rows = grid.rows
    if not grid.turns:
        return rows
    if len(rows) == 1 and len(rows[0]) > 1 and upright:
        return tuple((name,) for name in rows[0])
    if len(rows) > 1 and len(rows[0]) == 1 and not upright:
        return (tuple(row[0] for row in rows),)
    return rows


def _hung(
    stage: Stage, grids: Mapping[int, _Grid], ports: Mapping[str, Port], shown: Mapping[str, tuple[Stack, str]],
    spare: Sequence[Stack], monitors: Sequence[Monitor],
) -> HungStage:  # fmt: skip
    placed: list[Placed] = []
    shapes: dict[int, tuple[int, int]] = {}
    # What is compared across monitors lies alike on each.
    upright = all(monitors[number].is_upright for number in grids)
    for number, grid in grids.items():
        rows = _turned(grid, upright)
        shapes[number] = (len(rows), len(rows[0]))
        for name, area in _areas(rows):
            stack, under = shown.get(name, (None, ""))
            port = ports.get(name) or Port(EMPTY, (EMPTY,))
            placed.append(Placed(number, area, _as_shown(port, stack, under), stack, under))
    seen = {stack.id for stack, _ in shown.values()}
    free = [n for n in range(len(monitors)) if n not in grids]
    rest = [stack for stack in spare if stack.id not in seen and free][: MOST_ON_A_MONITOR * len(free)]
    if free:
        # What no free monitor is for hangs in a stage of its own.
        fit = [stack for stack in rest if set(for_images([stack], monitors)) & set(free)]
        placed += _dealt(fit, free, monitors, shapes)
    placed.sort(key=lambda one: one.monitor)
    return HungStage(stage.id, stage.name, _in_order(shapes), tuple(placed), stage.tool, stage.text)


def _as_shown(port: Port, stack: Stack | None, under: str) -> Port:
    """The viewport as it is for what it shows: windows in Hounsfield units are for CT, and spare series keep their own."""
    if stack is None or port.window is None:
        return port
    fits = bool(under) and (bool(port.window.name) or stack.modality == "CT")
    return port if fits else replace(port, window=None)


def _areas(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, Area]]:
    done: set[str] = set()
    for r, row in enumerate(rows):
        for c, name in enumerate(row):
            if name in done:
                continue
            if name == EMPTY:
                yield name, (r, c, 1, 1)
                continue
            done.add(name)
            height = sum(name in other for other in rows)
            yield name, (r, c, height, sum(cell == name for cell in row))


def _shares(stacks: Sequence[Stack], monitors: int) -> list[Sequence[Stack]]:
    """Stacks dealt to monitors in their order, as evenly as they can be; a monitor with none is left out."""
    if monitors < 1:
        return []
    each, more = divmod(len(stacks), monitors)
    found, at = [], 0
    for number in range(monitors):
        count = each + (number < more)
        found.append(stacks[at : at + count])
        at += count
    return [share for share in found if share]


def _side_by_side(stacks: Sequence[Stack], number: int, monitor: Monitor) -> Iterable[Placed]:
    _, columns = _grid_for(len(stacks), monitor)
    for n, stack in enumerate(stacks):
        port = Port(f"{SPARE}{n + 1}", (EMPTY,))
        yield Placed(number, (n // columns, n % columns, 1, 1), port, stack)


def _grid_for(count: int, monitor: Monitor) -> tuple[int, int]:
    """Rows and columns for so many viewports: 1 × 1 to 4 × 4, turned on an upright monitor."""
    sizes = ((1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 2), (6, 2, 3), (9, 3, 3), (12, 3, 4), (16, 4, 4))
    rows, columns = next(((r, c) for most, r, c in sizes if count <= most), (4, 4))
    return (columns, rows) if monitor.is_upright else (rows, columns)
