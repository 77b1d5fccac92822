"""A reader's key map as a file: it reads back the same, old ones are understood, broken ones say why."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.base.errors import ReaderError
from readingroom.settings.chords import BUTTONS, gesture
from readingroom.settings.key_map import VERSION, KeyMap, as_text, parse_key_map, read_key_map, write_key_map

IDS = st.from_regex(r"[a-z]{1,8}\.[a-z0-9-]{1,12}", fullmatch=True)
KEYS = st.lists(st.sampled_from(["A", "Ctrl+Z", "F13", "Num++", "+", "\\", '"', "É", "Esc"]), max_size=3).map(tuple)
ROWS = st.dictionaries(IDS, KEYS, max_size=5)


@given(
    st.text(max_size=30),
    ROWS,
    ROWS,
    st.dictionaries(st.sampled_from(["Left+Right", "Ctrl+Wheel"]), st.text(max_size=9)),
)
def test_a_map_that_is_written_reads_back_the_same(name, keys, also, mouse) -> None:  # type: ignore[no-untyped-def]
    whole = KeyMap(name, keys, also, mouse)
    assert parse_key_map(as_text(whole), "keys.toml") == whole


def test_the_first_version_had_single_texts_and_tables_and_is_understood() -> None:
    read = parse_key_map('[keys]\n"view.invert" = "j"\n[keys.stage]\nnext = ["pagedown"]\n', "keys.toml")
    assert read.keys == {"view.invert": ("J",), "stage.next": ("PgDown",)} and f"version = {VERSION}" in as_text(read)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[keys", "not valid TOML"),
        ("version = 99", "version 99"),
        ("version = true", "whole number"),
        ('[keys]\n"a.b" = 3', "a.b must be text"),
        ('[keys]\n"a.b" = ["Hyper+Q"]', "Hyper+Q"),
        ('[mouse]\n"Left+Left" = "pan"', "no gesture"),
        ("[colours]", "no table"),
        ("keys = 1", "not a table"),
    ],
)
def test_a_broken_map_says_what_is_wrong_and_what_to_do(text: str, says: str) -> None:
    with pytest.raises(ReaderError) as refused:
        parse_key_map(text, "keys.toml")
    assert says in refused.value.problem and refused.value.remedy


@given(st.binary(max_size=200))
def test_no_bytes_are_a_defect(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("keys") / "keys.toml"
    path.write_bytes(raw)
    try:
        read_key_map(path)
    except ReaderError as error:
        assert error.problem and error.remedy


def test_a_file_that_cannot_be_read_is_put_aside_and_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text("[keys", "utf-8")
    write_key_map(path, KeyMap(keys={"view.invert": ("J",)}))
    assert read_key_map(path).keys == {"view.invert": ("J",)}
    assert (tmp_path / "keys.broken.toml").read_text("utf-8") == "[keys"


def test_a_pads_keys_come_beside_those_that_are_there_and_a_second_pads_beside_both() -> None:
    pedal = KeyMap(also={"stage.next": ("F15",)}).over(KeyMap(keys={"stage.next": ("N",)}))
    both = KeyMap(also={"stage.next": ("F20",)}).over(pedal)
    assert both.keys["stage.next"] == ("N",) and both.also["stage.next"] == ("F15", "F20")


@given(
    st.sets(st.sampled_from(BUTTONS), min_size=1, max_size=2),
    st.sets(st.sampled_from(["Ctrl", "Alt", "Shift"]), max_size=2),
)
def test_a_gesture_has_one_spelling(buttons: set[str], held: set[str]) -> None:
    forms = {gesture("+".join((*held, *order))) for order in (sorted(buttons), sorted(buttons, reverse=True))}
    assert len(forms) == 1 and None not in forms


def test_what_no_hand_can_do_is_no_gesture() -> None:
    for text in ("", "Wheel+Left", "Left+Middle+Right", "Double", "Triple Left", "Ctrl", "Hyper+Left"):
        assert gesture(text) is None, text
