"""Whatever is drawn, moved, copied, taken back or lost to a crash: list, glass, journal and report say the same."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydicom import dcmread
from tests.fakes.archives import MemoryArchive
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY, as_part10
from tests.fakes.phantom import slices

from readingroom.display.annotate import graphics
from readingroom.display.camera import Camera
from readingroom.display.picture import HandleGraphic
from readingroom.display.view import ViewState
from readingroom.measure.evaluate import evaluate
from readingroom.pixels.encoded import header
from readingroom.record.finding import Measurement
from readingroom.record.study import FrameRef
from readingroom.reporting.sr_measurements import measurement_report, read_measurements, to_measurements
from readingroom.session.arranging import scroll_to
from readingroom.session.calibrating import calibrate, uncalibrate
from readingroom.session.keeping import star, unstar
from readingroom.session.lesions_of_case import toggle_target
from readingroom.session.marks import copy_along, nudge
from readingroom.session.measurement_list import ORDERS, Asked, MeasurementRows
from readingroom.session.measuring import deleted, labelled, measure, moved, select
from readingroom.session.memory import arrangement_from_json, case_as_json
from readingroom.session.opening import open_case
from readingroom.session.reporting_desk import begin, sign_now, write
from readingroom.session.shown import shown_on

COUNT = 3
TOOLS: dict[str, tuple[tuple[float, float], ...]] = {
    "length": ((10.5, 10.5), (20.5, 14.5)), "circle": ((20.5, 20.5), (25.5, 20.5)), "arrow": ((5.5, 5.5), (9.5, 9.5)),
    "ellipse": ((10.5, 30.5), (30.5, 30.5), (20.5, 25.5), (20.5, 35.5)), "probe": ((12.25, 40.75),),
    "bidirectional": ((10.5, 10.5), (30.5, 10.5), (20.5, 5.5), (20.5, 15.5)), "angle": ((10.5, 10.5), (20.5, 20.5), (30.5, 8.5)),
    "polygon": ((30.5, 30.5), (40.5, 30.5), (35.5, 42.25)), "rectangle": ((3.5, 3.5), (13.5, 3.5), (13.5, 9.5), (3.5, 9.5)),
}  # fmt: skip
READ_AS = {"polygon": "freehand"}
"""Others know one kind of outline: its points, area and statistics stay, that it was put by clicks does not."""
SHIFTS = st.tuples(st.integers(-8, 40), st.integers(-8, 40))
WORDS = st.sampled_from(["", "Nodule", "Length 1", "Größter Herd, Segment VI", "=1+1", "  spaced  "])


def film() -> bytes:
    """A projection without any scale, beside the slices."""
    made = dcmread(BytesIO(slices(1, series=f"{STUDY}.8")[0]))
    made.SOPClassUID, made.Modality = "1.2.840.10008.5.1.4.1.1.1", "CR"
    for keyword in ("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID"):
        if keyword in made:
            delattr(made, keyword)
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"{STUDY}.8.1"
    return as_part10(made)


OBJECTS = [*slices(COUNT), film()]


class Measuring(RuleBasedStateMachine):
    """One reader, one case of three slices and a film."""

    @initialize()
    def sit_down(self) -> None:
        self.archive: MemoryArchive = archive_of("North", OBJECTS)
        self.hand = HandDesk(self.archive)
        self.rows, self.signed = MeasurementRows(), False
        self._open()

    def _open(self) -> None:
        open_case(self.hand.desk, STUDY)
        self.hand.crank()
        self.refs = [ref for stack in self.case.stacks if stack.is_image for ref in stack.frames]

    @property
    def case(self) -> Any:
        case = self.hand.desk.case
        assert case is not None
        return case

    def _one(self, n: int) -> Measurement | None:
        found = self.case.measurements
        return found[n % len(found)] if found else None

    def _show(self, ref: FrameRef) -> None:
        from readingroom.session.arranging import hang_stack

        stack = next(s for s in self.case.stacks if s.index_of(ref) is not None)
        hang_stack(self.hand.desk, 0, stack.id)
        scroll_to(self.hand.desk, 0, stack.index_of(ref) or 0)
        self.hand.crank()

    @rule(tool=st.sampled_from(list(TOOLS)), image=st.integers(0, COUNT), by=SHIFTS)
    def draw(self, tool: str, image: int, by: tuple[int, int]) -> None:
        self._show(self.refs[image])
        points = [(x + by[0], y + by[1]) for x, y in TOOLS[tool]]
        measure(self.hand.desk, tool, self.refs[image], points)

    @rule(tool=st.sampled_from(["length", "circle"]), mm=st.sampled_from([5.0, 20.0]))
    def measure_and_calibrate_the_film(self, tool: str, mm: float) -> None:
        self.draw(tool, COUNT, (0, 0))
        self.calibrate_the_film(mm, False)

    @rule(n=st.integers(0, 20), by=SHIFTS, dragging=st.booleans())
    def move(self, n: int, by: tuple[int, int], dragging: bool) -> None:
        if (one := self._one(n)) is not None:
            moved(self.hand.desk, one.tracking_uid, [(x + by[0], y + by[1]) for x, y in one.points], dragging)

    @rule(n=st.integers(0, 20), right=st.integers(-1, 1), down=st.integers(-1, 1))
    def nudge(self, n: int, right: int, down: int) -> None:
        if (one := self._one(n)) is not None:
            select(self.hand.desk, one.tracking_uid)
            nudge(right, down)(self.hand.desk)

    @rule(n=st.integers(0, 20), step=st.sampled_from([1, -1]))
    def copy(self, n: int, step: int) -> None:
        if (one := self._one(n)) is not None:
            select(self.hand.desk, one.tracking_uid)
            copy_along(step)(self.hand.desk)

    @rule(n=st.integers(0, 20), words=WORDS)
    def label(self, n: int, words: str) -> None:
        if (one := self._one(n)) is not None:
            labelled(self.hand.desk, one.tracking_uid, words)

    @rule(n=st.integers(0, 20))
    def delete(self, n: int) -> None:
        if (one := self._one(n)) is not None:
            deleted(self.hand.desk, one.tracking_uid)

    @rule(mm=st.sampled_from([5.0, 20.0]), ball=st.booleans())
    def calibrate_the_film(self, mm: float, ball: bool) -> None:
        self._show(self.refs[-1])
        tool = "calibrate_ball" if ball else "calibrate"
        calibrate(self.hand.desk, self.refs[-1], ((10.0, 40.0), (50.0, 40.0)), tool, mm)

    @rule()
    def uncalibrate_the_film(self) -> None:
        self._show(self.refs[-1])
        uncalibrate(self.hand.desk)

    @rule(image=st.integers(0, COUNT), title=st.sampled_from(["of-interest", "teaching"]), note=WORDS)
    def star_an_image(self, image: int, title: str, note: str) -> None:
        star(self.hand.desk, self.refs[image], title, note)

    @rule(image=st.integers(0, COUNT))
    def unstar_an_image(self, image: int) -> None:
        unstar(self.hand.desk, self.refs[image])

    @rule(n=st.integers(0, 20))
    def mark_a_target(self, n: int) -> None:
        if (one := self._one(n)) is not None:
            toggle_target(self.hand.desk, one.tracking_uid)

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        for _ in range(times):
            self.hand.desk.undo()

    @rule(times=st.integers(1, 4))
    def redo(self, times: int) -> None:
        for _ in range(times):
            self.hand.desk.redo()

    @rule()
    def crash(self) -> None:
        """The journal had its quarter of a second; then the program was gone, and the case is opened again."""
        self.hand.later(1.0)
        before = self.case
        self.hand = HandDesk(
            self.archive, journal=self.hand.journal, outbox=self.hand.outbox, shelf=self.hand.shelf
        )  # fmt: skip
        self.rows = MeasurementRows()
        self._open()
        for name in ("measurements", "calibrations", "stars", "targets", "selected"):
            assert getattr(self.case, name) == getattr(before, name), name

    @precondition(lambda self: not self.signed and self.case.measurements)
    @rule()
    def sign(self) -> None:
        begin(self.hand.desk)
        write(self.hand.desk, "impression", "No change.")
        write(self.hand.desk, "technique", "CT of the chest without contrast medium.")
        for image in range(COUNT + 1):
            self._show(self.refs[image])
        measured = self.case.measurements
        sign_now(self.hand.desk, {})
        self.hand.crank()
        self.signed = self.case.draft.state == "stored"
        assert self.signed, [concern.words for concern in self.hand.desk.stopped_by]
        stored = [item for item in self.hand.outbox.stored_for(STUDY) if item.kind == "measurements"]
        self._same(to_measurements(read_measurements(stored[-1].part10)), measured)

    @precondition(lambda self: self.case.measurements)
    @rule()
    def write_a_report(self) -> None:
        uids = {one.frame.sop_uid for one in self.case.measurements}
        headers = {uid: header(part10) for part10 in OBJECTS if (uid := str(header(part10).SOPInstanceUID)) in uids}
        desk = self.hand.desk
        part10 = measurement_report(self.case.measurements, headers, desk.settings.reader, desk.now())
        self._same(to_measurements(read_measurements(part10)), self.case.measurements)

    def _same(self, read: tuple[Measurement, ...], ours: tuple[Measurement, ...]) -> None:
        assert [one.tracking_uid for one in read] == [one.tracking_uid for one in ours]
        for one, own in zip(read, ours, strict=True):
            assert (one.tool, one.frame, one.label) == (READ_AS.get(own.tool, own.tool), own.frame, own.label)
            assert one.basis.text == own.basis.text and one.basis.certain == own.basis.certain
            assert [(v.concept, v.unit) for v in one.values] == [(v.concept, v.unit) for v in own.values]
            assert [v.value for v in one.values] == pytest.approx([v.value for v in own.values], rel=1e-9)
            assert [p for at in one.points for p in at] == pytest.approx([p for at in own.points for p in at], abs=1e-4)

    @invariant()
    def the_list_is_the_case(self) -> None:
        rows = self.rows.rows(self.case, (), Asked())
        assert rows == MeasurementRows().rows(self.case, (), Asked())
        for order in ORDERS:
            listed = MeasurementRows().rows(self.case, (), Asked(order))
            assert {row.key: row.measurement for row in listed} == {m.tracking_uid: m for m in self.case.measurements}
            assert len(listed) == len(self.case.measurements)

    @invariant()
    def the_glass_draws_what_the_image_has(self) -> None:
        case, ref = self.case, self.case.frame_at(0)
        on = shown_on(self.hand.desk, case, 0, None, None, 600, 600)
        assert on.measurements == tuple(one for one in case.measurements if one.frame == ref)
        camera = Camera.of(ViewState(), 64, 64, 1.0, 600, 600)
        for one in on.measurements:
            handles = [g for g in graphics(one, camera) if isinstance(g, HandleGraphic)]
            assert [camera.to_image(*g.at) for g in handles] == [pytest.approx(point) for point in one.points]
            assert {g.owner for g in handles} == {one.tracking_uid}

    @invariant()
    def the_numbers_are_those_of_the_image_and_its_scale(self) -> None:
        for one in self.case.measurements:
            frame = self.hand.desk.frame(one.frame)
            if frame is not None:
                values, basis = evaluate(one.tool, one.points, frame, self.case.calibration_of(one.frame))
                assert (one.values, one.basis) == (values, basis), one.label

    @invariant()
    def the_journal_gives_the_case_back(self) -> None:
        back = arrangement_from_json(json.loads(json.dumps(case_as_json(self.case))))
        for name in ("measurements", "calibrations", "stars", "targets", "selected"):
            assert back[name] == getattr(self.case, name), name

    @invariant()
    def nothing_was_said_to_be_broken(self) -> None:
        assert not any(notice.tone == "red" for notice in self.hand.said), self.hand.words


Measuring.TestCase.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMeasuring = Measuring.TestCase
