"""What shapes become of points, and what pulling one of their handles does. Pure geometry in image coordinates."""

from math import atan2, cos, hypot, pi, sin

from readingroom.record.finding import ImagePoint
from readingroom.tools.pointer import Pointer

STEP = pi / 4
"""With Shift a line keeps to multiples of 45 degrees."""


def kept_straight(start: ImagePoint, now: Pointer) -> ImagePoint:
    """Where the pointer is; with Shift held, on the nearest of eight directions from start."""
    if not now.shift:
        return now.image
    dx, dy = now.image[0] - start[0], (now.image[1] - start[1]) * now.aspect
    angle = round(atan2(dy, dx) / STEP) * STEP
    length = dx * cos(angle) + dy * sin(angle)
    return start[0] + length * cos(angle), start[1] + length * sin(angle) / now.aspect


def ellipse(corner: ImagePoint, opposite: ImagePoint, circle: bool, aspect: float) -> tuple[ImagePoint, ...]:
    """The ellipse in the box of two corners, longer axis first (PS3.3 C.18.6.1.2); with circle a circle in millimetres."""
    cx, cy = (corner[0] + opposite[0]) / 2, (corner[1] + opposite[1]) / 2
    rx, ry = abs(opposite[0] - corner[0]) / 2, abs(opposite[1] - corner[1]) / 2
    if circle:
        rx = max(rx, ry * aspect)
        ry = rx / aspect
        cx = corner[0] + (rx if opposite[0] >= corner[0] else -rx)
        cy = corner[1] + (ry if opposite[1] >= corner[1] else -ry)
    across = ((cx - rx, cy), (cx + rx, cy))
    down = ((cx, cy - ry), (cx, cy + ry))
    return (*across, *down) if rx >= ry else (*down, *across)


def rectangle(corner: ImagePoint, opposite: ImagePoint, square: bool, aspect: float) -> tuple[ImagePoint, ...]:
    """The four corners, in order around; with square equally long sides in millimetres."""
    x, y = opposite
    if square:
        side = max(abs(x - corner[0]), abs(y - corner[1]) * aspect)
        x = corner[0] + (side if x >= corner[0] else -side)
        y = corner[1] + (side if y >= corner[1] else -side) / aspect
    return corner, (x, corner[1]), (x, y), (corner[0], y)


def across(first: tuple[ImagePoint, ImagePoint], start: ImagePoint, now: Pointer) -> ImagePoint:
    """The end of a line from start at right angles (in millimetres) to a first line; with Shift wherever the pointer is."""
    if now.shift:
        return now.image
    (ax, ay), (bx, by) = first
    dx, dy = bx - ax, (by - ay) * now.aspect
    length = hypot(dx, dy)
    if length < 1e-9:
        return now.image
    nx, ny = -dy / length, dx / length
    far = (now.image[0] - start[0]) * nx + (now.image[1] - start[1]) * now.aspect * ny
    return start[0] + far * nx, start[1] + far * ny / now.aspect


def with_handle(tool: str, points: tuple[ImagePoint, ...], handle: int, to: ImagePoint) -> tuple[ImagePoint, ...]:
    """The points with one taken elsewhere; ellipses and rectangles stay what they are, a circle moves by its centre."""
    if tool == "ellipse" and len(points) == 4:
        return _ellipse_handle(points, handle, to)
    if tool == "rectangle" and len(points) == 4:
        return _rectangle_handle(points, handle, to)
    if tool == "circle" and len(points) == 2 and handle == 0:
        return shifted(points, (to[0] - points[0][0], to[1] - points[0][1]))
    return tuple(to if n == handle else point for n, point in enumerate(points))


def shifted(points: tuple[ImagePoint, ...], by: tuple[float, float]) -> tuple[ImagePoint, ...]:
    """All points moved by (columns, rows)."""
    return tuple((x + by[0], y + by[1]) for x, y in points)


def _rectangle_handle(points: tuple[ImagePoint, ...], handle: int, to: ImagePoint) -> tuple[ImagePoint, ...]:
    """The opposite corner stays where it is."""
    fixed = points[(handle + 2) % 4]
    made = list(points)
    made[handle] = to
    before, after = (handle + 3) % 4, (handle + 1) % 4
    # Which neighbour shares the column with the fixed corner stays so.
    upright = abs(points[before][0] - points[handle][0]) <= abs(points[before][1] - points[handle][1])
    made[before] = (to[0], fixed[1]) if upright else (fixed[0], to[1])
    made[after] = (fixed[0], to[1]) if upright else (to[0], fixed[1])
    return tuple(made)


def _ellipse_handle(points: tuple[ImagePoint, ...], handle: int, to: ImagePoint) -> tuple[ImagePoint, ...]:
    """The centre and the right angle are kept."""
    cx = (points[0][0] + points[1][0]) / 2
    cy = (points[0][1] + points[1][1]) / 2
    away = to[0] - cx, to[1] - cy
    length = max(hypot(*away), 0.5)
    along = away[0] / length, away[1] / length
    other = (points[2], points[3]) if handle < 2 else (points[0], points[1])
    half = hypot(other[0][0] - other[1][0], other[0][1] - other[1][1]) / 2
    sign = 1.0 if handle % 2 else -1.0
    first = (cx - sign * away[0], cy - sign * away[1])
    second = (cx + sign * away[0], cy + sign * away[1])
    mine = (first, second)
    over = ((cx + along[1] * half, cy - along[0] * half), (cx - along[1] * half, cy + along[0] * half))
    return (*mine, *over) if handle < 2 else (*over, *mine)
