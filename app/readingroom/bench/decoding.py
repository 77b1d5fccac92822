"""Decoding one CT slice, beside the bare codec on the same bytes."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from readingroom.bench.phantom import noise_series
from readingroom.bench.result import Result, result, timed_ms

SYNTAXES = {
    "jpeg-ls": "1.2.840.10008.1.2.4.80", "jpeg2000": "1.2.840.10008.1.2.4.90", "htj2k": "1.2.840.10008.1.2.4.201",
    "jpeg-lossless": "1.2.840.10008.1.2.4.70",
}  # fmt: skip


def decoding(runs: int) -> Iterator[Result]:
    """Each transfer syntax through our pipeline (header, codec, facts) beside imagecodecs alone."""
    import imagecodecs
    import numpy as np
    from pydicom import dcmread
    from pydicom.encaps import encapsulate

    from readingroom.pixels.decode import decode

    plain = noise_series(1, 512, 512)[0]
    pixels = dcmread(BytesIO(plain)).pixel_array
    bare = [timed_ms(lambda: np.frombuffer(plain[-pixels.nbytes :], "<u2").reshape(512, 512).copy()) for _ in range(9)]
    yield _beside("decode-uncompressed", lambda: decode(plain), sorted(bare)[4], runs, "copying the pixels")
    coded: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "jpeg-ls": (imagecodecs.jpegls_encode(pixels), imagecodecs.jpegls_decode),
        "jpeg2000": (imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="j2k", reversible=True), imagecodecs.jpeg2k_decode),
        "htj2k": (imagecodecs.htj2k_encode(pixels), imagecodecs.htj2k_decode),
        "jpeg-lossless": (imagecodecs.ljpeg_encode(pixels, bitspersample=12), imagecodecs.ljpeg_decode),
    }  # fmt: skip
    for name, (stream, codec) in coded.items():
        ds = dcmread(BytesIO(plain))
        ds.PixelData = encapsulate([bytes(stream)])
        ds["PixelData"].VR = "OB"
        ds.file_meta.TransferSyntaxUID = SYNTAXES[name]
        out = BytesIO()
        ds.save_as(out, enforce_file_format=True)
        held = out.getvalue()
        alone = sorted(timed_ms(lambda c=codec, s=stream: c(s)) for _ in range(9))[4]  # type: ignore[misc]
        yield _beside(f"decode-{name}", lambda h=held: decode(h), alone, runs, "imagecodecs alone")  # type: ignore[misc]


def _beside(name: str, ours: Callable[[], object], peer_ms: float, runs: int, words: str) -> Result:
    ours()
    values = [timed_ms(ours) for _ in range(9 * max(1, runs // 3))]
    return result(name, values, "ms", peer_ms, words, 1.15 if peer_ms > 1 else None, "512×512, 12 bit")
