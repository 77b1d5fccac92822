"""One key, one meaning: what two builders gave the same key is found before it lands."""

from readingroom.session.commands.table import conflicts, with_keys
from readingroom.settings.key_map import KeyMap


def test_no_default_key_means_two_things_in_one_window() -> None:
    assert [one.words for one in conflicts(with_keys(KeyMap()))] == []
