"""readingroom keys: what is in force, maps brought in, and bad ones refused with a remedy."""

import json
from pathlib import Path
from typing import Any

import pytest

from readingroom.settings.places import Profile, resources
from readingroom.verbs.front import main


def _asked(capsys: pytest.CaptureFixture[str], profile: Path, *words: str, code: int = 0) -> dict[str, Any]:
    assert main(["keys", "--profile", str(profile), "--json", *words]) == code
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def _keys(answer: dict[str, Any], command: str) -> list[str]:
    return next(list(one["keys"]) for one in answer["commands"] if one["id"] == command)


def test_every_command_is_listed_with_its_window_and_its_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = _asked(capsys, tmp_path)
    assert _keys(answer, "view.invert") == ["I"] and answer["conflicts"] == [] and answer["problems"] == []
    assert {"reading", "worklist", "mpr", "tags"} <= {one["room"] for one in answer["commands"]}


@pytest.mark.parametrize("name", sorted(path.stem for path in (resources() / "keys").glob("*.toml")))
def test_every_map_that_travels_with_the_program_can_be_used(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = _asked(capsys, tmp_path, "--check", name)
    assert answer["problems"] == [] and _keys(answer, "stage.next")[0] == "." and len(_keys(answer, "stage.next")) == 2
    assert not Profile(tmp_path).keys.exists()


def test_a_pad_and_a_pedal_together_and_taken_to_another_desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "mine.toml"
    for name in ("foot-pedal", "left-hand-pad"):
        answer = _asked(capsys, here, "--import", name)
    assert _keys(answer, "stage.next") == [".", "F15", "F20"]
    _asked(capsys, here, "--export", str(file))
    assert _keys(_asked(capsys, there, "--import", str(file)), "stage.next") == [".", "F15", "F20"]
    assert _keys(_asked(capsys, there, "--reset"), "stage.next") == ["."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[keys]\n"view.invert" = ["J"]\n"view.rejected" = ["J"]', "J means both"),
        ('[keys]\n"view.inverse" = ["J"]', "no command “view.inverse”"),
        ('[mouse]\n"Wheel" = "pan"', "Wheel cannot do “pan”"),
        ("[keys", "not valid TOML"),
    ],
)
def test_a_bad_map_is_refused_with_its_remedy(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, "utf-8")
    for way in ("--check", "--import"):
        answer = _asked(capsys, tmp_path, way, str(file), code=2)
        assert says in answer["problem"] and answer["remedy"]
    assert not Profile(tmp_path).keys.exists()


def test_a_map_that_is_not_there_names_those_that_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "foot-pedal" in _asked(capsys, tmp_path, "--check", "nowhere", code=2)["remedy"]
