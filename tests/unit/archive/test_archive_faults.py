"""An archive that fails in any way is named, with the problem and a remedy, and what did arrive is kept."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from pydicom import dcmread
from tests.fakes.dicomweb_faults import FaultyArchive
from tests.fakes.objects import SERIES, STUDY, ct_series, ct_slice

from readingroom.archive.dialect import Dialect
from readingroom.archive.dicomweb import DicomWeb
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.search import Query
from readingroom.settings.sections import ArchiveSettings


@pytest.fixture
def server() -> Iterator[FaultyArchive]:
    """An archive with five slices."""
    with FaultyArchive(ct_series(5)) as running:
        yield running


@pytest.fixture
def door(server: FaultyArchive) -> Iterator[DicomWeb]:
    """Its door, with little patience."""
    made = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=server.url, timeout_s=0.4))
    yield made
    made.close()


def _pulled(door: DicomWeb) -> tuple[list[str], ReaderError | None]:
    came = []
    try:
        for received in door.series_objects(STUDY, SERIES, Ticket()):
            came.append(received.sop_uid)  # noqa: PERF401  (what came before the failure counts)
    except ReaderError as error:
        return came, error
    return came, None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("slow", "did not answer within"),
        ("401", "did not accept the sign-in"),
        ("404", "does not have it"),
        ("406", "cannot send it in a form"),
        ("500", "has a fault of its own"),
        ("wrong type", "text/html that is not DICOM JSON"),
        ("garbage", "not DICOM JSON"),
        ("not a list", "not a list of DICOM objects"),
    ],
)
def test_a_search_that_fails_says_why_and_what_to_do(
    server: FaultyArchive, door: DicomWeb, fault: str, words: str
) -> None:
    server.fault = fault
    with pytest.raises(ReaderError) as caught:
        door.search(Query())
    assert words in caught.value.problem
    assert caught.value.problem.startswith("RM3 ") and caught.value.remedy
    if fault.isdecimal():
        assert "Played by the test" in caught.value.problem


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("slow", "did not answer within"),
        ("401", "did not accept the sign-in"),
        ("404", "does not have this study"),
        ("406", "cannot send it in a form"),
        ("500", "has a fault of its own"),
        ("wrong type", "text/html where multipart/related"),
        ("no boundary", "without saying where each object ends"),
        ("empty", "empty answer"),
    ],
)
def test_a_series_that_does_not_come_says_why(server: FaultyArchive, door: DicomWeb, fault: str, words: str) -> None:
    server.fault = fault
    came, error = _pulled(door)
    assert came == [] and error is not None
    assert words in error.problem and "RM3" in error.problem and error.remedy


def test_a_stream_cut_short_keeps_what_came_and_says_that_it_broke_off(server: FaultyArchive, door: DicomWeb) -> None:
    server.fault = "truncated"
    came, error = _pulled(door)
    assert came == [f"{SERIES}.{n}" for n in range(1, 5)]
    assert error is not None and "broke off after 4 objects" in error.problem


def test_parts_without_a_length_are_found_by_their_boundary(server: FaultyArchive, door: DicomWeb) -> None:
    server.fault = "no length"
    came = {r.sop_uid: r.part10 for r in door.series_objects(STUDY, SERIES, Ticket())}
    assert came == server.objects


def test_a_busy_archive_is_asked_again_when_it_says(server: FaultyArchive, door: DicomWeb) -> None:
    server.fault = "busy"
    assert len(door.search(Query(study_uid=STUDY))) == 1
    assert len(server.asked) == 2


def test_an_archive_that_stays_busy_is_asked_three_times(server: FaultyArchive, door: DicomWeb) -> None:
    server.fault, server.busy_answers = "busy", 99
    with pytest.raises(ReaderError, match="is busy"):
        door.search(Query())
    assert len(server.asked) == 3


def test_an_archive_that_ignores_the_question_gets_no_row_past(server: FaultyArchive, door: DicomWeb) -> None:
    server.fault = "ignores keys"
    assert door.search(Query(study_uid="1.2.3")) == ()
    assert door.search(Query(patient_id="1")) == ()


def test_an_archive_that_repeats_its_first_page_ends(server: FaultyArchive, door: DicomWeb) -> None:
    server.add(ct_slice(1, study="1.2.9", series="1.2.9.1"))
    server.fault = "repeats pages"
    assert len(door.search(Query())) == 1


def test_a_search_of_many_pages_brings_every_row(server: FaultyArchive, door: DicomWeb) -> None:
    door.dialect = Dialect(page=2)
    for n in range(6):
        server.add(ct_slice(1, study=f"1.2.9.{n}", series=f"1.2.9.{n}.1"))
    assert len({row.study_uid for row in door.search(Query())}) == 7


def test_pixels_are_never_asked_compressed_and_metadata_is(server: FaultyArchive, door: DicomWeb) -> None:
    door.study(STUDY)
    _pulled(door)
    encodings = {path.split("?")[0]: headers["Accept-Encoding"] for _, path, headers in server.asked}
    assert encodings[f"/dicom-web/studies/{STUDY}/series/{SERIES}"] == "identity"
    assert "gzip" in encodings[f"/dicom-web/studies/{STUDY}/metadata"]


def test_a_machine_that_is_down_is_said_to_be_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(ReaderError, match=f"RM3 is down: nothing answers at 127.0.0.1:{port}"):
        DicomWeb(ArchiveSettings("RM3", "dicomweb", url=f"http://127.0.0.1:{port}/dicom-web")).search(Query())


def test_a_machine_that_nobody_knows_is_said_to_be_unknown() -> None:
    with pytest.raises(ReaderError, match=r"no machine is called nowhere\.invalid"):
        DicomWeb(ArchiveSettings("RM3", "dicomweb", url="http://nowhere.invalid/dicom-web")).search(Query())


@pytest.mark.parametrize("url", ["", "pacs.example/dicom-web", "ftp://pacs", "http://", "http://[::1"])
def test_an_address_that_is_none_is_said(url: str) -> None:
    with pytest.raises(ReaderError, match="has no usable address"):
        DicomWeb(ArchiveSettings("RM3", "dicomweb", url=url)).search(Query())


def test_a_line_that_breaks_before_the_answer_is_tried_again_for_questions_only() -> None:
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            for _ in range(4):
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line:
                    calls.append(line.recv(65536))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        door = DicomWeb(
            ArchiveSettings("RM3", "dicomweb", url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout_s=5)
        )
        with pytest.raises(ReaderError, match="RM3"):
            door.search(Query())
        assert [call[:4] for call in calls] == [b"GET "] * 3
        (stored,) = door.store([ct_slice(1)])
        assert not stored.verified
        thread.join(5)
        assert [call[:5] for call in calls[3:]] == [b"POST "]


def test_leaving_closes_the_line_at_once(server: FaultyArchive, door: DicomWeb) -> None:
    ticket = Ticket()
    stream = door.series_objects(STUDY, SERIES, ticket)
    next(stream)
    ticket.cancel()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        next(stream)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("stow forgets", "does not give it back"),
        ("stow cut", "its answer does not list it"),
        ("stow changes", "StudyDescription"),
        ("401", "HTTP 401"),
        ("404", "HTTP 404"),
        ("500", "HTTP 500"),
        ("slow", "did not answer within"),
        ("wrong type", "its answer does not list it"),
        ("garbage", "its answer does not list it"),
    ],
)
def test_what_was_not_given_back_equal_is_never_called_stored(
    server: FaultyArchive, door: DicomWeb, fault: str, words: str
) -> None:
    server.fault = fault
    answers = door.store([ct_slice(80), ct_slice(81)])
    assert [a.verified for a in answers] == [False, False]
    assert all(words in a.problem and a.remedy for a in answers)


def test_an_answer_of_400_that_lists_the_object_is_believed_when_it_comes_back_equal(
    server: FaultyArchive, door: DicomWeb
) -> None:
    server.fault = "stow 400"
    assert [a.verified for a in door.store([ct_slice(80)])] == [True]


def test_an_archive_that_takes_no_reports_is_sent_none(server: FaultyArchive) -> None:
    door = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=server.url, store=False))
    with pytest.raises(ReaderError, match="takes no reports"):
        door.store([ct_slice(80)])
    assert server.asked == []


def test_a_password_is_sent_and_a_missing_one_is_said_before_asking(server: FaultyArchive) -> None:
    settings = ArchiveSettings("RM3", "dicomweb", url=server.url, auth="bearer")
    with pytest.raises(ReaderError, match="No secret is kept for RM3"):
        DicomWeb(settings, None).search(Query())
    assert server.asked == []
    DicomWeb(settings, "token-1").search(Query())
    assert server.asked[0][2]["Authorization"] == "Bearer token-1"


def test_no_secret_ever_stands_in_a_message(server: FaultyArchive) -> None:
    server.fault = "401"
    settings = ArchiveSettings("RM3", "dicomweb", url=server.url, auth="basic", user="ada")
    with pytest.raises(ReaderError) as caught:
        DicomWeb(settings, "hunter2").search(Query())
    assert "hunter2" not in str(caught.value) and "ada" not in caught.value.problem


def test_an_identifier_that_is_none_is_not_put_into_an_address(server: FaultyArchive, door: DicomWeb) -> None:
    for uid in ("../../etc/passwd", "1.2.3/series", "", "1.2.3?x=1"):
        with pytest.raises(ReaderError, match="not a DICOM identifier"):
            door.study(uid)
    assert server.asked == []


def test_the_fake_speaks_the_same_json_as_the_files_it_serves(server: FaultyArchive, door: DicomWeb) -> None:
    headers, _ = door.line.get_json(f"studies/{STUDY}/metadata", {})
    first = dcmread(BytesIO(server.objects[f"{SERIES}.1"]), stop_before_pixels=True)
    assert json.dumps(headers[0], sort_keys=True) == json.dumps(first.to_json_dict(), sort_keys=True)
