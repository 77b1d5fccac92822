"""What an archive can do is found out by asking, kept for a week, and told to those who can change it."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.dimse_archive import DimseArchive
from tests.fakes.objects import ct_series, ct_slice
from tests.fakes.products import Product

from readingroom.archive.advice import advice
from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.dimse import Dimse
from readingroom.archive.dimse_line import FIND, MOVE, VERIFICATION
from readingroom.archive.learn import known, learn
from readingroom.archive.open import open_archives
from readingroom.archive.probe_web import bulk_uris, rerooted
from readingroom.archive.profile import Probe, probe
from readingroom.archive.profile_book import ProfileBook
from readingroom.archive.token import token_life_s
from readingroom.record.search import Query
from readingroom.settings.sections import ArchiveSettings

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEB = ArchiveSettings("RM3", "dicomweb", url="https://pacs.example/dicom-web", auth="bearer")


def _probed(product: str, count: int, named: str = "", cap: int = 50) -> Probe:
    part10s = [ct_slice(1, study=f"1.2.3.{n}", series=f"1.2.3.{n}.1") for n in range(count)]
    with Product(product, part10s, cap) as server:
        return probe(DicomWeb(ArchiveSettings("RM3", "dicomweb", url=server.url, product=named, timeout_s=5)))


def _said(found: Probe, settings: ArchiveSettings = WEB) -> str:
    return " ".join(f"{one.problem} {one.change}" for one in advice(found, settings))


def test_a_limit_of_rows_is_found_whether_it_is_told_or_not() -> None:
    assert _probed("usual", 60).can["most_rows"] == {}
    assert _probed("dcm4chee", 60).can["most_rows"] == {"rows": 50, "said": True}
    silent = _probed("silent", 70, cap=33)
    assert silent.can["most_rows"] == {"rows": 33, "said": False}
    assert "ends at 33 rows without saying that there are more" in _said(silent)
    unknown = _probed("azure", 3)
    assert unknown.can["most_rows"] == {"rows": 200, "said": True}
    assert _probed("azure", 3, "azure").can["most_rows"] == {}


def test_the_form_in_which_objects_come_is_found() -> None:
    found = _probed("aws", 1, "aws")
    assert (found.can["object_forms"], found.can["series_stream"], found.can["study_metadata"]) == (
        ["single part"], False, False,
    )  # fmt: skip
    said = _said(found)
    assert (
        "refused as multipart/related" in said and "does not come as one answer" in said and "series by series" in said
    )


def test_a_search_that_ignores_its_question_is_told_first() -> None:
    with Product("usual", ct_series(2)) as server:
        server.fault = "ignores keys"
        found = probe(DicomWeb(ArchiveSettings("RM3", "dicomweb", url=server.url)))
    found = replace(found, can=found.can | {"filters": False})
    assert advice(found, WEB)[0].problem == "A search for one PatientID answers other patients too."


def test_an_archive_that_does_not_answer_is_its_own_advice() -> None:
    (only,) = advice(Probe("RM3", False, 8000.0, "RM3 is down.", "Check that it runs."), WEB)
    assert (only.problem, only.change) == ("RM3 is down.", "Check that it runs.")


def test_a_line_that_is_not_private_is_said() -> None:
    open_door = replace(WEB, url="http://pacs.example/dicom-web", auth="none")
    said = _said(Probe("RM3", True, 5.0), open_door)
    assert "unencrypted (http)" in said and "asks nobody to sign in" in said
    assert "unencrypted" not in _said(
        Probe("RM3", True, 5.0), replace(open_door, url="http://127.0.0.1:8042/dicom-web")
    )


def test_the_dimse_door_says_what_is_offered_and_what_is_missing() -> None:
    with DimseArchive(ct_series(1), (VERIFICATION, FIND, MOVE)) as server:
        settings = ArchiveSettings("RM3", "dimse", host="127.0.0.1", port=server.port, aet="PACS")
        found = probe(Dimse(settings))
    assert (found.can["find"], found.can["get"], found.can["move"], found.can["commitment"]) == (
        True, False, True, False,
    )  # fmt: skip
    said = _said(found, settings)
    assert "Nothing can be retrieved from it." in said and "no storage commitment" in said
    assert "It offers no C-GET." in _said(found, replace(settings, own_port=11112))


@pytest.mark.parametrize(
    ("uri", "here"),
    [
        ("https://pacs.example/dicom-web/studies/1/bulk", "https://pacs.example/dicom-web/studies/1/bulk"),
        ("http://10.0.0.7:8080/rs/studies/1/bulk?a=b", "https://pacs.example/dicom-web/studies/1/bulk?a=b"),
        ("/rs/studies/1/bulk", "https://pacs.example/dicom-web/studies/1/bulk"),
        ("studies/1/bulk", "https://pacs.example/dicom-web/studies/1/bulk"),
        ("https://elsewhere.example/blob/1", "https://elsewhere.example/blob/1"),
    ],
)
def test_bulk_data_behind_a_proxy_are_sought_under_the_root_by_which_the_archive_is_reached(
    uri: str, here: str
) -> None:
    assert rerooted(uri, WEB.url) == here


def test_bulk_data_are_found_in_sequences_too() -> None:
    header = {"52009230": {"vr": "SQ", "Value": [{"00187777": {"vr": "OB", "BulkDataURI": "http://a/studies/1"}}]}}
    assert list(bulk_uris(header)) == ["http://a/studies/1"]


def _token(claims: dict[str, Any]) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{middle}.signature"


@pytest.mark.parametrize(
    ("token", "seconds"),
    [(_token({"iat": 1000, "exp": 4600}), 3600.0), (_token({"exp": 4600}), None), ("opaque", None), (None, None),
     ("a.!!.c", None), (_token({"iat": 9, "exp": 3}), None)],
)  # fmt: skip
def test_a_token_tells_how_long_it_lasts(token: str | None, seconds: float | None) -> None:
    assert token_life_s(token) == seconds


def test_a_profile_is_kept_for_a_week_and_asked_for_again_where_the_archive_moved(tmp_path: Path) -> None:
    book = ProfileBook(tmp_path / "archives.json")
    assert book.kept(WEB, NOW) is None
    book.keep({"RM3": (WEB, Probe("RM3", True, 12.5, can={"paging": True}))}, NOW)
    kept = book.kept(WEB, NOW + timedelta(days=6))
    assert kept is not None and kept.probe.can == {"paging": True}
    assert book.kept(WEB, NOW + timedelta(days=8)) is None
    assert book.kept(replace(WEB, url="https://new.example/dicom-web"), NOW) is None
    assert book.kept(replace(WEB, product="azure"), NOW) is None
    book.keep({"RM3": (WEB, Probe("RM3", False, 1.0, "down"))}, NOW)
    assert book.kept(WEB, NOW) == kept


def test_what_was_learnt_steers_the_door_and_is_not_asked_again_within_the_week(tmp_path: Path) -> None:
    class NoSecrets:
        def get(self, name: str) -> str | None:
            return None

    part10s = [ct_slice(1, study=f"1.2.3.{n}", series=f"1.2.3.{n}.1") for n in range(70)]
    with Product("silent", part10s, 33) as server:
        settings = (ArchiveSettings("RM3", "dicomweb", url=server.url),)
        assert known(tmp_path / "archives.json", settings) == {}
        assert learn(tmp_path / "archives.json", settings, NoSecrets()).keys() == {"RM3"}
        can = known(tmp_path / "archives.json", settings)
        assert learn(tmp_path / "archives.json", settings, NoSecrets()) == {}
        door = open_archives(settings, NoSecrets(), can).archive("RM3")
        assert isinstance(door, DicomWeb) and door.dialect.page == 33
        assert len(door.search(Query())) == 70


def test_a_damaged_book_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "archives.json"
    path.write_text('{"RM3": {"version": 2, "probe": {"x"')
    book = ProfileBook(path)
    assert book.kept(WEB, NOW) is None
    book.keep({"RM3": (WEB, Probe("RM3", True, 1.0))}, NOW)
    assert book.kept(WEB, NOW) is not None
