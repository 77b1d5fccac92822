"""On the glass a viewport that spans takes the room of all its cells."""

from dataclasses import replace

from tests.fakes.windows import Windows


def test_a_viewport_over_two_rows_is_as_high_as_the_two_beside_it(reading: Windows) -> None:
    desk, grid = reading.station.desk, reading.station.reading.grid
    case = desk.case
    assert case is not None
    view = case.tiles[0]
    desk.change(
        replace(case, layout=(2, 2), areas=((0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)), tiles=(view, view, view)),
        "Layout",
    )
    reading.turn()
    large, upper, lower = (grid.viewports[n].geometry() for n in range(3))
    assert (large.top(), large.bottom()) == (upper.top(), lower.bottom()) and upper.bottom() < lower.top()
    assert abs(large.width() - upper.width()) <= 4
