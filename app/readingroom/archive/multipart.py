"""A multipart/related answer (RFC 2387, PS3.18 8.6) read part by part off the wire, with bounded memory.

A part that says its length is read in one piece, so no byte of it is searched; one that does not ends at the boundary.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

_HEAD = 8 * 1024
_PIECE = 1024 * 1024
_MOST_HEADER = 64 * 1024
MOST_PART = 4 * 1024**3


class Source(Protocol):
    """Bytes as they arrive: an HTTP answer or an open file."""

    def read1(self, amt: int, /) -> bytes:
        """At most amt bytes, whatever has arrived; b"" at the end."""
        ...


class Truncated(Exception):
    """The answer ended before its closing boundary; parts: how many came whole."""

    def __init__(self, parts: int) -> None:
        super().__init__(f"cut after {parts} parts")
        self.parts = parts


class Malformed(Exception):
    """The answer is not multipart as RFC 2046 writes it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers with lower-case names, and its body."""

    headers: Mapping[str, str]
    body: bytes


def parameters(content_type: str) -> tuple[str, dict[str, str]]:
    """The media type and its parameters, both lower case in name; a ";" inside quotes separates nothing."""
    kind, _, rest = content_type.partition(";")
    pairs = re.findall(r'([\w!#$&^.+-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;,\s]*))', rest)
    found = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain for name, quoted, plain in pairs}
    return kind.strip().lower(), found


def parts(source: Source, boundary: str, checkpoint: Callable[[], None] = lambda: None) -> Iterator[Part]:
    """Every part in order; Truncated where the closing boundary never came, Malformed where the frame is not multipart.

    checkpoint is called before each piece of at most 1 MiB; what it raises ends the reading.
    """
    reader = _Reader(source, b"--" + boundary.encode("latin-1"), checkpoint)
    if not reader.opened():
        return
    while True:
        headers = reader.headers()
        length = headers.get("content-length", "").strip()
        body = reader.exactly(int(length)) if length.isdecimal() else reader.up_to_boundary()
        last = reader.after_body()
        reader.whole += 1
        yield Part(headers, body)
        if last:
            return


class _Reader:
    def __init__(self, source: Source, delimiter: bytes, checkpoint: Callable[[], None]) -> None:
        self._source = source
        self._delimiter = delimiter
        self._checkpoint = checkpoint
        self._held = b""
        self.whole = 0

    def opened(self) -> bool:
        """Past the first boundary and any preamble; False where the answer holds no part at all."""
        while (at := self._held.find(self._delimiter)) < 0:
            if len(self._held) > _MOST_HEADER:
                raise Malformed("no boundary at the start")
            self._more()
        self._held = self._held[at + len(self._delimiter) :]
        return not self._closing()

    def headers(self) -> dict[str, str]:
        """The headers of the next part."""
        while (at := self._held.find(b"\r\n\r\n")) < 0 and not self._held.startswith(b"\r\n"):
            if len(self._held) > _MOST_HEADER:
                raise Malformed("a part's headers have no end")
            self._more()
        if self._held.startswith(b"\r\n"):
            self._held = self._held[2:]
            return {}
        lines = self._held[:at].decode("latin-1").split("\r\n")
        self._held = self._held[at + 4 :]
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    def exactly(self, length: int) -> bytes:
        """A body of known length."""
        if length > MOST_PART:
            raise Malformed(f"a part of {length} bytes")
        pieces, have = [self._held[:length]], min(length, len(self._held))
        self._held = self._held[length:]
        while have < length:
            self._checkpoint()
            # What has arrived, not what is still to come: on a slow line leaving must not wait for a whole piece.
            piece = self._source.read1(min(_PIECE, length - have))
            if not piece:
                raise Truncated(self.whole)
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def up_to_boundary(self) -> bytes:
        """A body of unknown length: everything before the next boundary."""
        mark = b"\r\n" + self._delimiter
        body = bytearray(self._held)
        searched = 0
        while (at := body.find(mark, searched)) < 0:
            searched = max(0, len(body) - len(mark))
            if len(body) > MOST_PART:
                raise Malformed("a part without end")
            self._checkpoint()
            piece = self._source.read1(64 * 1024)
            if not piece:
                raise Truncated(self.whole)
            body += piece
        self._held = bytes(body[at:])
        del body[at:]
        return bytes(body)

    def after_body(self) -> bool:
        """Past the boundary after a body; whether it was the closing one."""
        mark = b"\r\n" + self._delimiter
        while len(self._held) < len(mark):
            self._more()
        if not self._held.startswith(mark):
            raise Malformed("a part is not followed by the boundary")
        self._held = self._held[len(mark) :]
        return self._closing()

    def _closing(self) -> bool:
        """Past the rest of a boundary line; whether two hyphens close the answer."""
        while len(self._held) < 2:
            self._more()
        if self._held.startswith(b"--"):
            return True
        while (at := self._held.find(b"\r\n")) < 0:
            if len(self._held) > _MOST_HEADER:
                raise Malformed("a boundary line without end")
            self._more()
        # The line's own end stays where a part without headers needs it to be found as an empty header block.
        self._held = self._held[at + 2 :]
        return False

    def _more(self) -> None:
        self._checkpoint()
        piece = self._source.read1(_HEAD)
        if not piece:
            raise Truncated(self.whole)
        self._held += piece
