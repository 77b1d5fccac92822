"""A pointer on an image, free of any toolkit."""

from dataclasses import dataclass

from readingroom.record.finding import ImagePoint


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is: image (x, y) in image coordinates, screen in device pixels; shift and control as held.

    zoom: device pixels per image pixel, so that a reach in screen pixels can be said in image pixels. aspect: height of
    an image pixel over its width, so that a circle is one in millimetres.
    """

    image: ImagePoint
    screen: tuple[float, float]
    zoom: float = 1.0
    shift: bool = False
    control: bool = False
    aspect: float = 1.0


def moved_px(start: Pointer, now: Pointer) -> tuple[float, float]:
    """How far the pointer went since start, in device pixels."""
    return now.screen[0] - start.screen[0], now.screen[1] - start.screen[1]
