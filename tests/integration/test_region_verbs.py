"""The verbs archives, search and fetch on a region of a real archive, a guarded one, a folder, and one that is down."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.dicomweb_faults import FaultyArchive
from tests.fakes.objects import SERIES, STUDY, ct_series, ct_slice
from tests.fakes.orthanc import OrthancServer, free_port

from readingroom.cache.shelf import Shelf
from readingroom.settings.load import save
from readingroom.settings.places import Profile
from readingroom.settings.secrets import Secrets, archive_secret
from readingroom.settings.sections import ArchiveSettings, Settings
from readingroom.verbs.front import main

Verb = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """A desk of its own, without a keyring."""
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    return Profile(tmp_path / "profile")


@pytest.fixture
def verb(profile: Profile, capsys: pytest.CaptureFixture[str]) -> Verb:
    """Runs a verb with --json; its exit code and its document."""

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json", "--profile", str(profile.folder)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, json.loads(said.out)

    return run


def _desk(profile: Profile, *archives: ArchiveSettings) -> None:
    save(profile, Settings(archives=archives))


def _folder(path: Path, part10s: list[bytes]) -> ArchiveSettings:
    path.mkdir()
    for n, part10 in enumerate(part10s):
        (path / f"{n}.dcm").write_bytes(part10)
    return ArchiveSettings("CD", "folder", path=str(path))


def _shelved(profile: Profile) -> frozenset[str]:
    shelf = Shelf(profile.cache, Secrets(profile, None).desk_key())
    try:
        return shelf.sop_uids(STUDY)
    finally:
        shelf.close()


@pytest.mark.orthanc
def test_each_archive_says_what_it_can_do(orthanc: OrthancServer, profile: Profile, tmp_path: Path, verb: Verb) -> None:
    for part10 in ct_series(2) + ct_series(1, study="1.2.9", series="1.2.9.1", name="Abernathy^Zoe"):
        orthanc.put(part10)
    down = ArchiveSettings("RJE", "dicomweb", url=f"http://127.0.0.1:{free_port()}/dicom-web")
    web = ArchiveSettings("RM3", "dicomweb", url=orthanc.url)
    _desk(profile, web, _folder(tmp_path / "cd", ct_series(1)), down)
    code, found = verb("archives")
    assert code == 1
    rm3, cd, rje = found["archives"]
    assert (rm3["ok"], cd["ok"], rje["ok"]) == (True, True, False)
    assert rm3["ms"] > 0 and "is down" in rje["problem"]
    assert rm3["can"] == {
        "paging": True,
        "fuzzy": False,
        "frames": True,
        "rendered": True,
        "transfer_syntaxes": ["uncompressed", "JPEG-LS lossless"],
        "ups_rs": False,
        "same_uid_store": "keeps the old object and says stored",
        "product": "Orthanc",
        "server": "",
        "filters": True,
        "fields_missing": [],
        "fields_only_if_asked": ["StudyDescription"],
        "most_rows": {},
        "token_minutes": None,
        "transfer_syntax_faults": {"JPEG 2000 lossless": 500},
        "object_forms": ["multipart", "anything"],
        "series_stream": True,
        "study_metadata": True,
        "metadata_gzip": True,
        "bulk_data": "here",
    }
    assert cd["can"]["same_uid_store"] == "refused, the first object stays"


@pytest.mark.orthanc
def test_the_report_names_what_an_administrator_can_change_and_keeps_no_patient(
    orthanc: OrthancServer, profile: Profile, tmp_path: Path, verb: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    for part10 in ct_series(2):
        orthanc.put(part10)
    _desk(profile, ArchiveSettings("RM3", "dicomweb", url=orthanc.url))
    assert main(["archives", "--report", "--profile", str(profile.folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("RM3 (Orthanc): answers in ")
    assert "1. StudyDescription is returned only where includefield names it.\n     → Have it return" not in said
    assert "StudyDescription is returned only where includefield names it." in said
    assert "It answers 500 when asked for JPEG 2000 lossless.\n     → Install that codec, or answer 406" in said
    written = b"".join(path.read_bytes() for path in profile.folder.glob("archives.json"))
    assert written and not any(word in written for word in (b"Reed", b"9990000018", STUDY.encode(), SERIES.encode()))
    asked_before = json.loads(written)["RM3"]["at"]
    assert verb("archives", "--kept")[1]["archives"][0]["can"]["product"] == "Orthanc"
    assert json.loads((profile.folder / "archives.json").read_text())["RM3"]["at"] == asked_before


@pytest.mark.orthanc
def test_a_search_over_three_archives_folds_and_names_the_silent_one(
    orthanc: OrthancServer, profile: Profile, tmp_path: Path, verb: Verb
) -> None:
    for part10 in ct_series(3):
        orthanc.put(part10)
    down = ArchiveSettings("RJE", "dicomweb", url=f"http://127.0.0.1:{free_port()}/dicom-web")
    web = ArchiveSettings("RM3", "dicomweb", url=orthanc.url)
    _desk(profile, _folder(tmp_path / "cd", ct_series(3)), web, down)
    code, found = verb("search", "--name", "anna reed")
    assert code == 1
    assert (found["answered"], found["asked"]) == (2, 3)
    assert [s["name"] for s in found["silent"]] == ["RJE"]
    (study,) = found["studies"]
    assert study["held_by"] == ["CD", "RM3"]
    assert study["patient"] == {
        "id": "9990000018", "issuer": "", "name": "Reed^Anna", "birth_date": "1951-02-03", "sex": "F",
    }  # fmt: skip
    assert (study["study_uid"], study["date"], study["instances"]) == (STUDY, "2025-11-03", 3)
    assert "conflict" not in study


@pytest.mark.orthanc
def test_another_patient_under_the_same_study_in_another_archive_is_a_conflict_and_a_hard_stop(
    orthanc: OrthancServer, profile: Profile, tmp_path: Path, verb: Verb
) -> None:
    for part10 in ct_series(2, patient="9990000026", name="Cole^Ben"):
        orthanc.put(part10)
    web = ArchiveSettings("RM3", "dicomweb", url=orthanc.url)
    _desk(profile, _folder(tmp_path / "cd", ct_series(2)), web)
    code, found = verb("search")
    assert code == 1 and [bool(s["conflict"]) for s in found["studies"]] == [True, True]
    code, refusal = verb("fetch", STUDY)
    assert code == 2 and "2 patients" in refusal["problem"]
    code, fetched = verb("fetch", STUDY, "--from", "CD")
    assert (code, fetched["received"]) == (0, 2)


@pytest.mark.orthanc
@pytest.mark.parametrize("order", ["visible", "middle", "file"])
def test_a_study_is_fetched_whole_and_is_on_the_shelf(
    orthanc: OrthancServer, profile: Profile, verb: Verb, order: str
) -> None:
    part10s = ct_series(20)
    for part10 in part10s:
        orthanc.put(part10)
    _desk(profile, ArchiveSettings("RM3", "dicomweb", url=orthanc.url))
    code, found = verb("fetch", STUDY, "--order", order)
    assert code == 0
    assert (found["expected"], found["received"], found["resumed"], found["failed"]) == (20, 20, 0, [])
    assert found["bytes"] == sum(map(len, part10s))
    assert 0 < found["first_image_s"] <= found["complete_s"]
    assert len(_shelved(profile)) == 20


@pytest.mark.orthanc
def test_a_fetch_goes_on_where_it_stopped_and_an_archive_that_is_gone_leaves_what_is_here(
    profile: Profile, verb: Verb, tmp_path: Path, orthanc: OrthancServer
) -> None:
    for part10 in ct_series(10):
        orthanc.put(part10)
    _desk(profile, ArchiveSettings("RM3", "dicomweb", url=orthanc.url))
    assert verb("fetch", STUDY)[0] == 0
    for number in range(11, 16):
        orthanc.put(ct_slice(number))
    code, found = verb("fetch", STUDY)
    assert (code, found["expected"], found["received"], found["resumed"]) == (0, 15, 15, 10)
    assert found["bytes"] == sum(len(ct_slice(number)) for number in range(11, 16))
    _desk(profile, ArchiveSettings("RM3", "dicomweb", url=f"http://127.0.0.1:{free_port()}/dicom-web"))
    code, found = verb("fetch", STUDY)
    assert (code, found["received"], found["bytes"]) == (0, 15, 0)


@pytest.mark.orthanc
def test_a_guarded_archive_opens_with_its_secret_only(
    guarded_orthanc: OrthancServer, profile: Profile, verb: Verb
) -> None:
    guarded_orthanc.empty()
    guarded_orthanc.put(ct_slice(1))
    settings = ArchiveSettings("RM3", "dicomweb", url=guarded_orthanc.url, auth="basic", user="reader")
    _desk(profile, settings)
    code, found = verb("search")
    assert code == 1 and "No secret is kept for RM3" in found["silent"][0]["problem"]
    secrets = Secrets(profile, None)
    secrets.set(archive_secret("RM3"), "wrong")
    assert "did not accept the sign-in" in verb("search")[1]["silent"][0]["problem"]
    secrets.set(archive_secret("RM3"), guarded_orthanc.password)
    code, found = verb("search")
    assert code == 0 and len(found["studies"]) == 1
    assert verb("fetch", STUDY)[0] == 0


def test_a_stream_that_is_cut_is_completed_object_by_object(profile: Profile, verb: Verb) -> None:
    with FaultyArchive(ct_series(5)) as server:
        _desk(profile, ArchiveSettings("RM3", "dicomweb", url=server.url, timeout_s=2))
        server.fault = "truncated"
        code, found = verb("fetch", STUDY)
    assert (code, found["received"], found["failed"]) == (0, 5, [])


def test_another_patients_object_in_the_stream_is_kept_apart_and_named(profile: Profile, verb: Verb) -> None:
    with FaultyArchive(ct_series(5)) as server:
        _desk(profile, ArchiveSettings("RM3", "dicomweb", url=server.url, timeout_s=2))
        server.fault, server.stranger = "stranger", ct_slice(7, patient="9990000026", name="Cole^Ben")
        code, found = verb("fetch", STUDY)
    assert (code, found["received"]) == (1, 5)
    assert [f["sop_uid"] for f in found["failed"]] == [f"{SERIES}.7"]
    assert "COLE, Ben" in found["failed"][0]["problem"]
    assert f"{SERIES}.7" not in _shelved(profile)


def test_a_fetch_may_leave_the_line_to_others(profile: Profile, verb: Verb, tmp_path: Path) -> None:
    part10s = ct_series(10)
    _desk(profile, _folder(tmp_path / "cd", part10s))
    size = sum(map(len, part10s))
    code, found = verb("fetch", STUDY, "--limit-rate", str(size * 4))
    assert code == 0 and found["complete_s"] >= 0.24


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search",), "No archive is configured"),
        (("search", "--from", "yesterday-ish"), "No archive is configured"),
        (("fetch", "not a uid!"), "No archive of this desk"),
        (("fetch", "1.2.3", "--from", "Atlantis"), "No archive is called"),
        (("fetch", "1.2.3", "--limit-rate", "fast"), "is not a rate"),
        (("fetch",), "STUDY_UID"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_with_a_remedy(
    verb: Verb, words: tuple[str, ...], said: str
) -> None:
    code, refusal = verb(*words)
    assert code == 2 and said in refusal["problem"] + refusal["remedy"] and refusal["remedy"]


def test_a_day_that_is_none_is_refused(profile: Profile, verb: Verb, tmp_path: Path) -> None:
    _desk(profile, _folder(tmp_path / "cd", []))
    code, refusal = verb("search", "--from", "yesterday-ish")
    assert code == 2 and "is not a day" in refusal["problem"]
    assert verb("search", "--from", "2025-11-03", "--to", "20251104")[0] == 0


def test_without_archives_the_list_is_empty_and_says_how_to_fill_it(verb: Verb) -> None:
    assert verb("archives") == (0, {"archives": []})
