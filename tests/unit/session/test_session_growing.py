"""A volume is looked at while its images come: shared by all who look, never holding what nobody looks at."""

import gc
import weakref
from dataclasses import replace

import numpy as np
from tests.fakes.desk import HandDesk, archive_of
from tests.fakes.objects import ct_series

from readingroom.base.jobs import Ticket
from readingroom.display.stack import Stack, stacks
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.record.from_dicom import study_of
from readingroom.record.search import Received
from readingroom.record.tags import DatasetTags
from readingroom.session.growing import GrowingVolume
from readingroom.session.volumes import Volume, growing, volume_of

COUNT = 8


def desk_with(count: int, **settings: int) -> tuple[HandDesk, Stack, list[bytes]]:
    """A desk on whose shelf the first `count` images of a series lie, and the series' stack."""
    parts = ct_series(COUNT)
    tags = [DatasetTags(header(part)) for part in parts]
    study = study_of(str(tags[0].values(0x0020000D)[0]), tags)
    desk = HandDesk(archive_of("A", parts))
    desk.shelf.put_study(study)
    for part in parts[:count]:
        shelve(desk, part)
    return desk, stacks(study)[0], parts


def shelve(desk: HandDesk, part10: bytes) -> None:
    head = header(part10)
    desk.shelf.put(
        Received(
            head.StudyInstanceUID, head.SeriesInstanceUID, head.SOPInstanceUID, part10, head.file_meta.TransferSyntaxUID
        )
    )


def test_the_first_images_are_seen_before_the_last_has_come() -> None:
    desk, stack, parts = desk_with(3)
    seen: list[GrowingVolume] = []
    shared, leave = growing(desk.desk, stack, seen.append)
    desk.crank()
    volume = shared.volume
    assert volume is not None and volume.absent == COUNT - 3 and seen
    assert volume.voxels.lattice.planes.count(None) == COUNT - 3
    for part in parts[3:]:
        shelve(desk, part)
    shared.look()
    desk.crank()
    whole = shared.volume
    assert whole is not None and whole.absent == 0 and None not in whole.voxels.lattice.planes
    by_uid = {decode(part).facts.ref.sop_uid: decode(part).stored for part in parts}
    for n, ref in enumerate(stack.frames):
        assert np.array_equal(whole.voxels.words[n], by_uid[ref.sop_uid])
    assert np.shares_memory(volume.voxels.words, whole.voxels.words)
    leave()


def test_two_who_look_at_one_stack_share_its_voxels() -> None:
    desk, stack, _ = desk_with(COUNT)
    one, leave_one = growing(desk.desk, stack, lambda _: None)
    desk.crank()
    told: list[GrowingVolume] = []
    other, leave_other = growing(desk.desk, stack, told.append)
    assert told == [one], "what is here already is seen at once"
    assert one is other and desk.desk.volumes.held_bytes == one.held_bytes > 0
    given: list[Volume] = []
    volume_of(desk.desk, stack, Ticket(), lambda _: None, given.append, lambda error: None)
    desk.crank()
    assert len(given) == 1 and np.shares_memory(given[0].voxels.words, one.voxels.words)  # type: ignore[union-attr]
    leave_one()
    leave_other()


def test_what_nobody_looks_at_leaves_memory() -> None:
    desk, stack, _ = desk_with(COUNT)
    shared, leave = growing(desk.desk, stack, lambda _: None)
    desk.crank()
    words = weakref.ref(shared.voxels.words.base)  # type: ignore[union-attr]
    leave()
    leave()
    del shared, leave
    gc.collect()
    assert words() is None and desk.desk.volumes.held_bytes == 0


def test_who_comes_back_while_it_was_being_filled_gets_a_whole_one() -> None:
    desk, stack, _ = desk_with(COUNT)
    shared, leave = growing(desk.desk, stack, lambda _: None)
    leave()
    again, leave = growing(desk.desk, stack, lambda _: None)
    desk.crank()
    assert again is shared and again.volume is not None and again.volume.absent == 0
    leave()


def test_a_stack_that_is_no_volume_says_why_to_whoever_asks() -> None:
    desk, stack, _ = desk_with(COUNT)
    alone = replace(stack, frames=stack.frames[:1], places=stack.places[:1])
    refused: list[Exception] = []
    volume_of(desk.desk, alone, Ticket(), lambda _: None, lambda _: None, refused.append)
    desk.crank()
    assert len(refused) == 1 and "no volume" in str(refused[0])


def test_the_budget_of_the_settings_is_shared_by_the_volumes_that_are_open() -> None:
    desk, stack, _ = desk_with(COUNT)
    volumes = desk.desk.volumes
    volumes._budget_mb = 1
    before = volumes.budget_bytes()
    shared, leave = growing(desk.desk, stack, lambda _: None)
    desk.crank()
    assert before is not None and volumes.budget_bytes() == before - shared.held_bytes
    leave()
