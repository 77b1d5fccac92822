"""Files that the world has stored: our numbers against pydicom with pylibjpeg, and no file that ends in a traceback."""

import hashlib
import json
import random
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from readingroom.base.errors import ReaderError
from readingroom.pixels.decode import decode, decode_frame
from readingroom.pixels.encoded import Encoded, frame_fragments, open_object
from readingroom.pixels.facts import facts_of
from readingroom.pixels.reference import render
from readingroom.pixels.streams import stream_of
from readingroom.pixels.values import looked_up

pytestmark = pytest.mark.realdata
MOST_OF_A_FOLDER = 6
LOSSY_KINDS = ("4.50", "4.51", "4.53", "4.55", "4.203")
WAVE = 13
"""Levels by which two JPEG decoders may differ where they spread shared chroma differently."""


def sampled(folder: Path) -> list[Path]:
    by_folder: dict[Path, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            by_folder[path.parent].append(path)
    few = []
    for files in by_folder.values():
        step = max(1, len(files) // MOST_OF_A_FOLDER) if len(files) > 40 else 1
        few += files[::step]
    return few


def is_dct(opened: Encoded) -> bool:
    """Whether the first frame is cosine-coded, whatever its transfer syntax calls it."""
    if not opened.encapsulated:
        return False
    encoded = frame_fragments(opened, 1)
    return encoded[:2] == b"\xff\xd8" and stream_of(encoded, opened.transfer_syntax).kind == "jpeg"


def theirs_of(path: Path) -> np.ndarray | None:
    """The first frame as pydicom decodes it with pylibjpeg, or None where it does not."""
    from pydicom import dcmread
    from pydicom.pixels import get_decoder

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = dcmread(path, force=True)
            syntax = dataset.file_meta.TransferSyntaxUID
            plugin = "pylibjpeg" if syntax.is_encapsulated and not syntax.endswith("1.2.8.1") else ""
            return get_decoder(syntax).as_array(dataset, index=0, decoding_plugin=plugin)[0]
    except Exception as error:  # noqa: BLE001  (what pydicom cannot read is not compared; it raises anything)
        warnings.warn(f"{path.name} is not compared: {error}", stacklevel=1)
        return None


def test_stored_values_are_those_of_pydicom_with_pylibjpeg(real_files):
    compared, different = 0, []
    for path in sampled(real_files):
        try:
            opened = open_object(path.read_bytes())
            ours = decode_frame(opened, 1)
        except ReaderError:
            continue
        theirs = theirs_of(path)
        if theirs is None or ours.is_colour != (theirs.ndim == 3) or (theirs.dtype.itemsize > 1 and ours.is_colour):
            continue
        compared += 1
        gap = np.abs(ours.stored.astype(np.float64) - theirs.astype(np.float64)).max()
        allowed = 0 if not is_dct(opened) else WAVE if ours.is_colour else 1
        if gap > allowed:
            different.append((path.name, gap))
    assert not different
    assert compared > 150


def test_stored_values_are_those_on_record(real_files):
    lines = (real_files / "references.jsonl").read_text().splitlines()
    equal, different = 0, []
    for line in lines:
        record = json.loads(line)
        pixel = record["pydicom"].get("pixel")
        path = real_files / record["path"]
        if not isinstance(pixel, dict) or len(pixel["shape"]) > 2 or path.stat().st_size > 4_000_000:
            continue
        frame = decode(path.read_bytes())
        lossy = frame.facts.transfer_syntax.endswith(LOSSY_KINDS)
        if frame.is_colour or lossy:
            continue
        if hashlib.sha256(frame.stored.tobytes()).hexdigest() == pixel["sha256"]:
            equal += 1
        else:
            different.append(record["path"])
    assert not different
    assert equal > 700


def test_every_file_is_shown_or_says_why_not(real_files):
    shown = 0
    for path in sampled(real_files):
        try:
            frame = decode(path.read_bytes())
        except ReaderError as error:
            assert error.problem
            assert error.remedy
        else:
            assert render(frame, None).dtype == np.uint8
            shown += 1
    assert shown > 150


def test_a_damaged_file_is_shown_or_says_why_not(real_files):
    chance = random.Random(20261124)
    for path in chance.sample([p for p in sampled(real_files) if 0 < p.stat().st_size < 600_000], 120):
        damaged = bytearray(path.read_bytes())
        for _ in range(chance.randrange(1, 12)):
            damaged[chance.randrange(min(len(damaged), 3000))] = chance.randrange(256)
        del damaged[chance.randrange(len(damaged) // 2, len(damaged)) :]
        try:
            opened = open_object(bytes(damaged))
            facts_of(opened.header, 1)
            render(decode_frame(opened, 1), None)
        except ReaderError as error:
            assert error.remedy


def test_the_numbers_that_were_worked_out_beforehand(real_files):
    lut = decode((real_files / "lut" / "mlut_18.dcm").read_bytes())
    assert lut.facts.modality_lut is not None
    assert looked_up(np.array([1023]), lut.facts.modality_lut).tolist() == [49147]
    aloka = decode((real_files / "us" / "gdcm-US-ALOKA-16.dcm").read_bytes()).facts.regions
    assert any(region.delta_x == pytest.approx(0.0382653, abs=1e-7) for region in aloka)
    lossy = decode((real_files / "sc" / "examples_ybr_color.dcm").read_bytes()).facts
    assert lossy.quality == "LOSSY 19:1"
