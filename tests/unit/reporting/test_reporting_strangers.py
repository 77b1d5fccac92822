"""Reports of every make are read, or refused in words."""

from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from readingroom.base.errors import ReaderError
from readingroom.reporting.sr_measurements import read_measurements


def test_what_is_no_report_is_refused_in_words() -> None:
    part10 = Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()
    for raw in (part10, b"", b"\0" * 128 + b"DICM", part10[:500]):
        with pytest.raises(ReaderError):
            read_measurements(raw)


@pytest.mark.realdata
def test_reports_of_the_world_are_read_or_refused_and_never_dropped() -> None:
    folder = Path(__file__).resolve().parents[4] / "shared" / "data" / "sr"
    if not folder.is_dir():
        pytest.skip("the real DICOM files are not on this machine")
    counts = {}
    for path in sorted(folder.rglob("*.dcm")):
        try:
            counts[path.name] = len(read_measurements(path.read_bytes()).groups)
        except ReaderError:
            counts[path.name] = -1
    assert counts["sr-ellipse.dcm"] == 3
    assert counts["sr_document.dcm"] == 1
    assert counts["sr_document_with_multiple_groups.dcm"] >= 4
