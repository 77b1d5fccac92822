"""Scales of the reader's own, vertebrae by their height, and a copy on the prior at the same place of the patient."""

from io import BytesIO

import pytest
from pydicom import dcmread
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY, as_part10
from tests.fakes.phantom import slices

from readingroom.base.errors import ReaderError
from readingroom.record.finding import Measurement
from readingroom.session.calibrating import calibrate, parsed_mm, uncalibrate
from readingroom.session.measuring import measure
from readingroom.session.memory import arrangement_from_json, case_as_json
from readingroom.session.opening import open_case
from readingroom.session.vertebrae import next_name


def film() -> bytes:
    """A projection without any scale."""
    made = dcmread(BytesIO(slices(1)[0]))
    made.SOPClassUID, made.Modality = "1.2.840.10008.5.1.4.1.1.1", "CR"
    for keyword in ("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID"):
        if keyword in made:
            delattr(made, keyword)
    return as_part10(made)


def opened() -> HandDesk:
    hand = HandDesk(archive_of("North", [film()]))
    open_case(hand.desk, STUDY)
    return hand.crank()


def length(hand: HandDesk) -> Measurement:
    case = hand.desk.case
    ref = case.frame_at(0) if case is not None else None
    assert ref is not None
    made = measure(hand.desk, "length", ref, ((10.0, 10.0), (30.0, 10.0)))
    assert made is not None
    return made


def test_a_line_of_known_length_gives_every_number_of_the_image_millimetres() -> None:
    hand = opened()
    assert length(hand).values[0].unit == "px"
    ref = hand.desk.case.frame_at(0)  # type: ignore[union-attr]
    assert ref is not None and calibrate(hand.desk, ref, ((10.0, 40.0), (50.0, 40.0)), "calibrate", 20.0)
    (now,) = hand.desk.case.measurements  # type: ignore[union-attr]
    assert (now.values[0].value, now.values[0].unit) == (pytest.approx(10.0), "mm")
    assert now.basis.text == "mm (user, line=20 mm)"
    hand.desk.undo()
    (back,) = hand.desk.case.measurements  # type: ignore[union-attr]
    assert back.values[0].unit == "px" and hand.desk.case.calibrations == ()  # type: ignore[union-attr]
    hand.desk.redo()
    assert length(hand).basis.text == "mm (user, line=20 mm)"
    uncalibrate(hand.desk)
    assert {one.values[0].unit for one in hand.desk.case.measurements} == {"px"}  # type: ignore[union-attr]


def test_a_scale_is_there_again_after_a_crash() -> None:
    hand = opened()
    ref = hand.desk.case.frame_at(0)  # type: ignore[union-attr]
    assert ref is not None and calibrate(hand.desk, ref, ((10.0, 40.0), (50.0, 40.0)), "calibrate_ball", 25.0)
    case = hand.desk.case
    assert case is not None
    assert arrangement_from_json(case_as_json(case))["calibrations"] == case.calibrations


@pytest.mark.parametrize(("text", "mm"), [("25", 25.0), ("25,4 mm", 25.4), (" 2.5 cm", 25.0)])
def test_a_size_is_typed_as_people_write_it(text: str, mm: float) -> None:
    assert parsed_mm(text) == pytest.approx(mm)


@pytest.mark.parametrize("text", ["", "x", "0", "-3", "nan", "99999"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ReaderError):
        parsed_mm(text)


def test_vertebrae_are_counted_towards_head_and_foot() -> None:
    assert next_name([("L5", 0.0)], 30.0) == "L4"
    assert next_name([("L5", 0.0)], -30.0) == "S1"
    assert next_name([("L5", 0.0), ("L4", 30.0)], 65.0) == "L3"
    assert next_name([("L1", 0.0)], 30.0) == "T12" and next_name([("T1", 0.0)], 30.0) == "C7"


def test_nothing_is_counted_past_a_name_that_is_not_usual_or_twice() -> None:
    assert next_name([], 0.0) == ""
    assert next_name([("L6", 0.0)], 30.0) == ""
    assert next_name([("L5", 0.0), ("L4", 30.0)], 20.0) == ""
    assert next_name([("C1", 0.0)], 30.0) == ""
