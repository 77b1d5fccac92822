"""How many seeded errors the checks find, and how often they cry without one."""

from tests.unit.reporting.reporting_errors import GENERAL, RULES, written
from tests.unit.reporting.reporting_handwritten import SOUND, WRONG
from tests.unit.reporting.test_reporting_wording import rules

from readingroom.reporting.check import check

KINDS = ("side", "unit", "sex", "negation", "leftover", "date", "name", "empty")
MANY = 60


def test_at_least_nineteen_of_twenty_seeded_errors_are_found() -> None:
    missed = []
    for seed in range(MANY):
        kind = KINDS[seed % len(KINDS)]
        draft, case = written(seed, kind)
        if not {concern.rule for concern in check(draft, GENERAL, case)} & RULES[kind]:
            missed.append((seed, kind, draft.text("findings"), draft.text("impression")))
    assert len(missed) <= MANY * 0.05, missed


def test_of_a_hundred_sound_reports_at_most_three_are_stopped() -> None:
    stopped = []
    for seed in range(MANY):
        draft, case = written(seed, "")
        stopped += [(seed, concern.rule, concern.text) for concern in check(draft, GENERAL, case)][:1]
    assert len(stopped) <= MANY * 0.03, stopped


def test_nine_of_ten_errors_written_by_hand_are_found() -> None:
    missed = [case for *case, rule in WRONG if rule not in rules(*case)]
    assert len(missed) <= len(WRONG) * 0.1, missed


def test_of_thirty_two_sound_reports_written_by_hand_at_most_one_is_stopped() -> None:
    stopped = [case for case in SOUND if rules(*case)]
    assert len(stopped) <= 1, stopped
