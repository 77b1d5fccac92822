"""Measurements of a signed report in a real archive: stored beside it, given back equal, in every script."""

import json
from pathlib import Path

import pytest
from tests.fakes.objects import SERIES, STUDY, ct_series
from tests.fakes.orthanc import OrthancServer

from readingroom.archive.dicomweb import DicomWeb
from readingroom.base.jobs import Ticket
from readingroom.reporting.sr_measurements import read_measurements, to_measurements
from readingroom.settings.load import write_default
from readingroom.settings.places import Profile
from readingroom.settings.sections import ArchiveSettings
from readingroom.verbs.front import main

pytestmark = pytest.mark.orthanc
LABEL = "≥ 12 mm – Ł 漢 é"


def test_measurements_come_back_from_orthanc_number_for_number(
    orthanc: OrthancServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part10 in ct_series(3):
        orthanc.put(part10)
    settings = ArchiveSettings("Northern", "dicomweb", url=orthanc.url, issuer="NHS")
    profile = Profile(tmp_path / "desk")
    write_default(profile, (settings,))
    drawn = {
        "tool": "length",
        "points": [[2, 2], [12, 2]],
        "label": LABEL,
        "sop_uid": f"{SERIES}.2",
        "tracking_uid": "1.2.3",
    }
    file = tmp_path / "m.json"
    file.write_text(json.dumps([drawn]), encoding="utf-8")
    desk = ("--json", "--profile", str(profile.folder))
    texts = ("--set", "history=Cough.", "--set", "technique=CT chest.", "--set", "impression=One nodule.")
    assert main(["report", "new", STUDY, *texts, "--measurements", str(file), *desk]) == 0, capsys.readouterr()
    capsys.readouterr()
    code = main(["report", "sign", STUDY, "--reader", "Okafor^Ada", *desk])
    said = capsys.readouterr().out
    assert code == 0, said
    stored = {one["kind"]: one for one in json.loads(said)["stored"]}
    assert stored["measurements"]["verified"]
    archive = DicomWeb(settings, None)
    uid = stored["measurements"]["sop_uid"]
    place = next(i for i in archive.study(STUDY).instances() if i.sop_uid == uid)
    (back,) = to_measurements(read_measurements(archive.object(STUDY, place.series_uid, uid, Ticket()).part10))
    assert (back.label, back.tracking_uid, back.points) == (LABEL, "1.2.3", ((2.0, 2.0), (12.0, 2.0)))
    assert (back.values[0].value, back.values[0].unit) == (pytest.approx(7.0), "mm")
