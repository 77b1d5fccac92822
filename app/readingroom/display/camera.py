"""Where an image lies on the glass: image coordinates to screen pixels and back, and what the edges are called."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from readingroom.display.view import ViewState
from readingroom.geometry import axes
from readingroom.geometry.plane import Plane
from readingroom.measure.calibration import spacing_of
from readingroom.pixels.frame import FrameFacts
from readingroom.record.finding import ImagePoint
from readingroom.record.study import Vector

ScreenPoint = tuple[float, float]
"""(px, py) in device pixels of one viewport: its top-left corner is (0, 0), the centre of its first pixel (0.5, 0.5)."""

_TURNS = {0: (1, 0, 0, 1), 90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), 270: (0, 1, -1, 0)}
_WIDEST_ASPECT = 50.0


@dataclass(frozen=True, slots=True)
class Letters:
    """The patient directions at the four edges of the glass, e.g. "R" or "AH"; "" where they are not known."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


@dataclass(frozen=True, slots=True)
class Camera:
    """One image on one viewport.

    across: screen pixels per image column (right, down); along: per image row; origin: screen point of image point
    (0, 0). zoom: device pixels per image pixel along the finer-spaced axis.
    """

    across: tuple[float, float]
    along: tuple[float, float]
    origin: ScreenPoint
    zoom: float
    width: int
    height: int

    @staticmethod
    def of(
        view: ViewState, rows: int, columns: int, pixel_aspect: float, width: int, height: int,
        finer_mm: float | None = None,
    ) -> "Camera":  # fmt: skip
        """The camera of a view: image rotated clockwise, then mirrored left to right, then panned.

        pixel_aspect: row spacing / column spacing, so that non-square pixels are drawn true (PS3.3 C.7.6.3.1.7).
        width, height: device pixels. Fit shows the whole image, or the area that the view names. At whole-number magnifications image pixels are laid
        on screen pixels, so that one-to-one is never blurred by half a pixel. finer_mm: spacing along the finer-spaced
        axis, None where no millimetre is believed: then a view that asks to fit so many millimetres fits its image.
        """
        wide, tall = max(1.0, 1.0 / pixel_aspect), max(1.0, pixel_aspect)
        a, b, c, d = _TURNS[view.rotation % 360]
        left, top, right, bottom = view.area or (0.0, 0.0, float(columns), float(rows))
        shown = (right - left) * wide, (bottom - top) * tall
        box = shown if view.rotation % 180 == 0 else shown[::-1]
        if view.fit_mm is not None and finer_mm:
            box = view.fit_mm[0] / finer_mm, view.fit_mm[1] / finer_mm
        zoom = view.zoom or min(max(1, width) / box[0], max(1, height) / box[1])
        mirror = -1.0 if view.flipped else 1.0
        across = (mirror * a * wide * zoom, c * wide * zoom)
        along = (mirror * b * tall * zoom, d * tall * zoom)
        at = anchor_px(view, width)
        edge = max if view.anchor == "right" else min
        if view.anchor and view.is_upright:
            ends = [across[0] * x + along[0] * y for x in (left, right) for y in (top, bottom)]
            start = at + view.pan[0] - edge(ends)
        else:
            start = at + view.pan[0] - across[0] * (left + right) / 2 - along[0] * (top + bottom) / 2
        origin = (
            start,
            height / 2 + view.pan[1] - across[1] * (left + right) / 2 - along[1] * (top + bottom) / 2,
        )
        if _whole(wide * zoom) and _whole(tall * zoom):
            origin = (float(round(origin[0])), float(round(origin[1])))
        return Camera(across, along, origin, zoom, width, height)

    def to_screen(self, x: float, y: float) -> ScreenPoint:
        """Screen point of image point (x, y)."""
        return (
            self.across[0] * x + self.along[0] * y + self.origin[0],
            self.across[1] * x + self.along[1] * y + self.origin[1],
        )

    def to_image(self, px: float, py: float) -> ImagePoint:
        """Image point of screen point (px, py); the centre of the first image pixel is (0.5, 0.5)."""
        dx, dy = px - self.origin[0], py - self.origin[1]
        turn = self.across[0] * self.along[1] - self.along[0] * self.across[1]
        return (
            (self.along[1] * dx - self.along[0] * dy) / turn,
            (self.across[0] * dy - self.across[1] * dx) / turn,
        )

    @property
    def matrix(self) -> NDArray[np.float64]:
        """4 x 4: view pixel (column, row, slab sample, 1) to voxel index (column, row, slice, 1), centres at integers."""
        x0, y0 = self.to_image(0.5, 0.5)
        x1, y1 = self.to_image(1.5, 0.5)
        x2, y2 = self.to_image(0.5, 1.5)
        return np.array(
            (
                (_clean(x1 - x0), _clean(x2 - x0), 0.0, x0 - 0.5),
                (_clean(y1 - y0), _clean(y2 - y0), 0.0, y0 - 0.5),
                (0.0, 0.0, 1.0, 0.0),
                (0.0, 0.0, 0.0, 1.0),
            )
        )

    def letters(self, plane: Plane | None, patient_orientation: tuple[str, ...] = ()) -> Letters:
        """What the edges of the glass are called, turned and mirrored with the image.

        From the plane where there is one; a projection image says it itself (Patient Orientation, PS3.3 C.7.6.1.1.1);
        where neither does, nothing is said.
        """
        right = (_sign(self.across[0]), _sign(self.along[0]))
        bottom = (_sign(self.across[1]), _sign(self.along[1]))
        if plane is not None:
            east, south = axes.letters(_direction(plane, right)), axes.letters(_direction(plane, bottom))
        else:
            words = _stated(patient_orientation)
            east, south = _along(words, right), _along(words, bottom)
        return Letters(axes.opposite(east), east, axes.opposite(south), south)


def pixel_aspect(facts: FrameFacts) -> float:
    """Row spacing / column spacing of a frame, as measured distances believe it; 1 where the header is silent or absurd."""
    aspect = spacing_of(facts).aspect
    return aspect if 1 / _WIDEST_ASPECT <= aspect <= _WIDEST_ASPECT else 1.0


def finer_mm(facts: FrameFacts) -> float | None:
    """Millimetres of an image pixel along its finer-spaced axis, as measured distances believe them; None for none."""
    spacing = spacing_of(facts)
    if spacing.row_mm is None or spacing.column_mm is None:
        return None
    return min(spacing.row_mm, spacing.column_mm)


def anchor_px(view: ViewState, width: float) -> float:
    """Where on the glass (device pixels from the left) pan counts from: its middle, or the edge an image is hung on."""
    return {"left": 0.0, "right": float(width)}[view.anchor] if view.anchor and view.is_upright else width / 2


def zoomed_about(view: ViewState, camera: Camera, zoom: float, px: float, py: float) -> ViewState:
    """The view at another magnification with the image point under screen point (px, py) held in place."""
    changed = view.zoomed(zoom)
    share = (changed.zoom or camera.zoom) / camera.zoom
    away = px - anchor_px(view, camera.width), py - camera.height / 2
    pan = away[0] - (away[0] - view.pan[0]) * share, away[1] - (away[1] - view.pan[1]) * share
    return replace(changed, pan=pan)


def _whole(scale: float) -> bool:
    return scale > 0.5 and abs(scale - round(scale)) < 1e-9


def _clean(step: float) -> float:
    return 0.0 if abs(step) < 1e-12 else step


def _sign(value: float) -> int:
    return int(value > 0) - int(value < 0)


def _direction(plane: Plane, towards: tuple[int, int]) -> Vector:
    x, y = towards
    row, column = plane.row, plane.column
    return x * row[0] + y * column[0], x * row[1] + y * column[1], x * row[2] + y * column[2]


def _stated(patient_orientation: tuple[str, ...]) -> tuple[str, str]:
    """The two values of Patient Orientation where both are patient axes, else nothing."""
    if len(patient_orientation) != 2:
        return "", ""
    row, column = (value.strip().upper() for value in patient_orientation)
    believable = all(0 < len(value) <= 3 and set(value) <= set("RLAPHF") for value in (row, column))
    return (row, column) if believable else ("", "")


def _along(words: tuple[str, str], towards: tuple[int, int]) -> str:
    word = words[0] if towards[0] else words[1]
    return word if sum(towards) > 0 else axes.opposite(word)
