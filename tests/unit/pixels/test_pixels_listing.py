"""A header read as places in its bytes says what the header read whole says."""

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from tests.unit.pixels.pixel_phantoms import compressed, header_for, native, stored

from readingroom.pixels.attributes import has, item, items, number, numbers, text, texts
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import Encoded, open_lightly, open_object

PIXELS = np.arange(12, dtype=np.uint16).reshape(3, 4)
RLE = "1.2.840.10008.1.2.5"


def nested(depth: int) -> Dataset:
    inner = Dataset()
    inner.CodeValue = str(depth)
    if depth:
        inner.ConceptCodeSequence = Sequence([nested(depth - 1)])
    return inner


def rich(syntax: str, undefined: bool) -> bytes:
    dataset = header_for(PIXELS, WindowCenter=[40.0, 300.0], WindowWidth=[400.0, 1500.0], ImageComments="")
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.WindowCenterWidthExplanation = ["Lunge", "Knochen, außen"]
    dataset.DerivationCodeSequence = Sequence([nested(2), nested(0)])
    dataset["DerivationCodeSequence"].is_undefined_length = undefined
    for one in dataset.DerivationCodeSequence:
        one.is_undefined_length_sequence_item = undefined
    dataset.PixelData = PIXELS.tobytes()
    dataset["PixelData"].VR = "OW"
    return stored(dataset, syntax)


def said(opened: Encoded) -> list[Any]:
    found: Any = opened.attributes
    code = item(found, "DerivationCodeSequence")
    assert code is not None
    return [
        numbers(found, "WindowCenter"), number(found, "Rows"), text(found, "Modality"), number(found, "FrameTime"),
        texts(found, "WindowCenterWidthExplanation"), texts(found, "ImageComments"), has(found, "ImageComments"),
        [text(one, "CodeValue") for one in items(found, "DerivationCodeSequence")],
        [text(one, "CodeValue") for one in items(code, "ConceptCodeSequence")], text(found, "DerivationCodeSequence"),
        numbers(found, "DerivationCodeSequence"), opened.transfer_syntax, opened.pixels, opened.warnings,
    ]  # fmt: skip


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_places_and_data_set_say_the_same(syntax: str, undefined: bool) -> None:
    part10 = rich(syntax, undefined)
    lightly = said(open_lightly(part10))
    assert lightly[4] == ("Lunge", "Knochen, außen") and lightly[7] == ["2", "0"] and lightly[8] == ["1"]
    assert lightly[-4:] == said(open_object(part10))[-4:]
    assert lightly[:-5] == said(open_object(part10))[:-5]
    assert said(open_lightly(memoryview(part10))) == lightly


def test_a_whole_header_is_that_of_the_places() -> None:
    part10 = rich(ExplicitVRLittleEndian, True)
    whole, lightly = open_object(part10), open_lightly(part10)
    assert whole.header == lightly.header
    assert whole.header.DerivationCodeSequence[0].ConceptCodeSequence[0].ConceptCodeSequence[0].CodeValue == "0"


def test_of_an_attribute_that_comes_twice_the_last_counts() -> None:
    once = native(PIXELS)
    at = once.index(b"\x08\x00\x60\x00CS\x02\x00CT")
    twice = once[: at + 10] + b"\x08\x00\x60\x00CS\x02\x00MR" + once[at + 10 :]
    assert decode(twice).facts.modality == "MR" == open_object(twice).header.Modality


def rle(*planes: bytes) -> bytes:
    """A frame of literal runs, one segment for each plane (PS3.5 G.3)."""
    segments = [
        b"".join(bytes([len(p[n : n + 128]) - 1]) + p[n : n + 128] for n in range(0, len(p), 128)) for p in planes
    ]
    starts = [64 + sum(map(len, segments[:n])) for n in range(len(segments))]
    head = [len(segments), *starts, *([0] * (15 - len(segments)))]
    return b"".join(value.to_bytes(4, "little") for value in head) + b"".join(segments)


def test_padded_segments_of_a_run_length_image_do_not_shift_its_colours() -> None:
    colour = np.arange(45, dtype=np.uint8).reshape(3, 5, 3)
    planes = [colour[..., n].tobytes() for n in range(3)]
    plain = compressed(colour, [rle(*planes)], RLE)
    padded = compressed(colour, [rle(*(plane + b"\0" for plane in planes))], RLE)
    assert np.array_equal(decode(plain).stored, colour)
    assert np.array_equal(decode(padded).stored, colour)
