"""On a monitor with a table every grey of an image goes through it, last of all; colours and words do not."""

import numpy as np
import pytest

from readingroom.display.calibration import response, table
from readingroom.display.compose import Shown, compose
from readingroom.display.picture import Picture
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.geometry.grid import StackGeometry
from readingroom.pixels.frame import Frame, FrameFacts, OverlayPlane, Shutter, Voi
from readingroom.record.study import FramePlace, FrameRef
from readingroom.render.cpu import CpuEngine

REF = FrameRef("1", "1.2", "1.2.3")
STACK = Stack("s", "1", "1.2", "CT", "", "stack", (REF,), (FramePlace(),), 64, 64, StackGeometry(True, 0.0, 10.0))
LEVELS = tuple(range(0, 256, 5))
STEPS = table(response(LEVELS, tuple(0.9 + 419 * (level / 255) ** 2.2 for level in LEVELS)))


def frame(stored: np.ndarray | None = None, photometric: str = "MONOCHROME2", **facts: object) -> Frame:
    ramp = np.arange(64 * 64).reshape(64, 64).astype(np.uint16) if stored is None else stored
    said = FrameFacts(REF, "", "CT", "", 1, 64, 64, photometric, 16, 12, False, vois=(Voi(2048, 4096),), **facts)  # type: ignore[arg-type]
    return Frame(ramp, said)


def picture(of: Frame, tables: Tables, view: ViewState | None = None) -> Picture:
    return compose(view or ViewState(smooth=False), STACK, of, Shown(), 64, 64, tables)


def drawn(of: Frame, steps: np.ndarray | None, view: ViewState | None = None) -> np.ndarray:
    tables = Tables()
    tables.calibrate(steps)
    return CpuEngine().render(picture(of, tables, view).layers, 64, 64)


@pytest.mark.parametrize("inverted", [False, True])
def test_the_last_table_is_the_monitors(inverted: bool) -> None:
    view = ViewState(smooth=False, inverted=inverted)
    assert np.array_equal(drawn(frame(), STEPS, view), STEPS[drawn(frame(), None, view)])


def test_a_narrow_window_between_two_stored_values_goes_through_it_too() -> None:
    view = ViewState(smooth=True).windowed(2048, 6)
    plain = picture(frame(), Tables(), view).layers[0]
    tables = Tables()
    tables.calibrate(STEPS)
    through = picture(frame(), tables, view).layers[0]
    assert plain.fine is not None and through.fine is not None
    assert np.array_equal(through.fine.greys, STEPS[plain.fine.greys])


def test_overlays_and_shutters_are_greys_of_the_image() -> None:
    bits = np.zeros((64, 64), bool)
    bits[10, 10] = True
    shut = frame(
        overlays=(OverlayPlane(0x6000, bits, (1, 1)),),
        shutter=Shutter(("RECTANGULAR",), 1, 64, 1, 32, value=0x8000),
    )
    plain, through = drawn(shut, None), drawn(shut, STEPS)
    assert np.array_equal(through[..., 0], STEPS[plain[..., 0]])
    assert len(np.unique(plain[40:, :, 0])) == 1


def test_colours_stay_as_they_are() -> None:
    colours = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    colour = Frame(colours, frame(photometric="RGB").facts)
    assert np.array_equal(drawn(colour, STEPS), drawn(colour, None))


def test_another_monitor_makes_other_tables_and_none_gives_the_p_values_back() -> None:
    tables = Tables()
    before = picture(frame(), tables).layers[0].table
    assert before is not None
    assert tables.calibrate(STEPS)
    there = picture(frame(), tables).layers[0].table
    assert there is not None and np.array_equal(there, STEPS[before])
    assert not tables.calibrate(STEPS)
    assert tables.calibrate(None)
    again = picture(frame(), tables).layers[0].table
    assert again is not None and np.array_equal(again, before)
    assert not tables.calibrate(np.arange(256, dtype=np.uint8))


def test_a_palette_is_looked_up_by_the_p_value_and_not_by_what_the_monitor_makes_of_it() -> None:
    tables = Tables()
    tables.calibrate(STEPS)
    through, plain = (
        tables.layer(frame(), Voi(2048, 4096), False, np.eye(4), False, calibrated=calibrated).table
        for calibrated in (True, False)
    )
    assert through is not None and plain is not None
    assert np.array_equal(through, STEPS[plain])
