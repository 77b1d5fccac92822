"""measure and sr as seen from outside: their fields, their files, and how they refuse."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from tests.unit.pixels.pixel_phantoms import native

from readingroom.verbs.front import main

CT_SMALL = str(get_testdata_file("CT_small.dcm"))
PIXELS = np.full((64, 64), 1000, dtype=np.uint16)


def said(capsys: Any, *words: str) -> tuple[int, dict[str, Any], str]:
    code = main([*words, "--json"])
    shown = capsys.readouterr()
    return code, json.loads(shown.out), shown.err


def drawn_on(tmp_path: Path, **tags: Any) -> str:
    path = tmp_path / "image.dcm"
    path.write_bytes(native(PIXELS, **tags))
    return str(path)


def test_a_length_is_given_with_its_error_and_its_basis(capsys: Any) -> None:
    code, answer, _ = said(capsys, "measure", CT_SMALL, "--tool", "length", "--points", "30.5,40.5 80.5,60.5")
    assert code == 0
    (length,) = answer["values"]
    assert (length["concept"], length["unit"], answer["basis"]) == ("Length", "mm", "mm")
    assert length["value"] == pytest.approx(35.621142, abs=1e-6)
    assert length["plus_minus"] == pytest.approx(0.4677, abs=1e-4)


def test_a_film_is_measured_at_the_detector_and_says_so(tmp_path: Path, capsys: Any) -> None:
    film = drawn_on(tmp_path, Modality="DX", SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1", ImagerPixelSpacing=[0.14, 0.14])
    code, answer, _ = said(capsys, "measure", film, "--tool", "length", "--points", "10,10 20,10")
    assert (code, answer["basis"]) == (0, "mm at detector")
    assert answer["values"][0]["value"] == pytest.approx(1.4)


def test_without_spacing_pixels_are_counted_until_the_reader_calibrates(tmp_path: Path, capsys: Any) -> None:
    bare = drawn_on(tmp_path, Modality="XA", SOPClassUID="1.2.840.10008.5.1.4.1.1.12.1")
    words = ("measure", bare, "--tool", "length", "--points", "10,10 20,10")
    _, answer, _ = said(capsys, *words)
    assert (answer["values"][0]["unit"], answer["basis"]) == ("px", "px: no pixel spacing")
    _, answer, _ = said(capsys, *words, "--calibrate", "10,30 60,30 25")
    assert (answer["values"][0]["unit"], answer["basis"]) == ("mm", "mm (user, line=25 mm)")
    assert answer["values"][0]["value"] == pytest.approx(5.0)


@pytest.mark.parametrize(
    "words",
    [
        ("--tool", "length", "--points", "30,40"),
        ("--tool", "length", "--points", "-3,40 20,20"),
        ("--tool", "probe", "--points", "-3,40"),
        ("--tool", "length", "--points", "a,b c,d"),
        ("--tool", "length", "--points", ""),
        ("--tool", "length", "--points", "nan,1 2,3"),
        ("--tool", "spoon", "--points", "1,1 2,2"),
        ("--tool", "length", "--points", "1,1 2,2", "--calibrate", "nonsense"),
    ],
)
def test_what_must_be_refused_is_refused_with_exit_2(capsys: Any, words: tuple[str, ...]) -> None:
    code, answer, err = said(capsys, "measure", CT_SMALL, *words)
    assert code == 2
    assert answer["problem"] and answer["remedy"] and answer["refused"] == answer["problem"]
    assert err.startswith("problem: ") and "\nremedy: " in err


@pytest.mark.parametrize(
    "words",
    [
        ("measure", "/nowhere.dcm", "--tool", "length", "--points", "1,1 2,2"),
        ("measure", CT_SMALL, "--tool", "length", "--points", "1,1 2,2", "--frame", "9"),
        ("measure", CT_SMALL, "--tool", "length"),
        ("sr", "read", CT_SMALL),
        ("sr", "read", "/nowhere.dcm"),
        ("sr", "write", CT_SMALL),
        ("sr", "read", CT_SMALL, "--out", "x.dcm"),
        ("sr", "write", CT_SMALL, "--measurements", "/nowhere.json", "--out", "x.dcm"),
    ],
)
def test_a_wrong_command_line_is_answered_in_words(capsys: Any, words: tuple[str, ...]) -> None:
    code, answer, _ = said(capsys, *words)
    assert code == 2
    assert answer["problem"] and answer["remedy"]


def test_a_plugins_measurement_is_a_tool_like_any_other(tmp_path: Path, capsys: Any) -> None:
    film = drawn_on(tmp_path, Modality="DX", SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1", ImagerPixelSpacing=[0.14, 0.14])
    points = "20,30 40,30 10,35 50,35"
    code, answer, _ = said(capsys, "measure", film, "--tool", "cardiothoracic_ratio", "--points", points)
    assert code == 0
    assert answer["values"][0]["value"] == pytest.approx(0.5)


def test_a_report_is_written_as_a_table_for_a_spreadsheet(tmp_path: Path, capsys: Any) -> None:
    image, drawn, sr, table = drawn_on(tmp_path), tmp_path / "m.json", tmp_path / "sr.dcm", tmp_path / "m.csv"
    drawn.write_text(json.dumps([{"tool": "length", "points": [[10, 10], [20, 10]], "label": "Größter Herd"}]), "utf-8")
    assert said(capsys, "sr", "write", image, "--measurements", str(drawn), "--out", str(sr))[0] == 0
    code, fields, _ = said(capsys, "sr", "read", str(sr), "--csv", str(table))
    assert code == 0 and fields["csv"] == str(table)
    heads, row = table.read_bytes().decode("utf-8-sig").splitlines()
    assert heads.startswith('"Name","Tool","Concept","Value","Unit","±"')
    assert row.startswith('"Größter Herd","length","Length","')
    assert said(capsys, "sr", "read", str(sr), "--csv", str(tmp_path / "none" / "m.csv"))[0] == 2
    assert said(capsys, "sr", "write", image, "--measurements", str(drawn), "--out", str(sr), "--csv", "x")[0] == 2


def test_measurements_go_into_a_report_and_come_back(tmp_path: Path, capsys: Any) -> None:
    file, out = tmp_path / "m.json", tmp_path / "sr.dcm"
    file.write_text(
        json.dumps(
            [
                {"tool": "length", "points": [[30.5, 40.5], [80.5, 60.5]], "label": "Ł ≥12", "tracking_uid": "1.2.3"},
                {"tool": "ellipse", "points": "44,64 84,64 64,52 64,76", "finding": ["27925004", "SCT", "Nodule"]},
            ]
        ),
        encoding="utf-8",
    )
    code, answer, _ = said(capsys, "sr", "write", CT_SMALL, "--measurements", str(file), "--out", str(out))
    assert (code, answer["out"]) == (0, str(out))
    code, answer, _ = said(capsys, "sr", "read", str(out))
    assert code == 0
    length, ellipse = answer["groups"]
    assert (length["tool"], length["label"], length["tracking_uid"]) == ("length", "Ł ≥12", "1.2.3")
    assert length["values"][0]["value"] == pytest.approx(35.621142, abs=1e-6)
    assert (ellipse["tool"], ellipse["finding"], ellipse["frame"]) == ("ellipse", ["27925004", "SCT", "Nodule"], 1)
    assert not length["read_only"]
    again = tmp_path / "again.dcm"
    code, _, _ = said(
        capsys, "sr", "write", CT_SMALL, "--measurements", str(file), "--out", str(again), "--previous", str(out)
    )
    named = pydicom.dcmread(again).PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert (code, named.ReferencedSOPInstanceUID) == (0, pydicom.dcmread(out).SOPInstanceUID)


@pytest.mark.realdata
def test_a_real_ultrasound_is_measured_in_its_region_and_refused_outside(capsys: Any) -> None:
    path = Path(__file__).resolve().parents[4] / "shared" / "data" / "us" / "gdcm-US-ALOKA-16.dcm"
    if not path.is_file():
        pytest.skip("the real DICOM files are not on this machine")
    _, answer, _ = said(capsys, "measure", str(path), "--tool", "length", "--points", "100.5,200.5 200.5,200.5")
    assert answer["values"][0]["value"] == pytest.approx(38.2653, abs=1e-3)
    for outside in ("1,1 2,300", "300.5,200.5 400.5,200.5"):
        code, answer, _ = said(capsys, "measure", str(path), "--tool", "length", "--points", outside)
        assert code == 2
        assert "ultrasound region" in answer["refused"]
