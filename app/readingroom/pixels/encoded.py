"""A stored object as it lies in its file: which encoding, where the pixels are, and which bytes are one frame."""

import zlib
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from pydicom.config import IGNORE
from pydicom.config import settings as pydicom_settings
from pydicom.dataset import Dataset
from pydicom.uid import UID

from readingroom.base.errors import ReaderError
from readingroom.pixels.attributes import numbers, raw, text, whole
from readingroom.pixels.elements import (
    ITEM,
    PIXEL_TAGS,
    SEQUENCE_END,
    Element,
    Reading,
    element_at,
    looks_explicit,
    read_elements,
)

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
    """A stored object: header (without pixels), transfer syntax, and where in source its pixels lie.

    source: the bytes, inflated where they were deflated. fragments: (start, length) of every fragment of encapsulated
    pixels, without the offset table. warnings: what was passed over or contradicts itself, in words.
    """

    header: Dataset
    transfer_syntax: str
    source: bytes | memoryview
    pixels: Element | None
    offsets: tuple[int, ...] = ()
    fragments: tuple[tuple[int, int], ...] = ()
    cut_short: bool = False
    only_frame: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def encapsulated(self) -> bool:
        """Whether the pixels lie in fragments (PS3.5 A.4)."""
        return self.pixels is not None and self.pixels.length is None

    @property
    def frames(self) -> int:
        """How many frames the header says, at least 1."""
        return max(1, whole(self.header, "NumberOfFrames", 1))


def header(part10: bytes | memoryview) -> Dataset:
    """The header of an object without its pixels; ReaderError where the bytes are no DICOM object."""
    return open_object(part10).header


def open_object(part10: bytes | memoryview, only_frame: int | None = None, keep_all: bool = False) -> Encoded:
    """Read an object's header and find its pixels; with only_frame, of the per-frame groups just that frame's item.

    keep_all: the header holds also what no image needs, such as values cut short, as the bytes that are there.
    """
    if not len(part10):
        raise ReaderError("The file is empty.", ASK_AGAIN)
    meta, start = _meta(part10)
    declared = text(meta, "TransferSyntaxUID")
    source, start = _inflated(part10, start) if declared == DEFLATED else (part10, start)
    implicit, little = _encoding(source, start, declared)
    reading = Reading(source, only_frame, keep_all)
    dataset, _, pixels = read_elements(reading, start, len(source), implicit, little)
    prefixed = bytes(part10[128:132]) == b"DICM"
    if not prefixed and not len(meta) and not any(keyword in dataset for keyword in _SIGNS_OF_DICOM):
        raise ReaderError("This is not a DICOM object.", "Choose a DICOM file.")
    dataset.file_meta = meta
    syntax = declared or (EXPLICIT_BIG if not little else IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE)
    if not declared:
        reading.note("The file does not say how it is encoded; that was found from its bytes.")
    opened = Encoded(dataset, syntax, source, pixels, only_frame=only_frame, warnings=tuple(reading.passed_over))
    return _with_fragments(opened) if opened.encapsulated else opened


def _meta(part10: bytes | memoryview) -> tuple[Dataset, int]:
    """The file meta information (PS3.10 7.1), always explicit little endian, and the byte after it."""
    at = 132 if bytes(part10[128:132]) == b"DICM" else 0
    group = int.from_bytes(part10[at : at + 2], "little")
    if at == 0 and group not in _KNOWN_AT_START and int.from_bytes(part10[at : at + 2], "big") not in _KNOWN_AT_START:
        raise ReaderError("This is not a DICOM object.", "Choose a DICOM file.")
    reading, end = Reading(part10), at
    while (element := element_at(reading, end, len(part10), False, True)) is not None and element.tag >> 16 == 2:
        if element.length is None or element.start + element.length > len(part10):
            break
        end = element.start + element.length
    return read_elements(reading, at, end, False, True)[0], end


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


def _with_fragments(opened: Encoded) -> Encoded:
    assert opened.pixels is not None
    reading, end = Reading(opened.source), len(opened.source)
    at, found, cut = opened.pixels.start, [], True
    while (element := element_at(reading, at, end, True, opened.pixels.little)) is not None:
        if element.tag != ITEM or element.length is None:
            cut = element.tag != SEQUENCE_END
            break
        found.append((element.start, min(element.length, end - element.start)))
        at = element.start + element.length
    if not found:
        return replace(opened, cut_short=cut)
    table, length = found[0]
    offsets = np.frombuffer(opened.source, "<u4", length // 4, table) if length >= 4 else np.empty(0, "<u4")
    extended = raw(opened.header, 0x7FE00001)
    if extended and len(extended) % 8 == 0:
        offsets = np.frombuffer(extended, "<u8")
    return replace(
        opened, offsets=tuple(int(o) for o in offsets), fragments=tuple(found[1:]), cut_short=cut or at > end
    )


def frame_fragments(opened: Encoded, frame: int) -> bytes:
    """The encoded bytes of one frame (from 1): its fragments joined, by offset table or by where images begin."""
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
    return b"".join(bytes(opened.source[start : start + length]) for start, length in parts)


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


def has_pixels(dataset: Dataset) -> bool:
    """Whether a header describes an image."""
    return bool(numbers(dataset, "Rows")) and bool(numbers(dataset, "Columns"))


__all__ = [
    "ASK_AGAIN", "PIXEL_TAGS", "Encoded", "class_name", "frame_fragments", "has_pixels", "header", "open_object",
]  # fmt: skip
