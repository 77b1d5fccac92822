"""Decoding one CT slice, beside the bare codec on the same bytes."""

from collections.abc import Callable, Iterator
from io import BytesIO
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.bench.phantom import noise_series
from readingroom.bench.result import Result, in_turn_ms, result

TURNS_PER_RUN = 5


def measured(name: str, runs: int) -> Iterator[Result]:
    """Each transfer syntax through our whole way (header, codec, facts) beside imagecodecs alone."""
    from pydicom import dcmread

    plain = noise_series(1, 512, 512)[0]
    pixels: NDArray[np.uint16] = dcmread(BytesIO(plain)).pixel_array
    raw = plain[-pixels.nbytes :]
    turns = TURNS_PER_RUN * runs
    copying = "copying the pixels by numpy"
    yield _beside("uncompressed", plain, pixels, lambda: np.frombuffer(raw, "<u2").copy(), copying, turns)
    for syntax, (uid, stream, codec) in _coded(pixels).items():
        held = _encapsulated(plain, uid, stream)
        yield _beside(syntax, held, pixels, lambda c=codec, s=stream: c(s), "imagecodecs alone", turns)  # type: ignore[misc]


def _coded(pixels: NDArray[np.uint16]) -> dict[str, tuple[str, bytes, Callable[[bytes], Any]]]:
    """Transfer syntax, stream, and the codec that the pipeline uses for it."""
    import imagecodecs
    from pydicom.pixels import get_encoder
    from pydicom.uid import RLELossless

    options = {
        "rows": 512, "columns": 512, "samples_per_pixel": 1, "bits_allocated": 16, "bits_stored": 12,
        "pixel_representation": 0, "photometric_interpretation": "MONOCHROME2", "number_of_frames": 1,
    }  # fmt: skip
    rle = get_encoder(RLELossless).encode(pixels, encoding_plugin="pydicom", **options)
    into = np.empty(pixels.shape, np.uint16)
    j2k = imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="j2k", reversible=True)
    coded: dict[str, tuple[str, Any, Callable[[bytes], Any]]] = {
        "rle": (RLELossless, rle, lambda s: imagecodecs.dicomrle_decode(s, dtype="<u2", out=into.nbytes)),
        "jpeg-lossless": (
            "1.2.840.10008.1.2.4.70", imagecodecs.ljpeg_encode(pixels, bitspersample=12), imagecodecs.ljpeg_decode
        ),
        "jpeg-ls": ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_encode(pixels), imagecodecs.jpegls_decode),
        "jpeg2000": ("1.2.840.10008.1.2.4.90", j2k, imagecodecs.jpeg2k_decode),
        "htj2k": ("1.2.840.10008.1.2.4.201", imagecodecs.htj2k_encode(pixels), imagecodecs.htj2k_decode),
    }  # fmt: skip
    return {name: (str(uid), bytes(stream), codec) for name, (uid, stream, codec) in coded.items()}


def _encapsulated(plain: bytes, uid: str, stream: bytes) -> bytes:
    from pydicom import dcmread
    from pydicom.encaps import encapsulate

    ds = dcmread(BytesIO(plain))
    ds.PixelData = encapsulate([stream])
    ds["PixelData"].VR = "OB"
    ds.file_meta.TransferSyntaxUID = uid
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _beside(
    syntax: str, held: bytes, pixels: NDArray[np.uint16], alone: Callable[[], object], words: str, turns: int
) -> Result:
    from readingroom.pixels.decode import decode

    if not np.array_equal(decode(held).stored, pixels):
        raise ReaderError(f"Decoding {syntax} gave other pixels than were encoded.", "Please report it.")
    ours, peer = in_turn_ms(lambda: decode(held), alone, turns)
    return result(f"decode-{syntax}", ours, "ms", median(peer), words, None, "512×512, 12 bit")
