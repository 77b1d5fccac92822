"""One compressed frame to samples: imagecodecs first, which frees the interpreter while it works, then pylibjpeg."""

import struct
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG
from readingroom.pixels.apart import decoded_apart, decoded_here
from readingroom.pixels.streams import DAMAGED, Stream

Samples = NDArray[Any]
Bytes = bytes | memoryview
Decoder = Callable[[Bytes], Samples]
_FAILURES = (
    RuntimeError,
    ValueError,
    TypeError,
    NotImplementedError,
    IndexError,
    AttributeError,
    struct.error,
    OSError,
)
"""What codecs raise on bytes they do not understand; imagecodecs' own errors are RuntimeErrors."""
_END_MARK = b"\xff\xd9"
_FILLER_BYTES = 4096
MOST_PIXELS_HERE = 1 << 20
"""A larger image is not given to a decoder that stops every other thread while it works."""


def decode_stream(encoded: Bytes, stream: Stream, header_colour: str) -> tuple[Samples, str, tuple[str, ...]]:
    """Samples of shape (rows, columns) or (rows, columns, samples), the colour space they are in now, and warnings.

    header_colour: "RGB", "YBR" or "" as the DICOM header has it; the stream's own word goes before it. The first
    decoder that succeeds decides; ReaderError where none does, or where the stream was cut short.
    """
    # A lossless stream holds the samples as the header describes them, whatever a JFIF marker in it implies.
    colour = header_colour if stream.kind == "jpeg-lossless" else stream.colour or header_colour
    whole = encoded if stream.complete else bytes(encoded) + _END_MARK
    problems: list[str] = []
    for name, decoder in _decoders(stream, colour):
        try:
            samples = _shaped(decoder(whole), stream)
            if not stream.complete and stream.kind in ("jpeg", "jpeg-lossless"):
                _require_whole(decoder, encoded, samples)
        except _FAILURES as error:
            problems.append(f"{name}: {error}")
            continue
        warnings = [] if stream.complete else ["The compressed image lacks its end mark."]
        warnings += [f"The compressed image was decoded by {name} after others refused it."] if problems else []
        return samples, _colour_after(stream, colour), tuple(warnings)
    LOG.warning("no codec decoded a %s stream: %s", stream.kind, "; ".join(problems))
    raise ReaderError(f"The compressed image ({_said(stream)}) cannot be decoded.", DAMAGED)


def _require_whole(decoder: Decoder, encoded: Bytes, samples: Samples) -> None:
    """ReaderError where pixels depend on what follows the stream: then the stream ends before the image does.

    JPEG decoders fill what is missing without a word; a whole image does not change with the bytes behind it.
    """
    if not np.array_equal(decoder(bytes(encoded) + b"\x5a" * _FILLER_BYTES + _END_MARK), samples):
        raise ReaderError("The compressed image was cut short: its lower part is missing.", DAMAGED)


def _said(stream: Stream) -> str:
    return f"{stream.kind}, {stream.columns} × {stream.rows}, {stream.precision} bits"


def _colour_after(stream: Stream, colour: str) -> str:
    if stream.kind == "jpegxl" or stream.transformed:
        return "RGB"
    return "RGB" if stream.kind == "jpeg" and colour == "YBR" else colour


def _shaped(samples: Samples, stream: Stream) -> Samples:
    if stream.kind == "jpegxl":
        if samples.ndim not in (2, 3):
            raise ValueError(f"answered with shape {samples.shape}")
        return samples
    if stream.samples == 1 and samples.ndim == 3 and samples.shape[-1] == 1:
        samples = samples[..., 0]
    expected = (stream.rows, stream.columns) if stream.samples == 1 else (stream.rows, stream.columns, stream.samples)
    if samples.shape != expected:
        raise ValueError(f"answered with shape {samples.shape}")
    return samples


def _decoders(stream: Stream, colour: str) -> list[tuple[str, Decoder]]:
    pixels = stream.rows * stream.columns
    libjpeg: tuple[str, Decoder] = (
        "pylibjpeg-libjpeg",
        partial(_second, decoder="libjpeg", pixels=pixels, colour=colour if stream.kind == "jpeg" else ""),
    )
    if stream.kind == "jpeg":
        return [("jpeg8", partial(_jpeg8, colour=colour if stream.samples == 3 else "")), libjpeg]
    if stream.kind == "jpeg-lossless":
        return _lossless(stream) if stream.shift else [*_lossless(stream), libjpeg]
    if stream.kind == "jpeg-ls":
        # No second try: the other decoder answers damaged streams with a picture that looks whole.
        return [("jpegls", imagecodecs.jpegls_decode)]
    if stream.kind == "jpegxl":
        return [("jpegxl", imagecodecs.jpegxl_decode)]
    openjpeg: tuple[str, Decoder] = ("pylibjpeg-openjpeg", partial(_second, decoder="openjpeg", pixels=pixels))
    if stream.kind == "htj2k" and stream.lossless:
        # The fast decoder does not clamp: in lossy images it turns what overshoots white into black.
        return [("htj2k", imagecodecs.htj2k_decode), ("jpeg2k", imagecodecs.jpeg2k_decode), openjpeg]
    return [("jpeg2k", partial(imagecodecs.jpeg2k_decode, numthreads=1)), openjpeg]


def _lossless(stream: Stream) -> list[tuple[str, Decoder]]:
    jpeg8 = ("jpeg8", partial(_jpeg8, colour="RGB" if stream.samples == 3 else ""))
    if stream.shift:
        # Only this one undoes a point transform; the others answer with wrong values instead of an error.
        return [jpeg8]
    # imagecodecs' ljpeg is not asked: a damaged table of codes makes it end the whole process.
    return [jpeg8, ("jpegsof3", imagecodecs.jpegsof3_decode)]


def _jpeg8(encoded: Bytes, colour: str) -> Samples:
    if not colour:
        return np.asarray(imagecodecs.jpeg8_decode(encoded))
    inside = "YCBCR" if colour == "YBR" else "RGB"
    return np.asarray(imagecodecs.jpeg8_decode(encoded, colorspace=inside, outcolorspace="RGB"))


def _second(encoded: Bytes, decoder: str, pixels: int, colour: str = "") -> Samples:
    """pylibjpeg, which does not free the interpreter: what takes it long is decoded elsewhere."""
    decode = decoded_apart if pixels > MOST_PIXELS_HERE else decoded_here
    return decode(decoder, encoded, 1 if colour == "YBR" else 0)


def decode_rle(encoded: Bytes, rows: int, columns: int, samples: int, bits_allocated: int) -> Samples:
    """RLE (PS3.5 G) to words of bits_allocated: segments are byte planes, most significant first, sample by sample."""
    pixels, width = rows * columns, max(1, bits_allocated // 8)
    if bits_allocated == 1:
        packed = np.frombuffer(_rle(encoded, "u1", (pixels + 7) // 8), "u1")
        return np.unpackbits(packed, bitorder="little")[:pixels].reshape(rows, columns)
    plain = _rle(encoded, f"<u{width}", pixels * samples * width)
    words = np.frombuffer(plain, f"<u{width}", len(plain) // width)
    if samples == 1:
        return words[:pixels].reshape(rows, columns)
    # Segments of an odd number of bytes are padded (PS3.5 G.3.1), and some encoders pad with pixels.
    planes = words[: len(words) // samples * samples].reshape(samples, -1)[:, :pixels]
    return np.ascontiguousarray(planes.reshape(samples, rows, columns).transpose(1, 2, 0))


def _require_segments(encoded: Bytes) -> None:
    """ReaderError where segments do not follow each other inside the bytes (PS3.5 G.5): the decoder would read beyond.

    It takes offsets on trust, and what it reads behind the end of memory ends the whole process.
    """
    count = int.from_bytes(encoded[:4], "little")
    starts = struct.unpack_from(f"<{count}I", encoded, 4) if 1 <= count <= 15 and len(encoded) >= 64 else ()
    ends = (*starts[1:], len(encoded))
    if not starts or starts[0] < 64 or any(start > end for start, end in zip(starts, ends, strict=True)):
        raise ReaderError("The compressed image (RLE) names segments that are not in it.", DAMAGED)


def _rle(encoded: Bytes, kind: str, needed: int) -> bytes:
    if needed > 128 * len(encoded):
        raise ReaderError("The compressed image is far shorter than its size in the header needs.", DAMAGED)
    _require_segments(encoded)
    with suppress(*_FAILURES):
        # Told the size, the decoder is faster, and refuses what is longer: only the whole answer counts.
        plain = bytes(imagecodecs.dicomrle_decode(encoded, np.dtype(kind), out=needed))
        if len(plain) == needed:
            return plain
    try:
        plain = bytes(imagecodecs.dicomrle_decode(encoded, np.dtype(kind)))
    except _FAILURES as error:
        raise ReaderError("The compressed image (RLE) cannot be decoded.", DAMAGED) from error
    if len(plain) < needed:
        raise ReaderError(f"The compressed image holds {len(plain)} of the {needed} bytes that it needs.", DAMAGED)
    return plain
