"""What is rare on the way from bytes to grey: packed samples, profiles, supplemental colours, presentation tables."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, JPEG2000Lossless
from tests.unit.pixels.pixel_phantoms import compressed, header_for, native, stored

from readingroom.base.errors import ReaderError
from readingroom.measure.evaluate import evaluate
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame, LookupTable, Voi
from readingroom.pixels.reference import render
from readingroom.pixels.table import fine_table, table
from readingroom.pixels.values import density_mask, modality_values
from readingroom.pixels.voi import range_voi

RAMP = (np.arange(64 * 48, dtype=np.uint16) * 5 % 4096).reshape(48, 64)
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"


def packed(values: np.ndarray, bits: int, frames: int = 1, **attributes: object) -> bytes:
    """An uncompressed object whose samples follow each other without a gap, lowest bit first."""
    plain = (values.reshape(-1, 1).astype(np.uint64) >> np.arange(bits, dtype=np.uint64) & 1).astype(np.uint8)
    dataset = header_for(values.astype(np.uint16), frames, BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    joined = np.packbits(plain.ravel(), bitorder="little").tobytes()
    dataset.PixelData = joined + b"\0" * (len(joined) % 2)
    dataset["PixelData"].VR = "OW"
    return stored(dataset)


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 7, 9, 10, 12, 13, 20, 24, 31])
def test_samples_of_any_number_of_bits_are_read(bits: int) -> None:
    values = np.random.default_rng(bits).integers(0, 1 << min(bits, 16), (6, 5))
    assert decode(packed(values, bits)).stored.tolist() == values.tolist()


@pytest.mark.parametrize("bits", [12, 24])
def test_packed_samples_with_a_sign_keep_it(bits: int) -> None:
    values = np.array([[-1, -2048, 2047, 0]])
    assert decode(packed(values & (1 << bits) - 1, bits, PixelRepresentation=1)).stored.tolist() == values.tolist()


def test_packed_frames_begin_in_the_middle_of_a_byte() -> None:
    values = np.random.default_rng(1).integers(0, 4096, (3, 3, 5))
    whole = packed(values, 12, frames=3)
    assert [decode(whole, n + 1).stored.tolist() for n in range(3)] == values.tolist()


@pytest.mark.skipif(shutil.which("dcmj2pnm") is None, reason="dcmtk is not installed")
def test_twelve_packed_bits_are_what_dcmtk_reads(tmp_path: Path) -> None:
    (tmp_path / "packed.dcm").write_bytes(packed(RAMP, 12))
    subprocess.run(
        ["dcmj2pnm", "-M", "-W", tmp_path / "packed.dcm", tmp_path / "packed.pgm"], check=True, capture_output=True
    )
    theirs = np.asarray(Image.open(tmp_path / "packed.pgm")).astype(int)
    assert np.abs(theirs - decode((tmp_path / "packed.dcm").read_bytes()).stored / 4095 * 255).max() <= 1


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint32])
def test_other_byte_orders_and_deflated_files_give_the_same_values(syntax: str, kind: type) -> None:
    pixels = (RAMP // 17).astype(kind)
    dataset = header_for(pixels)
    big = syntax == ExplicitVRBigEndian and pixels.itemsize > 1
    dataset.PixelData = (pixels.byteswap() if big else pixels).tobytes()
    dataset["PixelData"].VR = "OB" if pixels.itemsize == 1 else "OW"
    found = decode(stored(dataset, syntax)).stored
    assert (found.dtype, found.tolist()) == (pixels.dtype, pixels.tolist())


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_floating_point_pixels_are_read_to_the_last_bit(kind: str) -> None:
    values = (np.random.default_rng(3).normal(size=(6, 4)) * 1e-3).astype(kind)
    dataset = header_for(values)
    del dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit
    dataset.RescaleSlope, dataset.RescaleIntercept = "2", "1"
    setattr(dataset, "FloatPixelData" if kind == "f4" else "DoubleFloatPixelData", values.tobytes())
    frame = decode(stored(dataset))
    assert (frame.stored == values).all()
    assert np.allclose(modality_values(frame), values.astype(np.float64) * 2 + 1)


def test_video_colours_in_a_still_are_refused_by_name() -> None:
    rgb = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(ReaderError, match="YBR_PARTIAL_420"):
        decode(native(rgb, PhotometricInterpretation="YBR_PARTIAL_420"))


@pytest.mark.parametrize(("photometric", "level"), [("YBR_RCT", 0), ("YBR_ICT", 90)])
def test_the_colour_transforms_of_jpeg_2000_are_undone_once(photometric: str, level: int) -> None:
    rgb = np.random.default_rng(2).integers(60, 200, (32, 32, 3)).astype(np.uint8)
    stream = imagecodecs.jpeg2k_encode(rgb, level=level, reversible=level == 0, codecformat="j2k", mct=True)
    found = decode(compressed(rgb, [stream], JPEG2000Lossless, PhotometricInterpretation=photometric)).stored
    assert np.abs(found.astype(int) - rgb).max() <= (0 if level == 0 else 3)


def test_deep_colour_is_shown_by_its_high_bits_and_kept_as_stored() -> None:
    rgb = np.random.default_rng(4).integers(0, 65536, (4, 4, 3)).astype(np.uint16)
    frame = decode(native(rgb))
    assert (frame.stored == rgb >> 8).all()
    assert frame.unmanaged is not None
    assert (frame.unmanaged == rgb).all()


def _profile(gamma: float) -> bytes:
    """An RGB profile with sRGB's primaries and another gamma, built from the sRGB profile's own tags."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for entry in range(int.from_bytes(plain[128:132], "big")):
        at = 132 + 12 * entry
        start, size = (int.from_bytes(plain[at + n : at + n + 4], "big") for n in (4, 8))
        if plain[at : at + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            curve = b"para\0\0\0\0\0\0\0\0" + round(gamma * 65536).to_bytes(4, "big")
            plain[start : start + size] = curve.ljust(size, b"\0")
        if plain[at : at + 4] == b"desc":
            plain[start : start + size] = plain[start : start + size].replace(
                "sRGB".encode("utf-16-be"), "ours".encode("utf-16-be")
            )
    return bytes(plain)


def test_a_colour_profile_is_applied_and_the_stored_colours_are_kept() -> None:
    rgb = np.full((4, 4, 3), 128, np.uint8)
    frame = decode(native(rgb, ICCProfile=_profile(1.0)))
    # Linear 128 of 255 is 50.2 % of the light: 188 in sRGB (IEC 61966-2-1).
    assert np.abs(frame.stored.astype(int) - 188).max() <= 1
    assert frame.unmanaged is not None
    assert (frame.unmanaged == 128).all()


def test_srgb_stays_as_it_is_and_a_broken_profile_is_said() -> None:
    rgb = np.random.default_rng(5).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    standard = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    frame = decode(native(rgb, ICCProfile=standard + b"\0" * (len(standard) % 2)))
    assert (frame.stored == rgb).all()
    assert frame.unmanaged is None
    broken = decode(native(rgb, ICCProfile=b"no profile at all."))
    assert (broken.stored == rgb).all()
    assert "colour profile" in " ".join(broken.facts.warnings)


def coloured(presentation: str = "COLOR") -> Frame:
    """Grey below 1000, and from there on red, green and blue (PS3.3 C.7.6.19)."""
    pixels = np.array([[0, 500, 999, 1000, 1001, 1002, 4000]], np.uint16)
    palette = {
        f"{name}PaletteColorLookupTable{part}": value
        for name, entries in (("Red", (65280, 0, 0)), ("Green", (0, 65280, 0)), ("Blue", (0, 0, 65280)))
        for part, value in (("Descriptor", [3, 1000, 16]), ("Data", np.array(entries, "<u2").tobytes()))
    }
    return decode(
        native(
            pixels,
            SOPClassUID=ENHANCED_CT,
            PixelPresentation=presentation,
            WindowCenter="500",
            WindowWidth="1001",
            **palette,
        )
    )


def test_supplemental_colours_begin_at_the_first_value_of_their_palette() -> None:
    frame = coloured()
    red, green, blue = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    assert [tuple(pixel) for pixel in render(frame, None)[0].tolist()] == [
        (0, 0, 0), (128, 128, 128), (255, 255, 255), red, green, blue, blue
    ]  # fmt: skip
    inverted = [tuple(pixel) for pixel in render(frame, None, inverted=True)[0].tolist()]
    assert (inverted[0], inverted[2], inverted[3]) == ((255, 255, 255), (0, 0, 0), red)
    assert not frame.is_colour
    assert modality_values(frame).tolist() == [[0, 500, 999, 1000, 1001, 1002, 4000]]


def test_colours_are_no_densities() -> None:
    frame = coloured()
    assert density_mask(frame).tolist() == [[True, True, True, False, False, False, False]]
    assert (range_voi(frame).centre, range_voi(frame).width) == (499.5, 999.0)
    mean = evaluate("rectangle", ((0.0, 0.0), (7.0, 1.0)), frame)[0][1]
    assert mean.value == pytest.approx((0 + 500 + 999) / 3)
    with pytest.raises(ReaderError, match="colours laid over"):
        evaluate("probe", ((4.5, 0.5),), frame)


def test_a_palette_that_is_not_meant_colours_nothing() -> None:
    assert render(coloured("MONOCHROME"), None).ndim == 2
    undecided = coloured("")
    assert render(undecided, None).ndim == 2
    assert "palette" in " ".join(undecided.facts.warnings)


def test_a_frame_decides_on_its_own_colours() -> None:
    grey = Dataset()
    grey.CTImageFrameTypeSequence = Sequence([Dataset()])
    grey.CTImageFrameTypeSequence[0].PixelPresentation = "MONOCHROME"
    source = header_for(RAMP, PixelPresentation="MIXED", PerFrameFunctionalGroupsSequence=Sequence([grey]))
    for name in ("Red", "Green", "Blue"):
        setattr(source, f"{name}PaletteColorLookupTableDescriptor", [2, 4000, 16])
        setattr(source, f"{name}PaletteColorLookupTableData", b"\0\0\xff\xff")
    source.PixelData = RAMP.tobytes()
    source["PixelData"].VR = "OW"
    assert decode(stored(source)).facts.supplemental is None


@pytest.mark.parametrize(
    ("width", "levels"),
    [(1, [0, 0, 255, 255]), (2, [0, 128, 255, 255]), (3, [0, 128, 255, 255]), (5, [64, 128, 191, 255])],
)
def test_a_linear_window_of_one_is_a_step_and_of_two_has_one_grey(width: int, levels: list[int]) -> None:
    """PS3.3 C.11.2.1.2.1: at a centre of 11.5 the middle of the window lies on the value 11."""
    frame = decode(native(np.array([[10, 11, 12, 13]], np.int16)))
    assert render(frame, Voi(11.5, width))[0].tolist() == levels


def test_tables_of_width_one_and_two_differ_where_the_standard_says() -> None:
    frame = decode(native(np.array([[10, 11, 12, 13]], np.int16)))
    one, two = table(frame, Voi(11.5, 1), False), table(frame, Voi(11.5, 2), False)
    assert np.flatnonzero(one != two).tolist() == [11]
    assert (one[11], two[11]) == (0, 128)
    assert (table(frame, Voi(12, 1), False) == table(frame, Voi(12, 2), False)).all()


@pytest.mark.parametrize("voi", [Voi(11.5, 2), Voi(20, 30, "SIGMOID"), Voi(0.25, 5, "LINEAR_EXACT")])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_fine_table_is_the_formula_between_stored_values(voi: Voi, inverted: bool) -> None:
    frame = decode(native(np.array([[10, 11, 12, 13]], np.int16), RescaleSlope="1", RescaleIntercept="-5"))
    fine = fine_table(frame, voi, inverted)
    assert fine is not None
    between = Frame((fine.first + np.arange(fine.greys.size) / 256)[None], replace(frame.facts, padding=None))
    assert (render(between, voi, inverted)[0] == fine.greys).all()
    assert fine_table(frame, Voi(40, 400), inverted) is None


def test_a_presentation_table_spreads_over_all_greys_of_the_window() -> None:
    """PS3.3 C.11.6.1.1: its entries cover the whole range of the VOI's output, whatever their number."""
    frame = decode(native(np.array([[0, 64, 128, 255]], np.uint8)))
    gamma = np.round((np.arange(1024) / 1023) ** 2 * 65535).astype(np.uint16)
    seen = Frame(frame.stored, replace(frame.facts, presentation_lut=LookupTable(0, 16, gamma)))
    shown = render(seen, Voi(128, 256))[0].astype(float)
    assert np.abs(shown - (np.array([0, 64, 128, 255]) / 255) ** 2 * 255).max() <= 1
    assert (render(seen, Voi(128, 256), inverted=True)[0] == 255 - shown).all()


def test_a_presentation_table_in_the_header_is_read() -> None:
    item = Dataset()
    item.LUTDescriptor, item.LUTData = [256, 0, 8], np.arange(255, -1, -1, dtype="<u2").tobytes()
    item["LUTData"].VR = "OW"
    pixels = np.array([[0, 255]], np.uint8)
    frame = decode(native(pixels, PresentationLUTSequence=Sequence([item])))
    assert render(frame, Voi(128, 256))[0].tolist() == [255, 0]


def test_every_window_of_several_can_be_chosen_by_its_name() -> None:
    frame = decode(
        native(
            RAMP, WindowCenter=["40", "500"], WindowWidth=["400", "2000"], WindowCenterWidthExplanation=["SOFT", "BONE"]
        )
    )
    assert [(v.explanation, v.centre, v.width) for v in frame.facts.vois] == [("SOFT", 40, 400), ("BONE", 500, 2000)]


def test_regions_of_an_ultrasound_run_hold_for_each_of_its_frames() -> None:
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 9, 9
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    region.RegionSpatialFormat = region.RegionDataType = 1
    pixels = np.zeros((2, 10, 10), np.uint8)
    run = native(pixels, frames=2, Modality="US", SequenceOfUltrasoundRegions=Sequence([region]))
    assert [decode(run, n).facts.regions[0].delta_x for n in (1, 2)] == [0.05, 0.05]


def test_a_frame_with_regions_of_its_own_is_measured_by_those() -> None:
    def region(delta: float) -> Dataset:
        made = Dataset()
        made.RegionLocationMinX0 = made.RegionLocationMinY0 = 0
        made.RegionLocationMaxX1 = made.RegionLocationMaxY1 = 9
        made.PhysicalUnitsXDirection = made.PhysicalUnitsYDirection = 3
        made.PhysicalDeltaX = made.PhysicalDeltaY = delta
        return made

    groups = []
    for delta in (0.05, 0.08):
        group = Dataset()
        group.SequenceOfUltrasoundRegions = Sequence([region(delta)])
        groups.append(group)
    run = native(
        np.zeros((2, 10, 10), np.uint8), frames=2, Modality="US", PerFrameFunctionalGroupsSequence=Sequence(groups)
    )
    assert [decode(run, n).facts.regions[0].delta_x for n in (1, 2)] == [0.05, 0.08]


def test_a_profile_lies_in_the_optical_path_of_a_slide() -> None:
    path = Dataset()
    path.ICCProfile = _profile(1.0)
    frame = decode(native(np.full((2, 2, 3), 128, np.uint8), OpticalPathSequence=Sequence([path])))
    assert np.abs(frame.stored.astype(int) - 188).max() <= 1
