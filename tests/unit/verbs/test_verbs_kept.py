"""keep and mark: views and key images as objects, beside a renderer that knows nothing of ours."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from tests.fakes.objects import ct_series

from readingroom.verbs.front import main

CT_SMALL = str(get_testdata_file("CT_small.dcm"))
needs_dcmtk = pytest.mark.skipif(not shutil.which("dcmp2pgm"), reason="dcmtk's dcmp2pgm is not on this machine")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@needs_dcmtk
@pytest.mark.parametrize("turn", ["0", "90", "180", "270"])
@pytest.mark.parametrize("more", [(), ("--flip",), ("--invert",), ("--flip", "--invert")])
def test_another_renderer_shows_a_kept_view_as_it_was_kept(
    turn: str, more: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, theirs, ours = tmp_path / "pr.dcm", tmp_path / "theirs.pgm", tmp_path / "ours.png"
    code, answer = said(capsys, "keep", CT_SMALL, "--window", "40,400", "--rotate", turn, *more, "--out", str(state))
    assert code == 0 and answer["kind"] == "grey"
    subprocess.run(["dcmp2pgm", "-p", str(state), CT_SMALL, str(theirs)], check=True, capture_output=True)
    assert main(["render", CT_SMALL, "--presentation", str(state), "--out", str(ours)]) == 0
    one, other = np.asarray(Image.open(theirs)).astype(int), np.asarray(Image.open(ours)).astype(int)
    assert one.shape == other.shape and np.abs(one - other).max() <= 1
    assert main(["render", CT_SMALL, "--window", "40,400", "--out", str(ours)]) == 0
    plain = np.rot90(np.asarray(Image.open(ours)).astype(int), -int(turn) // 90)
    plain = plain[:, ::-1] if "--flip" in more else plain
    assert np.abs((255 - plain if "--invert" in more else plain) - one).max() <= 1


def test_a_kept_view_carries_what_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn, state = tmp_path / "m.json", tmp_path / "pr.dcm"
    drawn.write_text(json.dumps([
        {"tool": "length", "points": [[30.5, 40.5], [80.5, 60.5]], "label": "Nodule"},
        {"tool": "arrow", "points": [[10, 10], [20, 20]], "label": "here"},
    ]))  # fmt: skip
    code, answer = said(
        capsys, "keep", CT_SMALL, "--measurements", str(drawn), "--label", "nodule/1", "--out", str(state)
    )
    assert code == 0 and (answer["graphics"], answer["texts"], answer["label"]) == (2, 2, "NODULE 1")


def test_key_images_are_marked_in_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for n, raw in enumerate(ct_series(3)):
        files.append(tmp_path / f"{n}.dcm")
        files[-1].write_bytes(raw)
    out = tmp_path / "ko.dcm"
    code, answer = said(
        capsys, "mark", str(files[2]), str(files[0]), "--title", "conference", "--note", "≥ 12 mm", "--out", str(out)
    )
    assert code == 0 and answer["title"] == "For Conference" and answer["note"] == "≥ 12 mm"
    assert [image["sop_uid"][-2:] for image in answer["images"]] == [".3", ".1"]  # type: ignore[index, attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        ("keep", CT_SMALL, "--area", "9,9,3,3", "--out", "x.dcm"),
        ("keep", CT_SMALL, "--frame", "2", "--out", "x.dcm"),
        ("keep", "/nowhere.dcm", "--out", "x.dcm"),
        ("mark", "/nowhere.dcm", "--out", "x.dcm"),
        ("mark", CT_SMALL + "#7", "--out", "x.dcm"),
        ("mark", CT_SMALL, "--state", CT_SMALL, "--out", "x.dcm"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_remedy(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = said(capsys, *words)
    assert code == 2 and answer["problem"] and answer["remedy"]
    assert not Path("x.dcm").exists()
