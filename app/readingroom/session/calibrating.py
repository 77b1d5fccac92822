"""The reader's own scale for an image: a line or a ball of known size; every number on that image follows it."""

from collections.abc import Sequence
from dataclasses import replace

from readingroom.base.errors import ReaderError
from readingroom.measure.calibration import TOMOGRAPHIC, UserCalibration, spacing_of
from readingroom.measure.evaluate import evaluate
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import Frame
from readingroom.record.finding import ImagePoint, Measurement
from readingroom.record.study import FrameRef
from readingroom.session.case import Calibration, Case
from readingroom.session.desk import Desk
from readingroom.session.measuring import followed

TOOLS = {"calibrate": "line", "calibrate_ball": "sphere"}
"""What the calibrating tools draw, by their id."""


def parsed_mm(text: str) -> float:
    """Millimetres that a reader typed ("25", "25,4 mm", "2.5 cm"); ReaderError where they are none."""
    plain = text.strip().casefold().replace(",", ".")
    factor = 10.0 if plain.endswith("cm") else 1.0
    try:
        found = float(plain.removesuffix("cm").removesuffix("mm")) * factor
    except ValueError:
        found = 0.0
    if not 0 < found <= 10_000:
        raise ReaderError(f"“{text.strip()}” is no length.", "Write millimetres, such as 25 or 25 mm.")
    return found


def calibrate(desk: Desk, ref: FrameRef, points: Sequence[ImagePoint], tool: str, mm: float) -> bool:
    """Give an image a scale, in one undoable step; False and a notice where its own may be believed."""
    case, frame = desk.case, desk.frame(ref)
    if case is None or frame is None:
        return False
    try:
        drawn = UserCalibration(points[0], points[1], mm, TOOLS[tool])
        spacing_of(frame.facts, points, drawn)
        _check_needed(frame)
    except ReaderError as error:
        desk.notice(error)
        return False
    kept = tuple(one for one in case.calibrations if one.sop_uid != ref.sop_uid)
    changed = replace(case, calibrations=(*kept, Calibration(ref.sop_uid, drawn)))
    desk.change(_measured_anew(desk, changed, ref.sop_uid), "Calibrate")
    return True


def uncalibrate(desk: Desk) -> None:
    """Take the reader's scale from the active viewport's image, in one undoable step."""
    case = desk.case
    ref = case.frame_at(case.active) if case is not None else None
    if case is None or ref is None:
        return
    kept = tuple(one for one in case.calibrations if one.sop_uid != ref.sop_uid)
    if len(kept) == len(case.calibrations):
        desk.notice(ReaderError("This image has no scale of yours.", "Its numbers rest on its own header."), "calm")
        return
    desk.change(_measured_anew(desk, replace(case, calibrations=kept), ref.sop_uid), "Remove calibration")


def _check_needed(frame: Frame) -> None:
    """A tomographic image knows its millimetres: a line on it could only be wrong (PS3.3 C.7.6.2.1.1)."""
    try:
        known = spacing_of(frame.facts)
    except Refused:
        return
    if frame.facts.modality in TOMOGRAPHIC and known.row_mm is not None and known.basis.certain:
        raise ReaderError("This image knows its own millimetres.", "Calibrate projections and images without a scale.")


def _measured_anew(desk: Desk, case: Case, sop_uid: str) -> Case:
    made = tuple(_anew(desk, case, one) if one.frame.sop_uid == sop_uid else one for one in case.measurements)
    return followed(replace(case, measurements=made), desk)


def _anew(desk: Desk, case: Case, one: Measurement) -> Measurement:
    frame = desk.frame(one.frame)
    if frame is None or one.space is not None:
        return one
    try:
        values, basis = evaluate(one.tool, one.points, frame, case.calibration_of(one.frame))
    except ReaderError as error:
        desk.notice(error)
        return one
    return replace(one, values=values, basis=basis)
