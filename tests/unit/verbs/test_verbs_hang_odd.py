"""readingroom hang on folders as they come: damaged, mixed, of several patients; nothing is left out in silence."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from tests.fakes.breasts import BEFORE, examination
from tests.fakes.objects import as_part10, ct_series, ct_slice

from readingroom.verbs.front import main

OTHER = "1.2.826.0.1.3680043.10.44"
CAPTURE = "1.2.840.10008.5.1.4.1.1.7.2"


def changed(part10: bytes, **changes: object) -> bytes:
    """An object with some of its elements changed, None for one that is taken out."""
    ds = dcmread(BytesIO(part10))
    for keyword, value in changes.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return as_part10(ds)


def of_study(study: str, parts: Sequence[bytes], **changes: object) -> list[bytes]:
    """Objects as a study of their own."""
    return [
        changed(
            part, StudyInstanceUID=study, SeriesInstanceUID=f"{study}.1", SOPInstanceUID=f"{study}.1.{n}", **changes
        )
        for n, part in enumerate(parts, 1)
    ]


def asked(
    folder: Path, parts: Sequence[bytes], capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON for a folder with these objects."""
    for n, part in enumerate(parts):
        (folder / f"{n:04}.dcm").write_bytes(part)
    code = main(["hang", str(folder), *words, "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, told


def test_a_damaged_file_beside_sound_ones_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cut.dcm").write_bytes(ct_series(1)[0][:700])
    (tmp_path / "readme.txt").write_text("A disc of images.")
    code, told = asked(tmp_path, ct_series(4), capsys)
    assert code == 1 and told["viewports"][0]["images"] == 4
    assert len(told["warnings"]) == 1 and "cut.dcm" in told["warnings"][0]


def test_a_folder_of_which_nothing_hangs_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = asked(tmp_path, [changed(part, StudyInstanceUID=None) for part in ct_series(2)], capsys)
    assert code == 2 and "which study and series" in told["problem"]


@pytest.mark.parametrize(("own", "code_wanted"), [(2, 1), (1, 2)])
def test_objects_of_another_patient_under_one_study_never_hang_and_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], own: int, code_wanted: int
) -> None:
    stranger = changed(
        ct_slice(9), PatientID="X2", PatientName="Other^Man", SeriesInstanceUID=OTHER, SOPInstanceUID=f"{OTHER}.1"
    )
    code, told = asked(tmp_path, [*ct_series(own), stranger], capsys)
    assert code == code_wanted and all(one["series_uid"] != OTHER for one in told.get("viewports", ()))
    assert "atient" in " ".join((told.get("problem", ""), *told.get("warnings", ())))


def test_one_number_under_two_names_is_no_prior_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = of_study(OTHER, ct_series(3), PatientName="Other^Man", PatientBirthDate="19900101", StudyDate="20240101")
    code, told = asked(tmp_path, [*ct_series(3), *stranger], capsys)
    assert code == 1 and told["priors"] == [] and "not hung together" in told["warnings"][0]
    assert all(v["study_uid"] == one["study_uid"] for one in told["studies"] for v in one["viewports"])


def test_a_later_examination_is_called_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = asked(tmp_path, [*examination(), *examination(BEFORE, "20221103")], capsys)
    older = next(one for one in told["studies"] if one["study_uid"] == BEFORE)
    assert older["roles"] == {} and {one["why"] for one in older["unhung"]} == {"of a later examination: in the tray"}


def test_a_stage_that_there_is_not_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = asked(tmp_path, ct_series(3), capsys, "--stage", "99")
    assert code == 1 and "has no stage 99" in told["warnings"][0] and told["stage"] == told["stages"][-1]["id"]


def test_an_image_without_pixels_is_called_no_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = [changed(part, PixelData=None, Rows=None, Columns=None) for part in ct_series(2)]
    code, told = asked(tmp_path, bare, capsys)
    assert code == 0 and told["protocol"] is None and told["viewports"] == []
    assert {one["why"] for one in told["unhung"]} == {"an image that no viewport can show: it opens from the tray"}


def test_two_hundred_series_hang_page_by_page_and_none_is_unseen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [
        changed(ct_slice(1), SeriesInstanceUID=f"{OTHER}.{n}", SOPInstanceUID=f"{OTHER}.{n}.1", SeriesNumber=n)
        for n in range(200)
    ]
    code, told = asked(tmp_path, parts, capsys)
    shown = {one["display_set"] for one in told["viewports"]}
    assert code == 0 and len(shown | {one["display_set"] for one in told["unhung"]}) == 200
    assert all(one["why"].startswith("it hangs in the stage") for one in told["unhung"])


def test_captured_pictures_are_looked_through_from_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = changed(
        ct_slice(1), SOPClassUID=CAPTURE, Modality="OT", NumberOfFrames=5, BitsAllocated=8, BitsStored=8, HighBit=7,
        PixelData=np.zeros((5, 16, 16), np.uint8).tobytes(), ImagePositionPatient=None, ImageOrientationPatient=None,
    )  # fmt: skip
    code, told = asked(tmp_path, [picture], capsys)
    assert code == 0 and (told["viewports"][0]["images"], told["viewports"][0]["image"]) == (5, 1)


def test_raw_films_alone_are_hung_and_called_raw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = examination(PresentationIntentType="FOR PROCESSING", SOPClassUID="1.2.840.10008.5.1.4.1.1.1.2.1")
    code, told = asked(tmp_path, raw, capsys)
    assert code == 0 and told["protocol"] == "mammography"
    assert [one["for_processing"] for one in told["viewports"]] == [True] * 4 and told["unhung"] == []


def test_on_two_monitors_the_pairs_are_still_read_large_beside_their_prior(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts, monitors = [*examination(), *examination(BEFORE, "20221103")], ("--monitors", "1536x2048,1536x2048")
    _, told = asked(tmp_path, parts, capsys, *monitors)
    assert [one["id"] for one in told["stages"]] == ["four", "cc", "mlo"]
    _, told = asked(tmp_path, parts, capsys, *monitors, "--stage", "2")
    assert [(one["monitor"], one["description"], one["prior"], one["chest_wall"]) for one in told["viewports"]] == [
        (1, "R CC", False, "right"), (1, "R CC", True, "right"), (2, "L CC", False, "left"), (2, "L CC", True, "left"),
    ]  # fmt: skip
