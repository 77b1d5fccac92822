"""Which earlier examinations matter, and why; and where each image hangs."""

from dataclasses import replace
from datetime import date

import pytest

from readingroom.display.stack import stacks
from readingroom.hanging.hang import hang
from readingroom.hanging.priors import relevant
from readingroom.hanging.regions import region_of, side_of
from readingroom.record.patient import Patient
from readingroom.record.search import StudyRow
from readingroom.record.study import FramePlace, Instance, Series, Study

ADA = Patient("9990100006", "NHS", "Byron^Ada", date(1970, 1, 1), "F")


def study(uid: str, description: str, modality: str = "CT", day: date = date(2026, 11, 24), images: int = 30) -> Study:
    instances = tuple(
        Instance(
            uid, f"{uid}.1", f"{uid}.1.{n}", "1.2.840.10008.5.1.4.1.1.2", n, 512, 512, 1,
            (FramePlace((0.0, 0.0, float(n)), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.7, 0.7)),),
        )
        for n in range(1, images + 1)
    )  # fmt: skip
    series = Series(f"{uid}.1", 1, modality, "axial", instances=instances, frame_of_reference_uid=f"{uid}.9")
    return Study(uid, ADA, day, None, description, series=(series,))


def row(uid: str, description: str, modality: str = "CT", day: date = date(2024, 10, 1)) -> StudyRow:
    return StudyRow(uid, ADA, day, None, description, (modality,), "", "", 30, ("Northgate",))


def test_the_same_region_and_modality_is_the_most_relevant_prior() -> None:
    found = relevant(study("1", "CT thorax"), [row("2", "XR left knee", "DX"), row("3", "CT thorax")])
    assert [prior.row.study_uid for prior in found] == ["3", "2"]
    assert any("same region: chest" in reason for reason in found[0].reasons)


def test_the_opposite_side_is_listed_but_lower() -> None:
    found = relevant(
        study("1", "XR left hand", "DX"), [row("2", "XR right hand", "DX"), row("3", "XR left hand", "DX")]
    )
    assert [prior.row.study_uid for prior in found] == ["3", "2"]


def test_another_patients_study_is_never_a_prior() -> None:
    stranger = replace(row("2", "CT thorax"), patient=replace(ADA, birth_date=date(1980, 2, 2)))
    assert relevant(study("1", "CT thorax"), [stranger]) == ()


def test_a_study_in_conflict_is_never_a_prior() -> None:
    assert relevant(study("1", "CT thorax"), [replace(row("2", "CT thorax"), conflict="two patients")]) == ()


def test_the_newer_of_two_equal_priors_comes_first() -> None:
    old, new = row("2", "CT thorax", day=date(2020, 1, 1)), row("3", "CT thorax", day=date(2025, 1, 1))
    assert [p.row.study_uid for p in relevant(study("1", "CT thorax"), [old, new])] == ["3", "2"]


def test_a_comparable_prior_hangs_right_of_the_current_study() -> None:
    now, before = study("1", "CT thorax"), study("2", "CT thorax", day=date(2024, 10, 1))
    everything = (*stacks(now), *stacks(before))
    hanging = hang(now, everything, (before,))
    assert hanging.layout == (1, 2)
    by_id = {stack.id: stack for stack in everything}
    assert [by_id[view.stack_id].study_uid for view in hanging.tiles] == ["1", "2"]
    assert hanging.reasons


def test_no_series_is_lost_between_the_viewports_and_the_tray() -> None:
    now = study("1", "CT thorax")
    second = replace(now.series[0], uid="1.2", number=2)
    second = replace(
        second, instances=tuple(replace(i, series_uid="1.2", sop_uid=f"{i.sop_uid}.2") for i in second.instances)
    )
    both = replace(now, series=(*now.series, second))
    everything = stacks(both)
    hanging = hang(both, everything)
    assert {v.stack_id for v in hanging.tiles} | set(hanging.unhung) == {stack.id for stack in everything}


@pytest.mark.parametrize(
    ("text", "region"),
    [("CT Thorax", "chest"), ("MRI Brain", "head"), ("XR Left Knee", "knee"), ("US Abdomen", "abdomen"), ("", "")],
)
def test_a_region_is_read_from_a_description(text: str, region: str) -> None:
    assert region_of(text) == region


def test_a_side_is_read_only_where_just_one_is_named() -> None:
    assert side_of("XR Left knee") == "left"
    assert side_of("XR both knees left and right") == ""
