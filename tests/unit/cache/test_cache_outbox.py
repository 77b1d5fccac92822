"""The outbox on the disk: a signed object stays until an archive has given it back equal."""

from dataclasses import replace
from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.cache.outbox_store import OutboxStore
from readingroom.record.search import Waiting

KEY = bytes(range(32))


def report(sop_uid: str, study_uid: str = "1.2") -> Waiting:
    return Waiting(sop_uid, study_uid, "report", "North", "2026-11-24T10:00:00", 0, "", b"ZZTEST^PHI report")


def test_a_signed_object_waits_through_a_restart_with_its_bytes(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    store.put(report("1.2.1"))
    store.put(report("1.2.2"))
    store.close()
    again = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    assert again.waiting() == (report("1.2.1"), report("1.2.2"))
    again.close()


def test_a_failed_attempt_replaces_the_state_and_keeps_the_place(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    store.put(report("1.2.1"))
    store.put(report("1.2.2"))
    failed = replace(report("1.2.1"), attempts=1, problem="North does not answer.", remedy="It will be tried again.")
    store.put(failed)
    assert store.waiting() == (failed, report("1.2.2"))
    store.close()


def test_a_stored_object_leaves_the_list_and_stays_on_record(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    store.put(replace(report("1.2.1"), problem="North does not answer.", attempts=2))
    store.put(report("1.9.1", "1.9"))
    store.stored("1.2.1", "South")
    assert store.waiting() == (report("1.9.1", "1.9"),)
    assert store.stored_for("1.2") == (replace(report("1.2.1"), archive="South", attempts=2),)
    assert store.stored_for("1.9") == ()
    store.close()


def test_an_object_once_given_back_equal_never_waits_again(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    store.put(report("1.2.1"))
    store.stored("1.2.1", "North")
    store.put(replace(report("1.2.1"), problem="a late answer"))
    assert store.waiting() == ()
    assert store.stored_for("1.2") == (report("1.2.1"),)
    store.close()


def test_an_unknown_object_cannot_be_called_stored(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    with pytest.raises(ReaderError, match=r"1\.2\.3"):
        store.stored("1.2.3", "North")
    store.close()


def test_nothing_of_a_patient_is_readable_in_the_outbox(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    store.put(report("1.2.826.999.1", "1.2.826.999"))
    plain = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"ZZTEST" not in plain
    assert b"1.2.826.999" not in plain
    store.close()


def test_a_damaged_object_is_told(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    store.put(report("1.2.1"))
    with store._database.change() as connection:
        connection.execute("UPDATE item SET part10 = zeroblob(60)")
    with pytest.raises(ReaderError, match="damaged"):
        store.waiting()
    store.close()


def test_objects_that_belong_together_are_kept_together(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite", KEY)
    store.put_all([report("1.2.1"), report("1.2.2")])
    assert [item.sop_uid for item in store.waiting()] == ["1.2.1", "1.2.2"]
    with pytest.raises(TypeError):
        store.put_all([report("1.2.3"), replace(report("1.2.4"), part10="no bytes")])  # type: ignore[arg-type]
    assert [item.sop_uid for item in store.waiting()] == ["1.2.1", "1.2.2"]
    store.close()
