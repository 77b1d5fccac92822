"""One slice with something in it, in every transfer syntax that archives keep, with the codecs that undo them."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.bench.phantom import noise_series

_NOISE = 14.0


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """A stored object, the pixels in it, and what undoes its compression when the stream is already at hand.

    bare: codecs by name, each from nothing to the samples; what they are given is no part of their time.
    """

    part10: bytes
    pixels: NDArray[Any]
    bare: dict[str, Callable[[], Any]]


def slice_of(size: int) -> NDArray[np.uint16]:
    """A body of 12-bit values with round organs, soft structure and the noise of a scanner, shape (size, size)."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    values = np.full((size, size), 24.0)
    for centre_x, centre_y, width, height, grey in (
        (0.0, 0.0, 0.86, 0.66, 1000.0), (-0.35, -0.05, 0.28, 0.4, 180.0), (0.38, -0.05, 0.26, 0.38, 190.0),
        (0.0, 0.46, 0.14, 0.13, 1900.0), (0.05, -0.1, 0.2, 0.24, 1060.0),
    ):  # fmt: skip
        values[((x - centre_x) / width) ** 2 + ((y - centre_y) / height) ** 2 < 1] = grey
    values += 25 * np.sin(9 * x) * np.cos(7 * y) + random.normal(0, _NOISE, values.shape)
    return values.clip(0, 4095).astype(np.uint16)


def codings(size: int) -> dict[str, Callable[[], Coding]]:
    """What makes the object of each transfer syntax, by its name."""
    import imagecodecs as codecs

    deep = slice_of(size)
    shallow = (deep >> 4).astype(np.uint8)
    return {
        "uncompressed": lambda: _uncompressed(deep),
        "deflated": lambda: _deflated(deep),
        "rle": lambda: _rle(deep),
        "jpeg-8": lambda: _coding(
            shallow, "50", codecs.jpeg8_encode(shallow, level=92), {"jpeg8": codecs.jpeg8_decode}, lossy=True
        ),
        "jpeg-12": lambda: _coding(
            deep, "51", codecs.jpeg8_encode(deep, level=92, bitspersample=12), {"jpeg8": codecs.jpeg8_decode}, lossy=True
        ),
        "jpeg-lossless": lambda: _coding(
            deep, "70", codecs.ljpeg_encode(deep, bitspersample=12),
            {"jpeg8": codecs.jpeg8_decode, "ljpeg": codecs.ljpeg_decode, "jpegsof3": codecs.jpegsof3_decode},
        ),
        "jpeg-ls": lambda: _coding(deep, "80", codecs.jpegls_encode(deep), {"jpegls": codecs.jpegls_decode}),
        "jpeg2000": lambda: _coding(
            deep, "90", codecs.jpeg2k_encode(deep, level=0, codecformat="j2k", reversible=True),
            {"jpeg2k": codecs.jpeg2k_decode},
        ),
        "jpeg2000-lossy": lambda: _coding(
            deep, "91", codecs.jpeg2k_encode(deep, level=85, codecformat="j2k", reversible=False),
            {"jpeg2k": codecs.jpeg2k_decode}, lossy=True,
        ),
        "htj2k": lambda: _coding(
            deep, "201", codecs.htj2k_encode(deep), {"htj2k": codecs.htj2k_decode, "jpeg2k": codecs.jpeg2k_decode}
        ),
    }  # fmt: skip


def _coding(
    pixels: NDArray[Any], tail: str, made: Any, decoders: dict[str, Callable[[bytes], Any]], lossy: bool = False
) -> Coding:
    from pydicom.encaps import encapsulate

    stream = bytes(made)
    bare: dict[str, Callable[[], Any]] = {name: partial(decoder, stream) for name, decoder in decoders.items()}
    part10 = _object(pixels, f"1.2.840.10008.1.2.4.{tail}", encapsulate([stream]))
    return Coding(part10, np.asarray(next(iter(bare.values()))()) if lossy else pixels, bare)


def _uncompressed(pixels: NDArray[np.uint16]) -> Coding:
    raw = pixels.tobytes()
    return Coding(
        _object(pixels, "1.2.840.10008.1.2.1", raw),
        pixels,
        {"a copy by numpy": lambda: np.frombuffer(raw, "<u2").copy()},
    )


def _deflated(pixels: NDArray[np.uint16]) -> Coding:
    part10 = _object(pixels, "1.2.840.10008.1.2.1.99", pixels.tobytes())
    packed = part10[144 + int.from_bytes(part10[140:144], "little") :]
    return Coding(part10, pixels, {"zlib": lambda: zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed)})


def _rle(pixels: NDArray[np.uint16]) -> Coding:
    import imagecodecs
    from pydicom.encaps import encapsulate
    from pydicom.pixels import get_encoder
    from pydicom.uid import RLELossless

    options = {
        "rows": pixels.shape[0], "columns": pixels.shape[1], "samples_per_pixel": 1, "bits_allocated": 16,
        "bits_stored": 12, "pixel_representation": 0, "photometric_interpretation": "MONOCHROME2", "number_of_frames": 1,
    }  # fmt: skip
    stream = get_encoder(RLELossless).encode(pixels, encoding_plugin="pydicom", **options)
    size = pixels.nbytes
    bare = {"dicomrle": lambda: imagecodecs.dicomrle_decode(stream, np.dtype("<u2"), out=size)}
    return Coding(_object(pixels, str(RLELossless), encapsulate([stream])), pixels, bare)


def _object(pixels: NDArray[Any], syntax: str, stored: bytes) -> bytes:
    from pydicom import dcmread

    ds = dcmread(BytesIO(noise_series(1, 8, 8)[0]))
    ds.Rows, ds.Columns = pixels.shape
    if pixels.dtype == np.uint8:
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
    ds.PixelData = stored
    native = syntax.startswith("1.2.840.10008.1.2.1")
    ds["PixelData"].VR = "OW" if native else "OB"
    ds["PixelData"].is_undefined_length = not native
    ds.file_meta.TransferSyntaxUID = syntax
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()
