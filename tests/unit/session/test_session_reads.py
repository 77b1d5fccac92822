"""What was read: only what was painted long enough, at full quality, in which window; kept, and asked for before a signature."""

from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.desk import HandDesk, MemoryJournal, archive_of
from tests.fakes.objects import STUDY
from tests.fakes.phantom import slices

from readingroom.display.completeness import Seen, SeenSet, runs_of, said, strip_of, united, window_class, without
from readingroom.pixels.frame import Voi
from readingroom.reporting.check import WARN
from readingroom.session.opening import close_case, open_case
from readingroom.session.reads import LEAST_S, Reads, kept_reads, read_set, sets_from_json
from readingroom.session.reporting_desk import concerns

LUNG = "lung"


def opened(journal: MemoryJournal | None = None, count: int = 20) -> HandDesk:
    hand = HandDesk(archive_of("North", slices(count)), journal=journal)
    open_case(hand.desk, STUDY)
    return hand.crank()


def shown(hand: HandDesk, index: int, window: str = LUNG, preview: bool = False) -> tuple[str, int, int, str, bool]:
    assert hand.desk.case is not None
    stack = hand.desk.case.stacks[0]
    return stack.id, len(stack.frames), index, window, preview


def seen_now(hand: HandDesk) -> SeenSet:
    assert hand.desk.case is not None
    return hand.desk.reads.seen(hand.desk.case.stacks[0])


def scrolled(hand: HandDesk, first: int, last: int, each_s: float, start_s: float = 0.0, **how: Any) -> float:
    """Paint images first to last, each for so long; when it ended."""
    now = start_s
    for index in range(first, last + 1):
        hand.desk.reads.painted(0, shown(hand, index, **how), now)
        now += each_s
    hand.desk.reads.painted(0, None, now)
    return now


def test_images_that_stay_long_enough_are_seen_and_those_scrolled_past_are_not() -> None:
    hand = opened()
    scrolled(hand, 0, 4, LEAST_S)
    scrolled(hand, 5, 19, LEAST_S / 3, 10.0)
    assert seen_now(hand).full == ((0, 4),)


def test_coming_back_adds_up() -> None:
    hand = opened()
    for turn in range(3):
        assert seen_now(hand).full == ()
        scrolled(hand, 7, 7, LEAST_S / 2.5, 10.0 * turn)
    assert seen_now(hand).full == ((7, 7),)


def test_an_image_that_stays_on_the_glass_is_seen_without_another_paint() -> None:
    hand = opened()
    hand.desk.reads.painted(0, shown(hand, 3), 5.0)
    hand.desk.reads.tick(5.0 + LEAST_S / 2)
    assert seen_now(hand).full == ()
    hand.desk.reads.tick(5.0 + LEAST_S)
    assert seen_now(hand).full == ((3, 3),)


def test_what_was_never_painted_is_not_seen_however_often_one_scrolls() -> None:
    hand = opened()
    for index in range(20):
        assert hand.desk.case is not None
        hand.desk.view(0, hand.desk.case.tiles[0].at(index, 20))
        hand.later(1.0)
    assert seen_now(hand).full == () and not hand.desk.reads.watched


def test_a_preview_is_seen_as_a_preview_until_the_image_is_seen() -> None:
    hand = opened()
    end = scrolled(hand, 0, 9, 1.0, preview=True)
    assert (seen_now(hand).full, seen_now(hand).previews) == ((), ((0, 9),))
    scrolled(hand, 0, 3, 1.0, end)
    strip = strip_of(seen_now(hand), (), 0)
    assert strip is not None
    assert strip.parts == ((0.0, 0.2, Seen.FULL), (0.2, 0.5, Seen.PREVIEW), (0.5, 1.0, Seen.UNSEEN))


def test_the_classes_of_windows_are_kept_apart() -> None:
    hand = opened()
    end = scrolled(hand, 0, 9, 1.0, window="lung")
    scrolled(hand, 5, 14, 1.0, end, window="bone")
    seen = seen_now(hand)
    assert (seen.within("lung"), seen.within("bone"), seen.full) == (((0, 9),), ((5, 14),), ((0, 14),))


@pytest.mark.parametrize(
    ("centre", "width", "name"),
    [(-600, 1500, "lung"), (500, 2000, "bone"), (40, 80, "brain"), (35, 40, "brain"), (40, 400, "soft tissue"),
     (60, 360, "soft tissue"), (90, 150, "soft tissue"), (1500, 300, "other window")],
)  # fmt: skip
def test_a_window_has_a_class_by_its_centre_and_width(centre: float, width: float, name: str) -> None:
    assert window_class("HU", Voi(centre, width)) == name
    assert window_class("", Voi(centre, width)) == "as shown", "without Hounsfield units there is no lung window"


def test_what_was_read_is_there_after_a_restart() -> None:
    journal = MemoryJournal()
    hand = opened(journal)
    scrolled(hand, 2, 11, 1.0)
    hand.desk.close()
    again = opened(journal)
    assert again.desk.reads.watched and seen_now(again).full == ((2, 11),)
    assert kept_reads(journal, STUDY, "Okafor^Ada^^Dr").keys() == {again.desk.case.stacks[0].id}  # type: ignore[union-attr]


def test_closing_a_case_keeps_what_was_read_a_moment_before() -> None:
    hand = opened()
    hand.desk.reads.painted(0, shown(hand, 6), 1.0)
    hand.desk.reads.tick(1.0 + LEAST_S)
    close_case(hand.desk)
    hand.crank()
    open_case(hand.desk, STUDY)
    hand.crank()
    assert seen_now(hand).full == ((6, 6),)


def test_each_reader_has_read_only_what_that_reader_read() -> None:
    journal = MemoryJournal()
    hand = opened(journal)
    scrolled(hand, 0, 9, 1.0)
    hand.desk.close()
    other = Reads("Cole^Ben^^Dr", lambda uid, read, now: journal.write("read", uid, read()))
    other.open(STUDY, journal.newest("read", STUDY))
    assert not other.watched
    other.painted(0, shown(opened(journal), 15), 0.0)
    other.painted(0, None, 1.0)
    other.open("")
    first = kept_reads(journal, STUDY, "Okafor^Ada^^Dr")
    second = kept_reads(journal, STUDY, "Cole^Ben^^Dr")
    assert [one.full for one in first.values()] == [((0, 9),)]
    assert [one.full for one in second.values()] == [((15, 15),)]


def test_a_series_that_grew_counts_as_not_read_for_its_places_have_moved() -> None:
    hand = opened()
    scrolled(hand, 0, 19, 1.0)
    assert hand.desk.case is not None
    stack = hand.desk.case.stacks[0]
    grown = replace(stack, frames=(*stack.frames, stack.frames[0]))
    assert hand.desk.reads.seen(grown) == SeenSet(21)


def test_a_signature_asks_for_the_images_that_were_not_seen_and_names_them() -> None:
    hand = opened()
    assert not any(one.rule == "slices" for one in concerns(hand.desk)), "nobody watched"
    end = scrolled(hand, 0, 9, 1.0)
    end = scrolled(hand, 15, 16, 1.0, end, preview=True)
    found = [one for one in concerns(hand.desk) if one.rule == "slices"]
    assert [one.text for one in found] == ["10 images of 20 of Axial not seen, 2 of them as previews only: 11–20."]
    assert found[0].waivable and found[0].severity == WARN, "a window watched: a signature needs a reason"
    scrolled(hand, 10, 19, 1.0, end)
    assert not any(one.rule == "slices" for one in concerns(hand.desk))


def test_a_signature_asks_for_the_window_that_the_protocol_wants() -> None:
    hand = opened()
    assert hand.desk.case is not None
    stack = hand.desk.case.stacks[0]
    hand.desk.change(replace(hand.desk.case, read_in=((stack.id, ("lung", "soft tissue")),)))
    end = scrolled(hand, 0, 19, 1.0, window="soft tissue")
    scrolled(hand, 0, 17, 1.0, end, window="lung")
    assert [one.text for one in concerns(hand.desk) if one.rule == "window"] == [
        "Axial not seen in a lung window: images 19–20."
    ]


def test_the_protocol_of_a_chest_ct_wants_soft_tissue_seen() -> None:
    hand = opened()
    assert hand.desk.case is not None
    assert dict(hand.desk.case.read_in)[hand.desk.case.stacks[0].id] == ("soft tissue",)


def test_missing_images_stand_on_the_strip_as_missing() -> None:
    strip = strip_of(SeenSet(10, ((LUNG, ((0, 4),)),)), ((7, 9),), 2)
    assert strip is not None and strip.here == (0.2, 0.3)
    assert strip.parts == ((0.0, 0.5, Seen.FULL), (0.5, 0.7, Seen.UNSEEN), (0.7, 1.0, Seen.MISSING))
    assert strip_of(SeenSet(1), (), 0) is None


def test_runs_are_sets_of_images() -> None:
    for many in (set(), {0}, {1, 2, 3, 7, 9}, set(range(0, 30, 3))):
        for others in (set(), {2}, {0, 1, 2, 8, 9}, set(range(0, 30, 2))):
            a, b = runs_of(many), runs_of(others)
            assert {i for f, t in united(a, b) for i in range(f, t + 1)} == many | others
            assert {i for f, t in without(a, b) for i in range(f, t + 1)} == many - others
    assert said(runs_of({0, 1, 2, 8})) == "1–3, 9"


@pytest.mark.parametrize("damage", [None, 3, {"s": 1}, {"s": {"of": 4, "windows": {"a": [[2, 9]]}, "previews": []}},
                                    {"s": {"of": 4, "windows": {"a": [[3, 1]]}, "previews": []}}])  # fmt: skip
def test_a_damaged_record_counts_as_nothing_read(damage: Any) -> None:
    assert sets_from_json(damage) == {}


def test_the_numbers_of_a_display_set_add_up() -> None:
    hand = opened()
    scrolled(hand, 0, 4, 1.0)
    assert hand.desk.case is not None
    one = read_set(hand.desk.case.stacks[0], seen_now(hand))
    assert (one.of, one.seen, one.unseen, one.windows) == (20, 5, "6–20", (("lung", 5),))
