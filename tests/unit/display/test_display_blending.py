"""Images in colour over grey ones: each colour is over x opacity + under x (1 - opacity), in the window and by the verb."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.unit.display.presentation_phantoms import grey_state, item, reference, window
from tests.unit.pixels.pixel_phantoms import header_for, native, stored

from readingroom.display.blending import partner
from readingroom.display.compose import Shown, compose
from readingroom.display.picture import Picture
from readingroom.display.presentation_state import PresentationState, presentation_state
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.geometry.grid import StackGeometry
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame
from readingroom.record.study import FramePlace, FrameRef
from readingroom.render.cpu import CpuEngine
from readingroom.verbs.front import main

BELOW = np.tile(np.arange(60, dtype=np.uint16) * 4, (40, 1))
OVER = np.tile(np.arange(30, dtype=np.uint16) * 8, (20, 1))
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def placed(spacing: float, z: float = 5.0) -> dict[str, object]:
    """Pixels of a spacing, the whole field beginning at (0, 0)."""
    return {
        "ImagePositionPatient": [spacing / 2, spacing / 2, z], "ImageOrientationPatient": list(AXIAL),
        "PixelSpacing": [spacing, spacing], "FrameOfReferenceUID": "1.5",
    }  # fmt: skip


BELOW_HEADER = {"SOPInstanceUID": "1.9", "StudyDate": "", "PatientName": "OKAFOR^Ada", "PatientID": "7", **placed(1.0)}
OVER_HEADER = {**BELOW_HEADER, "SOPInstanceUID": "1.10", "SeriesInstanceUID": "1.2.3.5", **placed(2.0)}


def side(position: str, sop_uid: str, centre: float, width: float) -> Dataset:
    series = item(SeriesInstanceUID="1.2.3.4", ReferencedImageSequence=Sequence([reference(sop_uid)]))
    return item(
        BlendingPosition=position, StudyInstanceUID="1.2.3", ReferencedSeriesSequence=Sequence([series]),
        SoftcopyVOILUTSequence=Sequence([window(centre, width, VOILUTFunction="LINEAR_EXACT")]),
    )  # fmt: skip


def state(opacity: float = 0.25, **more: object) -> Dataset:
    """Below: 0 to 255 as they are. Over: 0 to 255 from black to a red of 200."""
    made = grey_state(header_for(BELOW, **BELOW_HEADER), SOPClassUID="1.2.840.10008.5.1.4.1.1.11.4")
    del made.ReferencedSeriesSequence, made.PresentationLUTShape
    made.BlendingSequence = Sequence([side("SUPERIMPOSED", "1.10", 127.5, 255), side("UNDERLYING", "1.9", 127.5, 255)])
    made.RelativeOpacity = opacity
    for name, entries in {"Red": [0, 200], "Green": [0, 0], "Blue": [0, 0]}.items():
        setattr(made, f"{name}PaletteColorLookupTableDescriptor", [2, 0, 8])
        setattr(made, f"{name}PaletteColorLookupTableData", bytes(entries))
        made[f"{name}PaletteColorLookupTableData"].VR = "OW"
    for keyword, value in more.items():
        setattr(made, keyword, value)
    return made


def read(made: Dataset) -> PresentationState:
    return presentation_state(made)


def frame(pixels: np.ndarray, header: dict[str, object]) -> Frame:
    return decode(native(pixels, **header))


def stack_of(of: Frame) -> Stack:
    place = FramePlace(of.facts.plane.position_mm, AXIAL, of.facts.plane.spacing_mm)
    return Stack(
        of.facts.ref.sop_uid, "1.2.3", of.facts.ref.series_uid, "CT", "", "stack", (of.facts.ref,), (place,),
        of.facts.rows, of.facts.columns, StackGeometry(True, spacing_mm=4.0), frame_of_reference_uid="1.5",
    )  # fmt: skip


def seen(over: Frame | None, made: Dataset) -> Picture:
    below = frame(BELOW, BELOW_HEADER)
    of = read(made)
    shown = Shown(presentation=of, superimposed=over)
    view = ViewState(presentation=of.sop_uid, smooth=False)
    return compose(view, stack_of(below), below, shown, 60, 40, Tables())


def expected(opacity: float) -> tuple[np.ndarray, np.ndarray]:
    """Red and green; the palette has two entries, so over is red from half of its range on."""
    over = np.repeat(np.repeat(np.where(OVER >= 128, 200.0, 0.0), 2, 0), 2, 1)
    return np.rint(over * opacity + BELOW * (1 - opacity)), np.rint(BELOW * (1 - opacity))


@pytest.mark.parametrize("opacity", [0.0, 0.25, 1.0])
def test_in_the_window_the_colours_are_mixed_as_the_standard_says(opacity: float) -> None:
    picture = seen(frame(OVER, OVER_HEADER), state(opacity))
    drawn = CpuEngine().render(picture.layers, 60, 40).astype(int)
    red, green = expected(opacity)
    assert np.abs(drawn[..., 2] - red).max() <= 1
    assert np.abs(drawn[..., 1] - green).max() <= 1
    assert f"BLENDED: {opacity:.0%} of the colours over the greys" in [b.text for b in picture.words.badges]


def test_where_the_image_above_has_no_picture_the_one_below_is_seen_alone() -> None:
    padded = frame(OVER, {**OVER_HEADER, "PixelPaddingValue": 232})
    drawn = CpuEngine().render(seen(padded, state(1.0)).layers, 60, 40).astype(int)
    assert (drawn[:, 58:, :3] == BELOW[:, 58:, None]).all()
    half = frame(OVER[:, :15].copy(), OVER_HEADER)
    drawn = CpuEngine().render(seen(half, state(1.0)).layers, 60, 40).astype(int)
    assert (drawn[:, 30:, 1] == BELOW[:, 30:]).all()


def test_images_that_are_not_here_are_missed_aloud() -> None:
    picture = seen(None, state())
    assert any(badge.text.startswith("NOT BLENDED") for badge in picture.words.badges)
    drawn = CpuEngine().render(picture.layers, 60, 40)
    assert np.abs(drawn.astype(int) - BELOW).max() <= 1


def test_the_image_above_is_the_one_in_the_plane() -> None:
    below, over = frame(BELOW, BELOW_HEADER), frame(OVER, OVER_HEADER)
    of, plane = read(state()), below.facts.plane
    assert partner(of, plane, "1.5", [stack_of(below), stack_of(over)]) == over.facts.ref
    assert partner(of, plane, "1.6", [stack_of(over)]) is None
    near, far = (frame(OVER, {**OVER_HEADER, **placed(2.0, z)}) for z in (6.9, 7.1))
    assert partner(of, plane, "1.5", [stack_of(near)]) == near.facts.ref
    assert partner(of, plane, "1.5", [stack_of(far)]) is None


def test_a_state_is_offered_on_the_images_below_only() -> None:
    of = read(state())
    assert of.is_for(FrameRef("1.2.3", "1.2.3.4", "1.9")) and not of.is_for(FrameRef("1.2.3", "1.2.3.5", "1.10"))
    assert of.unread == ()


def test_a_registration_and_missing_sides_are_said_not_to_be_applied() -> None:
    moved = state(ReferencedSpatialRegistrationSequence=Sequence([item(ReferencedSOPInstanceUID="1.77")]))
    assert read(moved).unread == ("a spatial registration: only images of one space are blended",)
    assert read(state(BlendingSequence=Sequence([]))).unread == (
        "which images lie below and which over them is not said",
    )


def test_an_xa_state_is_a_grey_state_unless_it_subtracts_in_a_way_that_is_not_known() -> None:
    plain = grey_state(header_for(BELOW, **BELOW_HEADER), SOPClassUID="1.2.840.10008.5.1.4.1.1.11.5")
    assert (read(plain).kind, read(plain).unread) == ("grey", ())
    plain.MaskSubtractionSequence = Sequence([item(MaskOperation="AVG_SUB", MaskFrameNumbers=[2])])
    assert read(plain).masking.items[0].masks == (2,) and read(plain).unread == ()
    plain.MaskSubtractionSequence = Sequence([item(MaskOperation="SITE_OWN")])
    assert read(plain).unread == ("XA/XRF grey: it is listed and not applied",)


def written(folder: Path) -> tuple[Path, Path, Path]:
    paths = folder / "below.dcm", folder / "over.dcm", folder / "state.dcm"
    contents = native(BELOW, **BELOW_HEADER), native(OVER, **OVER_HEADER), stored(state())
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def test_the_verb_draws_the_same(tmp_path: Path) -> None:
    below, over, presentation = written(tmp_path)
    out = tmp_path / "o.png"
    command = ["render", str(below), "--presentation", str(presentation), "--superimposed", str(over)]
    assert main([*command, "--out", str(out)]) == 0
    drawn = np.asarray(Image.open(BytesIO(out.read_bytes()))).astype(int)
    flat = np.s_[:, [0, 1, 2, 20, 21, 22, 40, 41, 42]]
    red, green = expected(0.25)
    assert np.abs(drawn[..., 1] - green).max() <= 1
    assert np.abs(drawn[..., 0] - red)[flat].max() <= 1
    assert main([*command, "--size", "120x80", "--out", str(out)]) == 0
    assert np.asarray(Image.open(out)).shape == (80, 120, 3)


def test_the_verb_asks_for_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    below, over, presentation = written(tmp_path)
    command = ["render", str(below), "--presentation", str(presentation), "--out", str(tmp_path / "o.png")]
    assert main(command) == 2
    assert "--superimposed" in capsys.readouterr().err
    assert main([*command, "--superimposed", str(below)]) == 2
    assert "does not lay this image" in capsys.readouterr().err
    assert main([*command, "--superimposed", str(over), "--via", "gpu"]) == 2


def profile(swapped: bool) -> bytes:
    """An sRGB profile, or a matrix profile of another name whose red is another red."""
    from PIL import ImageCms

    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if not swapped:
        return bytes(made)
    text = made.replace(b"s\0R\0G\0B", b"x\0X\0Y\0Z").replace(b"sRGB", b"xXYZ")
    count = int.from_bytes(text[128:132], "big")
    places = {bytes(text[at : at + 4]): slice(at + 4, at + 12) for at in range(132, 132 + 12 * count, 12)}
    red, green = bytes(text[places[b"rXYZ"]]), bytes(text[places[b"gXYZ"]])
    text[places[b"rXYZ"]], text[places[b"gXYZ"]] = green, red
    return bytes(text)


def test_the_palette_is_in_the_colour_space_of_the_state() -> None:
    plain, same, other = (
        read(state(**more)) for more in ({}, {"ICCProfile": profile(False)}, {"ICCProfile": profile(True)})
    )
    assert plain.superimposed is not None and same.superimposed is not None and other.superimposed is not None
    assert tuple(plain.superimposed.palette[1]) == tuple(same.superimposed.palette[1]) == (200, 0, 0)
    red, green, blue = other.superimposed.palette[1]
    assert green > 150 and red < 60 and blue < 60
    broken = read(state(ICCProfile=b"no profile"))
    assert broken.unread == ("its colour profile cannot be used: colours may differ",)


def test_the_profile_of_a_colour_state_is_said_not_to_be_used() -> None:
    made = grey_state(
        header_for(BELOW, **BELOW_HEADER), SOPClassUID="1.2.840.10008.5.1.4.1.1.11.2", ICCProfile=profile(True)
    )
    assert read(made).unread == ("its colour profile: the image's own is used",)
    made.ICCProfile = profile(False)
    assert read(made).unread == ()
