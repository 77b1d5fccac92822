"""A decoder that holds the interpreter works in a process of its own, and what it answers is the same."""

import imagecodecs
import numpy as np
import pytest

from readingroom.pixels import codecs
from readingroom.pixels.apart import decoded_apart, decoded_here
from readingroom.pixels.streams import stream_of

RAMP = (np.arange(96 * 64, dtype=np.uint16) % 4096).reshape(96, 64)


def test_samples_from_another_process_are_those_of_this_one() -> None:
    jpeg2000 = bytes(imagecodecs.jpeg2k_encode(RAMP, level=0, codecformat="j2k", reversible=True))
    assert np.array_equal(decoded_apart("openjpeg", jpeg2000, 0), RAMP)
    baseline = bytes(imagecodecs.jpeg8_encode(np.dstack([RAMP.astype(np.uint8)] * 3), level=90))
    assert np.array_equal(decoded_apart("libjpeg", memoryview(baseline), 1), decoded_here("libjpeg", baseline, 1))


def test_what_cannot_be_decoded_there_is_an_error_here() -> None:
    with pytest.raises(RuntimeError):
        decoded_apart("openjpeg", b"\xff\x4f\xff\x51 nothing", 0)


def test_only_a_small_image_is_decoded_here_by_what_stops_every_other_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = bytes(imagecodecs.jpeg2k_encode(RAMP, level=0, codecformat="j2k", reversible=True))
    monkeypatch.setattr(imagecodecs, "jpeg2k_decode", _refusing)
    for most, elsewhere in ((RAMP.size, "decoded_apart"), (RAMP.size - 1, "decoded_here")):
        with monkeypatch.context() as patched:
            patched.setattr(codecs, "MOST_PIXELS_HERE", most)
            patched.setattr(codecs, elsewhere, _refusing)
            samples, _, warnings = codecs.decode_stream(stream, stream_of(stream, ""), "")
        assert np.array_equal(samples, RAMP)
        assert warnings == ("The compressed image was decoded by pylibjpeg-openjpeg after others refused it.",)


def _refusing(*_: object, **__: object) -> None:
    raise RuntimeError("refused")
