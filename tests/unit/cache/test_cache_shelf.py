"""The shelf: what was fetched stays, sealed, and is found again without the network."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, time
from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.cache import pack, shelf
from readingroom.cache.evict import FRESH_S, destroy
from readingroom.cache.index import Usage
from readingroom.cache.shelf import Damaged, Shelf
from readingroom.cache.study_pages import row_of
from readingroom.record.patient import Patient
from readingroom.record.search import Received
from readingroom.record.study import FramePlace, Instance, Series, Study

KEY = bytes(range(32))
PATIENT = Patient("9990000018", "NHS", "ZZTEST^PHI", date(1950, 2, 3), "F")


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def open_shelves() -> Iterator[list[Shelf]]:
    shelves: list[Shelf] = []
    yield shelves
    for one in shelves:
        one.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, open_shelves: list[Shelf], clock: Clock) -> Shelf:
    open_shelves.append(Shelf(tmp_path, KEY, clock=clock))
    return open_shelves[-1]


def ct(study_uid: str = "1.2.826.0.999", slices: int = 3) -> Study:
    place = FramePlace((1.0, -2.5, 30.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.7, 0.7), (("b_value", "1000"),))
    instances = tuple(
        Instance(
            study_uid, f"{study_uid}.1", f"{study_uid}.1.{n}", "1.2.840.10008.5.1.4.1.1.2", n, 512, 512, 1, (place,)
        )
        for n in range(1, slices + 1)
    )
    series = Series(f"{study_uid}.1", 1, "CT", "Chest łung", "CHEST", instances=instances, expected=slices)
    return Study(study_uid, PATIENT, date(2026, 11, 24), time(12, 4), "CT chest", series=(series,), held_by=("North",))


def received(number: int, study_uid: str = "1.2.826.0.999", size: int = 2000) -> Received:
    body = f"ZZTEST^PHI {study_uid} slice {number} ".encode() * (size // 20)
    return Received(study_uid, f"{study_uid}.1", f"{study_uid}.1.{number}", body)


def packs(folder: Path) -> list[Path]:
    return sorted((folder / "packs").iterdir())


def test_a_study_is_found_again_after_a_restart_as_it_was_fetched(tmp_path: Path) -> None:
    desk = Shelf(tmp_path, KEY)
    desk.put_study(ct())
    for number in (1, 2):
        desk.put(received(number))
    desk.close()
    again = Shelf(tmp_path, KEY)
    assert again.study("1.2.826.0.999") == ct()
    assert again.rows() == (row_of(ct()),)
    assert again.rows()[0].held_by == ("this desk",)
    assert again.rows()[0].instances == 3
    assert again.sop_uids("1.2.826.0.999") == {"1.2.826.0.999.1.1", "1.2.826.0.999.1.2"}
    assert again.received_count("1.2.826.0.999") == 2
    assert again.received_count("1.2.826.0.999", "1.2.826.0.999.1") == 2
    assert again.received_count("1.2.826.0.999", "1.2.826.0.999.2") == 0
    assert again.get("1.2.826.0.999.1.2") == received(2).part10
    assert again.get("1.2.826.0.999.1.3") is None
    assert again.study("1.2.3") is None
    again.close()


def test_every_field_of_the_record_survives_the_shelf(desk: Shelf) -> None:
    instance = replace(
        ct().series[0].instances[0],
        **{field.name: "text" for field in fields(Instance) if field.type is str and not field.name.endswith("uid")},
        places=(FramePlace(), FramePlace((0.5, 1.5, 2.5))),
        image_type=("ORIGINAL", "PRIMARY"),
        frame_time_ms=33.3,
        number=None,
    )
    series = replace(ct().series[0], instances=(instance,), slice_thickness_mm=1.25)
    study = replace(ct(), series=(series,), procedure_code=("1", "SCT", "CT"), date=None, time=None)
    desk.put_study(study)
    assert desk.study(study.uid) == study


def test_what_was_put_is_seen_at_once_before_it_is_flushed(desk: Shelf) -> None:
    desk.put(received(1))
    assert desk.get("1.2.826.0.999.1.1") == received(1).part10
    assert desk.sop_uids("1.2.826.0.999") == {"1.2.826.0.999.1.1"}
    assert desk.rows() == ()


def test_the_whole_profile_holds_no_name_no_identifier_and_no_uid_in_plain(tmp_path: Path, desk: Shelf) -> None:
    desk.put_study(ct())
    for number in (1, 2, 3):
        desk.put(received(number))
    desk.flush()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    plain = (
        b"".join(path.read_bytes() for path in files)
        + "".join(str(path.relative_to(tmp_path)) for path in files).encode()
    )
    assert len(plain) > 6000
    for word in (b"ZZTEST", b"9990000018", b"1.2.826.0.999", b"chest", b"CHEST", "łung".encode(), b"North", b"1950"):
        assert word not in plain


def test_the_same_object_twice_changes_nothing(tmp_path: Path, desk: Shelf) -> None:
    desk.put(received(1))
    desk.flush()
    size = packs(tmp_path)[0].stat().st_size
    desk.put(received(1))
    desk.flush()
    assert desk.usage() == Usage(1, 1, size)
    assert packs(tmp_path)[0].stat().st_size == size


def test_another_object_under_the_same_uid_is_refused_and_the_first_stays(desk: Shelf) -> None:
    desk.put(received(1))
    for flushed in (False, True):
        with pytest.raises(ReaderError, match="first is kept"):
            desk.put(replace(received(1), part10=b"another"))
        assert desk.get("1.2.826.0.999.1.1") == received(1).part10
        if not flushed:
            desk.flush()


def test_one_uid_in_two_studies_is_kept_twice_and_asked_for_by_study(desk: Shelf) -> None:
    other = Received("1.9", "1.9.1", received(1).sop_uid, b"of another study")
    desk.put(received(1))
    desk.put(other)
    for _ in range(2):
        with pytest.raises(ReaderError, match="Two studies"):
            desk.get(other.sop_uid)
        assert desk.get(other.sop_uid, "1.9") == other.part10
        assert desk.get(other.sop_uid, "1.2.826.0.999") == received(1).part10
        assert desk.get(other.sop_uid, "1.5") is None
        desk.flush()


@pytest.mark.parametrize("harm", ["changed", "cut short", "gone"])
def test_a_damaged_image_is_told_and_may_be_fetched_again(tmp_path: Path, desk: Shelf, harm: str) -> None:
    desk.put_study(ct())
    desk.put(received(1))
    desk.put(received(2))
    desk.flush()
    path = packs(tmp_path)[0]
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:50] + bytes([content[50] ^ 1]) + content[51:] if harm == "changed" else content[:-1])
    broken = 1 if harm == "changed" else 2
    with pytest.raises(ReaderError, match="damaged"):
        desk.get(received(broken).sop_uid)
    assert received(broken).sop_uid not in desk.sop_uids("1.2.826.0.999")
    with pytest.raises(ReaderError, match="damaged"):
        desk.get(received(broken).sop_uid)
    for number in (1, 2):
        desk.put(received(number))
    desk.flush()
    assert desk.verify() == ()
    assert [desk.get(received(n).sop_uid) for n in (1, 2)] == [received(n).part10 for n in (1, 2)]


def test_verify_names_the_damaged_object_and_only_it(tmp_path: Path, desk: Shelf) -> None:
    desk.put_study(ct())
    for number in (1, 2, 3):
        desk.put(received(number))
    desk.flush()
    path = packs(tmp_path)[0]
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    heard: list[tuple[int, int]] = []
    uid = "1.2.826.0.999"
    expected = Damaged(uid, f"{uid}.1", f"{uid}.1.3", "Its bytes were changed on the disk.")
    assert desk.verify(lambda done, total: heard.append((done, total))) == (expected,)
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert desk.sop_uids(uid) == {f"{uid}.1.1", f"{uid}.1.2"}


def test_a_torn_tail_of_a_killed_program_is_no_record(tmp_path: Path) -> None:
    code = (
        "import sys, os\nsys.path[:0] = sys.argv[2:]\nfrom pathlib import Path\n"
        "from tests.unit.cache.test_cache_shelf import KEY, ct, received\n"
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
