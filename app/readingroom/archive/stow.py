"""STOW-RS (PS3.18 10.5): what is sent, and what the answer admits. The answer's status alone proves nothing."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readingroom.record.tags import JsonTags, text, whole

BATCH = 15
"""Objects per request: bounded memory at full speed."""
_BATCH_BYTES = 64 * 1024 * 1024

_REASONS = {
    0x0110: "it had a processing failure",
    0x0111: "it holds another object under this identifier",
    0x0112: "it does not know this object",
    0x0117: "the object's identifier is not valid",
    0x0122: "it does not take this kind of object",
    0x0124: "it does not allow it",
    0xA700: "it has no room left",
    0xA900: "the object does not fit its kind",
    0xC000: "it cannot understand the object",
    0xC122: "it does not take this transfer syntax",
}


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a STOW answer says: SOP Instance UIDs it lists as stored, and the reason for each it refused."""

    listed: frozenset[str]
    refused: Mapping[str, str]


def body_of(part10s: Sequence[bytes]) -> tuple[bytes, str]:
    """The multipart body of objects and its content type (PS3.18 10.5.1)."""
    boundary = f"readingroom-{secrets.token_hex(16)}"
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n".encode()
    pieces = []
    for part10 in part10s:
        pieces += [head, f"Content-Length: {len(part10)}\r\n\r\n".encode(), part10, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f'multipart/related; type="application/dicom"; boundary={boundary}'


def batches(part10s: Sequence[bytes]) -> list[list[bytes]]:
    """Objects in order, at most 15 and 64 MiB to a batch; a larger object goes alone."""
    found: list[list[bytes]] = []
    size = 0
    for part10 in part10s:
        if not found or len(found[-1]) >= BATCH or size + len(part10) > _BATCH_BYTES:
            found.append([])
            size = 0
        found[-1].append(part10)
        size += len(part10)
    return found


def admitted(body: Any) -> Admitted:
    """What the parsed body of a STOW answer admits, whatever its status was (PS3.18 I)."""
    objects = body if isinstance(body, list) else [body]
    listed: set[str] = set()
    refused: dict[str, str] = {}
    for one in objects:
        tags = JsonTags(one if isinstance(one, dict) else {})
        listed |= {text(item, 0x00081155) for item in tags.items(0x00081199)}
        for item in tags.items(0x00081198):
            refused[text(item, 0x00081155)] = reason(whole(item, 0x00081197))
    return Admitted(frozenset(listed - {""}), refused)


def reason(number: int | None) -> str:
    """A failure reason (PS3.3 C.14.1.1) or status of C-STORE (PS3.4 B.2.3) in words that follow "it"."""
    if number is None:
        return "it gives no reason"
    known = _REASONS.get(number) or _REASONS.get(number & 0xFF00) or _REASONS.get(number & 0xF000)
    return known or f"failure reason {number:04X}"
