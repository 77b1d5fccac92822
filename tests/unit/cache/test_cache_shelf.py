"""The shelf: what was fetched stays, sealed, and is found again without the network."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from tests.fakes.studies import KEY, ct, received

from readingroom.base.errors import ReaderError
from readingroom.cache.index import Usage
from readingroom.cache.shelf import Shelf
from readingroom.cache.study_pages import Damaged, row_of
from readingroom.record.search import Received
from readingroom.record.study import FramePlace, Instance


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


def test_a_copy_packed_for_the_way_is_told_from_what_the_archive_stores_and_gives_way_to_it(
    tmp_path: Path, desk: Shelf
) -> None:
    plain = received(1)
    packed = replace(plain, part10=b"the same pixels, packed", transcoded=True)
    desk.put(packed)
    desk.put(received(2))
    desk.flush()
    assert desk.transcoded(plain.study_uid) == {plain.sop_uid}
    assert desk.get(plain.sop_uid) == packed.part10
    desk.put(plain)
    assert desk.get(plain.sop_uid) == plain.part10
    assert desk.transcoded(plain.study_uid) == frozenset()
    desk.put(packed)
    assert desk.get(plain.sop_uid) == plain.part10
    assert desk.verify() == ()
