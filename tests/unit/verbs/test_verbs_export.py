"""readingroom export: what leaves the desk is whole, can be read by others, and names nobody where it must not."""

import json
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from readingroom.demo.region import read_truth
from readingroom.main import demo_settings
from readingroom.settings.places import Profile
from readingroom.verbs.front import main

Verb = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def desk(tmp_path: Path, demo_region: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    profile = Profile(tmp_path / "profile")
    demo_settings(profile, demo_region)
    return profile


@pytest.fixture
def verb(desk: Profile, capsys: pytest.CaptureFixture[str]) -> Verb:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json", "--profile", str(desk.folder)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, json.loads(said.out)

    return run


@pytest.fixture
def case(demo_region: Path) -> Callable[[str], dict[str, Any]]:
    cases = read_truth(demo_region)["cases"]
    return lambda key: dict(cases[key])


def source_of(demo_region: Path, case: dict[str, Any]) -> dict[str, bytes]:
    found = {}
    for series in case["series"]:
        for path in sorted((demo_region / series["folder"]).glob("*.dcm")):
            found[str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)] = path.read_bytes()
    return found


def test_a_folder_holds_every_object_byte_for_byte(
    verb: Verb, case: Callable[[str], dict[str, Any]], demo_region: Path, tmp_path: Path
) -> None:
    study = case("mr-lumbar")
    code, said = verb("export", study["study_uid"], "--to", str(tmp_path / "out"))
    assert (code, said["deidentified"], said["warnings"]) == (0, False, [])
    written = {(tmp_path / "out" / name).read_bytes() for name in said["files"]}
    assert written == set(source_of(demo_region, study).values())
    assert len(said["files"]) == study["objects"]


def test_a_disc_has_a_directory_that_names_every_object_in_8_3_names(
    verb: Verb, case: Callable[[str], dict[str, Any]], demo_region: Path, tmp_path: Path
) -> None:
    import re

    study = case("mr-lumbar")
    code, said = verb("export", study["study_uid"], "--to", str(tmp_path / "disc"), "--dicomdir")
    assert code == 0 and "DICOMDIR" in said["files"]
    directory = dcmread(tmp_path / "disc" / "DICOMDIR")
    records = directory.DirectoryRecordSequence
    images = [record for record in records if record.DirectoryRecordType == "IMAGE"]
    assert len(images) == study["objects"]
    for record in images:
        parts = list(record.ReferencedFileID)
        assert all(re.fullmatch(r"[A-Z0-9_]{1,8}", part) for part in parts)
        held = dcmread(tmp_path.joinpath("disc", *parts))
        assert held.SOPInstanceUID == record.ReferencedSOPInstanceUIDInFile
        assert held.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert [record.PatientID for record in records if record.DirectoryRecordType == "PATIENT"] == [
        study["patient"]["id"]
    ]


def test_dcmtk_reads_the_directory(verb: Verb, case: Callable[[str], dict[str, Any]], tmp_path: Path) -> None:
    if shutil.which("dcmmkdir") is None or shutil.which("dcmdump") is None:
        pytest.skip("DCMTK is not on this machine")
    verb("export", case("us-abdomen")["study_uid"], "--to", str(tmp_path / "disc"), "--dicomdir")
    dump = subprocess.run(["dcmdump", "DICOMDIR"], cwd=tmp_path / "disc", capture_output=True, text=True)
    assert dump.returncode == 0 and not dump.stderr and dump.stdout.count("IMAGE ") >= 2
    # Its own maker of directories takes the same files under the general purpose profile, so their names are valid.
    again = subprocess.run(
        ["dcmmkdir", "--general-purpose", "--no-backup", "+r", "--output-file", "AGAIN", "+id", "."],
        cwd=tmp_path / "disc", capture_output=True, text=True,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr


def test_an_iso_image_holds_the_disc(
    verb: Verb, case: Callable[[str], dict[str, Any]], demo_region: Path, tmp_path: Path
) -> None:
    from pycdlib import PyCdlib

    study = case("us-abdomen")
    code, said = verb("export", study["study_uid"], "--iso", str(tmp_path / "case.iso"))
    assert code == 0
    disc = PyCdlib()
    disc.open(str(tmp_path / "case.iso"))
    try:
        held = []
        for name in said["files"]:
            out = BytesIO()
            disc.get_file_from_iso_fp(out, iso_path=f"/{name}.;1")
            held.append(out.getvalue())
    finally:
        disc.close()
    uids = {str(dcmread(BytesIO(one)).SOPInstanceUID) for one in held[:-1]}
    assert uids == set(source_of(demo_region, study))
    assert "DirectoryRecordSequence" in dcmread(BytesIO(held[-1]))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.iso", "profile"]


@pytest.mark.parametrize("key", ["ct-abdomen", "us-abdomen", "mg-4view", "xa-coronary", "dx-hand"])
def test_a_teaching_case_names_nobody(
    verb: Verb, case: Callable[[str], dict[str, Any]], demo_region: Path, tmp_path: Path, key: str
) -> None:
    study = case(key)
    code, said = verb("export", study["study_uid"], "--to", str(tmp_path / "out"), "--deidentify", "--dicomdir")
    assert code == 0 and said["deidentified"]
    everything = b"".join((tmp_path / "out" / name).read_bytes() for name in said["files"]).lower()
    header = dcmread(BytesIO(next(iter(source_of(demo_region, study).values()))))
    secret = {part for part in study["patient"]["name"].split("^") if len(part) > 3}
    secret |= {study["patient"]["id"], study["patient"]["local_id"], study["accession"], study["study_uid"]}
    secret |= {str(header.InstitutionName), study["patient"]["birth_date"].replace("-", "")}
    secret |= {study["date"].replace("-", "")}
    secret |= set(source_of(demo_region, study)) | {series["series_uid"] for series in study["series"]}
    found = [word for word in secret if word and word.encode().lower() in everything]
    assert found == []


def test_a_teaching_case_holds_together_and_says_what_was_done(
    verb: Verb, case: Callable[[str], dict[str, Any]], demo_region: Path, tmp_path: Path
) -> None:
    study = case("mr-lumbar")
    code, said = verb("export", study["study_uid"], "--to", str(tmp_path / "out"), "--deidentify")
    assert code == 0
    images = [dcmread(tmp_path / "out" / name) for name in said["files"]]
    assert len({image.StudyInstanceUID for image in images}) == 1
    assert len({image.SeriesInstanceUID for image in images}) == len(study["series"])
    assert len({image.FrameOfReferenceUID for image in images}) == 1
    assert len({image.SOPInstanceUID for image in images}) == study["objects"]
    for image in images:
        assert image.PatientIdentityRemoved == "YES"
        assert image.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
        assert image.PatientID == f"RR-{said['case']}" and not image.PatientBirthDate
        assert not any(element.tag.is_private for element in image)
    before = {dcmread(BytesIO(part10)).PixelData for part10 in source_of(demo_region, study).values()}
    assert {image.PixelData for image in images} == before


def test_dates_can_be_moved_instead_of_removed(
    verb: Verb, case: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    study = case("dx-hand")
    _, said = verb("export", study["study_uid"], "--to", str(tmp_path / "out"), "--deidentify", "--dates", "shifted")
    image = dcmread(tmp_path / "out" / said["files"][0])
    assert image.StudyDate and image.StudyDate < study["date"].replace("-", "")
    assert image.LongitudinalTemporalInformationModified == "MODIFIED"
    assert [item.CodeValue for item in image.DeidentificationMethodCodeSequence] == ["113100", "113107"]


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_is(
    verb: Verb, case: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    code, said = verb("export", case("dx-hand")["study_uid"], "--to", str(tmp_path / "out"))
    assert code == 2 and "not empty" in said["problem"] and said["remedy"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letter.txt"]


def test_a_full_disk_leaves_nothing_behind(
    verb: Verb, case: Callable[[str], dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def full(path: Path, part10: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(part10[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("readingroom.archive.media._write", full)
    code, said = verb("export", case("dx-hand")["study_uid"], "--to", str(tmp_path / "out"), "--dicomdir")
    assert code == 2 and "No space left" in said["problem"] and said["remedy"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [(), ("--to", "x", "--iso", "y")])
def test_one_place_must_be_named(verb: Verb, case: Callable[[str], dict[str, Any]], words: tuple[str, ...]) -> None:
    code, said = verb("export", case("dx-hand")["study_uid"], *words)
    assert code == 2 and "One place" in said["problem"]


def test_images_that_may_show_a_name_are_left_out_until_someone_looked(
    verb: Verb, desk: Profile, tmp_path: Path
) -> None:
    from pydicom.dataset import Dataset
    from tests.fakes.objects import STUDY, as_part10, ct_slice

    disc = tmp_path / "cd"
    disc.mkdir()
    (disc / "1.dcm").write_bytes(ct_slice(1))
    captured: Dataset = dcmread(BytesIO(ct_slice(2)))
    captured.BurnedInAnnotation = "YES"
    (disc / "2.dcm").write_bytes(as_part10(captured))
    assert verb("import", str(disc))[0] == 0
    code, said = verb("export", STUDY, "--to", str(tmp_path / "out"), "--deidentify")
    assert code == 1 and said["left_out"] == 1 and len(said["files"]) == 1
    assert any("burned-in" in warning for warning in said["warnings"])
    code, said = verb("export", STUDY, "--to", str(tmp_path / "all"), "--deidentify", "--burned-in-seen")
    assert code == 0 and len(said["files"]) == 2 and said["warnings"]


def test_a_report_does_not_leave_with_a_teaching_case(verb: Verb, tmp_path: Path) -> None:
    from pydicom.dataset import Dataset
    from tests.fakes.objects import STUDY, as_part10, ct_slice

    report: Dataset = dcmread(BytesIO(ct_slice(2, series=f"{STUDY}.5")))
    report.Modality, report.SOPClassUID = "SR", "1.2.840.10008.5.1.4.1.1.88.11"
    del report.PixelData, report.Rows, report.Columns
    (tmp_path / "cd").mkdir()
    (tmp_path / "cd" / "1").write_bytes(ct_slice(1))
    (tmp_path / "cd" / "2").write_bytes(as_part10(report))
    assert verb("import", str(tmp_path / "cd"))[0] == 0
    code, said = verb("export", STUDY, "--to", str(tmp_path / "out"), "--deidentify")
    assert code == 1 and len(said["files"]) == 1 and "structured report" in " ".join(said["warnings"])
    code, said = verb("export", STUDY, "--to", str(tmp_path / "disc"), "--dicomdir")
    assert code == 0 and len(said["files"]) == 3
    assert sum((tmp_path / "disc" / name).is_file() for name in said["files"]) == 3


def test_a_study_that_is_only_on_this_desk_can_be_exported(verb: Verb, desk: Profile, tmp_path: Path) -> None:
    from dataclasses import replace

    from tests.fakes.objects import STUDY, ct_series

    from readingroom.settings.load import load, save

    (tmp_path / "cd").mkdir()
    for n, part10 in enumerate(ct_series(3)):
        (tmp_path / "cd" / str(n)).write_bytes(part10)
    assert verb("import", str(tmp_path / "cd"))[0] == 0
    settings = load(desk)
    save(desk, replace(settings, archives=()))
    code, said = verb("export", STUDY, "--to", str(tmp_path / "out"))
    assert code == 0 and len(said["files"]) == 3
