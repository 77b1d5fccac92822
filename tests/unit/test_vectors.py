"""The numbers that were worked out before the code, each a case: 1e-4 for mathematics, one level for pictures."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from readingroom.display.camera import Camera
from readingroom.display.covers import shutter_words
from readingroom.display.view import ViewState
from readingroom.geometry.axes import plane_name
from readingroom.geometry.grid import stack_geometry
from readingroom.geometry.plane import Plane, reference_line
from readingroom.measure.calibration import spacing_of
from readingroom.measure.evaluate import evaluate
from readingroom.measure.suv import suv_of
from readingroom.pixels import gsdf
from readingroom.pixels.colour import rgb_of_ybr_full
from readingroom.pixels.decode import decode
from readingroom.pixels.facts import facts_of
from readingroom.pixels.frame import Frame, FrameFacts, Shutter, Voi
from readingroom.pixels.reference import render
from readingroom.pixels.table import table
from readingroom.pixels.voi import grey_level
from readingroom.record.patient import is_nhs_number
from readingroom.record.study import FramePlace, FrameRef

HERE = Path(__file__).resolve().parent
TRUTH: dict[str, Any] = json.loads((HERE / "vectors.json").read_text("utf-8"))
CLOSE = 1e-4
_KINDS = {
    "patient": ("mm",),
    "detector": ("mm at detector", "mm on the scanned original"),
    "calibrated": ("mm (calibrated: FIDUCIAL)", "mm (calibrated, method unknown)"),
    "magnified": ("mm (estimated: magnification 1.073)", "mm (estimated: source distances)"),
    "none": ("px",),
}


def close(found: float, truth: float, decimals: int) -> bool:
    """Within a ten-thousandth, and what the truth lost by being written with so many decimals."""
    return abs(float(found) - truth) <= CLOSE * max(1.0, abs(truth)) + 0.5 * 10.0**-decimals


def ours(published: dict[str, Any]) -> dict[str, Any]:
    """The numbers as they were handed over, in the layout of the copy beside this file."""
    made: dict[str, Any] = {
        "luminance of index": [[int(j), value] for j, value in published["gsdf_L_of_j"].items()],
        "index of luminance": [[float(value), j] for value, j in published["gsdf_j_of_L"].items()],
        "driving levels 0.5 to 400": [[int(n), value] for n, value in published["gsdf_ddl_0.5_400"].items()],
        "eighteen steps 1 to 350": published["tg18_ln18_1_350"],
        "windows": [[one["fn"], one["c"], one["w"], one["x"], one["y"]] for one in published["voi"]],
        "YBR and RGB": published["ybr_full_to_rgb"],
        "edges": [[one["iop"], [*one["edges"].values()], one["plane"]] for one in published["orientation"]],
        "stacks": [
            [one["iop"], one["z"], *(one["expect"][key] for key in ("ok", "spacing", "tilt", "problems"))]
            for one in published["stack"]
        ],
        "line": published["reference_line"],
        "pixel sizes": [[one["ds"], one["row"], one["col"], one["kind"]] for one in published["spacing"]],
        "scan": published["suv_base"],
        "uptakes": [[one["change"], one["factor"]] for one in published["suv"]],
        "shutter": published["shutter"],
        "NHS numbers": [[number, kind is True] for number, kind in published["nhs_number"].items()],
        "measured on CT_small": published["sr_roundtrip"],
    }
    return made


def cases(name: str) -> list[Any]:
    """One case for each vector of a kind."""
    return [pytest.param(*one, id=f"{n}-{one[0]}"[:40]) for n, one in enumerate(TRUTH[name])]


def test_the_copy_holds_every_number_that_was_handed_over(repo: Path) -> None:
    published = repo.parent / "shared" / "design" / "vectors.json"
    if not published.is_file():
        pytest.skip("the numbers as they were handed over are not on this machine")
    assert ours(json.loads(published.read_text("utf-8"))) == TRUTH


@pytest.mark.parametrize(("index", "luminance"), cases("luminance of index"))
def test_luminance_of_a_just_noticeable_difference(index: int, luminance: float) -> None:
    assert close(gsdf.luminance_of(index), luminance, 4)


@pytest.mark.parametrize(("luminance", "index"), cases("index of luminance"))
def test_just_noticeable_difference_of_a_luminance(luminance: float, index: float) -> None:
    assert close(gsdf.index_of(luminance), index, 3)


@pytest.mark.parametrize(("level", "luminance"), cases("driving levels 0.5 to 400"))
def test_luminance_of_a_driving_level(level: int, luminance: float) -> None:
    assert close(gsdf.targets(0.5, 400.0)[level], luminance, 4)


@pytest.mark.parametrize("step", range(18))
def test_the_steps_of_the_luminance_pattern(step: int) -> None:
    assert close(gsdf.targets(1.0, 350.0, 18)[step], TRUTH["eighteen steps 1 to 350"][step], 3)


@pytest.mark.parametrize(("function", "centre", "width", "value", "level"), cases("windows"))
def test_a_window(function: str, centre: float, width: float, value: float, level: float) -> None:
    voi = Voi(centre, width, function)
    assert close(grey_level(np.array([value]), voi)[0], level, 4)
    facts = FrameFacts(FrameRef("1", "2", "3"), "", "CT", "", 1, 1, 1, "MONOCHROME2", 16, 16, True)
    frame = Frame(np.array([[value]], np.int16), facts)
    assert abs(int(render(frame, voi)[0, 0]) - level) <= 0.51
    assert table(frame, voi, False)[value & 0xFFFF] == render(frame, voi)[0, 0]
    assert abs(int(render(frame, voi, inverted=True)[0, 0]) - (255 - level)) <= 0.51


@pytest.mark.parametrize(("ybr", "rgb"), cases("YBR and RGB"))
def test_a_colour(ybr: list[int], rgb: list[int]) -> None:
    assert rgb_of_ybr_full(np.array([[ybr]], np.uint8)).tolist() == [[rgb]]


@pytest.mark.parametrize(("cosines", "edges", "name"), cases("edges"))
def test_the_letters_at_the_edges(cosines: list[float], edges: list[str], name: str) -> None:
    row, column = (cosines[0], cosines[1], cosines[2]), (cosines[3], cosines[4], cosines[5])
    plane = Plane((0.0, 0.0, 0.0), row, column, (1.0, 1.0), 64, 64)
    shown = Camera.of(ViewState(), 64, 64, 1.0, 64, 64).letters(plane)
    assert [shown.left, shown.right, shown.top, shown.bottom] == edges
    assert plane_name(plane.normal) == name


@pytest.mark.parametrize(("cosines", "depths", "regular", "spacing", "tilt", "problems"), cases("stacks"))
def test_a_stack(
    cosines: list[float], depths: list[float], regular: bool, spacing: float, tilt: float, problems: list[str]
) -> None:
    places = [FramePlace((0.0, 0.0, z), tuple(cosines), (1.0, 1.0)) for z in depths]  # type: ignore[arg-type]
    found = stack_geometry(places, 512, 512)
    assert found.regular == regular
    assert found.spacing_mm is not None and close(found.spacing_mm, spacing, 2 if found.regular else 4)
    assert close(found.tilt_deg, tilt, 2)
    gaps = [index + 1 for index in found.gaps]
    assert [f"after slice {gap}:" in " ".join(problems) for gap in gaps] == [True] * sum("gap" in p for p in problems)
    assert found.duplicates == sum("duplicate" in problem for problem in problems)
    assert found.missing == sum("missing" in problem for problem in problems)


def test_where_one_slice_cuts_another() -> None:
    of, on = (_plane(TRUTH["line"][name]) for name in ("source", "target"))
    line = reference_line(of, on)
    assert line is not None
    # The numbers have the centre of the first pixel at 0, this house at 0.5.
    found = sorted((x - 0.5, y - 0.5) for x, y in line)
    assert np.allclose(found, sorted(map(tuple, TRUTH["line"]["pixels"])), atol=CLOSE)


def _plane(said: dict[str, Any]) -> Plane:
    cosines = said["iop"]
    return Plane(
        tuple(said["ipp"]), tuple(cosines[:3]), tuple(cosines[3:]), tuple(said["spacing"]), said["rows"], said["cols"]
    )


@pytest.mark.parametrize(("attributes", "row", "column", "kind"), cases("pixel sizes"))
def test_which_size_of_a_pixel_may_be_believed(
    attributes: dict[str, Any], row: float | None, column: float | None, kind: str
) -> None:
    found = spacing_of(facts_of(_dataset(Rows=64, Columns=64, **attributes)))
    assert (found.row_mm is None) == (row is None)
    if row is not None and found.row_mm is not None and found.column_mm is not None:
        assert close(found.row_mm, row, 6) and close(found.column_mm, column or 0.0, 6)
    assert found.basis.text.startswith(_KINDS[kind])


def _dataset(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(("change", "factor"), cases("uptakes"))
def test_the_factor_of_uptake(change: dict[str, Any], factor: float) -> None:
    said = {**TRUTH["scan"], **change}
    tracer = _dataset(
        RadionuclideTotalDose=said.pop("Dose"), RadionuclideHalfLife=said.pop("HalfLife"),
        RadiopharmaceuticalStartDateTime=said.pop("StartDateTime"),
    )  # fmt: skip
    dataset = _dataset(Modality="PT", Rows=4, Columns=4, RadiopharmaceuticalInformationSequence=[tracer], **said)
    assert suv_of(facts_of(dataset).suv).factor == pytest.approx(factor, rel=CLOSE)


def test_how_much_a_shutter_leaves() -> None:
    said, circle = TRUTH["shutter"], TRUTH["shutter"]["circle"]
    box = Shutter(("RECTANGULAR",), said["L"], said["R"], said["U"], said["D"])
    assert int((shutter_words(box, said["rows"], said["cols"]) == 0).sum()) == said["visible"]
    disc = Shutter(("CIRCULAR",), centre=tuple(circle["centre"]), radius=circle["radius"])
    assert int((shutter_words(disc, said["rows"], said["cols"]) == 0).sum()) == circle["visible"]


@pytest.mark.parametrize(("number", "valid"), cases("NHS numbers"))
def test_an_nhs_number(number: str, valid: bool) -> None:
    assert is_nhs_number(number) == valid


def _measured() -> Iterator[tuple[str, tuple[tuple[float, float], ...]]]:
    yield "length", ((30.5, 40.5), (80.5, 60.5))
    yield "bidirectional", ((20.0, 20.0), (70.0, 60.0), (33.0, 40.0), (57.0, 40.0))
    yield "cobb", ((20.0, 20.0), (100.0, 25.0), (22.0, 90.0), (101.0, 60.0))
    yield "ellipse", ((44.0, 64.0), (84.0, 64.0), (64.0, 52.0), (64.0, 76.0))


@pytest.mark.parametrize(("tool", "points"), _measured())
def test_what_is_measured_on_a_known_image(tool: str, points: tuple[tuple[float, float], ...]) -> None:
    truth = TRUTH["measured on CT_small"]
    frame = decode(Path(str(get_testdata_file("CT_small.dcm", download=False))).read_bytes())
    found = [value.value for value in evaluate(tool, points, frame)[0]]
    names = {"bidirectional": ("long", "short")}.get(tool, (tool,))
    wanted = [truth[name] for name in names]
    if tool == "ellipse":
        wanted = [truth["ellipse"][name] for name in ("area", "mean", "sd", "min", "max")]
    assert found == pytest.approx(wanted, rel=CLOSE)
