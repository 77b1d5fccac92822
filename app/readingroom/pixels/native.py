"""One frame of uncompressed pixels: sliced where it lies, never the whole object."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.pixels.attributes import text, whole
from readingroom.pixels.encoded import ASK_AGAIN, GE_PRIVATE, Encoded

MOST_FRAME_BYTES = 1 << 30
"""A larger frame than any detector makes: a scanned film of 20 000 × 20 000 would still fit."""
_WORDS = {8: "u1", 16: "u2", 32: "u4", 64: "u8"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How samples lie in words (PS3.5 8.1): shape, bits, sign and planes as the header has them."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool
    is_float: bool


def layout_of(opened: Encoded) -> Layout:
    """The layout the header describes; ReaderError where it describes none that can be."""
    header = opened.attributes
    floating = opened.pixels is not None and opened.pixels.tag in (0x7FE00008, 0x7FE00009)
    rows, columns = whole(header, "Rows"), whole(header, "Columns")
    if rows <= 0 or columns <= 0:
        raise ReaderError("The header does not give the image a size.", ASK_AGAIN)
    allocated = whole(
        header, "BitsAllocated", (32 if opened.pixels and opened.pixels.tag == 0x7FE00008 else 64) if floating else 0
    )
    if allocated not in (1, *_WORDS) and not (1 < allocated <= 32 and not floating):
        raise ReaderError(
            f"The image has {allocated} bits per sample, which cannot be read.", "Ask for it in another format."
        )
    stored = whole(header, "BitsStored", allocated)
    stored = stored if 0 < stored <= allocated else allocated
    high = whole(header, "HighBit", stored - 1)
    samples = max(1, whole(header, "SamplesPerPixel", 1))
    if rows * columns * samples * max(8, allocated) // 8 > MOST_FRAME_BYTES:
        raise ReaderError(f"One frame of {columns} × {rows} would need more than a gigabyte.", ASK_AGAIN)
    return Layout(
        rows, columns, samples, allocated, stored,
        high if stored - 1 <= high < allocated else stored - 1,
        whole(header, "PixelRepresentation") == 1,
        text(header, "PhotometricInterpretation").upper(),
        whole(header, "PlanarConfiguration") == 1,
        floating,
    )  # fmt: skip


def native_samples(opened: Encoded, layout: Layout, frame: int) -> NDArray[Any]:
    """Stored words of one frame (from 1), shape (rows, columns) or (rows, columns, samples), in native byte order."""
    assert opened.pixels is not None and opened.pixels.length is not None
    subsampled = layout.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422") and layout.samples == 3
    count = layout.rows * layout.columns * (2 if subsampled else layout.samples)
    if layout.bits_allocated not in _WORDS:
        return _packed(opened, layout, frame, count)
    size = count * layout.bits_allocated // 8
    start = opened.pixels.start + (frame - 1) * size
    _require(opened, start, size, frame, size)
    if layout.bits_allocated == 8:
        words = _octets(opened, start, size)
    else:
        kind = np.dtype(("<" if _little(opened) else ">") + _code(layout))
        words = np.frombuffer(opened.source, kind, count, start)
        if not kind.isnative or start % kind.itemsize:
            words = words.astype(kind.newbyteorder("="))
    if opened.frames > 1 and words.base is not None:
        words = words.copy()
    if subsampled:
        return _spread(words, layout)
    if layout.samples == 1:
        return words.reshape(layout.rows, layout.columns)
    if layout.planar:
        planes = words.reshape(layout.samples, layout.rows, layout.columns)
        return np.ascontiguousarray(planes.transpose(1, 2, 0))
    return words.reshape(layout.rows, layout.columns, layout.samples)


def _code(layout: Layout) -> str:
    return {32: "f4", 64: "f8"}[layout.bits_allocated] if layout.is_float else _WORDS[layout.bits_allocated]


def _little(opened: Encoded) -> bool:
    assert opened.pixels is not None
    return opened.pixels.little and opened.transfer_syntax != GE_PRIVATE


def _octets(opened: Encoded, start: int, size: int) -> NDArray[np.uint8]:
    """Single bytes; in OW of a big endian file they are swapped in pairs (PS3.5 7.3)."""
    assert opened.pixels is not None
    if _little(opened) or opened.pixels.vr != "OW":
        return np.frombuffer(opened.source, "u1", size, start)
    first = (start - opened.pixels.start) // 2 * 2 + opened.pixels.start
    span = min((start + size - first + 1) // 2, (len(opened.source) - first) // 2)
    pairs = np.frombuffer(opened.source, ">u2", span, first).astype("<u2")
    octets = pairs.view("u1")[start - first : start - first + size]
    return octets if len(octets) == size else np.frombuffer(opened.source, "u1", size, start)


def _require(opened: Encoded, start: int, size: int, frame: int, frame_size: int) -> None:
    assert opened.pixels is not None and opened.pixels.length is not None
    end = min(len(opened.source), opened.pixels.start + opened.pixels.length)
    if start + size > end:
        here = max(0, end - start)
        if here == 0 and frame > 1:
            raise ReaderError(
                f"Frame {frame} is not in the object: its pixels end after "
                f"{(end - opened.pixels.start) // max(1, frame_size)} frames.",
                ASK_AGAIN,
            )
        raise ReaderError(f"The pixels stop early: {here} of {size} bytes of frame {frame} are there.", ASK_AGAIN)


def _packed(opened: Encoded, layout: Layout, frame: int, count: int) -> NDArray[Any]:
    """Samples of one bit, or of a number of bits that fills no word: packed lowest first without a gap (PS3.5 8.1.1).

    Frames follow each other in the middle of a byte. Since 2014 samples of more than one bit must fill bytes; 12 bits in
    a row are older, 24 are legal.
    """
    assert opened.pixels is not None
    bits = layout.bits_allocated
    first = (frame - 1) * count * bits
    start, size = opened.pixels.start + first // 8, (first % 8 + count * bits + 7) // 8
    _require(opened, start, size, frame, max(1, count * bits // 8))
    plain = np.unpackbits(_octets(opened, start, size), bitorder="little")[first % 8 : first % 8 + count * bits]
    samples = plain if bits == 1 else _joined(plain, count, bits)
    if layout.samples == 1:
        return samples.reshape(layout.rows, layout.columns)
    if layout.planar:
        return np.ascontiguousarray(samples.reshape(layout.samples, layout.rows, layout.columns).transpose(1, 2, 0))
    return samples.reshape(layout.rows, layout.columns, layout.samples)


def _joined(plain: NDArray[np.uint8], count: int, bits: int) -> NDArray[Any]:
    """Single bits, lowest first, as words."""
    width = 1 if bits <= 8 else 2 if bits <= 16 else 4
    wide = np.zeros((count, 8 * width), np.uint8)
    wide[:, :bits] = plain.reshape(count, bits)
    return np.packbits(wide, axis=1, bitorder="little").view(f"<u{width}")[:, 0].astype(f"u{width}")


def require_whole_bytes(layout: Layout) -> None:
    """ReaderError where samples do not fill words, as the codecs of DICOM need them to."""
    if layout.bits_allocated not in (1, *_WORDS):
        raise ReaderError(
            f"The compressed image has {layout.bits_allocated} bits per sample, which cannot be read.",
            "Ask for it uncompressed.",
        )


def _spread(words: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Y1 Y2 Cb Cr to three samples for each pixel (PS3.3 C.7.6.3.1.2)."""
    if layout.columns % 2:
        raise ReaderError("A colour image that shares chroma between columns needs an even number of them.", ASK_AGAIN)
    pairs = words.reshape(-1, 4)
    full = np.empty((len(pairs) * 2, 3), words.dtype)
    full[0::2, 0], full[1::2, 0] = pairs[:, 0], pairs[:, 1]
    full[0::2, 1] = full[1::2, 1] = pairs[:, 2]
    full[0::2, 2] = full[1::2, 2] = pairs[:, 3]
    return full.reshape(layout.rows, layout.columns, 3)
