"""What a compressed image says about itself: the headers of JPEG, JPEG-LS, JPEG 2000 and RLE streams."""

from dataclasses import dataclass

from readingroom.base.errors import ReaderError

DAMAGED = "The compressed image is damaged: ask the archive for the object again."


@dataclass(frozen=True, slots=True)
class Stream:
    """A compressed image's own header.

    kind: "jpeg" (DCT), "jpeg-lossless", "jpeg-ls", "jpeg2000", "htj2k", "jpegxl", "rle". precision: bits per sample.
    signed: whether samples carry a sign of their own (JPEG 2000 only). colour: "" where the stream does not say, else
    "RGB" or "YBR"; transformed: whether decoding undoes a colour transform (JPEG 2000 multiple component transform).
    shift: low bits that a lossless JPEG dropped. lossless: False where the stream itself says that information was
    lost. complete: whether the stream has its end marker.
    """

    kind: str
    rows: int = 0
    columns: int = 0
    samples: int = 1
    precision: int = 8
    signed: bool = False
    colour: str = ""
    transformed: bool = False
    shift: int = 0
    lossless: bool = False
    complete: bool = True


def stream_of(encoded: bytes | memoryview, transfer_syntax: str) -> Stream:
    """The header of one frame's compressed bytes, known by how they begin; RLE and the rest by their transfer syntax."""
    if encoded[:2] == b"\xff\xd8":
        return _jpeg(encoded)
    if encoded[:4] == b"\xff\x4f\xff\x51":
        return _jpeg2000(encoded, 0)
    if encoded[4:8] == b"jP  ":
        return _jpeg2000(encoded, _codestream(encoded))
    if encoded[:2] == b"\xff\x0a" or encoded[4:8] == b"JXL ":
        return Stream("jpegxl")
    if transfer_syntax == "1.2.840.10008.1.2.5" or _is_rle(encoded):
        return Stream("rle", lossless=True)
    raise ReaderError("The compressed image begins with bytes that belong to no codec of DICOM.", DAMAGED)


def _is_rle(encoded: bytes | memoryview) -> bool:
    """The RLE header (PS3.5 G.5): up to 15 segments, the first at byte 64."""
    return len(encoded) > 64 and 1 <= int.from_bytes(encoded[:4], "little") <= 15 and encoded[4:8] == b"\x40\0\0\0"


@dataclass(slots=True)
class _Markers:
    """What the marker segments before the first scan say; scan_at: the byte where compressed data begin."""

    frame: tuple[int, bytes | memoryview] = (0, b"")
    jfif: bool = False
    adobe: int | None = None
    scan: bytes | memoryview = b""
    scan_at: int = 2


def _markers(encoded: bytes | memoryview) -> _Markers:
    found, at = _Markers(), 2
    while at + 4 <= len(encoded):
        marker = encoded[at + 1]
        if encoded[at] != 0xFF or marker in (0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if encoded[at] != 0xFF or marker == 0xFF else 2
            continue
        length = int.from_bytes(encoded[at + 2 : at + 4], "big")
        body = encoded[at + 4 : at + 2 + length]
        found.scan_at = at
        if marker == 0xE0 and body[:4] == b"JFIF":
            found.jfif = True
        elif marker == 0xEE and body[:5] == b"Adobe" and len(body) >= 12:
            found.adobe = body[11]
        elif (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)) or marker == 0xF7:
            found.frame = marker, body
        elif marker in (0xD9, 0xDA):
            found.scan = body if marker == 0xDA else b""
            break
        at += 2 + length
    return found


def _jpeg(encoded: bytes | memoryview) -> Stream:
    found = _markers(encoded)
    marker, body = found.frame
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise ReaderError("The compressed image has no readable JPEG header.", DAMAGED)
    scan = found.scan
    components = [body[6 + 3 * n] for n in range(body[5])]
    kind = "jpeg-ls" if marker == 0xF7 else "jpeg-lossless" if marker in (0xC3, 0xC7, 0xCB, 0xCF) else "jpeg"
    shift = scan[-1] & 0x0F if scan and kind == "jpeg-lossless" else 0
    near = scan[-3] if len(scan) > 3 and kind == "jpeg-ls" else 0
    return Stream(
        kind,
        rows=int.from_bytes(body[1:3], "big"),
        columns=int.from_bytes(body[3:5], "big"),
        samples=body[5],
        precision=body[0],
        colour=_jpeg_colour(components, found.jfif, found.adobe),
        shift=shift,
        lossless=kind != "jpeg" and shift == 0 and near == 0,
        # Compressed data never contain this pair (ISO/IEC 10918-1 B.1.1.5), so it can only be the end mark.
        complete=_has_end(encoded, found.scan_at),
    )


def _jpeg_colour(components: list[int], jfif: bool, adobe: int | None) -> str:
    if len(components) != 3:
        return ""
    if adobe is not None:
        return "YBR" if adobe == 1 else "RGB"
    if bytes(components).upper() == b"RGB":
        return "RGB"
    return "YBR" if jfif else ""


def _has_end(encoded: bytes | memoryview, start: int) -> bool:
    """Whether an end mark follows a byte: nearly always as the last thing there is, or before one byte of padding."""
    if len(encoded) >= start + 3 and b"\xff\xd9" in bytes(encoded[-3:]):
        return True
    return bytes(encoded).rfind(b"\xff\xd9", start) >= 0


def _codestream(encoded: bytes | memoryview) -> int:
    at = bytes(encoded).find(b"\xff\x4f\xff\x51")
    if at < 0:
        raise ReaderError("The JPEG 2000 file holds no image.", DAMAGED)
    return at


def _jpeg2000(encoded: bytes | memoryview, at: int) -> Stream:
    """SIZ, COD and CAP of a codestream (ISO/IEC 15444-1 A.5, A.6)."""
    size = encoded[at + 4 : at + 44]
    if len(size) < 40:
        raise ReaderError("The compressed image has no readable JPEG 2000 header.", DAMAGED)
    right, lower, left, upper = (int.from_bytes(size[n : n + 4], "big") for n in (4, 8, 12, 16))
    samples, depth = int.from_bytes(size[36:38], "big"), size[38]
    at += 4 + int.from_bytes(size[:2], "big")
    throughput = transformed = reversible = False
    while at + 4 <= len(encoded) and encoded[at] == 0xFF and encoded[at + 1] != 0x90:
        length = int.from_bytes(encoded[at + 2 : at + 4], "big")
        if encoded[at + 1] == 0x50:
            throughput = True
        elif encoded[at + 1] == 0x52 and length >= 12 and at + 13 < len(encoded):
            transformed, reversible = encoded[at + 8] == 1, encoded[at + 13] == 1
        at += 2 + length
    return Stream(
        "htj2k" if throughput else "jpeg2000",
        rows=lower - upper,
        columns=right - left,
        samples=samples,
        precision=(depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
        transformed=transformed,
        lossless=reversible,
        complete=_has_end(encoded, at),
    )
