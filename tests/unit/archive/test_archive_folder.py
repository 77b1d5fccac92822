"""A folder is an archive: what is DICOM is found, what is not is listed with the reason, and nothing crashes."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.fileset import FileSet
from tests.fakes.objects import SERIES, STUDY, as_part10, ct_series, ct_slice

from readingroom.archive.equal import difference
from readingroom.archive.folder import FolderArchive
from readingroom.archive.header import front_of, identity_of
from readingroom.archive.match import matches, qido, tidy
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.patient import Patient
from readingroom.record.search import Query, StudyRow
from readingroom.record.tags import text


def _folder(path: Path, count: int = 4) -> FolderArchive:
    for n, part10 in enumerate(ct_series(count)):
        (path / f"{n:03}.dcm").write_bytes(part10)
    return FolderArchive("CD", path, issuer="RM3")


def test_a_file_without_a_name_or_suffix_is_found_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    (tmp_path / "A" / "IM000001").write_bytes(ct_slice(1))
    assert len(FolderArchive("CD", tmp_path).search(Query())) == 1


def test_what_is_no_image_is_listed_with_the_reason(tmp_path: Path) -> None:
    archive = _folder(tmp_path, 2)
    (tmp_path / "README.TXT").write_text("This disc holds images.")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "cut.dcm").write_bytes(ct_slice(9)[:300])
    (tmp_path / "prefix.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 50)
    (tmp_path / "AUTORUN.INF").write_bytes(b"\x08\x00" + b"noise" * 40)
    assert [row.instances for row in archive.search(Query())] == [2]
    reasons = {one.path.name: one.problem for one in archive.unread}
    assert set(reasons) == {"README.TXT", "empty", "cut.dcm", "prefix.dcm", "AUTORUN.INF"}
    assert all(reasons.values())


def test_a_discs_directory_is_not_an_image(tmp_path: Path) -> None:
    disc = FileSet()
    for part10 in ct_series(2):
        disc.add(dcmread(BytesIO(part10)))
    disc.write(tmp_path)
    archive = FolderArchive("CD", tmp_path)
    assert [row.instances for row in archive.search(Query())] == [2]
    assert [one.problem for one in archive.unread] == ["It is a disc's directory, not an image."]


def test_an_object_cut_inside_its_pixels_is_listed_and_comes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "1.dcm").write_bytes(ct_slice(1)[:-100])
    archive = FolderArchive("CD", tmp_path)
    assert archive.study(STUDY).expected == 1
    assert len(archive.object(STUDY, SERIES, f"{SERIES}.1", Ticket()).part10) == len(ct_slice(1)) - 100


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="CD is not there"):
        FolderArchive("CD", tmp_path / "no").search(Query())


def test_a_file_put_in_or_taken_out_is_noticed(tmp_path: Path) -> None:
    archive = _folder(tmp_path, 2)
    assert archive.search(Query())[0].instances == 2
    (tmp_path / "new.dcm").write_bytes(ct_slice(9))
    assert archive.search(Query())[0].instances == 3
    (tmp_path / "000.dcm").unlink()
    assert archive.search(Query())[0].instances == 2


def test_a_file_that_vanished_is_said_when_it_is_asked_for(tmp_path: Path) -> None:
    archive = _folder(tmp_path, 2)
    archive.search(Query())
    (tmp_path / "000.dcm").unlink()
    with pytest.raises(ReaderError, match="cannot be read"):
        archive.object(STUDY, SERIES, f"{SERIES}.1", Ticket())


def test_two_copies_of_a_file_are_one_object(tmp_path: Path) -> None:
    archive = _folder(tmp_path, 2)
    (tmp_path / "copy.dcm").write_bytes(ct_slice(1))
    study = archive.study(STUDY)
    assert (study.expected, study.set_aside) == (2, ())


def test_two_different_files_under_one_identifier_are_said(tmp_path: Path) -> None:
    archive = _folder(tmp_path, 2)
    other = dcmread(BytesIO(ct_slice(1)))
    other.SeriesDescription = "Other"
    (tmp_path / "zz.dcm").write_bytes(as_part10(other))
    study = archive.study(STUDY)
    assert study.expected == 2
    assert [aside.sop_uid for aside in study.set_aside] == [f"{SERIES}.1"]
    assert "same identifier" in study.set_aside[0].problem


def test_identifiers_without_issuer_belong_to_the_folders_trust(tmp_path: Path) -> None:
    assert _folder(tmp_path).search(Query())[0].patient.issuer == "RM3"


def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "stored").write_text("a file where the folder should be")
    (answer,) = _folder(tmp_path).store([ct_slice(20)])
    assert not answer.verified and "could not write" in answer.problem and answer.remedy


def test_an_identifier_is_never_a_path_out_of_the_folder(tmp_path: Path) -> None:
    evil = dcmread(BytesIO(ct_slice(20)))
    evil.StudyInstanceUID = "../../outside"
    (answer,) = _folder(tmp_path).store([as_part10(evil)])
    assert not answer.verified
    assert not (tmp_path.parent / "outside").exists() and not (tmp_path / "stored").exists()


@pytest.mark.realdata
def test_every_real_file_is_found_or_refused_with_a_reason(real_files: Path) -> None:
    archive = FolderArchive("all", real_files)
    rows = archive.search(Query())
    assert len(rows) > 100
    opened = 0
    for row in rows:
        try:
            study = archive.study(row.study_uid)
        except ReaderError as error:
            assert "different patients" in error.problem
            continue
        assert sum(1 for _ in study.instances()) > 0
        opened += 1
    assert opened > 100


@pytest.mark.realdata
def test_the_quick_reading_of_a_header_says_what_pydicom_says(real_files: Path) -> None:
    read = 0
    for path in sorted(real_files.rglob("*.dcm")):
        front = front_of(path.read_bytes()[:65536])
        if front is None:
            continue
        ds = dcmread(path, stop_before_pixels=True)
        read += 1
        assert text(front, 0x0020000D) == str(ds.get("StudyInstanceUID", "")).strip()
        assert text(front, 0x00100010).rstrip("=") == str(ds.get("PatientName", "")).strip().rstrip("=")
        assert text(front, 0x00081030) == str(ds.get("StudyDescription") or "").strip()
    assert read > 500


def test_an_object_without_names_is_refused() -> None:
    for junk in (b"", b"text", b"\0" * 128 + b"DICM", b"\0" * 5000):
        with pytest.raises(ReaderError):
            identity_of(junk)


def test_file_meta_and_padding_are_no_difference() -> None:
    sent = dcmread(BytesIO(ct_slice(1)))
    sent.file_meta.SourceApplicationEntityTitle = "ARCHIVE"
    sent.add_new(0xFFFCFFFC, "OB", b"\0\0")
    out = BytesIO()
    sent.save_as(out)
    assert difference(ct_slice(1), out.getvalue()) == ""


@pytest.mark.parametrize(
    ("keyword", "value", "said"),
    [
        ("PatientName", "Read^Anna", "PatientName has another value"),
        ("SeriesDescription", None, "SeriesDescription is missing"),
        ("ImageComments", "new", "ImageComments was added"),
        ("PixelData", b"\1\0" * 256, "PixelData has another value"),
    ],
)
def test_any_change_is_named_by_its_keyword_and_not_by_its_value(keyword: str, value: object, said: str) -> None:
    changed = dcmread(BytesIO(ct_slice(1)))
    if value is None:
        delattr(changed, keyword)
    else:
        setattr(changed, keyword, value)
    assert difference(ct_slice(1), as_part10(changed)) == said


def test_bytes_that_cannot_be_read_are_a_difference() -> None:
    assert difference(ct_slice(1), ct_slice(1)[:200])
    assert difference(ct_slice(1), b"")


def _row(name: str, identifier: str = "1") -> StudyRow:
    return StudyRow("1.2", Patient(identifier, "", name, None, ""), None, None, "CT Chest", ("CT",), "", "", 1, ("A",))


def test_the_longest_word_is_asked_and_the_others_are_checked_here() -> None:
    assert qido(tidy(Query(name="ada okafor")))["PatientName"] == "*okafor*"
    assert matches(_row("Okafor^Ada"), tidy(Query(name="ada okafor")))
    assert not matches(_row("Okafor^Bea"), tidy(Query(name="ada okafor")))


def test_letters_that_need_an_escape_are_asked_as_wildcards() -> None:
    assert qido(tidy(Query(name="Ngũgĩ")))["PatientName"] == "*Ng*g*"
    assert qido(tidy(Query(patient_id="A 1&x")))["PatientID"] == "A*1*x"
    assert matches(_row("Ngugi^Wa"), tidy(Query(name="Ngũgĩ")))


def test_an_nhs_number_is_found_however_it_is_spaced() -> None:
    assert qido(tidy(Query(patient_id="943 476 5919")))["PatientID"] == "9434765919"
    assert matches(_row("A", "943 476 5919"), tidy(Query(patient_id="9434765919")))


def test_a_wildcard_means_what_it_says() -> None:
    assert matches(_row("Okafor^Ada"), tidy(Query(name="ok*r")))
    assert not matches(_row("Okafor^Ada"), tidy(Query(name="ok?r")))
    assert matches(_row("A", "RM3-77"), tidy(Query(patient_id="RM3*")))
    assert matches(_row("O[x]^A"), tidy(Query(name="o[x*")))
