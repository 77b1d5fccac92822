"""A profile that cannot be used, or is in use: refused with a problem and a remedy, exit code 2, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG, start_log
from readingroom.cache.desk_lock import DeskLock
from readingroom.ui.theme import read_theme

REPO = Path(__file__).resolve().parents[3]


def _start(profile: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(REPO / "app")}
    words = [sys.executable, "-m", "readingroom", "--profile", str(profile)]
    return subprocess.run(words, cwd=REPO, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _refused(found: "subprocess.CompletedProcess[str]") -> str:
    assert found.returncode == 2 and "Traceback" not in found.stderr
    assert "problem: " in found.stderr and "remedy: " in found.stderr
    return found.stderr


def test_a_profile_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("not a folder", encoding="utf-8")
    assert "cannot be made" in _refused(_start(tmp_path / "profile"))


def test_settings_that_are_no_toml_name_the_file_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("broken = [", encoding="utf-8")
    assert "settings.toml is not valid TOML" in _refused(_start(tmp_path))


def test_a_second_workstation_on_a_profile_is_told_and_takes_nothing_from_the_first(tmp_path: Path) -> None:
    log = tmp_path / "readingroom.log"
    log.write_text("of the first\n", encoding="utf-8")
    with DeskLock(tmp_path):
        assert "already open" in _refused(_start(tmp_path))
    assert log.read_text("utf-8") == "of the first\n"


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    before = LOG.handlers[:]
    try:
        start_log(tmp_path / "log" / "x" / "readingroom.log")
        (tmp_path / "file").write_text("", encoding="utf-8")
        start_log(tmp_path / "file" / "readingroom.log")
        assert len(LOG.handlers) == 1, "only the terminal is written to"
    finally:
        for handler in LOG.handlers[:]:
            handler.close()
        LOG.handlers[:] = before


@pytest.mark.parametrize("text", ["", "colours = 3", "[colours]\n[font]\nfamilies = []\nsize_pt = 'large'"])
def test_a_theme_that_lacks_something_is_a_refusal(tmp_path: Path, text: str) -> None:
    (tmp_path / "dark.qss").write_text("", encoding="utf-8")
    (tmp_path / "dark.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ReaderError, match="theme cannot be read"):
        read_theme(tmp_path)
