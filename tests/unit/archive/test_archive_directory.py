"""The directory of a disc is made where the disc is made: no patient's name in the system's temporary folder."""

import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from tests.fakes.objects import ct_slice

from readingroom.archive.directory import Directory
from readingroom.archive.media import STAGE, Media
from readingroom.record.media import DISC


def test_what_a_killed_export_leaves_lies_in_the_target_and_goes_with_the_next_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, target = tmp_path / "tmp", tmp_path / "disc"
    stage = target / STAGE
    system.mkdir()
    stage.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(system))
    directory = Directory(stage)
    assert directory.add(dcmread(BytesIO(ct_slice(1)), stop_before_pixels=True), 1) == ""
    # As it stands when the plug is pulled now.
    assert not [path for path in system.rglob("*") if path.is_file()]
    assert any(b"Reed" in path.read_bytes() for path in stage.rglob("*") if path.is_file())
    Media(target, DISC).write([ct_slice(1), ct_slice(2)])
    assert not stage.exists() and (target / "DICOMDIR").exists()
    assert not [path for path in system.rglob("*") if path.is_file()]
