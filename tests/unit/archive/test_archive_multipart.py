"""Parts come off the wire whole and in order, or the reader is told that they did not."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.archive.multipart import Malformed, Part, Truncated, parameters, parts
from readingroom.base.errors import Cancelled

BOUNDARY = "b"


class Dripping(io.RawIOBase):
    """A line that gives at most `step` bytes at a time."""

    def __init__(self, body: bytes, step: int) -> None:
        super().__init__()
        self._body = io.BytesIO(body)
        self._step = step

    def read1(self, amt: int) -> bytes:
        return self._body.read(min(amt, self._step))

    def read(self, amt: int = -1) -> bytes:
        return self._body.read(amt)


def _answer(bodies: list[bytes], lengths: bool, end: bytes = b"--b--\r\n") -> bytes:
    pieces = []
    for body in bodies:
        length = f"Content-Length: {len(body)}\r\n" if lengths else ""
        pieces.append(f"--b\r\nContent-Type: application/dicom\r\n{length}\r\n".encode() + body + b"\r\n")
    return b"".join(pieces) + end


def _read(body: bytes, step: int = 8192) -> list[Part]:
    return list(parts(Dripping(body, step), BOUNDARY))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.booleans(), st.integers(1, 40))
def test_what_was_packed_comes_out_whatever_the_bytes_and_however_they_drip(
    bodies: list[bytes], lengths: bool, step: int
) -> None:
    if not lengths and any(b"\r\n--b" in b"\r\n" + body for body in bodies):
        return
    assert [part.body for part in _read(_answer(bodies, lengths), step)] == bodies


@pytest.mark.parametrize("lengths", [True, False])
def test_an_answer_cut_anywhere_is_never_taken_for_whole(lengths: bool) -> None:
    body = _answer([b"first" * 9, b"second" * 9], lengths)
    for cut in range(len(body) - 4):
        with pytest.raises((Truncated, Malformed)):
            _read(body[:cut], 7)


def test_a_cut_says_how_many_parts_came_whole() -> None:
    body = _answer([b"x" * 50, b"y" * 50], lengths=True)
    with pytest.raises(Truncated) as caught:
        _read(body[: len(body) - 30])
    assert caught.value.parts == 1


def test_a_preamble_and_an_epilogue_are_not_parts() -> None:
    body = b"to whom it may concern\r\n" + _answer([b"one"], lengths=True) + b"and farewell"
    assert [part.body for part in _read(body, 5)] == [b"one"]


def test_an_answer_that_closes_at_once_has_no_parts() -> None:
    assert _read(b"--b--\r\n") == []


def test_a_body_longer_than_it_says_is_malformed() -> None:
    body = _answer([b"abcdef"], lengths=True).replace(b"Content-Length: 6", b"Content-Length: 3")
    with pytest.raises(Malformed):
        _read(body)


def test_a_length_beyond_reason_is_not_waited_for() -> None:
    body = _answer([b"a"], lengths=True).replace(b"Content-Length: 1", b"Content-Length: 99999999999999")
    with pytest.raises(Malformed):
        _read(body)


def test_a_part_without_headers_is_a_part() -> None:
    assert [part.body for part in _read(b"--b\r\n\r\nbare\r\n--b--\r\n", 3)] == [b"bare"]


def test_text_that_is_not_multipart_is_malformed() -> None:
    with pytest.raises(Malformed):
        _read(b"<html>" + b"x" * 100_000)


def test_leaving_ends_a_long_part_before_its_end() -> None:
    def leave() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(parts(Dripping(_answer([b"x" * 100_000], lengths=True), 10), BOUNDARY, leave))


@pytest.mark.parametrize(
    ("written", "kind", "found"),
    [
        ('multipart/related; type="application/dicom"; boundary=abc', "multipart/related", "abc"),
        (
            'Multipart/Related;boundary="a;b c";type="application/octet-stream; transfer-syntax=1.2.3"',
            "multipart/related",
            "a;b c",
        ),
        ("multipart/related;Boundary = x ; type=application/dicom", "multipart/related", "x"),
        ('multipart/related; boundary="a\\"b"', "multipart/related", 'a"b'),
    ],
)
def test_a_boundary_is_read_as_it_is_quoted(written: str, kind: str, found: str) -> None:
    assert parameters(written)[0] == kind
    assert parameters(written)[1]["boundary"] == found


def test_a_semicolon_inside_quotes_separates_nothing() -> None:
    found = parameters('multipart/related; type="application/octet-stream; transfer-syntax=1.2"; boundary=z')[1]
    assert found == {"type": "application/octet-stream; transfer-syntax=1.2", "boundary": "z"}
