"""Resources that are broken: said, and the images are read all the same."""

import shutil
from pathlib import Path

import pytest
from tests.conftest import REPO
from tests.fakes.archives import MemoryArchive
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.windows import Windows

from readingroom.archive.region import Region


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the resources that this desk uses and the test may break."""
    copy = tmp_path / "resources"
    shutil.copytree(REPO / "resources", copy)
    for place in ("main", "ui.windows.reading", "ui.application"):
        monkeypatch.setattr(f"readingroom.{place}.resources", lambda: copy)
    return copy


def test_broken_window_presets_are_said_when_the_desk_opens(tmp_path: Path, resources: Path) -> None:
    (resources / "presets.toml").write_text("[[preset]\n", encoding="utf-8")
    with Windows(tmp_path / "profile", region=Region([MemoryArchive("North", ct_series(4))])) as glass:
        glass.show().open_whole(STUDY)
        assert "presets.toml cannot be read" in glass.words and glass.message() == ""
    assert glass.raised == []


def test_without_any_usable_template_images_are_read_and_the_report_panel_says_why_it_is_empty(
    tmp_path: Path, resources: Path
) -> None:
    for template in (resources / "templates").glob("*.yaml"):
        template.write_text("id: [broken", encoding="utf-8")
    with Windows(tmp_path / "profile", region=Region([MemoryArchive("North", ct_series(4))])) as glass:
        glass.show().open_whole(STUDY)
        assert "No report template is for “CT chest”" in glass.station.reading.report.state.text()
        assert glass.message() == "" and not glass.station.reading.report.isEnabled()
    assert glass.raised == []
