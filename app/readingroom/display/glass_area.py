"""Where the points of a presentation state lie on the glass, and where the glass ends."""

from readingroom.display.camera import Camera, ScreenPoint

Pair = tuple[float, float]


class GlassArea:
    """The glass with a displayed area (left, top, right, bottom in image coordinates) on it.

    wide, high: of the area in screen pixels; mirrored: left and right exchanged by the camera.
    """

    def __init__(self, camera: Camera, area: tuple[float, float, float, float]) -> None:
        self._camera = camera
        first, last = camera.to_screen(area[0], area[1]), camera.to_screen(area[2], area[3])
        self._left, self._top = min(first[0], last[0]), min(first[1], last[1])
        self.wide, self.high = abs(last[0] - first[0]), abs(last[1] - first[1])
        origin, right, down = (camera.to_screen(*point) for point in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))
        across, below = (right[0] - origin[0], right[1] - origin[1]), (down[0] - origin[0], down[1] - origin[1])
        self.mirrored = across[0] * below[1] - across[1] * below[0] < 0

    def place(self, point: Pair, units: str) -> ScreenPoint:
        """A point in the image, or in parts of the displayed area as it lies on the glass."""
        if units == "DISPLAY":
            return self._left + point[0] * self.wide, self._top + point[1] * self.high
        return self._camera.to_screen(*point)

    def to_edges(self, first: ScreenPoint, second: ScreenPoint) -> tuple[ScreenPoint, ScreenPoint] | None:
        """The line through two screen points from edge to edge of the glass, in their order; None where it misses it."""
        along = second[0] - first[0], second[1] - first[1]
        low, high = float("-inf"), float("inf")
        for start, step, size in ((first[0], along[0], self._camera.width), (first[1], along[1], self._camera.height)):
            if step == 0:
                if not 0 <= start <= size:
                    return None
                continue
            one, other = sorted((-start / step, (size - start) / step))
            low, high = max(low, one), min(high, other)
        if not low < high or low == float("-inf"):
            return None
        return (
            (first[0] + along[0] * low, first[1] + along[1] * low),
            (first[0] + along[0] * high, first[1] + along[1] * high),
        )
