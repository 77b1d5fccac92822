"""A case from the click to the worklist again: everything comes, nothing of the last patient comes after."""

from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import SERIES, STUDY
from tests.fakes.phantom import (
    OTHER,
    PRIOR,
    SECOND_SERIES,
    SLICE_MM,
    other_slices,
    prior_slices,
    slices,
)

from readingroom.record.finding import Measurement
from readingroom.session.arranging import hang_stack, scroll_to, set_layout
from readingroom.session.commands.table import command_named
from readingroom.session.measuring import measure, moved
from readingroom.session.opening import close_case, open_case, open_prior, resume


def _opened(hand: HandDesk, study_uid: str = STUDY) -> HandDesk:
    open_case(hand.desk, study_uid)
    return hand.crank()


def _length(hand: HandDesk, tile: int = 0, end: tuple[float, float] = (20.5, 10.5)) -> Measurement:
    case = hand.desk.case
    assert case is not None
    ref = case.frame_at(tile)
    assert ref is not None
    made = measure(hand.desk, "length", ref, ((10.5, 10.5), end))
    assert made is not None
    return made


def test_a_click_brings_every_frame() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(20), slices(5, series=SECOND_SERIES))))
    case = hand.desk.case
    assert case is not None and len(case.stacks) == 2
    assert all(hand.desk.loader.is_here(ref) for stack in case.stacks for ref in stack.frames)
    hung = case.stack_at(0)
    assert hung is not None and all(hand.desk.frame(ref) is not None for ref in hung.frames)
    assert not hand.desk.loader.busy and hand.said == []


def test_the_image_on_the_glass_comes_first_then_its_neighbours() -> None:
    hand = HandDesk(archive_of("North", slices(20)))
    arrived: list[int] = []
    hand.desk.frame_arrived.listen(lambda ref: arrived.append(int(ref.sop_uid.rsplit(".", 1)[1])))
    _opened(hand)
    assert arrived[0] == 11 and len(arrived) == 20
    close_case(hand.desk)
    arrived.clear()
    _opened(hand)
    assert arrived[:5] == [11, 12, 10, 13, 9] and len(arrived) == 20


def test_what_one_scrolls_to_is_brought_before_the_rest() -> None:
    archive = archive_of("North", slices(20))
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    scroll_to(hand.desk, 0, 2)
    hand.crank()
    asked = [call for call in archive.calls if call.startswith("object")]
    assert f"object {SERIES}.3" in asked


def test_leaving_a_case_drops_what_was_on_its_way() -> None:
    archive = archive_of("North", slices(20))
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    close_case(hand.desk)
    before = list(archive.calls)
    hand.crank()
    assert archive.calls == before and not hand.shelf.objects
    assert hand.desk.case is None and hand.desk.book.held_bytes == 0


def test_a_late_result_of_the_last_patient_cannot_reach_the_next_one() -> None:
    hand = HandDesk(archive_of("North", slices(20), other_slices(4)))
    told: list[str] = []
    hand.desk.frame_arrived.listen(lambda ref: told.append(ref.study_uid))
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    hand.io.turn()
    hand.cpu.turn()
    # Their results wait at the door while the reader goes to the next patient.
    told.clear()
    _opened(hand, OTHER)
    case = hand.desk.case
    assert case is not None and case.study.uid == OTHER and case.study.patient.name == "Cole^Ben"
    assert set(told) == {OTHER}
    assert all(hand.desk.frame(ref) is None for ref in _refs(hand, STUDY))


def _refs(hand: HandDesk, study_uid: str) -> list[object]:
    from readingroom.display.stack import stacks

    study = hand.shelf.study(study_uid)
    assert study is not None
    return [ref for stack in stacks(study) for ref in stack.frames]


def test_of_two_quick_clicks_the_last_one_counts() -> None:
    hand = HandDesk(archive_of("North", slices(5), other_slices(4)))
    open_case(hand.desk, STUDY)
    hand.io.turn()
    open_case(hand.desk, OTHER)
    hand.crank()
    case = hand.desk.case
    assert case is not None and case.study.uid == OTHER


def test_a_prior_opens_beside_and_scrolls_with_the_current_study() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(20)), archive_of("South", prior_slices(20, first_z_mm=32.5))))
    case = hand.desk.case
    assert case is not None and [p.uid for p in case.priors] == [PRIOR]
    assert case.layout == (1, 2)
    right = case.stack_at(1)
    assert right is not None and case.is_prior(right)
    before = (case.tiles[0].index, case.tiles[1].index)
    scroll_to(hand.desk, 0, before[0] + 2)
    apart = hand.desk.case
    assert apart is not None and apart.tiles[1].index == before[1]
    command_named("view.link-here").run(hand.desk)  # type: ignore[union-attr,misc]
    scroll_to(hand.desk, 0, before[0] + 5)
    after = hand.desk.case
    assert after is not None and (after.tiles[0].index, after.tiles[1].index) == (before[0] + 5, before[1] + 3)


def test_a_prior_of_another_patient_is_refused_and_said() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(3), other_slices(3))))
    open_prior(hand.desk, OTHER)
    hand.crank()
    case = hand.desk.case
    assert case is not None and case.priors == () and len(case.stacks) == 1
    assert "belongs to somebody else" in hand.words and hand.said[-1].tone == "red"


def test_an_archive_that_cannot_say_which_priors_it_holds_is_named() -> None:
    south = archive_of("South", prior_slices(3))
    south.down = True
    hand = _opened(HandDesk(archive_of("North", slices(3)), south))
    case = hand.desk.case
    assert case is not None and case.silent == ("South",)
    assert "South did not answer: priors there are not listed" in hand.words


def test_what_failed_is_tried_again() -> None:
    archive = archive_of("North", slices(20))
    hand = HandDesk(archive)
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    archive.down = True
    hand.crank()
    assert isinstance(hand.desk.loader.problem(SERIES), Exception) and "North is down" in hand.words
    archive.down = False
    hand.later(0.5)
    assert not hand.shelf.objects
    hand.later(40.0)
    assert len(hand.shelf.objects) == 20 and hand.desk.loader.problem(SERIES) is None
    assert all(hand.desk.book.has(ref) for ref in hand.desk.case.stacks[0].frames)


def test_what_the_archive_lists_and_never_sends_is_said_and_the_rest_is_shown() -> None:
    archive = archive_of("North", slices(20))
    archive.hidden = {f"{SERIES}.20"}
    hand = _opened(HandDesk(archive))
    case = hand.desk.case
    assert case is not None and len(hand.shelf.objects) == 19
    assert hand.desk.loader.problem(SERIES) is not None
    assert sum(hand.desk.book.has(ref) for ref in case.stacks[0].frames) == 19
    archive.hidden = set()
    hand.later(40.0)
    assert len(hand.shelf.objects) == 20 and hand.desk.loader.problem(SERIES) is None


def test_without_the_network_the_case_opens_from_the_shelf() -> None:
    archive = archive_of("North", slices(20))
    hand = _opened(HandDesk(archive))
    close_case(hand.desk)
    archive.down = True
    _opened(hand)
    case = hand.desk.case
    assert case is not None and all(hand.desk.frame(ref) is not None for ref in case.stacks[0].frames)


def test_an_image_that_left_the_shelf_is_fetched_again() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(20))))
    close_case(hand.desk)
    here = dict(hand.shelf.objects)
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    hand.shelf.objects.clear()
    hand.crank()
    hand.later(40.0)
    case = hand.desk.case
    assert case is not None and hand.shelf.objects == here
    assert all(hand.desk.frame(ref) is not None for ref in case.stacks[0].frames)


def test_undo_takes_back_a_measurement_and_keeps_where_the_reader_scrolled() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(20))))
    made = _length(hand)
    assert round(made.values[0].value, 3) == 7.0
    scroll_to(hand.desk, 0, 3)
    hand.desk.undo()
    case = hand.desk.case
    assert case is not None and case.measurements == () and case.tiles[0].index == 3
    hand.desk.redo()
    assert hand.desk.case is not None and [m.tracking_uid for m in hand.desk.case.measurements] == [made.tracking_uid]


def test_a_drag_is_one_step_and_two_drags_are_two() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(20))))
    made = _length(hand)
    for turn in (0, 1):
        hand.desk.history.end_step()
        for step in (1.0, 2.0, 3.0):
            moved(hand.desk, made.tracking_uid, ((10.5, 10.5), (20.5 + step + 3 * turn, 10.5)), dragging=True)
    ends = []
    while hand.desk.case is not None and hand.desk.case.measurements:
        ends.append(hand.desk.case.measurements[0].points[1][0])
        hand.desk.undo()
    assert ends == [26.5, 23.5, 20.5]


def test_undoing_a_hanging_leaves_the_other_viewports_where_they_were_scrolled_to() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(20), slices(9, series=SECOND_SERIES))))
    case = hand.desk.case
    assert case is not None
    set_layout(hand.desk, 1, 2)
    first, second = (stack.id for stack in case.stacks)
    hand.desk.change(_unlinked(hand))
    hang_stack(hand.desk, 1, second)
    scroll_to(hand.desk, 0, 2)
    hang_stack(hand.desk, 1, first)
    scroll_to(hand.desk, 0, 17)
    hand.desk.undo()
    case = hand.desk.case
    assert case is not None and case.tiles[1].stack_id == second and case.tiles[0].index == 17


def _unlinked(hand: HandDesk):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    assert hand.desk.case is not None
    return replace(hand.desk.case, linked=False, links=())


def test_a_case_comes_back_as_it_was_left() -> None:
    first = _opened(HandDesk(archive_of("North", slices(20), slices(9, series=SECOND_SERIES))))
    set_layout(first.desk, 2, 2)
    scroll_to(first.desk, 0, 4)
    _length(first)
    first.later(1.0)
    second = HandDesk(*first.region.archives, shelf=first.shelf, journal=first.journal)
    resume(second.desk)
    second.crank()
    was, now = first.desk.case, second.desk.case
    assert was is not None and now is not None
    assert (now.study.uid, now.layout, now.tiles, now.measurements) == (STUDY, (2, 2), was.tiles, was.measurements)


def test_a_case_that_was_put_away_is_not_opened_at_the_next_start() -> None:
    first = _opened(HandDesk(archive_of("North", slices(3))))
    close_case(first.desk)
    first.later(1.0)
    second = HandDesk(*first.region.archives, shelf=first.shelf, journal=first.journal)
    resume(second.desk)
    second.crank()
    assert second.desk.case is None


def test_scrolling_past_either_end_stays_on_the_last_image() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(20))))
    scroll_to(hand.desk, 0, 500)
    assert hand.desk.case is not None and hand.desk.case.tiles[0].index == 19
    scroll_to(hand.desk, 0, -500)
    assert hand.desk.case is not None and hand.desk.case.tiles[0].index == 0


def test_a_study_that_nobody_has_says_so_where_its_images_would_be() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(3))), "1.2.3")
    assert hand.desk.case is None and hand.desk.refused is not None
    assert "No archive of this desk has this study" in hand.words


def test_the_slices_of_the_phantom_lie_where_they_say() -> None:
    hand = _opened(HandDesk(archive_of("North", slices(4))))
    case = hand.desk.case
    assert case is not None
    depths = [plane.depth_mm for n in range(4) if (plane := case.stacks[0].plane(n)) is not None]
    assert depths == [SLICE_MM * n for n in (1, 2, 3, 4)]
