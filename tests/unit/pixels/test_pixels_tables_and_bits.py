"""Where a lookup table begins, which bits are no pixels, and which frames are no densities: valid but rare headers."""

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import JPEGLosslessSV1, RLELossless
from tests.unit.pixels.pixel_phantoms import compressed, header_for, native, stored

from readingroom.base.errors import ReaderError
from readingroom.pixels.decode import decode
from readingroom.pixels.reference import render

ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
SIXTEEN = np.array([[0, 16, 32, 4095]], np.uint16)


def lookup(first: int, entries: list[int], vr: str = "US") -> Dataset:
    """A lookup table of 12 bits whose first entry belongs to a value."""
    item = Dataset()
    item.add_new(0x00283002, vr, [len(entries), first, 12])
    item.LUTData = np.array(entries, "<u2").tobytes()
    item["LUTData"].VR = "OW"
    return item


@pytest.mark.parametrize(
    ("slope", "intercept", "first", "levels"),
    [
        ("-1", "0", 65536 - 32, [255, 128, 0, 0]),
        ("1", "-32", 65536 - 32, [0, 128, 255, 255]),
        ("1", "40000", 40000, [0, 128, 255, 255]),
    ],
)
def test_a_voi_table_begins_below_zero_only_where_values_can_be_below_zero(
    slope: str, intercept: str, first: int, levels: list[int]
) -> None:
    """PS3.3 C.11.2.1.1: the sign of the first value is that of what comes out of the rescale, whatever the pixels'."""
    entries = [round(n * 4095 / 32) for n in range(33)]
    part10 = native(
        SIXTEEN, BitsStored=12, HighBit=11, RescaleSlope=slope, RescaleIntercept=intercept,
        VOILUTSequence=Sequence([lookup(first, entries)]),
    )  # fmt: skip
    assert render(decode(part10), None)[0].tolist() == levels


def test_what_comes_out_of_a_modality_table_is_never_below_zero() -> None:
    """PS3.3 C.11.1.1.1: its entries are unsigned, also where the pixels are signed; a VOI table may begin at 40 000."""
    modality = lookup(-1, [39000, 40000, 40001], "SS")
    modality.LUTDescriptor = [3, -1, 16]
    part10 = native(
        np.array([[-1, 0, 1]], np.int16),
        ModalityLUTSequence=Sequence([modality]), VOILUTSequence=Sequence([lookup(40000, [0, 4095])]),
    )  # fmt: skip
    assert render(decode(part10), None)[0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("bit", [0, 3])
def test_an_overlay_may_lie_in_the_lowest_bits(bit: int) -> None:
    words = (np.array([[5, 6], [7, 8]], np.uint16) << 8) | np.array([[1 << bit, 0], [0, 1 << bit]], np.uint16)
    dataset = header_for(words, BitsStored=8, HighBit=15)
    for element, vr, value in (
        (0x10, "US", 2), (0x11, "US", 2), (0x40, "CS", "G"), (0x50, "SS", [1, 1]), (0x100, "US", 16), (0x102, "US", bit),
    ):  # fmt: skip
        dataset.add_new(0x60000000 + element, vr, value)
    dataset.PixelData = words.tobytes()
    dataset["PixelData"].VR = "OW"
    frame = decode(stored(dataset))
    assert frame.stored.tolist() == [[5, 6], [7, 8]]
    assert [plane.bits.tolist() for plane in frame.facts.overlays] == [[[True, False], [False, True]]]


def test_a_bit_that_belongs_to_the_pixels_is_no_overlay() -> None:
    dataset = header_for(SIXTEEN)
    for element, value in ((0x10, 1), (0x11, 4), (0x100, 16), (0x102, 4)):
        dataset.add_new(0x60000000 + element, "US", value)
    dataset.PixelData = SIXTEEN.tobytes()
    dataset["PixelData"].VR = "OW"
    frame = decode(stored(dataset))
    assert frame.facts.overlays == ()
    assert frame.stored.tolist() == SIXTEEN.tolist()


@pytest.mark.parametrize(("frame_type", "unit"), [("LOCALIZER", ""), ("VOLUME", "HU")])
def test_a_localiser_frame_of_an_enhanced_ct_has_no_hounsfield_units(frame_type: str, unit: str) -> None:
    """PS3.3 C.8.15.3.1: the frame says what it is where the object says MIXED."""
    shared, frame, values = Dataset(), Dataset(), Dataset()
    frame.FrameType = ["ORIGINAL", "PRIMARY", frame_type, "NONE"]
    values.RescaleSlope, values.RescaleIntercept, values.RescaleType = 1, -1024, "HU"
    shared.CTImageFrameTypeSequence = Sequence([frame])
    shared.PixelValueTransformationSequence = Sequence([values])
    part10 = native(
        SIXTEEN, SOPClassUID=ENHANCED_CT, ImageType=["ORIGINAL", "PRIMARY", "MIXED", "NONE"],
        SharedFunctionalGroupsSequence=Sequence([shared]),
    )  # fmt: skip
    assert decode(part10).facts.unit == unit


@pytest.mark.parametrize(
    "segments",
    [(2, 64, 4_000_000_000), (2, 64, 12_058_736), (1, 4_000_000), (2, 80, 64), (0, 64), (16, 64), (1, 0)],
)
def test_run_length_segments_beyond_the_image_are_refused_and_end_no_process(segments: tuple[int, ...]) -> None:
    """PS3.5 G.5. A decoder that trusts such an offset reads foreign memory, and the whole desk is gone."""
    head = np.array([*segments, *[0] * (16 - len(segments))], "<u4").tobytes()[:64]
    part10 = compressed(np.zeros((16, 17), np.uint16), [head + b"\xf0\x00" * 200], RLELossless)
    with pytest.raises(ReaderError) as refused:
        decode(part10)
    assert refused.value.remedy


def test_a_lossless_jpeg_that_lost_its_table_of_codes_is_refused_and_ends_no_process() -> None:
    pixels = (np.arange(16 * 128, dtype=np.uint16) % 1024).reshape(16, 128)
    stream = imagecodecs.jpeg8_encode(pixels, lossless=True, bitspersample=10)
    lost = bytes(stream).replace(b"\xff\xc4", b"\xff\x00")
    part10 = compressed(pixels, [lost], JPEGLosslessSV1, BitsStored=10, HighBit=9)
    with pytest.raises(ReaderError, match="cannot be decoded"):
        decode(part10)
