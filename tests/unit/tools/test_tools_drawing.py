"""Drawing in at most two gestures, and moving what was drawn."""

from dataclasses import replace

import pytest

from readingroom.record.finding import ImagePoint
from readingroom.tools.drawing import Drawing, finished, moved, pressed, released, shifted, with_handle
from readingroom.tools.pointer import Pointer


def at(x: float, y: float, zoom: float = 2.0, shift: bool = False, aspect: float = 1.0) -> Pointer:
    return Pointer((x, y), (x * zoom, y * zoom), zoom, shift=shift, aspect=aspect)


def dragged(tool: str, start: Pointer, end: Pointer) -> Drawing:
    return released(moved(pressed(None, tool, start), end), end)


def test_press_drag_release_draws_a_length() -> None:
    drawn = dragged("length", at(10, 10), at(50, 40))
    assert drawn.done and drawn.has_size
    assert drawn.points == ((10, 10), (50, 40))


def test_click_move_click_draws_the_same_length() -> None:
    begun = released(pressed(None, "length", at(10, 10)), at(10.5, 10))
    assert not begun.done
    following = moved(begun, at(30, 30))
    assert following.points[1] == (30, 30)
    ended = pressed(following, "length", at(50, 40))
    assert ended.done
    assert ended.points == ((10, 10), (50, 40))
    assert released(ended, at(60, 60)).points == ended.points


def test_two_clicks_on_one_spot_measure_nothing() -> None:
    begun = released(pressed(None, "length", at(10, 10)), at(10, 10))
    assert not pressed(begun, "length", at(10.2, 10)).has_size


def test_a_probe_is_done_at_the_press() -> None:
    drawn = pressed(None, "probe", at(7, 8))
    assert drawn.done and drawn.has_size
    assert drawn.points == ((7, 8),)


def test_nothing_moves_once_it_is_done() -> None:
    drawn = dragged("length", at(10, 10), at(50, 40))
    assert moved(drawn, at(90, 90)) == drawn


@pytest.mark.parametrize(
    ("end", "kept"), [((50, 13), (50, 10)), ((12, 50), (10, 50)), ((40, 38), (39, 39)), ((-30, 12), (-30, 10))]
)
def test_shift_keeps_a_length_straight(end: ImagePoint, kept: ImagePoint) -> None:
    drawn = dragged("length", at(10, 10), at(*end, shift=True))
    assert drawn.points[1] == pytest.approx(kept)


def test_an_ellipse_fills_the_box_that_was_dragged_from_any_corner() -> None:
    box = ((10.0, 20.0), (50.0, 40.0))
    for start, end in ((box[0], box[1]), (box[1], box[0]), ((10.0, 40.0), (50.0, 20.0))):
        assert dragged("ellipse", at(*start), at(*end)).points == ((10, 30), (50, 30), (30, 20), (30, 40))


def test_a_tall_ellipse_names_its_major_axis_first() -> None:
    assert dragged("ellipse", at(20, 10), at(40, 50)).points == ((30, 10), (30, 50), (20, 30), (40, 30))


def test_shift_makes_a_circle_in_millimetres_even_on_tall_pixels() -> None:
    assert dragged("ellipse", at(10, 10), at(50, 20, shift=True)).points == ((10, 30), (50, 30), (30, 10), (30, 50))
    tall = dragged("ellipse", at(10, 10), at(50, 20, shift=True, aspect=2.0)).points
    assert tall == ((10, 20), (50, 20), (30, 10), (30, 30))


def test_a_shifted_circle_grows_away_from_the_corner_where_it_began() -> None:
    drawn = dragged("ellipse", at(50, 50), at(10, 45, shift=True))
    assert drawn.points == ((10, 30), (50, 30), (30, 10), (30, 50))


def test_a_handle_moves_one_end_of_a_length() -> None:
    assert with_handle("length", ((1, 1), (5, 5)), 1, (9, 2)) == ((1, 1), (9, 2))


@pytest.mark.parametrize("handle", [0, 1, 2, 3])
def test_an_ellipse_keeps_its_centre_and_right_angle_when_a_handle_is_pulled(handle: int) -> None:
    points = ((10.0, 30.0), (50.0, 30.0), (30.0, 20.0), (30.0, 40.0))
    pulled = with_handle("ellipse", points, handle, (44.0, 21.0))
    assert pulled[handle] == pytest.approx((44, 21))
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = pulled
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((30, 30))
    assert ((x2 + x3) / 2, (y2 + y3) / 2) == pytest.approx((30, 30))
    assert (x1 - x0) * (x3 - x2) + (y1 - y0) * (y3 - y2) == pytest.approx(0, abs=1e-9)


def test_a_measurement_is_moved_as_a_whole() -> None:
    assert shifted(((1, 1), (5, 5)), (0.5, -1)) == ((1.5, 0), (5.5, 4))


def test_a_drawing_is_a_value() -> None:
    first = pressed(None, "length", at(10, 10))
    assert moved(first, at(20, 20)) is not first
    assert first.points[1] == (10, 10)
    assert replace(first) == first


def _drag(drawing: Drawing | None, tool: str, *way: ImagePoint, shift: bool = False) -> Drawing:
    made = pressed(drawing, tool, at(*way[0], shift=shift))
    for point in way[1:]:
        made = moved(made, at(*point, shift=shift))
    return released(made, at(*way[-1], shift=shift))


def test_an_angle_is_a_drag_to_its_vertex_and_a_click_at_its_other_end() -> None:
    first = _drag(None, "angle", (10, 10), (40, 10))
    assert first.resting and not first.done and not pressed(None, "angle", at(1, 1)).is_whole
    hovering = moved(first, at(40, 50))
    assert hovering.is_whole and hovering.points == ((10, 10), (40, 10), (40, 50))
    done = released(pressed(hovering, "angle", at(40, 60)), at(40, 60))
    assert done.done and done.points == ((10, 10), (40, 10), (40, 60))


@pytest.mark.parametrize("tool", ["cobb", "bidirectional"])
def test_two_lines_are_two_drags(tool: str) -> None:
    first = _drag(None, tool, (10, 10), (60, 10))
    assert first.resting and not first.is_whole and first.points == ((10, 10), (60, 10))
    done = _drag(first, tool, (30, 5), (36, 25))
    end = (30, 25) if tool == "bidirectional" else (36, 25)
    assert done.done and done.points[:3] == ((10, 10), (60, 10), (30, 5))
    assert done.points[3] == pytest.approx(end)


def test_two_lines_by_clicks_are_four_clicks() -> None:
    made = None
    for spot in ((10, 10), (60, 10), (30, 5), (30, 25)):
        made = pressed(made, "cobb", at(*spot))
        made = released(made, at(*spot))
    assert made is not None and made.done and made.points == ((10, 10), (60, 10), (30, 5), (30, 25))


def test_with_shift_the_second_diameter_goes_anywhere() -> None:
    first = _drag(None, "bidirectional", (10, 10), (60, 10))
    assert _drag(first, "bidirectional", (30, 5), (36, 25), shift=True).points[3] == (36, 25)


def test_a_rectangle_has_its_corners_in_order_around() -> None:
    assert _drag(None, "rectangle", (10, 20), (40, 60)).points == ((10, 20), (40, 20), (40, 60), (10, 60))
    assert _drag(None, "rectangle", (10, 20), (40, 60), shift=True).points[2] == (50, 60)


@pytest.mark.parametrize("handle", range(4))
def test_a_corner_that_is_pulled_leaves_a_rectangle(handle: int) -> None:
    corners = ((10.0, 20.0), (40.0, 20.0), (40.0, 60.0), (10.0, 60.0))
    pulled = with_handle("rectangle", corners, handle, (25.0, 33.0))
    assert pulled[handle] == (25.0, 33.0) and pulled[(handle + 2) % 4] == corners[(handle + 2) % 4]
    xs, ys = {x for x, _ in pulled}, {y for _, y in pulled}
    assert len(xs) == 2 and len(ys) == 2 and len(set(pulled)) == 4


def test_a_circle_is_its_centre_and_its_rim_and_moves_by_its_centre() -> None:
    circle = _drag(None, "circle", (30, 30), (40, 30)).points
    assert circle == ((30, 30), (40, 30))
    assert with_handle("circle", circle, 0, (35, 32)) == ((35, 32), (45, 32))
    assert with_handle("circle", circle, 1, (50, 30)) == ((30, 30), (50, 30))


def _clicks(tool: str, *points: ImagePoint) -> Drawing:
    made = None
    for spot in points:
        made = moved(made, at(*spot)) if made is not None else None
        made = released(pressed(made, tool, at(*spot)), at(*spot))
    assert made is not None
    return made


def test_a_polygon_takes_a_click_for_each_point_and_closes_at_its_first() -> None:
    corners = ((10, 10), (50, 10), (50, 40))
    made = _clicks("polygon", *corners)
    assert not made.done and moved(made, at(10, 40)).points == (*corners, (10, 40))
    closed = pressed(made, "polygon", at(12, 11))
    assert closed.done and closed.points == corners


def test_a_second_click_on_the_same_spot_or_enter_ends_what_is_drawn_by_clicks() -> None:
    assert _clicks("polyline", (10, 10), (50, 10), (50, 10)).done
    two = _clicks("polygon", (10, 10), (50, 10))
    assert not finished(two).done
    assert finished(_clicks("polygon", (10, 10), (50, 10), (50, 40))).points == ((10, 10), (50, 10), (50, 40))


def test_freehand_follows_the_pointer_until_it_is_let_go() -> None:
    way = [(10, 10), (20, 10), (20.5, 10), (30, 20), (10, 30)]
    made = _drag(None, "freehand", *way)
    assert made.done and made.points == ((10, 10), (20, 10), (30, 20), (10, 30))


def test_freehand_that_is_only_a_click_measures_nothing() -> None:
    assert not _drag(None, "freehand", (10, 10)).has_size
