"""readingroom hang list, simulate, export-dicom, import-dicom: what the windows do, without one."""

import json
from pathlib import Path

import pytest
from tests.fakes.phantom import SECOND_SERIES, slices

from readingroom.hanging.library import usual_protocols
from readingroom.hanging.writing import text_of
from readingroom.verbs.front import main


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """The exit code and the JSON answer of a command line."""
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def profile(tmp_path: Path) -> tuple[str, str]:
    return "--profile", str(tmp_path / "profile")


def test_a_protocol_goes_to_dicom_and_comes_back_as_the_readers_own(
    tmp_path: Path, profile: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    to = str(tmp_path / "p.dcm")
    code, fields = asked(capsys, "hang", "export-dicom", "ct-chest", "--to", to, *profile)
    assert code == 0 and fields["warnings"]
    code, fields = asked(capsys, "hang", "import-dicom", to, *profile)
    assert (code, fields["protocol"], fields["warnings"]) == (0, "ct-chest-2", [])
    code, fields = asked(capsys, "hang", "import-dicom", to, "--standard-only", *profile)
    assert code == 0 and Path(str(fields["file"])).exists()
    _, fields = asked(capsys, "hang", "list", *profile)
    rows = fields["protocols"]
    assert isinstance(rows, list) and sum(row["level"] == "user" for row in rows) == 2


def test_the_simulation_of_a_folder_says_which_layouts_would_change(
    tmp_path: Path, profile: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    for number, part10 in enumerate((*slices(12), *slices(12, series=SECOND_SERIES, description="Lung 1.0"))):
        (folder / f"{number}.dcm").write_bytes(part10)
    code, fields = asked(capsys, "hang", "simulate", str(folder), "--without", "ct-chest", *profile)
    assert code == 0 and fields["looked_at"] == 1
    (changed,) = fields["changed"]  # type: ignore[misc]
    assert changed["before"] == "ct-chest" and changed["after"] != "ct-chest" and changed["why"]
    own = tmp_path / "same.yaml"
    own.write_text(text_of(usual_protocols().named("mr-knee")))
    assert asked(capsys, "hang", "simulate", str(folder), "--with", str(own), *profile)[1]["changed"] == []


def test_an_empty_desk_simulates_nothing_and_says_so(
    profile: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, fields = asked(capsys, "hang", "simulate", *profile)
    assert (code, fields["looked_at"], fields["changed"]) == (0, 0, [])


@pytest.mark.parametrize(
    "words",
    [("export-dicom",), ("export-dicom", "ct-chest"), ("export-dicom", "nothing", "--to", "x.dcm"), ("import-dicom", "nowhere.dcm"),
     ("import-dicom",), ("simulate", "--with", "nowhere.yaml"), ("simulate", "--without", "nothing")],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_remedy(
    words: tuple[str, ...], profile: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hang", *words, *profile]) == 2
    assert "remedy:" in capsys.readouterr().err


def test_a_file_that_is_no_dicom_is_refused(
    tmp_path: Path, profile: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.dcm").write_text("not DICOM")
    assert main(["hang", "import-dicom", str(tmp_path / "note.dcm"), *profile]) == 2
    assert "no DICOM file" in capsys.readouterr().err
