"""The files of hanging protocols: all that travel with the program can be used, and what is wrong is said with its line."""

import json
from pathlib import Path

import pytest

from readingroom.hanging.library import parsed_text, protocols, protocols_of_desk, usual_protocols
from readingroom.settings.parsed import NAME, parsed
from readingroom.settings.places import resources

FOLDER = resources() / "hanging"
WHOLE = """schema: hanging-protocol/1
id: mine
name: Mine
applies_to: {require: [{attr: modalities, any_of: [CT]}]}
display_sets: {a: {require: [{attr: Modality, is: CT}]}}
viewports: {a: {show: a}}
stages: [{id: one, layouts: [{screens: [{areas: ["a"]}]}]}]
"""


def test_every_protocol_that_travels_with_the_program_can_be_used() -> None:
    found = usual_protocols()
    assert found.broken == () and len(found.usable) >= 45


@pytest.mark.parametrize(
    "modality",
    ["CT", "MR", "MG", "CR", "DX", "US", "NM", "PT", "XA", "RF", "XC", "ES", "OT", "IO", "SM", "RTSTRUCT"],
)
def test_every_kind_of_examination_has_a_protocol_of_its_own(modality: str) -> None:
    wanted = [rule for one in usual_protocols().usable for rule in one.applies_to.require if rule.attr == "modalities"]
    assert any(modality in rule.any_of for rule in wanted)


def test_what_was_read_beforehand_is_what_the_files_say() -> None:
    """Renew it with: python -m readingroom.hanging.library."""
    assert (FOLDER / NAME).read_text(encoding="utf-8") == parsed_text(FOLDER)


def test_a_file_that_was_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "ct-any.yaml"
    path.write_text((FOLDER / "ct-any.yaml").read_text("utf-8").replace("CT, any region", "Changed"), "utf-8")
    assert parsed(FOLDER).document(FOLDER / "ct-any.yaml") is not None
    assert parsed(FOLDER).document(path) is None
    assert protocols(((tmp_path, "user"),)).usable[0].name == "Changed"


def test_damaged_readings_beforehand_are_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text("{}")
    for text in ("", "[]", "{}", '{"schema": 1, "documents": []}'):
        (tmp_path / NAME).write_text(text)
        assert parsed(tmp_path).documents == {}


def test_a_readers_protocol_stands_over_the_programs_of_the_same_id(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(WHOLE.replace("id: mine", "id: ct-head"))
    found = protocols_of_desk(tmp_path).named("ct-head")
    assert (found.level, found.source, found.name) == ("user", "own.yaml", "Mine")


def test_the_sites_protocol_stands_between_them(tmp_path: Path) -> None:
    site, user = tmp_path / "site", tmp_path / "user"
    for folder, name in ((site, "Site"), (user, "User")):
        folder.mkdir()
        (folder / "own.yaml").write_text(WHOLE.replace("name: Mine", f"name: {name}"))
    assert protocols_of_desk(user, str(site)).named("mine").name == "User"
    assert protocols_of_desk(tmp_path / "none", str(site)).named("mine").level == "site"


def test_a_sites_folder_that_is_not_there_is_said_and_the_programs_protocols_stay(tmp_path: Path) -> None:
    found = protocols_of_desk(tmp_path / "none", str(tmp_path / "gone"))
    assert found.usable == usual_protocols().usable
    assert "no folder" in found.broken[0].problem and found.broken[0].remedy


def test_a_broken_file_leaves_what_it_would_have_replaced_in_use(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(WHOLE.replace("id: mine", "id: ct-head").replace("show: a", "show: b"))
    found = protocols_of_desk(tmp_path)
    assert found.named("ct-head").level == "shipped" and len(found.broken) == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("name: Mine", "name: Mine\nname: Yours"), "line 4, a key stands there twice"),
        (("show: a", "show: b"), "line 6, there is no display set “b”"),
        (('areas: ["a"]', 'areas: ["a b"]'), "line 7, there is no viewport “b”"),
        (('areas: ["a"]', 'areas: ["a .", ". a"]'), "is no rectangle"),
        (('areas: ["a"]', 'areas: ["a a", "a"]'), "rows are not equally long|is no rectangle"),
        (("{attr: modalities", "{attr: modality"), "there is no attribute “modality” here"),
        (("{attr: Modality, is: CT}", '{attr: Modality, regex: "("}'), "is no regular expression"),
        (("schema: hanging-protocol/1", "schema: hanging-protocol/2"), "schema"),
        (("name: Mine", "name: Mine\ncolour: red"), "Additional properties"),
        (("{show: a}", "{show: a, window: Brian}"), "there is no window “Brian”"),
        (("id: one,", "id: one, needs: [c],"), "there is no display set “c”"),
        (("display_sets: {a: {", "display_sets: {a: {from: prior1, "), "there is no prior “prior1”"),
        (("name: Mine", "name: [Mine"), "not YAML"),
        (("name: Mine", "%YAML 1.1\n---\nname: Mine"), "it is YAML 1.1"),
        (("applies_to", "priors: [{id: p, age: 1y}]\napplies_to"), "age belongs to the role nearest"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    import re

    (tmp_path / "own.yaml").write_text(WHOLE.replace(*change))
    found = protocols(((tmp_path, "user"),))
    assert found.usable == () and len(found.broken) == 1
    assert re.search(problem, found.broken[0].problem), found.broken[0].problem
    assert "own.yaml" in found.broken[0].problem and found.broken[0].remedy


def test_yaml_is_that_of_version_1_2(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(WHOLE.replace("name: Mine", "name: on"))
    assert protocols(((tmp_path, "user"),)).usable[0].name == "on"


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"", b"- a", b"a" * 300_000, b"&a [*a]"])
def test_no_file_however_broken_ends_in_anything_but_words(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "own.yaml").write_bytes(raw)
    found = protocols(((tmp_path, "user"),))
    assert found.usable == () and len(found.broken) == 1


def test_the_schema_is_one() -> None:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(json.loads((FOLDER / "schema.json").read_text("utf-8")))
