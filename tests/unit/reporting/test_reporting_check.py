"""Checks: what a radiologist would want to be told before signing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reporting.reporting_cases import AT, READER, chest_ct, images, nodule, template

from readingroom.record.patient import Patient
from readingroom.record.study import Series, SetAside, Study
from readingroom.reporting.check import CaseView, Concern, check
from readingroom.reporting.draft import Draft, draft
from readingroom.reporting.numbers import sizes, stated
from readingroom.reporting.sides import sides_of_study, sides_said
from readingroom.reporting.template import Field

CHEST = template("ct-chest")
GENERAL = template("general")
DIAMETER = CHEST.field("nodule_diameter") or Field("", "")


def complete() -> Draft:
    new = draft(CHEST, chest_ct("CT chest with contrast"), (), READER, AT).link(DIAMETER, nodule(), AT)
    new = new.write("history", "Cough. Cancer?", AT).write("lungs", "Nodule in the left upper lobe.", AT)
    return new.write("impression", "Growing 9.8 mm nodule in the left upper lobe.", AT)


def case(**more: object) -> CaseView:
    study = chest_ct("CT chest with contrast")
    seen = frozenset(series.uid for series in study.series)
    return replace(CaseView(study, (nodule(),), seen), **more)  # type: ignore[arg-type]


def rules(concerns: tuple[Concern, ...]) -> list[str]:
    return [concern.rule for concern in concerns]


def knee(laterality: str = "", description: str = "XR knee") -> Study:
    series = Series("1.2.3.1", 1, "DX", "AP", "KNEE", laterality, instances=images("1.2.3.1", "1.2.3", 1))
    return replace(chest_ct(description), series=(series,))


def general(**fields: str) -> Draft:
    new = draft(GENERAL, knee(), (), READER, AT).write("history", "Fall.", AT).write("findings", "Effusion.", AT)
    for name, text in {"impression": "Effusion.", **fields}.items():
        new = new.write(name, text, AT)
    return new


def test_a_complete_report_raises_no_concern() -> None:
    assert check(complete(), CHEST, case()) == ()


def test_an_empty_impression_cannot_be_waived() -> None:
    (concern,) = check(complete().write("impression", "  ", AT), CHEST, case())
    assert (concern.rule, concern.where, concern.waivable, concern.severity) == (
        "impression",
        "impression",
        False,
        "stop",
    )


def test_a_draft_never_signs_another_examination() -> None:
    assert "study" in rules(check(complete(), CHEST, CaseView(chest_ct(uid="1.2.99"), (nodule(),))))


def test_a_report_without_findings_asks_and_may_be_waived() -> None:
    study = knee("R")
    view = CaseView(study, (), frozenset(series.uid for series in study.series))
    (concern,) = check(general(findings=""), GENERAL, view)
    assert (concern.rule, concern.where, concern.waivable) == ("required", "findings", True)


def test_the_clinical_history_may_stay_empty() -> None:
    assert check(complete().write("history", "", AT), CHEST, case()) == ()


@pytest.mark.parametrize(
    ("study", "text", "expected"),
    [
        (knee("R"), "Left knee effusion.", True),
        (knee("R"), "Right knee effusion.", False),
        (knee(description="XR Knee Lt"), "RT sided effusion", True),
        (knee(description="XR both knees"), "Left knee effusion.", False),
        (knee(description="XR L spine"), "Right transverse process fracture.", False),
        (knee("L"), "The fragment is left in situ.", False),
        (knee("R"), "Mass beside the left ventricle.", False),
        (knee("R"), "R knee effusion", False),
        (knee("R"), "L knee effusion", True),
        (knee(), "Left knee effusion.", False),
    ],
)
def test_a_side_the_examination_is_not_of_is_noticed(study: Study, text: str, expected: bool) -> None:
    concerns = check(general(findings=text), GENERAL, CaseView(study))
    assert ("side" in rules(concerns)) is expected


def test_an_impression_of_a_side_the_findings_never_named_is_noticed() -> None:
    concerns = check(complete().write("impression", "Nodule in the right upper lobe.", AT), CHEST, case())
    assert rules(concerns) == ["side"]
    assert concerns[0].where == "impression"


def test_series_nobody_looked_at_are_named() -> None:
    (concern,) = check(complete(), CHEST, case(seen_series=frozenset({"1.2.3.1"})))
    assert concern.rule == "unread"
    assert "Topogram" in concern.text
    assert "1 series" in concern.text


def test_missing_images_are_counted() -> None:
    (concern,) = check(complete(), CHEST, case(received=(("1.2.3.1", 2),)))
    assert concern.rule == "incomplete"
    assert "2 of 3 images" in concern.text


def test_an_archive_that_counts_more_than_it_lists_is_noticed() -> None:
    study = replace(chest_ct("CT chest with contrast"), expected=9)
    assert rules(check(complete(), CHEST, case(study=study))) == ["incomplete"]


def test_what_was_kept_apart_is_said_and_does_not_stop() -> None:
    study = replace(
        chest_ct("CT chest with contrast"), set_aside=(SetAside("1.2.3.1", "1.9", "it names another patient."),)
    )
    (concern,) = check(complete(), CHEST, case(study=study))
    assert (concern.rule, concern.severity) == ("set_aside", "note")
    assert "1 object of this examination kept apart and not shown: it names another patient." in concern.text


def test_a_preview_stops_and_a_lossy_image_is_only_noted() -> None:
    found = check(complete(), CHEST, case(quality=(("1.2.3.1", "PREVIEW"), ("1.2.3.2", "LOSSY 19:1"))))
    assert [(concern.rule, concern.severity) for concern in found] == [("preview", "warn"), ("lossy", "note")]


def test_a_number_that_left_its_measurement_is_noticed() -> None:
    (concern,) = check(complete(), CHEST, case(measurements=(nodule(9.1),)))
    assert (concern.rule, concern.where) == ("stale", "nodule_diameter")
    assert "9.8 mm" in concern.text
    assert "9.1 mm" in concern.text
    (gone,) = check(complete(), CHEST, case(measurements=()))
    assert "gone" in gone.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Growing 9.8 cm nodule in the left upper lobe.", True),
        ("Nodule of 98 mm, left.", True),
        ("Nodule of 9.8 x 7 cm, left.", True),
        ("Nodule of 1.0 cm, left.", False),
        ("Nodule of 10 mm, left, 3 cm from the hilum.", False),
        ("Nodule of 1 mm, left.", True),
    ],
)
def test_centimetres_said_for_millimetres_are_noticed(text: str, expected: bool) -> None:
    concerns = check(complete().write("impression", text, AT), CHEST, case())
    assert rules(concerns) == (["tenfold"] if expected else [])


@pytest.mark.parametrize(
    ("text", "rule", "waivable"),
    [
        ("Nodule [contrast].", "placeholder", False),
        ("Nodule of {size}.", "placeholder", False),
        ("Nodule [size] mm.", "leftover", True),
        ("Nodule of *** mm.", "leftover", True),
        ("Nodule ??", "leftover", True),
        ("Nodule.", "", True),
    ],
)
def test_what_was_to_be_filled_in_is_noticed(text: str, rule: str, waivable: bool) -> None:
    concerns = check(complete().write("impression", text, AT), CHEST, case())
    assert [(c.rule, c.waivable) for c in concerns] == ([(rule, waivable)] if rule else [])


def test_a_newer_report_stops_and_a_silent_archive_is_noted() -> None:
    found = check(complete(), CHEST, case(newer_report="by Dr X, 10:42", silent=("Southern",)))
    assert [(concern.rule, concern.severity) for concern in found] == [("newer", "warn"), ("silent", "note")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr Brown has a nodule.", True),
        ("Mrs Jones has a nodule.", False),
        ("Peter Brown has a nodule.", True),
        ("Brown, Peter: a nodule.", True),
        ("Brown fat beside the nodule.", False),
        ("Discussed with Mr Whitaker.", False),
        ("MR Angiography is advised.", False),
    ],
)
def test_another_patients_name_is_noticed(text: str, expected: bool) -> None:
    other = Patient("9990000026", "NHS", "Brown^Peter", date(1960, 1, 1), "M")
    concerns = check(complete().write("impression", text, AT), CHEST, case(other_patients=(other,)))
    assert ("name" in rules(concerns)) is expected


def test_a_comparison_with_a_prior_that_was_not_opened_is_noticed() -> None:
    claimed = replace(complete(), compared=("1.2.9",))
    assert rules(check(claimed, CHEST, case(opened_priors=frozenset()))) == ["prior"]
    assert check(claimed, CHEST, case(opened_priors=frozenset({"1.2.9"}))) == ()


@pytest.mark.parametrize(
    ("text", "rule"), [("950 mm", "range"), ("large", "number"), ("12 x 8 mm", "number"), ("9 px", "number")]
)
def test_a_number_field_holds_one_number_in_its_range(text: str, rule: str) -> None:
    assert rule in rules(check(complete().write("nodule_diameter", text, AT), CHEST, case()))


def test_numbers_are_read_as_they_are_written() -> None:
    assert stated("1,2 cm", "mm") == pytest.approx(12.0)
    assert stated("14", "mm") == 14.0
    assert [size.millimetres for size in sizes("12 x 8 mm and 1.5-cm, T4, 3 cm² and 2 cms")] == [12.0, 8.0, 15.0]


def test_sides_are_read_as_a_radiologist_means_them() -> None:
    assert sides_said("left-sided effusion, LT hilum") == {"left"}
    assert sides_said("nothing left to do; upright film; brightly; l lung") == set()
    assert sides_of_study(knee("B")) == ""


@given(st.text(max_size=200), st.sampled_from(["impression", "nodule_diameter", "nodule_site", "lungs"]))
def test_whatever_is_typed_the_check_answers(text: str, field: str) -> None:
    other = Patient("9990000026", "NHS", "Brown^Peter", date(1960, 1, 1), "M")
    concerns = check(complete().write(field, text, AT), CHEST, case(other_patients=(other,)))
    assert all(concern.text and concern.severity in ("stop", "warn", "note") for concern in concerns)
    assert all(concern.waivable for concern in concerns if concern.severity != "stop")
