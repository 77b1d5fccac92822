"""A stored object as it lies in its file: which encoding, where the pixels are, and which bytes are one frame."""

import zlib
from dataclasses import dataclass, replace
from itertools import pairwise
from struct import unpack_from

from pydicom.config import IGNORE
from pydicom.config import settings as pydicom_settings
from pydicom.dataset import Dataset
from pydicom.uid import UID

from readingroom.base.errors import ReaderError
from readingroom.pixels.attributes import Attributes, has, numbers, raw, text, whole
from readingroom.pixels.elements import (
    ITEM,
    PIXEL_TAGS,
    SEQUENCE_END,
    Element,
    Reading,
    element_at,
    looks_explicit,
)
from readingroom.pixels.listing import Listing

# Stored objects break the rules of their value representations every day; what matters is said by this house itself.
pydicom_settings.reading_validation_mode = IGNORE

ASK_AGAIN = "It is damaged: ask the archive for the object again."
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
GE_PRIVATE = "1.2.840.113619.5.2"
"""Implicit VR little endian with big endian pixels, written by old GE systems."""
MOST_INFLATED_BYTES = 2 << 30
_KNOWN_AT_START = frozenset({0x0000, 0x0002, 0x0004, 0x0008, 0x0010})
_SIGNS_OF_DICOM = ("SOPClassUID", "StudyInstanceUID", "Rows", "Modality", "DirectoryRecordSequence", "SOPInstanceUID")


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A stored object: its attributes (without pixels), transfer syntax, and where in source its pixels lie.

    source: the bytes, inflated where they were deflated. offsets: the offset table. fragments: (start, length) of every
    fragment of encapsulated pixels, without that table.
    """

    attributes: Attributes
    transfer_syntax: str
    source: bytes | memoryview
    pixels: Element | None
    reading: Reading
    offsets: tuple[int, ...] = ()
    fragments: tuple[tuple[int, int], ...] = ()
    cut_short: bool = False

    @property
    def header(self) -> Dataset:
        """The attributes as pydicom holds them."""
        found = self.attributes
        return found if isinstance(found, Dataset) else _as_dataset(found)

    @property
    def only_frame(self) -> int | None:
        """The one frame whose functional groups were read, None where all were."""
        return self.reading.only_frame

    @property
    def warnings(self) -> tuple[str, ...]:
        """What has been passed over so far, in words: an item is read when somebody asks for it."""
        return tuple(self.reading.passed_over)

    @property
    def encapsulated(self) -> bool:
        """Whether the pixels lie in fragments (PS3.5 A.4)."""
        return self.pixels is not None and self.pixels.length is None

    @property
    def frames(self) -> int:
        """How many frames the header says, at least 1."""
        return max(1, whole(self.attributes, "NumberOfFrames", 1))


def header(part10: bytes | memoryview) -> Dataset:
    """The header of an object without its pixels; ReaderError where the bytes are no DICOM object."""
    return open_object(part10).header


def open_object(part10: bytes | memoryview, only_frame: int | None = None) -> Encoded:
    """Read an object's header and find its pixels; with only_frame, of the per-frame groups just that frame's item."""
    opened = open_lightly(part10, only_frame)
    return replace(opened, attributes=opened.header)


def open_lightly(part10: bytes | memoryview, only_frame: int | None = None) -> Encoded:
    """open_object for one who asks for a few attributes once: nothing is made of the rest. For one thread."""
    if not len(part10):
        raise ReaderError("The file is empty.", ASK_AGAIN)
    meta, start = _meta(part10)
    declared = text(meta, "TransferSyntaxUID")
    source, start = _inflated(part10, start) if declared == DEFLATED else (part10, start)
    implicit, little = _encoding(source, start, declared)
    reading = Reading(source, only_frame)
    listing = Listing(reading, start, len(source), implicit, little)
    prefixed = part10[128:132] == b"DICM"
    if not prefixed and not meta.places() and not any(has(listing, keyword) for keyword in _SIGNS_OF_DICOM):
        raise ReaderError("This is not a DICOM object.", "Choose a DICOM file.")
    listing.places()
    listing.file_meta = meta
    syntax = declared or (EXPLICIT_BIG if not little else IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE)
    if not declared:
        reading.note("The file does not say how it is encoded; that was found from its bytes.")
    pixels = listing.pixels
    if pixels is None or pixels.length is not None:
        return Encoded(listing, syntax, source, pixels, reading)
    return _with_fragments(listing, syntax, source, pixels, reading)


def _as_dataset(listing: Listing) -> Dataset:
    dataset = listing.dataset()
    if listing.file_meta is not None:
        dataset.file_meta = listing.file_meta.dataset()
    return dataset


def _meta(part10: bytes | memoryview) -> tuple[Listing, int]:
    """The file meta information (PS3.10 7.1), always explicit little endian, and the byte after it."""
    at = 132 if part10[128:132] == b"DICM" else 0
    group = int.from_bytes(part10[at : at + 2], "little")
    if at == 0 and group not in _KNOWN_AT_START and int.from_bytes(part10[at : at + 2], "big") not in _KNOWN_AT_START:
        raise ReaderError("This is not a DICOM object.", "Choose a DICOM file.")
    reading, end = Reading(part10), at
    while (element := element_at(reading, end, len(part10), False, True)) is not None and element.tag >> 16 == 2:
        if element.length is None or element.start + element.length > len(part10):
            break
        end = element.start + element.length
    return Listing(reading, at, end, False, True), end


def _encoding(source: bytes | memoryview, start: int, declared: str) -> tuple[bool, bool]:
    """Implicit and little endian as the first element shows them; what the file declares decides where it cannot."""
    first = bytes(source[start : start + 2])
    little = declared != EXPLICIT_BIG
    if len(first) == 2 and first[0] != first[1]:
        as_little, as_big = int.from_bytes(first, "little"), int.from_bytes(first, "big")
        if (as_little in _KNOWN_AT_START) != (as_big in _KNOWN_AT_START):
            little = as_little in _KNOWN_AT_START
    if len(source) - start < 8:
        return declared in (IMPLICIT_LITTLE, GE_PRIVATE), little
    return not looks_explicit(source, start), little


def _inflated(part10: bytes | memoryview, start: int) -> tuple[bytes, int]:
    """The deflated data set (PS3.5 A.5), inflated; bounded, for a few bytes may claim to be gigabytes."""
    packed = part10[start:]
    for window in (-zlib.MAX_WBITS, zlib.MAX_WBITS):
        inflater = zlib.decompressobj(window)
        try:
            plain = inflater.decompress(packed, MOST_INFLATED_BYTES)
        except zlib.error:
            continue
        if inflater.unconsumed_tail:
            raise ReaderError("The file would unpack to more than two gigabytes.", "Ask for it uncompressed.")
        return plain, 0
    raise ReaderError("The file cannot be unpacked: its compressed bytes are damaged.", ASK_AGAIN)


def _with_fragments(
    listing: Listing, syntax: str, source: bytes | memoryview, pixels: Element, reading: Reading
) -> Encoded:
    end, at, cut = len(source), pixels.start, True
    found: list[tuple[int, int]] = []
    while (element := element_at(reading, at, end, True, pixels.little)) is not None:
        if element.tag != ITEM or element.length is None:
            cut = element.tag != SEQUENCE_END
            break
        found.append((element.start, min(element.length, end - element.start)))
        at = element.start + element.length
    if not found:
        return Encoded(listing, syntax, source, pixels, reading, cut_short=cut)
    table, length = found[0]
    offsets = unpack_from(f"<{length // 4}I", source, table)
    extended = raw(listing, 0x7FE00001)
    if extended and len(extended) % 8 == 0:
        offsets = unpack_from(f"<{len(extended) // 8}Q", extended)
    return Encoded(listing, syntax, source, pixels, reading, offsets, tuple(found[1:]), cut or at > end)


def frame_fragments(opened: Encoded, frame: int) -> bytes | memoryview:
    """The encoded bytes of one frame (from 1): its fragments joined, by offset table or by where images begin.

    A frame in one fragment is a view of the object, not a copy.
    """
    groups = _groups(opened)
    if not 1 <= frame <= len(groups):
        raise ReaderError(
            f"Frame {frame} is not in the object: it holds {len(groups)} of {opened.frames} frames.", ASK_AGAIN
        )
    first, last = groups[frame - 1]
    parts = opened.fragments[first:last]
    if opened.cut_short and last == len(opened.fragments):
        start, length = parts[-1]
        if start + length >= len(opened.source):
            raise ReaderError(f"The pixels of frame {frame} stop early: the file was cut short.", ASK_AGAIN)
    source = memoryview(opened.source)
    if len(parts) == 1:
        start, length = parts[0]
        return source[start : start + length]
    return b"".join(source[start : start + length] for start, length in parts)


def _groups(opened: Encoded) -> list[tuple[int, int]]:
    """For every frame, its first fragment and the one after its last."""
    count, frames = len(opened.fragments), opened.frames
    if frames == 1 and count:
        return [(0, count)]
    by_table = _starts_by_table(opened)
    starts = by_table or (list(range(count)) if count <= frames else _starts_by_content(opened))
    return list(pairwise([*starts, count]))


def _starts_by_table(opened: Encoded) -> list[int]:
    if len(opened.offsets) != opened.frames or not opened.fragments:
        return []
    origin = opened.fragments[0][0] - 8
    where = {start - 8 - origin: number for number, (start, _) in enumerate(opened.fragments)}
    starts = [where.get(offset, -1) for offset in opened.offsets]
    # A table that points between fragments, or backwards, is wrong: the fragments themselves decide.
    return starts if starts[0] == 0 and all(a < b for a, b in pairwise(starts)) else []


def _starts_by_content(opened: Encoded) -> list[int]:
    """Fragments that begin an image: a JPEG SOI, a JPEG 2000 SOC or box, after a fragment that ended one."""
    begins = [
        number
        for number, (start, _) in enumerate(opened.fragments)
        if bytes(opened.source[start : start + 4]) in (b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c")
        or bytes(opened.source[start : start + 3]) == b"\xff\xd8\xff"
    ]
    if len(begins) >= opened.frames and begins[0] == 0:
        return begins[: opened.frames]
    raise ReaderError(
        f"The pixels lie in {len(opened.fragments)} pieces and nothing says which belong to which of "
        f"{opened.frames} frames.",
        "Ask the archive to send the object uncompressed.",
    )


def class_name(sop_class: str) -> str:
    """The name of a storage class without the word Storage, or its UID where DICOM does not know it."""
    name = str(UID(sop_class).name) if sop_class else ""
    return name.partition(" - For ")[0].removesuffix(" Storage") or "object"


def has_pixels(dataset: Attributes) -> bool:
    """Whether a header describes an image."""
    return bool(numbers(dataset, "Rows")) and bool(numbers(dataset, "Columns"))


__all__ = [
    "ASK_AGAIN", "PIXEL_TAGS", "Encoded", "class_name", "frame_fragments", "has_pixels", "header", "open_lightly",
    "open_object",
]  # fmt: skip
