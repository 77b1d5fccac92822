"""readingroom import of discs as they really come: names in any case, files that are missing, ZIP files, copies."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.objects import ct_series

from readingroom.archive.media import Media
from readingroom.settings.places import Profile
from readingroom.verbs.front import main

Verb = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def verb(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Verb:
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    profile = Profile(tmp_path / "profile")

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json", "--profile", str(profile.folder)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, json.loads(said.out)

    return run


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """A disc of four slices with its directory."""
    Media(tmp_path / "disc", "disc").write(ct_series(4))
    return tmp_path / "disc"


def test_a_disc_with_its_directory_comes_in_whole(verb: Verb, disc: Path) -> None:
    code, said = verb("import", str(disc))
    assert (code, said["imported"], said["refused"]) == (0, 4, [])


def test_the_directory_itself_stands_for_its_disc(verb: Verb, disc: Path) -> None:
    code, said = verb("import", str(disc / "DICOMDIR"))
    assert (code, said["imported"]) == (0, 4)


def test_a_disc_that_was_copied_in_small_letters_is_whole(verb: Verb, disc: Path, tmp_path: Path) -> None:
    small = tmp_path / "copied"
    for path in disc.rglob("*"):
        if path.is_file():
            to = small / str(path.relative_to(disc)).lower()
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
    code, said = verb("import", str(small))
    assert (code, said["imported"], said["refused"]) == (0, 4, [])


def test_files_with_a_version_or_an_ending_are_those_that_the_directory_names(verb: Verb, disc: Path) -> None:
    images = sorted(path for path in disc.rglob("IM*") if path.is_file())
    images[0].rename(images[0].with_name(f"{images[0].name};1"))
    images[1].rename(images[1].with_name(f"{images[1].name}.dcm"))
    code, said = verb("import", str(disc))
    assert (code, said["imported"], said["refused"]) == (0, 4, [])


def test_a_file_that_the_directory_names_and_the_disc_lacks_is_named(verb: Verb, disc: Path) -> None:
    gone = sorted(path for path in disc.rglob("IM*") if path.is_file())[2]
    gone.unlink()
    code, said = verb("import", str(disc))
    assert (code, said["imported"]) == (1, 3)
    assert [one["path"].endswith(gone.relative_to(disc).as_posix()) for one in said["refused"]] == [True]
    assert "does not hold it" in said["refused"][0]["problem"] and said["refused"][0]["remedy"]


def test_a_damaged_directory_loses_no_image(verb: Verb, disc: Path) -> None:
    whole = (disc / "DICOMDIR").read_bytes()
    (disc / "DICOMDIR").write_bytes(whole[: len(whole) // 2])
    code, said = verb("import", str(disc))
    assert said["imported"] == 4 and code in (0, 1)


def test_a_zip_file_is_a_disc_like_any_other(verb: Verb, disc: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "case.zip", "w") as archive:
        for path in disc.rglob("*"):
            if path.is_file():
                archive.write(path, f"CD/{path.relative_to(disc).as_posix()}")
    code, said = verb("import", str(tmp_path / "case.zip"))
    assert (code, said["imported"], said["refused"]) == (0, 4, [])


def test_a_disc_image_is_a_disc_like_any_other(verb: Verb, tmp_path: Path) -> None:
    Media(tmp_path / "case.iso", "iso").write(ct_series(4))
    code, said = verb("import", str(tmp_path / "case.iso"))
    assert (code, said["imported"], said["refused"]) == (0, 4, [])
    (tmp_path / "half.iso").write_bytes((tmp_path / "case.iso").read_bytes()[:40_000])
    code, said = verb("import", str(tmp_path / "half.iso"))
    assert code == 1 and said["refused"][0]["remedy"]


def test_a_broken_zip_file_is_refused_with_a_remedy(verb: Verb, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(b"PK\x03\x04 and no more")
    code, said = verb("import", str(tmp_path / "case.zip"))
    assert (code, said["imported"]) == (1, 0)
    assert "ZIP" in said["refused"][0]["problem"] and said["refused"][0]["remedy"]


def test_the_same_disc_twice_changes_nothing(verb: Verb, disc: Path) -> None:
    verb("import", str(disc))
    held = verb("cache")[1]
    code, said = verb("import", str(disc), str(disc))
    assert (code, said["imported"]) == (0, 4)
    assert verb("cache")[1]["frames"] == held["frames"]
