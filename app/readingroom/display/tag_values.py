"""The value of one data element in words: charset decoded, shortened with its true length said, never refused.

What contradicts its value representation is shown as the bytes that are there, with what is wrong about them.
"""

import re
import struct
from dataclasses import dataclass

from pydicom.charset import decode_bytes, default_encoding
from pydicom.uid import UID_dictionary

MOST_CHARACTERS = 400
MOST_NUMBERS = 64
MOST_PREVIEWED_BYTES = 32
MOST_DECODED_BYTES = 1 << 16
_NUMBERS = {
    "US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q", "AT": "HH",
    "US or SS": "H", "US or OW": "H", "US or SS or OW": "H",
}  # fmt: skip
_SEVERAL = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI"})
_ONE = frozenset({"LT", "ST", "UR", "UT"})
_PLAIN = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})
"""Representations to which Specific Character Set does not apply (PS3.5 6.1.2.2)."""
_SHAPES = {
    "AS": r"\d{1,3}[DWMY]",
    "DA": r"\d{4}\.?(0[1-9]|1[0-2])\.?(0[1-9]|[12]\d|3[01])",
    "DS": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
    "DT": r"\d{4,14}(\.\d{1,6})?([+-]\d{4})?",
    "IS": r"[+-]?\d+",
    "TM": r"\d{2}(:?\d{2}(:?\d{2}(\.\d+)?)?)?",
    "UI": r"\d+(\.\d+)*",
}
_MATCHERS = {vr: re.compile(shape) for vr, shape in _SHAPES.items()}
_WHAT = {
    "AS": "age", "DA": "date", "DS": "number", "DT": "date and time", "IS": "whole number", "TM": "time", "UI": "identifier",
}  # fmt: skip
# Line feed, carriage return, tab, form feed and backslash end a code extension; in names ^ and = too (PS3.5 6.1.2.5.3).
_ENDS_EXTENSION = {0x0A, 0x0D, 0x09, 0x0C, 0x5C}
_ENDS_NAME_PART = _ENDS_EXTENSION | {0x5E, 0x3D}
_CONTROLS = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "␡"}
_JOINERS = frozenset("\u200c\u200d")
"""What a name in Persian or Hindi needs, although it is not printed."""


@dataclass(frozen=True, slots=True)
class Words:
    """A value as text, how many values it holds (PS3.5 6.4), and what is wrong with it ("" where nothing is)."""

    text: str
    count: int = 0
    problem: str = ""


def words_of(
    value: bytes, length: int | None, vr: str, charset: list[str], little: bool = True, signed: bool = False
) -> Words:
    """What a value says. length: as the element states it, None for fragments; charset: Python encodings.

    signed: decides where VR is "US or SS" (PS3.5 A.1).
    """
    if length is None:
        return Words(f"{len(value):,} bytes in fragments", 1 if value else 0)
    if not length:
        return Words("")
    if len(value) < length:
        return Words(_bytes(value), 1, f"The file stops here: {len(value):,} of {length:,} bytes are there.")
    if vr in _SEVERAL or vr in _ONE:
        return _text(value, vr, charset)
    if vr in _NUMBERS:
        return _numbers(value, "SS" if vr.startswith("US or SS") and signed else vr, little)
    if vr == "UN" and len(value) <= MOST_DECODED_BYTES and (plain := _printable(value)):
        return Words(_short(plain, len(value)), plain.count("\\") + 1)
    return Words(_bytes(value), 1)


def one_line(text: str) -> str:
    """Text without anything that moves a cursor or turns writing round; line ends are ↵."""
    line = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", " ↵ ").translate(_CONTROLS).strip()
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() or c in _JOINERS else " " if c.isspace() else "�" for c in line)


def _short(text: str, size: int) -> str:
    line = one_line(text)
    return line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS]}… ({size:,} bytes in all)"


def _bytes(value: bytes) -> str:
    said = f"{len(value):,} byte{'' if len(value) == 1 else 's'}"
    return f"{said}: {value.hex(' ').upper()}" if 0 < len(value) <= MOST_PREVIEWED_BYTES else said


def _raw(value: bytes) -> str:
    """The first bytes, whatever they mean."""
    shown = value[:MOST_PREVIEWED_BYTES].hex(" ").upper()
    return f"{shown} … ({len(value):,} bytes in all)" if len(value) > MOST_PREVIEWED_BYTES else shown


def _printable(value: bytes) -> str:
    text = value.rstrip(b" \0")
    return text.decode("ascii") if text and all(0x20 <= byte < 0x7F for byte in text) else ""


def _text(value: bytes, vr: str, charset: list[str]) -> Words:
    cut = len(value) > MOST_DECODED_BYTES
    text, problem = _decoded(value[:MOST_DECODED_BYTES], vr, charset, cut)
    if vr in _ONE:
        return Words(_short(text.rstrip(" \0"), len(value)), 1, problem)
    parts = [part.strip(" \0") for part in text.split("\\")]
    if parts == [""]:
        return Words("", 0, problem)
    count = value.count(b"\\") + 1 if cut else len(parts)
    matcher = _MATCHERS.get(vr)
    if matcher is not None and not cut:
        wrong = next((part for part in parts if part and not matcher.fullmatch(part)), None)
        if wrong is not None:
            return Words(_short("\\".join(parts), len(value)), count, _no(vr, wrong, value))
    if vr == "UI":
        parts = [f"{part} ({UID_dictionary[part][0]})" if part in UID_dictionary else part for part in parts]
    return Words(_short("\\".join(parts), len(value)), count, problem)


def _no(vr: str, part: str, value: bytes) -> str:
    said = f"“{one_line(part)[:24]}” is no {_WHAT[vr]} ({vr})"
    return f"{said}; bytes {_raw(value)}" if not part.isprintable() or not part.isascii() else said + "."


def _decoded(value: bytes, vr: str, charset: list[str], cut: bool) -> tuple[str, str]:
    encodings = [default_encoding] if vr in _PLAIN else charset or [default_encoding]
    first = encodings[0]
    try:
        if b"\x1b" in value and vr not in _PLAIN:
            ends = _ENDS_NAME_PART if vr == "PN" else _ENDS_EXTENSION
            text = decode_bytes(value, encodings, ends)
        else:
            text = value.decode(first, "replace" if cut else "strict")
    except (LookupError, ValueError):
        return value.decode("latin-1"), f"Its bytes do not fit the character set: {_raw(value)}"
    if "�" in text and not cut:
        return text, f"Its bytes do not fit the character set: {_raw(value)}"
    if first == default_encoding and not value.isascii() and b"\x1b" not in value:
        which = f"{vr} holds" if vr in _PLAIN else "no character set says"
        why = "only ASCII" if vr in _PLAIN else "what these bytes mean"
        return text, f"Not ASCII, and {which} {why}: {_raw(value)}"
    return text, ""


def _numbers(value: bytes, vr: str, little: bool) -> Words:
    code = _NUMBERS[vr]
    size = struct.calcsize(f"<{code}")
    count, left = divmod(len(value), size)
    if left or not count:
        return Words(_raw(value), 1, f"{len(value):,} bytes are no whole number of {vr} values of {size} bytes.")
    shown = min(count, MOST_NUMBERS)
    found = struct.unpack(f"{'<' if little else '>'}{code * shown}", value[: shown * size])
    if vr == "AT":
        parts = [f"({found[n]:04X},{found[n + 1]:04X})" for n in range(0, len(found), 2)]
    else:
        parts = [f"{one:.7g}" if vr == "FL" else repr(one) for one in found]
    text = "\\".join(parts)
    return Words(f"{text}… ({count:,} values in all)" if shown < count else text, count)
