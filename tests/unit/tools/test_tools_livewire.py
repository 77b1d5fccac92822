"""The live wire keeps to the edge of a disc, and goes straight where there is no edge."""

from math import cos, hypot, pi, sin

import numpy as np

from readingroom.measure.outline import polygon_area
from readingroom.record.finding import ImagePoint
from readingroom.tools.drawing import Drawing, led_along, moved, pressed
from readingroom.tools.livewire import edge_between
from readingroom.tools.pointer import Pointer

CENTRE, RADIUS = 60.0, 30.0


def disc() -> np.ndarray:
    y, x = np.mgrid[0:120, 0:120] + 0.5
    return np.where(np.hypot(x - CENTRE, y - CENTRE) <= RADIUS, 200, 20).astype(np.int16)


def on_rim(turn: float) -> ImagePoint:
    return CENTRE + RADIUS * cos(turn), CENTRE + RADIUS * sin(turn)


def test_between_two_points_of_a_rim_the_wire_follows_the_rim() -> None:
    found = edge_between(disc(), on_rim(0.0), on_rim(pi / 2))
    assert len(found) > 3
    assert all(abs(hypot(x - CENTRE, y - CENTRE) - RADIUS) < 1.5 for x, y in found)


def test_four_clicks_round_a_disc_enclose_the_disc() -> None:
    outline: list[ImagePoint] = []
    for n in range(4):
        start, end = on_rim(n * pi / 2), on_rim((n + 1) * pi / 2)
        outline += [start, *edge_between(disc(), start, end)]
    assert abs(polygon_area(outline, (1.0, 1.0)) / (pi * RADIUS**2) - 1) < 0.03


def test_on_a_flat_image_the_wire_is_a_straight_line() -> None:
    assert edge_between(np.zeros((80, 80)), (10.5, 10.5), (60.5, 10.5)) == ()


def test_the_wire_works_at_the_border_and_on_a_large_image() -> None:
    large = np.zeros((3000, 2500), dtype=np.uint16)
    large[:, 1250:] = 4000
    found = edge_between(large, (1250.0, 0.0), (1250.0, 2999.0))
    assert all(abs(x - 1250.0) < 60 for x, _ in found)


def test_a_drawing_takes_the_edge_between_its_clicks() -> None:
    def at(x: float, y: float) -> Pointer:
        return Pointer((x, y), (x, y))

    drawing = pressed(None, "livewire", at(90, 60))
    assert isinstance(drawing, Drawing)
    path = ((85.0, 75.0),)
    drawing = led_along(moved(drawing, at(60, 90)), path)
    assert drawing.points == ((90, 60), *path, (60, 90))
    drawing = pressed(drawing, "livewire", at(60, 90))
    assert drawing.placed == ((90, 60), *path, (60, 90)) and not drawing.along
    drawing = led_along(moved(drawing, at(30, 60)), ((35.0, 75.0),))
    drawing = pressed(drawing, "livewire", at(30, 60))
    closed = pressed(led_along(moved(drawing, at(91, 61)), ((60.0, 30.0),)), "livewire", at(91, 61))
    assert closed.done and closed.points[-1] == (60.0, 30.0)
