"""Dragging an image: scroll with acceleration, window, zoom, pan. Pure: what the hand did in, what to show out."""

from dataclasses import replace
from math import exp

from readingroom.display.view import ViewState
from readingroom.pixels.frame import Voi

FULL_STACK_PX = 700.0
"""A drag of this many layout pixels goes through a whole long stack."""
SLOW_PX = 6.0
"""At least so many layout pixels per image in a short stack, so that one image can be met."""
ZOOM_PX = 180.0
"""A drag of this many layout pixels magnifies e times."""


def scrolled_by(pixels_down: float, images: int) -> int:
    """Images to go for a drag of so many layout pixels: the longer the stack, the fewer pixels per image."""
    per_image = max(1.0, min(SLOW_PX, FULL_STACK_PX / max(1, images)))
    return int(pixels_down / per_image)


def wheel_images(notches: float, since_last_s: float, images: int) -> int:
    """Images for wheel notches: one each when turned slowly, more when turned fast through a long stack."""
    if abs(notches) < 1e-9:
        return 0
    fast = max(0.0, 0.06 - since_last_s) / 0.06
    times = 1.0 + fast * min(6.0, images / 60.0)
    whole = max(1, round(abs(notches) * times))
    return whole if notches > 0 else -whole


def windowed_by(view: ViewState, start: Voi, right: float, down: float, unit_range: float) -> ViewState:
    """The window after a drag: right wider, down darker (centre up); one step is a share of the range of values."""
    step = max(start.width, unit_range / 20) / 300
    width = start.width + right * step
    centre = start.centre + down * step
    if unit_range > 64:
        centre, width = float(round(centre)), float(round(width))
    return view.windowed(centre, width, start.function)


def zoomed_by(zoom: float, down: float) -> float:
    """The magnification after a drag of so many layout pixels down."""
    return zoom * exp(down / ZOOM_PX)


def panned_by(view: ViewState, pan: tuple[float, float], by_px: tuple[float, float]) -> ViewState:
    """The view with the image moved by device pixels."""
    return replace(view, pan=(pan[0] + by_px[0], pan[1] + by_px[1]))
