"""One frame of a stored object, decoded: the one way from bytes to numbers."""

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import ReaderError
from readingroom.pixels.attributes import has, items, text
from readingroom.pixels.codecs import decode_rle, decode_stream
from readingroom.pixels.colour import (
    eight_bits,
    has_palette,
    palette,
    rgb_of_ybr_full,
    rgb_of_ybr_partial,
    through_palette,
)
from readingroom.pixels.encoded import ASK_AGAIN, Encoded, class_name, frame_fragments, open_lightly
from readingroom.pixels.facts import facts_of, facts_with
from readingroom.pixels.frame import Frame, FrameFacts, OverlayPlane
from readingroom.pixels.graphics import embedded_groups, embedded_overlay
from readingroom.pixels.managed import as_srgb, profile_of
from readingroom.pixels.native import MOST_FRAME_BYTES, Layout, layout_of, native_samples, require_whole_bytes
from readingroom.pixels.streams import DAMAGED, Stream, stream_of

VIDEO = {
    **{f"1.2.840.10008.1.2.4.{n}": "MPEG-2" for n in (100, 101)},
    **{f"1.2.840.10008.1.2.4.{n}": "MPEG-4" for n in (102, 103, 104, 105, 106)},
    **{f"1.2.840.10008.1.2.4.{n}": "HEVC" for n in (107, 108)},
}
JPIP = frozenset({f"1.2.840.10008.1.2.4.{n}" for n in (94, 95, 204, 205)})
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
_SUSPICIOUS_PIXELS = 1 << 26
_MOST_PIXELS_PER_BYTE = 5000
_MOST_CONTRADICTING_PIXELS_PER_BYTE = 50


def decode(part10: bytes | memoryview, frame: int = 1) -> Frame:
    """One frame (from 1) of a stored object, as stored values or RGB with the facts of its header.

    Takes Part 10 bytes, also without preamble or meta information. ReaderError where the object has no pixels, not this
    frame, or pixels that cannot be decoded completely. Safe from any thread; imagecodecs frees the interpreter.
    """
    return decode_frame(open_lightly(part10, frame), frame)


def decode_frame(opened: Encoded, frame: int) -> Frame:
    """decode for an object already opened: what to call for many frames of one object."""
    _refuse_what_is_no_image(opened)
    if not 1 <= frame <= opened.frames:
        raise ReaderError(f"There is no frame {frame}: the object has {opened.frames}.", "Choose another frame.")
    facts = _facts(opened, frame)
    layout = layout_of(opened)
    if not opened.encapsulated:
        words, precision, colour = native_samples(opened, layout, frame), layout.bits_allocated, _header_colour(layout)
    else:
        words, precision, colour, facts = _decompressed(opened, layout, frame, facts)
    if words.ndim == 3:
        return _colour_frame(opened, words, precision, colour, layout, facts)
    return _grey_frame(opened, words, precision, layout, facts)


def _refuse_what_is_no_image(opened: Encoded) -> None:
    syntax = opened.transfer_syntax
    if syntax in VIDEO:
        raise ReaderError(f"This is a {VIDEO[syntax]} video, which cannot be shown yet.", "Use a video viewer.")
    if syntax in JPIP or (opened.pixels is None and text(opened.attributes, "PixelDataProviderURL")):
        raise ReaderError(
            "The object holds no pixels, only an address to fetch them from (JPIP).", "Ask for the pixels."
        )
    if text(opened.attributes, "PhotometricInterpretation").upper() == "YBR_PARTIAL_420":
        # PS3.3 C.7.6.3.1.2 allows it in video only, and nothing says where a still would keep its shared colours.
        raise ReaderError(
            "The image says YBR_PARTIAL_420, which DICOM defines for video only.", "Ask the sender for an RGB image."
        )
    if opened.pixels is None:
        what = class_name(text(opened.attributes, "SOPClassUID"))
        if has(opened.attributes, "Rows"):
            raise ReaderError(f"The object ({what}) describes an image but holds no pixels.", ASK_AGAIN)
        raise ReaderError(f"This object ({what}) holds no image.", "Open it as a document.")


def _facts(opened: Encoded, frame: int) -> FrameFacts:
    if opened.only_frame is None:
        facts = facts_of(opened.attributes, frame)
    else:
        groups = items(opened.attributes, "PerFrameFunctionalGroupsSequence")
        facts = facts_with(opened.attributes, frame, groups[0] if groups else None)
    warnings = opened.warnings
    if facts.transfer_syntax == opened.transfer_syntax and not warnings:
        return facts
    return replace(facts, transfer_syntax=opened.transfer_syntax, warnings=(*warnings, *facts.warnings))


def _warned(facts: FrameFacts, warning: str) -> FrameFacts:
    return replace(facts, warnings=(*facts.warnings, warning))


def _header_colour(layout: Layout) -> str:
    if layout.photometric in ("YBR_FULL", "YBR_FULL_422"):
        return "YBR"
    return "YBR_PARTIAL" if layout.photometric.startswith("YBR_PARTIAL") else "RGB"


def _decompressed(
    opened: Encoded, layout: Layout, frame: int, facts: FrameFacts
) -> tuple[NDArray[Any], int, str, FrameFacts]:
    """Words, their precision in bits, their colour space, and the facts with what the stream itself says."""
    encoded = frame_fragments(opened, frame)
    if opened.transfer_syntax == DEFLATED_FRAMES:
        return _inflated(encoded, opened, layout), layout.bits_allocated, _header_colour(layout), facts
    stream = stream_of(encoded, opened.transfer_syntax)
    if stream.kind == "rle":
        require_whole_bytes(layout)
        words = decode_rle(encoded, layout.rows, layout.columns, layout.samples, layout.bits_allocated)
        return words, layout.bits_allocated, _header_colour(layout), facts
    _refuse_absurd(stream, len(encoded), layout)
    words, colour, warnings = decode_stream(encoded, stream, _stream_colour(stream, layout))
    if warnings:
        facts = replace(facts, warnings=(*facts.warnings, *warnings))
    if not stream.lossless and stream.kind != "jpegxl" and not facts.lossy:
        # Whatever the header calls it: what is cosine-coded or quantised has lost something for good.
        facts = replace(facts, lossy=True, quality=f"LOSSY {facts.quality}".strip())
    if stream.kind == "jpegxl":
        stream = replace(stream, rows=words.shape[0], columns=words.shape[1], precision=8 * words.dtype.itemsize)
    return _signed_as_declared(words, stream, layout), stream.precision, colour, _resized(facts, stream, layout)


def _inflated(encoded: bytes | memoryview, opened: Encoded, layout: Layout) -> NDArray[Any]:
    """A frame of the Deflated Image Frame Compression transfer syntax (PS3.5 A.4.12)."""
    needed = (layout.rows * layout.columns * layout.samples * layout.bits_allocated + 7) // 8
    try:
        plain = zlib.decompressobj(-zlib.MAX_WBITS).decompress(encoded, needed)
    except zlib.error as error:
        raise ReaderError("The compressed image (deflate) cannot be unpacked.", DAMAGED) from error
    assert opened.pixels is not None
    whole = opened.pixels._replace(start=0, length=len(plain), little=True)
    return native_samples(replace(opened, source=plain, pixels=whole, transfer_syntax=""), layout, 1)


def _refuse_absurd(stream: Stream, size: int, layout: Layout) -> None:
    """A damaged header of a stream may claim any size: refused before memory and minutes are spent on it."""
    pixels = stream.rows * stream.columns
    needed = pixels * stream.samples * ((stream.precision + 7) // 8)
    absurd = pixels > _SUSPICIOUS_PIXELS and pixels > size * _MOST_PIXELS_PER_BYTE
    absurd |= pixels > 4 * layout.rows * layout.columns and pixels > size * _MOST_CONTRADICTING_PIXELS_PER_BYTE
    if needed > MOST_FRAME_BYTES or absurd:
        raise ReaderError(
            f"The compressed image claims {stream.columns} × {stream.rows} pixels in {size} bytes.", DAMAGED
        )
    if stream.kind != "jpegxl" and (pixels == 0 or stream.samples not in (1, 3)):
        raise ReaderError(
            f"The compressed image has {stream.samples} samples for {stream.columns} × {stream.rows} pixels, "
            "which cannot be shown.",
            "Ask the sender for a grey or RGB image.",
        )


def _stream_colour(stream: Stream, layout: Layout) -> str:
    """The header's colour space for a stream that does not name its own."""
    if stream.kind == "jpeg" and stream.samples == 3 and layout.photometric != "RGB":
        return "YBR"
    colour = _header_colour(layout)
    return "YBR" if colour == "YBR_PARTIAL" else colour


def _resized(facts: FrameFacts, stream: Stream, layout: Layout) -> FrameFacts:
    if (stream.rows, stream.columns) == (layout.rows, layout.columns):
        return facts
    plane = None if facts.plane is None else replace(facts.plane, rows=stream.rows, columns=stream.columns)
    return _warned(
        replace(facts, rows=stream.rows, columns=stream.columns, plane=plane),
        f"The header says {layout.columns} × {layout.rows} pixels, the image itself {stream.columns} × {stream.rows}.",
    )


def _signed_as_declared(words: NDArray[Any], stream: Stream, layout: Layout) -> NDArray[Any]:
    """Unsigned words again where a JPEG 2000 stream brought a sign: the sign is decided in one place, by the header."""
    if words.dtype.kind != "i":
        return words
    bits = 8 * words.dtype.itemsize
    plain = words.view(f"u{words.dtype.itemsize}")
    return plain if stream.precision == bits else plain & plain.dtype.type((1 << stream.precision) - 1)


def _colour_frame(
    opened: Encoded, words: NDArray[Any], precision: int, colour: str, layout: Layout, facts: FrameFacts
) -> Frame:
    if words.shape[-1] != 3 or layout.photometric in ("HSV", "CMYK", "ARGB"):
        raise ReaderError(
            f"Colour images of kind {layout.photometric or 'unknown'} with {words.shape[-1]} samples cannot be shown.",
            "Ask the sender for an RGB image.",
        )
    bits = min(precision, layout.bits_stored) if precision > 8 else precision
    rgb = eight_bits(words, bits)
    if colour == "YBR":
        rgb = rgb_of_ybr_full(rgb)
    elif colour == "YBR_PARTIAL":
        rgb = rgb_of_ybr_partial(rgb)
    if layout.photometric.startswith("MONOCHROME"):
        facts = _warned(facts, f"The header says {layout.photometric}, the image itself is in colour.")
    deep = words if words.dtype.itemsize > 1 and colour == "RGB" else None
    return _managed(opened, rgb, deep, replace(facts, vois=(), inverse=False, padding=None, signed=False))


def _managed(opened: Encoded, rgb: NDArray[np.uint8], deep: NDArray[Any] | None, facts: FrameFacts) -> Frame:
    """A colour frame in the colours of the glass, through its own profile where it brings one (PS3.3 C.11.15)."""
    profile = profile_of(opened.attributes)
    if not profile:
        return _frame(rgb, facts, deep)
    seen = as_srgb(rgb, profile)
    if seen is None:
        return _frame(rgb, _warned(facts, "The colour profile of the image cannot be read: colours may differ."), deep)
    return _frame(seen, facts, deep if deep is not None or seen is rgb else rgb)


def _grey_frame(opened: Encoded, words: NDArray[Any], precision: int, layout: Layout, facts: FrameFacts) -> Frame:
    if words.dtype.kind == "f":
        return _frame(words, facts)
    if within := _overlays_in(opened, words, layout):
        facts = replace(facts, overlays=(*facts.overlays, *within))
    values, facts = _values(words, precision, layout, facts)
    if layout.photometric == "PALETTE COLOR":
        table = palette(opened.attributes)
        if table is not None:
            return _managed(
                opened, through_palette(values, table), None, replace(facts, vois=(), inverse=False, padding=None)
            )
        facts = _warned(facts, "The palette is missing or unreadable: its indices are shown as grey.")
    elif layout.photometric not in ("MONOCHROME1", "MONOCHROME2"):
        said = layout.photometric or "nothing"
        facts = _warned(facts, f"The header says {said} about what is dark: low values are shown dark.")
    elif has_palette(opened.attributes):
        facts = _with_supplemental(opened, facts)
    return _frame(values, facts)


def _with_supplemental(opened: Encoded, facts: FrameFacts) -> FrameFacts:
    """Colours for the high stored values, where the frame says that it has some (PS3.3 C.7.6.19, C.8.16.2.1.1.1)."""
    presentation = facts.pixel_presentation
    if presentation in ("MONOCHROME", "TRUE_COLOR"):
        return facts
    if presentation not in ("COLOR", "MIXED"):
        return _warned(facts, "The image has a palette and does not say that it is meant to be coloured: it is grey.")
    table = palette(opened.attributes)
    if table is None:
        return _warned(facts, "The supplemental colours of this image cannot be read: they are shown as grey.")
    profile = profile_of(opened.attributes)
    managed = as_srgb(table.entries[None], profile) if profile else None
    return replace(facts, supplemental=table if managed is None else replace(table, entries=managed[0]))


def _overlays_in(opened: Encoded, words: NDArray[Any], layout: Layout) -> tuple[OverlayPlane, ...]:
    """Overlays in the bits that no pixel uses, above or below (PS3.5 8.1.1 note)."""
    pixels = range(layout.high_bit + 1 - layout.bits_stored, layout.high_bit + 1)
    return tuple(
        embedded_overlay(opened.attributes, group, (words >> bit & 1).astype(bool))
        for group, bit in embedded_groups(opened.attributes)
        if 0 <= bit < 8 * words.dtype.itemsize and bit not in pixels
    )


def _values(words: NDArray[Any], precision: int, layout: Layout, facts: FrameFacts) -> tuple[NDArray[Any], FrameFacts]:
    """Stored values: the bits the header calls stored, sign extended (PS3.5 8.1.1); the rest may hold overlays."""
    width = 8 * words.dtype.itemsize
    shift = layout.high_bit + 1 - layout.bits_stored
    if shift > 0 and precision > layout.bits_stored:
        if np.any(words & ((1 << shift) - 1)) and not facts.overlays:
            facts = _warned(facts, "The header places the pixels in high bits, where they are not.")
        else:
            words = words >> shift
    bits = min(precision, layout.bits_stored, width)
    if layout.signed:
        return _sign_extended(words, bits), facts if facts.signed else replace(facts, signed=True)
    if bits < width and len(words) and int(words.max()) >> bits:
        words = words & words.dtype.type((1 << bits) - 1)
    return words, replace(facts, signed=False) if facts.signed else facts


def _sign_extended(words: NDArray[Any], bits: int) -> NDArray[Any]:
    width = 8 * words.dtype.itemsize
    signed = words.view(f"i{words.dtype.itemsize}")
    limit = 1 << (bits - 1)
    if bits == width or (int(signed.max()) < limit and int(signed.min()) >= -limit):
        return signed
    lifted = signed << (width - bits)
    lifted >>= width - bits
    return lifted


def _frame(stored: NDArray[Any], facts: FrameFacts, unmanaged: NDArray[Any] | None = None) -> Frame:
    stored = np.ascontiguousarray(stored)
    stored.setflags(write=False)
    return Frame(stored, facts, unmanaged)
