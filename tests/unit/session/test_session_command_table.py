"""The one table of commands: every key has one meaning in its window, and a reader's key wins over a default."""

from hypothesis import given
from hypothesis import strategies as st

from readingroom.session.commands.finding import found
from readingroom.session.commands.registry import EVERYWHERE, ROOMS
from readingroom.session.commands.table import COMMANDS, command_named, commands_of, conflicts, with_keys
from readingroom.settings.chords import NAMED, chord
from readingroom.settings.key_map import KeyMap

SOME_KEYS = st.sampled_from(["A", "Ctrl+Z", "F13", "Down", "Num+5", "Esc", "Ctrl+K", "I", "J"])
IDS = st.sampled_from([command.id for command in COMMANDS])


def test_no_command_is_declared_twice_and_each_belongs_to_a_window() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert {command.room for command in COMMANDS} == set(ROOMS)


def test_every_default_key_is_a_key() -> None:
    for command in COMMANDS:
        assert all(chord(key) is not None for key in command.keys), command.id


def test_the_palette_is_in_every_window() -> None:
    for room in ROOMS:
        assert "window.palette" in {command.id for command in commands_of(room)}


def test_the_readers_key_is_taken_from_the_command_that_had_it_by_default() -> None:
    held = with_keys(KeyMap(keys={"view.invert": ("J",)}))
    assert command_named("view.invert", held).keys == ("J",)  # type: ignore[union-attr]
    assert command_named("view.rejected", held).keys == ()  # type: ignore[union-attr]
    assert command_named("mpr.invert", held).keys == ("I",)  # type: ignore[union-attr]


@given(st.dictionaries(IDS, st.lists(SOME_KEYS, max_size=3).map(tuple), max_size=6))
def test_whatever_a_reader_binds_a_key_that_is_claimed_twice_was_claimed_twice_by_the_reader(
    keys: dict[str, tuple[str, ...]],
) -> None:
    for conflict in conflicts(with_keys(KeyMap(keys=keys))):
        assert {conflict.first.id, conflict.second.id} <= set(keys)


@given(st.sampled_from(NAMED), st.sets(st.sampled_from(["Ctrl", "Alt", "Shift", "Meta", "Num"])))
def test_a_key_is_read_back_as_it_was_written(key: str, held: set[str]) -> None:
    read = chord("+".join((*held, key)))
    assert read is not None and chord(read.text) == read


def test_letters_are_of_a_text_and_commands_are_not() -> None:
    for key in ("A", "Shift+D", "+", "Num+5", "Space", "Del", "Ctrl+Alt+Q", "."):
        assert chord(key).is_of_a_text, key  # type: ignore[union-attr]
    for key in ("F13", "Ctrl+Z", "Alt+Left", "Esc", "Shift+F3", "Ctrl+Return", "Ctrl++"):
        assert not chord(key).is_of_a_text, key  # type: ignore[union-attr]


def test_what_is_no_key_is_refused() -> None:
    for text in ("", "Ctrl+", "Hyper+A", "F36", "AB", "Ctrl+Ctrl+A"):
        assert chord(text) is None, text


def test_a_few_letters_find_a_command_and_what_was_used_last_comes_first() -> None:
    reading = commands_of("reading")
    assert found("inv", reading, [])[0].id == "view.invert"
    assert found("sgn", reading, [])[0].id == "window.sign"
    assert found("rot anti", reading, [])[0].id == "view.turn-back"
    assert found("", reading, ["stage.next", "view.flip"])[:2] == (
        command_named("stage.next"),
        command_named("view.flip"),
    )
    assert found("qqqq", reading, []) == ()
    assert EVERYWHERE in ROOMS
