"""Templates: what an examination is reported in."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.reporting.reporting_cases import FOLDER, chest_ct

from readingroom.base.errors import ReaderError
from readingroom.reporting.template import Templates, templates

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
    assert {template.id for template in found.usable} >= {"ct-chest", "general"}


@pytest.mark.parametrize("description", ["CT chest", "CT Thorax with contrast", "CTPA", "HRCT Lungs"])
def test_a_chest_ct_is_reported_in_the_chest_template(description: str) -> None:
    assert templates(FOLDER).for_study(chest_ct(description)).id == "ct-chest"


@pytest.mark.parametrize("description", ["CT chest abdomen pelvis", "CT TAP", "CT guided lung biopsy"])
def test_a_ct_of_more_than_the_chest_is_not(description: str) -> None:
    assert templates(FOLDER).for_study(chest_ct(description)).id == "general"


def test_another_modality_gets_the_general_template() -> None:
    study = chest_ct("Chest PA")
    radiograph = replace(study, series=tuple(replace(series, modality="DX") for series in study.series))
    assert templates(FOLDER).for_study(radiograph).id == "general"


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
    assert {template.id for template in found.usable} == {"ct-chest", "general"}
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
