"""Looking for priors over several archives: who is asked, who stays silent, and whose studies they are."""

from dataclasses import replace
from datetime import date

from tests.fakes.archives import MemoryArchive, MemoryShelf
from tests.fakes.desk import HandDesk, MemoryRegion
from tests.fakes.objects import STUDY, ct_series

from readingroom.record.search import StudyRow
from readingroom.session.fetch import open_study
from readingroom.session.opening import open_case
from readingroom.session.priors import find_priors

OLD, OTHER = "1.2.826.0.1.3680043.10.1.2", "1.2.826.0.1.3680043.10.1.3"


def north() -> MemoryArchive:
    return MemoryArchive("Northgate", ct_series(2))


def east(**changes: str) -> MemoryArchive:
    return MemoryArchive("Eastmere", ct_series(1, **{"study": OLD, "series": f"{OLD}.1", "date": "20240301"} | changes))


def test_a_prior_in_another_trust_is_found_with_its_reasons_and_its_holder() -> None:
    region, shelf = MemoryRegion(north(), east()), MemoryShelf()
    found = find_priors(region, shelf, open_study(region, shelf, STUDY))
    assert [(p.row.study_uid, p.row.held_by) for p in found.priors] == [(OLD, ("Eastmere",))]
    assert any("same region: chest" in reason for reason in found.priors[0].reasons)
    assert found.asked == ("Northgate", "Eastmere") and found.silent == ()


def test_an_archive_that_is_down_is_named_once_and_hides_nothing_that_is_on_this_desk() -> None:
    region, shelf = MemoryRegion(north(), east()), MemoryShelf()
    study = open_study(region, shelf, STUDY)
    region.archives[1].down = True
    kept = StudyRow(OLD, study.patient, date(2024, 3, 1), None, "CT chest", ("CT",), "", "", 1, ("this desk",))
    shelf.rows = lambda: (kept,)  # type: ignore[method-assign]
    found = find_priors(region, shelf, study)
    assert [silence.name for silence in found.silent] == ["Eastmere"]
    assert [prior.row for prior in found.priors] == [kept]


def test_the_same_person_under_another_number_is_named_as_doubtful_and_not_opened() -> None:
    hand = HandDesk(north(), east(patient="E4711"))
    open_case(hand.desk, STUDY)
    hand.crank()
    case = hand.desk.case
    assert case is not None and case.found is not None
    assert case.prior_rows == () and case.priors == ()
    assert [one.row.study_uid for one in case.found.doubtful] == [OLD]
    assert "9990000018 is not E4711" in case.found.doubtful[0].why


def test_two_patients_under_one_number_do_not_become_one() -> None:
    region, shelf = MemoryRegion(north(), east(name="Somebody^Else")), MemoryShelf()
    found = find_priors(region, shelf, open_study(region, shelf, STUDY))
    assert found.priors == ()
    assert "ELSE" in found.doubtful[0].why.upper()


def test_a_row_in_conflict_stays_a_doubt_beside_its_reason() -> None:
    region, shelf = MemoryRegion(north()), MemoryShelf()
    study = open_study(region, shelf, STUDY)
    row = StudyRow(OTHER, study.patient, None, None, "CT chest", ("CT",), "", "", 1, ("X",), conflict="two patients")
    shelf.rows = lambda: (replace(row),)  # type: ignore[method-assign]
    found = find_priors(region, shelf, study)
    assert found.priors == () and found.doubtful[0].why == "two patients"
