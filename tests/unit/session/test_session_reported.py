"""What a report of an archive measured is seen on its images: said to be somebody's, and never the reader's own."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.sequence import Sequence
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import SERIES, STUDY, as_part10
from tests.fakes.phantom import slices
from tests.unit.display.presentation_phantoms import item, reference

from readingroom.display.annotate import graphics
from readingroom.display.camera import Camera
from readingroom.display.picture import PolylineGraphic, Role
from readingroom.display.view import ViewState
from readingroom.record.finding import Basis, Measurement, Value
from readingroom.record.study import FrameRef
from readingroom.reporting.sr_measurements import measurement_report
from readingroom.session.arranging import scroll_to
from readingroom.session.commands.views import VIEW_COMMANDS
from readingroom.session.measuring import measure
from readingroom.session.memory import case_as_json
from readingroom.session.opening import open_case
from readingroom.session.reported import go_to_reported, rows, toggle_reported
from readingroom.session.shown import shown_on
from readingroom.settings.sections import ReaderSettings

IMAGES = slices(6)
HEADERS = [dcmread(BytesIO(one)) for one in IMAGES]
COMMANDS = {command.id: command.run for command in VIEW_COMMANDS}
UID = "1.2.826.0.1.3680043.10.1.99.1"
WHEN = datetime(2026, 3, 4, 5, 6)
ON_FOURTH = FrameRef(STUDY, SERIES, str(HEADERS[3].SOPInstanceUID))


def length() -> Measurement:
    values = (Value("Length", 14.0, "mm", 0.5),)
    return Measurement(
        "length", ON_FOURTH, ((10.0, 10.0), (30.0, 10.0)), values, Basis("mm", "mm", "image"), "Node", UID
    )


def report() -> bytes:
    header = HEADERS[3]
    author = ReaderSettings("Lind^Eva", "7", "North")
    return measurement_report([length()], {str(header.SOPInstanceUID): header}, author, WHEN)


def opened(*documents: bytes) -> HandDesk:
    hand = HandDesk(archive_of("North", [*IMAGES, *documents]))
    open_case(hand.desk, STUDY)
    hand.crank().later(1.0)
    return hand


def shown(hand: HandDesk, index: int | None = None):
    if index is not None:
        scroll_to(hand.desk, 0, index)
        hand.crank()
    return shown_on(hand.desk, hand.desk.case, 0, None, None, 600, 600)


def texts(hand: HandDesk) -> list[str]:
    return [badge.text for badge in shown(hand).notes]


def test_a_report_that_measured_is_offered_on_its_image_and_not_drawn_unasked() -> None:
    hand = opened(report())
    assert shown(hand, 3).measurements == ()
    assert "Measured in a report (Shift+M shows)" in texts(hand)
    assert "Measured in a report (Shift+M shows)" not in [b.text for b in shown(hand, 2).notes]


def test_one_key_draws_it_on_its_image_read_only_with_its_author_and_date() -> None:
    hand = opened(report())
    COMMANDS["view.reported"](hand.desk)
    on = shown(hand, 3)
    (one,) = on.measurements
    assert (one.points, one.values, one.label) == (length().points, length().values, "Node")
    assert on.read_only == {one.tracking_uid} and one.tracking_uid != UID
    assert "Measurements from LIND, Eva, 4 Mar 2026: read-only" in texts(hand)
    assert shown(hand, 2).measurements == ()
    (row,) = rows(hand.desk.documents.reports, hand.desk.case)
    assert (row.source, row.place, row.lines[0]) == ("from LIND, Eva, 4 Mar 2026", "series 2, image 4", "Node")
    COMMANDS["view.reported"](hand.desk)
    assert shown(hand, 3).measurements == ()


def test_it_never_becomes_the_readers_own() -> None:
    hand = opened(report())
    COMMANDS["view.reported"](hand.desk)
    kept = case_as_json(hand.desk.case)
    assert (hand.desk.case.measurements, kept["measurements"], len(kept["reported"])) == ((), [], 1)
    hand.desk.undo()
    assert hand.desk.case.reported == frozenset()


def test_what_the_reader_measured_under_the_same_identity_is_not_drawn_twice() -> None:
    hand = opened(report())
    COMMANDS["view.reported"](hand.desk)
    shown(hand, 3)
    made = measure(hand.desk, "length", ON_FOURTH, length().points)
    hand.desk.change(replace(hand.desk.case, measurements=(replace(made, tracking_uid=UID),)))
    assert [one.tracking_uid for one in shown(hand).measurements] == [UID]
    (row,) = rows(hand.desk.documents.reports, hand.desk.case)
    assert row.place.endswith("also your own")


def test_from_the_report_the_reader_comes_to_its_first_image() -> None:
    hand = opened(report())
    scroll_to(hand.desk, 0, 0)
    (content,) = hand.desk.documents.reports
    toggle_reported(hand.desk, content.sop_uid)
    assert hand.desk.case.frame_at(0) == ON_FOURTH
    scroll_to(hand.desk, 0, 0)
    go_to_reported(hand.desk, f"{content.sop_uid}/0")
    assert hand.desk.case.frame_at(0) == ON_FOURTH


def test_a_report_on_images_of_another_study_says_so() -> None:
    far = replace(length(), frame=replace(ON_FOURTH, sop_uid="1.2.3.4"))
    header = dcmread(BytesIO(IMAGES[3]))
    header.SOPInstanceUID = "1.2.3.4"
    hand = opened(measurement_report([far], {"1.2.3.4": header}, ReaderSettings("Lind^Eva", "7", "North"), WHEN))
    toggle_reported(hand.desk, hand.desk.documents.reports[0].sop_uid)
    assert "The images that this report measured are not in this case." in hand.words
    assert rows(hand.desk.documents.reports, hand.desk.case)[0].place == "its image is not in this case"


def of_patient(**more: object) -> bytes:
    made = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.34", SOPInstanceUID=f"{STUDY}.7.1", Modality="SR", SeriesNumber=7,
        SeriesInstanceUID=f"{STUDY}.7", StudyInstanceUID=STUDY, SpecificCharacterSet="ISO_IR 192", ValueType="CONTAINER",
        **more,
    )  # fmt: skip
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime"):
        setattr(made, keyword, HEADERS[0].get(keyword))
    return as_part10(made)


def coordinates(kind: str, numbers: list[float], *below: object, **more: object):
    return item(
        ValueType="SCOORD3D" if more else "SCOORD",
        GraphicType=kind,
        GraphicData=numbers,
        ContentSequence=Sequence(below),
        **more,
    )


def named(value_type: str, meaning: str, *below: object, **more: object):
    name = Sequence([item(CodeValue="1", CodingSchemeDesignator="99X", CodeMeaning=meaning)])
    return item(ValueType=value_type, ConceptNameCodeSequence=name, ContentSequence=Sequence(below), **more)


def test_a_graphic_in_space_is_drawn_on_the_slice_it_lies_in() -> None:
    ring = coordinates("POLYLINE", [7.0, 7.0, 10.0, 14.0, 7.0, 10.0], ReferencedFrameOfReferenceUID=f"{STUDY}.9")
    hand = opened(of_patient(ContentSequence=Sequence([named("TEXT", "Seen", ring, TextValue="a node")])))
    COMMANDS["view.reported"](hand.desk)
    (one,) = shown(hand, 3).measurements
    assert np.allclose(one.points, [(10.5, 10.5), (20.5, 10.5)], atol=1e-4)
    assert one.label == "Seen: a node"
    assert shown(hand, 4).measurements == ()
    assert rows(hand.desk.documents.reports, hand.desk.case)[0].place == "series 2, image 4"


@pytest.mark.parametrize(
    ("kind", "numbers", "tool", "points"),
    [
        ("CIRCLE", [20.0, 20.0, 20.0, 25.0], "ellipse", ((15, 20), (25, 20), (20, 15), (20, 25))),
        (
            "ELLIPSE",
            [10.0, 20.0, 30.0, 20.0, 20.0, 15.0, 20.0, 25.0],
            "ellipse",
            ((10, 20), (30, 20), (20, 15), (20, 25)),
        ),
        ("POLYLINE", [1.0, 1.0, 5.0, 5.0], "polyline", ((1, 1), (5, 5))),
        ("MULTIPOINT", [1.0, 1.0, 5.0, 5.0], "points", ((1, 1), (5, 5))),
    ],
)
def test_what_a_detector_marked_is_drawn_in_its_shape(
    kind: str, numbers: list[float], tool: str, points: object
) -> None:
    image = item(ValueType="IMAGE", ReferencedSOPSequence=Sequence([reference(ON_FOURTH.sop_uid)]))
    mark = coordinates(kind, numbers, image)
    hand = opened(of_patient(ContentSequence=Sequence([named("TEXT", "Mark", mark, TextValue="calcification")])))
    COMMANDS["view.reported"](hand.desk)
    (one,) = shown(hand, 3).measurements
    assert (one.tool, one.points) == (tool, points)


def test_points_that_belong_together_are_not_joined_by_a_line() -> None:
    camera = Camera.of(ViewState(), 64, 64, 1.0, 64, 64)
    made = graphics(replace(length(), tool="points"), camera, role=Role.READ_ONLY)
    assert not any(isinstance(graphic, PolylineGraphic) for graphic in made)


def test_what_an_algorithm_measured_is_from_that_algorithm_and_named_by_its_tool() -> None:
    made = dcmread(BytesIO(report()))
    observers = ("121005", "121008", "121009")
    made.ContentSequence = [c for c in made.ContentSequence if c.ConceptNameCodeSequence[0].CodeValue not in observers]
    group = next(c for c in made.ContentSequence if c.ConceptNameCodeSequence[0].CodeValue == "126010").ContentSequence[
        0
    ]
    group.ContentSequence = [c for c in group.ContentSequence if c.ConceptNameCodeSequence[0].CodeValue != "121106"]
    hand = opened(as_part10(made))
    COMMANDS["view.reported"](hand.desk)
    (row,) = rows(hand.desk.documents.reports, hand.desk.case)
    assert (row.source, row.lines[0]) == ("from Reading Room, 4 Mar 2026", "Length")


DATA = Path(__file__).parents[3].parent / "shared" / "data"


@pytest.mark.realdata
@pytest.mark.skipif(not DATA.exists(), reason="the real structured reports are not here")
def test_a_report_of_another_toolkit_is_drawn_on_its_image() -> None:
    image = (DATA / "ct" / "single" / "CT_small.dcm").read_bytes()
    report = (DATA / "sr" / "sr_document_with_multiple_groups.dcm").read_bytes()
    hand = HandDesk(archive_of("North", [image, report]))
    open_case(hand.desk, str(dcmread(BytesIO(image)).StudyInstanceUID))
    hand.crank().later(1.0)
    COMMANDS["view.reported"](hand.desk)
    drawn = shown(hand).measurements
    assert [(one.tool, one.points) for one in drawn] == [
        ("ellipse", ((35.0, 55.0), (55.0, 55.0), (45.0, 45.0), (45.0, 65.0))),
        ("polyline", ((25.0, 45.0), (45.0, 45.0), (45.0, 65.0), (25.0, 65.0))),
    ]
    said = rows(hand.desk.documents.reports, hand.desk.case)
    assert len(said) == 4
    assert [row.place.partition(", not drawn")[2] != "" or row.place.startswith("not drawn") for row in said] == [
        True, False, False, True,
    ]  # fmt: skip
    assert {row.source for row in said} == {said[0].source}
