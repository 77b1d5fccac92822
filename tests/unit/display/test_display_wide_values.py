"""Floats and wide integers on the glass: every window is the formula's, however far one value lies from all others."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.pixels.pixel_phantoms import native

from readingroom.display.tables import Tables
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.reference import render

RAMP = np.linspace(0.0, 10.0, 1200).reshape(30, 40)
FACTS = decode(native(np.zeros((30, 40), np.uint16))).facts
WINDOWS = [Voi(5, 8), Voi(5, 0.01, "LINEAR_EXACT"), Voi(4, 2, "SIGMOID"), Voi(500_000, 1_000_000)]


def wide(kind: str) -> Frame:
    """A ramp from 0 to 10 (in thousandths where it is of integers) and one value of a million."""
    values = RAMP.copy()
    values[3, 4] = 1e6
    if kind == "f4":
        return Frame(values.astype(np.float32), FACTS)
    return Frame(np.rint(values * 1000).astype(np.int32), replace(FACTS, slope=0.001, signed=True))


@pytest.mark.parametrize("kind", ["f4", "i4"])
@pytest.mark.parametrize("voi", WINDOWS)
@pytest.mark.parametrize("inverted", [False, True])
def test_one_value_far_away_takes_no_grey_from_the_others(kind: str, voi: Voi, inverted: bool) -> None:
    """PS3.3 C.11.2.1: 65 536 steps up to a million would leave a window of 8 with half a step."""
    frame = wide(kind)
    layer = Tables().layer(frame, voi, inverted, np.eye(4), smooth=False)
    assert layer.table is not None
    shown = layer.table[layer.pixels.view(np.uint16)].astype(int)
    assert np.abs(shown - render(frame, voi, inverted)).max() <= 1


def test_finished_greys_go_through_the_monitors_table_too() -> None:
    tables, frame = Tables(), wide("f4")
    driving = np.arange(255, -1, -1, dtype=np.uint8)
    before = tables.layer(frame, WINDOWS[0], False, np.eye(4), smooth=False)
    tables.calibrate(driving)
    after = tables.layer(frame, WINDOWS[0], False, np.eye(4), smooth=False)
    assert before.table is not None and after.table is not None
    assert before.pixels is after.pixels
    assert (after.table[after.pixels] == driving[before.table[before.pixels]]).all()
