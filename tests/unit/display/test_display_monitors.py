"""Whether a monitor may be read on is what is on file for this very monitor, on this very day."""

from dataclasses import replace
from datetime import date

import pytest

from readingroom.display.monitors import Screen, as_filed, judged, matching
from readingroom.pixels.gsdf import targets
from readingroom.settings.sections import Luminance, MonitorSettings

TODAY = date(2026, 11, 24)
GREYS = targets(0.9, 420.0)
GOOD = Luminance((level, float(GREYS[level])) for level in range(0, 256, 15))
LEFT = MonitorSettings(
    "Left", "EIZO", "RX350", "1", luminance=GOOD, checked="2026-11-01", valid_days=90, pitch_mm=0.2115
)
SCREEN = Screen("DP-1", "EIZO", "RX350", "1", 1536, 2048, 324.9, 433.2)


def test_a_monitor_with_a_valid_check_is_a_diagnostic_display() -> None:
    seen = judged(SCREEN, [SCREEN], [LEFT], TODAY)
    assert seen.is_diagnostic
    assert seen.verdict == "diagnostic display, check valid until 30 Jan 2027"
    assert seen.table is not None and seen.figures is not None
    assert seen.figures.ratio == pytest.approx(420 / 0.9, rel=1e-3)
    assert (seen.pitch_mm, seen.pitch_measured) == (0.2115, True)


@pytest.mark.parametrize(
    ("filed", "reason"),
    [
        (replace(LEFT, valid_days=10), "the check of Left expired on 11 Nov 2026"),
        (replace(LEFT, checked=""), "no day of a check of Left on file"),
        (replace(LEFT, checked="2026-12-24"), "the check of Left is dated 24 Dec 2026, which is still to come"),
        (replace(LEFT, luminance=Luminance()), "no luminance of Left on file"),
        (replace(LEFT, role="report"), "it is for reports"),
        (
            replace(LEFT, luminance=Luminance((level, value / 2) for level, value in GOOD)),
            "failed: white is 210 cd/m², at least 350 needed",
        ),
        (
            replace(LEFT, luminance=Luminance(((0, 5.0), (100, 2.0), (255, 400.0)))),
            "failed: Luminance falls from 5 cd/m² at level 0 to 2 at 100",
        ),
    ],
)
def test_why_it_is_none_is_said_in_one_line(filed: MonitorSettings, reason: str) -> None:
    seen = as_filed(filed, TODAY)
    assert not seen.is_diagnostic
    assert seen.verdict == f"not a diagnostic display: {reason}"
    assert bool(seen.remedy) == (filed.role == "diagnostic")


def test_the_day_on_which_a_check_expires_is_its_last_valid_one() -> None:
    assert judged(SCREEN, [SCREEN], [LEFT], date(2027, 1, 30)).is_diagnostic
    assert not judged(SCREEN, [SCREEN], [LEFT], date(2027, 1, 31)).is_diagnostic


def test_a_monitor_that_nobody_checked_is_no_diagnostic_display_and_keeps_its_greys() -> None:
    other = Screen("HDMI-1", "Dell", "Dell U2720Q", "9", 3840, 2160, 597.0, 336.0)
    seen = judged(other, [SCREEN, other], [LEFT], TODAY)
    assert seen.reasons == ("no check on file for Dell U2720Q",)
    assert "readingroom monitors --calibrate HDMI-1 --luminance" in seen.remedy
    assert seen.table is None
    assert seen.pitch_mm == pytest.approx(597.0 / 3840)
    assert not seen.pitch_measured


def test_two_monitors_alike_are_not_taken_for_each_other() -> None:
    kind = replace(LEFT, serial="")
    twin = replace(SCREEN, screen="DP-2", serial="2")
    seen = judged(SCREEN, [SCREEN, twin], [kind], TODAY)
    assert seen.reasons == ("Left cannot be told from another monitor of its kind",)
    assert seen.table is None
    assert judged(SCREEN, [SCREEN], [kind], TODAY).is_diagnostic
    assert judged(SCREEN, [SCREEN, twin], [LEFT], TODAY).is_diagnostic


def test_the_table_that_names_more_wins() -> None:
    socket = MonitorSettings("Socket", screen="DP-1")
    assert matching(SCREEN, [socket, LEFT]) is LEFT
    assert matching(replace(SCREEN, serial="7"), [socket, LEFT]) is socket
    assert matching(replace(SCREEN, serial="7", screen="DP-9"), [socket, LEFT]) is None


@pytest.mark.parametrize(("width_mm", "height_mm"), [(0.0, 0.0), (600.0, 336.0), (9.0, 12.0), (9000.0, 12000.0)])
def test_a_size_that_no_monitor_has_is_not_believed(width_mm: float, height_mm: float) -> None:
    assert replace(SCREEN, width_mm=width_mm, height_mm=height_mm).pitch_mm is None
