"""Stages of a hanging: one key on, one key back, and why the case hangs as it does."""

from dataclasses import replace

from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import PRIOR, SECOND_SERIES, prior_slices, slices

from readingroom.display.view import ViewState
from readingroom.session.arranging import hang_stack, scroll_to, set_layout, to_viewport, toggle_maximised
from readingroom.session.case import Case
from readingroom.session.opening import close_case, open_case
from readingroom.session.seating import carried
from readingroom.session.staging import hang_again, next_stage, on_glass_of, previous_stage, show_stage, why


def case_of(hand: HandDesk) -> Case:
    """The open case."""
    assert hand.desk.case is not None
    return hand.desk.case


def opened(*series: list[bytes]) -> HandDesk:
    """A desk with the study open and everything here."""
    hand = HandDesk(archive_of("North", *series))
    open_case(hand.desk, STUDY)
    return hand.crank()


def test_the_next_stage_comes_by_one_key_and_goes_back_by_another() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    first = case_of(hand)
    assert first.stage == 0 and len(first.stages) > 1 and first.is_as_hung
    next_stage(hand.desk)
    second = case_of(hand)
    assert second.stage == 1 and second.is_as_hung
    previous_stage(hand.desk)
    assert (case_of(hand).stage, case_of(hand).hung_as) == (0, first.hung_as)


def test_after_the_last_stage_comes_the_first() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    for _ in case_of(hand).stages:
        next_stage(hand.desk)
    assert case_of(hand).stage == 0


def test_a_stack_keeps_its_place_from_stage_to_stage() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    scroll_to(hand.desk, 0, 4)
    shown = case_of(hand).tiles[0].stack_id
    for _ in case_of(hand).stages[1:]:
        next_stage(hand.desk)
        kept = [view.index for view in case_of(hand).tiles if view.stack_id == shown]
        assert kept in ([], [4])


def test_a_stage_is_one_step_that_can_be_undone() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    before = case_of(hand)
    next_stage(hand.desk)
    hand.desk.undo()
    assert (case_of(hand).tiles, case_of(hand).stage) == (before.tiles, 0)


def test_every_series_of_the_study_hangs_in_some_stage() -> None:
    hand = opened(slices(20), slices(5, series=SECOND_SERIES, description="Topogram"))
    seen = {view.stack_id for view in case_of(hand).tiles}
    for _ in case_of(hand).stages:
        next_stage(hand.desk)
        seen |= {view.stack_id for view in case_of(hand).tiles}
    assert {stack.id for stack in case_of(hand).stacks} <= seen


def test_what_a_reader_arranged_is_hung_anew_only_when_asked() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    first = case_of(hand)
    set_layout(hand.desk, 2, 2)
    assert not case_of(hand).is_as_hung and "arranged this case yourself" in why(hand.desk)
    hang_again(hand.desk)
    assert case_of(hand).is_as_hung and case_of(hand).hung_as == first.hung_as


def test_a_prior_leaves_what_the_reader_arranged_alone() -> None:
    hand = HandDesk(
        archive_of("North", slices(20), slices(20, series=SECOND_SERIES)), archive_of("South", prior_slices())
    )
    open_case(hand.desk, STUDY)
    while hand.desk.case is None:
        assert hand.turn()
    other = next(s for s in case_of(hand).stacks if s.id not in {v.stack_id for v in case_of(hand).tiles[:1]})
    hang_stack(hand.desk, 0, other.id)
    mine = [view.stack_id for view in case_of(hand).tiles]
    hand.crank()
    assert [prior.uid for prior in case_of(hand).priors] == [PRIOR]
    assert [view.stack_id for view in case_of(hand).tiles] == mine


def test_a_resumed_case_is_as_it_was_left_and_not_as_the_protocol_would_have_it() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    set_layout(hand.desk, 2, 1)
    scroll_to(hand.desk, 0, 3)
    left = case_of(hand)
    hand.later(1.0)
    close_case(hand.desk)
    open_case(hand.desk, STUDY)
    hand.crank()
    assert (case_of(hand).layout, case_of(hand).tiles) == (left.layout, left.tiles)


def test_a_stage_may_be_gone_to_by_its_number() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    show_stage(hand.desk, len(case_of(hand).stages) - 1)
    assert case_of(hand).stage == len(case_of(hand).stages) - 1


def test_on_an_upright_glass_images_hang_one_above_the_other_and_turn_with_it() -> None:
    hand = HandDesk(archive_of("North", slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0")))
    on_glass_of(hand.desk, 800, 1400)
    open_case(hand.desk, STUDY)
    hand.crank()
    assert case_of(hand).layout == (2, 1)
    scroll_to(hand.desk, 0, 4)
    on_glass_of(hand.desk, 1400, 800)
    assert (case_of(hand).layout, case_of(hand).tiles[0].index) == ((1, 2), 4) and case_of(hand).is_as_hung


def test_what_a_reader_arranged_is_never_turned() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    set_layout(hand.desk, 1, 3)
    on_glass_of(hand.desk, 800, 1400)
    assert case_of(hand).layout == (1, 3)


def test_why_this_layout_names_the_protocol_the_rules_and_what_was_not_taken() -> None:
    hand = opened(slices(20), slices(5, series=SECOND_SERIES, description="Topogram"))
    text = why(hand.desk)
    assert "modalities is CT: it is CT" in text
    assert "not Topogram (5 images): is_localizer is yes" in text
    assert "mammography: modalities is MG: it is CT" in text


def test_without_a_case_there_are_no_stages_and_nothing_to_explain() -> None:
    hand = HandDesk()
    next_stage(hand.desk)
    assert hand.desk.case is None and why(hand.desk) == ""


def test_a_stack_that_hung_in_two_windows_hangs_in_the_one_that_is_asked_for() -> None:
    bone, lung = ViewState("a", 3).windowed(400, 2000, name="Bone"), ViewState("a", 3).windowed(-600, 1500, name="Lung")
    asked = ViewState("a", 9).windowed(400, 2000, name="Bone")
    assert carried((asked, ViewState("p")), (lung, bone)) == (bone, ViewState("p"))
    other = ViewState("a", 9).windowed(40, 400, name="Mediastinum")
    assert carried((other,), (lung, bone)) == (replace(other, index=3),)
    mine = ViewState("a", 5).windowed(1, 2)
    assert carried((asked,), (mine,)) == (mine,)


def test_keys_go_from_viewport_to_viewport_over_those_in_which_nothing_hangs() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    set_layout(hand.desk, 1, 3)
    stacks = [stack.id for stack in case_of(hand).stacks]
    hang_stack(hand.desk, 0, stacks[0])
    hang_stack(hand.desk, 1, "")
    hang_stack(hand.desk, 2, stacks[1])
    hand.desk.change(case_of(hand).with_tile(1, ViewState()))
    seen = []
    for step in (1, 1, -1):
        to_viewport(hand.desk, step)
        seen.append(case_of(hand).active)
    assert seen == [0, 2, 0]


def test_the_viewport_that_fills_the_glass_gives_it_to_the_next_one() -> None:
    hand = opened(slices(20), slices(20, series=SECOND_SERIES, description="Lung 1.0"))
    set_layout(hand.desk, 1, 2)
    for tile, stack in enumerate(case_of(hand).stacks[:2]):
        hang_stack(hand.desk, tile, stack.id)
    toggle_maximised(hand.desk, 1)
    to_viewport(hand.desk, 1)
    assert (case_of(hand).active, case_of(hand).maximised) == (0, 0)
