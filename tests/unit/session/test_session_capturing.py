"""Capture on the desk: what is on the glass becomes a protocol that hangs the case again after it is saved."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.archives import MemoryShelf
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import SECOND_SERIES, slices

from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Progress, Ticket
from readingroom.hanging.drafting import replaced_in
from readingroom.hanging.own import OwnProtocols
from readingroom.hanging.placing import Monitor
from readingroom.record.search import StudyRow
from readingroom.record.study import Study
from readingroom.session.arranging import hang_stack, set_layout
from readingroom.session.capturing import (
    add_stage,
    capture,
    delete_protocol,
    save_protocol,
    seen_of,
    try_on_case,
    undo_change,
)
from readingroom.session.case import Case
from readingroom.session.opening import open_case
from readingroom.session.simulating import simulate
from readingroom.session.staging import hang_again


class Listed(MemoryShelf):
    """A shelf that lists the one study that it holds."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.put_study(study)
        self.one = study

    def rows(self) -> tuple[StudyRow, ...]:
        s = self.one
        return (StudyRow(s.uid, s.patient, s.date, s.time, s.description, s.modalities, "", "", None, ()),)


def opened(folder: Path) -> HandDesk:
    """A desk with a study of two series open, that keeps its own protocols in a folder."""
    hand = HandDesk(archive_of("North", slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0")))
    hand.desk.own_protocols = OwnProtocols(folder)
    open_case(hand.desk, STUDY)
    return hand.crank()


def case_of(hand: HandDesk) -> Case:
    """The open case."""
    assert hand.desk.case is not None
    return hand.desk.case


def rearranged(hand: HandDesk) -> Case:
    """The case as a reader arranged it: one above the other, the second series first, inverted."""
    ids = [stack.id for stack in case_of(hand).stacks]
    set_layout(hand.desk, 2, 1)
    hang_stack(hand.desk, 0, ids[1])
    hang_stack(hand.desk, 1, ids[0])
    hand.desk.view(0, replace(case_of(hand).tiles[0], inverted=True), "Invert")
    return case_of(hand)


def test_what_is_captured_and_saved_hangs_the_case_as_the_reader_had_it(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    mine = rearranged(hand)
    found = capture(hand.desk, "Mine")
    trial = try_on_case(hand.desk, found.protocol)
    assert trial is not None and trial.is_chosen
    before = save_protocol(hand.desk, found.protocol, "user")
    set_layout(hand.desk, 1, 1)
    hang_again(hand.desk)
    # What the reader hung by hand scrolls with everything; a protocol says so in words.
    assert case_of(hand).layout == mine.layout
    assert [replace(v, together=()) for v in case_of(hand).tiles] == [replace(v, together=()) for v in mine.tiles]
    undo_change(hand.desk, before)
    assert "mine" not in [one.id for one in hand.desk.protocols().usable]


def test_a_second_stage_is_what_the_reader_sees_next(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    first = capture(hand.desk, "Mine").protocol
    rearranged(hand)
    both = add_stage(hand.desk, first, "Upside").protocol
    assert [stage.name for stage in both.stages] == ["Mine", "Upside"]
    save_protocol(hand.desk, both, "user")
    assert hand.desk.protocols().named("mine").stages == both.stages
    delete_protocol(hand.desk, hand.desk.protocols().named("mine"))
    assert "mine" not in [one.id for one in hand.desk.protocols().usable]


def test_magnified_images_are_captured_as_the_part_that_the_glass_shows(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    stack = case_of(hand).stack_at(0)
    assert stack is not None
    size = (stack.columns, stack.rows)
    hand.desk.change(replace(case_of(hand), linked=False))
    hand.desk.view(0, case_of(hand).tiles[0].zoomed(2.0), "Zoom")
    seen = seen_of(case_of(hand), hand.desk.glass, (size, size))
    assert seen.ports[0].part == pytest.approx((0.25, 0.25, 0.75, 0.75)) and seen.ports[1].part is None
    # The glass shows that part again, whatever the zoom was called.
    port = replace(capture(hand.desk, "Mine", sizes=(size, size)).protocol.ports[0])
    assert port.part == (0.25, 0.25, 0.75, 0.75) and port.zoom is None


def test_nothing_on_the_glass_is_nothing_to_capture() -> None:
    with pytest.raises(ReaderError, match="nothing on the glass"):
        capture(HandDesk().desk)


def test_a_desk_without_a_profile_says_that_it_keeps_nothing(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    hand.desk.own_protocols = None
    with pytest.raises(ReaderError, match="keeps no hanging protocols"):
        save_protocol(hand.desk, capture(hand.desk, "Mine").protocol, "user")


def test_the_simulation_tells_how_far_it_is_and_stops_when_asked(tmp_path: Path) -> None:
    hand = opened(tmp_path)
    rearranged(hand)
    after = replaced_in(hand.desk.protocols(), capture(hand.desk, "Mine").protocol)
    told: list[Progress] = []
    shelf = Listed(case_of(hand).study)
    found = simulate(shelf, hand.desk.protocols(), after, (Monitor(),), Ticket(), told.append)
    assert found.looked_at == 1 and [one.study.uid for one in found.changed] == [STUDY]
    assert told[-1].done == told[-1].total == 1
    stopped = Ticket()
    stopped.cancel()
    with pytest.raises(Cancelled):
        simulate(shelf, hand.desk.protocols(), after, (Monitor(),), stopped, told.append)
