"""Key images and views that a reader keeps: written as DICOM, judged by others, and read back as they were."""

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from tests.fakes.objects import ct_series

from readingroom.base.errors import ReaderError
from readingroom.display.camera import Camera
from readingroom.display.key_objects import key_selection
from readingroom.display.presentation_state import PresentationState, presentation_state
from readingroom.display.presenting import presented
from readingroom.display.view import ViewState
from readingroom.measure.evaluate import evaluate
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.pixels.frame import LookupTable, Shutter, Voi
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.reporting.key_selection import Marked, key_selection_object
from readingroom.reporting.presentation_object import Seen, presentation_object
from readingroom.settings.sections import ReaderSettings

READER = ReaderSettings("Okafor^Ada^^Dr", "1234567", "North Hospital")
AT = datetime(2026, 11, 24, 9, 30, 0)
DCIODVFY = shutil.which("dciodvfy", path=str(Path(sys.executable).parent))
DRAWN: dict[str, tuple[ImagePoint, ...]] = {
    "length": ((30.5, 40.5), (80.5, 60.5)),
    "bidirectional": ((30.0, 40.0), (80.0, 80.0), (50.0, 50.0), (50.0, 74.0)),
    "ellipse": ((44.0, 64.0), (84.0, 64.0), (64.0, 52.0), (64.0, 76.0)),
    "circle": ((64.0, 64.0), (74.0, 64.0)),
    "rectangle": ((40.0, 50.0), (70.0, 80.0)),
    "arrow": ((20.0, 20.0), (40.0, 30.0)),
    "probe": ((64.0, 64.0),),
}


@pytest.fixture(scope="module")
def ct() -> bytes:
    return Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()


def seen(raw: bytes, view: ViewState | None = None, **changes: object) -> Seen:
    facts = decode(raw).facts
    made = Seen(header(raw), facts, view or ViewState(), Voi(40.0, 400.0))
    return replace(made, **changes)  # type: ignore[arg-type]


def read_back(part10: bytes) -> PresentationState:
    return presentation_state(pydicom.dcmread(BytesIO(part10)))


def judged(part10: bytes, tmp_path: Path) -> None:
    if DCIODVFY is None:
        pytest.skip("dciodvfy is not installed")
    path = tmp_path / "object.dcm"
    path.write_bytes(part10)
    said = subprocess.run([DCIODVFY, str(path)], capture_output=True, text=True, check=False)
    assert "Error" not in said.stderr + said.stdout, said.stderr


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_kept_view_is_seen_again_as_it_was(ct: bytes, rotation: int, flipped: bool, tmp_path: Path) -> None:
    view = ViewState(rotation=rotation, flipped=flipped, inverted=True)
    part10 = presentation_object([seen(ct, view, area=(10.0, 20.0, 90.0, 120.0))], "As read", "", READER, AT)
    state, facts = read_back(part10), decode(ct).facts
    again = presented(ViewState(), state, facts)
    assert (again.rotation, again.flipped, state.inverse) == (rotation, flipped, True)
    assert again.area == (10.0, 20.0, 90.0, 120.0)
    assert again.voi is not None and (again.voi.centre, again.voi.width) == (40.0, 400.0)
    assert not state.unread
    judged(part10, tmp_path)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_first_corner_is_the_pixel_at_the_top_left_of_the_glass(ct: bytes, rotation: int, flipped: bool) -> None:
    view = ViewState(rotation=rotation, flipped=flipped)
    written = pydicom.dcmread(BytesIO(presentation_object([seen(ct, view)], "A", "", READER, AT)))
    area = written.DisplayedAreaSelectionSequence[0]
    camera = Camera.of(view, 128, 128, 1.0, 128, 128)
    for corner, glass in (
        (area.DisplayedAreaTopLeftHandCorner, (0.5, 0.5)),
        (area.DisplayedAreaBottomRightHandCorner, (127.5, 127.5)),
    ):
        column, row = camera.to_image(*glass)
        assert [int(part) for part in corner] == [int(column) + 1, int(row) + 1]


def test_what_was_measured_is_drawn_with_its_numbers(ct: bytes, tmp_path: Path) -> None:
    frame = decode(ct)
    made = []
    for tool, points in DRAWN.items():
        values, basis = evaluate(tool, points, frame)
        made.append(Measurement(tool, frame.facts.ref, points, values, basis, f"Läsion {tool} ≥"))
    part10 = presentation_object([seen(ct, measurements=tuple(made))], "Measured", "Ł 漢 é", READER, AT)
    state = read_back(part10)
    assert state.description == "Ł 漢 é" and not state.unread
    kinds = [shape.kind for shape in state.shapes]
    assert kinds == ["POLYLINE", "POLYLINE", "POLYLINE", "ELLIPSE", "CIRCLE", "POLYLINE", "POLYLINE", "POINT"]
    assert state.shapes[3].points == DRAWN["ellipse"]
    assert len(state.texts) == len(DRAWN) and state.texts[0].lines[0] == "Läsion length ≥"
    assert state.texts[0].lines[1].startswith("35.6 mm")
    assert [text.anchor_visible for text in state.texts] == [tool == "arrow" for tool in DRAWN]
    judged(part10, tmp_path)


def test_tables_and_shutters_come_along(ct: bytes, tmp_path: Path) -> None:
    table = LookupTable(-100, 12, np.arange(0, 4096, 16, dtype=np.uint16), "steep")
    one = seen(ct, voi=Voi(table=table))
    shutter = Shutter(("RECTANGULAR", "CIRCULAR"), 5, 100, 6, 110, (64, 60), 40, (), 0)
    one = replace(one, facts=replace(one.facts, shutter=shutter))
    part10 = presentation_object([one], "Shut", "", READER, AT)
    state = read_back(part10)
    found = state.vois[0].voi.table
    assert found is not None and (found.first_mapped, found.bits) == (-100, 16)
    assert np.allclose(found.entries / 65535, table.entries / 4095, atol=1 / 65535)
    assert state.shutter == shutter
    judged(part10, tmp_path)


def test_one_state_keeps_a_window_for_each_image(tmp_path: Path) -> None:
    slices = ct_series(3)
    part10 = presentation_object(
        [seen(raw, voi=Voi(10.0 * n, 100.0)) for n, raw in enumerate(slices)], "Three", "", READER, AT
    )
    state = read_back(part10)
    for n, raw in enumerate(slices):
        again = presented(ViewState(), state, decode(raw).facts)
        assert again.voi is not None and again.voi.centre == 10.0 * n
    judged(part10, tmp_path)


def test_a_colour_image_gets_a_colour_state(tmp_path: Path) -> None:
    raw = Path(str(get_testdata_file("SC_rgb_small_odd.dcm"))).read_bytes()
    source = header(raw)
    one = Seen(source, decode(raw).facts, ViewState(rotation=90), None)
    part10 = presentation_object([one], "Doppler", "", READER, AT)
    state = read_back(part10)
    assert state.kind == "colour" and state.rotation == 90 and not state.unread
    judged(part10, tmp_path)


def test_images_that_are_turned_otherwise_do_not_share_a_state(ct: bytes) -> None:
    with pytest.raises(ReaderError, match="turns"):
        presentation_object([seen(ct), seen(ct, ViewState(rotation=90))], "A", "", READER, AT)
    with pytest.raises(ReaderError, match="no image"):
        presentation_object([], "A", "", READER, AT)


def test_key_images_keep_their_order_their_title_and_their_note(tmp_path: Path) -> None:
    marked = [Marked(header(raw)) for raw in ct_series(4)]
    chosen = [marked[2], marked[0], marked[2]]
    part10 = key_selection_object(chosen, "conference", "Größe ≥ 12 mm\nLiver, segment 4", READER, AT)
    selection = key_selection(pydicom.dcmread(BytesIO(part10)))
    assert selection.title == "For Conference" and not selection.rejected
    assert selection.reason.splitlines() == ["Größe ≥ 12 mm", "Liver, segment 4"]
    uids = [str(one.header.SOPInstanceUID) for one in (marked[2], marked[0])]
    assert [target.sop_uid for target in selection.targets] == uids
    judged(part10, tmp_path)


def test_a_key_image_points_at_the_view_it_was_kept_in(ct: bytes, tmp_path: Path) -> None:
    state = pydicom.dcmread(BytesIO(presentation_object([seen(ct)], "A", "", READER, AT)))
    named = (str(state.SOPClassUID), str(state.SOPInstanceUID), str(state.SeriesInstanceUID))
    part10 = key_selection_object([Marked(header(ct), state=named)], "teaching", "", READER, AT)
    written = pydicom.dcmread(BytesIO(part10))
    image = next(one for one in written.ContentSequence if one.ValueType == "IMAGE")
    inside = image.ReferencedSOPSequence[0].ReferencedSOPSequence[0]
    assert inside.ReferencedSOPInstanceUID == named[1]
    judged(part10, tmp_path)


def test_a_selection_of_nothing_or_of_two_patients_is_refused(ct: bytes) -> None:
    with pytest.raises(ReaderError, match="No image"):
        key_selection_object([], "teaching", "", READER, AT)
    other = Marked(header(ct_series(1)[0]))
    with pytest.raises(ReaderError, match="several patients"):
        key_selection_object([Marked(header(ct)), other], "teaching", "", READER, AT)
    with pytest.raises(ReaderError, match="no reason"):
        key_selection_object([other], "rejected", "", READER, AT)
    bare = Dataset()
    with pytest.raises(ReaderError, match="names no class"):
        key_selection_object([Marked(bare)], "teaching", "", READER, AT)
    with pytest.raises(ReaderError, match="no frame 2"):
        key_selection_object([replace(other, frame=2)], "teaching", "", READER, AT)
