"""The table of relevance as data, and what it makes of words, terms, codes and identities."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.hanging.priors import doubt, doubtful, relevant, worth_opening
from readingroom.hanging.regions import contrast_of, regions_of, side_of
from readingroom.hanging.relevance import relevance
from readingroom.record.patient import Patient
from readingroom.record.search import StudyRow
from readingroom.record.study import Series, Study
from readingroom.settings.places import resources

ADA = Patient("9990100006", "NHS", "Byron^Ada", date(1970, 1, 1), "F")
TODAY = date(2026, 11, 24)


def study(description: str, modality: str = "CT", **changes: object) -> Study:
    made = Study("1", ADA, TODAY, None, description, series=(Series("1.1", 1, modality, ""),))
    return replace(made, **changes)  # type: ignore[arg-type]


def row(uid: str, description: str, modality: str = "CT", day: date | None = TODAY, **changes: object) -> StudyRow:
    made = StudyRow(uid, ADA, day, None, description, (modality,), "", "", 30, ("Northgate",))
    return replace(made, **changes)  # type: ignore[arg-type]


def score(now: Study, before: StudyRow) -> int:
    return relevant(now, [before])[0].score


@pytest.mark.parametrize(
    ("now", "before", "points"),
    [
        (study("CT Chest"), row("2", "CT Thorax"), 50 + 15),
        (study("CT Chest"), row("2", "CT Chest"), 50 + 15 + 20),
        (study("CT Abdomen"), row("2", "CT Pelvis"), 20 + 15),
        (study("CT Chest"), row("2", "XR Chest", "DX"), 50 + 8),
        (study("CT Head"), row("2", "MRI Brain", "MR"), 50 + 8),
        (study("XR Left Knee", "DX"), row("2", "XR Knee Lt", "DX"), 50 + 15 + 15),
        (study("XR Left Knee", "DX"), row("2", "XR Right Knee", "DX"), 50 - 20 + 15),
        (study("CT Head"), row("2", "XR Left Knee", "DX"), 8),
        (study("CT Chest"), row("2", "CT Thorax", day=date(2026, 5, 20)), 50 + 15 - 1),
        (study("CT Chest"), row("2", "CT Thorax", day=date(2016, 11, 20)), 50 + 15 - 20),
        (study("CT Chest with contrast"), row("2", "CT Thorax with contrast"), 50 + 15 + 5),
        (study("CT Chest with contrast"), row("2", "CT Thorax unenhanced"), 50 + 15),
    ],
)
def test_the_points_are_those_of_the_table(now: Study, before: StudyRow, points: int) -> None:
    assert score(now, before) == points


def test_the_reasons_add_up_to_the_score() -> None:
    import re

    prior = relevant(study("CT Left Shoulder"), [row("2", "MRI Left Shoulder", "MR", date(2024, 1, 1))])[0]
    assert sum(int(re.findall(r"\(([+-]\d+)\)", reason)[0]) for reason in prior.reasons) == prior.score
    assert "2 years older" in " ".join(prior.reasons)


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("CT Chest Abdomen Pelvis with contrast", ("chest", "abdomen", "pelvis")),
        ("CT CAP", ("chest", "abdomen", "pelvis")),
        ("MRI Thoracic Spine", ("spine",)),
        ("Röntgen Thorax in zwei Ebenen", ("chest",)),
        ("CT Schädel nativ", ("head",)),
        ("IRM du genou gauche", ("knee",)),
        ("TC addome e bacino con mdc", ("abdomen", "pelvis")),
        ("RM de columna lumbar", ("spine",)),
        ("Echografie lever", ("abdomen",)),
        ("TK głowy bez kontrastu", ("head",)),
        ("PET-CT skull base to mid thigh", ("whole body", "leg")),
        ("PET Brain", ("head",)),
        ("FDG PET", ("whole body",)),
        ("US Thyroid nodule", ("neck",)),
        ("Ship to hipster", ()),
    ],
)
def test_regions_are_read_in_the_languages_of_the_region(text: str, regions: tuple[str, ...]) -> None:
    assert regions_of([text]) == regions


def test_body_part_and_codes_name_a_region_without_words() -> None:
    assert regions_of([], ["TSPINE"]) == ("spine",)
    assert regions_of([], [], ["72696002"]) == ("knee",)
    assert regions_of([], ["Knie links"]) == ("knee",)


@pytest.mark.parametrize(
    ("text", "side"),
    [("Knie links", "left"), ("Genou droit", "right"), ("Knees bilateral", ""), ("Both knees, left worse", "")],
)
def test_the_side_is_read_in_other_languages(text: str, side: str) -> None:
    assert side_of(text) == side


def test_the_side_of_a_header_counts_where_words_say_none() -> None:
    assert side_of("XR Knee", laterality=["L"]) == "left"
    assert side_of("XR Right Knee", laterality=["L"]) == "right"


def test_contrast_is_read_only_where_it_is_said() -> None:
    assert contrast_of("CT mit Kontrastmittel") == "with contrast"
    assert contrast_of("CT without contrast") == "without contrast"
    assert contrast_of("CT without and with contrast") == contrast_of("CT Chest") == ""


def test_the_order_does_not_depend_on_the_order_of_the_answers() -> None:
    rows = [row(str(n), "CT Chest", day=date(2020 + n % 3, 1, 1)) for n in range(2, 9)]
    assert relevant(study("CT Chest"), rows) == relevant(study("CT Chest"), rows[::-1])


def test_on_a_cancer_pathway_no_oncology_prior_is_left_aside() -> None:
    now = study("CT staging lymphoma")
    found = relevant(now, [row("2", "PET restaging lymphoma", "PT", date(2010, 1, 1)), row("3", "XR Hand", "DX")])
    assert [prior.row.study_uid for prior in worth_opening(found)] == ["2"]


def test_a_local_number_of_another_issuer_is_no_proof() -> None:
    local = replace(ADA, id="12345", issuer="EASTMERE")
    assert "another issuer" in doubt(local, replace(local, issuer="NORTHGATE"))
    assert doubt(local, local) == ""


def test_a_number_without_issuer_needs_name_or_birth_date_to_agree() -> None:
    local = Patient("12345", "", "Byron^Ada", date(1970, 1, 1), "F")
    assert doubt(local, replace(local, issuer="EASTMERE")) == ""
    assert "nothing but the number" in doubt(local, Patient("12345", "", "", None, ""))


def test_an_nhs_number_with_and_without_spaces_is_one() -> None:
    assert doubt(ADA, replace(ADA, id="999 010 0006", issuer="2.16.840.1.113883.2.1.4.1")) == ""


def test_a_study_under_another_number_is_named_and_is_no_prior() -> None:
    elsewhere = row("2", "CT Chest", patient=replace(ADA, id="E4711", issuer="EASTMERE"))
    stranger = row("3", "CT Chest", patient=replace(ADA, id="E4712", issuer="EASTMERE", birth_date=date(1980, 1, 1)))
    assert relevant(study("CT Chest"), [elsewhere, stranger]) == ()
    assert [one.row.study_uid for one in doubtful(study("CT Chest"), [elsewhere, stranger])] == ["2"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("same_region = 50", "same_region = 'much'"), "same_region"),
        (("least_points = 50", ""), "least_points"),
        (('beside = ["hip", "knee", "foot"]', 'beside = ["wing"]'), "wing"),
        (('parts = ["KNEE", "PATELLA"]', "parts = 7"), "parts"),
        (("[points]", "[points"), "cannot be used"),
    ],
)
def test_a_broken_table_is_refused_with_what_is_wrong(tmp_path: Path, change: tuple[str, str], word: str) -> None:
    text = (resources() / "priors.toml").read_text("utf-8")
    assert change[0] in text
    broken = tmp_path / "priors.toml"
    broken.write_text(text.replace(*change), "utf-8")
    with pytest.raises(ReaderError, match=word):
        relevance(broken)
