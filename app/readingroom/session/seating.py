"""The monitors that images have: a case fits them whatever comes and goes, and on coming back is as it was left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from readingroom.display.view import ViewState
from readingroom.hanging.placing import Board, Monitor
from readingroom.session.case import Case

MOST_TILES = 16


@dataclass(frozen=True, slots=True)
class Left:
    """A case as it was on monitors that were left, and as it was put on those that stayed."""

    case: Case
    stayed: tuple[tuple[Board, ...], tuple[str, ...]]


class Seats:
    """Which monitors there are for images; remembers, for those that went, how the case hung on them."""

    def __init__(self, glass: tuple[Monitor, ...] = (Monitor(),)) -> None:
        self.glass = glass
        self._left: dict[tuple[tuple[str, bool], ...], Left] = {}

    @property
    def shape(self) -> tuple[tuple[str, bool], ...]:
        """What of the monitors decides how a case hangs: each one's role, and whether it is upright."""
        return tuple((one.role, one.is_upright) for one in self.glass)

    def fitted(self, case: Case) -> Case:
        """The case on as many monitors as there are."""
        return fitted(case, len(self.glass))

    def leave(self, before: Case, shape: tuple[tuple[str, bool], ...], now: Case) -> None:
        """Remember how a case hung on monitors of this shape, and how it hangs now."""
        self._left[shape] = Left(before, _arrangement(now))

    def back(self, now: Case) -> Case | None:
        """The case as it was left on these monitors, or None: it never was, or was rearranged since.

        What was scrolled, windowed or zoomed meanwhile stays so.
        """
        left = self._left.pop(self.shape, None)
        if left is None or left.case.study.uid != now.study.uid or left.stayed != _arrangement(now):
            return None
        was = left.case
        tiles = carried(was.tiles, now.tiles)
        back = replace(
            now.with_boards(was.boards, tiles), active=followed(now, tiles), hung_as=was.hung_as,
            hung_layout=was.hung_layout, hung_further=was.hung_further, stage=was.stage, stages=was.stages,
            hung_because=was.hung_because, hung_empty=was.hung_empty,
        )  # fmt: skip
        return replace(back, maximised=was.maximised)


def fitted(case: Case, count: int) -> Case:
    """A case on so many monitors: what hung on one that is gone moves to the last that is there, one without has an empty tile."""
    if sum(board.count for board in case.boards) != len(case.tiles):
        # What knows of one monitor only arranged that one.
        case = replace(case, further=())
    boards = case.boards
    if len(boards) == count:
        return case
    if len(boards) < count:
        more = count - len(boards)
        grown = case.with_boards((*boards, *(Board(),) * more), (*case.tiles, *(ViewState(),) * more))
        return replace(grown, active=case.active, maximised=case.maximised)
    last = case.tiles_on(count - 1)
    moved = [n for n, view in enumerate(case.tiles) if n >= last.stop and view.stack_id]
    if not moved:
        return replace(
            case.with_boards(boards[:count], case.tiles[: last.stop]), active=min(case.active, last.stop - 1)
        )
    # What the reader looks at comes first, so that it is not what finds no room.
    gone = sorted(moved, key=lambda n: n != case.active)
    here = [n for n in last if case.tiles[n].stack_id]
    order = [*range(last.start), *(here + gone)[:MOST_TILES]] if case.active not in gone else [
        *range(last.start), *(gone[:1] + here + gone[1:])[:MOST_TILES]
    ]  # fmt: skip
    board = _board_for(len(order) - last.start)
    tiles = [case.tiles[n] for n in order]
    tiles += [ViewState()] * (last.start + board.count - len(tiles))
    active = order.index(case.active) if case.active in order else last.start
    return replace(case.with_boards((*boards[: count - 1], board), tuple(tiles)), active=active)


def carried(wanted: Sequence[ViewState], now: Sequence[ViewState]) -> tuple[ViewState, ...]:
    """The views as they are wanted, each stack as it is shown now.

    One that hangs several times keeps to its windows: where no view of it has the window that is wanted, only its image stays.
    """
    before, after = Counter(view.stack_id for view in now), Counter(view.stack_id for view in wanted)
    left = list(now)
    found: list[ViewState] = []
    for want in wanted:
        same = [view for view in left if want.stack_id and view.stack_id == want.stack_id]
        alike = [view for view in same if (view.voi, view.voi_name) == (want.voi, want.voi_name)]
        if alike or (same and before[want.stack_id] == after[want.stack_id]):
            taken = (alike or same)[0]
            left.remove(taken)
            found.append(taken)
            continue
        shown = next((view for view in now if want.stack_id and view.stack_id == want.stack_id), None)
        found.append(want if shown is None else replace(want, index=shown.index))
    return tuple(found)


def followed(case: Case, tiles: Sequence[ViewState]) -> int:
    """The tile of these that shows what the active one shows, or the first."""
    held = case.tiles[case.active].stack_id
    return next((n for n, view in enumerate(tiles) if held and view.stack_id == held), 0)


def _arrangement(case: Case) -> tuple[tuple[Board, ...], tuple[str, ...]]:
    return case.boards, tuple(view.stack_id for view in case.tiles)


def _board_for(count: int) -> Board:
    sizes = ((1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4))
    return Board(next((rows, columns) for rows, columns in sizes if count <= rows * columns))
