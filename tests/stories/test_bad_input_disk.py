"""Disks that are full or fail: images are read all the same, typing is kept, and it is said."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from tests.fakes.archives import MemoryArchive
from tests.fakes.objects import SERIES, STUDY, ct_series
from tests.fakes.windows import Windows

from readingroom.archive.region import Region
from readingroom.base.errors import ReaderError
from readingroom.session import reporting_desk
from readingroom.session.outgoing import send

FULL = ReaderError("The disk is full.", "Free space on it.")
OTHER = "1.2.826.0.1.3680043.10.7"


def _full(*_: object) -> None:
    raise FULL


@pytest.fixture
def glass(tmp_path: Path) -> Iterator[Windows]:
    archive = MemoryArchive("North", ct_series(8))
    archive.add(ct_series(3, study=OTHER, series=f"{OTHER}.1", patient="9990000026", name="Stone^Bert"))
    with Windows(tmp_path, region=Region([archive])) as windows:
        yield windows.show()
    assert windows.raised == []


def test_a_full_cache_hides_no_image_and_is_said_once(glass: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = glass.house.doors.shelf
    monkeypatch.setattr(shelf, "put", _full)
    monkeypatch.setattr(shelf, "put_study", _full)
    glass.open_whole(STUDY)
    assert glass.message() == "" and glass.station.reading.banner.complete.text().startswith("complete: 8 objects")
    assert [n.problem for n in glass.said if n.tone == "red"] == ["The disk is full."]
    assert "read from memory" in glass.words


def test_another_object_under_a_kept_identifier_is_not_taken_for_a_full_disk(glass: Windows) -> None:
    glass.open_whole(STUDY)
    first = glass.desk.lap.get(f"{SERIES}.1", STUDY)
    assert first is not None
    from readingroom.record.search import Received

    with pytest.raises(ReaderError, match="the first is kept"):
        glass.desk.lap.put(Received(STUDY, SERIES, f"{SERIES}.1", first[:-1] + b"\x07"))
    assert glass.desk.lap.get(f"{SERIES}.1", STUDY) == first


def test_typing_on_a_full_disk_is_said_in_red_and_written_when_there_is_room(
    glass: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    glass.open_whole(STUDY)
    glass.wait(lambda: glass.desk.keeper.is_safe)
    with monkeypatch.context() as patch:
        patch.setattr(glass.desk.doors.journal, "write", _full)
        reporting_desk.write(glass.desk, "impression", "No nodule.")
        glass.wait(lambda: any(n.tone == "red" for n in glass.said))
        assert not glass.desk.keeper.is_safe
        assert glass.desk.case is not None and glass.desk.case.draft is not None
        assert glass.desk.case.draft.text("impression") == "No nodule."
    glass.wait(lambda: glass.desk.keeper.is_safe)
    kept = glass.desk.doors.journal.newest("draft", STUDY)
    assert kept is not None and "No nodule." in str(kept)


def test_a_draft_that_the_disk_did_not_take_is_there_again_when_the_case_is_opened_again(
    glass: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    glass.open_whole(STUDY)
    monkeypatch.setattr(glass.desk.doors.journal, "write", _full)
    reporting_desk.write(glass.desk, "impression", "No nodule.")
    glass.rest(0.5)
    glass.open_whole(OTHER)
    glass.open_whole(STUDY)
    assert glass.desk.case is not None and glass.desk.case.draft is not None
    assert glass.desk.case.draft.text("impression") == "No nodule."
    monkeypatch.undo()
    glass.wait(lambda: glass.desk.keeper.is_safe)


def test_an_opening_that_the_audit_trail_could_not_take_is_said_and_the_case_is_open(
    glass: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glass.desk.doors.audit, "record", _full)
    glass.open_whole(STUDY)
    assert "red: The disk is full." in glass.words and glass.message() == ""


def test_the_desk_writes_what_was_still_on_its_way_to_the_disk_when_it_is_left(tmp_path: Path) -> None:
    region = Region([MemoryArchive("North", ct_series(8))])
    with Windows(tmp_path, region=region) as glass:
        glass.show().open_whole(STUDY)
        reporting_desk.write(glass.desk, "impression", "Half a sen")
        glass.desk.keeper.flush()
        glass.desk.keeper.flush()
    with Windows(tmp_path, region=region) as again:
        again.show()
        again.wait(lambda: again.desk.case is not None)
        assert again.desk.case is not None and again.desk.case.draft is not None
        assert again.desk.case.draft.text("impression") == "Half a sen"


def test_a_clock_that_was_set_back_while_a_report_was_written_does_not_let_it_be_signed_twice(tmp_path: Path) -> None:
    region = Region([MemoryArchive("North", ct_series(8))])
    with Windows(tmp_path, region=region) as glass:
        glass.show().open_whole(STUDY)
        right = glass.desk.now
        glass.desk.now = lambda: right() + timedelta(hours=3)
        reporting_desk.write(glass.desk, "impression", "No nodule.")
        glass.desk.now = right
        for concern in reporting_desk.concerns(glass.desk):
            if concern.rule == "placeholder":
                reporting_desk.write(glass.desk, concern.where, "CT of the chest.")
        waived = {concern.rule: "for the test" for concern in reporting_desk.concerns(glass.desk)}
        reporting_desk.sign_now(glass.desk, waived)
        glass.wait(lambda: glass.desk.case.draft.state == "stored")  # type: ignore[union-attr]
    with Windows(tmp_path, region=region) as again:
        again.show()
        again.wait(lambda: again.desk.case is not None and again.desk.case.draft is not None)
        assert again.desk.case is not None and again.desk.case.draft is not None
        assert again.desk.case.draft.state == "stored"


def test_a_report_is_sent_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    archive = MemoryArchive("North", ct_series(4))
    asked, go_on, store = [], Event(), archive.store

    def slow(part10s: list[bytes]) -> object:
        asked.append(len(part10s))
        go_on.wait(20)
        return store(part10s)

    archive.store = slow  # type: ignore[method-assign, assignment]
    with Windows(tmp_path, region=Region([archive])) as glass:
        glass.show().open_whole(STUDY)
        reporting_desk.write(glass.desk, "impression", "No nodule.")
        for concern in reporting_desk.concerns(glass.desk):
            if concern.rule == "placeholder":
                reporting_desk.write(glass.desk, concern.where, "CT of the chest.")
        waived = {concern.rule: "for the test" for concern in reporting_desk.concerns(glass.desk)}
        reporting_desk.sign_now(glass.desk, waived)
        glass.wait(lambda: asked)
        for _ in range(5):
            send(glass.desk)
        glass.rest(0.3)
        assert asked == [1], "nothing is sent beside a sending that is under way"
        go_on.set()
        glass.wait(lambda: glass.desk.case.draft.state == "stored")  # type: ignore[union-attr]
        glass.wait(lambda: not glass.desk.sending)
    assert asked == [1] and len(archive.objects) == 5 and glass.raised == []
