"""The shelf under strain: full disks, killed programs, many hands, wiping and eviction."""

import errno
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.studies import KEY, Clock, ct, received

from readingroom.base.errors import ReaderError
from readingroom.cache import pack, shelf
from readingroom.cache.evict import FRESH_S, destroy
from readingroom.cache.index import Usage
from readingroom.cache.shelf import Shelf
from readingroom.record.search import Received


def packs(folder: Path) -> list[Path]:
    return sorted((folder / "packs").iterdir())


def test_a_torn_tail_of_a_killed_program_is_no_record(tmp_path: Path) -> None:
    code = (
        "import sys, os\nsys.path[:0] = sys.argv[2:]\nfrom pathlib import Path\n"
        "from tests.fakes.studies import KEY, ct, received\n"
        "from readingroom.cache.shelf import Shelf\nshelf = Shelf(Path(sys.argv[1]), KEY)\n"
        "shelf.put_study(ct())\nshelf.put(received(1))\nshelf.flush()\nshelf.put(received(2))\n"
        "print('put', flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    repo = Path(__file__).parents[3]
    killed = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(repo), str(repo / "app")], capture_output=True, check=False
    )
    assert killed.stdout == b"put\n"
    desk = Shelf(tmp_path, KEY)
    assert desk.sop_uids("1.2.826.0.999") == {received(1).sop_uid}
    assert desk.get(received(1).sop_uid) == received(1).part10
    assert desk.get(received(2).sop_uid) is None
    desk.put(received(2))
    assert desk.get(received(2).sop_uid) == received(2).part10
    assert desk.verify() == ()
    desk.close()


def test_what_waits_is_flushed_by_itself(tmp_path: Path, desk: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "FLUSH_S", 0.01)
    desk.put(received(1))
    assert desk._timer is not None
    desk._timer.join(10)
    other = Shelf(tmp_path, KEY)
    assert other.sop_uids("1.2.826.0.999") == {received(1).sop_uid}
    other.close()


def test_many_threads_put_and_get_at_once(desk: Shelf) -> None:
    failures: list[Exception] = []

    def put(part: int) -> None:
        try:
            for number in range(part * 20, part * 20 + 25):
                one = received(number, f"1.2.826.0.{number % 3}")
                desk.put(one)
                assert desk.get(one.sop_uid) == one.part10
        except (ReaderError, AssertionError) as error:
            failures.append(error)

    threads = [threading.Thread(target=put, args=(part,)) for part in range(6)]
    flusher = threading.Thread(target=lambda: [desk.flush() for _ in range(30)])
    for thread in (*threads, flusher):
        thread.start()
    for thread in (*threads, flusher):
        thread.join()
    assert failures == []
    assert desk.usage().objects == 125
    assert desk.verify() == ()


def test_two_programs_use_one_shelf(tmp_path: Path, desk: Shelf, open_shelves: list[Shelf]) -> None:
    other = Shelf(tmp_path, KEY)
    open_shelves.append(other)
    desk.put(received(1))
    other.put(received(2))
    other.put(received(1))
    desk.flush()
    other.flush()
    assert desk.sop_uids("1.2.826.0.999") == {received(1).sop_uid, received(2).sop_uid}
    assert other.wipe("1.2.826.0.999") == 1
    assert desk.sop_uids("1.2.826.0.999") == frozenset()
    other.put(received(1))
    other.flush()
    assert desk.get(received(1).sop_uid) == received(1).part10
    desk.put(received(3))
    desk.flush()
    assert other.get(received(3).sop_uid) == received(3).part10
    assert desk.verify() == ()


def test_a_study_wiped_by_another_program_while_it_arrives_can_be_fetched_again(
    tmp_path: Path, desk: Shelf, open_shelves: list[Shelf]
) -> None:
    other = Shelf(tmp_path, KEY)
    open_shelves.append(other)
    desk.put(received(1))
    desk.flush()
    desk.put(received(2))
    other.wipe()
    desk.flush()
    assert desk.sop_uids("1.2.826.0.999") == frozenset()
    desk.put(received(1))
    desk.put(received(2))
    desk.flush()
    assert other.sop_uids("1.2.826.0.999") == {received(1).sop_uid, received(2).sop_uid}
    assert desk.verify() == ()


def test_another_key_opens_nothing_and_deletes_nothing(tmp_path: Path) -> None:
    desk = Shelf(tmp_path, KEY)
    desk.put(received(1))
    desk.close()
    with pytest.raises(ReaderError, match="another key") as told:
        Shelf(tmp_path, bytes(32))
    assert told.value.remedy
    again = Shelf(tmp_path, KEY)
    assert again.get(received(1).sop_uid) == received(1).part10
    again.close()
    assert destroy(tmp_path) >= 2
    fresh = Shelf(tmp_path, bytes(32))
    assert fresh.usage() == Usage(0, 0, 0)
    fresh.close()


def test_wiping_one_study_shreds_it_and_leaves_the_other(tmp_path: Path, desk: Shelf) -> None:
    for uid in ("1.2", "1.3"):
        desk.put_study(ct(uid))
        desk.put(received(1, uid))
    assert desk.wipe("1.2") == 1
    assert desk.get("1.2.1.1") is None
    assert desk.study("1.2") is None
    assert desk.get("1.3.1.1") == received(1, "1.3").part10
    assert len(packs(tmp_path)) == 1
    assert desk.wipe() == 1
    assert packs(tmp_path) == []
    assert desk.usage() == Usage(0, 0, 0)


def test_eviction_drops_the_longest_unused_and_never_a_pinned_or_fresh_study(
    tmp_path: Path, open_shelves: list[Shelf], clock: Clock
) -> None:
    desk = Shelf(tmp_path, KEY, budget_bytes=25_000, clock=clock)
    open_shelves.append(desk)
    for number, uid in enumerate(("1.1", "1.2", "1.3", "1.4")):
        clock.now_s += 10
        desk.put(received(1, uid, 10_000))
        if number == 0:
            desk.flush()
            desk.pin(["1.1"])
    desk.flush()
    assert desk.usage().studies == 4
    clock.now_s += FRESH_S
    desk.get("1.2.1.1")
    assert desk.evict() == 2
    assert [bool(desk.sop_uids(uid)) for uid in ("1.1", "1.2", "1.3", "1.4")] == [True, True, False, False]
    desk.pin([])
    clock.now_s += 2 * FRESH_S
    assert desk.evict(5_000) == 1
    assert desk.sop_uids("1.1") == frozenset()


def test_a_full_disk_is_named_and_nothing_is_lost(tmp_path: Path, desk: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put(received(1))
    desk.flush()
    writer = next(iter(desk._packs._writers.values()))
    real, room = writer.file, [700]

    class Disk:
        def write(self, part: memoryview) -> int:
            if not room[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written = real.write(part[: room[0]])
            room[0] -= written or 0
            return written or 0

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    monkeypatch.setattr(writer, "file", Disk())
    with pytest.raises(ReaderError, match="full") as told:
        desk.put(received(2))
    assert "Free space" in told.value.remedy
    assert desk.sop_uids("1.2.826.0.999") == {received(1).sop_uid}
    room[0] = 10**9
    desk.put(received(2))
    desk.flush()
    assert desk.verify() == ()
    assert desk.get(received(2).sop_uid) == received(2).part10


def test_a_disk_that_is_nearly_full_takes_no_more(tmp_path: Path, open_shelves: list[Shelf]) -> None:
    desk = Shelf(tmp_path, KEY, keep_free_bytes=2**60)
    open_shelves.append(desk)
    with pytest.raises(ReaderError, match="nearly full"):
        desk.put(received(1))


def test_more_series_than_open_files_are_received_side_by_side(desk: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MOST_OPEN", 2)
    for turn in range(3):
        for series in range(5):
            desk.put(Received("1.2", f"1.2.{series}", f"1.2.{series}.{turn}", f"{series} {turn}".encode()))
    desk.flush()
    assert desk.verify() == ()
    assert desk.get("1.2.4.1") == b"4 1"
    assert desk.usage().objects == 15


def test_packs_left_by_a_killed_program_are_swept_after_an_hour(tmp_path: Path, open_shelves: list[Shelf]) -> None:
    Shelf(tmp_path, KEY).close()
    old, young = tmp_path / "packs" / "aa", tmp_path / "packs" / "bb"
    old.write_bytes(b"x")
    young.write_bytes(b"x")
    os.utime(old, (1, 1))
    open_shelves.append(Shelf(tmp_path, KEY))
    assert packs(tmp_path) == [young]


def test_two_threads_with_different_objects_of_one_uid_keep_one_and_refuse_the_other(desk: Shelf) -> None:
    told: list[ReaderError] = []
    ready = threading.Barrier(2)

    def put(body: bytes) -> None:
        ready.wait()
        try:
            desk.put(replace(received(1), part10=body * 100_000))
        except ReaderError as error:
            told.append(error)

    threads = [threading.Thread(target=put, args=(body,)) for body in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
