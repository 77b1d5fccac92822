"""Whether an archive gave back what was sent: element by element, pixels and text included, file meta left aside."""

import io
from typing import Any

_IGNORED = frozenset({0xFFFCFFFC})
_TRANSFER_SYNTAX = 0x00020010


def difference(sent: bytes, returned: bytes) -> str:
    """ "" where two Part 10 objects hold the same data set, else what differs, named by keyword and never by value.

    File meta (group 2), group lengths and trailing padding may differ (PS3.10 7.1); nothing else may.
    """
    if sent == returned or (_syntax_and_data(sent) == _syntax_and_data(returned) and _syntax_and_data(sent)[0]):
        return ""
    from pydicom import dcmread

    try:
        one, other = dcmread(io.BytesIO(sent), force=True), dcmread(io.BytesIO(returned), force=True)
        return _of_datasets(one, other, "")
    except Exception as error:  # noqa: BLE001  (what cannot be read is not equal, and that is said)
        return f"it cannot be read back ({type(error).__name__})"


def _syntax_and_data(part10: bytes) -> tuple[bytes, bytes]:
    """The transfer syntax and everything after the file meta, or empty where the meta does not give its length."""
    if part10[128:132] != b"DICM" or part10[132:140] != b"\x02\x00\x00\x00UL\x04\x00":
        return b"", b""
    start = 144 + int.from_bytes(part10[140:144], "little")
    at = part10.find(b"\x02\x00\x10\x00UI", 132, start)
    if at < 0:
        return b"", b""
    length = int.from_bytes(part10[at + 6 : at + 8], "little")
    return part10[at + 8 : at + 8 + length].rstrip(b"\0 "), part10[start:]


def _of_datasets(one: Any, other: Any, where: str) -> str:
    mine, theirs = _tags(one), _tags(other)
    for tag in sorted(mine | theirs):
        name = where + _keyword(tag)
        if tag not in theirs:
            return f"{name} is missing"
        if tag not in mine:
            return f"{name} was added"
        found = _of_elements(one[tag], other[tag], name)
        if found:
            return found
    return ""


def _of_elements(one: Any, other: Any, name: str) -> str:
    if one.VR == "SQ" or other.VR == "SQ":
        if one.VR != other.VR or len(one.value) != len(other.value):
            return f"{name} has other items"
        pairs = enumerate(zip(one.value, other.value, strict=True), start=1)
        return next((d for n, (a, b) in pairs if (d := _of_datasets(a, b, f"{name}[{n}]."))), "")
    return "" if _same(one.value, other.value) else f"{name} has another value"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bytes) and isinstance(other, bytes):
        # A value of odd length is padded to even (PS3.5 7.1.1).
        return one == other or one.rstrip(b"\0") == other.rstrip(b"\0")
    if isinstance(one, str) and isinstance(other, str):
        return one.rstrip(" \0") == other.rstrip(" \0")
    if not one and not other and one != 0 and other != 0:
        return True
    return bool(one == other)


def _tags(dataset: Any) -> set[int]:
    return {int(tag) for tag in dataset.keys() if tag.element != 0 and int(tag) not in _IGNORED}  # noqa: SIM118


def _keyword(tag: int) -> str:
    from pydicom.datadict import keyword_for_tag

    return keyword_for_tag(tag) or f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
