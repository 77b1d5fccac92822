"""Bytes to numbers: whatever the codec and the layout, the stored value comes back exactly, or the reason why not."""

from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import (
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from tests.unit.pixels.pixel_phantoms import compressed, header_for, native, stored

from readingroom.base.errors import ReaderError
from readingroom.pixels.colour import rgb_of_ybr_full
from readingroom.pixels.decode import decode, decode_frame
from readingroom.pixels.encoded import open_object

RAMP = (np.arange(12 * 10).reshape(12, 10) * 31).astype(np.uint16)
SIGNED = (np.arange(12 * 10).reshape(12, 10) - 60).astype(np.int16)
COLOUR = np.random.default_rng(1).integers(0, 256, (12, 10, 3), np.uint8)


@pytest.mark.parametrize("pixels", [RAMP, SIGNED, RAMP.astype(np.uint8), RAMP.astype(np.uint32) * 70000, COLOUR])
def test_uncompressed_pixels_come_back_as_they_were_stored(pixels):
    frame = decode(native(pixels))
    expected = pixels
    assert frame.stored.dtype == expected.dtype
    assert np.array_equal(frame.stored, expected)
    assert not frame.stored.flags.writeable


def test_implicit_encoding_gives_the_same_pixels():
    assert np.array_equal(decode(native(SIGNED, syntax=ImplicitVRLittleEndian)).stored, SIGNED)


def test_a_file_without_preamble_and_meta_is_read():
    whole = native(SIGNED)
    bare = whole[whole.index(b"\x08\x00\x16\x00UI") :]
    frame = decode(bare)
    assert np.array_equal(frame.stored, SIGNED)
    assert any("how it is encoded" in warning for warning in frame.facts.warnings)


def test_each_frame_of_many_is_its_own():
    frames = np.stack([RAMP + n for n in range(5)])
    opened = open_object(native(frames, frames=5))
    assert all(np.array_equal(decode_frame(opened, n + 1).stored, frames[n]) for n in range(5))


def test_twelve_bits_lose_the_overlay_above_them_and_keep_their_sign():
    values = np.array([[-2048, -1], [0, 2047]], np.int16)
    words = (values.view(np.uint16) & 0x0FFF) | np.array([[0x1000, 0], [0x1000, 0]], np.uint16)
    part10 = native(words, BitsStored=12, HighBit=11, PixelRepresentation=1)
    assert np.array_equal(decode(part10).stored, values)


def test_an_embedded_overlay_is_taken_out_and_kept():
    words = np.array([[5, 0x1005], [7, 0x1007]], np.uint16)
    dataset = header_for(words, BitsStored=12, HighBit=11)
    dataset.add_new(0x60000010, "US", 2)
    dataset.add_new(0x60000011, "US", 2)
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [1, 1])
    dataset.add_new(0x60000100, "US", 16)
    dataset.add_new(0x60000102, "US", 12)
    dataset.PixelData = words.tobytes()
    dataset["PixelData"].VR = "OW"
    frame = decode(stored(dataset))
    assert frame.stored.tolist() == [[5, 5], [7, 7]]
    assert frame.facts.overlays[0].bits.tolist() == [[False, True], [False, True]]


def test_pixels_in_high_bits_are_moved_down():
    words = (RAMP & 0x0FFF) << 4
    assert np.array_equal(decode(native(words, BitsStored=12, HighBit=15)).stored, RAMP & 0x0FFF)


def test_planes_of_colour_become_pixels():
    planes = np.ascontiguousarray(COLOUR.transpose(2, 0, 1))
    dataset = header_for(COLOUR, PlanarConfiguration=1)
    dataset.PixelData = planes.tobytes()
    dataset["PixelData"].VR = "OB"
    assert np.array_equal(decode(stored(dataset)).stored, COLOUR)


def test_single_bits_follow_each_other_across_frames():
    bits = np.random.default_rng(2).integers(0, 2, (3, 5, 7), np.uint8)
    dataset = header_for(bits, frames=3, BitsAllocated=1, BitsStored=1, HighBit=0)
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    dataset.PixelData = packed + b"\0" * (len(packed) % 2)
    dataset["PixelData"].VR = "OB"
    part10 = stored(dataset)
    assert all(np.array_equal(decode(part10, n + 1).stored, bits[n]) for n in range(3))


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        ((76, 85, 255), (254, 0, 0)),
        ((150, 44, 21), (0, 255, 1)),
        ((29, 255, 107), (0, 0, 254)),
        ((255, 128, 128), (255, 255, 255)),
        ((0, 128, 128), (0, 0, 0)),
        ((128, 128, 128), (128, 128, 128)),
    ],
)
def test_ybr_full_becomes_the_rgb_of_the_standard(ybr, rgb):
    assert rgb_of_ybr_full(np.array(ybr, np.uint8)).tolist() == list(rgb)
    pixels = np.full((2, 2, 3), ybr, np.uint8)
    assert decode(native(pixels, PhotometricInterpretation="YBR_FULL")).stored[0, 0].tolist() == list(rgb)


def test_a_palette_gives_its_colours_and_holds_at_its_ends():
    pixels = np.array([[0, 1], [2, 200]], np.uint8)
    dataset = header_for(pixels, PhotometricInterpretation="PALETTE COLOR")
    for n, name in enumerate(("Red", "Green", "Blue")):
        setattr(dataset, f"{name}PaletteColorLookupTableDescriptor", [3, 1, 16])
        entries = np.array([10, 20, 30 + n], np.uint16) << 8
        setattr(dataset, f"{name}PaletteColorLookupTableData", entries.tobytes())
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OB"
    rgb = decode(stored(dataset)).stored
    assert rgb[:, :, 2].tolist() == [[10, 10], [20, 32]]
    assert rgb[:, :, 0].tolist() == [[10, 10], [20, 30]]


def test_a_segmented_palette_is_unrolled():
    pixels = np.arange(8, dtype=np.uint8).reshape(2, 4)
    dataset = header_for(pixels, PhotometricInterpretation="PALETTE COLOR")
    segments = np.array([0, 2, 0, 0x1000, 1, 4, 0x5000, 0, 2, 0x6000, 0xFF00], np.uint16)
    for name in ("Red", "Green", "Blue"):
        setattr(dataset, f"{name}PaletteColorLookupTableDescriptor", [8, 0, 16])
        setattr(dataset, f"Segmented{name}PaletteColorLookupTableData", segments.tobytes())
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OB"
    assert decode(stored(dataset)).stored[..., 0].ravel().tolist() == [0, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0xFF]


LOSSLESS = {
    "JPEG-LS": (JPEGLSLossless, imagecodecs.jpegls_encode),
    "JPEG 2000": (JPEG2000Lossless, lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="J2K")),
    "HTJ2K": (HTJ2KLossless, imagecodecs.htj2k_encode),
    "JPEG lossless": (JPEGLosslessSV1, lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16)),
}


@pytest.mark.parametrize("codec", LOSSLESS)
@pytest.mark.parametrize("offsets", [True, False])
def test_lossless_codecs_give_every_value_back(codec, offsets):
    syntax, encode = LOSSLESS[codec]
    large = np.random.default_rng(3).integers(0, 65536, (64, 48)).astype(np.uint16)
    frames = np.stack([large, large[::-1], large // 3])
    part10 = compressed(frames, [bytes(encode(np.ascontiguousarray(f))) for f in frames], syntax, offsets)
    assert all(np.array_equal(decode(part10, n + 1).stored, frames[n]) for n in range(3))


@pytest.mark.parametrize("codec", LOSSLESS)
def test_signed_values_survive_codecs_that_know_no_sign(codec):
    syntax, encode = LOSSLESS[codec]
    values = np.random.default_rng(4).integers(-2000, 3000, (64, 48)).astype(np.int16)
    part10 = compressed(values, [bytes(encode(values.view(np.uint16)))], syntax)
    assert np.array_equal(decode(part10).stored, values)


@pytest.mark.parametrize("shift", [1, 3])
@pytest.mark.parametrize("predictor", [1, 2, 4, 6, 7])
def test_low_bits_that_a_lossless_jpeg_dropped_do_not_shift_the_rest(predictor, shift):
    large = np.random.default_rng(6).integers(0, 4096, (40, 30)).astype(np.uint16)
    stream = bytes(imagecodecs.jpeg8_encode(large, lossless=True, predictor=predictor, bitspersample=12))
    start = stream.index(b"\xff\xda")
    at = start + 2 + int.from_bytes(stream[start + 2 : start + 4], "big") - 1
    assert np.array_equal(decode(compressed(large, [stream], JPEGLosslessSV1)).stored, large)
    # The same differences, of values that were shifted before they were coded: each sample means 2^shift as much.
    shifted = stream[:at] + bytes([stream[at] | shift]) + stream[at + 1 :]
    found = decode(compressed(large, [shifted], JPEGLosslessSV1, BitsStored=16, HighBit=15)).stored
    assert not np.any(found & ((1 << shift) - 1))


def test_rle_of_sixteen_bit_colour_and_odd_sizes():
    from pydicom.uid import ExplicitVRLittleEndian

    for shape, kind in (((7, 5), np.uint16), ((7, 5), np.uint8), ((7, 5, 3), np.uint8), ((6, 5, 3), np.uint16)):
        pixels = np.random.default_rng(5).integers(0, np.iinfo(kind).max, shape).astype(kind)
        dataset = header_for(pixels)
        dataset.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
        dataset["PixelData"].VR = "OW"
        stored(dataset, ExplicitVRLittleEndian)
        dataset.compress(RLELossless, generate_instance_uid=False)
        found = decode(stored(dataset, RLELossless)).stored
        expected = pixels if kind == np.uint8 or len(shape) == 2 else (pixels >> 8).astype(np.uint8)
        assert np.array_equal(found, expected)


def test_threads_decode_side_by_side():
    part10 = compressed(RAMP, [bytes(imagecodecs.jpegls_encode(RAMP))], JPEGLSLossless)
    with ThreadPoolExecutor(4) as pool:
        assert all(np.array_equal(f.stored, RAMP) for f in pool.map(decode, [part10] * 32))


def test_an_image_larger_than_its_header_says_is_shown_as_it_is_and_said():
    part10 = compressed(RAMP, [bytes(imagecodecs.jpegls_encode(RAMP))], JPEGLSLossless, Rows=6)
    frame = decode(part10)
    assert frame.stored.shape == (12, 10)
    assert (frame.facts.rows, frame.facts.columns) == (12, 10)
    assert any("The header says 10 × 6" in warning for warning in frame.facts.warnings)


REFUSED = {
    "truncated pixels": (lambda: native(RAMP)[:-10], "stop early"),
    "a stream cut short": (
        lambda: compressed(RAMP, [bytes(imagecodecs.jpegls_encode(RAMP))], JPEGLSLossless)[:-60],
        "",
    ),
    "text": (lambda: b"Dear colleague, " * 40, "not a DICOM object"),
    "nothing": (lambda: b"", "empty"),
    "a video": (lambda: compressed(RAMP, [b"video"], "1.2.840.10008.1.2.4.102"), "MPEG-4 video"),
    "pixels elsewhere": (lambda: compressed(RAMP, [b"a place"], "1.2.840.10008.1.2.4.94"), "JPIP"),
    "absurd size": (lambda: native(RAMP, Rows=65535, Columns=65535), "gigabyte"),
    "no size": (lambda: native(RAMP, Rows=0), "size"),
    "forty bits": (lambda: native(RAMP, BitsAllocated=40), "40 bits"),
    "garbage in a stream": (lambda: compressed(RAMP, [b"\xff\xd8\xff\xd9" * 4], JPEGLosslessSV1), "JPEG header"),
    "no codec": (lambda: compressed(RAMP, [b"garbage!" * 4], JPEGLosslessSV1), "no codec"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_decoded_says_why(what):
    make, words = REFUSED[what]
    with pytest.raises(ReaderError) as caught:
        decode(make())
    assert words in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize("codec", ["JPEG", "JPEG lossless"])
def test_half_a_jpeg_is_refused_and_one_that_only_lacks_its_end_mark_is_not(codec):
    smooth = np.add.outer(np.arange(256), np.arange(256)) // 2
    encode = {"JPEG": imagecodecs.jpeg8_encode, "JPEG lossless": imagecodecs.ljpeg_encode}[codec]
    stream = bytes(encode(smooth.astype(np.uint8 if codec == "JPEG" else np.uint16)))
    assert stream.endswith(b"\xff\xd9")
    whole = compressed(smooth.astype(np.uint16), [stream], JPEGLosslessSV1)
    unmarked = compressed(smooth.astype(np.uint16), [stream[:-2]], JPEGLosslessSV1)
    half = compressed(smooth.astype(np.uint16), [stream[: len(stream) // 2]], JPEGLosslessSV1)
    assert np.array_equal(decode(unmarked).stored, decode(whole).stored)
    assert any("end mark" in warning for warning in decode(unmarked).facts.warnings)
    with pytest.raises(ReaderError, match="cut short"):
        decode(half)


def test_a_frame_that_is_not_there_is_refused():
    with pytest.raises(ReaderError, match="no frame 2"):
        decode(native(RAMP), 2)


def test_sequences_nested_a_thousand_deep_do_not_stop_the_image():
    whole = native(RAMP)
    at = whole.index(b"\x28\x00\x02\x00US")
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x09\x00\x10\x10SQ\0\0\xff\xff\xff\xff"
    deep = b"\x09\x00\x10\x10SQ\0\0\xff\xff\xff\xff" + item * 3000
    deep += b"\xfe\xff\xdd\xe0\0\0\0\0" + b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0" * 3000
    frame = decode(whole[:at] + deep + whole[at:])
    assert np.array_equal(frame.stored, RAMP)
    assert any("deep" in warning for warning in frame.facts.warnings)


def test_a_jpeg_names_its_own_colour_space():
    smooth = np.kron(COLOUR[:4, :4], np.ones((16, 16, 1), np.uint8))
    as_rgb = bytes(imagecodecs.jpeg8_encode(smooth, level=98, colorspace="RGB", outcolorspace="RGB"))
    as_ybr = bytes(imagecodecs.jpeg8_encode(smooth, level=98, subsampling="444"))
    for stream in (as_rgb, as_ybr):
        for said in ("RGB", "YBR_FULL_422"):
            part10 = compressed(smooth, [stream], "1.2.840.10008.1.2.4.50", PhotometricInterpretation=said)
            difference = np.abs(decode(part10).stored.astype(int) - smooth.astype(int))
            assert difference.mean() < 3
