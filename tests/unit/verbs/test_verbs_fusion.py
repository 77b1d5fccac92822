"""A hot ball in a PET of its own grid lies where the CT has it, in numbers and in colours that were known beforehand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.fakes import petct
from tests.fakes.petct import CENTRE, OTHER_SPACE, SPACE, SUV_FACTOR

from readingroom.display.palettes import palette_named, palettes
from readingroom.verbs.front import main

HOT_BQ, WARM_BQ = 20_000.0, 2_000.0


def even_slope(_: int) -> float:
    return 0.5


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A CT and a PET of the same ball."""
    return petct.ct_grid().write(tmp_path / "ct", petct.ball(60.0, -900.0)), petct.pet_grid().write(
        tmp_path / "pet", petct.ball(HOT_BQ, WARM_BQ), even_slope
    )


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    code = main(["mpr", *(str(word) for word in words), "--json"])
    return code, json.loads(capsys.readouterr().out or "{}")


def middle_of(values: NDArray[Any], background: float) -> NDArray[np.float64]:
    """The centre of mass of what stands out, (x, y) in pixels."""
    weight = np.clip(np.nan_to_num(values.astype(np.float64), nan=background) - background, 0, None)
    y, x = np.indices(values.shape)
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("via", ["vtk", "reference"])
def test_a_hot_ball_lies_on_the_ball_of_the_ct(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], plane: str, via: str
) -> None:
    ct, pet = pair
    directions = {
        "axial": ((1, 0, 0), (0, 1, 0)), "coronal": ((1, 0, 0), (0, 0, -1)), "sagittal": ((0, 1, 0), (0, 0, -1)),
    }[plane]  # fmt: skip
    row, column = (np.array(part, float) for part in directions)
    origin = np.array(CENTRE) - 30 * row - 30 * column
    at = [f"--{name}={','.join(f'{v:g}' for v in part)}" for name, part in
          (("origin", origin), ("row", row), ("column", column))]  # fmt: skip
    sized = [*at, "--spacing", 1.0, "--size", "61x61", "--via", via]
    run(capsys, ct, *sized, "--out", tmp_path / "base.npy")
    code, said = run(capsys, ct, *sized, "--over", pet, "--out", tmp_path / "over.npy")
    base, over = np.load(tmp_path / "base.npy"), np.load(tmp_path / "over.npy")
    assert code == 0 and over.shape == base.shape == (61, 61)
    assert np.abs(middle_of(base, -900.0) - 30).max() < 0.02
    assert np.abs(middle_of(over, WARM_BQ * SUV_FACTOR) - middle_of(base, -900.0)).max() < 0.05
    assert said["over"]["unit"] == "g/ml{SUVbw}" and said["over"]["frame_of_reference"] == SPACE


def test_the_value_on_the_plane_is_the_uptake_between_the_pets_own_voxels(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct, pet = pair
    size = ["--plane", "axial", "--spacing", 0.7, "--size", "90x80"]
    _, said = run(capsys, ct, *size, "--over", pet, "--out", tmp_path / "v.npy")
    run(capsys, ct, *size, "--over", pet, "--via", "reference", "--out", tmp_path / "r.npy")
    vtk, reference = np.load(tmp_path / "v.npy"), np.load(tmp_path / "r.npy")
    assert np.array_equal(np.isnan(vtk), np.isnan(reference))
    assert np.nanmax(np.abs(vtk - reference)) < 1e-3 * HOT_BQ * SUV_FACTOR
    assert said["over"]["factor"] == pytest.approx(SUV_FACTOR, rel=1e-6)


def test_nothing_is_drawn_where_the_pet_is_not(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct, pet = pair
    run(capsys, ct, "--plane", "axial", "--over", pet, "--out", tmp_path / "over.npy")
    values = np.load(tmp_path / "over.npy")
    grid = petct.pet_grid()
    y, x = np.indices(values.shape)
    plane = petct.ct_grid()
    lps = np.stack([plane.corner[0] + x, plane.corner[1] + y], axis=-1) - np.array(grid.corner[:2])
    across = lps @ np.array(grid.row[:2]) / grid.spacing[1]
    down = lps @ np.array(grid.column[:2]) / grid.spacing[0]
    within = (across > -0.499) & (across < 21.499) & (down > -0.499) & (down < 21.499)
    outside = (across < -0.501) | (across > 21.501) | (down < -0.501) | (down > 21.501)
    assert np.isfinite(values[within]).all() and np.isnan(values[outside]).all()


def test_colours_are_mixed_to_the_last_level(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    ct, pet = pair
    plain = ["--plane", "coronal", "--window", "40,400"]
    how = ["--over", pet, "--alpha", 0.3, "--palette", "pet", "--over-window", "2,4", "--threshold", 0.8]
    run(capsys, ct, *plain, "--out", tmp_path / "base.png")
    _, said = run(capsys, ct, *plain, *how, "--out", tmp_path / "fused.png", "--over-out", tmp_path / "v.npy")
    base = np.asarray(Image.open(tmp_path / "base.png")).astype(np.float64)
    fused, suv = np.asarray(Image.open(tmp_path / "fused.png")), np.load(tmp_path / "v.npy").astype(np.float64)
    level = np.floor(np.clip(np.nan_to_num(suv) / 4.0, 0, 1) * 255 + 0.5).astype(int)
    colour = palette_named("pet").entries[level].astype(np.float64)
    drawn = (suv >= 0.8)[..., None]
    wanted = np.where(drawn, base[..., None] * 0.7 + colour * 0.3, base[..., None])
    assert np.array_equal(fused, np.floor(wanted + 0.5).astype(np.uint8))
    assert said["over"]["window"] == {"centre": 2.0, "width": 4.0, "function": "LINEAR_EXACT"}
    assert said["over"]["alpha"] == 0.3 and said["over"]["palette"] == "pet" and drawn.any() and not drawn.all()


def test_slices_with_a_slope_each_keep_their_uptake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ct = petct.ct_grid().write(tmp_path / "ct", petct.ball(60.0, -900.0))
    of = petct.ball(HOT_BQ, WARM_BQ)
    one = petct.pet_grid().write(tmp_path / "one", of, even_slope)
    each = petct.pet_grid().write(tmp_path / "each", of, lambda n: 0.4 + 0.01 * n)
    for name, pet in (("one", one), ("each", each)):
        run(capsys, ct, "--plane", "sagittal", "--over", pet, "--out", tmp_path / f"{name}.npy")
    apart = np.load(tmp_path / "one.npy") - np.load(tmp_path / "each.npy")
    assert np.nanmax(np.abs(apart)) < 1e-3 * HOT_BQ * SUV_FACTOR


def test_another_frame_of_reference_is_said_and_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ct = petct.ct_grid().write(tmp_path / "ct", petct.ball(60.0, -900.0))
    pet = petct.pet_grid(OTHER_SPACE).write(tmp_path / "pet", petct.ball(HOT_BQ, WARM_BQ))
    code, said = run(capsys, ct, "--plane", "axial", "--over", pet, "--out", tmp_path / "x.png")
    assert code == 2 and "different Frames of Reference" in said["problem"]
    assert not (tmp_path / "x.png").exists()


def test_a_registration_joins_two_frames_of_reference_and_is_named_with_its_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct = petct.ct_grid().write(tmp_path / "ct", petct.ball(60.0, -900.0))
    turn, shift = np.radians(7.0), np.array([5.0, -3.0, 4.0])
    back = np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    x, y, z = back @ (np.array(CENTRE) - shift)
    of = petct.ball(HOT_BQ, WARM_BQ, centre=(float(x), float(y), float(z)))
    pet = petct.pet_grid(OTHER_SPACE).write(tmp_path / "pet", of)
    (pet / "reg.dcm").write_bytes(petct.registration(7.0, (5.0, -3.0, 4.0)))
    at = ["--origin=-24,-39,31", "--row=1,0,0", "--column=0,1,0", "--spacing", 1, "--size", "61x61"]
    code, said = run(capsys, ct, *at, "--over", pet, "--out", tmp_path / "o.npy")
    assert code == 0 and "REGISTERED by an object of 4 Nov 2026 (Weber Ute)" in said["over"]["note"]
    assert np.abs(middle_of(np.load(tmp_path / "o.npy"), WARM_BQ * SUV_FACTOR) - 30).max() < 0.05


def test_uptake_without_a_weight_stays_in_the_scanners_unit_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct = petct.ct_grid().write(tmp_path / "ct", petct.ball(60.0, -900.0))
    grid = petct.pet_grid(PatientWeight=None, CorrectedImage=["DECY"])
    pet = grid.write(tmp_path / "pet", petct.ball(HOT_BQ, WARM_BQ))
    _, said = run(capsys, ct, "--plane", "axial", "--over", pet, "--out", tmp_path / "o.npy")
    assert said["over"]["unit"] == "Bq/ml" and said["over"]["factor"] == 1.0
    assert "SUV cannot be given" in said["over"]["note"] and "NAC" in said["over"]["note"]


def test_a_missing_slice_of_the_pet_is_left_out_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ct = petct.ct_grid().write(tmp_path / "ct", petct.ball(60.0, -900.0))
    pet = petct.pet_grid().write(tmp_path / "pet", petct.ball(HOT_BQ, WARM_BQ), even_slope)
    (pet / "012.dcm").unlink()
    code, said = run(capsys, ct, "--plane", "coronal", "--over", pet, "--out", tmp_path / "o.npy")
    assert code == 1 and said["over"]["missing_pixels"] > 0 and "missing" in said["over"]["note"]


def test_what_cannot_be_meant_is_refused(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct, pet = pair
    out = ["--plane", "axial", "--out", tmp_path / "x.png"]
    for words in (["--alpha", 0.5], ["--over", pet, "--alpha", 1.5], ["--over", pet, "--palette", "mauve"],
                  ["--over", pet, "--over-window", "2"], ["--over", tmp_path / "none"]):  # fmt: skip
        code, said = run(capsys, ct, *out, *words)
        assert code == 2 and said["problem"] and said["remedy"]


def test_palettes_are_those_of_the_standard() -> None:
    import pydicom
    from pydicom.data import get_palette_files

    files = {"hot-iron": "hotiron", "pet": "pet", "hot-metal-blue": "hotmetalblue", "pet-20-step": "pet20step"}
    for palette in palettes():
        standard = pydicom.dcmread(get_palette_files(f"{files[palette.name]}.dcm")[0])
        for n, name in enumerate(("Red", "Green", "Blue")):
            assert palette.entries[:, n].tobytes() == standard[f"{name}PaletteColorLookupTableData"].value


def test_what_is_laid_over_keeps_to_the_memory_budget_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct = petct.Grid(size=(10, 64, 64), corner=(-30.0, -40.0, 25.0)).write(tmp_path / "ct", petct.ball(60.0, -900.0))
    fine = petct.Grid(
        "PT", (-32.0, -45.0, 20.0), spacing=(0.25, 0.25, 2.0), size=(12, 256, 256), number=2, description="PET AC"
    )
    pet = fine.write(tmp_path / "pet", petct.ball(HOT_BQ, WARM_BQ), even_slope)
    asked = (ct, "--plane", "coronal", "--over", pet, "--out", tmp_path / "v.npy")
    _, whole = run(capsys, *asked)
    kept = np.load(tmp_path / "v.npy")
    profile = tmp_path / "profile"
    profile.mkdir()
    (profile / "settings.toml").write_text("[display]\nvolume_memory_mb = 1\n", encoding="utf-8")
    code = main(["--profile", str(profile), "mpr", *(str(word) for word in asked), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert code == 0 and "memory budget: 2 × 2 pixels are one" in said["over"]["note"]
    assert "budget" not in whole["over"]["note"]
    apart = np.abs(np.load(tmp_path / "v.npy") - kept)[:, 4:-4]
    assert np.nanmax(apart) < 0.02 * HOT_BQ * SUV_FACTOR


def test_a_series_dated_after_its_images_is_decayed_to_the_first_bed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pydicom import dcmread

    ct = petct.ct_grid().write(tmp_path / "ct", petct.ball(60.0, -900.0))
    late = petct.pet_grid(SeriesDate="20261104", SeriesTime="081500")
    pet = late.write(tmp_path / "pet", petct.ball(HOT_BQ, WARM_BQ), even_slope)
    for number, file in enumerate(sorted(pet.iterdir())):
        if number >= 8:
            ds = dcmread(file)
            ds.AcquisitionTime = "100500" if number < 16 else "101000"
            ds.save_as(file)
    _, said = run(capsys, ct, "--plane", "axial", "--over", pet, "--out", tmp_path / "v.npy")
    assert said["over"]["factor"] == pytest.approx(SUV_FACTOR, rel=1e-6), "an hour after injection, not 23"
    assert said["over"]["unit"] == "g/ml{SUVbw}"
