"""Templates: what an examination is reported in."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.reporting.reporting_cases import FOLDER, chest_ct

from readingroom.base.errors import ReaderError
from readingroom.record.study import Study
from readingroom.reporting.template import Templates, parsed_text, templates
from readingroom.settings.parsed import NAME

SOUND = """format: report-template/1
id: knee
title: MR knee
sections:
  - id: impression
    title: Impression
    role: impression
    fields:
      - {id: impression, label: Impression, required: prohibit}
"""


def with_file(folder: Path, text: str | bytes, name: str = "knee.yaml") -> Templates:
    for path in FOLDER.iterdir():
        shutil.copy(path, folder)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return templates(folder)


def test_every_template_that_travels_with_the_program_is_sound() -> None:
    found = templates(FOLDER)
    assert found.broken == ()
    assert len(found.usable) >= 14


def test_what_was_read_beforehand_is_what_the_files_say_today() -> None:
    assert (FOLDER / NAME).read_text(encoding="utf-8") == parsed_text(FOLDER)


def study_of(modality: str, description: str, part: str = "", code: str = "") -> Study:
    series = tuple(replace(one, modality=modality, body_part=part) for one in chest_ct().series)
    return replace(chest_ct(description), series=series, procedure_code=(code, "NICIP", "") if code else None)


@pytest.mark.parametrize(
    ("modality", "description", "part", "wanted"),
    [
        ("CT", "CT chest", "CHEST", "ct-chest"), ("CT", "CT Thorax with contrast", "", "ct-chest"),
        ("CT", "HRCT Lungs", "CHEST", "ct-chest"), ("CT", "CTPA", "CHEST", "ct-pulmonary-angiogram"),
        ("CT", "CT Pulmonary angiogram", "CHEST", "ct-pulmonary-angiogram"),
        ("CT", "CT chest abdomen pelvis", "CHEST", "ct-chest-abdomen-pelvis"), ("CT", "CT TAP", "CHEST", "ct-chest-abdomen-pelvis"),
        ("CT", "CT Abdomen and pelvis", "ABDOMEN", "ct-abdomen-pelvis"), ("CT", "CT KUB", "", "ct-abdomen-pelvis"),
        ("CT", "CT Head", "HEAD", "ct-head"), ("CT", "CT Trauma series", "CHEST", "ct-trauma"),
        ("CT", "CT guided lung biopsy", "CHEST", "general"), ("MR", "MR Brain", "BRAIN", "mr-brain"),
        ("MR", "MR Lumbar spine", "LSPINE", "mr-lumbar-spine"), ("MR", "MRI Prostate", "PELVIS", "mr-prostate"),
        ("MR", "MR Liver", "ABDOMEN", "mr-liver"), ("MG", "MG Both breasts", "BREAST", "mammography"),
        ("DX", "XR Chest", "CHEST", "chest-film"), ("CR", "Chest PA", "", "chest-film"), ("DX", "XR Hand right", "HAND", "msk-film"),
        ("DX", "XR Abdomen", "ABDOMEN", "general"), ("US", "US Thyroid", "NECK", "us-thyroid"), ("US", "US Abdomen", "", "general"),
        ("PT", "PET-CT whole body", "CHEST", "pet-ct"), ("NM", "NM Bone scan", "", "general"),
    ],
)  # fmt: skip
def test_an_examination_is_reported_in_its_own_template(
    modality: str, description: str, part: str, wanted: str
) -> None:
    assert templates(FOLDER).for_study(study_of(modality, description, part)).id == wanted


def test_a_pet_ct_is_no_ct() -> None:
    both = study_of("CT", "PET-CT skull base to thigh", "CHEST")
    both = replace(both, series=(both.series[0], replace(both.series[1], modality="PT")))
    assert templates(FOLDER).for_study(both).id == "pet-ct"


def test_a_procedure_code_names_a_template_outright(tmp_path: Path) -> None:
    text = SOUND.replace("sections:", "applies:\n  procedure_codes: [CKNEE]\nsections:")
    found = with_file(tmp_path, text)
    assert found.for_study(study_of("CT", "CT chest", "CHEST", "CKNEE")).id == "knee"
    assert found.for_study(study_of("CT", "CT chest", "CHEST", "CCHES")).id == "ct-chest"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SOUND.replace("title: MR knee", "title: MR knee\ntitle: MR"), 4, "twice"),
        (SOUND.replace("role: impression", "role: opinion"), 7, "opinion"),
        (SOUND + "   - broken\n", 10, "not YAML"),
        (SOUND.replace("label: Impression,", "label: Impression, kind: choice,"), 9, "choices"),
        (SOUND.replace("label: Impression,", 'label: Impression, text: "{weather}",'), 9, "weather"),
        (SOUND.replace("label: Impression,", "label: Impression, kind: number, range: [9, 2],"), 9, "empty"),
        ("%YAML 1.1\n---\n" + SOUND, 1, "YAML 1.1"),
        (SOUND.encode() + b"# caf\xe9\n", 10, "UTF-8"),
        ("", 1, "object"),
        ("[" * 5000, 1, ""),
        (SOUND.replace("id: knee", "id: general"), 1, "taken"),
        (SOUND.replace("role: impression", "role: findings"), 1, "impression"),
    ],
)
def test_a_broken_template_says_where_and_hinders_no_other(
    tmp_path: Path, text: str | bytes, line: int, words: str
) -> None:
    found = with_file(tmp_path, text)
    assert found.usable == templates(FOLDER).usable
    (trouble,) = found.broken
    assert "knee.yaml" in trouble.problem
    assert f"line {line}," in trouble.problem
    assert words in trouble.problem
    assert trouble.remedy


def test_no_stays_a_word_as_in_yaml_1_2(tmp_path: Path) -> None:
    text = SOUND.replace("required: prohibit", "kind: choice, choices: [NO, ON, Y, off]")
    field = with_file(tmp_path, text).named("knee").field("impression")
    assert field is not None
    assert field.choices == ("NO", "ON", "Y", "off")


def test_an_unknown_template_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ReaderError) as refused:
        templates(FOLDER).named("ct-toe")
    assert "ct-chest" in refused.value.remedy
