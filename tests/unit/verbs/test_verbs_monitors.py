"""What was measured on a monitor is entered once and judged ever after; a pattern is drawn pixel by pixel."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from readingroom.display.monitors import Screen
from readingroom.display.patterns import pattern
from readingroom.pixels.gsdf import targets
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.verbs import glass_checks, monitors
from readingroom.verbs.front import main
from readingroom.verbs.glass_checks import monitor_checks

Said = Callable[..., tuple[int, dict[str, Any]]]
EIZO = Screen("DP-1", "EIZO", "RX350", "77", 1536, 2048, 324.9, 433.2)
PLAIN = Screen("HDMI-1", "Dell", "U2720Q", "9", 3840, 2160, 597.0, 336.0)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
def said(profile: Profile, capsys: pytest.CaptureFixture[str]) -> Said:
    def say(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["monitors", *words, "--json", "--profile", str(profile.folder)])
        return code, json.loads(capsys.readouterr().out)

    return say


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (monitors, glass_checks):
        monkeypatch.setattr(module, "screens_here", lambda: ((EIZO, PLAIN), ""))


@pytest.fixture
def readings(tmp_path: Path) -> str:
    """What a photometer reads on a monitor that follows the standard from 0.9 to 420 cd/m²."""
    lines = [f"{level},{targets(0.9, 420.0)[level]:.4f}" for level in range(0, 256, 15)]
    path = tmp_path / "readings.csv"
    path.write_text("level,cd/m2\n" + "\n".join(lines) + "\n")
    return str(path)


def test_a_monitor_that_is_not_connected_can_be_calibrated(said: Said, profile: Profile, readings: str) -> None:
    code, answer = said("--calibrate", "DP-7", "--luminance", readings, "--ambient", "0.1")
    (one,) = answer["monitors"]
    assert code == 0
    assert (one["name"], one["role"], one["calibrated"], one["diagnostic"]) == ("DP-7", "diagnostic", True, True)
    assert one["lmax"] == pytest.approx(420.1, abs=0.1)
    assert one["ratio"] == pytest.approx(420.1, abs=0.5)
    assert one["max_deviation"] < 0.1
    assert one["valid_until"] == (date.today() + timedelta(days=365)).isoformat()
    assert load(profile).monitors[0].screen == "DP-7"
    assert said()[1]["monitors"][0]["verdict"].startswith("diagnostic display, check valid until")


@pytest.mark.usefixtures("connected")
def test_a_connected_monitor_is_kept_by_what_it_tells_of_itself(said: Said, profile: Profile, readings: str) -> None:
    code, answer = said("--calibrate", "DP-1", "--luminance", readings, "--pitch", "0.2115")
    assert code == 0
    assert answer["monitors"][0]["connected"]
    (filed,) = load(profile).monitors
    assert (filed.name, filed.manufacturer, filed.model, filed.serial, filed.screen) == (
        "EIZO RX350", "EIZO", "RX350", "77", "",
    )  # fmt: skip
    eizo, plain = said()[1]["monitors"]
    assert (eizo["diagnostic"], eizo["pitch_measured"]) == (True, True)
    assert (plain["diagnostic"], plain["reasons"]) == (False, ["no check on file for Dell U2720Q"])
    assert [(one.name, one.ok) for one in monitor_checks(load(profile).monitors)] == [
        ("monitor DP-1", True),
        ("monitor HDMI-1", False),
    ]
    assert said("--calibrate", "HDMI-1", "--role", "report")[0] == 0
    assert all(one.ok for one in monitor_checks(load(profile).monitors))


def test_a_dim_monitor_is_kept_and_said_to_be_no_diagnostic_display(said: Said, tmp_path: Path) -> None:
    dim = tmp_path / "dim.csv"
    dim.write_text(
        "\n".join(f"{level};{targets(0.5, 200.0)[level]:.3f}".replace(".", ",") for level in range(0, 256, 15))
    )
    code, answer = said("--calibrate", "Side", "--luminance", str(dim))
    assert code == 1
    assert answer["monitors"][0]["reasons"] == ["failed: white is 200 cd/m², at least 350 needed"]
    assert answer["monitors"][0]["remedy"]


def test_the_rest_of_the_settings_file_stays_as_it_was_written(said: Said, profile: Profile, readings: str) -> None:
    profile.folder.mkdir()
    text = '# our desk\n[[monitor]]\nname = "A"\nscreen = "DP-3"\n\n# who reads\n[reader]\nname = "Okafor^Ada"\n'
    profile.settings.write_text(text)
    assert said("--calibrate", "A", "--luminance", readings)[0] == 0
    assert said("--calibrate", "B", "--luminance", readings)[0] == 0
    now = profile.settings.read_text()
    assert "# our desk" in now and "# who reads\n[reader]" in now
    assert [one.name for one in load(profile).monitors] == ["A", "B"]
    assert all(one.luminance for one in load(profile).monitors)
    assert load(profile).reader.name == "Okafor^Ada"


def test_a_pattern_is_written_pixel_by_pixel_and_through_a_table_where_asked(
    said: Said, tmp_path: Path, readings: str
) -> None:
    out = tmp_path / "qc.png"
    code, answer = said("--pattern", "tg18-qc", "--size", "640x480", "--out", str(out))
    assert (code, answer["columns"], answer["rows"]) == (0, 640, 480)
    drawn = np.asarray(Image.open(out))
    assert np.array_equal(drawn, pattern("tg18-qc", 640, 480))
    rows = "\n".join(f"{level} {0.9 + 419 * (level / 255) ** 2.2}" for level in range(0, 256, 5))
    (tmp_path / "gamma.txt").write_text(rows)
    assert said("--calibrate", "G", "--luminance", str(tmp_path / "gamma.txt"))[0] == 0
    assert said("--pattern", "tg18-qc", "--size", "640x480", "--out", str(out), "--through", "G")[0] == 0
    assert not np.array_equal(np.asarray(Image.open(out)), drawn)


@pytest.mark.parametrize(
    "words",
    [
        ("--pattern", "tg18-xx", "--size", "640x480", "--out", "x.png"),
        ("--pattern", "tg18-qc", "--size", "large", "--out", "x.png"),
        ("--pattern", "tg18-qc", "--size", "9x9", "--out", "x.png"),
        ("--pattern", "tg18-qc"),
        ("--pattern", "tg18-qc", "--size", "640x480", "--out", "/nowhere/at/all.png"),
        ("--pattern", "tg18-qc", "--size", "640x480", "--out", "x.png", "--through", "Nobody"),
        ("--calibrate", "A"),
        ("--calibrate", "A", "--luminance", "nowhere.csv"),
        ("--calibrate", "A", "--pitch", "nan"),
        ("--calibrate", "A", "--pitch", "99"),
        ("--calibrate", "A", "--valid-days", "0"),
        ("--calibrate", "A", "--checked", "soon"),
        ("--calibrate", "", "--pitch", "0.2"),
        ("--luminance", "a.csv"),
        ("--out", "x.png"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(said: Said, words: tuple[str, ...]) -> None:
    code, answer = said(*words)
    assert code == 2
    assert answer["problem"] and answer["remedy"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0,1\n",
        "0,1\n100,5\n",
        "0,1\n0,1\n255,9\n",
        "0,1\n255,bright\n",
        "0,1\n256,9\n",
        "0,9\n255,1\n",
        "0,1,2\n255,9,9\n",
    ],
)
def test_a_file_that_is_no_luminance_is_refused(said: Said, tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    assert said("--calibrate", "A", "--luminance", str(path))[0] == 2
    path.write_bytes(b"\xff\xfe\x00")
    assert said("--calibrate", "A", "--luminance", str(path))[0] == 2
