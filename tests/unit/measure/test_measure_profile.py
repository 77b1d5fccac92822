"""The values along a line are those of the image, between the centres of its pixels by straight interpolation."""

from dataclasses import replace

import numpy as np
import pytest
from tests.fakes.phantom import PIXEL_MM, slices

from readingroom.measure.profile import profile_along
from readingroom.measure.refused import Refused
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame

FRAME = decode(slices(1)[0], 1)


def hu(x: float, y: float) -> float:
    """The phantom's value at image coordinates: 901 + 4·column + row less 1024, columns and rows from 0."""
    return 901 + 4 * (x - 0.5) + (y - 0.5) - 1024


def test_a_line_across_a_ramp_reads_the_ramp_in_hounsfield_over_millimetres() -> None:
    found = profile_along("length", ((10.0, 20.0), (30.0, 35.0)), FRAME)
    assert (found.at_unit, found.unit) == ("mm", "HU")
    assert found.at[0] == 0 and found.at[-1] == pytest.approx(25 * PIXEL_MM)
    share = found.at / found.at[-1]
    assert np.allclose(found.values, [hu(10 + 20 * s, 20 + 15 * s) for s in share])
    assert np.all(np.diff(found.at) > 0) and np.all(np.diff(found.at) <= 0.5 * PIXEL_MM + 1e-9)


def test_a_path_has_its_corners_and_its_whole_length() -> None:
    found = profile_along("polyline", ((10.0, 10.0), (20.0, 10.0), (20.0, 30.0)), FRAME)
    assert found.at[-1] == pytest.approx(30 * PIXEL_MM)
    corner = int(np.argmin(np.abs(found.at - 10 * PIXEL_MM)))
    assert found.values[corner] == pytest.approx(hu(20, 10))


def test_at_the_very_edge_stands_the_value_of_the_edge() -> None:
    found = profile_along("length", ((0.0, 0.0), (64.0, 64.0)), FRAME)
    assert found.values[0] == pytest.approx(hu(0.5, 0.5)) and found.values[-1] == pytest.approx(hu(63.5, 63.5))


def test_padding_leaves_a_gap_and_spoils_no_neighbour() -> None:
    stored = FRAME.stored.copy()
    stored[:, 20] = 60000
    padded = Frame(stored, replace(FRAME.facts, padding=(60000, 60000)))
    found = profile_along("length", ((10.5, 8.5), (30.5, 8.5)), padded)
    x = 10.5 + found.at / PIXEL_MM
    inside = np.abs(x - 20.5) < 0.99
    assert np.isnan(found.values[inside]).all() and np.isfinite(found.values[~inside]).all()


def test_only_lines_have_a_profile() -> None:
    with pytest.raises(Refused, match="length or a path"):
        profile_along("angle", ((1.0, 1.0), (5.0, 5.0), (9.0, 1.0)), FRAME)
