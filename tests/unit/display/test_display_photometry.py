"""Measuring by hand: one question at a time, and nothing that cannot be is taken in."""

from datetime import date

import pytest

from readingroom.base.errors import ReaderError
from readingroom.display.monitors import Screen, as_filed, table_for
from readingroom.display.photometry import MEASURED, Measuring
from readingroom.settings.sections import MonitorSettings

TODAY = date(2026, 11, 24)
NEW = MonitorSettings("Left", screen="DP-1", pitch_mm=0.3)


def through(*answers: str) -> Measuring:
    measuring = Measuring(1200)
    for answer in answers:
        measuring = measuring.answered(answer)
    return measuring


def readings(white: float = 420.0) -> list[str]:
    return [f"{0.9 + (white - 0.9) * (level / 255) ** 2.2:.4f}".replace(".", ",") for level in MEASURED]


def test_every_fifth_level_then_the_ruler_makes_a_diagnostic_display() -> None:
    done = through("0.1", *readings(), "253.8")
    assert done.is_done and done.question == ""
    filed = done.filed(NEW, TODAY)
    assert (filed.ambient_cd_m2, filed.checked, filed.pitch_mm) == (0.1, "2026-11-24", 0.2115)
    assert as_filed(filed, TODAY).is_diagnostic
    assert through("", *readings(), "").filed(NEW, TODAY).pitch_mm == 0.3
    assert not as_filed(through("", *readings(300.0), "").filed(NEW, TODAY), TODAY).is_diagnostic


def test_it_asks_for_the_room_then_each_level_then_the_ruler() -> None:
    assert "room's light" in Measuring(1200).question
    first = through("")
    assert (first.level, "level 0, 1 of 52" in first.question) == (0, True)
    assert through("", "0.9").level == 5
    last = through("", *readings())
    assert last.level is None and last.is_about_size and "1200 pixels" in last.question
    assert last.back().level == 255
    assert Measuring(1200).back() == Measuring(1200)


@pytest.mark.parametrize("text", ["", "bright", "-1", "nan", "inf"])
def test_what_is_no_luminance_is_refused_and_asked_again(text: str) -> None:
    with pytest.raises(ReaderError):
        through("").answered(text)


def test_a_level_darker_than_the_one_before_is_refused() -> None:
    with pytest.raises(ReaderError) as told:
        through("", "0.9", "1.2", "1.1")
    assert "darker than the level before (1.2)" in told.value.problem


def test_a_monitor_whose_white_is_no_brighter_than_its_black_is_refused_at_the_last_level() -> None:
    with pytest.raises(ReaderError):
        through("", *("1.0" for _ in MEASURED))


def test_a_new_table_names_what_tells_the_monitor_from_others() -> None:
    eizo = Screen("DP-1", "EIZO", "RX350", "77")
    first = table_for(eizo, ())
    assert (first.name, first.serial, first.screen) == ("EIZO RX350", "77", "")
    assert table_for(eizo, (first,)) is first
    twin = table_for(Screen("DP-2", "EIZO", "RX350", "78"), (first,))
    assert (twin.name, twin.serial) == ("EIZO RX350 78", "78")
    silent = table_for(Screen("DP-3"), ())
    assert (silent.name, silent.screen) == ("DP-3", "DP-3")
