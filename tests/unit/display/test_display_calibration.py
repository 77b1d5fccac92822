"""A monitor through its table: the standard's luminance, and honest figures where it cannot reach it."""

import numpy as np
import pytest

from readingroom.base.errors import ReaderError
from readingroom.display.calibration import (
    Response,
    deviation,
    exact_levels,
    figures,
    luminance_curve,
    response,
    shortcomings,
    table,
)
from readingroom.pixels.gsdf import index_of, luminance_of, targets

EVERY = np.arange(256)


def monitor(gamma: float, black: float, white: float, step: int = 5, ambient: float = 0.0) -> Response:
    """What a photometer would read on a monitor with a display gamma."""
    levels = tuple(range(0, 256, step))
    return response(levels, tuple(float(true_luminance(gamma, black, white, level)) for level in levels), ambient)


def true_luminance(gamma: float, black: float, white: float, level: object) -> np.ndarray:
    return np.asarray(black + (white - black) * (np.asarray(level, float) / 255) ** gamma)


def test_the_ends_of_the_standard_are_those_of_its_table() -> None:
    """PS3.14 Annex B: JND 1 is 0.0500 cd/m², JND 1023 is 3993.4040."""
    assert luminance_of(1.0) == pytest.approx(0.0500, abs=5e-5)
    assert luminance_of(1023.0) == pytest.approx(3993.4, rel=1e-4)
    for index in (50.0, 400.0, 900.0):
        assert index_of(luminance_of(index)) == pytest.approx(index, abs=0.1)


@pytest.mark.parametrize("gamma", [1.8, 2.0, 2.2, 2.4])
def test_a_monitor_with_a_gamma_follows_the_standard_through_its_table(gamma: float) -> None:
    measured = monitor(gamma, 0.9, 420.0)
    through = true_luminance(gamma, 0.9, 420.0, exact_levels(measured))
    assert deviation(through) < 0.01
    assert deviation(true_luminance(gamma, 0.9, 420.0, EVERY)) > 0.4
    wanted = targets(0.9, 420.0)
    assert np.abs(index_of(through) - index_of(wanted)).max() < 1.0


def test_what_eight_bits_cost_is_said_and_not_hidden() -> None:
    measured = monitor(2.2, 0.9, 420.0)
    shown = true_luminance(2.2, 0.9, 420.0, table(measured))
    assert figures(measured).max_deviation == pytest.approx(deviation(shown), abs=0.002)
    assert 0.01 < figures(measured).max_deviation < 0.10
    assert figures(measured).greys == np.unique(table(measured)).size < 256
    assert shortcomings(measured) == ()


def test_the_table_never_falls_and_keeps_black_and_white() -> None:
    for measured in (monitor(2.2, 0.0, 300.0), monitor(1.8, 2.0, 900.0, 15, 1.0), monitor(1.0, 1.0, 400.0)):
        steps = table(measured).astype(int)
        assert (np.diff(steps) >= 0).all()
        assert (steps[0], steps[-1]) == (0, 255)


def test_a_monitor_that_follows_the_standard_keeps_its_greys() -> None:
    levels = tuple(range(0, 256, 15))
    measured = response(levels, tuple(float(v) for v in targets(0.9, 420.0)[list(levels)]))
    assert np.abs(table(measured).astype(int) - EVERY).max() <= 1
    assert figures(measured).own_deviation < 0.01
    assert shortcomings(measured) == ()


def test_the_light_of_the_room_is_part_of_what_is_seen() -> None:
    dark, lit = monitor(2.2, 0.9, 420.0), monitor(2.2, 0.9, 420.0, ambient=0.2)
    assert luminance_curve(lit) == pytest.approx(luminance_curve(dark) + 0.2)
    assert figures(lit).ratio == pytest.approx(420.2 / 1.1)
    assert figures(lit).ambient_share == pytest.approx(0.2 / 0.9)
    assert not np.array_equal(table(dark), table(lit))


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (monitor(2.2, 0.9, 300.0), ("white is 300 cd/m²", "350")),
        (monitor(2.2, 2.0, 400.0), ("luminance ratio is 200", "250")),
        (monitor(2.2, 0.9, 420.0, ambient=0.5), ("room adds 56%", "25%")),
        (monitor(2.2, 0.9, 420.0, 15), ("its own contrast", "every 5 levels", "not every 15")),
        (monitor(2.2, 0.9, 420.0, 51), ("only 6 levels",)),
        (monitor(2.2, 0.9, 420.0, 255), ("only 2 levels",)),
        (monitor(1.0, 0.9, 420.0), ("contrast is", "10% allowed")),
    ],
)
def test_why_a_monitor_is_no_diagnostic_display_is_said(measured: Response, words: tuple[str, ...]) -> None:
    said = "; ".join(shortcomings(measured))
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("levels", "luminance", "words"),
    [
        ((0,), (1.0,), "1 levels"),
        ((0, 100), (1.0, 100.0), "0 to 255"),
        ((0, 100, 100, 255), (1.0, 2.0, 3.0, 4.0), "rise"),
        ((0, 100, 255), (1.0, 90.0, 80.0), "falls from 90"),
        ((0, 255), (1.0, float("nan")), "no number"),
        ((0, 255), (-1.0, 100.0), "negative"),
        ((0, 255), (1.0, 40000.0), "the standard ends"),
        ((0, 255), (100.0, 110.0), "hardly brighter"),
    ],
)
def test_what_no_monitor_can_show_is_refused(levels: tuple[int, ...], luminance: tuple[float, ...], words: str) -> None:
    with pytest.raises(ReaderError) as told:
        response(levels, luminance)
    assert words in told.value.problem
    assert told.value.remedy
