"""readingroom info --tags: every tag on the terminal and in JSON, searched, and never a traceback."""

import json
from pathlib import Path

import pytest
from tests.fakes.objects import ct_slice

from readingroom.verbs import tag_lines
from readingroom.verbs.front import main


@pytest.fixture
def slice_file(tmp_path: Path) -> Path:
    file = tmp_path / "slice.dcm"
    file.write_bytes(ct_slice(3))
    return file


def test_every_tag_is_a_line_of_a_tree(slice_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(slice_file), "--tags"]) == 0
    out = capsys.readouterr().out
    assert "(0010,0010) PN Patient's Name" in out and "Reed^Anna" in out and "512 bytes" in out


def test_searched_tags_are_in_the_json_of_their_object(slice_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(slice_file), "--tags", "pixel spacing", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["objects"]
    assert one["tags"] == [
        {
            "path": "0028,0030", "depth": 0, "tag": "0028,0030", "keyword": "PixelSpacing", "name": "Pixel Spacing",
            "vr": "DS", "vm": 2, "value": "0.7\\0.7", "length": 8, "private": False, "creator": "", "problem": "",
        }
    ]  # fmt: skip


def test_nothing_is_said_of_tags_that_nobody_asked_for(slice_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(slice_file), "--json"]) == 0
    assert "tags" not in json.loads(capsys.readouterr().out)["objects"][0]


def test_no_match_is_said(slice_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(slice_file), "--tags", "nothing of the kind"]) == 0
    assert "no tag matches" in capsys.readouterr().out


def test_of_a_folder_those_objects_are_shown_that_match(slice_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (slice_file.parent / "other.dcm").write_bytes(ct_slice(4))
    assert main(["info", str(slice_file.parent), "--tags", "0020,0013 4"]) == 0
    out = capsys.readouterr().out
    assert "other.dcm: CT Image" in out and "slice.dcm" not in out


def test_an_image_cut_short_has_its_tags_and_its_problem(slice_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slice_file.write_bytes(ct_slice(3)[:-100])
    assert main(["info", str(slice_file), "--tags", "7fe00010"]) == 1
    assert "412 of 512 bytes are there" in capsys.readouterr().out


def test_more_tags_than_one_answer_takes_are_done_in_part(
    slice_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_lines, "MOST_TAGS", 20)
    assert main(["info", str(slice_file), "--tags"]) == 1
    assert "Not all tags are listed" in capsys.readouterr().out


def test_a_file_that_is_no_object_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("no object")
    assert main(["info", str(tmp_path / "a.txt"), "--tags"]) == 2
    assert "problem:" in capsys.readouterr().err
