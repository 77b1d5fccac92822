"""readingroom volume: a rendering beside what is known of the trunk, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fakes.phantom import slices

from readingroom.verbs.front import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("series")
    for n, raw in enumerate(slices(20)):
        (made / f"{n}.dcm").write_bytes(raw)
    return made


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main(["volume", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("view", "left", "top"), [("A", "R", "H"), ("P", "L", "H"), ("L", "A", "H"), ("H", "L", "A")])
def test_a_rendering_says_from_where_it_is_seen(
    folder: Path, tmp_path: Path, view: str, left: str, top: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "v.png"
    code, answer = said(capsys, str(folder), "--preset", "mip", "--view", view, "--size", "120x100", "--out", str(out))
    assert code == 0 and answer["blend"] == "max"
    assert (answer["letters"]["left"], answer["letters"]["top"]) == (left, top)  # type: ignore[index]
    assert Image.open(out).size == (120, 100) and np.asarray(Image.open(out)).max() > 0


@pytest.mark.parametrize(
    "words",
    [
        ("--preset", "nonsense"),
        ("--view", "A", "--azimuth", "20"),
        ("--clip", "1,2,3"),
        ("--zoom", "-1"),
        ("--size", "99999x10"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    folder: Path, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = said(capsys, str(folder), *words, "--out", str(tmp_path / "v.png"))
    assert code == 2 and answer["problem"] and answer["remedy"]


def test_one_image_is_no_volume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.dcm").write_bytes(slices(1)[0])
    code, answer = said(capsys, str(tmp_path), "--out", str(tmp_path / "v.png"))
    assert code == 2 and answer["problem"]
