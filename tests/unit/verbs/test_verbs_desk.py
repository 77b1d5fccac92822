"""The verbs about this desk: what they answer, what they refuse, and that they never show a traceback."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.objects import SERIES, STUDY, ct_series, ct_slice

from readingroom.audit import QUERY, Audit
from readingroom.cache.desk_lock import DeskLock
from readingroom.cache.outbox_store import OutboxStore
from readingroom.cache.shelf import Shelf
from readingroom.record.search import Waiting
from readingroom.settings.places import Profile
from readingroom.settings.secrets import archive_secret, open_secrets
from readingroom.verbs import glass_checks
from readingroom.verbs.checks import Check
from readingroom.verbs.front import main

Said = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
def said(profile: Profile, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs one verb with --json; its exit code and its document."""

    def say(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json", "--profile", str(profile.folder)])
        out = capsys.readouterr().out
        return code, json.loads(out)

    return say


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    folder = tmp_path / "disc"
    (folder / "images").mkdir(parents=True)
    for number, part10 in enumerate(ct_series(4), 1):
        (folder / "images" / f"I{number}").write_bytes(part10)
    return folder


def key(profile: Profile) -> bytes:
    return open_secrets(profile).desk_key()


def test_a_disc_is_on_this_desk_after_its_import(said: Said, profile: Profile, disc: Path) -> None:
    code, answer = said("import", str(disc))
    assert code == 0
    assert answer["imported"] == 4
    assert answer["refused"] == []
    assert answer["studies"] == [{"study_uid": STUDY, "objects": 4}]
    shelf = Shelf(profile.cache, key(profile))
    assert shelf.sop_uids(STUDY) == {f"{SERIES}.{n}" for n in range(1, 5)}
    assert shelf.get(f"{SERIES}.2") == ct_slice(2)
    study = shelf.study(STUDY)
    assert study is not None
    assert [instance.number for instance in study.series[0].instances] == [1, 2, 3, 4]
    assert study.patient.name == "Reed^Anna"
    shelf.close()
    (event,) = Audit(profile.audit, key(profile)).events()
    assert (event.meaning, event.study_uid) == ("Import", STUDY)


def test_text_and_cut_files_are_refused_by_path_and_the_rest_is_taken_in(said: Said, disc: Path) -> None:
    whole = ct_slice(9)
    (disc / "README.TXT").write_text("Please read.")
    (disc / "empty").write_bytes(b"")
    (disc / "cut-in-pixels.dcm").write_bytes(whole[:-7])
    (disc / "cut-in-header.dcm").write_bytes(whole[:700])
    (disc / "noise").write_bytes(bytes(range(256)) * 20)
    code, answer = said("import", str(disc))
    assert code == 1
    assert answer["imported"] == 4
    refused = {Path(one["path"]).name: one for one in answer["refused"]}
    assert set(refused) == {"README.TXT", "empty", "cut-in-pixels.dcm", "cut-in-header.dcm", "noise"}
    assert all(one["problem"] and one["remedy"] for one in refused.values())
    assert "cut short" in refused["cut-in-pixels.dcm"]["problem"]
    assert "cut short" in refused["cut-in-header.dcm"]["problem"]


def test_another_patients_object_under_the_study_is_quarantined_and_said(
    said: Said, profile: Profile, disc: Path
) -> None:
    (disc / "A-first").write_bytes(ct_slice(7, patient="9990000026", name="Other^Person"))
    (disc / "B-same-uid").write_bytes(ct_slice(1, patient="9990000026", name="Other^Person"))
    code, answer = said("import", str(disc))
    assert code == 1
    assert answer["imported"] == 4
    assert [Path(one["path"]).name for one in answer["refused"]] == ["A-first", "B-same-uid"]
    assert all("quarantine" in one["problem"] for one in answer["refused"])
    shelf = Shelf(profile.cache, key(profile))
    assert shelf.sop_uids(STUDY) == {f"{SERIES}.{n}" for n in range(1, 5)}
    assert shelf.get(f"{SERIES}.1") == ct_slice(1)
    shelf.close()


def test_a_disc_of_another_patient_under_a_study_of_this_desk_is_refused_whole(
    said: Said, disc: Path, tmp_path: Path
) -> None:
    said("import", str(disc))
    other = tmp_path / "other.dcm"
    other.write_bytes(ct_slice(8, patient="9990000026", name="Other^Person"))
    code, answer = said("import", str(other))
    assert (code, answer["imported"]) == (1, 0)
    assert "Another patient" in answer["refused"][0]["problem"]


def test_a_second_disc_adds_to_the_study_and_the_same_one_changes_nothing(
    said: Said, profile: Profile, disc: Path, tmp_path: Path
) -> None:
    said("import", str(disc))
    assert said("import", str(disc))[1]["imported"] == 4
    more = tmp_path / "more"
    more.mkdir()
    (more / "five").write_bytes(ct_slice(5))
    (more / "changed").write_bytes(ct_slice(1, size=8))
    code, answer = said("import", str(more))
    assert (code, answer["imported"]) == (1, 1)
    assert "first is kept" in answer["refused"][0]["problem"]
    shelf = Shelf(profile.cache, key(profile))
    study = shelf.study(STUDY)
    assert study is not None
    assert [instance.number for instance in study.series[0].instances] == [1, 2, 3, 4, 5]
    assert study.series[0].instances[0].rows == 16
    shelf.close()


def test_a_path_that_is_not_there_is_refused(said: Said, tmp_path: Path) -> None:
    code, answer = said("import", str(tmp_path / "nothing"))
    assert code == 2
    assert answer["problem"] and answer["remedy"]


@pytest.mark.realdata
def test_every_real_file_is_taken_in_or_refused_with_a_reason(said: Said, real_files: Path) -> None:
    folders = ("broken", "charset", "dicomdir", "sr", "pr", "rt", "ecg")
    code, answer = said("import", *(str(real_files / folder) for folder in folders if (real_files / folder).is_dir()))
    assert code in (0, 1)
    assert answer["imported"] > 30
    assert all(one["problem"] and one["remedy"] for one in answer["refused"])
    refused = {Path(one["path"]).name: one["problem"] for one in answer["refused"]}
    assert "cut short" in refused["MR_truncated.dcm"]
    assert "cut short" in refused["rtplan_truncated.dcm"]
    code, cache = said("cache", "--verify")
    assert (code, cache["damaged"]) == (0, [])
    assert cache["objects"] == answer["imported"]


def test_the_cache_tells_what_it_holds_and_wipes_it(said: Said, profile: Profile, disc: Path) -> None:
    assert said("cache")[1]["objects"] == 0
    said("import", str(disc))
    code, answer = said("cache", "--verify")
    assert code == 0
    assert (answer["studies"], answer["frames"], answer["damaged"]) == (1, 4, [])
    assert answer["encrypted"] is True
    assert answer["bytes"] > 4 * 512
    assert said("cache", "--wipe", "1.2.3")[0] == 2
    assert said("cache", "--wipe", STUDY)[1]["wiped"] == 1
    assert said("cache")[1]["studies"] == 0
    assert Audit(profile.audit, key(profile)).events()[-1].meaning == "DICOM Study Deleted"


def test_a_damaged_record_is_named_by_verify(said: Said, profile: Profile, disc: Path) -> None:
    said("import", str(disc))
    (path,) = (profile.cache / "packs").iterdir()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    code, answer = said("cache", "--verify")
    assert code == 1
    assert [one["study_uid"] for one in answer["damaged"]] == [STUDY]


def test_an_open_workstation_is_not_wiped_behind_its_back(said: Said, profile: Profile, disc: Path) -> None:
    said("import", str(disc))
    with DeskLock(profile.folder):
        code, answer = said("cache", "--wipe")
        assert code == 2
        assert "already open" in answer["problem"]
        assert said("cache")[1]["studies"] == 1


def test_a_cache_of_a_lost_key_can_still_be_wiped(said: Said, profile: Profile, disc: Path) -> None:
    said("import", str(disc))
    (profile.folder / "desk.key").unlink()
    assert said("cache")[0] == 2
    assert said("cache", "--wipe")[0] == 0
    assert said("cache")[1]["studies"] == 0


def test_the_audit_trail_is_shown_and_verified(said: Said, profile: Profile) -> None:
    assert said("audit", "verify") == (0, {"events": 0, "intact": True})
    audit = Audit(profile.audit, key(profile), lambda: datetime(2026, 11, 24, tzinfo=UTC))
    for uid in ("1.2", "1.3", "1.2"):
        audit.record(QUERY, uid, "asked", "Okafor^Ada")
    code, answer = said("audit", "show", "--study", "1.2", "--last", "1")
    assert (code, answer["events"]) == (0, 3)
    assert [(one["number"], one["actor"]) for one in answer["shown"]] == [(3, "Okafor^Ada")]
    lines = profile.audit.read_bytes().splitlines(keepends=True)
    profile.audit.write_bytes(lines[0] + lines[2])
    assert said("audit", "verify") == (1, {"events": 2, "intact": False, "first_broken": 2})


def signed(sop_uid: str) -> Waiting:
    return Waiting(sop_uid, STUDY, "report", "North", "2026-11-24T10:00:00+00:00", 2, "North is down.", ct_slice(1))


def test_the_outbox_says_what_waits_since_when_and_why(said: Said, profile: Profile) -> None:
    assert said("outbox") == (0, {"waiting": []})
    store = OutboxStore(profile.outbox, key(profile))
    store.put(signed("1.2.3"))
    store.close()
    code, answer = said("outbox")
    assert code == 0
    (one,) = answer["waiting"]
    assert (one["kind"], one["study_uid"], one["problem"]) == ("report", STUDY, "North is down.")
    assert one["since"].startswith("2026-11-24")


def with_archive(profile: Profile, folder: Path) -> None:
    profile.folder.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)
    profile.settings.write_text(f"[[archive]]\nname = 'North'\nkind = 'folder'\npath = '{folder}'\n")


def test_a_retry_stores_what_waits_and_what_fails_still_waits(said: Said, profile: Profile, tmp_path: Path) -> None:
    store = OutboxStore(profile.outbox, key(profile))
    store.put(signed(f"{SERIES}.1"))
    store.close()
    assert said("outbox", "--retry")[0] == 2
    profile.settings.write_text(f"[[archive]]\nname = 'North'\nkind = 'folder'\npath = '{tmp_path / 'gone'}'\n")
    code, answer = said("outbox", "--retry")
    assert (code, answer["stored"]) == (1, [])
    assert answer["waiting"][0]["attempts"] == 3
    with_archive(profile, tmp_path / "north")
    code, answer = said("outbox", "--retry")
    assert (code, answer["waiting"]) == (0, [])
    assert [one["sop_uid"] for one in answer["stored"]] == [f"{SERIES}.1"]


def test_the_settings_verb_prints_schema_place_and_what_is_in_force(said: Said, profile: Profile) -> None:
    code, answer = said("settings")
    assert code == 0
    assert answer["path"] == str(profile.settings)
    assert answer["exists"] is False
    assert {"table": "[disk]", "name": "budget_gb", "default": 40.0}.items() <= next(
        one for one in answer["schema"] if one["name"] == "budget_gb"
    ).items()
    assert answer["current"]["display"]["engine"] == "auto"


def test_a_secret_is_taken_from_standard_input_and_never_shown(
    said: Said, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_archive(profile, tmp_path / "north")
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter2\n"))
    code, answer = said("settings", "--secret", "North")
    assert code == 0
    assert "hunter2" not in json.dumps(answer)
    assert open_secrets(profile).get(archive_secret("North")) == "hunter2"
    assert said("settings", "--secret", "North", "--forget")[0] == 0
    assert open_secrets(profile).get(archive_secret("North")) is None
    assert said("settings", "--secret", "South")[0] == 2
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert said("settings", "--secret", "North")[0] == 2


@pytest.fixture
def no_glass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readingroom.verbs.doctor.glass_checks", lambda engine: [Check("qt", True, "not looked at")])


def checks(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in answer["checks"]}


@pytest.mark.usefixtures("no_glass")
def test_doctor_says_aloud_that_the_key_lies_in_a_file_and_that_no_archive_is_configured(said: Said) -> None:
    code, answer = said("doctor")
    found = checks(answer)
    assert code == 1
    assert not found["keyring"]["ok"]
    assert "protected only by file permissions" in found["keyring"]["found"]
    assert found["keyring"]["remedy"]
    assert not found["archives"]["ok"]
    for name in ("python", "settings", "cache", "disk", "journal", "outbox", "audit", "clock", "qt"):
        assert found[name]["ok"], found[name]


@pytest.mark.usefixtures("no_glass")
def test_doctor_is_content_with_a_desk_that_lacks_nothing(
    said: Said, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READINGROOM_PASSPHRASE", "three lungs of glass")
    with_archive(profile, tmp_path / "north")
    code, answer = said("doctor")
    assert [one for one in answer["checks"] if not one["ok"]] == []
    assert code == 0
    assert checks(answer)["archive North"]["ok"]


@pytest.mark.usefixtures("no_glass")
def test_doctor_names_a_study_of_the_future_as_a_wrong_clock(said: Said, profile: Profile, tmp_path: Path) -> None:
    with_archive(profile, tmp_path / "north")
    (tmp_path / "north" / "a.dcm").write_bytes(ct_slice(1, date="29991231"))
    clock = checks(said("doctor")[1])["clock"]
    assert not clock["ok"]
    assert "2999-12-31" in clock["found"]
    assert "clock" in clock["remedy"]


@pytest.mark.usefixtures("no_glass")
def test_doctor_goes_on_where_settings_archive_cache_and_trail_are_broken(
    said: Said, profile: Profile, disc: Path, tmp_path: Path
) -> None:
    said("import", str(disc))
    store = OutboxStore(profile.outbox, key(profile))
    store.put(signed("1.2.3"))
    store.close()
    with_archive(profile, tmp_path / "north")
    profile.settings.write_text(
        profile.settings.read_text() + "[[archive]]\nname = 'S'\nkind = 'folder'\npath = 'no'\n"
    )
    profile.audit.write_bytes(b"1 broken\n")
    (profile.cache / "index.sqlite").write_bytes(b"broken" * 1000)
    for leftover in profile.cache.glob("index.sqlite-*"):
        leftover.unlink()
    code, answer = said("doctor")
    found = checks(answer)
    assert code == 1
    for name in ("cache", "outbox", "audit", "archive S"):
        assert not found[name]["ok"]
        assert found[name]["found"] and found[name]["remedy"]
    assert found["archive North"]["ok"]
    profile.settings.write_text("[disk]\nbudget = 1\n")
    assert not checks(said("doctor")[1])["settings"]["ok"]


def test_a_glass_that_crashes_or_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glass_checks, "_LOOK", "import os; os.abort()")
    monkeypatch.setattr(glass_checks, "_DRAW", "raise RuntimeError('no graphics card')")
    found = {one.name: one for one in glass_checks.glass_checks("auto")}
    assert not found["qt"].ok and "ended with" in found["qt"].found
    assert not found["engine"].ok and "no graphics card" in found["engine"].found
    monkeypatch.setattr(glass_checks, "PATIENCE_S", 0.2)
    monkeypatch.setattr(glass_checks, "_LOOK", "import time; time.sleep(60)")
    assert "no answer" in glass_checks.glass_checks("auto")[0].found
