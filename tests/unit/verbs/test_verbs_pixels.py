"""info and render as seen from outside: their fields, their files, and how they refuse."""

import hashlib
import json

import numpy as np
import pytest
from PIL import Image
from tests.unit.pixels.pixel_phantoms import native

from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Voi
from readingroom.verbs import render
from readingroom.verbs.front import main

CT = {
    "RescaleSlope": 1, "RescaleIntercept": -1024, "PixelSpacing": [0.7, 0.7], "SeriesDescription": "CHEST",
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PatientID": "7", "PatientName": "DOE^J", "WindowCenter": [40, -600],
    "WindowWidth": [400, 1500],
}  # fmt: skip
PIXELS = (np.arange(16 * 12).reshape(16, 12) * 12).astype(np.uint16)


@pytest.fixture
def series(tmp_path):
    """Five slices 2.5 mm apart, the fourth missing."""
    folder = tmp_path / "series"
    folder.mkdir()
    for n in (0, 1, 2, 4, 5):
        part10 = native(
            PIXELS, ImagePositionPatient=[0, 0, 2.5 * n], InstanceNumber=n + 1, SOPInstanceUID=f"1.9.{n}", **CT
        )
        (folder / f"{n}.dcm").write_bytes(part10)
    return folder


def said(capsys, *words):
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_info_finds_the_gap_in_a_folder(series, capsys):
    code, answer = said(capsys, "info", str(series))
    assert code == 0
    (display_set,) = answer["display_sets"]
    assert (display_set["kind"], display_set["frames"], display_set["description"]) == ("stack", 5, "CHEST")
    assert display_set["geometry"]["gaps"] == [2]
    assert display_set["geometry"]["note"] == "gap after image 3: 1 missing"
    first = answer["objects"][0]
    assert (first["rows"], first["columns"], first["frames"], first["values_unit"]) == (16, 12, 1, "HU")
    assert first["spacing"]["row"] == 0.7
    assert first["unit"] == "mm"


def test_info_says_what_it_could_not_read_and_goes_on(series, capsys):
    (series / "letter.txt").write_text("Dear colleague")
    (series / "cut.dcm").write_bytes((series / "0.dcm").read_bytes()[:-40].replace(b"1.9.0", b"1.9.9"))
    code, answer = said(capsys, "info", str(series))
    problems = {one["path"].rsplit("/", 1)[-1]: one["problem"] for one in answer["objects"] if "problem" in one}
    assert code == 1
    assert set(problems) == {"letter.txt", "cut.dcm"}
    assert "stop early" in problems["cut.dcm"]


@pytest.mark.parametrize("what", ["/no/such/file", "1.2.3.4.5"])
def test_info_refuses_what_is_not_there(what, capsys):
    code, answer = said(capsys, "info", what)
    assert code == 2
    assert answer["problem"]
    assert answer["remedy"]


def test_render_writes_one_pixel_for_each_and_the_numbers_behind(series, tmp_path, capsys):
    out, raw = tmp_path / "p.png", tmp_path / "p.npy"
    code, answer = said(capsys, "render", str(series / "0.dcm"), "--out", str(out), "--raw", str(raw))
    values = np.load(raw)
    assert code == 0
    assert values.dtype == np.float32
    assert np.array_equal(values, PIXELS.astype(np.float32) - 1024)
    assert answer["sha256_raw"] == hashlib.sha256(values.tobytes()).hexdigest()
    assert (answer["min"], answer["max"], answer["unit"]) == (-1024, float(PIXELS.max()) - 1024, "HU")
    assert answer["voi"]["centre"] == 40
    picture = np.asarray(Image.open(out))
    expected = np.clip(((values - 39.5) / 399 + 0.5) * 255, 0, 255)
    assert picture.dtype == np.uint8
    assert np.abs(picture - expected).max() <= 0.5


@pytest.mark.parametrize(
    ("words", "centre", "function"),
    [
        (["--voi", "2"], -600, "LINEAR"),
        (["--window", "-600,1500,sigmoid"], -600, "SIGMOID"),
        (["--window", "40,0.5,linear_exact"], 40, "LINEAR_EXACT"),
        (["--auto"], (PIXELS.max() - 2048) / 2, "LINEAR_EXACT"),
    ],
)
def test_render_takes_the_window_it_is_told(words, centre, function, series, tmp_path, capsys):
    code, answer = said(capsys, "render", str(series / "0.dcm"), "--out", str(tmp_path / "p.png"), *words)
    assert code == 0
    assert (answer["voi"]["centre"], answer["voi"]["function"]) == (centre, function)


def test_render_fits_into_a_size_with_square_pixels(series, tmp_path, capsys):
    code, _ = said(capsys, "render", str(series / "0.dcm"), "--out", str(tmp_path / "p.png"), "--size", "100x80")
    picture = np.asarray(Image.open(tmp_path / "p.png"))
    assert code == 0
    assert picture.shape == (80, 100)
    assert picture[:, :18].max() == 0 == picture[:, -18:].max()


@pytest.mark.parametrize(
    "words",
    [
        ["--voi", "3"], ["--frame", "2"], ["--frame", "0"], ["--window", "40"], ["--window", "a,b"],
        ["--window", "40,0"], ["--window", "40,0.5"], ["--window", "nan,400"], ["--size", "0x5"], ["--size", "wide"],
        ["--out", "/no/such/folder/p.png"], ["--via", "magic"],
    ],
)  # fmt: skip
def test_render_refuses_with_a_remedy(words, series, tmp_path, capsys):
    code, answer = said(capsys, "render", str(series / "0.dcm"), "--out", str(tmp_path / "p.png"), *words)
    assert code == 2
    assert answer["remedy"]


def test_render_needs_something_to_write(series, capsys):
    assert said(capsys, "render", str(series / "0.dcm"))[0] == 2


@pytest.mark.parametrize("colour", [False, True])
def test_a_large_picture_is_the_same_in_parts_as_in_one_piece(colour, monkeypatch):
    """A wall of monitors at once would need more memory than a desk has."""
    pixels = np.repeat((PIXELS // 12).astype(np.uint8)[..., None], 3, -1) if colour else PIXELS
    frame = decode(native(pixels))
    voi = None if colour else Voi(1000, 2000)
    whole = render.by_reference(frame, voi, True, (60, 70))
    monkeypatch.setattr(render, "MOST_AT_ONCE", 500)
    parts = render.by_reference(frame, voi, True, (60, 70))
    assert parts.shape == whole.shape
    assert np.abs(parts.astype(int) - whole).max() <= 1
    assert len(np.unique(whole)) > 50


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("info", ""), "without a name"),
        (("mpr", " ", "--plane", "axial", "--out", "p.png"), "without a name"),
        (("render", "one.dcm", "--superimposed", "two.dcm", "--out", "p.png"), "laid over"),
    ],
)
def test_what_would_be_passed_over_in_silence_is_refused(words, problem, capsys):
    code, answer = said(capsys, *words)
    assert code == 2
    assert problem in answer["problem"]
    assert answer["remedy"]
