"""On a screen that is scaled by one and a half the greys, the mouse and the millimetres are the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
SAME = (
    "test_ui_viewport.py::test_a_pixel_on_the_glass_is_the_stored_value_through_the_window",
    "test_ui_viewport.py::test_the_middle_button_pans_and_the_point_under_it_stays_under_it",
    "test_ui_measuring.py::test_a_length_is_drawn_by_press_drag_and_release",
    "test_ui_measuring.py::test_an_ellipse_measures_area_and_mean_of_the_stored_values",
    "test_ui_measuring.py::test_dragging_a_handle_measures_anew_in_one_step",
)


@pytest.mark.parametrize("scale", ["1.5"])
def test_a_scaled_screen_changes_nothing_that_counts(scale: str) -> None:
    names = [f"tests/ui/{name}" for name in SAME]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", *names], cwd=REPO, timeout=120, capture_output=True, text=True,
        env={**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert "8 passed" in done.stdout
