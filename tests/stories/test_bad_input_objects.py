"""Objects that cannot be shown, or lack what every object has: said where the image would be, and before a signature."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate
from tests.fakes.archives import MemoryArchive
from tests.fakes.objects import STUDY, ct_series, ct_slice
from tests.fakes.windows import Windows

from readingroom.archive.region import Region
from readingroom.session import reporting_desk

NAMES = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyDescription")


def _changed(change: object) -> bytes:
    ds = dcmread(BytesIO(ct_slice(4)))
    change(ds)  # type: ignore[operator]
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


def _compressed(syntax: str, stream: bytes) -> bytes:
    def change(ds: Dataset) -> None:
        ds.file_meta.TransferSyntaxUID = syntax
        ds.PixelData = encapsulate([stream])
        ds["PixelData"].is_undefined_length = True
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7

    return _changed(change)


def _sized(rows: int, frames: int) -> bytes:
    def change(ds: Dataset) -> None:
        ds.Rows = ds.Columns = rows
        ds.NumberOfFrames = frames

    return _changed(change)


@pytest.mark.parametrize(
    ("part10", "said"),
    [
        (_compressed("1.2.840.10008.1.2.4.102", b"\0\0\1\xba" * 100), "video"),
        (_compressed("1.2.840.10008.1.2.4.50", b"\xff\xd8\xff\xe0garbage" * 100), "no readable JPEG header"),
        (_sized(16384, 1), "The pixels stop early"),
        (_sized(65535, 3), "more than a gigabyte"),
        (_changed(lambda ds: delattr(ds, "PixelData")), "holds no pixels"),
    ],
)
def test_an_object_that_cannot_be_shown_says_why_in_its_place_and_before_the_signature(
    tmp_path: Path, part10: bytes, said: str
) -> None:
    with Windows(tmp_path, region=Region([MemoryArchive("North", [part10])])) as glass:
        glass.show().open_whole(STUDY)
        assert said in glass.message()
        assert "unshown" in {concern.rule for concern in reporting_desk.concerns(glass.desk)}
    assert glass.raised == []


def test_a_missing_slice_is_a_badge_and_a_concern_though_the_archive_knows_nothing_of_it(tmp_path: Path) -> None:
    series = ct_series(8)
    with Windows(tmp_path, region=Region([MemoryArchive("North", series[:4] + series[5:])])) as glass:
        glass.show().open_whole(STUDY)
        assert "GAP after image 4" in glass.badges()
        concerns = {concern.rule: concern.text for concern in reporting_desk.concerns(glass.desk)}
        assert "after image 4" in concerns["gap"]
    assert glass.raised == []


def test_a_study_of_nobody_is_shown_as_nobodys(tmp_path: Path) -> None:
    nobody = _changed(lambda ds: [delattr(ds, name) for name in NAMES])
    with Windows(tmp_path, region=Region([MemoryArchive("North", [nobody])])) as glass:
        glass.show().open_whole(STUDY)
        assert glass.station.reading.banner.name.text() == "(no name)"
        assert "no identifier" in glass.station.reading.banner.facts.text()
        assert "Priors cannot be looked for" in glass.words and glass.message() == ""
    assert glass.raised == []


def test_names_in_any_script_and_with_marks_of_markup_are_shown_as_they_are(tmp_path: Path) -> None:
    def change(ds: Dataset) -> None:
        ds.PatientName, ds.StudyDescription = "<b>Ñandú-Østergård^Łucja=山田^太郎", "Schädel <img src=x> 頭部"

    with Windows(tmp_path, region=Region([MemoryArchive("North", [_changed(change)])])) as glass:
        glass.show().open_whole(STUDY)
        banner = glass.station.reading.banner
        assert banner.name.text() == "<B>ÑANDÚ-ØSTERGÅRD, Łucja"
        assert {label.textFormat().name for label in (banner.name, banner.examination)} == {"PlainText"}
        assert "頭部" in banner.examination.text() and glass.message() == ""
    assert glass.raised == []
