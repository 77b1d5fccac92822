"""What a line may do to a fetch: tokens run out, archives are busy, bytes stand still; and how fast a line is."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.fakes.dicomweb_faults import FaultyArchive, wait_until
from tests.fakes.objects import SERIES, STUDY, ct_series

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.line import _retry_after_s
from readingroom.archive.link import Link
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Ticket
from readingroom.settings.sections import ArchiveSettings


@pytest.fixture
def archive() -> Iterator[FaultyArchive]:
    with FaultyArchive(ct_series(5)) as server:
        yield server


def signed_in(archive: FaultyArchive, *tokens: str) -> DicomWeb:
    """A door with the first token, to which the others are given out when it asks for a newer one."""
    newer = iter(tokens[1:])
    settings = ArchiveSettings("RM3", "dicomweb", url=archive.url, auth="bearer", timeout_s=2.0)
    return DicomWeb(settings, tokens[0], lambda: next(newer, tokens[-1]))


def test_a_token_that_runs_out_in_the_middle_is_renewed_and_the_fetch_goes_on(archive: FaultyArchive) -> None:
    archive.token = "first"
    door = signed_in(archive, "first", "second")
    door.object(STUDY, SERIES, f"{SERIES}.1", Ticket())
    archive.token = "second"
    received = door.object(STUDY, SERIES, f"{SERIES}.2", Ticket())
    assert received.part10 == archive.objects[f"{SERIES}.2"]
    assert len(archive.asked) == 3
    assert [a.verified for a in door.store(ct_series(1))] == [True]
    door.close()


def test_a_report_that_was_refused_for_an_old_token_is_stored_with_the_new_one(archive: FaultyArchive) -> None:
    archive.token = "second"
    door = signed_in(archive, "first", "second")
    assert [a.verified for a in door.store(ct_series(1))] == [True]
    door.close()


def test_where_there_is_no_newer_token_the_sign_in_is_said_to_be_refused_after_one_question(
    archive: FaultyArchive,
) -> None:
    archive.token = "nobody has it"
    door = signed_in(archive, "first", "first")
    with pytest.raises(ReaderError, match="did not accept the sign-in"):
        door.object(STUDY, SERIES, f"{SERIES}.1", Ticket())
    assert len(archive.asked) == 1
    door.close()


def test_threads_that_are_refused_together_ask_for_a_newer_token_once(archive: FaultyArchive) -> None:
    archive.token = "second"
    given: list[str] = []

    def renew() -> str:
        time.sleep(0.02)
        given.append("second")
        return "second"

    settings = ArchiveSettings("RM3", "dicomweb", url=archive.url, auth="bearer")
    door = DicomWeb(settings, "first", renew)
    came: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: came.append(door.object(STUDY, SERIES, f"{SERIES}.{n}", Ticket()).sop_uid))
        for n in range(1, 6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 5 and given == ["second"]
    door.close()


def test_a_busy_archive_is_asked_again_after_the_seconds_that_it_names(archive: FaultyArchive) -> None:
    archive.fault, archive.retry_after = "busy", "1"
    door = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=archive.url))
    began = time.monotonic()
    assert door.object(STUDY, SERIES, f"{SERIES}.1", Ticket()).sop_uid == f"{SERIES}.1"
    assert time.monotonic() - began >= 1.0
    door.close()


def test_an_archive_may_name_the_time_of_the_next_question_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 28 < (_retry_after_s({"Retry-After": soon}) or 0) <= 30
    assert _retry_after_s({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}) == 0
    assert _retry_after_s({"Retry-After": "soon"}) is None


def test_leaving_while_a_busy_archive_is_waited_for_does_not_wait(archive: FaultyArchive) -> None:
    archive.fault, archive.retry_after = "busy", "6"
    door, ticket = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=archive.url)), Ticket()
    ended = _in_background(door, ticket)
    assert wait_until(lambda: bool(archive.asked))
    ticket.cancel()
    assert ended.wait(2)
    door.close()


def test_leaving_ends_a_line_that_stands_still_at_once(archive: FaultyArchive) -> None:
    archive.fault = "stalls"
    door, ticket = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=archive.url, timeout_s=10.0)), Ticket()
    ended = _in_background(door, ticket)
    assert wait_until(lambda: bool(archive.asked))
    time.sleep(0.05)
    ticket.cancel()
    assert ended.wait(2)
    door.close()


def _in_background(door: DicomWeb, ticket: Ticket) -> threading.Event:
    """An object being fetched on another thread; set when that ended because the reader left."""
    ended = threading.Event()

    def fetch() -> None:
        try:
            door.object(STUDY, SERIES, f"{SERIES}.1", ticket)
        except Cancelled:
            ended.set()

    threading.Thread(target=fetch, daemon=True).start()
    return ended


def test_what_was_cancelled_before_is_told_so_at_once_and_what_was_called_off_never() -> None:
    ticket, told = Ticket(), []
    stop = ticket.when_cancelled(lambda: told.append("called off"))
    stop()
    ticket.when_cancelled(lambda: told.append("first"))
    ticket.cancel()
    ticket.cancel()
    ticket.when_cancelled(lambda: told.append("later"))
    assert told == ["first", "later"]


def test_two_transfers_at_once_are_one_line() -> None:
    link = Link()
    link.saw(1_000_000, 1.0, ended=1.0)
    link.saw(1_000_000, 1.0, ended=1.0)
    link.saw(1_000_000, 0.5, ended=9.5)
    assert link.bytes_per_s == pytest.approx(2e6)
    assert link.kind == "slow"


def test_a_small_answer_tells_the_speed_only_until_an_image_came() -> None:
    link = Link()
    assert (link.bytes_per_s, link.kind) == (None, "")
    link.saw(500, 0.1)
    assert link.kind == ""
    link.saw(20_000, 0.01)
    assert link.kind == "slow"
    link.saw(1_000_000, 0.01, ended=1.0)
    assert link.kind == "LAN"
    link.saw(20_000, 1.0)
    assert link.kind == "LAN"


def test_the_metadata_already_tell_how_fast_the_line_is(archive: FaultyArchive) -> None:
    door = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=archive.url))
    door.study(STUDY)
    door.object(STUDY, SERIES, f"{SERIES}.1", Ticket())
    assert door.link.bytes_per_s is not None
    door.close()


def test_a_packed_copy_is_said_to_be_one_and_an_archive_that_packs_nothing_is_no_failure(
    archive: FaultyArchive,
) -> None:
    door = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=archive.url))
    assert door.packed(STUDY, SERIES, f"{SERIES}.1", Ticket()) is None
    assert door.preview(STUDY, SERIES, f"{SERIES}.1", Ticket()) is None
    archive.packs = lambda part10: part10
    # An archive that takes no notice of what was asked sends what it stores: that is no packed copy.
    assert door.packed(STUDY, SERIES, f"{SERIES}.1", Ticket()) is None
    archive.renders = lambda part10: b"\xff\xd8 a picture"
    assert door.preview(STUDY, SERIES, f"{SERIES}.1", Ticket()) == b"\xff\xd8 a picture"
    assert not door.object(STUDY, SERIES, f"{SERIES}.1", Ticket()).transcoded
    door.close()
