"""Who and what a Part 10 object says it is, read off the front of its bytes without touching its pixels."""

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from readingroom.base.errors import ReaderError
from readingroom.record.from_dicom import patient_of
from readingroom.record.patient import Patient
from readingroom.record.tags import DatasetTags, Tags, text

_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_IMPLICIT = "1.2.840.10008.1.2"
_UNUSUAL = frozenset({"1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.113619.5.2"})
_LAST_TAG = 0x00200011
_UNDEFINED = 0xFFFFFFFF
_BINARY = frozenset({b"SQ", b"US", b"UL", b"SS", b"SL", b"FL", b"FD", b"OB", b"OW", b"UN", b"AT"})
_EXPLICIT_HEAD = struct.Struct("<HH2sH")
_IMPLICIT_HEAD = struct.Struct("<HHI")


@dataclass(frozen=True, slots=True)
class Identity:
    """The names an object carries: its UIDs, its patient, and the transfer syntax of its bytes."""

    study_uid: str
    series_uid: str
    sop_uid: str
    patient: Patient
    transfer_syntax: str


class _Front:
    """Attributes as they stand in the bytes, text only."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Mapping[int, bytes]) -> None:
        self._raw = raw

    def values(self, tag: int) -> tuple[Any, ...]:
        raw = self._raw.get(tag)
        if not raw:
            return ()
        words = raw.decode("ascii") if raw.isascii() and tag != 0x00100010 else self._decoded(raw)
        return tuple(word for word in (w.strip(" \0") for w in words.split("\\")) if word)

    def items(self, tag: int) -> tuple[Tags, ...]:
        return ()

    def _decoded(self, raw: bytes) -> str:
        from pydicom.charset import convert_encodings, decode_bytes

        named = self._raw.get(0x00080005, b"").decode("ascii", "replace").split("\\")
        try:
            encodings = convert_encodings([word.strip(" \0") for word in named])
            return str(decode_bytes(raw, encodings, {0x5C, 0x5E, 0x3D}))
        except (LookupError, ValueError):
            return raw.decode("latin-1")


def front_of(head: bytes | memoryview) -> Tags | None:
    """Attributes up to Series Number off the first bytes of a Part 10 object, or None where those do not suffice.

    None also for big endian, deflated and nested headers of undefined length: pydicom reads those.
    """
    try:
        raw = _walk(memoryview(head))
    except (struct.error, ValueError, IndexError):
        return None
    return _Front(raw) if raw is not None else None


def identity_of(part10: bytes, issuer: str = "") -> Identity:
    """The names in an object's own header; ReaderError where it has none that can be read."""
    tags = front_of(part10)
    if tags is None or not text(tags, 0x0020000D):
        tags = tags_of(io.BytesIO(part10))
    found = Identity(
        text(tags, 0x0020000D),
        text(tags, 0x0020000E),
        text(tags, 0x00080018),
        patient_of(tags, issuer),
        text(tags, 0x00020010),
    )
    if not (found.study_uid and found.series_uid and found.sop_uid):
        raise ReaderError("An object does not say which study it belongs to.", "Ask the archive to check it.")
    return found


def tags_of(source: BinaryIO) -> Tags:
    """A header's attributes by pydicom, pixels left out; ReaderError where it reads none."""
    from pydicom import dcmread

    try:
        return DatasetTags(dcmread(source, stop_before_pixels=True, force=True))
    except Exception as error:
        raise ReaderError(
            "An object is not readable as DICOM.", f"Ask the archive to send it again ({type(error).__name__})."
        ) from error


def _walk(view: memoryview) -> dict[int, bytes] | None:
    if bytes(view[128:132]) != b"DICM":
        return None
    raw: dict[int, bytes] = {}
    at = _elements(view, 132, raw, implicit=False, last=0x0002FFFF)
    syntax = raw.get(0x00020010, b"").decode("ascii", "replace").strip(" \0")
    if at is None or not syntax or syntax in _UNUSUAL:
        return None
    at = _elements(view, at, raw, implicit=syntax == _IMPLICIT, last=_LAST_TAG)
    # An object that keeps its names as unknown VR is for pydicom, which knows the dictionary.
    return raw if at is not None and 0x0020000D in raw and 0x00080018 in raw else None


def _elements(view: memoryview, at: int, raw: dict[int, bytes], implicit: bool, last: int) -> int | None:
    """Collect elements up to tag `last`; where the next one begins, or None where the bytes end or nest too deep."""
    end = len(view)
    before = 0
    while at + 12 <= end:
        if implicit:
            group, element, length = _IMPLICIT_HEAD.unpack_from(view, at)
            vr, start = b"", at + 8
        else:
            group, element, vr, length = _EXPLICIT_HEAD.unpack_from(view, at)
            start = at + 8
        tag = group << 16 | element
        if tag > last:
            return at
        if tag < before:
            return None
        before = tag
        if vr in _LONG_VRS:
            (length,) = struct.unpack_from("<I", view, at + 8)
            start = at + 12
        elif not implicit and not (vr.isalpha() and vr.isupper()):
            return None
        stop = _past_items(view, start) if length == _UNDEFINED else start + length
        if stop is None or stop > end:
            return None
        if vr not in _BINARY and length < 4096:
            raw[tag] = bytes(view[start:stop])
        at = stop
    return None


def _past_items(view: memoryview, at: int) -> int | None:
    """Past a sequence of undefined length whose items say theirs (PS3.5 7.5); None where an item does not."""
    while True:
        group, element, length = _IMPLICIT_HEAD.unpack_from(view, at)
        at += 8
        if (group, element) == (0xFFFE, 0xE0DD):
            return at
        if (group, element) != (0xFFFE, 0xE000) or length == _UNDEFINED:
            return None
        at += length
