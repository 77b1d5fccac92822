"""What is brought ahead of need: the next cases and their priors, never in the way of the case that is open."""

from dataclasses import replace

import pytest
from tests.fakes.archives import MemoryArchive
from tests.fakes.desk import READER, HandDesk
from tests.fakes.lines import FarArchive
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.phantom import slices

from readingroom.record.search import Query
from readingroom.session.opening import open_case
from readingroom.session.prefetching import IDLE_S, Prefetcher
from readingroom.settings.sections import Settings, WorklistSettings
from readingroom.worklist.entry import SIGNED, UNREAD, Entry

OLD, NEXT, LAST = (f"1.2.826.0.1.3680043.10.1.{n}" for n in (2, 3, 4))


class Ahead(HandDesk):
    """A desk with three cases on its list, the first with a prior in another trust."""

    def __init__(self, next_cases: int = 1) -> None:
        now = [*ct_series(3), *ct_series(2, study=NEXT, series=f"{NEXT}.1", patient="9990000026", name="Hart^Tom")]
        now += ct_series(2, study=LAST, series=f"{LAST}.1", patient="9990000034", name="Moss^Eve")
        before = ct_series(2, study=OLD, series=f"{OLD}.1", date="20250101")
        settings = Settings(reader=READER, worklist=WorklistSettings(next_cases=next_cases))
        super().__init__(MemoryArchive("North", now), MemoryArchive("East", before), settings=settings)
        rows = {row.study_uid: row for row in self.region.search(Query()).rows}
        self.entries = tuple(Entry(rows[uid], UNREAD) for uid in (STUDY, NEXT, LAST))
        self.ahead = Prefetcher(self.desk, lambda: self.entries)

    def here(self, study_uid: str) -> int:
        return len(self.shelf.sop_uids(study_uid))


@pytest.fixture
def desk() -> Ahead:
    return Ahead()


def test_the_next_case_comes_with_its_prior_while_nobody_reads(desk: Ahead) -> None:
    desk.ahead.tick(0.0)
    assert desk.ahead.words.startswith("Fetching ahead: REED")
    desk.crank()
    assert (desk.here(STUDY), desk.here(OLD), desk.here(NEXT)) == (3, 2, 0)
    assert "next case is here" in desk.ahead.words


def test_no_more_is_brought_than_the_settings_say() -> None:
    none = Ahead(0)
    none.ahead.tick(0.0)
    none.crank()
    assert none.here(STUDY) == 0
    two = Ahead(2)
    for second in range(4):
        two.ahead.tick(float(second))
        two.crank()
    assert (two.here(STUDY), two.here(NEXT), two.here(LAST)) == (3, 2, 0)


def test_what_follows_the_open_case_is_next(desk: Ahead) -> None:
    open_case(desk.desk, STUDY)
    desk.crank()
    desk.ahead.tick(0.0)
    desk.crank()
    assert (desk.here(NEXT), desk.here(LAST)) == (2, 0)


def test_a_click_takes_the_line_at_once_and_what_was_left_comes_later(desk: Ahead) -> None:
    desk.ahead.tick(0.0)
    open_case(desk.desk, LAST)
    desk.ahead.tick(0.1)
    assert desk.ahead.words == ""
    desk.crank()
    assert desk.here(STUDY) == 0 and desk.here(LAST) == 2
    desk.entries = (desk.entries[2], desk.entries[0])
    desk.ahead.tick(0.2)
    desk.crank()
    assert desk.here(STUDY) == 0
    desk.ahead.tick(0.3 + IDLE_S)
    desk.crank()
    assert desk.here(STUDY) == 3


def test_what_was_read_and_rows_of_two_patients_are_not_brought(desk: Ahead) -> None:
    first, second, third = desk.entries
    desk.entries = (replace(first, state=SIGNED), replace(second, row=replace(second.row, conflict="two")), third)
    desk.ahead.tick(0.0)
    desk.crank()
    assert (desk.here(STUDY), desk.here(NEXT), desk.here(LAST)) == (0, 0, 2)


def test_the_next_cases_are_kept_whatever_the_budget(desk: Ahead) -> None:
    desk.ahead.tick(0.0)
    desk.crank()
    assert STUDY in desk.shelf.pinned


def test_an_archive_that_fails_is_said_and_left_alone_for_a_while(desk: Ahead) -> None:
    desk.region.archives[0].down = True
    desk.ahead.tick(0.0)
    desk.crank()
    assert desk.ahead.words.startswith("Not fetched ahead")
    calls = len(desk.region.archives[0].calls)
    desk.ahead.tick(10.0)
    desk.crank()
    assert len(desk.region.archives[0].calls) == calls


def test_leaving_the_desk_stops_it(desk: Ahead) -> None:
    desk.ahead.tick(0.0)
    desk.ahead.stop()
    desk.crank()
    assert desk.here(STUDY) == 0


class MeteredArchive(MemoryArchive):
    """A memory archive whose line may carry so much a month."""

    left_bytes: int | None = 1_000_000


def test_over_a_metered_line_whose_month_is_spent_nothing_is_fetched_ahead_and_that_is_said(desk: Ahead) -> None:
    metered = MeteredArchive("North", list(desk.region.archives[0].objects.values()))
    metered.left_bytes = 0
    desk.region.archives = (metered, desk.region.archives[1])
    desk.ahead.tick(0.0)
    desk.crank()
    assert desk.here(STUDY) == 0
    assert desk.ahead.words == "Nothing is fetched ahead: this month's bytes of the line to North are spent"
    open_case(desk.desk, STUDY)
    desk.crank()
    assert desk.here(STUDY) == 3
    # What came before the month was spent is not asked for again, and a new month begins anew.
    metered.left_bytes = 1_000_000
    desk.ahead.tick(10.0)
    desk.crank()
    desk.ahead.tick(20.0)
    desk.crank()
    assert desk.here(NEXT) == 2


def test_a_prior_behind_a_line_whose_month_is_spent_stays_there(desk: Ahead) -> None:
    metered = MeteredArchive("East", list(desk.region.archives[1].objects.values()))
    metered.left_bytes = -5
    desk.region.archives = (desk.region.archives[0], metered)
    desk.ahead.tick(0.0)
    desk.crank()
    assert (desk.here(STUDY), desk.here(OLD)) == (3, 0)


def test_the_whole_line_is_the_open_cases_until_it_is_here_and_idle() -> None:
    now = [*slices(20), *ct_series(2, study=NEXT, series=f"{NEXT}.1", patient="9990000026", name="Hart^Tom")]
    far = FarArchive("North", now)
    hand = HandDesk(far)
    rows = {row.study_uid: row for row in hand.region.search(Query()).rows}
    entries = tuple(Entry(rows[uid], UNREAD) for uid in (STUDY, NEXT))
    ahead = Prefetcher(hand.desk, lambda: entries)
    open_case(hand.desk, STUDY)
    second = 0.0
    while len(hand.shelf.sop_uids(STUDY)) < 20:
        ahead.tick(second)
        assert hand.turn()
        second += 0.01
    pixels = [call for call in far.calls if call.startswith(("object", "packed", "preview"))]
    assert pixels and not any(NEXT in call for call in pixels) and not hand.shelf.sop_uids(NEXT)
    hand.crank()
    ahead.tick(second)
    ahead.tick(second + IDLE_S + 1)
    hand.crank()
    assert len(hand.shelf.sop_uids(NEXT)) == 2
