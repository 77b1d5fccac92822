"""A report's whole life in a real archive: signed, added to, amended, withdrawn, and every object of it still there."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from tests.fakes.objects import STUDY, ct_series
from tests.fakes.orthanc import OrthancServer
from tests.integration.test_report_in_orthanc import valid

from readingroom.archive.dicomweb import DicomWeb
from readingroom.base.jobs import Ticket
from readingroom.settings.load import write_default
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import main

pytestmark = pytest.mark.orthanc
READER = ("--reader", "Łukasz^Zoë^^Dr", "--registration", "1234567")
HARD = "Nodule ≥ 12 mm – Ł 漢 é, left."


def ask(profile: Profile, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    action, *rest = words
    code = main(["report", action, STUDY, *rest, "--json", "--profile", str(profile.folder)])
    out = capsys.readouterr().out
    assert code == 0, out
    answer: dict[str, Any] = json.loads(out)
    return answer


def dumped(path: Path) -> str:
    """What DCMTK reads in a document; the words looked for where it is not on this machine."""
    tool = shutil.which("dsrdump")
    if tool is None:
        pytest.skip("dsrdump is not on this machine")
    answer = subprocess.run([tool, "+U8", "+Pl", str(path)], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_a_report_is_signed_added_to_amended_and_withdrawn_and_nothing_of_it_is_lost(
    orthanc: OrthancServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part10 in ct_series(2):
        orthanc.put(part10)
    settings = ArchiveSettings("Northern", "dicomweb", url=orthanc.url, issuer="NHS")
    profile, archive = Profile(tmp_path / "desk"), DicomWeb(settings, None)
    write_default(profile, (settings,))

    def fetched(sop_uid: str) -> Path:
        held = {i.sop_uid: i for i in archive.study(STUDY).instances()}
        path = tmp_path / f"{sop_uid}.dcm"
        path.write_bytes(archive.object(STUDY, held[sop_uid].series_uid, sop_uid, Ticket()).part10)
        return path

    ask(
        profile, capsys, "new", "--set", "history=Cough.", "--set", "technique=CT chest.", "--set", f"impression={HARD}"
    )
    answers = [ask(profile, capsys, "sign", *READER)]
    first = fetched(answers[0]["stored"][0]["sop_uid"]).read_bytes()
    answers.append(ask(profile, capsys, "addendum", "--text", "Seen again: 漢.", *READER))
    answers.append(ask(profile, capsys, "amend", "--set", "lungs=Nodule: Ł.", "--reason", "Overlooked: é.", *READER))
    answers.append(ask(profile, capsys, "withdraw", "--reason", "Wrong patient – 漢.", *READER))
    assert all(one["verified"] for answer in answers for one in answer["stored"])
    uids = [answer["stored"][0]["sop_uid"] for answer in answers]
    note = answers[-1]["stored"][1]["sop_uid"]
    paths = [fetched(uid) for uid in uids]
    assert paths[0].read_bytes() == first
    for path, words in zip(
        paths, [HARD, "Seen again: 漢.", "Reason: Overlooked: é.", "Wrong patient – 漢."], strict=True
    ):
        assert valid(path)
        text = dumped(path)
        assert words in text
        assert "VERIFIED" in text and "UNVERIFIED" not in text
    assert valid(fetched(note))
    rejected = dcmread(fetched(note))
    assert rejected.ConceptNameCodeSequence[0].CodeValue == "113037"
    predecessors = dcmread(paths[-1]).PredecessorDocumentsSequence[0].ReferencedSeriesSequence
    assert {one.ReferencedSOPInstanceUID for s in predecessors for one in s.ReferencedSOPSequence} == set(uids[:3])
    assert ask(profile, capsys, "show")["signed"] == "withdrawn"
    for form in ("sr", "fhir", "hl7", "text", "pdf"):
        out = tmp_path / f"report.{form}"
        assert ask(profile, capsys, "export", "--as", form, "--out", str(out))["state"] == "withdrawn"
        assert out.stat().st_size
