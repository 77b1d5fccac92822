"""What a viewport or a monitor says in which nothing hangs, and which stages and priors there are for it."""

from dataclasses import replace
from datetime import date

from tests.unit.hanging.cases_to_hang import hung
from tests.unit.hanging.rarer_examinations import RARER
from tests.unit.hanging.usual_examinations import EXAMINATIONS

from readingroom.hanging.hang import Hanging
from readingroom.hanging.library import usual_protocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.priors import relevant
from readingroom.hanging.wanted import rows_to_open
from readingroom.record.search import StudyRow
from readingroom.record.study import Series, Study

TWO = (Monitor(1536, 1800, "diagnostic"), Monitor(1536, 2000, "diagnostic"))


def earlier(current: Study, year: int = 2025) -> Study:
    """The same examination a year or more before, under other identifiers."""
    return replace(
        current, uid=f"{year}", date=date(year, 11, 24), series=tuple(_of(one, str(year)) for one in current.series)
    )


def _of(series: Series, study: str) -> Series:
    uid = f"{study}.{series.uid}"
    made = tuple(
        replace(one, study_uid=study, series_uid=uid, sop_uid=f"{study}.{one.sop_uid}") for one in series.instances
    )
    return replace(series, uid=uid, instances=made)


def names(hanging: Hanging) -> list[str]:
    return [stage.name for stage in hanging.stages]


def test_a_viewport_for_which_there_is_no_series_says_which_one_is_missing() -> None:
    whole = EXAMINATIONS["mammogram with tomosynthesis"][0]
    hanging = hung(replace(whole, series=tuple(one for one in whole.series if "R CC" not in one.description)))
    assert hanging.empty == ("Not in this case: R CC.", "", "", "")


def test_a_cell_that_is_left_over_says_that_nothing_is_missing() -> None:
    hanging = hung(EXAMINATIONS["brain, Philips, French"][0])
    assert hanging.empty == (*("",) * 5, "Nothing more belongs to this stage.")


def test_a_monitor_on_which_nothing_hangs_says_so() -> None:
    hanging = hung(RARER["film of nothing named"][0], monitors=TWO)
    assert hanging.empty == ("", "Nothing more belongs to this stage.")


def test_a_stage_that_only_fills_a_second_monitor_with_what_hung_before_is_left_out() -> None:
    current = EXAMINATIONS["Philips head, French"][0]
    assert "Three planes" not in names(hung(current, monitors=TWO))
    assert "Three planes" not in names(hung(current))


def test_a_region_that_no_word_names_is_the_same_in_an_examination_of_the_same_name() -> None:
    current = RARER["MR of nothing named"][0]
    same, other = earlier(current), replace(earlier(current), description="Another")
    assert any("prior" in name for name in names(hung(current, same)))
    assert not any("prior" in name for name in names(hung(current, other)))


def test_pictures_without_a_place_begin_with_the_first_and_sections_with_the_middle() -> None:
    pictures = hung(EXAMINATIONS["abdominal ultrasound"][0])
    assert {view.index for view in pictures.tiles} == {0}
    assert hung(EXAMINATIONS["one series only, no words"][0]).tiles[0].index > 0


def test_a_scan_of_the_whole_body_hangs_from_both_sides() -> None:
    hanging = hung(EXAMINATIONS["bone scan"][0])
    assert [view.index for view in hanging.tiles] == [0, 1]
    assert len({view.stack_id for view in hanging.tiles}) == 1


def test_priors_that_the_protocol_has_a_role_for_open_beside_the_nearest_one() -> None:
    current = EXAMINATIONS["chest, Dutch"][0]
    rows = [
        StudyRow(
            str(year), current.patient, date(year, 11, 24), None, current.description, ("CT",), "", "", 5, ("here",)
        )
        for year in (2025, 2024, 2021)
    ]
    opened = rows_to_open(current, relevant(current, rows), usual_protocols())
    assert [row.study_uid for row in opened] == ["2025", "2021"]
