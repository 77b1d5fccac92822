"""What is peculiar to the DIMSE door: two ways to retrieve, shallow answers, commitment, TLS, and refusals in words."""

import ssl
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import RLELossless
from tests.fakes.dimse_archive import DimseArchive, certificates, send_unasked
from tests.fakes.objects import SERIES, STUDY, ct_series, ct_slice
from tests.fakes.orthanc import OrthancServer, free_port
from tests.fakes.windows import Windows

from readingroom.archive.dimse import Dimse
from readingroom.archive.dimse_line import COMMITMENT, FIND, GET, MOVE, VERIFICATION
from readingroom.archive.dimse_store import data_set_of
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Ticket
from readingroom.cache.shelf import Shelf
from readingroom.record.search import Query
from readingroom.settings.load import parse, save
from readingroom.settings.places import Profile
from readingroom.settings.secrets import Secrets
from readingroom.settings.sections import ArchiveSettings, Settings
from readingroom.verbs.front import main


def _settings(port: int, **more: Any) -> ArchiveSettings:
    return ArchiveSettings("RM3", "dimse", host="127.0.0.1", port=port, **{"aet": "PACS", "timeout_s": 3.0} | more)


def _fetched(profile: Profile, archive: ArchiveSettings) -> dict[str, bytes]:
    """Every object of the study after readingroom fetch, by SOP Instance UID."""
    save(profile, Settings(archives=(archive,)))
    assert main(["fetch", STUDY, "--json", "--profile", str(profile.folder)]) == 0
    shelf = Shelf(profile.cache, Secrets(profile, None).desk_key())
    try:
        return {uid: shelf.get(uid) or b"" for uid in shelf.sop_uids(STUDY)}
    finally:
        shelf.close()


@pytest.mark.orthanc
def test_a_fetch_over_dimse_brings_the_same_objects_as_over_the_web_byte_for_byte(
    dimse_orthanc: OrthancServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("readingroom.settings.secrets.system_vault", lambda patience_s=5.0: None)
    compressed = dcmread(BytesIO(ct_slice(9, size=64)))
    compressed.compress(RLELossless, generate_instance_uid=False)
    rle = BytesIO()
    compressed.save_as(rle, enforce_file_format=True)
    for part10 in [*ct_series(8), rle.getvalue()]:
        dimse_orthanc.put(part10)
    web = _fetched(Profile(tmp_path / "web"), ArchiveSettings("RM3", "dicomweb", url=dimse_orthanc.url))
    dimse = _fetched(Profile(tmp_path / "dimse"), _settings(dimse_orthanc.dicom_port, aet="ORTHANC"))
    assert dimse.keys() == web.keys() and len(web) == 9
    for uid, part10 in web.items():
        one, other = dcmread(BytesIO(part10)), dcmread(BytesIO(dimse[uid]))
        assert one.file_meta.TransferSyntaxUID == other.file_meta.TransferSyntaxUID
        assert one.PixelData == other.PixelData
    assert dcmread(BytesIO(dimse[f"{SERIES}.9"])).file_meta.TransferSyntaxUID == RLELossless


@pytest.mark.orthanc
def test_orthanc_moves_to_our_own_port(dimse_orthanc: OrthancServer, desk_port: int) -> None:
    part10s = ct_series(5)
    for part10 in part10s:
        dimse_orthanc.put(part10)
    door = Dimse(_settings(dimse_orthanc.dicom_port, aet="ORTHANC", own_port=desk_port), get=False)
    try:
        came = {one.sop_uid: one.part10 for one in door.series_objects(STUDY, SERIES, Ticket())}
        assert [data_set_of(came[f"{SERIES}.{n}"]) for n in range(1, 6)] == [data_set_of(p) for p in part10s]
        assert send_unasked(ct_slice(77), desk_port) == 0x0124
        assert send_unasked(ct_slice(77), desk_port, title="SOMEBODY") is None
    finally:
        door.close()


@pytest.mark.orthanc
def test_orthanc_says_what_it_offers_and_commits(dimse_orthanc: OrthancServer, desk_port: int) -> None:
    door = Dimse(_settings(dimse_orthanc.dicom_port, aet="ORTHANC", own_port=desk_port))
    try:
        door.echo()
        assert door.services() == {VERIFICATION, FIND, GET, MOVE, COMMITMENT}
        assert [answer.verified for answer in door.store(ct_series(2))] == [True, True]
    finally:
        door.close()


def test_an_archive_without_c_get_moves_to_our_own_port() -> None:
    port = free_port()
    with DimseArchive(ct_series(3), (VERIFICATION, FIND, MOVE), desk_port=port) as server:
        door = Dimse(_settings(server.port, own_port=port))
        try:
            assert len(list(door.series_objects(STUDY, SERIES, Ticket()))) == 3
            assert door.object(STUDY, SERIES, f"{SERIES}.2", Ticket()).sop_uid == f"{SERIES}.2"
            server.fault = "no destination"
            with pytest.raises(ReaderError, match="does not know where READINGROOM is"):
                list(door.series_objects(STUDY, SERIES, Ticket()))
        finally:
            door.close()


def test_an_archive_that_offers_c_get_and_gives_nothing_is_asked_to_move() -> None:
    port = free_port()
    with DimseArchive(ct_series(3), desk_port=port) as server:
        server.fault = "gets nothing"
        with pytest.raises(ReaderError, match="could not send 3"):
            list(Dimse(_settings(server.port)).series_objects(STUDY, SERIES, Ticket()))
        door = Dimse(_settings(server.port, own_port=port))
        try:
            assert len(list(door.series_objects(STUDY, SERIES, Ticket()))) == 3
        finally:
            door.close()


def test_without_c_get_and_without_a_port_of_our_own_the_remedy_is_said() -> None:
    services = (VERIFICATION, FIND, MOVE)
    with DimseArchive(ct_series(1), services) as server, pytest.raises(ReaderError, match="no C-GET") as refused:
        list(Dimse(_settings(server.port)).series_objects(STUDY, SERIES, Ticket()))
    assert "own_port" in refused.value.remedy


def test_a_port_in_use_is_said() -> None:
    with DimseArchive(ct_series(1), (VERIFICATION, FIND, MOVE)) as server, DimseArchive() as other:
        door = Dimse(_settings(server.port, own_port=other.port))
        with pytest.raises(ReaderError, match="cannot receive at its port"):
            list(door.series_objects(STUDY, SERIES, Ticket()))


def test_an_archive_whose_image_level_answers_tell_little_is_read_from_its_objects_once() -> None:
    with DimseArchive(ct_series(4), shallow=True) as server:
        door = Dimse(_settings(server.port))
        study = door.study(STUDY)
        assert [i.places[0].position_mm for i in study.instances()] == [(0, 0, 2.5 * n) for n in range(1, 5)]
        assert (study.expected, study.patient.name) == (4, "Reed^Anna")
        assert door.object(STUDY, SERIES, f"{SERIES}.3", Ticket()).sop_uid == f"{SERIES}.3"
        assert len(list(door.series_objects(STUDY, SERIES, Ticket()))) == 4
        assert len(server.sent) == 4


def test_slices_that_share_a_place_are_told_apart_by_their_whole_headers() -> None:
    twice = []
    for number in (1, 2):
        ds = dcmread(BytesIO(ct_slice(number)))
        ds.ImagePositionPatient = [0, 0, 5]
        ds.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", str(number * 500))
        out = BytesIO()
        ds.save_as(out, enforce_file_format=True)
        twice.append(out.getvalue())
    with DimseArchive(twice) as server:
        study = Dimse(_settings(server.port)).study(STUDY)
        marks = {dict(i.places[0].marks).get("b_value") for i in study.instances()}
        assert marks == {"500", "1000"} and len(server.sent) == 2


def test_an_archive_that_refuses_a_key_is_asked_for_those_it_must_know() -> None:
    with DimseArchive(ct_series(2)) as server:
        server.fault = "refuses keys"
        (row,) = Dimse(_settings(server.port)).search(Query(name="reed"))
        assert (row.study_uid, row.patient.id) == (STUDY, "9990000018")
        assert "StudyDescription" not in server.keys[-1]


def test_a_limit_cancels_the_question() -> None:
    studies = [ct_slice(n, study=f"1.2.3.{n}", series=f"1.2.3.{n}.1") for n in range(1, 30)]
    with DimseArchive(studies) as server:
        assert len(Dimse(_settings(server.port)).search(Query(limit=3))) == 3


def test_a_limit_counts_what_matches_and_not_what_the_archive_answers() -> None:
    studies = [ct_slice(n, study=f"1.2.3.{n}", series=f"1.2.3.{n}.1", patient=f"{n}") for n in range(1, 9)]
    wanted = dcmread(BytesIO(studies[-1]))
    wanted.StudyDescription = "CT abdomen"
    out = BytesIO()
    wanted.save_as(out, enforce_file_format=True)
    with DimseArchive([*studies[:-1], out.getvalue()]) as server:
        (row,) = Dimse(_settings(server.port)).search(Query(name="reed", description="abdomen", limit=1))
        assert row.study_uid == "1.2.3.8"


@pytest.mark.orthanc
def test_an_examination_opens_in_the_window_over_dimse(dimse_orthanc: OrthancServer, tmp_path: Path) -> None:
    for part10 in ct_series(12):
        dimse_orthanc.put(part10)
    with Windows(tmp_path, (_settings(dimse_orthanc.dicom_port, aet="ORTHANC"),)) as glass:
        glass.show()
        glass.open_whole(STUDY)
        assert glass.desk.case is not None
        (series,) = glass.desk.case.study.series
        assert glass.desk.loader.received(series) == 12
        assert not glass.raised


def test_leaving_aborts_at_once_and_the_archive_stops_sending() -> None:
    with DimseArchive(ct_series(200)) as server:
        ticket = Ticket()
        stream = Dimse(_settings(server.port)).series_objects(STUDY, SERIES, ticket)
        next(stream)
        ticket.cancel()
        with pytest.raises(Cancelled):
            list(stream)
        assert len(server.sent) < 200


@pytest.mark.parametrize(
    ("fault", "came", "said"),
    [("breaks off", 2, "broke off after 2 objects"), ("sends less", 4, "could not send 1 of the objects")],
)
def test_what_arrived_before_a_failure_is_kept_and_the_failure_said(fault: str, came: int, said: str) -> None:
    with DimseArchive(ct_series(5)) as server:
        server.fault = fault
        stream = Dimse(_settings(server.port)).series_objects(STUDY, SERIES, Ticket())
        for _ in range(came):
            next(stream)
        with pytest.raises(ReaderError, match=said):
            next(stream)


def test_an_archive_that_is_slow_is_silent_after_its_limit() -> None:
    with DimseArchive(ct_series(1)) as server:
        server.fault = "slow"
        began = monotonic()
        with pytest.raises(ReaderError, match=r"did not answer within 0\.3 s"):
            Dimse(_settings(server.port, timeout_s=0.3)).search(Query())
        assert monotonic() - began < 3
        server.released.set()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"aet": "WRONG"}, "is not called “WRONG”"),
        ({"port": None}, "is down: nothing answers"),
        ({"host": "no-such-machine.invalid"}, "no machine is called"),
    ],
)
def test_an_association_that_does_not_come_about_is_said_with_its_reason(change: dict[str, Any], said: str) -> None:
    with DimseArchive() as server:
        more = change | ({"port": free_port()} if "port" in change else {"port": server.port})
        door = Dimse(ArchiveSettings("RM3", "dimse", **{"host": "127.0.0.1", "aet": "PACS", "timeout_s": 2.0} | more))
        for ask in (door.echo, lambda: door.search(Query()), lambda: door.store([ct_slice(1)])):
            with pytest.raises(ReaderError, match=said) as refused:
                ask()
            assert refused.value.remedy


def test_an_archive_that_offers_no_search_is_said() -> None:
    with DimseArchive(services=(VERIFICATION,)) as server, pytest.raises(ReaderError, match="does not offer this"):
        Dimse(_settings(server.port)).search(Query())


@pytest.mark.parametrize(("fault", "said"), [("no room", "no room left"), ("changes", "StudyDescription")])
def test_an_object_that_was_not_kept_as_it_was_sent_is_not_stored(fault: str, said: str) -> None:
    with DimseArchive() as server:
        server.fault = fault
        (answer,) = Dimse(_settings(server.port)).store([ct_slice(1)])
        assert not answer.verified and said in answer.problem and answer.remedy


def test_a_commitment_that_is_refused_is_believed_and_one_that_is_given_stands_where_nothing_can_be_read_back() -> None:
    port = free_port()
    with DimseArchive(services=(VERIFICATION, FIND, COMMITMENT), desk_port=port) as server:
        door = Dimse(_settings(server.port, own_port=port))
        try:
            assert [answer.verified for answer in door.store([ct_slice(1)])] == [True]
            server.fault = "no commitment"
            (answer,) = door.store([ct_slice(2)])
            assert not answer.verified and "does not commit itself" in answer.problem
        finally:
            door.close()


def test_an_archive_that_takes_no_reports_is_sent_none() -> None:
    with pytest.raises(ReaderError, match="takes no reports"):
        Dimse(_settings(free_port(), store=False)).store([ct_slice(1)])


def test_tls_with_the_trusts_own_authority_and_our_certificate(tmp_path: Path) -> None:
    files = certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(files["cert"]))
    context.load_cert_chain(files["cert"], files["key"])
    context.verify_mode = ssl.CERT_REQUIRED
    ours = {"ca_file": str(files["cert"]), "client_cert": str(files["cert"]), "client_key": str(files["key"])}
    with DimseArchive(ct_series(3), tls=context) as server:
        door = Dimse(_settings(server.port, tls=True, **ours))
        assert len(list(door.series_objects(STUDY, SERIES, Ticket()))) == 3
        stranger = Dimse(_settings(server.port, tls=True))
        with pytest.raises(ReaderError, match="certificate that is not trusted"):
            stranger.echo()
        with pytest.raises(ReaderError, match="cannot be used"):
            Dimse(_settings(server.port, tls=True, ca_file=str(tmp_path / "absent.pem"))).echo()


@pytest.mark.parametrize("call", [lambda d: d.study("1/2"), lambda d: d.object("a b", "1", "2", Ticket())])
def test_what_is_no_identifier_is_refused_before_anything_is_asked(call: Callable[[Dimse], object]) -> None:
    with pytest.raises(ReaderError, match="not a DICOM identifier"):
        call(Dimse(_settings(free_port())))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "host is missing"),
        ('host = "pacs"', "aet must be a title"),
        ('host = "pacs"\naet = "A TITLE THAT IS TOO LONG"', "aet must be a title"),
        ('host = "pacs"\naet = "PACS"\nport = 70000', "port is no port"),
    ],
)
def test_settings_of_a_dimse_archive_are_checked(line: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=said):
        parse(f'[[archive]]\nname = "RM3"\nkind = "dimse"\n{line}\n', tmp_path / "settings.toml")
