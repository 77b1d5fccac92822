"""Segmentations over planes and in three dimensions, without a window: millilitres, HU and SUV that were known beforehand."""

import json
from math import pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.fakes import petct
from tests.fakes.petct import OTHER_SPACE, SUV_FACTOR
from tests.fakes.segmentations import SegGrid, block, sphere, written

from readingroom.verbs.front import main

LEFT = (30.0, -9.0, 31.0)


@pytest.fixture
def ct(tmp_path: Path) -> Path:
    """Everything at -900 HU, but 60 HU in a ball of 20 mm about (6, -9, 31)."""
    ball = sphere((6.0, -9.0, 31.0), 20.0)
    return petct.ct_grid().write(tmp_path / "ct", lambda points: np.where(ball(points), 60.0, -900.0))


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    code = main([*(str(word) for word in words), "--json"])
    return code, json.loads(capsys.readouterr().out or "{}")


def test_planes_say_how_large_segments_are_and_what_the_image_says_inside(
    ct: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = written(tmp_path / "seg.dcm", sphere((6, -9, 31), 12.0), block((-40.5, -40.5, 3), (-20.5, -20.5, 23)))
    code, said = run(capsys, "mpr", ct, "--plane", "axial", "--seg", two, "--out", tmp_path / "p.png")
    ball, cube = said["segments"]
    assert code == 0 and (ball["number"], ball["label"], ball["category"], ball["type"]) == (
        1, "Ball 1", "Anatomical Structure", "Liver",
    )  # fmt: skip
    assert (ball["algorithm"], ball["algorithm_name"], ball["unit"]) == ("AUTOMATIC", "Ruler", "HU")
    truth = 4 / 3 * pi * 12.0**3 / 1000
    assert abs(ball["volume_ml"] - truth) < ball["plus_minus"] and abs(ball["volume_ml"] - truth) < 0.02 * truth
    assert (ball["mean"], ball["sd"], ball["min"], ball["max"]) == (60.0, 0.0, 60.0, 60.0)
    assert ball["image_voxels"] == ball["voxels"]
    assert cube["volume_ml"] == pytest.approx(8.0) and cube["mean"] == -900.0


def test_uptake_inside_a_segment_is_told_as_suv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hot = sphere((6.0, -9.0, 31.0), 18.0)
    pet = petct.pet_grid().write(tmp_path / "pet", lambda points: np.where(hot(points), 20_000.0, 2_000.0))
    one = written(tmp_path / "seg.dcm", sphere((6.0, -9.0, 31.0), 12.0))
    code, said = run(capsys, "mpr", pet, "--plane", "axial", "--seg", one, "--out", tmp_path / "p.png")
    (ball,) = said["segments"]
    assert code == 0 and ball["unit"] == "g/ml{SUVbw}"
    assert ball["mean"] == pytest.approx(20_000 * SUV_FACTOR, rel=1e-4) and ball["sd"] == pytest.approx(0, abs=1e-6)
    # The PET's voxels hold 48 mm³: so many of their centres lie in the ball, give or take its surface.
    assert ball["image_voxels"] * 0.048 == pytest.approx(4 / 3 * pi * 12**3 / 1000, rel=0.1)


def test_another_space_is_refused_and_said(ct: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = written(tmp_path / "seg.dcm", sphere((6, -9, 31), 12.0), grid=SegGrid(space=OTHER_SPACE))
    for verb in (("mpr", ct, "--plane", "axial"), ("volume", ct, "--size", "60x60")):
        code, said = run(capsys, *verb, "--seg", other, "--out", tmp_path / "p.png")
        assert code == 2 and "Frame of Reference" in said["problem"] and not (tmp_path / "p.png").exists()


def test_a_plane_is_coloured_where_the_segment_is_and_nowhere_else(
    ct: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = written(tmp_path / "seg.dcm", sphere(LEFT, 10.0), sphere((-20, -9, 31), 10.0))
    plane = (
        "mpr",
        ct,
        "--origin",
        "-50,-60,31",
        "--row",
        "1,0,0",
        "--column",
        "0,1,0",
        "--spacing",
        1,
        "--size",
        "110x100",
    )
    _, said = run(capsys, *plane, "--seg", two, "--segments", 1, "--out", tmp_path / "p.png")
    assert [one["number"] for one in said["segments"]] == [1]
    picture = np.asarray(Image.open(tmp_path / "p.png")).astype(int)
    coloured = np.ptp(picture, axis=-1) > 0
    y, x = np.mgrid[0:100, 0:110]
    # The nearest frames lie at z = 30 and 32: half way, either may speak.
    inside = (x - 50 - 30) ** 2 + (y - 60 + 9) ** 2 < 100 - 1
    assert np.array_equal(coloured, inside)


@pytest.mark.parametrize(
    "words", [("--segments", "1"), ("--seg", "SEG", "--segments", "one"), ("--seg", "SEG", "--segments", "9")]
)
def test_what_cannot_be_meant_is_refused(
    ct: Path, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    one = written(tmp_path / "seg.dcm", sphere(LEFT, 10.0))
    named = [str(one) if word == "SEG" else word for word in words]
    code, said = run(capsys, "mpr", ct, "--plane", "axial", *named, "--out", tmp_path / "p.png")
    assert code == 2 and said["remedy"]


def test_the_tags_of_a_segmentation_come_with_its_volumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = written(tmp_path / "seg.dcm", block((-10.5, -10.5, -11), (9.5, 9.5, 9)), kind="LABELMAP")
    code, said = run(capsys, "info", one)
    (segment,) = said["objects"][0]["segments"]
    assert code == 0 and segment["volume_ml"] == pytest.approx(8.0) and segment["plus_minus"] > 0
    assert "mean" not in segment


@pytest.mark.parametrize("engine", ["cpu", "auto"])
@pytest.mark.parametrize("preset", ["bone", "skin"])
def test_a_marker_at_the_left_shows_at_the_right_of_the_front_view(
    ct: Path, tmp_path: Path, engine: str, preset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = written(tmp_path / "seg.dcm", block((27.5, -12.5, 27), (33.5, -6.5, 33)), sphere((-30, -9, 31), 3.0))
    out = tmp_path / "v.png"
    code, said = run(
        capsys, "volume", ct, "--preset", preset, "--view", "A", "--size", "200x150", "--zoom", 1.25, "--seg", one,
        "--segments", 1, "--engine", engine, "--out", out,
    )  # fmt: skip
    picture = np.asarray(Image.open(out)).astype(int)
    red, _, blue = said["segments"][0]["colour"]
    share = (picture[..., 0] - picture[..., 2]) > 0.3 * (red - blue)
    y, x = np.nonzero(share)
    centre = said["centre"]
    assert code == 0 and x.mean() > 100
    assert x.mean() == pytest.approx(99.5 + (30.5 - centre[0]) * 1.25, abs=1.0)
    assert y.mean() == pytest.approx(74.5 - (30.0 - centre[2]) * 1.25, abs=1.0)
    assert np.ptp(x) + 1 == pytest.approx(6 * 1.25, abs=1.5) and np.ptp(y) + 1 == pytest.approx(6 * 1.25, abs=1.5)


@pytest.mark.parametrize(("where", "seen"), [((-45.0, -35.0), True), ((-15.0, -5.0), False), ((15.0, 25.0), False)])
def test_bone_covers_what_lies_behind_it_and_no_surface_in_front_of_it(
    tmp_path: Path, where: tuple[float, float], seen: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    bone = block((-20, -20, 10), (20, 0, 50))
    ct = petct.ct_grid().write(tmp_path / "ct", lambda points: np.where(bone(points), 1500.0, -900.0))
    one = written(tmp_path / "seg.dcm", block((-8, where[0], 22), (8, where[1], 38)))
    view = ("volume", ct, "--view", "A", "--size", "100x100")
    run(capsys, *view, "--out", tmp_path / "bare.png")
    run(capsys, *view, "--seg", one, "--out", tmp_path / "v.png")
    bare, with_it = (
        np.asarray(Image.open(tmp_path / name)).astype(int)[47:52, 47:52] for name in ("bare.png", "v.png")
    )
    assert bool((np.abs(with_it - bare).max(axis=-1) > 60).all()) == seen
    assert seen or np.abs(with_it - bare).max() < 3
