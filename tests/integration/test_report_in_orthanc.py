"""A report signed into a real archive: stored, given back equal, valid, and visible from another desk."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.orthanc import OrthancServer

from readingroom.archive.dicomweb import DicomWeb
from readingroom.base.jobs import Ticket
from readingroom.settings.load import write_default
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import main

pytestmark = pytest.mark.orthanc
HARD = "Nodule ≥ 12 mm – Ł 漢 é, left."


def report(profile: Profile, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    action, *rest = words
    code = main(["report", action, STUDY, *rest, "--json", "--profile", str(profile.folder)])
    out = capsys.readouterr().out
    assert code == 0, out
    answer: dict[str, Any] = json.loads(out)
    return answer


def desk_at(folder: Path, settings: ArchiveSettings) -> Profile:
    profile = Profile(folder)
    write_default(profile, (settings,))
    return profile


def test_a_signed_report_and_its_addendum_come_back_from_orthanc_letter_by_letter(
    orthanc: OrthancServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part10 in ct_series(3):
        orthanc.put(part10)
    settings = ArchiveSettings("Northern", "dicomweb", url=orthanc.url, issuer="NHS")
    here, there = desk_at(tmp_path / "here", settings), desk_at(tmp_path / "there", settings)
    texts = ("--set", "history=Cough.", "--set", "technique=CT chest.", "--set", f"impression={HARD}")
    report(here, capsys, "new", *texts)
    signed = report(here, capsys, "sign", "--reader", "Łukasz^Zoë^^Dr", "--registration", "1234567")
    assert signed["state"] == "stored"
    added = report(there, capsys, "addendum", "--text", "Seen again: 漢.", "--reader", "Weaver^Tom")
    sop_uids = [signed["stored"][0]["sop_uid"], added["stored"][0]["sop_uid"]]
    shown = report(here, capsys, "show")
    assert shown["sop_uid"] == sop_uids[1]
    assert {"title": "Impressions", "text": HARD} in shown["sections"]
    assert shown["sections"][-1] == {"title": "Addendum", "text": "Seen again: 漢."}
    archive = DicomWeb(settings, None)
    objects = {i.sop_uid: i for i in archive.study(STUDY).instances()}
    for sop_uid in sop_uids:
        path = tmp_path / f"{sop_uid}.dcm"
        path.write_bytes(archive.object(STUDY, objects[sop_uid].series_uid, sop_uid, Ticket()).part10)
        document = dcmread(path)
        assert (document.SpecificCharacterSet, document.VerificationFlag) == ("ISO_IR 192", "VERIFIED")
        assert valid(path)


def valid(path: Path) -> bool:
    """Whether the independent validator, where it is here, finds no error."""
    tool = shutil.which("dciodvfy", path=str(Path(sys.executable).parent)) or shutil.which("dciodvfy")
    if tool is None:
        return True
    answer = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
    return "Error" not in answer.stdout + answer.stderr
