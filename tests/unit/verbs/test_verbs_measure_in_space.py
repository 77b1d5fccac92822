"""What is measured on a plane through a volume: millimetres of the patient, kept in space, read back as they were."""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.verbs.test_verbs_mpr import CENTRE, ISOTROPIC, THICK, TILTED, Scan, ball, ramp

from readingroom.measure.refused import Refused
from readingroom.record.finding import Basis, InSpace, Measurement, Value
from readingroom.reporting.sr_measurements import read_measurements, to_measurements
from readingroom.session.memory import measurement_as_json, measurement_from_json
from readingroom.settings.places import Profile
from readingroom.verbs import measure

OBLIQUE = ("--row", "0.8,0.6,0", "--column", "0,0,-1")
C = CENTRE


def measured(folder: Path, tool: str, points: str, *words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    measure.declare(parser)
    options = parser.parse_args(["--series", str(folder), "--tool", tool, "--points", points, *words])
    options.json = False
    return measure.run(options, Profile(folder.parent / "profile")).fields


def value_of(fields: dict[str, Any], concept: str) -> float:
    return next(float(v["value"]) for v in fields["values"] if v["concept"] == concept)


def text(*points: Any) -> str:
    return " ".join(",".join(f"{part:.9g}" for part in point) for point in points)


@pytest.fixture(scope="module", params=["isotropic", "thick", "tilted"])
def scan(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scan, Path]:
    scan = {"isotropic": ISOTROPIC, "thick": THICK, "tilted": TILTED}[request.param]
    folder = tmp_path_factory.mktemp(request.param) / "series"
    scan.write(folder, ramp)
    return scan, folder


def test_a_length_on_any_plane_is_that_of_the_patient(scan: tuple[Scan, Path]) -> None:
    a, b = C, C + np.array([0.8 * 9, 0.6 * 9, -12.0])
    fields = measured(scan[1], "length", text(a, b), *OBLIQUE)
    assert value_of(fields, "Length") == pytest.approx(15.0, abs=1e-6)
    assert fields["basis"] == "mm (interpolated plane)" and fields["frame_of_reference_uid"] == "1.2.826.0.1.3.9"


def test_the_error_of_a_length_is_that_of_the_voxels_it_runs_across(scan: tuple[Scan, Path]) -> None:
    up = measured(scan[1], "length", text(C, C + np.array([0, 0, 10.0])), "--plane", "coronal")
    step = {"isotropic": 1.0, "thick": 5.0}.get(scan[1].parent.name.rstrip("0123456789"))
    if step is not None:
        assert up["values"][0]["plus_minus"] == pytest.approx(0.5 * step * 2**0.5, rel=1e-6)
    assert up["values"][0]["plus_minus"] >= 0.5


def test_a_probe_says_the_value_between_the_voxels(scan: tuple[Scan, Path]) -> None:
    point = C + np.array([0.3, -0.4, 0.7])
    fields = measured(scan[1], "probe", text(point), "--plane", "sagittal")
    assert value_of(fields, "Mean") == pytest.approx(float(ramp(point)), abs=0.2)
    assert fields["basis"] == "value (interpolated plane)"


def test_regions_have_their_area_and_the_mean_at_their_middle(scan: tuple[Scan, Path]) -> None:
    u, v = np.array([0.8, 0.6, 0]), np.array([0, 0, -1.0])
    ellipse = text(C - 11 * u, C + 11 * u, C - 8 * v, C + 8 * v)
    fields = measured(scan[1], "ellipse", ellipse, *OBLIQUE)
    assert value_of(fields, "Area") == pytest.approx(np.pi * 88, rel=1e-6)
    assert value_of(fields, "Mean") == pytest.approx(float(ramp(C)), abs=8.0)
    square = text(C - 9 * u - 9 * v, C + 9 * u - 9 * v, C + 9 * u + 9 * v, C - 9 * u + 9 * v)
    assert value_of(measured(scan[1], "polygon", square, *OBLIQUE), "Area") == pytest.approx(324.0, rel=1e-6)


def test_angles_are_those_of_the_patient_whatever_the_voxels(scan: tuple[Scan, Path]) -> None:
    u, v = np.array([0.8, 0.6, 0]), np.array([0, 0, -1.0])
    points = text(C + 12 * u, C, C + 10 * (np.cos(1.0) * u + np.sin(1.0) * v))
    assert value_of(measured(scan[1], "angle", points, *OBLIQUE), "Angle") == pytest.approx(np.degrees(1.0), abs=1e-6)


def test_on_a_plane_of_voxels_the_samples_are_the_voxels(tmp_path: Path) -> None:
    kept = ISOTROPIC.write(tmp_path / "series", ball)
    corners = [(x, y, 20.0) for x, y in ((-3.5, -9.5), (6.5, -9.5), (6.5, 1.5), (-3.5, 1.5))]
    fields = measured(tmp_path / "series", "polygon", text(*corners), "--plane", "axial")
    inside = kept[20, 27:38, 21:31]
    assert value_of(fields, "Mean") == pytest.approx(inside.mean(), abs=1e-3)
    assert value_of(fields, "Maximum") == inside.max() and value_of(fields, "Minimum") == inside.min()


def test_a_length_on_a_projection_says_that_it_is_one(scan: tuple[Scan, Path]) -> None:
    fields = measured(
        scan[1], "length", text(C, C + np.array([5.0, 0, 0])), "--plane", "coronal", "--slab", "10", "--mode", "max"
    )
    assert fields["basis"] == "mm (projected: MIP of a 10 mm slab)" and not fields["certain"]


def test_a_region_on_planes_that_are_missing_is_refused_and_a_length_over_them_is_not(tmp_path: Path) -> None:
    holed = Scan([float(z) for z in range(48) if z not in (24, 25, 26)])
    holed.write(tmp_path / "series", ramp)
    corners = [C + np.array([x, 0, z]) for x, z in ((-5, -2), (5, -2), (5, 8), (-5, 8))]
    with pytest.raises(Refused, match="missing"):
        measured(tmp_path / "series", "polygon", text(*corners), "--plane", "coronal")
    length = measured(tmp_path / "series", "length", text(corners[0], corners[3]), "--plane", "coronal")
    assert value_of(length, "Length") == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("tool", "points", "said"),
    [
        ("length", "0,0,0 5,5,5", "one plane"),
        ("length", "0,0,20 500,0,20", "outside"),
        ("length", "0,0,20", "1 points"),
        ("velocity", "0,0,20", "cannot be drawn"),
        ("length", "0,0 5,5", "no point"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_reason(
    scan: tuple[Scan, Path], tool: str, points: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        measured(scan[1], tool, points, "--plane", "axial")


DRAWN = {
    "length": [(0, 0), (10, 5)],
    "bidirectional": [(-6, 0), (6, 0), (0, -3), (0, 3)],
    "angle": [(8, 0), (0, 0), (0, 8)],
    "cobb": [(-5, 0), (5, 1), (-5, 6), (5, 9)],
    "ellipse": [(-9, 0), (9, 0), (0, -6), (0, 6)],
    "circle": [(0, 0), (8, 0)],
    "rectangle": [(-6, -6), (6, -6), (6, 6), (-6, 6)],
    "freehand": [(-6, -6), (6, -6), (6, 6), (0, 9)],
    "polyline": [(-6, -6), (6, -6), (6, 6)],
    "probe": [(1, 1)],
}


@pytest.mark.parametrize("tool", DRAWN)
def test_what_was_measured_in_space_is_read_back_equal_and_is_a_valid_object(tmp_path: Path, tool: str) -> None:
    ISOTROPIC.write(tmp_path / "series", ramp)
    u, v = np.array([0.8, 0.6, 0]), np.array([0, 0, -1.0])
    points = [C + a * u + b * v for a, b in DRAWN[tool]]
    out = tmp_path / "sr.dcm"
    said = measured(
        tmp_path / "series", tool, text(*points), *OBLIQUE, "--out", str(out), "--label", "Left renal", "--slab", "4"
    )
    content = read_measurements(out.read_bytes())
    assert not content.problems and len(content.groups) == 1
    (back,) = to_measurements(content)
    assert (back.tool, back.label, back.tracking_uid) == (tool, "Left renal", said["tracking_uid"])
    assert back.basis.text == said["basis"] and back.frame.sop_uid == said["nearest_sop_uid"]
    assert back.space is not None and back.space.frame_of_reference_uid == "1.2.826.0.1.3.9"
    assert (back.space.slab_mm, back.space.mode) == (4.0, "mean")
    assert np.abs(np.array(back.space.points_mm) - np.array(points)).max() <= 1e-4
    assert np.abs(np.array(back.space.row) - u).max() <= 1e-9
    assert [(v.concept, v.unit) for v in back.values] == [(v["concept"], v["unit"]) for v in said["values"]]
    for value, truth in zip(back.values, said["values"], strict=True):
        assert value.value == pytest.approx(truth["value"], rel=1e-9)
        if "plus_minus" in truth:
            assert value.plus_minus == pytest.approx(truth["plus_minus"], rel=1e-5)
    check_iod(out)


def check_iod(path: Path) -> None:
    tool = shutil.which("dciodvfy", path=str(Path(sys.executable).parent)) or shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy is not on this machine")
    found = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
    assert "Comprehensive3DSR" in found.stderr + found.stdout
    assert not [line for line in (found.stderr + found.stdout).splitlines() if line.startswith("Error")]


def test_what_was_measured_in_space_survives_the_journal() -> None:
    space = InSpace(((1.0, 2.5, -3.0), (4.0, 2.5, 6.0)), "1.2.9", (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), 10.0, "max")
    from readingroom.record.study import FrameRef

    made = Measurement(
        "length",
        FrameRef("1", "1.1", "1.1.1"),
        (),
        (Value("Length", 9.5, "mm", 0.7),),
        Basis("mm", "mm", "x"),
        space=space,
    ).identified()
    assert measurement_from_json(json.loads(json.dumps(measurement_as_json(made)))) == made
