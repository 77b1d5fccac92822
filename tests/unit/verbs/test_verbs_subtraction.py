"""A mask is taken off a contrast frame: what is left was known before, frame by frame and to the part of a pixel."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from tests.fakes.angiogram import COLUMNS, ROWS, as_bytes, as_enhanced, bones, logarithmic, mask, run, state, vessel

from readingroom.verbs.front import main


class Bench:
    """Renders frames of one file."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys, self.file = folder, capsys, folder / "run.dcm"

    def put(self, ds: Dataset) -> "Bench":
        self.file.write_bytes(as_bytes(ds))
        return self

    def left(self, frame: int, *words: object) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """What is left of a frame, and what is said of it."""
        code, said = self.said("--frame", frame, "--subtract", *words, "--raw", self.folder / "x.npy")
        assert code == 0, said
        return np.load(self.folder / "x.npy"), said["subtraction"]

    def said(self, *words: object) -> tuple[int, dict[str, Any]]:
        code = main(["render", str(self.file), *(str(word) for word in words), "--json"])
        return code, json.loads(self.capsys.readouterr().out)


@pytest.fixture
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    return Bench(tmp_path, capsys)


def test_values_that_are_logarithms_are_subtracted_as_they_are(bench: Bench) -> None:
    left, said = bench.put(run(logarithmic())).left(5, 1)
    assert np.array_equal(left, -300.0 * vessel(5))
    assert said["masks"] == [1] and said["domain"] == "difference" and said["source"] == "the command line"


def test_intensities_become_logarithms_first(bench: Bench) -> None:
    behind = 20_000.0 * np.exp(-bones() / 1500.0)
    frames = np.stack([np.rint(behind) if n < 3 else np.rint(np.rint(behind) * 0.5) for n in range(1, 5)])
    left, said = bench.put(run(frames, "LIN")).left(4, 2)
    assert np.abs(left - np.log(0.5)).max() < 2e-3 and said["domain"] == "logarithm"
    wanted = np.log(frames[3]) - np.log(frames[1])
    assert np.abs(left - wanted).max() < 1e-6


def test_averaged_masks_and_averaged_contrast_come_from_the_header(bench: Bench) -> None:
    frames = logarithmic()
    frames[0] += 10.0
    frames[1] -= 10.0
    item = mask("AVG_SUB", MaskFrameNumbers=[1, 2], ContrastFrameAveraging=2, ApplicableFrameRange=[3, 5])
    left, said = bench.put(run(frames, MaskSubtractionSequence=[item])).left(4)
    assert np.array_equal(left, -150.0 * (vessel(4).astype(float) + vessel(5)))
    assert said["masks"] == [1, 2] and said["averaged"] == 2 and said["source"] == "AVG_SUB of the header"
    code, refused = bench.said("--frame", 6, "--subtract", "--raw", bench.folder / "x.npy")
    assert code == 2 and "no mask for frame 6" in refused["problem"]


def test_every_frame_of_a_time_interval_difference_has_its_own_mask(bench: Bench) -> None:
    bench.put(run(logarithmic(), MaskSubtractionSequence=[mask("TID", TIDOffset=2)]))
    left, said = bench.left(6)
    assert said["masks"] == [4] and np.array_equal(left, -300.0 * (vessel(6).astype(float) - vessel(4)))
    assert bench.said("--frame", 2, "--subtract", "--raw", bench.folder / "x.npy")[0] == 2
    bench.put(run(logarithmic(), MaskSubtractionSequence=[mask("TID")]))
    assert bench.left(6)[1]["masks"] == [5]


def test_an_arm_that_turns_back_takes_its_masks_backwards(bench: Bench) -> None:
    item = mask("REV_TID", TIDOffset=1, ApplicableFrameRange=[4, 6])
    bench.put(run(logarithmic(), MaskSubtractionSequence=[item]))
    assert [bench.left(frame)[1]["masks"] for frame in (4, 5, 6)] == [[3], [2], [1]]


def test_a_mask_that_is_moved_by_parts_of_a_pixel_leaves_what_the_ramp_says(bench: Bench) -> None:
    left, said = bench.put(run(logarithmic())).left(2, 1, "--shift", "0.25,-1.5")
    # The mask lies 0.25 px further right and 1.5 px higher: on the ramp its values are 4 × 0.25 less and 8 × 1.5 more.
    inner = left[: ROWS - 2, 1:]
    assert np.abs(inner - (4 * 0.25 - 8 * 1.5)).max() < 1e-3
    assert np.isnan(left[:, 0]).all() and np.isnan(left[ROWS - 2 :]).all() and np.isfinite(inner).all()
    assert said["shift"] == [0.25, -1.5] and "shift 0.25, −1.50 px" in said["caption"]


def test_the_shift_of_the_header_is_rows_first(bench: Bench) -> None:
    item = mask("AVG_SUB", MaskFrameNumbers=[1], MaskSubPixelShift=[2.0, 3.0])
    left, said = bench.put(run(logarithmic(), MaskSubtractionSequence=[item])).left(2)
    assert said["shift"] == [3.0, 2.0] and np.array_equal(left[2:, 3:], np.full((ROWS - 2, COLUMNS - 3), 28.0))


def test_enhanced_images_give_each_frame_its_own_shift(bench: Bench) -> None:
    item = mask("AVG_SUB", MaskFrameNumbers=[1], SubtractionItemID=7)
    ds = as_enhanced(run(logarithmic(), "LOG", MaskSubtractionSequence=[item]), {2: (0.0, 1.0), 4: (0.5, 0.0)}, 7)
    assert bench.put(ds).left(2)[1]["shift"] == [1.0, 0.0]
    left, said = bench.left(4)
    assert said["shift"] == [0.0, 0.5] and np.abs(left[1:, :20] - 4.0).max() < 1e-3
    lin = as_enhanced(run(logarithmic(), "LIN", MaskSubtractionSequence=[item]), {}, 7)
    assert bench.put(lin).left(4)[1]["domain"] == "logarithm"


def test_a_presentation_state_brings_its_mask(bench: Bench) -> None:
    ds = run(logarithmic())
    bench.put(ds)
    path = bench.folder / "state.dcm"
    item = mask("AVG_SUB", MaskFrameNumbers=[2], MaskSubPixelShift=[0.0, 0.0])
    path.write_bytes(state(ds, item, MaskVisibilityPercentage=20))
    code, said = bench.said(
        "--frame", 5, "--presentation", path, "--raw", bench.folder / "x.npy", "--out", bench.folder / "x.png"
    )
    left = np.load(bench.folder / "x.npy")
    assert code == 0 and said["subtraction"]["source"] == "AVG_SUB of the presentation state"
    assert np.abs(left - (bones() * 0.2 - 300.0 * vessel(5))).max() < 1e-3


def test_a_window_makes_the_picture_of_the_difference(bench: Bench) -> None:
    from PIL import Image

    bench.put(run(logarithmic()))
    bench.said("--frame", 5, "--subtract", 1, "--window", "-150,300,linear_exact", "--out", bench.folder / "x.png")
    picture = np.asarray(Image.open(bench.folder / "x.png"))
    assert np.array_equal(picture, np.where(vessel(5), 0, 255))


def test_what_cannot_be_subtracted_is_refused(bench: Bench) -> None:
    bench.put(run(logarithmic(), MaskSubtractionSequence=[mask("NONE", MaskFrameNumbers=[1])]))
    out = ("--raw", bench.folder / "x.npy")
    for words in (("--subtract",), ("--subtract", "9"), ("--subtract", "x"), ("--subtract", "1", "--shift", "1"),
                  ("--subtract", "1", "--shift", "1e9,0"), ("--shift", "1,1")):  # fmt: skip
        code, said = bench.said("--frame", 3, *words, *out)
        assert code == 2 and said["problem"] and said["remedy"]


@pytest.mark.realdata
def test_a_real_run_of_intensities_is_subtracted_in_logarithms(bench: Bench) -> None:
    from readingroom.pixels.decode import decode

    real = Path(__file__).resolve().parents[4] / "shared" / "data" / "xa" / "HasFragmentSequence.dcm"
    if not real.exists():
        pytest.skip("the real angiogram is not here")
    bench.file = real
    left, said = bench.left(40, 1)
    part10 = real.read_bytes()
    first, last = (np.maximum(decode(part10, n).stored.astype(np.float64), 1) for n in (1, 40))
    wanted = np.log(last) - np.log(first)
    assert said["domain"] == "logarithm" and np.abs(left - wanted).max() < 1e-6
