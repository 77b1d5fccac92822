"""render --presentation, beside a renderer that knows nothing of ours."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.sequence import Sequence
from tests.unit.display.presentation_phantoms import annotation, grey_state, item, layer, shape, window
from tests.unit.pixels.pixel_phantoms import header_for, native, stored

from readingroom.verbs.front import main

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "pr"
needs_dcmtk = pytest.mark.skipif(not shutil.which("dcmp2pgm"), reason="dcmtk's dcmp2pgm is not on this machine")
rng = np.random.default_rng(7)
SIGNED = rng.integers(-1000, 2000, (30, 50)).astype(np.int16)
GREYS = rng.integers(0, 4096, (30, 50)).astype(np.uint16)
SCRAMBLED = item(
    LUTDescriptor=[256, 0, 8], LUTData=rng.permutation(256).astype(np.uint16).tobytes(), ModalityLUTType="US"
)
SCRAMBLED["LUTData"].VR = "OW"
BYTES = rng.integers(0, 256, (30, 50)).astype(np.uint8)
RESCALED = {"RescaleSlope": "2", "RescaleIntercept": "-1024", "RescaleType": "US"}


def ours(image: Path, state: Path, out: Path, *more: str) -> np.ndarray:
    assert main(["render", str(image), "--presentation", str(state), "--out", str(out), *more]) == 0
    return np.asarray(Image.open(out))


def theirs(image: Path, state: Path, out: Path) -> np.ndarray:
    subprocess.run(["dcmp2pgm", "-p", str(state), str(image), str(out)], check=True, capture_output=True)
    return np.asarray(Image.open(out))


def files(folder: Path, pixels: np.ndarray, header: dict[str, object], state: dict[str, object]) -> tuple[Path, Path]:
    image, presentation = folder / "image.dcm", folder / "state.dcm"
    says = {"SOPInstanceUID": "1.9", "StudyDate": "", "PatientName": "OKAFOR^Ada", "PatientID": "7", **header}
    image.write_bytes(native(pixels, **says))
    presentation.write_bytes(stored(grey_state(header_for(pixels, **says), **state)))
    return image, presentation


@needs_dcmtk
@pytest.mark.parametrize(
    ("pixels", "header", "state"),
    [
        (SIGNED, {}, {}),
        (SIGNED, {"RescaleSlope": "1", "RescaleIntercept": "-1024"}, {"SoftcopyVOILUTSequence": Sequence([window(200, 800)])}),
        (GREYS, {"BitsStored": 12, "HighBit": 11}, RESCALED),
        (GREYS, {"BitsStored": 12, "HighBit": 11}, {**RESCALED, "SoftcopyVOILUTSequence": Sequence([window(900, 1801)])}),
        (GREYS, {"PhotometricInterpretation": "MONOCHROME1"}, {"SoftcopyVOILUTSequence": Sequence([window(2000, 4000)])}),
        (GREYS, {"PhotometricInterpretation": "MONOCHROME1"}, {"PresentationLUTShape": "INVERSE"}),
        (BYTES, {}, {"ModalityLUTSequence": Sequence([SCRAMBLED])}),
        (BYTES, {}, {"SoftcopyVOILUTSequence": Sequence([item(VOILUTSequence=Sequence([SCRAMBLED]))])}),
        *((GREYS, {}, {"ImageRotation": turn, "ImageHorizontalFlip": flip}) for turn in (0, 90, 180, 270) for flip in "NY"),
    ],
)  # fmt: skip
def test_a_state_renders_as_dcmtk_renders_it_to_one_grey_level(tmp_path, pixels, header, state):
    image, presentation = files(tmp_path, pixels, header, state)
    mine = ours(image, presentation, tmp_path / "o.png").astype(int)
    other = theirs(image, presentation, tmp_path / "t.pgm")
    assert mine.shape == other.shape
    assert np.abs(mine - other).max() <= 1


@needs_dcmtk
@pytest.mark.realdata
@pytest.mark.skipif(not REAL.exists(), reason="the real presentation states are not here")
@pytest.mark.parametrize(("image", "state"), [("imageForPrLUTs", "prLUTs"), ("overlay", "prOverlay")])
def test_real_states_render_as_dcmtk_renders_them(tmp_path, image, state):
    paths = REAL / f"{image}.dcm", REAL / f"{state}.dcm"
    assert np.abs(ours(*paths, tmp_path / "o.png").astype(int) - theirs(*paths, tmp_path / "t.pgm")).max() <= 1


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.exists(), reason="the real presentation states are not here")
@pytest.mark.parametrize(
    ("image", "state", "expected"),
    [("imageForPrLUTs", "prLUTs", "expected_imgForPrLUT"), ("overlay", "prOverlay", "expected_overlay")],
)
def test_real_states_render_what_their_publisher_drew_his_overlays_in_grey_and_we_as_the_layer_asks_in_white(
    tmp_path, image, state, expected
):
    mine = ours(REAL / f"{image}.dcm", REAL / f"{state}.dcm", tmp_path / "o.png", "--overlays", "all")
    drawn = np.asarray(Image.open(REAL / f"{expected}.png").convert("L")).astype(int)
    overlaid = (mine == 255) & (drawn > 100)
    assert (overlaid | (np.abs(mine.astype(int) - drawn) <= 1)).mean() >= 0.999


def test_graphics_are_drawn_on_request_in_their_colour(tmp_path):
    red = layer("A", 1, GraphicLayerRecommendedDisplayCIELabValue=[35000, 53500, 50200])
    marks = annotation("A", [shape("POLYLINE", [10.5, 0.5, 10.5, 29.5])])
    state = {"GraphicLayerSequence": Sequence([red]), "GraphicAnnotationSequence": Sequence([marks])}
    image, presentation = files(tmp_path, GREYS, {}, state)
    assert ours(image, presentation, tmp_path / "o.png").ndim == 2
    drawn = ours(image, presentation, tmp_path / "o.png", "--overlays", "all")
    assert (drawn[5, 10, 0] > 240, drawn[5, 10, 1] < 20) == (True, True)


def test_a_rectangle_is_drawn_with_all_its_sides(tmp_path):
    box = item(
        CompoundGraphicType="RECTANGLE", CompoundGraphicUnits="PIXEL", GraphicData=[10.5, 5.5, 40.5, 20.5],
        CompoundGraphicInstanceID=1, GraphicDimensions=2, NumberOfGraphicPoints=2,
    )  # fmt: skip
    marks = annotation("A", [], CompoundGraphicSequence=Sequence([box]))
    image, presentation = files(tmp_path, np.zeros_like(GREYS), {}, {"GraphicAnnotationSequence": Sequence([marks])})
    drawn = ours(image, presentation, tmp_path / "o.png", "--overlays", "all")
    side = [drawn[5, 10:41], drawn[20, 10:41], drawn[5:21, 10], drawn[5:21, 40]]
    assert all((line == 255).all() for line in side)
    assert int((drawn == 255).sum()) == 2 * 31 + 2 * 14


def test_the_answer_says_what_the_state_is(tmp_path, capsys):
    image, presentation = files(tmp_path, GREYS, {}, {"ImageRotation": 90})
    ours(image, presentation, tmp_path / "o.png", "--json")
    answer = json.loads(capsys.readouterr().out)["presentation"]
    assert (answer["label"], answer["rotation"], answer["flipped"]) == ("TEACHING", 90, False)
    assert answer["area"] == [0, 0, 50, 30, "SCALE TO FIT"]


def test_a_state_for_another_image_is_refused(tmp_path, capsys):
    image, presentation = files(tmp_path, GREYS, {}, {})
    image.write_bytes(native(GREYS, SOPInstanceUID="1.8"))
    assert main(["render", str(image), "--presentation", str(presentation), "--out", str(tmp_path / "o.png")]) == 2
    assert "for other images" in capsys.readouterr().err


def test_an_image_named_as_a_state_is_refused(tmp_path, capsys):
    image, _ = files(tmp_path, GREYS, {}, {})
    assert main(["render", str(image), "--presentation", str(image), "--out", str(tmp_path / "o.png")]) == 2
    assert "not a presentation state" in capsys.readouterr().err
