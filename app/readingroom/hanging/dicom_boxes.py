"""Image boxes of a DICOM Hanging Protocol, anywhere on the glass of all screens, as grids of at most four by four."""

from collections.abc import Sequence

from readingroom.hanging.placing import EMPTY
from readingroom.hanging.protocol import Layout, Screen

Box = tuple[float, float, float, float]
"""Left, top, right, bottom from 0 to 1; the lower left corner is (0, 0), so top is above bottom (PS3.3 C.23.2.1.1)."""
MOST_LINES = 4
NEAR = 0.012


def layouts_of(
    boxes: Sequence[tuple[str, Box]], screens: Sequence[Box], lost: list[str], stage: str
) -> list[tuple[Layout, ...]]:
    """The layouts of a stage; after the first, those of further stages for a desk with one monitor."""
    ordered = sorted(screens, key=lambda box: (box[0], -box[1]))
    shares: list[list[tuple[str, Box]]] = [[] for _ in ordered]
    for name, box in boxes:
        shares[min(range(len(ordered)), key=lambda n: _away(box, ordered[n]))].append((name, box))
    grids = [Screen(_grid(share, lost, stage)) for share in shares if share]
    if len(grids) == 1:
        return [(Layout(tuple(grids), turns=False),)]
    together = len({len(one.grid) for one in grids}) == 1 and sum(len(one.grid[0]) for one in grids) <= MOST_LINES
    whole = Layout(tuple(grids), turns=False)
    if together:
        rows = tuple(tuple(n for one in grids for n in one.grid[r]) for r in range(len(grids[0].grid)))
        return [(whole, Layout((Screen(rows),), turns=False))]
    return [
        (whole, Layout((grids[0],), turns=False)),
        *((Layout((one,), turns=False),) for one in grids[1:]),
    ]


def _away(box: Box, screen: Box) -> float:
    """How far the middle of a box lies outside of a screen."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    left, top, right, bottom = screen
    return max(left - x, x - right, 0.0) + max(bottom - y, y - top, 0.0)


def _grid(boxes: Sequence[tuple[str, Box]], lost: list[str], stage: str) -> tuple[tuple[str, ...], ...]:
    """The cells between all edges; where that are too many, or boxes lie on each other, boxes side by side in equal cells."""
    across = _lines([edge for _, box in boxes for edge in (box[0], box[2])])
    down = _lines([-edge for _, box in boxes for edge in (box[1], box[3])])
    rows, columns = len(down) - 1, len(across) - 1
    if 1 <= rows <= MOST_LINES and 1 <= columns <= MOST_LINES:
        cells = [[EMPTY] * columns for _ in range(rows)]
        clear = True
        for name, (left, top, right, bottom) in boxes:
            for r in range(_at(down, -top), _at(down, -bottom)):
                for c in range(_at(across, left), _at(across, right)):
                    clear = clear and cells[r][c] == EMPTY
                    cells[r][c] = name
        if clear:
            return tuple(tuple(row) for row in cells)
    lost.append(f"{stage}: the places of its boxes; they hang side by side.")
    wide = next(n for n in range(1, MOST_LINES + 1) if n * n >= len(boxes) or n == MOST_LINES)
    names = [name for name, _ in boxes]
    if len(names) > wide * MOST_LINES:
        lost.append(f"{stage}: {len(names) - wide * MOST_LINES} boxes more than sixteen.")
        names = names[: wide * MOST_LINES]
    names += [EMPTY] * (-len(names) % wide)
    return tuple(tuple(names[n : n + wide]) for n in range(0, len(names), wide))


def _lines(edges: Sequence[float]) -> list[float]:
    """Edges from first to last, those that are as good as one taken for one."""
    found: list[float] = []
    for edge in sorted(edges):
        if not found or edge - found[-1] > NEAR:
            found.append(edge)
    return found


def _at(lines: Sequence[float], edge: float) -> int:
    return min(range(len(lines)), key=lambda n: abs(lines[n] - edge))
